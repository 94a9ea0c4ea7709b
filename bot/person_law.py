"""What `socialdirect person` does for the law: keeps what is somebody's while a dispute is open, or erases it.

hold WHO REFERENCE WORDS… --review DAY        release HOLD        holds [WHO]
erase WHO [--confirm ID]                      erasures [--out FILE]
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Final

import typer

from booking.model import PersonId
from bot.app import App
from bot.failures import CommandFailed, WrongUse, reason
from bot.load import local
from bot.opening import on_app, operator
from bot.who import Who, person_of
from handlers.parts import Parts
from handlers.privacy import disputes, erasing
from handlers.privacy.disputes import LONGEST, SHORTEST, NotHeld
from handlers.privacy.erasing import Erased, Held
from storage import archives, erasures, holds
from storage.booking import RowStore
from storage.holds import LegalHold

NOT_HELD: Final = {
    "nobody": "no such person, or no legal hold of this id",
    "already": "it was lifted already",
}


def hold(
    who: Who,
    reference: Annotated[str, typer.Argument(metavar="REFERENCE", help="The dispute's own number or name.")],
    words: Annotated[list[str], typer.Argument(metavar="WORDS…", help="What it is about; kept sealed.")],
    review: Annotated[str, typer.Option(help="When it is looked at again, as 2026-03-20; within half a year.")],
) -> int:
    """A dispute is open: nothing of theirs is purged or erased, and no new request of theirs is taken."""
    day = _day(review)

    async def work(opened: App) -> LegalHold | NotHeld:
        person = await _whose(opened.parts, who)
        return await disputes.hold(opened.parts, person, operator(), reference, " ".join(words), day)

    match on_app(work):
        case LegalHold(id=id):
            print(f"{id}  nothing of theirs is purged or erased until it is released")
            return 0
        case NotHeld(why):
            raise _refused(why)


def release(id: Annotated[str, typer.Argument(metavar="HOLD", help="As `person holds` lists it.")]) -> int:
    """The dispute is over: what was due meanwhile goes within a day."""
    done = on_app(lambda opened: disputes.release(opened.parts, id, operator()))
    if done is not None:
        raise _refused(done.reason)
    print(f"{id}  released; what is due goes with the next purge")
    return 0


def held(
    who: Annotated[str, typer.Argument(metavar="WHO", help="Only theirs, and those that were lifted, too.")] = "",
) -> int:
    """Which legal holds stand, the one to be reviewed first; their words stay sealed but for the reference."""

    async def work(opened: App) -> list[str]:
        parts = opened.parts
        found = await holds.of_person(parts.db, await _whose(parts, who)) if who else await holds.standing(parts.db)
        return [_line(parts, each) for each in found] or ["none"]

    for each in on_app(work):
        print(each)
    return 0


def erase(
    who: Who,
    confirm: Annotated[str, typer.Option(metavar="ID", help="Their id, typed once more; else it is asked for.")] = "",
) -> int:
    """On the person's word: everything of theirs goes, for ever; nothing can bring it back."""

    async def found(opened: App) -> tuple[str, int]:
        id = await person_of(opened.parts, who)
        coming = await RowStore(opened.parts.db, opened.parts.directories).upcoming(PersonId(id), opened.parts.clock())
        return id, len(coming)

    id, coming = on_app(found)
    if not confirm:
        print(f"person {id}, with {coming} coming appointments. Everything of theirs goes, for ever.", flush=True)
        confirm = typer.prompt("their id, to go on", default="", show_default=False)
    if confirm.strip() != id:
        raise WrongUse(f"nothing was erased: type {id} to go on")
    match on_app(lambda opened: erasing.erase(opened.parts, id, operator())):
        case Erased(number, gone, told):
            print(f"{id}  erased, number {number} in the ledger; {gone} coming appointments cancelled")
            print("they get a last word" if told else "there is no address that we may write a last word to")
            print("what is still on its way (files, messages to workers) goes while a worker runs, within a day")
            return 0
        case Held():
            raise CommandFailed("a legal hold stands: `person holds` lists it")
    raise CommandFailed("nobody has an account with this")


def erased(
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the ledger there, for `restore`.")] = None,
) -> int:
    """The ledger of who was erased, as lines of ids: what `restore --erasures FILE` reads."""
    lines = on_app(lambda opened: erasures.lines(opened.parts.db, 0))
    text = "".join(f"{line.to_json()}\n" for line in lines)
    if out is None:
        print(text, end="")
        return 0
    try:
        out.write_text(text)
    except OSError as error:
        raise CommandFailed(f"{out} cannot be written ({reason(error)})") from None
    print(f"{len(lines)} lines in {out}")
    return 0


async def _whose(parts: Parts, who: str) -> str:
    """Also of somebody whose account is closed, by the id that it had."""
    id = who.strip()
    return id if await archives.there(parts.db, id) else await person_of(parts, who)


def _line(parts: Parts, each: LegalHold) -> str:
    now = parts.clock()
    if each.lifted_at is not None:
        standing = f"lifted {local(each.lifted_at, parts.zone)}"
    else:
        standing = f"{'REVIEW IT: since' if each.review_at <= now else 'review'} {local(each.review_at, parts.zone)}"
    return f"{each.id:26}  {local(each.placed_at, parts.zone)}  {standing:30}  person {each.person}  {each.reference}"


def _refused(why: str) -> CommandFailed:
    match why:
        case "words":
            return WrongUse(f"REFERENCE, WORDS: between {SHORTEST} and {LONGEST} characters each")
        case "review":
            return WrongUse("--review: a day to come, half a year off at most")
    return CommandFailed(NOT_HELD[why])


def _day(typed: str) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise WrongUse("--review: a day as 2026-03-20") from None
