"""Taking back what was just done: the hour that was cancelled, or moved away from, is theirs again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from booking.model import Mode
from booking.ports import CannotUndo, Refused, Undone
from conversations.flows.book import confirmation, refusal
from conversations.model import Context, Finish, Flow, Link, Outcome, Switch
from conversations.text import Text, t

RESTORED: Final[Mapping[Mode, Text]] = {
    Mode.PHONE: t("undo.phone"),
    Mode.VIDEO: t("undo.video"),
    Mode.IN_PERSON: t("undo.in_person"),
}


async def hint(c: Context) -> Text | None:
    """The word, and until when it helps. Said only while it is true."""
    person = c.known.person
    last = await c.booking.undoable(person.id) if person else None
    return t("undo.hint", until=last.until) if last else None


async def finish(c: Context) -> Outcome:
    if c.known.person is None:
        return Finish(t("undo.nothing"))
    done = await c.booking.undo(c.known.person.id, c.contact.id)
    match done:
        case Undone(appointment, worker):
            said = confirmation(appointment, worker, RESTORED)
            return Finish(said, more=(t("confirmed.change"),), link=Link("appointment", appointment.id))
        case CannotUndo(why="max_appointments" | "overlap" | "suspended" | "frozen" as why):
            return Finish(refusal(Refused(why), c))
        case CannotUndo():
            return await _other_hours(c, done)
    return Finish(t("undo.nothing"))


async def _other_hours(c: Context, done: CannotUndo) -> Outcome:
    """Too late, or another's by now: the nearest hours, to move to or to book."""
    say = t("undo.late") if done.why == "late" else t("undo.gone", start=done.ended.start)
    nearest = await c.booking.instead_of(done.ended.id, 1)
    wish: dict[str, Any] = {"worker": done.ended.worker, "mode": done.ended.mode.value}
    if nearest:
        wish["after"] = (nearest[0].start - timedelta(minutes=1)).isoformat()
    if done.stands is not None:
        return Switch("move", {**wish, "which": done.stands.id}, replace=True, say=say)
    return Switch("book", {**wish, "motive": done.ended.motive.value}, replace=True, say=say)


UNDO = Flow("undo", version=1, finish=finish, steps=())
