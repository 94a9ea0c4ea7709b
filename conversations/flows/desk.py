"""What the desk does in somebody's talk, told to them as news: it takes it, says something, hands it back, comes too
late, or called in vain.
"""

from __future__ import annotations

from typing import Final

from conversations.flows.names import call
from conversations.model import Context, Finish, Flow, Outcome
from conversations.text import t

WROTE: Final = "desk_wrote"  # among the facts: what is read out as soon as they write


async def takes(c: Context) -> Outcome:
    """Who waits for it is told that somebody is there; to whom it comes by itself is told what that means."""
    said = t("desk_takes.reads") if c.mode == "human" else t("desk_takes.enters")
    return Finish(said, flags=frozenset({"human"}))


async def says(c: Context) -> Outcome:
    """Their own words. Who went back to the bot meanwhile is told first that a human writes. Where nothing may be
    written freely (WhatsApp, 24 hours after their last message) they are told that there is something to read.
    """
    if c.answers.get("announced"):
        wrote = [*c.answers.get(WROTE, ()), c.answers["words"]]
        return Finish(t("desk_says.waits"), flags=frozenset({"human", "answered"}), keep={WROTE: wrote})
    words = t("desk_says.words", words=c.answers["words"])
    first = [] if c.mode == "human" else [t("desk_takes.enters")]
    said, *more = [*first, words]
    return Finish(said, tuple(more), flags=frozenset({"human", "answered"}))


async def hands_back(c: Context) -> Outcome:
    return Finish(t("desk_hands_back.done"), flags=frozenset({"bot"}))


async def only_with_desk(c: Context) -> Finish | None:
    """Who went back by themself is told nothing."""
    return Finish() if c.mode == "bot" else None


async def still_waits(c: Context) -> Finish | None:
    """A word of the desk, or the person's own going back, may have come before this."""
    waits = c.waits.isoformat() if c.waits is not None else None
    return None if c.mode == "human" and waits == c.answers["waits"] else Finish()


async def late(c: Context) -> Outcome:
    """Nobody took it in time, or the desk has closed: said, and the bot answers again."""
    said = t("desk_late.sorry", call=call(c)) if c.desk.open_now else t("desk_late.closed", opens=c.desk.opens)
    return Finish(said, flags=frozenset({"bot"}))


async def called(c: Context) -> Outcome:
    return Finish(t("desk_called.missed", call=call(c)))


async def call_late(c: Context) -> Outcome:
    return Finish(t("call_late.sorry", call=call(c)))


DESK_TAKES = Flow("desk_takes", version=1, finish=takes, steps=())
DESK_SAYS = Flow("desk_says", version=1, finish=says, steps=())
DESK_HANDS_BACK = Flow("desk_hands_back", version=1, enter=only_with_desk, finish=hands_back, steps=())
DESK_LATE = Flow("desk_late", version=1, enter=still_waits, finish=late, steps=())
DESK_CALLED = Flow("desk_called", version=1, finish=called, steps=())
CALL_LATE = Flow("call_late", version=1, finish=call_late, steps=())
