"""Whom we call: every host that the settings name, and no other. One list, for the session that all providers' clients
share, and for whoever sets a firewall.

What people and operators name (a worker's calendar, a hook) and where a provider's files lie are called by sessions of
their own, whose addresses are judged one by one (`handlers.public_client`).
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import Final, NamedTuple
from urllib.parse import urlsplit

import aiohttp
from aiohttp.client_middlewares import ClientHandlerType, ClientMiddlewareType

from bot.settings import Settings

PORTS: Final = {
    "http": 80,
    "https": 443,
    "s3": 443,
    "s3+http": 80,
    "postgres": 5432,
    "postgresql": 5432,
    "redis": 6379,
    "rediss": 6379,
    "smtp": 587,
    "smtps": 465,
    "tcp": 3310,
}


class Host(NamedTuple):
    name: str
    port: int


class NotOurs(aiohttp.ClientConnectionError):
    """A host that no setting names. Told as one that cannot be reached; never holds the address."""


def hosts(settings: Settings) -> frozenset[Host]:
    """The allowlist. A file or a socket of this machine is no host."""
    found = (urlsplit(url) for url in _addresses(settings))
    return frozenset(
        Host(at.hostname, at.port or PORTS[at.scheme]) for at in found if at.hostname and at.scheme in PORTS
    )


def _addresses(settings: Settings) -> Iterator[str]:
    yield settings.database_url.get_secret_value()
    yield settings.documents_url.get_secret_value()
    for secret in (settings.redis_url, settings.smtp_url):
        if secret is not None:
            yield secret.get_secret_value()
    if settings.clamd_url is not None:
        yield settings.clamd_url
    if settings.twilio_account_sid is not None:
        yield settings.twilio_api_url
    if settings.whatsapp_enabled:
        yield from (settings.twilio_whatsapp_api_url, settings.twilio_content_api_url)
    if settings.telegram_enabled:
        yield settings.telegram_api_url


def session(settings: Settings) -> aiohttp.ClientSession:
    """For providers' APIs and the store of documents. No proxy of the environment; redirects are judged, too."""
    return aiohttp.ClientSession(trust_env=False, middlewares=(only(hosts(settings)),))


def only(allowed: Set[Host]) -> ClientMiddlewareType:
    """Lets nothing out to another host, whatever address a client of ours was given."""

    async def judged(request: aiohttp.ClientRequest, handler: ClientHandlerType) -> aiohttp.ClientResponse:
        if Host(request.url.host or "", request.url.port or 0) not in allowed:
            raise NotOurs
        return await handler(request)

    return judged
