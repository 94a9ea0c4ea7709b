"""`socialdirect doctor`: whether all is well, one line each, and how to mend what is not. A probe that is
laid into the store of documents is gone afterwards; else it changes nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Annotated

import aiohttp
import typer

from bot import account_checks, checks, logs, paper_checks
from bot.app import channels, vault
from bot.clock import system_clock
from bot.door_checks import door, log
from bot.findings import well, wrong
from bot.settings import Settings, WrongSettings, read_settings
from bot.settings_checks import SETTINGS
from handlers.channels.base import Finding
from storage.crypto import Unreadable
from storage.db import Database
from storage.faults import is_transient


def run(
    deep: Annotated[bool, typer.Option("--deep", help="Look at every row, too: what must hold between them.")] = False,
) -> int:
    """Check settings, database, Redis, documents, providers, mail and public address."""
    logs.configure("ERROR")
    try:
        settings = read_settings()
    except WrongSettings as error:
        for name, reason in error.problems:
            print(line(Finding("settings", ok=False, words=f"{name} {reason}")))
        return 1
    return asyncio.run(say(settings, deep=deep))


def outward() -> aiohttp.ClientSession:
    """The way to everybody else."""
    return aiohttp.ClientSession(trust_env=False)


async def say(settings: Settings, *, deep: bool, way: Callable[[], aiohttp.ClientSession] = outward) -> int:
    """1 where anything is wrong."""
    ill = 0
    async for finding in examine(settings, deep=deep, way=way):
        print(line(finding))
        ill += not finding.ok
    return 1 if ill else 0


async def examine(
    settings: Settings, *, deep: bool, way: Callable[[], aiohttp.ClientSession] = outward
) -> AsyncIterator[Finding]:
    """Everything, one after the other; what is away does not keep us from looking at the rest."""
    yield well("settings", "complete")
    for check in SETTINGS:
        for finding in check(settings):
            yield finding
    async for finding in database(settings, deep=deep):
        yield finding
    yield await checks.redis(settings)
    yield await paper_checks.scanner(settings)
    async with way() as session:
        yield await paper_checks.papers(settings, session)
        async for finding in door(settings, session):
            yield finding
        for channel in channels(settings, session, system_clock, None).values():
            for finding in await channel.check():
                yield finding
        yield await account_checks.voice(settings, session)
        for asked in (account_checks.keys, account_checks.texting, log, account_checks.set_up):
            async for finding in asked(settings, session):
                yield finding


async def database(settings: Settings, *, deep: bool) -> AsyncIterator[Finding]:
    """The rest is of no use without one that is migrated."""
    try:
        db = await Database.open(settings.database_url.get_secret_value(), vault(settings))
        try:
            for check in checks.DATABASE:
                findings = await check(db, settings, system_clock())
                for finding in findings:
                    yield finding
                if check is checks.migrated and not all(finding.ok for finding in findings):
                    return
            if deep:
                for finding in await checks.deep(db, system_clock()):
                    yield finding
        finally:
            await db.close()
    except Unreadable as error:
        yield wrong("keys", f"ENCRYPTION_KEYS must hold every key that rows are sealed with ({error})")
    except Exception as error:
        if not is_transient(error):
            raise
        yield wrong("database", "DATABASE_URL does not answer: is it up, is the address right?")


def line(finding: Finding) -> str:
    return f"{'ok' if finding.ok else 'wrong':5}  {finding.about}: {finding.words}"
