"""Where documents lie and who looks at them, put together by the settings."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import aiohttp

from bot.settings import Settings
from handlers.documents.judging import Judge
from handlers.documents.keeping import Keeping
from handlers.documents.scanning import Clamd
from handlers.documents.stores import S3, Folder, Store


def keeping(settings: Settings, session: aiohttp.ClientSession) -> Keeping:
    scan = Clamd(settings.clamd_url) if settings.clamd_url else None
    return Keeping(Judge(), store(settings.documents_url.get_secret_value(), session), scan)


def store(url: str, session: aiohttp.ClientSession) -> Store:
    """`file://var/documents`, or `s3://key:secret@host/bucket/folder?region=fr-par`; `s3+http` without TLS."""
    if url.startswith("file://"):
        return Folder(Path(url.removeprefix("file://")))
    at = urlsplit(url)
    scheme = "http" if at.scheme == "s3+http" else "https"
    host = at.netloc.rpartition("@")[2]
    region = parse_qs(at.query).get("region", [""])[0]
    return S3(session, f"{scheme}://{host}{at.path}", unquote(at.username or ""), unquote(at.password or ""), region)
