"""Everything is put together here, and nowhere else:

`build(settings)` gives an `App`. The one clock and the one chance, too.
"""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import aiohttp
import structlog

from bot.clock import system_clock
from bot.outgoing import session as session_of
from bot.outside import copies, fetching, watching
from bot.papers import keeping
from bot.settings import Settings
from conversations.flows import FLOWS
from conversations.text import t
from handlers.channels.base import Channel, Provider
from handlers.channels.email import EmailChannel, Post, Smtp
from handlers.channels.twilio import TwilioProvider
from handlers.channels.twilio_voice import VoiceLine
from handlers.metrics import Metrics
from handlers.missed import Fetching
from handlers.pacing import Pace
from handlers.parts import Pages, Parts
from handlers.reminders import Quiet
from handlers.watching import Watching
from locales.voice import Voice
from storage import schema
from storage.bell import LocalBell, RedisBell
from storage.booking import Directories
from storage.crypto import Vault
from storage.db import Database
from storage.throttle import LocalThrottle, Rate, RedisThrottle

if TYPE_CHECKING:
    from storage.redis_link import RedisLink

Clock = Callable[[], datetime]
Chance = Callable[[int], int]  # so many bits

# Crockford's base32, lower case: no i, l, o, u. The first ten signs are milliseconds, so ids rise with time.
ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
LEAP: Final = (1 << 64) - 1  # how far at most the next id of a millisecond lies: still nobody's guess

log = structlog.get_logger()


def id_maker(clock: Clock, chance: Chance) -> Callable[[], str]:
    """26 signs: ten of the time, sixteen (80 bits) of chance. The last ten are a prompt's id, too.

    What is made within one millisecond rises as well: rows that came together are listed in the order they came in.
    """
    last, then = 0, -1

    def new_id() -> str:
        nonlocal last, then
        moment, bits = int(clock().timestamp() * 1000), chance(80)
        number = last + 1 + (bits & LEAP) if moment == then else moment << 80 | bits
        last, then = number, moment
        return "".join(ALPHABET[number >> shift & 31] for shift in range(125, -1, -5))

    return new_id


@dataclass(frozen=True, slots=True)
class App:
    """The parts, who calls our webhooks, and what looks outside: for what missed them, at what is known of us there."""

    settings: Settings
    parts: Parts
    twilio: TwilioProvider | None
    telegram: Provider | None
    fetch: Fetching | None
    look: Watching

    @property
    def outside(self) -> Sequence[Callable[[], Awaitable[int]]]:
        return [*([self.fetch] if self.fetch else []), self.look]


@asynccontextmanager
async def build(
    settings: Settings,
    clock: Clock = system_clock,
    chance: Chance = secrets.randbits,
    *,
    post: Post | None = None,
    more: Mapping[str, Channel] | None = None,
    migrate: bool = True,
) -> AsyncIterator[App]:
    """Open everything that the settings name; closed again at the end.

    `post`: where mail goes instead of SMTP_URL. `more`: further channels, such as a terminal.
    """
    async with AsyncExitStack() as stack:
        db = await Database.open(settings.database_url.get_secret_value(), vault(settings))
        stack.push_async_callback(db.close)
        if migrate:
            await schema.migrate(db)
        else:
            await schema.check(db)
        link = _link(settings)
        bell = RedisBell(link) if link else LocalBell()
        await bell.open()
        stack.push_async_callback(bell.close)
        session = await stack.enter_async_context(session_of(settings))
        metrics = Metrics()
        opened = {**channels(settings, session, clock, post), **(more or {})}
        stack.push_async_callback(_close, opened)
        parts = Parts(
            db=db,
            directories=Directories(),
            bell=bell,
            channels=opened,
            flows=FLOWS,
            rules=settings.rules,
            metrics=metrics,
            alarm=_alarm(metrics),
            clock=clock,
            new_id=id_maker(clock, chance),
            pages=Pages(settings.public_url, settings.video_url),
            languages=settings.locales,
            default_lang=settings.default_locale,
            zone=settings.time_zone,
            desk_phone=settings.switchboard_phone,
            desk_hours=settings.switchboard_hours,
            desk_on_holidays=settings.switchboard_on_holidays,
            desk_time=settings.desk_time,
            befores=settings.reminders,
            quiet=Quiet(settings.quiet_hours.start, settings.quiet_hours.end),
            draft_time=settings.draft_time,
            max_unasked=settings.max_unasked,
            most_segments=settings.max_segments_a_day,
            alert_to=settings.alert_to,
            whatsapp_number=settings.twilio_whatsapp_from,
            sms_number=settings.twilio_sms_from if settings.sms_enabled else None,
            voice=_voice(settings, session),
            documents=keeping(settings, session),
            copies=copies(settings, session),
            # A clock that is moved by hand cannot be waited for.
            pace=_pace(settings, link, clock) if clock is system_clock else None,
            throttle=RedisThrottle(link) if link else LocalThrottle(),
        )
        twilio = _twilio(settings)
        fetch, look = fetching(settings, parts, twilio, session), watching(settings, parts, session)
        yield App(settings, parts, twilio, _telegram(settings), fetch, look)


def vault(settings: Settings) -> Vault:
    keys = [urlsafe_b64encode(key.get_secret_value()).decode() for key in settings.encryption_keys]
    return Vault(settings.secret_key.get_secret_value(), keys)


def channels(
    settings: Settings, session: aiohttp.ClientSession, clock: Clock, post: Post | None
) -> Mapping[str, Channel]:
    """The ways to people that the settings open. One line a channel; their SDKs are imported only if they are used."""
    made: dict[str, Channel] = {}
    if settings.sms_enabled or settings.whatsapp_enabled:
        made |= _twilio_channels(settings, session, clock)
    if settings.telegram_bot_token is not None:
        from handlers.channels.telegram import TelegramChannel
        from handlers.channels.telegram_bot import TelegramBot

        token = settings.telegram_bot_token.get_secret_value()
        made["telegram"] = TelegramChannel(
            TelegramBot(session, token, base_url=settings.telegram_api_url), settings.public_url, _in_groups(settings)
        )
    if post is None and settings.smtp_url is not None:
        post = Smtp(settings.smtp_url.get_secret_value())
    if post is not None:
        made["email"] = EmailChannel(post, settings.mail_from or "bot@localhost", clock)
    return made


def _in_groups(settings: Settings) -> Callable[[str | None], str]:
    def words(language: str | None) -> str:
        known = language if language in settings.locales else settings.default_locale
        return Voice(known)(t("telegram.group"))

    return words


async def _close(opened: Mapping[str, Channel]) -> None:
    """What WhatsApp looks up in the background ends before the session that it uses."""
    shelf = getattr(opened.get("whatsapp"), "shelf", None)
    if shelf is not None:
        await shelf.close()


def _twilio_channels(settings: Settings, session: aiohttp.ClientSession, clock: Clock) -> Mapping[str, Channel]:
    from handlers.channels.content_api import ContentApi
    from handlers.channels.sms import SmsChannel
    from handlers.channels.twilio_client import TwilioClient
    from handlers.channels.whatsapp import WhatsAppChannel
    from handlers.channels.whatsapp_shelf import Shelf

    sid, auth, whatsapp_auth = settings.twilio_account_sid, settings.twilio_auth, settings.twilio_whatsapp_auth
    assert sid is not None
    assert auth is not None
    assert whatsapp_auth is not None
    made: dict[str, Any] = {}
    if settings.sms_enabled:
        made["sms"] = SmsChannel(
            TwilioClient(session, sid, auth, base_url=settings.twilio_api_url),
            settings.public_url,
            clock,
            sender=settings.twilio_sms_from,
            messaging_service_sid=settings.twilio_messaging_service_sid,
            notice_sender=settings.twilio_sms_notice_from,
            opt_out=settings.twilio_opt_out,
        )
    if settings.twilio_whatsapp_from is not None:
        client = TwilioClient(session, sid, whatsapp_auth, base_url=settings.twilio_whatsapp_api_url)
        contents = Shelf(ContentApi(session, whatsapp_auth, base_url=settings.twilio_content_api_url), clock)
        made["whatsapp"] = WhatsAppChannel(
            client, settings.public_url, settings.twilio_whatsapp_from, contents, settings.locales
        )
    return made


def _voice(settings: Settings, session: aiohttp.ClientSession) -> VoiceLine | None:
    sid, auth = settings.twilio_account_sid, settings.twilio_auth
    if sid is None or auth is None or settings.twilio_voice_from is None:
        return None
    from handlers.channels.twilio_client import TwilioClient

    client = TwilioClient(session, sid, auth, base_url=settings.twilio_api_url)
    return VoiceLine(settings.twilio_voice_from, settings.public_url, client.call)


def _twilio(settings: Settings) -> TwilioProvider | None:
    if settings.twilio_account_sid is None or settings.twilio_auth_token is None:
        return None
    return TwilioProvider(
        settings.twilio_account_sid,
        settings.webhook_auth_tokens,
        sms_from=settings.twilio_sms_from,
        messaging_service_sid=settings.twilio_messaging_service_sid,
        whatsapp_from=settings.twilio_whatsapp_from,
    )


def _telegram(settings: Settings) -> Provider | None:
    if not settings.telegram_webhook_secrets:
        return None
    from handlers.channels.telegram import TelegramProvider

    return TelegramProvider(settings.telegram_webhook_secrets)


def _link(settings: Settings) -> RedisLink | None:
    if settings.redis_url is None:
        return None
    from storage.redis_link import RedisLink

    return RedisLink(settings.redis_url.get_secret_value())


def _pace(settings: Settings, link: RedisLink | None, clock: Clock) -> Pace:
    rates = {channel: Rate(count, per) for channel, (count, per) in settings.send_rates.items()}
    return Pace(RedisThrottle(link) if link else LocalThrottle(), rates, clock)


def _alarm(metrics: Metrics) -> Callable[..., None]:
    def alarm(code: str, **ids: str) -> None:
        metrics.alarms.labels(code).inc()
        log.error("alarm", code=code, **ids)

    return alarm
