"""What looks outside of its own accord, put together by the settings: into Twilio's log for what missed our webhooks,
at what the providers know of us, and at what still lies there of what was said.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime

import aiohttp

from bot import channels
from bot.settings import Settings
from handlers.channels.copies import Copies, TelegramCopies, TwilioCopies
from handlers.channels.setting_up import ByHand, Seen, Setting
from handlers.channels.twilio import TwilioProvider
from handlers.missed import Fetching, Log, Source, fixed
from handlers.parts import Parts
from handlers.watching import Look, Watching


def fetching(
    settings: Settings, parts: Parts, provider: TwilioProvider | None, session: aiohttp.ClientSession
) -> Fetching | None:
    return Fetching(parts, provider, sources(settings, session)) if provider is not None else None


def sources(settings: Settings, session: aiohttp.ClientSession) -> Sequence[Source]:
    """Twilio's log of every number of ours; those of a messaging service are asked for at each look."""
    sid, auth, whatsapp_auth = settings.twilio_account_sid, settings.twilio_auth, settings.twilio_whatsapp_auth
    if sid is None or auth is None or whatsapp_auth is None:
        return []
    from handlers.channels.twilio_log import TwilioLog

    found: list[Source] = []
    if settings.sms_enabled:
        log = TwilioLog(session, sid, auth, base_url=settings.twilio_api_url)
        found.append(Source("sms", log, _texted(settings, log.pool)))
    if settings.twilio_whatsapp_from:
        there: Log = TwilioLog(session, sid, whatsapp_auth, base_url=settings.twilio_whatsapp_api_url)
        found.append(Source("whatsapp", there, fixed([f"whatsapp:{settings.twilio_whatsapp_from}"])))
    return found


def _texted(
    settings: Settings, pool: Callable[[str], Awaitable[Sequence[str]]]
) -> Callable[[], Awaitable[Sequence[str]]]:
    number, service = settings.twilio_sms_from, settings.twilio_messaging_service_sid

    async def numbers() -> Sequence[str]:
        pooled = await pool(service) if service else ()
        return list(dict.fromkeys([*([number] if number else []), *pooled]))

    return numbers


def copies(settings: Settings, session: aiohttp.ClientSession) -> Mapping[str, Copies]:
    """By channel."""
    found: dict[str, Copies] = {}
    if settings.telegram_bot_token is not None:
        from handlers.channels.telegram_bot import TelegramBot

        token = settings.telegram_bot_token.get_secret_value()
        found["telegram"] = TelegramCopies(TelegramBot(session, token, base_url=settings.telegram_api_url))
    sid, auth, whatsapp_auth = settings.twilio_account_sid, settings.twilio_auth, settings.twilio_whatsapp_auth
    if sid is None or auth is None or whatsapp_auth is None:
        return found
    from handlers.channels.twilio import WHATSAPP
    from handlers.channels.twilio_client import TwilioClient

    if settings.sms_enabled:
        found["sms"] = TwilioCopies(TwilioClient(session, sid, auth, base_url=settings.twilio_api_url))
    if settings.whatsapp_enabled:
        there = TwilioClient(session, sid, whatsapp_auth, base_url=settings.twilio_whatsapp_api_url)
        found["whatsapp"] = TwilioCopies(there, WHATSAPP)
    return found


def watching(settings: Settings, parts: Parts, session: aiohttp.ClientSession) -> Watching:
    looks: dict[str, Look] = {}
    if settings.telegram_bot_token is not None and settings.telegram_webhook_secret is not None:
        looks["telegram"] = _telegram(settings, session)
    if settings.sms_enabled:
        looks["sms"] = _twilio(lambda: channels.texts(settings, session))
    if settings.whatsapp_enabled:
        looks["whatsapp"] = _twilio(lambda: channels.whatsapp_sender(settings, session))
    return Watching(parts, looks)


def _telegram(settings: Settings, session: aiohttp.ClientSession) -> Look:
    async def look(now: datetime) -> Seen:
        bot, secret = channels.bot(settings, session)
        return await bot.look(settings.public_url, secret, now)

    return look


def _twilio(found: Callable[[], Awaitable[Sequence[Setting | ByHand]]]) -> Look:
    async def look(_: datetime) -> Seen:
        return Seen([one for one in await found() if isinstance(one, Setting)])

    return look
