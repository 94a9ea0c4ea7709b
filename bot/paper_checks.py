"""What `socialdirect doctor` tries of documents: whether they can be laid down, read and deleted where they lie, and
whether the scanner answers.
"""

from __future__ import annotations

import secrets
from typing import Final
from urllib.parse import parse_qs, urlsplit

import aiohttp

from bot.app import id_maker
from bot.clock import system_clock
from bot.findings import well, wrong
from bot.papers import store
from bot.settings import Settings
from handlers.channels.base import Finding
from handlers.documents.scanning import Clamd, ScannerAway
from handlers.documents.stores import StoreAway

PROBE: Final = b"socialdirect doctor"
PATIENCE: Final = 20.0  # seconds; a scanner that has just started still loads its signatures


async def papers(settings: Settings, session: aiohttp.ClientSession) -> Finding:
    """With a small file that is gone afterwards."""
    url = settings.documents_url.get_secret_value()
    where, remedy = _where(url)
    there, id = store(url, session), id_maker(system_clock, secrets.randbits)()
    try:
        await there.put(id, PROBE)
        read = await there.get(id)
        await there.drop(id)
        left = await there.get(id)
    except StoreAway as error:
        return wrong("documents", f"DOCUMENTS_URL, {where}: nothing can be laid down there ({error}): {remedy}")
    if read != PROBE or left is not None:
        return wrong("documents", f"DOCUMENTS_URL, {where}: what is laid down is not read or deleted as it should be")
    return well("documents", f"{where}; a probe was written, read and deleted")


def _where(url: str) -> tuple[str, str]:
    """In words, without its key; and what to look at."""
    if url.startswith("file://"):
        return "a folder", "is there room, may this user write there?"
    region = parse_qs(urlsplit(url).query).get("region", [""])[0]
    named = f"of region {region}" if region else "that names no region (`?region=…`)"
    return f"an S3 bucket {named}", "does the bucket exist, may the key put, get and delete in it, is the region right?"


async def scanner(settings: Settings) -> Finding:
    if settings.clamd_url is None:
        return well("scanner", "none: documents are judged by us alone (CLAMD_URL)")
    try:
        clean = await Clamd(settings.clamd_url, PATIENCE)(PROBE)
    except ScannerAway as error:
        reason = f"CLAMD_URL does not answer as it should ({error}), and no document is taken meanwhile"
        return wrong("scanner", f"{reason}: is clamd up, may this user open its socket?")
    if not clean:
        return wrong("scanner", "CLAMD_URL finds a virus in a line of ours: its signatures are not in order")
    return well("scanner", "answers")
