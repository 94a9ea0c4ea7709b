"""Taking back what the person just did: a cancelled hour is theirs again, a moved one is where it was.

For ten minutes (`Rules.undo_time`), while the hour is still free, and only what they did themselves. A forged message
can cancel or move too, so its victim, who is told at once, has a word against it (threat T2). What was taken back
counts as never done: no late cancellation remains of it (terms, article 5.2). The hour comes back as a new row of its
series: links and buttons of the ended rows stay ended.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from booking import policy
from booking.events import AppointmentMoved, AppointmentRestored, Event
from booking.model import HOUR, Appointment, AppointmentId, ContactId, Hold, Person, PersonId, Refusal, Rules, Wish
from booking.ports import BookingStore, CannotUndo, NothingToUndo, Undoable, Undone
from booking.securing import Securing

Why: TypeAlias = Literal["max_appointments", "overlap", "suspended", "frozen"]

REMEMBERED = timedelta(days=1)  # who asks later than `undo_time`, but within this, is told that it is too late


@dataclass(frozen=True, slots=True)
class Deed:
    """`ended` was cancelled, or moved to `now_at`."""

    ended: Appointment
    now_at: Appointment | None
    at: datetime


class Undoing:
    def __init__(
        self, store: BookingStore, rules: Rules, now: datetime, new_id: Callable[[], str], events: list[Event]
    ) -> None:
        self.store = store
        self.rules = rules
        self.now = now
        self.new_id = new_id
        self.events = events
        self._securing = Securing(store, rules, now)

    async def undoable(self, person: PersonId) -> Undoable | None:
        """The last thing that the person did, while it may be taken back: nothing, while their account is shut."""
        found, deed = await self.store.person(person), await self._last_deed(person)
        if found is None or found.shut is not None or deed is None or deed.at + self.rules.undo_time <= self.now:
            return None
        return Undoable(deed.ended, deed.at + self.rules.undo_time)

    async def undo(self, id: PersonId, contact: ContactId) -> Undone | CannotUndo | NothingToUndo:
        person, deed = await self.store.person(id), await self._last_deed(id)
        if person is None or deed is None:
            return NothingToUndo()
        if deed.at + self.rules.undo_time <= self.now:
            return CannotUndo(deed.ended, deed.now_at, "late")
        refused = await self._refused(person, deed)
        if refused is not None:
            return CannotUndo(deed.ended, deed.now_at, refused)
        back = replace(
            deed.ended,
            id=AppointmentId(self.new_id()),
            contact=contact,
            version=(deed.now_at or deed.ended).version + 1,
            status="booked",
            late=False,
            made_at=self.now,
            ended_at=None,
            ended_by=None,
            confirmed_at=None,
        )
        if not await self._take(back, deed):
            return CannotUndo(deed.ended, deed.now_at, "gone")
        await self._write(back, deed, person)
        worker = (await self.store.directory()).worker(back.worker)
        assert worker is not None  # it was secured with them a moment ago
        return Undone(back, worker, moved=deed.now_at is not None)

    # ------------------------------------------------------------ inside

    async def _last_deed(self, person: PersonId) -> Deed | None:
        """Of the last day, the latest; nothing of an hour that has come, and nothing that was itself taken back."""
        for ended in await self.store.ended(person, self.now - REMEMBERED):
            if ended.ended_by == "person" and ended.start > self.now:
                deed = deed_of(await self.store.series(ended.series), ended, self.rules)
                if deed is not None and (deed.now_at is None or not policy.is_over(deed.now_at, self.now)):
                    return deed
        return None

    async def _refused(self, person: Person, deed: Deed) -> Why | None:
        """It stood a moment ago, so only what happened since can be in its way."""
        if person.shut is not None:
            return person.shut
        others = await self.store.upcoming(person.id, self.now)
        others = [each for each in others if deed.now_at is None or each.id != deed.now_at.id]
        if deed.now_at is None and policy.at_cap(others, self.rules, self.now):
            return "max_appointments"
        return "overlap" if policy.overlaps(others, deed.ended.start) else None

    async def _take(self, back: Appointment, deed: Deed) -> bool:
        """The hour becomes the same worker's and the person's before the one it was moved to is freed, or nothing
        changes. A draft's hold is kept, unless it is for this very time.
        """
        hold = await self._securing.put_aside(back.contact)
        if deed.now_at is not None:
            await self.store.free(deed.now_at.id)  # it may overlap the hour that comes back
        wish = Wish(back.motive, back.mode, back.worker)
        taken = await self._securing.secure(back.id, back.start, wish, back.worker) is not None
        if taken and await self.store.take(back.id, [f"p:{back.person}"], back.start, self.now) is not None:
            await self.store.free(back.id)  # kept for them on another of their channels
            taken = False
        if not taken and deed.now_at is not None:
            stands = deed.now_at
            await self.store.take(stands.id, [f"w:{stands.worker}", f"p:{stands.person}"], stands.start, self.now)
        if not taken or not _same_time(hold, back):
            await self._securing.put_back(hold)
        return taken

    async def _write(self, back: Appointment, deed: Deed, person: Person) -> None:
        ended = replace(deed.ended, late=False)
        await self.store.save_appointment(ended)
        if deed.now_at is None:
            await self._waive(person, ended)
            await self.store.add_appointment(back)
            self.events.append(AppointmentRestored(back, ended))
            return
        left = replace(deed.now_at, status="moved", ended_at=self.now, ended_by="person")
        await self.store.save_appointment(left)
        await self.store.add_appointment(back)
        self.events.append(AppointmentMoved(back, left, undone=True))

    async def _waive(self, person: Person, ended: Appointment) -> None:
        """A worker may have refused further requests within these minutes, because of what never was."""
        theirs: Sequence[Refusal] = await self.store.refusals(person.id, self.now)
        for refusal in theirs:
            if refusal.appointment == ended.id:
                await self.store.save_refusal(replace(refusal, waived_at=self.now))


def deed_of(series: Sequence[Appointment], ended: Appointment, rules: Rules) -> Deed | None:
    """What became of `ended`, if nothing came after. `series`: all rows of it, the oldest first.

    Who moved back by the word has nothing more to take back, or the same word sent twice would move again.
    """
    assert ended.ended_at is not None
    after = [row for row in series if row.version > ended.version]
    if ended.status == "cancelled":
        return None if after else Deed(ended, None, ended.ended_at)
    if len(after) != 1 or after[0].status != "booked":
        return None
    back_again = any(
        before.version < ended.version
        and (before.start, before.worker, before.mode) == (after[0].start, after[0].worker, after[0].mode)
        and before.ended_at is not None
        and ended.ended_at - before.ended_at <= rules.undo_time
        for before in series
    )
    return None if back_again else Deed(ended, after[0], ended.ended_at)


def _same_time(hold: Hold | None, back: Appointment) -> bool:
    return hold is not None and hold.worker == back.worker and abs(hold.start - back.start) < HOUR
