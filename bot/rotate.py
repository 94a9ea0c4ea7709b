"""`socialdirect rotate`: after ENCRYPTION_KEYS got a new first key, everything is sealed with that one; after
SECRET_KEY changed, addresses are indexed anew. docs/operating.md has the whole way, with what comes before and after.
"""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from bot import logs
from bot.app import App, vault
from bot.clock import system_clock
from bot.failures import CommandFailed, WrongUse
from bot.opening import on_app, operator, plainly
from bot.progress import progress
from bot.settings import Settings, read_settings
from handlers import links
from storage import audit, rotation, schema
from storage.db import Database

# A process that still has the former settings seals with the former key while we go: it is caught up with, or named.
ROUNDS = 3


def run(
    secret_key: Annotated[
        bool, typer.Option("--secret-key", help="SECRET_KEY was changed. No other process may run meanwhile.")
    ] = False,
    end_links: Annotated[
        bool, typer.Option("--end-links", help="With --secret-key: links that were given out are over.")
    ] = False,
) -> int:
    """Seal everything with the first of ENCRYPTION_KEYS. May be interrupted, and run again, while all else runs."""
    if end_links and not secret_key:
        raise WrongUse("--end-links goes with --secret-key")
    if not secret_key:
        return on_app(reseal)
    settings = read_settings()
    logs.configure("ERROR")
    with plainly():
        print(asyncio.run(reindex(settings, end_links=end_links)))
    return 0


async def reseal(app: App) -> int:
    """1 where something is not sealed with the first key afterwards."""
    db, now = app.parts.db, app.parts.clock()
    first, *former = db.vault.key_ids
    done = shut = 0
    with progress("values") as tell:
        for _ in range(ROUNDS):
            made = await rotation.reseal(db, tell)
            done, shut = done + made.done, made.shut
            if not made.done:
                break
    await audit.add(db, operator(), "rotate", "database", now)
    census = await rotation.census(db)
    print(f"{done} values sealed again, {census.get(first, 0)} in all with the first key ({first})")
    left = {id: count for id, count in census.items() if id != first}
    for id, count in left.items():
        print(f"{count} values are still sealed with {id}: {why(known=id in former, shut=shut)}")
    if not left and former:
        print(f"nothing needs {', '.join(former)} any more, but backups that were made before")
    return 1 if left else 0


def why(*, known: bool, shut: int) -> str:
    if not known:
        return "ENCRYPTION_KEYS must name that key, too; then run this again"
    if shut:
        return f"{shut} of what is left opens with no key, and `socialdirect doctor --deep` names it"
    return "does a process still run with the former ENCRYPTION_KEYS? Start it anew, then run this again"


async def reindex(settings: Settings, *, end_links: bool) -> str:
    """What was done, in a line. Nothing where the database knows this SECRET_KEY already."""
    db = await Database.open(settings.database_url.get_secret_value(), vault(settings))
    try:
        try:
            await schema.check(db)
        except schema.OtherSecret:
            pass
        else:
            raise CommandFailed("nothing to do: the database was indexed with this SECRET_KEY")
        now = system_clock()
        count = await rotation.reindex(db, now, links.PATHS, end_links=end_links)
        await audit.add(db, operator(), "rotate secret", "database", now)
    finally:
        await db.close()
    ended = "over; the next message brings another" if end_links else "as good as before"
    return f"{count} addresses and names indexed anew; links that were given out are {ended}"
