"""`socialdirect hook`: which other programs are told of what happens. A secret is shown once; addresses are not listed,
since whoever knows one may send to it.

add URL --kind KIND…        list        rotate ID        end ID
"""

from __future__ import annotations

import secrets
from base64 import b64encode
from datetime import timedelta
from typing import Annotated, Final

import typer

from bot.app import App
from bot.failures import CommandFailed, WrongUse
from bot.load import local
from bot.opening import on_app, operator
from handlers.hooks.posting import SECRET, address
from handlers.hooks.sending import FORMER
from handlers.hooks.telling import NAMES
from storage import audit, hooks
from storage.hooks import HookRow

NONE: Final = "no hook in force has this id: `socialdirect hook list` shows them"
HOUR: Final = timedelta(hours=1)

app = typer.Typer(help="Which other programs are told of what happens.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def overview() -> None:
    """Which other programs are told of what happens."""


@app.command()
def add(
    url: Annotated[str, typer.Argument(metavar="URL", help="https, of a program on the Internet.")],
    kind: Annotated[list[str] | None, typer.Option(help="May be repeated. Else all kinds.")] = None,
) -> int:
    """Have a program told; print the secret that signs what goes there, this once."""
    good = address(url)
    if good is None:
        raise WrongUse("URL: https://, a name with a dot in it, the usual port, no password")
    unknown = sorted(set(kind or ()) - NAMES)
    if unknown:
        raise WrongUse(f"--kind: expected among {', '.join(sorted(NAMES))}")
    secret = fresh()

    async def work(opened: App) -> str:
        parts, now = opened.parts, opened.parts.clock()
        row = HookRow(parts.new_id(), good, secret, frozenset(kind or NAMES), now)
        async with parts.db.transaction() as tx:
            await hooks.add(tx, row)
            await audit.add(tx, operator(), "add hook", f"hook:{row.id}", now)
        return row.id

    print(f"hook {on_app(work)}; its secret, shown this once:\n{secret}")
    return 0


@app.command()
def rotate(id: Annotated[str, typer.Argument(help="As `list` shows it.")]) -> int:
    """Change a hook's secret; print the new one, this once. For a day the old one signs beside it."""
    secret = fresh()

    async def work(opened: App) -> bool:
        parts, now = opened.parts, opened.parts.clock()
        async with parts.db.transaction() as tx:
            done = await hooks.rotate(tx, id, secret, now + FORMER)
            if done:
                await audit.add(tx, operator(), "rotate hook", f"hook:{id}", now)
        return done

    if not on_app(work):
        raise CommandFailed(NONE)
    print(f"hook {id}; its new secret, shown this once (the old one is good for {FORMER // HOUR} hours):\n{secret}")
    return 0


@app.command("list")
def listed() -> int:
    """The hooks, the oldest first: what each is told, how much waits for it, what went wrong last."""

    async def work(opened: App) -> list[str]:
        waiting = await hooks.waiting(opened.parts.db)
        rows = await hooks.every(opened.parts.db)
        return [line(row, *waiting.get(row.id, (0, None)), opened) for row in rows] or ["no hook: nobody is told"]

    for each in on_app(work):
        print(each)
    return 0


@app.command("end")
def ended(id: Annotated[str, typer.Argument(help="As `list` shows it.")]) -> int:
    """Tell a program nothing more; what waits for it is dropped."""

    async def work(opened: App) -> bool:
        parts, now = opened.parts, opened.parts.clock()
        async with parts.db.transaction() as tx:
            done = await hooks.end(tx, id, "operator", now)
            if done:
                await audit.add(tx, operator(), "end hook", f"hook:{id}", now)
        return done

    if not on_app(work):
        raise CommandFailed(NONE)
    print(f"ended {id}")
    return 0


def fresh() -> str:
    """256 bits, as Standard Webhooks writes them."""
    return SECRET + b64encode(secrets.token_bytes(32)).decode()


def line(row: HookRow, waits: int, error: str | None, opened: App) -> str:
    if row.ended_at is not None:
        state = f"ended {local(row.ended_at, opened.parts.zone)} ({row.end_reason})"
    else:
        state = f"{waits} waiting" + (f", last failure {error}" if error else "")
    return f"{row.id}  {' '.join(sorted(row.kinds))}  {state}"
