"""Where documents lie, who looks at them and where people's channels have them, put together by the settings."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import aiohttp

from bot.settings import Settings
from handlers.documents.judging import Judge
from handlers.documents.keeping import Keeping, Source
from handlers.documents.scanning import Clamd
from handlers.documents.stores import S3, Folder, Store


def keeping(settings: Settings, session: aiohttp.ClientSession) -> Keeping:
    scan = Clamd(settings.clamd_url) if settings.clamd_url else None
    at = store(settings.documents_url.get_secret_value(), session)
    return Keeping(Judge(), at, scan, sources(settings, session))


def sources(settings: Settings, session: aiohttp.ClientSession) -> Mapping[str, Source]:
    """By channel. `session` is for the calls to the providers' APIs; each file comes by one of its own."""
    found = _twilio(settings, session)
    if settings.telegram_bot_token is not None:
        from handlers.channels import telegram_media
        from handlers.channels.telegram_bot import TelegramBot

        token, base = settings.telegram_bot_token.get_secret_value(), settings.telegram_api_url
        bot = TelegramBot(session, token, base_url=base)
        found["telegram"] = telegram_media.TelegramMedia(telegram_media.way(base), bot, token)
    return found


def _twilio(settings: Settings, session: aiohttp.ClientSession) -> dict[str, Source]:
    sid, auth, whatsapp_auth = settings.twilio_account_sid, settings.twilio_auth, settings.twilio_whatsapp_auth
    if sid is None or auth is None or whatsapp_auth is None:
        return {}
    from handlers.channels import twilio_media
    from handlers.channels.twilio_client import TwilioClient

    def at(base: str, signed: tuple[str, str]) -> Source:
        client = TwilioClient(session, sid, signed, base_url=base)
        return twilio_media.TwilioMedia(twilio_media.way(base), client, sid, signed)

    return {"sms": at(settings.twilio_api_url, auth), "whatsapp": at(settings.twilio_whatsapp_api_url, whatsapp_auth)}


def store(url: str, session: aiohttp.ClientSession) -> Store:
    """`file://var/documents`, or `s3://key:secret@host/bucket/folder?region=fr-par`; `s3+http` without TLS."""
    if url.startswith("file://"):
        return Folder(Path(url.removeprefix("file://")))
    at = urlsplit(url)
    scheme = "http" if at.scheme == "s3+http" else "https"
    host = at.netloc.rpartition("@")[2]
    region = parse_qs(at.query).get("region", [""])[0]
    return S3(session, f"{scheme}://{host}{at.path}", unquote(at.username or ""), unquote(at.password or ""), region)
