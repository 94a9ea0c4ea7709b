"""`socialdirect person`: what the desk decides about somebody's account and data, without the console (safety G18).

suspend WHO GROUND WORDS…        warn WHO GROUND WORDS…        decisions WHO
close WHO GROUND WORDS…          archive WHO WORDS…
lift DECISION WORDS…             see DECISION
hold, release, holds, erase, erasures: `bot/person_law.py`; archive: `bot/person_archive.py`

Who is at the keyboard is who decides, in the audit trail. The person is told each time, in the words that were typed.
What they contest is judged in the console alone: a login of a computer does not tell one human from another.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Annotated, Final

import typer

from booking.decisions import LONGEST, SHORTEST, DecideAnswer, Decision, Ground, NotDecided
from bot.app import App
from bot.failures import CommandFailed, WrongUse
from bot.load import local
from bot.opening import on_app, operator
from bot.person_archive import archive
from bot.person_law import erase, erased, held, hold, release
from bot.who import Who, person_of
from handlers import deciding
from handlers.console import deciding as looked
from handlers.parts import Parts
from storage import decisions

REFUSALS: Final = {
    "nobody": "no such person, or nothing of this id to decide on",
    "already": "it is done already; `person decisions` lists what was decided",
    "taken": "a colleague has it; `tickets take --over` takes it over",
}

app = typer.Typer(
    help="What is decided about somebody's account and data.", no_args_is_help=True, rich_markup_mode=None
)
Id = Annotated[str, typer.Argument(metavar="DECISION", help="As `person decisions` lists it.")]
Why = Annotated[Ground, typer.Argument(metavar="GROUND", help=f"One of {', '.join(Ground)}.")]
Words = Annotated[list[str], typer.Argument(metavar="WORDS…", help="What the person reads.")]


@app.callback()
def overview() -> None:
    """What is decided about somebody's account and data."""


@app.command()
def suspend(
    who: Who,
    ground: Why,
    words: Words,
    until: Annotated[str, typer.Option(help="The last day, as 2026-03-20. Else until somebody lifts it.")] = "",
    cancel: Annotated[bool, typer.Option("--cancel", help="Their coming appointments are cancelled, too.")] = False,
) -> int:
    """No new hours, no messages to the worker; they still reach the desk, and are told why and how to contest it."""
    last_day = day_of(until)
    said = " ".join(words)

    async def act(parts: Parts, person: str) -> DecideAnswer:
        return await deciding.suspend(parts, person, operator(), ground, said, last_day=last_day, cancels=cancel)

    return _about(who, act)


@app.command()
def warn(who: Who, ground: Why, words: Words) -> int:
    """A word to them; their account stays open."""
    return _about(who, lambda parts, person: deciding.warn(parts, person, operator(), ground, " ".join(words)))


@app.command()
def close(who: Who, ground: Why, words: Words) -> int:
    """Their account closes in 60 days, unless they contest it and somebody else takes it back; shut until then."""
    return _about(who, lambda parts, person: deciding.close(parts, person, operator(), ground, " ".join(words)))


@app.command()
def lift(decision: Id, words: Words) -> int:
    """End a suspension, or keep an account open that was to close."""
    return _done(lambda opened: deciding.end_suspension(opened.parts, decision, operator(), " ".join(words)))


@app.command(context_settings={"allow_extra_args": True})
def review(decision: Id) -> int:
    """Not here: what somebody contests is judged in the console, by another human than who decided."""
    raise CommandFailed(
        "what is contested is judged in the console, where it is known that another human does it than who decided: "
        f"log in there, /console/decisions/{decision}"
    )


@app.command("decisions")
def listed(who: Who) -> int:
    """What was decided about them, the latest first; the words stay in the console."""

    async def work(opened: App) -> list[str]:
        found = await decisions.of_person(opened.parts.db, await person_of(opened.parts, who))
        return [line(opened.parts, each) for each in found] or ["nothing was decided about them"]

    for each in on_app(work):
        print(each)
    return 0


@app.command()
def see(decision: Id) -> int:
    """A decision with its words, and what they say against it. That it was seen is noted."""

    async def work(opened: App) -> list[str]:
        found = await looked.seen(opened.parts, decision, operator())
        if found is None:
            raise CommandFailed("no such decision")
        each = found.decision
        said = {each.by: each.words, "they": each.contest, each.reviewed_by: each.answer}
        return [line(opened.parts, each), *(f"  {who}: « {words} »" for who, words in said.items() if words)]

    for each in on_app(work):
        print(each)
    return 0


app.command("hold")(hold)
app.command("release")(release)
app.command("holds")(held)
app.command("erase")(erase)
app.command("erasures")(erased)
app.command("archive")(archive)


# ------------------------------------------------------------


def line(parts: Parts, each: Decision) -> str:
    if not each.stands:
        standing = "over"
    elif each.until is not None:
        standing = f"until {local(each.until, parts.zone)}"
    else:
        standing = "stands"
    contested = "contested" if each.to_review else "reviewed" if each.reviewed else ""
    at = local(each.at, parts.zone)
    read = "not read yet" if each.unread else ""
    return f"{each.id:26}  {at}  {each.kind:10}  {each.ground:13}  {standing:22}  {contested:9}  {read}".rstrip()


def _about(who: str, act: Callable[[Parts, str], Awaitable[DecideAnswer]]) -> int:
    async def work(opened: App) -> DecideAnswer:
        return await act(opened.parts, await person_of(opened.parts, who))

    return _done(work)


def _done(work: Callable[[App], Awaitable[DecideAnswer]]) -> int:
    async def carried_out(opened: App) -> DecideAnswer:
        return await work(opened)

    match on_app(carried_out):
        case Decision(id=id, kind=kind):
            print(f"{id}  {kind}: decided; the person is told as soon as a worker runs")
            return 0
        case NotDecided(reason):
            raise refused(reason)


def refused(reason: str) -> CommandFailed:
    """In words; what was typed wrongly as wrong use."""
    match reason:
        case "words":
            return WrongUse(f"WORDS: between {SHORTEST} and {LONGEST} characters, a reason that the person understands")
        case "until":
            return WrongUse("--until: a day to come, two years off at most")
    return CommandFailed(REFUSALS[reason])


def day_of(typed: str) -> date | None:
    if not typed:
        return None
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise WrongUse("--until: a day as 2026-03-20") from None
