"""Whom a command is about, as it is typed: a mobile number, an e-mail address, an id."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import typer

from bot.failures import CommandFailed
from handlers.console import people
from handlers.parts import Parts

Who: TypeAlias = Annotated[str, typer.Argument(metavar="WHO", help="Mobile number, e-mail address, or an id.")]


async def person_of(parts: Parts, who: str) -> str:
    """The one person's id."""
    found = await people.find(parts, who)
    if len(found) > 1:
        raise CommandFailed(f"several have this: {', '.join(found)}")
    if not found:
        raise CommandFailed("nobody has an account with this")
    return found[0]
