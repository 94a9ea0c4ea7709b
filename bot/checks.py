"""What `socialdirect doctor` looks at: each check gives findings, and says how what is not well is mended.

`SETTINGS` need the settings alone, `DATABASE` an open database; the channels have checks of their own.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

import aiohttp

from booking.fullness import fullness
from booking.model import Mode
from bot import channels
from bot.progress import progress
from bot.settings import Settings
from handlers.channels.base import Finding, SendError
from handlers.channels.setting_up import Setting
from locales import languages
from locales.words import word_languages
from storage import directory, flags, inbox, oracle, outbox, schema, worker_calendars
from storage.booking import Directories, RowStore
from storage.db import Database
from storage.redis_link import RedisLink

SLOW: Final = timedelta(minutes=15)


def well(about: str, words: str) -> Finding:
    return Finding(about, True, words)


def wrong(about: str, words: str) -> Finding:
    return Finding(about, False, words)


# ------------------------------------------------------------ settings


def public_address(settings: Settings) -> Iterator[Finding]:
    url = urlsplit(settings.public_url)
    if url.scheme != "https":
        yield wrong("public address", "PUBLIC_URL must begin with https://: providers and phones refuse anything else")
    elif is_inner(url.hostname or ""):
        yield wrong("public address", "PUBLIC_URL is an address of this machine or network: nobody else reaches it")
    else:
        yield well("public address", settings.public_url)


def is_inner(host: str) -> bool:
    """Whether only this machine, or its own network, knows the host."""
    try:
        return not ip_address(host).is_global
    except ValueError:
        return "." not in host or host.endswith((".localhost", ".local", ".internal"))


def channels_open(settings: Settings) -> Iterator[Finding]:
    opened = {
        "sms": settings.sms_enabled,
        "whatsapp": settings.whatsapp_enabled,
        "telegram": settings.telegram_enabled,
        "email": settings.mail_enabled,
    }
    names = ", ".join(name for name, on in opened.items() if on)
    if not (settings.sms_enabled or settings.whatsapp_enabled or settings.telegram_enabled):
        yield wrong("channels", "people cannot write to us: set up Twilio or Telegram (docs/settings.md)")
    else:
        yield well("channels", f"{names} are set up")
    if settings.twilio_account_sid and not (settings.sms_enabled or settings.whatsapp_enabled):
        yield wrong(
            "sender", "Twilio has no sender: TWILIO_SMS_FROM, TWILIO_MESSAGING_SERVICE_SID or TWILIO_WHATSAPP_FROM"
        )


def sender(settings: Settings) -> Iterator[Finding]:
    """Arcep's decision 2022-1583: since 2023 mobile numbers are for people, not for machines."""
    number = settings.twilio_sms_from or ""
    if number.startswith(("+336", "+337")):
        yield wrong(
            "sms sender", "French mobile numbers may not send by machine: a short code or a 09 37-39 number may"
        )
    elif number:
        yield well("sms sender", "of a form that machines may send from")


def mail(settings: Settings) -> Iterator[Finding]:
    if not settings.mail_enabled:
        yield wrong("mail", "SMTP_URL is not set: e-mail addresses cannot be confirmed, workers have no mail")


def alarms(settings: Settings) -> Iterator[Finding]:
    if settings.alert_to is None:
        yield well("alarms", "in the log and the metrics; ALERT_TO would mail them, too")
    elif not settings.mail_enabled:
        yield wrong("alarms", "ALERT_TO is set and SMTP_URL is not: nothing is mailed")
    else:
        yield well("alarms", "in the log, the metrics and by mail")


def desk(settings: Settings) -> Iterator[Finding]:
    if settings.switchboard_phone is None:
        yield wrong("desk", "SWITCHBOARD_PHONE is not set: people who need a human are given no number")
    else:
        yield well("desk", "its number is given to whoever needs a human")


def tongues(settings: Settings) -> Iterator[Finding]:
    missing = sorted(set(settings.locales) - ({*languages()} & {*word_languages()}))
    if missing:
        yield wrong("languages", f"LOCALES names {', '.join(missing)}, without a catalogue in locales/")
    else:
        yield well("languages", ", ".join(settings.locales))


def regions(settings: Settings) -> Iterator[Finding]:
    """Who else handles what people write, and where: to be named in the register and the privacy policy."""
    if settings.sms_enabled:
        yield well("processor", f"SMS: Twilio, {region(settings.twilio_api_url)}")
    if settings.whatsapp_enabled:
        yield well("processor", f"WhatsApp: Twilio, {region(settings.twilio_whatsapp_api_url)}, and Meta")
    if settings.telegram_enabled:
        yield well("processor", "Telegram: its own servers; chats with bots are not end-to-end encrypted")
    for name, url in (
        ("mail", settings.smtp_url and settings.smtp_url.get_secret_value()),
        ("video", settings.video_url),
    ):
        if url:
            yield well("processor", f"{name}: {urlsplit(url).hostname}")


def region(url: str) -> str:
    """https://www.twilio.com/docs/global-infrastructure/using-the-twilio-rest-api-in-a-non-us-region"""
    host = urlsplit(url).hostname or ""
    if host.endswith(".ie1.twilio.com"):
        return "Ireland (IE1)"
    return "United States (US1)" if host.endswith("twilio.com") else host


SETTINGS: Final[Sequence[Callable[[Settings], Iterator[Finding]]]] = (
    public_address,
    channels_open,
    sender,
    mail,
    alarms,
    desk,
    tongues,
    regions,
)


# ------------------------------------------------------------ the database


async def migrated(db: Database, settings: Settings, now: datetime) -> Sequence[Finding]:  # noqa: ARG001
    try:
        await schema.check(db)
    except schema.NotMigrated as error:
        return [wrong("database", str(error))]
    kind = "SQLite, for one machine" if db.dialect == "sqlite" else "PostgreSQL"
    return [well("database", f"{kind}; migrated, its {len(schema.INDEXES)} indexes stand")]


async def sending(db: Database, settings: Settings, now: datetime) -> Sequence[Finding]:  # noqa: ARG001
    paused, figures = await flags.paused(db), await outbox.figures(db, now)
    if paused:
        return [wrong("sending", f"paused ({paused[1]}): `socialdirect resume` starts it again")]
    if figures.oldest_at is not None and now - figures.oldest_at > SLOW:
        return [wrong("sending", f"{figures.pending} messages are overdue: does a worker run, is each channel set up?")]
    return [well("sending", f"{figures.pending} messages are due, {figures.unknown} of unknown fate")]


async def taken_in(db: Database, settings: Settings, now: datetime) -> Sequence[Finding]:  # noqa: ARG001
    figures = await inbox.figures(db)
    if figures.parked:
        return [wrong("inbox", f"{figures.parked} messages are parked: `socialdirect parked` lists them")]
    if figures.oldest_at is not None and now - figures.oldest_at > SLOW:
        return [wrong("inbox", f"{figures.unread} messages are unread: does a worker run?")]
    return [well("inbox", f"{figures.unread} messages are unread, none is parked")]


async def people(db: Database, settings: Settings, now: datetime) -> Sequence[Finding]:
    standing = await directory.standing(db, now)
    working = [worker for worker in standing.workers.values() if not worker.suspended and worker.hours]
    if not working or not standing.codes:
        return [
            wrong("directory", "no worker with hours, or no client with a code: `socialdirect load` a directory file")
        ]
    found = [well("directory", f"{len(standing.clients)} clients, {len(standing.codes)} codes, {len(working)} workers")]
    if settings.video_url is None and any(Mode.VIDEO in worker.modes for worker in working):
        found.append(wrong("video", "workers offer video and VIDEO_URL is not set: there is no room to meet in"))
    return found


async def free_hours(db: Database, settings: Settings, now: datetime) -> Sequence[Finding]:
    """For each subject of the menu: somebody who helps with it, and an hour to be had soon."""
    found = await fullness(RowStore(db, Directories()), settings.rules, now)
    within = f"no hour is free within {settings.free_within.days} days (FREE_WITHIN)"
    why = {"nobody": "no worker helps with it, and people can choose it", "full": f"{within}: more hours, or workers"}
    told = [wrong("hours", f"{motive}: {why[state]}") for motive, state in found.items() if state != "free"]
    return told or [well("hours", f"each subject has a free hour within {settings.free_within.days} days")]


async def calendars(db: Database, settings: Settings, now: datetime) -> Sequence[Finding]:  # noqa: ARG001
    """Workers' own; each of them was told by then, and may not have looked."""
    failing = await worker_calendars.failing(db, now - timedelta(days=1))
    if failing:
        return [wrong("calendars", f"{failing} workers' own calendars cannot be read for a day or more: ask them")]
    return [well("calendars", "workers' own calendars are read, where they gave one")]


DATABASE: Final[Sequence[Callable[[Database, Settings, datetime], Awaitable[Sequence[Finding]]]]] = (
    migrated,
    sending,
    taken_in,
    people,
    free_hours,
    calendars,
)


async def deep(db: Database, now: datetime) -> Sequence[Finding]:
    """The rules between rows."""
    with progress("rules") as tell:
        broken = await oracle.judge(db, now, tell)
    if not broken:
        return [well("rules", f"{len(oracle.CHECKS) + 2} rules between rows hold, all that is sealed opens")]
    return [wrong("rules", f"broken: {one.rule}: {one.count} ({', '.join(one.ids)})") for one in broken]


# ------------------------------------------------------------ what is elsewhere


async def redis(settings: Settings) -> Finding:
    if settings.redis_url is None:
        return well("redis", "none: other processes are woken by polling")
    link = RedisLink(settings.redis_url.get_secret_value())
    try:
        answered = await link.call(lambda server: server.ping())
    finally:
        await link.close()
    if answered is None:
        return wrong("redis", "REDIS_URL does not answer: all goes on, more slowly")
    return well("redis", "answers")


async def voice(settings: Settings, session: aiohttp.ClientSession) -> Finding:
    """Whether masked calls can be made from TWILIO_VOICE_FROM, as far as the account tells."""
    number = settings.twilio_voice_from
    if number is None or settings.twilio_account_sid is None or settings.twilio_auth is None:
        return well("voice", "TWILIO_VOICE_FROM is not set: workers see the person's number at the hour, and dial it")
    if number.startswith(("+336", "+337")):
        return wrong("voice", "TWILIO_VOICE_FROM is a French mobile number: machines may not call from one (Arcep)")
    from handlers.channels.twilio_client import TwilioClient

    client = TwilioClient(session, settings.twilio_account_sid, settings.twilio_auth, base_url=settings.twilio_api_url)
    try:
        able = await client.can_call(number)
    except SendError as error:
        return wrong("voice", f"Twilio does not answer as it should ({error}): check the account and its keys")
    if able is None:
        return wrong("voice", "TWILIO_VOICE_FROM is not a number of the account: Twilio refuses such calls (21210)")
    if not able:
        return wrong("voice", "TWILIO_VOICE_FROM cannot call: take a number with voice")
    return well("voice", "TWILIO_VOICE_FROM is the account's and can call")


async def set_up(settings: Settings, session: aiohttp.ClientSession) -> AsyncIterator[Finding]:
    """Whether the providers know of us what they must: a line for each, or for each thing that differs."""
    for provider in (channels.telegram, channels.twilio):
        about = f"{provider.__name__} set-up"
        try:
            found = [one async for one in provider(settings, session) if isinstance(one, Setting)]
        except SendError as error:
            yield wrong(about, f"the provider does not answer as it should ({error}): check its credentials")
            continue
        for one in found:
            if not one.is_right:
                yield wrong(about, f"{one.about}: not as it should be; run `socialdirect channels setup`")
        if found and all(one.is_right for one in found):
            yield well(about, f"{len(found)} things are as they should be")
