"""`socialdirect operator`: who may log in to the console. Its links let somebody in, once: hand them over safely.

add NAME --role ROLE        reset NAME        suspend NAME, lift NAME        list
"""

from __future__ import annotations

import secrets
from typing import Annotated

import typer

from booking.operating import Role
from bot.app import App
from bot.failures import CommandFailed, WrongUse
from bot.load import local
from bot.opening import on_app
from bot.opening import operator as keyboard
from handlers.console import operating
from handlers.console.entry import plain_name
from handlers.console.operating import BadName, Link
from storage import operators
from storage.operators import OperatorRow

app = typer.Typer(help="Who may log in to the console.", no_args_is_help=True, rich_markup_mode=None)
Name = Annotated[str, typer.Argument(help="What they log in with.")]


@app.callback()
def overview() -> None:
    """Who may log in to the console."""


@app.command()
def add(
    name: Name,
    role: Annotated[Role, typer.Option(help="desk: people. administrator: also directory, operators. auditor: looks.")],
) -> int:
    """Add an operator; print the link by which they choose a password and set up their second factor."""
    try:
        show(on_app(lambda opened: operating.add(opened.parts, secrets.token_bytes, name, role, keyboard())))
    except BadName as error:
        raise WrongUse(f"NAME: {error}") from None
    return 0


@app.command()
def reset(name: Name) -> int:
    """End their password, second factor and sessions; print a new link. Also for who lost telephone and codes."""

    async def work(opened: App) -> Link:
        found = await named(opened, name)
        if found.suspended_at is not None:
            raise CommandFailed("they are suspended: lift it first")
        return await operating.reset(opened.parts, secrets.token_bytes, found.id, keyboard())

    show(on_app(work))
    return 0


@app.command()
def suspend(name: Name) -> int:
    """Let them in no more; their sessions end at once."""

    async def work(opened: App) -> bool:
        return await operating.suspend(opened.parts, (await named(opened, name)).id, keyboard())

    print("suspended; their sessions are ended" if on_app(work) else "they were suspended already")
    return 0


@app.command()
def lift(name: Name) -> int:
    """Let somebody who was suspended in again, with the password and second factor that they had."""

    async def work(opened: App) -> bool:
        return await operating.lift(opened.parts, (await named(opened, name)).id, keyboard())

    print("they may log in again" if on_app(work) else "they were not suspended")
    return 0


@app.command("list")
def listed() -> int:
    """All operators: name, role, how they stand."""
    for line in on_app(lines):
        print(line)
    return 0


async def lines(opened: App) -> list[str]:
    rows = await operators.all_of(opened.parts.db)
    zone = opened.parts.zone
    return [f"{row.name:32}  {row.role:13}  {standing(row)}  since {local(row.made_at, zone)}" for row in rows] or [
        "nobody yet: `socialdirect operator add`"
    ]


def standing(row: OperatorRow) -> str:
    if row.suspended_at is not None:
        return "suspended   "
    return "enrolled    " if row.password else "not enrolled"


async def named(opened: App, typed: str) -> OperatorRow:
    found = await operators.by_name(opened.parts.db, plain_name(typed))
    if found is None:
        raise CommandFailed("no operator has this name; `socialdirect operator list` shows all")
    return found


def show(link: Link) -> None:
    print(link.url)
    print("good once, for a day; whoever opens it becomes this operator: hand it over in person or by a safe way")
