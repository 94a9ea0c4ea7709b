"""`socialdirect api-key`: who may call the HTTP API, and for what. A key is shown once: only its hash is kept.

add NAME --scope SCOPE…        list        revoke ID
"""

from __future__ import annotations

import secrets
from typing import Annotated

import typer

from bot.app import App
from bot.failures import CommandFailed, WrongUse
from bot.load import local
from bot.opening import on_app, operator
from handlers.web.api.operations import Scope
from storage import api_keys, audit
from storage.api_keys import ApiKeyRow

LONGEST = 80

app = typer.Typer(help="Who may call the HTTP API.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def overview() -> None:
    """Who may call the HTTP API."""


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="Who will hold it: 'web platform'.")],
    scope: Annotated[list[Scope] | None, typer.Option(help="May be repeated. Else catalogue alone.")] = None,
) -> int:
    """Make a key; print it, this once."""
    if not name.strip() or len(name) > LONGEST or not name.isprintable():
        raise WrongUse(f"NAME: 1 to {LONGEST} characters in one line")
    secret = f"sd_{secrets.token_urlsafe(32)}"

    async def work(opened: App) -> str:
        parts, now = opened.parts, opened.parts.clock()
        row = ApiKeyRow(parts.new_id(), name.strip(), frozenset(scope or [Scope.CATALOGUE]), now)
        async with parts.db.transaction() as tx:
            await api_keys.add(tx, row, secret)
            await audit.add(tx, operator(), "add key", f"key:{row.id}", now)
        return row.id

    print(f"key {on_app(work)}, shown this once:\n{secret}")
    return 0


@app.command("list")
def listed() -> int:
    """The keys, the oldest first: who holds them, their scopes, their last use."""

    async def work(opened: App) -> list[str]:
        rows = await api_keys.every(opened.parts.db)
        return [line(row, opened) for row in rows] or ["no key: nobody may call the API"]

    for each in on_app(work):
        print(each)
    return 0


@app.command()
def revoke(id: Annotated[str, typer.Argument(help="As `list` shows it.")]) -> int:
    """End a key, at once."""

    async def work(opened: App) -> bool:
        parts, now = opened.parts, opened.parts.clock()
        async with parts.db.transaction() as tx:
            done = await api_keys.revoke(tx, id, now)
            if done:
                await audit.add(tx, operator(), "revoke key", f"key:{id}", now)
        return done

    if not on_app(work):
        raise CommandFailed("no key in force has this id: `socialdirect api-key list` shows them")
    print(f"revoked {id}")
    return 0


def line(row: ApiKeyRow, opened: App) -> str:
    zone = opened.parts.zone
    if row.revoked_at is not None:
        state = f"revoked {local(row.revoked_at, zone)}"
    else:
        state = f"last used {local(row.used_at, zone)}" if row.used_at else "never used"
    return f"{row.id}  {row.name}  {' '.join(sorted(row.scopes))}  {state}"
