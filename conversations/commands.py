"""The words that work at every step.

`COMMANDS` and `WORKER_COMMANDS` are the tables; their words are in the catalogue.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, TypeAlias
from zoneinfo import ZoneInfo

from booking import calendar_address
from booking.model import AppointmentId
from conversations.flows.hours import ANY_TIME
from conversations.flows.names import call
from conversations.flows.profile import part_of
from conversations.flows.still_me import ASKED
from conversations.flows.terms import FORGOTTEN
from conversations.flows.worker import absent as absence
from conversations.flows.worker import further as following
from conversations.flows.worker import meant, times
from conversations.flows.worker import propose as proposing
from conversations.flows.worker import refuse as refusing
from conversations.meant_for_us import calendar_awaited
from conversations.message_commands import leaves_message, message, messages, report
from conversations.model import Context
from conversations.naming import named
from conversations.normal import fold
from conversations.phrases import padded, pattern, without
from conversations.reminded import bound
from conversations.talk import Talk
from conversations.text import t
from conversations.wishes import clauses, mentions

Run: TypeAlias = Callable[[Talk, Mapping[str, Any]], Awaitable[None]]


def command(text: str, c: Context) -> Run | None:
    """The command whose word is the whole message."""
    for said in (fold(text), _plainly(text, c)):
        for name, run in _table(c).items():
            if said and said in c.words(f"words.command.{name}"):
                return run
    return None


def _plainly(text: str, c: Context) -> str:
    """Without the politeness at the end: "ferme mon compte svp"."""
    return fold(pattern(c.words("words.polite")).sub(" ", padded(text)))


def opens(intent: str, c: Context) -> Run | None:
    """The command that a free phrase asks for: 'je voudrais annuler mon rendez-vous'."""
    return _table(c).get(intent)


def wished(text: str, c: Context) -> Run | None:
    """What a worker's phrase asks for, with what it says besides: "absent demain", "proposer Camille jeudi 10h". Of
    anybody else's, what no subject is: "mon mari lit mes sms" asks for no hour about the family.
    """
    return WORKER_COMMANDS.get(_wish(text, c)) if c.contact.role == "worker" else COMMANDS.get(_asks(text, c))


def wants_another(text: str, c: Context, flow: str) -> bool:
    """Whether a worker's phrase asks for something else than the flow that has a question open: "ouvrir samedi" is no
    answer to what is to be blocked.
    """
    return VERBS.get(_wish(text, c), flow) != flow


def _wish(text: str, c: Context) -> str:
    """The name of the command that a worker's phrase mentions, or nothing."""
    if c.contact.role != "worker":
        return ""
    if (address := calendar_address.find(text)) and calendar_address.says_calendar(address):
        return "calendar"
    parts = clauses(calendar_address.without(text), c.words)
    found = (name for name in WORKER_COMMANDS if mentions(parts, name, c.words(f"words.worker.{name}"), c.words))
    return next(found, "")


def _asks(text: str, c: Context) -> str:
    """The name of the command that a person's phrase mentions, or nothing; a bank's account is none of ours."""
    none = pattern(c.words("words.asks.none"))
    parts = [without(part, none) for part in clauses(text, c.words)]
    found = (name for name in ASKED_FOR if mentions(parts, name, c.words(f"words.asks.{name}"), c.words))
    return next(found, "")


def _table(c: Context) -> Mapping[str, Run]:
    return WORKER_COMMANDS if c.contact.role == "worker" else COMMANDS


def flow(name: str) -> Run:
    """Put a flow on top; what a phrase said besides becomes its answers, where it takes them."""

    async def run(talk: Talk, gained: Mapping[str, Any]) -> None:
        hears = talk.flows[name].hears
        await talk.push(name, {key: value for key, value in gained.items() if key in hears or key == "which"})

    return run


async def help_(talk: Talk, gained: Mapping[str, Any]) -> None:
    """Says how to answer and where people are; changes nothing; the question is asked again."""
    how = t("help.choices", call=call(talk.c)) if talk.c.contact.taps else t("help.text", call=call(talk.c))
    talk.says.append(how)


async def show(talk: Talk, gained: Mapping[str, Any]) -> None:
    """The question, as it is now: what a template on WhatsApp could only announce (its hours change, its words may
    not).
    """


async def worker_help(talk: Talk, gained: Mapping[str, Any]) -> None:
    talk.says.append(t("worker.help"))
    talk.hush = True


async def menu(talk: Talk, gained: Mapping[str, Any]) -> None:
    """Asked for, it is shown to strangers too."""
    await talk.push("menu", {"asked": True})


async def back(talk: Talk, gained: Mapping[str, Any]) -> None:
    """Take back the last step; with none left, leave the flow; a draft with none left is kept, and that is said."""
    if leaves_message(talk):
        return
    while talk.flow is not None:
        if undo := _undone(talk):
            talk.fill(undo)
            return
        if talk.flow.draft and len(talk.frames) == 1:
            talk.says.append(t("back.none"))
            return
        talk.pop()
        if talk.c.contact.worker and not talk.frames:
            talk.says.append(t("worker.unchanged"))
            talk.ended = True


def _undone(talk: Talk) -> Mapping[str, Any]:
    """What the last step changed, the other way round: a correction that was begun, else the last answer.

    A wish like "mardi matin" is several answers that no step asked for; they go together. A code or a number that was
    accepted once is right, so it is not asked again.
    """
    frame = talk.frames[-1]
    before = frame.answers.get("before", {})
    if before and not any(name in talk.c.answers for name in before):
        return {**before, "before": None}
    trail = [name for name in frame.trail if name in frame.answers and name != "before"]
    last = trail[-1:]
    while last and last[0] in ANY_TIME and trail[-len(last) - 1 : -len(last)] and trail[-len(last) - 1] in ANY_TIME:
        last = trail[-len(last) - 1 :]
    return dict.fromkeys(last)


async def worker_cancel(talk: Talk, gained: Mapping[str, Any]) -> None:
    """ "annuler", "annuler mardi 9h", "annuler Camille"."""
    coming = await meant.coming(talk.c)
    await talk.push("worker_cancel", meant.answers(meant.meant(talk.c, talk.c.raw, coming) or meant.only(coming)))


async def absent(talk: Talk, gained: Mapping[str, Any]) -> None:
    """ "absent demain", "malade aujourd'hui", "absente du 3 au 7"."""
    await talk.push("absent", absence.answers(talk.c, gained))


async def propose(talk: Talk, gained: Mapping[str, Any]) -> None:
    """ "proposer Camille jeudi 10h": the name says which appointment, the day and hour are the new ones. With nothing
    coming of that name it is one hour more with whom they met.
    """
    coming = await meant.coming(talk.c)
    if not meant.named(talk.c.raw, coming) and meant.named(talk.c.raw, await following.met(talk.c)):
        await further(talk, gained)
        return
    hits = meant.named(talk.c.raw, coming) or (meant.only(coming) if proposing.begins_with_when(talk.c) else ())
    which = meant.answers(hits)
    when = await proposing.hour(talk.c, talk.c.raw, hits[0]) if len(hits) == 1 else {"said": talk.c.raw}
    await talk.push("propose", {**which, **when})


async def further(talk: Talk, gained: Mapping[str, Any]) -> None:
    """ "revoir Camille jeudi 10h": one hour more with somebody they met or will meet."""
    await talk.push("further", await following.answers(talk.c, talk.c.raw))


def late(name: str) -> Run:
    """ "refuser", "accepter Camille": one is meant without asking where there is only one, or one of that name."""

    async def run(talk: Talk, gained: Mapping[str, Any]) -> None:
        await talk.push(name, await refusing.answers(talk.c, talk.c.raw))

    return run


def at_times(name: str, opens: str = "") -> Run:
    """ "bloquer mardi 14h-16h", "ouvrir samedi 9h-12h"; without a time it is asked for."""

    async def run(talk: Talk, gained: Mapping[str, Any]) -> None:
        found = times.read(talk.c, talk.c.raw, f"words.worker.{name}")
        if name == "open" and not times.has_hours(found, ZoneInfo(talk.c.contact.zone)):
            found = []
        await talk.push(opens or name, {"times": times.to_json(found)} if found else {})

    return run


async def calendar(talk: Talk, gained: Mapping[str, Any]) -> None:
    """ "calendrier": the link to ours; "calendrier https://…": the address of theirs."""
    address = calendar_address.find(talk.c.raw)
    await talk.push("calendar", {"address": address} if address else {})


async def address_alone(talk: Talk, address: str) -> None:
    """Theirs where we asked for it; else it is asked whether it is."""
    await talk.push("calendar", {"address": address, "meant": "yes" if calendar_awaited(talk.c) else "ask"})


async def move(talk: Talk, gained: Mapping[str, Any]) -> None:
    """Another hour: of the draft, when one is chosen in it, else of an appointment."""
    if talk.flow is not None and talk.flow.name == "book" and "slot" in talk.c.answers:
        talk.fill({"slot": None, **{name: value for name, value in gained.items() if name in talk.flow.hears}})
        return
    named = await _reminded(talk)
    await flow("move")(talk, {"which": named[0], **gained} if named else gained)


async def undo(talk: Talk, gained: Mapping[str, Any]) -> None:
    """What they did last; with nothing to take back, it is the last answer that is meant, if a question is open."""
    if talk.frames and not await _undoable(talk):
        await back(talk, gained)
    else:
        await talk.push("undo")


async def oops(talk: Talk, gained: Mapping[str, Any]) -> None:
    """A mistake: in the talk that is open, else in what was done just now."""
    await (back if talk.frames or not await _undoable(talk) else undo)(talk, gained)


async def _undoable(talk: Talk) -> bool:
    person = talk.c.known.person
    return person is not None and await talk.c.booking.undoable(person.id) is not None


async def who(talk: Talk, gained: Mapping[str, Any]) -> None:
    """Who writes, said again; the first message has said it already. By SMS also what a text costs."""
    if not talk.says:
        talk.says.append(t("welcome.sms") if talk.c.contact.channel == "sms" else t("welcome.chat"))
        talk.hush = not talk.frames


async def cancel(talk: Talk, gained: Mapping[str, Any]) -> None:
    """With a draft it leaves the draft; else it is about an appointment. It never unsubscribes (contract)."""
    if leaves_message(talk):
        return
    begun = any(talk.flows[frame.flow].draft for frame in talk.frames) and not talk.c.known.upcoming
    if talk.draft() is None and not begun:
        meant_ = [a.id for a in named(talk.c.known.upcoming, gained, talk.c.contact.zone)] or await _reminded(talk)
        await talk.push("cancel", {"which": meant_[0]} if len(meant_) == 1 else {})
        return
    moving = any(frame.flow == "move" for frame in talk.frames)
    talk.frames = []
    await talk.c.booking.release(talk.c.contact.id)
    talk.says.append(t("cancel.kept") if moving else t("draft.left"))
    talk.flags |= FORGOTTEN if talk.c.known.person is None else frozenset()
    talk.ended = True


async def not_me(talk: Talk, gained: Mapping[str, Any]) -> None:
    """Whoever has this telephone is written to about nothing any more, and is shown nothing: whatever else they say."""
    c = talk.c
    if (
        joined := await c.booking.joined_lately(c.contact.id)
    ) is not None:  # by somebody else: it is parted, not this one
        await talk.push("channel_joined", {"contact": joined.contact, "channel": joined.channel, "you": "no"})
        return
    await c.booking.ask_desk(c.contact.id, "not_me")
    await c.booking.leave_waiting(c.contact.id)
    if c.known.person is not None:
        talk.frames, talk.facts = [], {name: fact for name, fact in talk.facts.items() if name == "lang"}
        talk.facts[ASKED] = "asked"
        talk.flags.add("not_me")
    await talk.push("not_me")


async def _reminded(talk: Talk) -> list[AppointmentId]:
    """Of several appointments the one that they were reminded of lately, if it is one."""
    found = await bound(talk.c)
    return [found] if found is not None and len(talk.c.known.upcoming) > 1 else []


async def earlier(talk: Talk, gained: Mapping[str, Any]) -> None:
    """An earlier hour than the one they have; where hours are being chosen from, the soonest there are."""
    if talk.open_step is not None and talk.open_step.name == "slot" and not talk.c.known.upcoming:
        talk.fill({**ANY_TIME, "slot": None})
        return
    await talk.c.booking.release(talk.c.contact.id)
    talk.frames = [frame for frame in talk.frames if frame.flow != "move"]  # it begins anew, with this wish
    await flow("earlier")(talk, gained)


async def leave_list(talk: Talk, gained: Mapping[str, Any]) -> None:
    left = await talk.c.booking.leave_waiting(talk.c.contact.id)
    talk.says.append(t("waiting.left") if left else t("waiting.none"))
    talk.frames = [frame for frame in talk.frames if frame.flow not in {"waiting", "freed"}]
    talk.ended = True


async def profile(talk: Talk, gained: Mapping[str, Any]) -> None:
    """What we know of them; or the part of it that they name."""
    part = part_of(talk.c)
    in_booking = talk.flow is not None and talk.flow.name == "book" and talk.c.known.person is None
    if in_booking and part is not None and part in talk.c.answers:
        talk.fill({part: None, "before": {part: talk.c.answers[part]}})  # of the account that they are about to make
        return
    await talk.push("profile", {"what": part} if part else {})


async def join(talk: Talk, gained: Mapping[str, Any]) -> None:
    """Whoever is known here and has changed their number says so of their account; anybody else looks for theirs."""
    if talk.c.known.person is not None and part_of(talk.c) == "number":
        await profile(talk, gained)
    else:
        await talk.push("join")


async def still_me(talk: Talk, gained: Mapping[str, Any]) -> None:
    """Where nobody's address is in doubt, a stranger who says so is known elsewhere."""
    strange = talk.c.known.person is None and talk.c.contact.worker is None and not talk.c.contact.claims
    await talk.push("join" if strange else "still_me")


COMMANDS: Final[Mapping[str, Run]] = {
    "help": help_,
    "show": show,
    "menu": menu,
    "undo": undo,
    "oops": oops,
    "back": back,
    "appointments": flow("appointments"),
    "cancel": cancel,
    "move": move,
    "earlier": earlier,
    "waiting": flow("waiting"),
    "leave_list": leave_list,
    "call_back": flow("call_back"),
    "documents": flow("documents"),
    "human": flow("human"),
    "language": flow("language"),
    "private": flow("private"),
    "profile": profile,
    "my_data": flow("my_data"),
    "erase": flow("erase"),
    "close": flow("close"),
    "contest": flow("contest"),
    "who": who,
    "join": join,
    "not_me": not_me,
    "still_me": still_me,
    "discreet": flow("discreet"),
    "discreet_off": flow("discreet_off"),
    "nobody": flow("nobody"),
    "read": flow("read"),
    "messages": messages,
    "message": message,
}

ASKED_FOR: Final = ("discreet", "join")  # found in a sentence by `words.asks.*`

WORKER_COMMANDS: Final[Mapping[str, Run]] = {
    "help": worker_help,
    "back": back,
    "report": report,
    "reply": message,
    "messages": messages,
    "read": messages,
    "cancel": worker_cancel,
    "absent": absent,
    "further": further,
    "propose": propose,
    "move": propose,
    "refuse": late("refuse"),
    "accept": late("accept_again"),
    "refusals": flow("refusals"),
    "unblock": at_times("unblock"),
    "times": flow("own_times"),
    "block": at_times("block"),
    "open": at_times("open", "open_hours"),
    "calendar_forget": flow("calendar_forget"),
    "calendar": calendar,
    "notices": flow("notices"),
    "trial": flow("trial"),
    "telegram": flow("join_telegram"),
    "whatsapp": flow("join_whatsapp"),
    "language": flow("language"),
    "human": flow("human"),
    "call_back": flow("call_back"),
    # the agenda last: "annuler mes rdv de demain" is no question about tomorrow
    "week": flow("agenda_week"),
    "tomorrow": flow("agenda_tomorrow"),
    "today": flow("agenda"),
    "next": flow("agenda_next"),
}

VERBS: Final[Mapping[str, str]] = {
    "cancel": "worker_cancel",
    "absent": "absent",
    "further": "further",
    "propose": "propose",
    "move": "propose",
    "unblock": "unblock",
    "block": "block",
    "open": "open_hours",
}  # commands that do something, and the flow of each
