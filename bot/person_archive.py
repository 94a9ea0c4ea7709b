"""`socialdirect person archive`: who had an account that is closed; for an administrator, with a reason."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Final

import typer

from bot.app import App
from bot.failures import CommandFailed, WrongUse
from bot.load import local
from bot.opening import on_app, operator
from handlers.parts import Parts
from handlers.privacy.archive import LONGEST, SHORTEST, NotSeen, see
from storage.archives import Archived

REFUSALS: Final = {
    "wait": "too many tries with this name; wait a quarter of an hour",
    "administrator": "no administrator of this name in the console, or not the code that their app shows now",
    "nobody": "nothing is kept of this person",
}


def archive(
    who: Annotated[str, typer.Argument(metavar="WHO", help="Mobile number, or the id that the account had.")],
    words: Annotated[list[str], typer.Argument(metavar="WORDS…", help="Why; kept with it.")],
    administrator: Annotated[str, typer.Option(metavar="NAME", help="As they log in to the console.")],
    code: Annotated[str, typer.Option(metavar="CODE", help="Of their second factor; else it is asked for.")] = "",
) -> int:
    """Who had an account, from when to when, which terms they accepted. That it was looked at, and why, is kept."""
    shown = code or typer.prompt("code of the second factor", default="", show_default=False)

    async def work(opened: App) -> Sequence[str]:
        parts = opened.parts
        found = await see(parts, who, administrator, shown, " ".join(words), operator())
        if isinstance(found, NotSeen):
            raise _refused(found.why)
        return [line for each in found for line in _lines(parts, each)]

    for line in on_app(work):
        print(line)
    return 0


def _lines(parts: Parts, each: Archived) -> list[str]:
    def at(when: str) -> str:
        return local(datetime.fromisoformat(when).astimezone(UTC), parts.zone)

    return [
        f"{each.id:26}  {each.first_name} {each.last_name}  {each.phone or 'no number'}",
        f"  from {each.since} to {local(each.closed, parts.zone)}, closed by {each.by}",
        f"  kept until {local(each.ends, parts.zone)}",
        *(f"  terms {json.dumps(consent, ensure_ascii=False)}" for consent in each.consents),
        *(f"  looked at {at(look['at'])} by {look['by']}: « {look['why']} »" for look in each.looks),
    ]


def _refused(why: str) -> CommandFailed:
    if why == "words":
        return WrongUse(f"WORDS: between {SHORTEST} and {LONGEST} characters, the reason")
    return CommandFailed(REFUSALS[why])
