"""`socialdirect restore FILE`: a backup into an empty database, of either kind. Sending is paused afterwards, and
who was erased since the backup was made is erased again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Annotated

import aiohttp
import typer

from bot.app import vault
from bot.clock import system_clock
from bot.failures import CommandFailed, WrongUse, reason
from bot.opening import operator
from bot.papers import store
from bot.progress import progress
from bot.settings import Settings, read_settings
from handlers.privacy import ledger
from handlers.privacy.restoring import erase_again
from storage import audit, backup
from storage.db import Database, Tx
from storage.erasures import Line
from storage.faults import is_transient

HINT = "give the ledger (`person erasures --out FILE`) by --erasures FILE; or --nobody-erased, if you are sure"


def run(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `socialdirect backup` wrote.")],
    erasures: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Who was erased, where the documents' store cannot tell.")
    ] = None,
    nobody_erased: Annotated[bool, typer.Option("--nobody-erased", help="Nobody was, since that backup.")] = False,
) -> int:
    """Read a backup into the new, empty database of DATABASE_URL; all of it or nothing."""
    for each in (file, *([erasures] if erasures else [])):
        if not each.is_file():
            raise WrongUse(f"FILE: there is no file {each}")
    if erasures and nobody_erased:
        raise WrongUse("--erasures and --nobody-erased do not go together")
    try:
        told = ledger.read_file(_text(erasures)) if erasures else None
        rows, again = asyncio.run(read(read_settings(), file, told, nobody_erased=nobody_erased))
    except backup.BadBackup as error:
        raise CommandFailed(str(error)) from None
    except ledger.Unknown as error:
        raise CommandFailed(f"nothing was restored: {error}; {HINT}") from None
    except Exception as error:
        if not is_transient(error):
            raise
        raise CommandFailed("the database of DATABASE_URL does not answer, or is too busy; try again") from None
    print(f"{rows} rows; sending is paused, since what this database thinks unsent may have been sent")
    if again:
        print(f"{again} people who were erased since were erased again")
    print("next: `socialdirect purge`, `socialdirect doctor --deep`, then `socialdirect resume`")
    return 0


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise WrongUse(f"--erasures: {file} cannot be read ({reason(error)})") from None


async def read(
    settings: Settings, file: Path, told: Sequence[Line] | None, *, nobody_erased: bool = False
) -> tuple[int, int]:
    """How many rows, and how many people were erased again. `told`: the ledger, where it is not to be looked for in
    the documents' store."""
    async with aiohttp.ClientSession(trust_env=False) as session:
        papers = store(settings.documents_url.get_secret_value(), session)
        lines: Sequence[Line] = []
        if not nobody_erased:
            known = backup.erased_until(file)
            lines = await ledger.after(papers, *known) if told is None else ledger.of_file(told, *known)
        # Not by `bot.opening`: an empty database is what is wanted here, and the backup says how to migrate it.
        db = await Database.open(settings.database_url.get_secret_value(), vault(settings))
        gone: list[int] = []
        try:
            rows = await _restored(db, file, partial(_again, settings, lines, gone))
        finally:
            await db.close()
    return rows, sum(gone)


async def _restored(db: Database, file: Path, then: backup.Then) -> int:
    now = system_clock()
    with progress("rows") as tell:
        rows = await backup.restore(db, file, now, tell, then)
    await audit.add(db, operator(), "restore", "database", now)
    return rows


async def _again(settings: Settings, lines: Sequence[Line], gone: list[int], tx: Tx) -> None:
    gone.append(await erase_again(tx, lines, settings.time_zone, system_clock()))
