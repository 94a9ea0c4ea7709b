"""Whether what people write reaches us, as `socialdirect doctor` finds out: by the door, or later by Twilio's log.

At PUBLIC_URL it tries, from where it stands, whether our own server answers and takes what the providers sign. Nothing
comes of what is sent: the state of a call that nobody makes, an update without a message.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode

import aiohttp
from yarl import URL

from bot.clock import system_clock
from bot.findings import well, wrong
from bot.outside import sources
from bot.settings import Settings
from bot.settings_checks import public_address
from handlers.channels import telegram, twilio_signature
from handlers.channels.base import Finding, SendError

ABOUT: Final = "web server"
LIMITS: Final = aiohttp.ClientTimeout(total=10, connect=5)
ALIVE: Final = b'{"status": "ok"}'  # what our /healthz says, and no other program's
MOST: Final = 1024  # bytes of an answer that are looked at
BEHIND: Final = frozenset({502, 503, 504})  # a proxy's, for what it cannot reach
# A query that a proxy which decodes and writes anew does not leave as it was: Twilio signs it as it is sent.
STATUS: Final = "/webhooks/twilio/status?m=a%2Fb%20c"
CALL: Final = "CA" + "0" * 32


class Unanswered(Exception):
    """No answer came; its text is the remedy."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Probe:
    """A call as a provider makes it, and the settings that our server needs to take it."""

    provider: str
    path: str
    needs: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""


async def door(settings: Settings, session: aiohttp.ClientSession) -> AsyncIterator[Finding]:
    """Nothing where PUBLIC_URL is wrong by itself, which has been told."""
    if not all(finding.ok for finding in public_address(settings)):
        return
    try:
        fault = alien(await asked(session, settings.public_url, "/healthz"), settings)
        faults = [fault] if fault else [await refused(session, settings.public_url, one) for one in probes(settings)]
    except Unanswered as error:
        faults = [str(error)]
    for words in filter(None, faults):
        yield wrong(ABOUT, words)
    if not any(faults):
        yield well(ABOUT, "ours answers at PUBLIC_URL, and takes what the providers sign")


async def asked(session: aiohttp.ClientSession, public_url: str, path: str, probe: Probe | None = None) -> Answer:
    """By POST where there is a probe. Raises Unanswered."""
    url = URL(public_url.rstrip("/") + path, encoded=True)
    method, headers, data = ("POST", probe.headers, probe.body) if probe else ("GET", None, None)
    try:
        async with session.request(
            method, url, headers=headers, data=data, timeout=LIMITS, allow_redirects=False
        ) as response:
            return Answer(response.status, await response.content.read(MOST))
    except aiohttp.ClientConnectorDNSError:
        words = "PUBLIC_URL's host has no address that is known here: is its DNS entry made, is it spelt right?"
    except aiohttp.ClientSSLError:
        words = (
            "PUBLIC_URL's certificate is not trusted (run out, of another host, self-signed, chain cut short): "
            "phones, Twilio and Telegram refuse it, too; give the proxy a valid one, with its whole chain"
        )
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
        words = (
            "nothing answers at PUBLIC_URL from here: does `socialdirect serve` run, does the proxy, is the port open? "
            "Where a machine cannot call its own public address, open PUBLIC_URL/healthz on a telephone"
        )
    raise Unanswered(words)


def alien(answer: Answer, settings: Settings) -> str:
    """What is wrong with the answer to /healthz; empty: it is ours."""
    ours = f"{settings.host}:{settings.port}"
    if answer.status == 200 and answer.body.strip() == ALIVE:
        return ""
    if 300 <= answer.status < 400:
        return (
            f"PUBLIC_URL sends on to another address ({answer.status}), and what providers bring is lost on the way: "
            "name that other address in PUBLIC_URL"
        )
    if answer.status in BEHIND:
        return (
            f"the proxy at PUBLIC_URL does not reach our program ({answer.status}): start `socialdirect serve`, and "
            f"let the proxy pass everything to it ({ours}, by HOST and PORT)"
        )
    return (
        f"something else than our program answers at PUBLIC_URL/healthz ({answer.status}): let the proxy pass every "
        f"path to it ({ours}, by HOST and PORT), and ask nobody for a password"
    )


def probes(settings: Settings) -> Iterator[Probe]:
    if settings.twilio_account_sid and settings.webhook_auth_tokens:
        fields = [("AccountSid", settings.twilio_account_sid), ("CallSid", CALL)]
        signed = twilio_signature.sign(
            settings.webhook_auth_tokens[0], settings.public_url.rstrip("/") + STATUS, fields
        )
        headers = {twilio_signature.HEADER: signed, "Content-Type": "application/x-www-form-urlencoded"}
        yield Probe("Twilio", STATUS, "PUBLIC_URL or TWILIO_AUTH_TOKEN", headers, urlencode(fields))
    if settings.telegram_webhook_secret:
        headers = {
            telegram.HEADER: settings.telegram_webhook_secret.get_secret_value(),
            "Content-Type": "application/json",
        }
        yield Probe("Telegram", "/webhooks/telegram", "TELEGRAM_WEBHOOK_SECRET", headers, '{"update_id": 0}')


async def refused(session: aiohttp.ClientSession, public_url: str, probe: Probe) -> str:
    """Empty: it was taken. Raises Unanswered."""
    answer = await asked(session, public_url, probe.path, probe)
    if answer.status == 200:
        return ""
    if answer.status == 403:
        return (
            f"our server refuses what {probe.provider} brings: it was started with another {probe.needs} "
            "(start `serve` again), or the proxy changes the path, the query or the headers"
        )
    if answer.status == 404:
        return f"our server was started without {probe.provider}: start `serve` again, with the settings of now"
    return (
        f"what {probe.provider} brings is kept from our server ({answer.status}): let the proxy pass POST to "
        "/webhooks/, and ask nobody for a password there"
    )


async def log(settings: Settings, session: aiohttp.ClientSession) -> AsyncIterator[Finding]:
    """Whether Twilio's log can be read: what comes while the door is shut is fetched from there."""
    for source in sources(settings, session):
        try:
            for number in await source.numbers():
                async for _ in source.log.inbound(number, system_clock()):
                    break
        except SendError as error:
            words = (
                f"{source.channel}: it cannot be read ({error.code}), and what comes while we are away would be lost"
            )
            mend = "a restricted key needs the right to read messages, else see the lines on the keys"
            yield wrong("twilio log", f"{words}: {mend}")
        else:
            yield well("twilio log", f"{source.channel}: what comes while we are away can be fetched")
