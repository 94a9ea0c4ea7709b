"""The waiting list: one's place on it, the hour that became free, and the end of a wait.

waiting        asked for by a word: the place, and whether to stay
freed          news: an hour is held for them; one reply settles it
waiting_over   news: nothing more will come of it
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from booking.model import Mode, SlotId, WaitingId, read_slot_id
from booking.ports import AlreadyOver, Booked, Held, Moved, SlotGone
from conversations.flows import hours
from conversations.flows.book import confirmation, how_to_change, refusal
from conversations.flows.move import MOVED
from conversations.flows.names import MODES, call
from conversations.model import Ask, Context, Finish, Flow, Input, Link, Option, Outcome, Step, Switch
from conversations.text import Text, t

# ---------------------------------------------------------------- one's place


async def enter(c: Context) -> Finish | None:
    if await c.booking.waiting(c.contact.id) is None:
        return Finish(t("waiting.none"))
    return None


async def ask_stay(c: Context) -> Ask | Finish:
    """Not asked any more once they were served, perhaps in this very turn."""
    waiting = await c.booking.waiting(c.contact.id)
    if waiting is None:
        return Finish()
    options = (Option("stay", t("waiting.stay")), Option("leave", t("waiting.leave"), exact=True))
    return Ask(t("waiting.ask", place=await c.booking.place(waiting)), (), options)


async def got_stay(c: Context, heard: Input) -> Outcome:
    if heard.choice == "leave":
        return await left(c)
    return Finish(t("waiting.kept"))


async def left(c: Context) -> Finish:
    await c.booking.leave_waiting(c.contact.id)
    return Finish(t("waiting.left"))


async def finish(c: Context) -> Outcome:
    return Finish()


WAITING: Final = Flow("waiting", version=1, enter=enter, finish=finish, steps=(Step("stay", ask_stay, got_stay),))


# ---------------------------------------------------------------- an hour became free


async def enter_freed(c: Context) -> Finish | None:
    """They left the list, or took another hour, before the news reached their talk: then nothing is said."""
    waiting = await c.booking.waiting(c.contact.id)
    return None if waiting is not None and waiting.id == c.answers["waiting"] else Finish()


def is_kept(c: Context) -> bool:
    return "take" not in c.answers and c.now < datetime.fromisoformat(c.answers["until"])


async def ask_take(c: Context) -> Ask:
    a = c.answers
    read = read_slot_id(SlotId(a["slot"]))
    worker = await c.booking.worker(read[1]) if read and read[1] else None
    said = t("freed.ask_earlier") if a.get("earlier") else t("freed.ask")
    text = t(
        said.msgid,
        start=hours.start_of(a["slot"]),
        mode=MODES[Mode(a["mode"])],
        worker=worker.first_name if worker else "",
        until=datetime.fromisoformat(a["until"]),
    )
    not_now = t("freed.keep_mine") if a.get("earlier") else t("freed.not_now")
    options = (
        Option("take", t("freed.take"), exact=True),
        Option("not_now", not_now),
        Option("leave", t("waiting.leave"), exact=True),
    )
    return Ask(text, (), options)


async def got_take(c: Context, heard: Input) -> Outcome:
    match heard.choice:
        case "take":
            return await _taken(c)
        case "not_now":
            kept = await c.booking.decline_waiting(WaitingId(c.answers["waiting"]))
            return Finish(over("offers", c) if kept and kept.status == "over" else t("freed.next"))
    return await left(c)


async def _taken(c: Context) -> Outcome:
    """One reply settles it; but who has no account yet is led through what a booking needs, the hour kept meanwhile."""
    a, waiting = c.answers, await c.booking.waiting(c.contact.id)
    wish = {"motive": waiting.wish.motive, "mode": waiting.wish.mode} if waiting else {}
    done = await c.booking.accept_waiting(WaitingId(a["waiting"]), SlotId(a["slot"]), c.contact.id)
    match done:
        case Booked(appointment, worker):
            said = confirmation(appointment, worker)
            return Finish(said, (how_to_change(appointment, c),), Link("appointment", appointment.id))
        case Moved(appointment, worker):
            said = confirmation(appointment, worker, MOVED)
            return Finish(said, (how_to_change(appointment, c),), Link("appointment", appointment.id))
        case Held(hold, _):
            said = t("slot.held", start=hold.start, until=hold.until)
            return Switch("book", {**hours.NOTHING, **wish, "slot": a["slot"]}, replace=True, say=said)
        case SlotGone():
            return Finish(t("freed.gone") if waiting else t("slot.gone"))
        case AlreadyOver():
            return Finish(t("cancel.over") if a.get("earlier") else t("waiting.none"))
    return Finish(refusal(done, c))


async def finish_freed(c: Context) -> Outcome:
    """Not answered in time: it went on to somebody else, and that is said when they write again; not with the end."""
    if await c.booking.waiting(c.contact.id) is None:
        return Finish()
    return Finish(t("freed.lapsed", start=hours.start_of(c.answers["slot"])), go_on=True)


FREED: Final = Flow(
    "freed",
    version=1,
    enter=enter_freed,
    finish=finish_freed,
    steps=(Step("take", ask_take, got_take, wanted=is_kept),),
)


# ---------------------------------------------------------------- nothing more will come


async def finish_over(c: Context) -> Outcome:
    return Finish(over(c.answers["why"], c))


def over(why: str, c: Context) -> Text:
    return t(OVER[why].msgid, call=call(c))


OVER: Final[Mapping[str, Text]] = {
    "offers": t("waiting_over.offers"),  # they had all of them
    "time": t("waiting_over.time"),  # nothing was free
}

WAITING_OVER: Final = Flow("waiting_over", version=1, finish=finish_over, steps=())
