"""The words that work at every step.

`COMMANDS` and `WORKER_COMMANDS` are the tables; their words are in the catalogue.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, TypeAlias

from conversations.flows.names import call
from conversations.model import Context
from conversations.normal import fold
from conversations.talk import Talk
from conversations.text import t

Run: TypeAlias = Callable[[Talk, Mapping[str, Any]], Awaitable[None]]


def command(text: str, c: Context) -> Run | None:
    """The command whose word is the whole message."""
    said = fold(text)
    for name, run in _table(c).items():
        if said and said in c.words(f"words.command.{name}"):
            return run
    return None


def opens(intent: str, c: Context) -> Run | None:
    """The command that a free phrase asks for: 'je voudrais annuler mon rendez-vous'."""
    return _table(c).get(intent)


def _table(c: Context) -> Mapping[str, Run]:
    return WORKER_COMMANDS if c.contact.role == "worker" else COMMANDS


def flow(name: str) -> Run:
    """Put a flow on top; what a phrase said besides becomes its answers, where it takes them."""

    async def run(talk: Talk, gained: Mapping[str, Any]) -> None:
        hears = talk.flows[name].hears
        await talk.push(name, {key: value for key, value in gained.items() if key in hears})

    return run


async def help_(talk: Talk, gained: Mapping[str, Any]) -> None:
    """Says how to answer and where people are; changes nothing; the question is asked again."""
    talk.says.append(t("help.text", call=call(talk.c)))


async def worker_help(talk: Talk, gained: Mapping[str, Any]) -> None:
    talk.says.append(t("worker.help"))
    talk.hush = True


async def menu(talk: Talk, gained: Mapping[str, Any]) -> None:
    """Asked for, it is shown to strangers too."""
    await talk.push("menu", {"asked": True})


async def back(talk: Talk, gained: Mapping[str, Any]) -> None:
    """Forget the last answer; with none left, leave the flow."""
    while talk.frames:
        trail = talk.frames[-1].trail
        if trail:
            talk.fill({trail[-1]: None})
            return
        talk.pop()


async def cancel(talk: Talk, gained: Mapping[str, Any]) -> None:
    """With a draft it leaves the draft; else it is about an appointment. It never unsubscribes (contract)."""
    draft = talk.draft()
    if draft is None or draft.flow not in DRAFTS:
        await talk.push("cancel")
        return
    talk.frames = []
    await talk.c.booking.release(talk.c.contact.id)
    talk.says.append(t("draft.left"))
    talk.ended = True


DRAFTS: Final = frozenset({"book", "move"})  # flows that are left by the word 'cancel'

COMMANDS: Final[Mapping[str, Run]] = {
    "help": help_,
    "menu": menu,
    "back": back,
    "appointments": flow("appointments"),
    "cancel": cancel,
    "move": flow("move"),
    "human": flow("human"),
    "language": flow("language"),
    "private": flow("private"),
    "not_me": flow("not_me"),
}

WORKER_COMMANDS: Final[Mapping[str, Run]] = {
    "help": worker_help,
    "today": flow("agenda"),
    "tomorrow": flow("agenda_tomorrow"),
    "week": flow("agenda_week"),
    "language": flow("language"),
}
