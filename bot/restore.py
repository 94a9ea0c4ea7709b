"""`socialdirect restore FILE`: a backup into an empty database, of either kind. Sending is paused afterwards."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bot.app import vault
from bot.clock import system_clock
from bot.failures import CommandFailed, WrongUse
from bot.opening import operator
from bot.progress import progress
from bot.settings import Settings, read_settings
from storage import audit, backup
from storage.db import Database
from storage.faults import is_transient


def run(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `socialdirect backup` wrote.")],
) -> int:
    """Read a backup into the new, empty database of DATABASE_URL; all of it or nothing."""
    if not file.is_file():
        raise WrongUse(f"FILE: there is no file {file}")
    try:
        rows = asyncio.run(read(read_settings(), file))
    except backup.BadBackup as error:
        raise CommandFailed(str(error)) from None
    except Exception as error:
        if not is_transient(error):
            raise
        raise CommandFailed("the database of DATABASE_URL does not answer, or is too busy; try again") from None
    print(f"{rows} rows; sending is paused, since what this database thinks unsent may have been sent")
    print("next: `socialdirect purge`, `socialdirect doctor --deep`, then `socialdirect resume`")
    return 0


async def read(settings: Settings, file: Path) -> int:
    # Not by `bot.opening`: an empty database is what is wanted here, and the backup says how to migrate it.
    db = await Database.open(settings.database_url.get_secret_value(), vault(settings))
    try:
        now = system_clock()
        with progress("rows") as tell:
            rows = await backup.restore(db, file, now, tell)
        await audit.add(db, operator(), "restore", "database", now)
    finally:
        await db.close()
    return rows
