"""`socialdirect tickets`: what waits for the desk, and what an operator does about it, without the console.

Who is at the keyboard is who does it, in the audit trail. `see` shows what was written and whom to call: it is the
desk's own screen, and nothing of it is logged.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from typing import Annotated, Any, Final, get_args

import typer

from booking.deadlines import last_day
from booking.decisions import Ground, NotDecided, Verdict
from booking.phones import spaced
from bot.app import App
from bot.failures import CommandFailed, WrongUse
from bot.load import local
from bot.opening import on_app, operator
from bot.person import day_of, refused
from handlers import deciding
from handlers import ticket_answers as answers
from handlers import tickets as desk
from handlers.deciding import Chosen, Settled
from handlers.parts import Parts
from handlers.privacy import deadlines
from handlers.privacy.deadlines import DeadlineAnswer, NotSo
from handlers.ticket_seen import Seen
from handlers.ticket_seen import see as seen_by
from storage import tickets
from storage.tickets import MOST, Entry, TicketRow

NOT_SO: Final[Mapping[str, str]] = {
    "no_request": "this ticket asks nothing of their data",
    "late": "the first month is over: answer it now",
    "already": "they were told once that it takes longer",
}
NO_TALK: Final[Mapping[str, str]] = {
    "nobody_known": "nobody is known to write to",
    "stopped": "they stopped our messages",
    "dead": "their address cannot be reached",
    "window_closed": "it is yours; WhatsApp's 24 hours are over, so `say` announces what you write. Or",
    "not_set_up": "their channel is not set up",
    "one_way": "nobody answers on that channel",
}

NOT_DONE: Final[Mapping[type, str]] = {
    answers.NoSuchTicket: "no such ticket",
    answers.Closed: "it is closed already",
    answers.NotYours: "what is contested is judged in the console, by another human than who decided: take it there",
    answers.Undecided: "it asks for a decision first",
}

Id = Annotated[str, typer.Argument(metavar="ID", help="As `socialdirect tickets` lists it.")]
Words = Annotated[list[str], typer.Argument(metavar="WORDS…")]

app = typer.Typer(invoke_without_command=True, rich_markup_mode=None)


@app.callback()
def listed(
    context: typer.Context,
    closed: Annotated[bool, typer.Option("--closed", help="The latest that were closed.")] = False,
) -> int:
    """What waits: danger first, then talks with the desk, then the rest, the oldest first."""
    if context.invoked_subcommand is None:
        for line in on_app(lambda opened: show(opened, closed=closed)):
            print(line)
    return 0


@app.command()
def see(id: Id) -> int:
    """A ticket with its story, and whom to call."""
    for line in on_app(lambda opened: story(opened, id)):
        print(line)
    return 0


@app.command()
def take(id: Id, over: Annotated[bool, typer.Option("--over", help="From the colleague who has it.")] = False) -> int:
    """It is yours, and its talk is with the desk: the person is told so."""
    return act(lambda parts: desk.take(parts, id, operator(), over=over), "yours")


@app.command()
def say(id: Id, words: Words) -> int:
    """To the person, in their talk."""
    return act(lambda parts: desk.say(parts, id, operator(), " ".join(words)), "on its way")


@app.command()
def back(id: Id) -> int:
    """Hand the talk back: the bot answers again, and the person is told so."""
    return act(lambda parts: desk.hand_back(parts, id, operator()), "handed back")


@app.command()
def note(id: Id, words: Words) -> int:
    """For the desk alone."""
    return act(lambda parts: desk.note(parts, id, operator(), " ".join(words)), "noted")


@app.command()
def call(
    id: Id, how: Annotated[str, typer.Argument(metavar="HOW", help=f"How it went: {', '.join(answers.HOWS)}.")]
) -> int:
    """Note a call to the person; who missed it is told."""
    went = next((each for each in answers.HOWS if each == how), None)
    if went is None:
        raise WrongUse(f"how did it go? One of {', '.join(answers.HOWS)}")
    return act(lambda parts: desk.attempt(parts, id, operator(), went), "noted")


@app.command()
def close(
    id: Id,
    outcome: Annotated[
        str, typer.Argument(metavar="OUTCOME", help=f"One of {', '.join(answers.OUTCOMES)}.")
    ] = "solved",
) -> int:
    """Done with; a talk that is with the desk is handed back."""
    end = next((each for each in answers.OUTCOMES if each == outcome), None)
    if end is None:
        raise WrongUse(f"with which outcome? One of {', '.join(answers.OUTCOMES)}")
    return act(lambda parts: desk.close(parts, id, operator(), end), "closed")


Told = Annotated[bool, typer.Option("--told", help="They were told otherwise: by telephone, by post.")]


@app.command()
def extend(id: Id, words: Words, told: Told = False) -> int:
    """A request about somebody's data takes two months more: inside the first one, and they read why."""
    return act(lambda parts: request(deadlines.extend(parts, id, operator(), " ".join(words), told=told)), "extended")


@app.command()
def refuse(id: Id, words: Words, told: Told = False) -> int:
    """A request about somebody's data is refused: they read why, and where to complain."""
    return act(lambda parts: request(deadlines.refuse(parts, id, operator(), " ".join(words), told=told)), "refused")


async def request(deed: Coroutine[Any, Any, DeadlineAnswer]) -> answers.SayAnswer:
    """What is so of requests alone is said here."""
    match await deed:
        case NotSo(why):
            raise CommandFailed(NOT_SO[why])
        case answers.BadWords():
            raise WrongUse(f"WORDS: between {deadlines.SHORTEST} and {deadlines.LONGEST} characters, which they read")
        case answer:
            return answer


@app.command()
def settle(
    id: Id,
    verdict: Annotated[str, typer.Argument(metavar="VERDICT", help="no_ground, warning or suspension.")],
    words: Annotated[list[str] | None, typer.Argument(metavar="WORDS…", help="What the person reads.")] = None,
    ground: Annotated[Ground, typer.Option(help=f"One of {', '.join(Ground)}.")] = Ground.DISRESPECT,
    until: Annotated[str, typer.Option(help="Of a suspension: the last day, as 2026-03-20.")] = "",
    cancel: Annotated[bool, typer.Option("--cancel", help="Of a suspension: their coming appointments go.")] = False,
) -> int:
    """Decide what follows from a worker's report; the worker is told that it was dealt with."""
    found = next((each for each in get_args(Verdict) if each == verdict), None)
    if found is None:
        raise WrongUse(f"VERDICT: one of {', '.join(get_args(Verdict))}")
    chosen = Chosen(found, ground, " ".join(words or ()), day_of(until), cancel)

    async def work(opened: App) -> Settled | NotDecided:
        return await deciding.settle(opened.parts, id, operator(), chosen)

    match on_app(work):
        case Settled(reports=done):
            print(f"{len(done)} settled: {verdict}; the worker is told as soon as a worker process runs")
            return 0
        case NotDecided(reason):
            raise refused(reason)


# ------------------------------------------------------------


def act(deed: Callable[[Parts], Coroutine[Any, Any, answers.SayAnswer]], done: str) -> int:
    """Does it, and says that it is done, or why it is not."""

    async def work(opened: App) -> answers.SayAnswer:
        return await deed(opened.parts)

    match on_app(work):
        case answers.Done(ticket):
            print(f"{ticket.id}  {ticket.status}: {done}")
            return 0
        case answers.OfAnother(other):
            raise CommandFailed(f"{other} has it; `take --over` takes it over")
        case answers.InTalk(other, ticket):
            raise CommandFailed(f"{other} is in this talk, by ticket {ticket}; `take --over` takes the talk over")
        case answers.NoTalk(reason):
            raise CommandFailed(f"{NO_TALK[reason]}: call them")
        case answers.BadWords():
            raise WrongUse(f"between 1 and {desk.LONGEST} characters")
        case refused:
            raise CommandFailed(NOT_DONE[type(refused)])


async def show(opened: App, *, closed: bool) -> Sequence[str]:
    rows = await tickets.listed(opened.parts.db, ["closed"] if closed else ["open", "taken"])
    if not rows:
        return ["no ticket is closed" if closed else "nothing waits for the desk"]
    head = f"{'id':26}  {'opened':16}  {'kind':18}  {'status':8}  whose"
    lines = [head, *(row_line(opened.parts, row) for row in rows)]
    return [*lines, f"{MOST} are shown"] if len(rows) == MOST else lines


def row_line(parts: Parts, row: TicketRow) -> str:
    """`talking`: the talk is with the desk at this moment."""
    status = "talking" if row.live else (row.outcome or "closed") if row.status == "closed" else row.status
    whose = row.operator or "" if row.status != "open" else ""
    return f"{row.id:26}  {local(row.opened_at, parts.zone)}  {row.kind:18}  {status:8}  {whose}".rstrip()


async def story(opened: App, id: str) -> Sequence[str]:
    parts = opened.parts
    match await seen_by(parts, id, operator()):
        case Seen() as seen:
            told = (entry_line(parts, each) for each in seen.entries)
            return [row_line(parts, seen.ticket), *about(parts, seen), *told, *reports(parts, seen)]
        case answers.NoSuchTicket():
            raise CommandFailed("no such ticket")


def about(parts: Parts, seen: Seen) -> Iterator[str]:
    """Whom, where, and at which place the talk stood."""
    yield f"  {seen.name or 'no account yet'}, {spaced(seen.number) if seen.number else 'no number'}"
    if seen.ticket.due_at is not None:
        yield f"  to be answered by {local(last_day(seen.ticket.due_at), parts.zone)[:10]}"
    where = f"contact {seen.ticket.contact_id} on {seen.channel}" if seen.channel else "no talk"
    yield f"  {where}" + (f", about {seen.ticket.subject}" if seen.ticket.subject else "")
    stood = {name: value for name, value in seen.ticket.context.items() if name != "phone"}
    if stood:
        yield "  stood at " + ", ".join(f"{name} {value}" for name, value in stood.items())


def reports(parts: Parts, seen: Seen) -> Iterator[str]:
    """Who reports whom, and what they wrote to each other."""
    for each in seen.reports:
        at = local(each.report.made_at, parts.zone)
        yield f"  {each.worker or 'a worker'} reports {each.person or 'somebody'}, {at}"
        if not each.is_open:
            yield f"  settled {local(each.report.settled_at or each.report.made_at, parts.zone)}: {each.report.verdict}"
            continue
        for message in each.messages:
            who = each.worker if message.author == "worker" else each.person
            yield f"  {local(message.written_at, parts.zone)}  {who or message.author}: « {message.text} »"
        if not each.messages:
            yield "  no message is reported that is still kept: talk to the worker"


def entry_line(parts: Parts, entry: Entry) -> str:
    told = f" ({entry.fate or 'on its way'})" if entry.kind == "said" else ""
    what = " ".join(filter(None, [entry.detail, entry.words and f"« {entry.words} »", entry.operator])) + told
    return f"{local(entry.done_at, parts.zone)}  {entry.kind:11}  {what}".rstrip()
