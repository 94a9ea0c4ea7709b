"""Where everything lies and who else handles it, as `socialdirect doctor` names it: the policy promises the European
Union, so in production what is elsewhere, or nobody knows where, is wrong until the operator has acknowledged it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from bot.findings import well, wrong
from bot.settings import Settings
from handlers.channels.base import Finding

# Member states by ISO 3166, with the codes of the French parts of the Union that have one; `eu` where a provider names
# no more than that.
# fmt: off
UNION: Final = frozenset((
    "at", "be", "bg", "hr", "cy", "cz", "dk", "ee", "fi", "fr", "de", "gr", "hu", "ie",
    "it", "lv", "lt", "lu", "mt", "nl", "pl", "pt", "ro", "sk", "si", "es", "se",
    "eu", "gf", "gp", "mf", "mq", "re", "yt",
))
# fmt: on
UNSAID: Final = "nobody said where"


class Place(NamedTuple):
    """`name`: what REGIONS or ACKNOWLEDGED_OUTSIDE_EU call it. `country` is None where it is not known."""

    about: str
    what: str
    name: str
    country: str | None
    where: str


def regions(settings: Settings) -> Iterator[Finding]:
    """One line for each store and processor."""
    live = settings.public_url.startswith("https://")
    for place in (*stores(settings), *processors(settings)):
        said = f"{place.what}, {place.where}"
        if place.country in UNION or not live:
            yield well(place.about, said)
        elif place.name in settings.acknowledged_outside_eu:
            yield well(place.about, f"{said}: acknowledged")
        elif place.country is None and place.where == UNSAID:
            remedy = f"add it to REGIONS ({place.name}=fr), or {place.name} to ACKNOWLEDGED_OUTSIDE_EU"
            yield wrong(place.about, f"{said} it is, and the policy promises the European Union: {remedy}")
        else:
            remedy = "name it in the policy and the register of processing, then in ACKNOWLEDGED_OUTSIDE_EU"
            yield wrong(place.about, f"{said}: outside the European Union: {remedy} ({place.name})")


def stores(settings: Settings) -> Iterator[Place]:
    """What keeps something. With SQLite and a folder the server has all of it; each is named all the same, since each
    may move alone.
    """
    kept = {
        "server": "the program and its log",
        "database": "the database",
        "documents": "documents",
        "backups": "backups",
    }
    if settings.redis_url is not None:
        kept["redis"] = "Redis"
    if settings.clamd_url is not None:
        kept["scanner"] = "the virus scanner"
    for name, what in kept.items():
        yield named(settings, "store", what, name)


def processors(settings: Settings) -> Iterator[Place]:
    """Who else handles what people write: to be named in the register and the privacy policy."""
    if settings.sms_enabled or settings.calls_enabled:
        yield _twilio(settings, "SMS and calls" if settings.calls_enabled else "SMS", settings.twilio_api_url)
    if settings.whatsapp_enabled:
        yield _twilio(settings, "WhatsApp", settings.twilio_whatsapp_api_url)
        yield Place("processor", "WhatsApp: Meta", "meta", "us", "United States and elsewhere")
    if settings.telegram_enabled:
        where = "its own servers, it does not say where; chats with bots are not end-to-end encrypted"
        yield Place("processor", "Telegram", "telegram", None, where)
    for name, url in (
        ("mail", settings.smtp_url and settings.smtp_url.get_secret_value()),
        ("video", settings.video_url),
    ):
        if url:
            yield named(settings, "processor", f"{name}: {urlsplit(url).hostname}", name)


def named(settings: Settings, about: str, what: str, name: str) -> Place:
    """As the operator said."""
    country = settings.regions.get(name)
    return Place(about, what, name, country, country.upper() if country else UNSAID)


def _twilio(settings: Settings, what: str, url: str) -> Place:
    """https://www.twilio.com/docs/global-infrastructure: a region is told by the address."""
    host = urlsplit(url).hostname or ""
    if in_ireland(url):
        return Place("processor", f"{what}: Twilio", "twilio", "ie", "Ireland (IE1)")
    if host.endswith("twilio.com"):
        return Place("processor", f"{what}: Twilio", "twilio-us", "us", "United States (US1)")
    return named(settings, "processor", f"{what}: Twilio by {host}", "twilio")


def in_ireland(url: str) -> bool:
    return (urlsplit(url).hostname or "").endswith(".ie1.twilio.com")
