"""A worker's own times: what they close, open, and take back.

Appointments within a time that is closed stand, whoever closed it: the worker is shown them, and cancels or keeps each.
A hold within it is of no use any more; whoever comes to book it hears that the hour went, with the nearest ones.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from booking.events import Event, HoursOpened
from booking.model import HOUR, Appointment, Span, Worker, WorkerId
from booking.ports import BookingStore, Opened
from booking.timetable import Timetable, hours_within

MOST = 300  # own times of a worker: a year of days, and nobody's calendar program


@dataclass(frozen=True, slots=True)
class Timekeeping:
    store: BookingStore
    now: datetime
    new_id: Callable[[], str]
    events: list[Event]

    async def own_times(self, worker: WorkerId) -> Sequence[Span]:
        """Closed and opened ones that are not over, soonest first; not what their calendar says."""
        found = (await self.store.directory()).worker(worker)
        spans = found.spans if found else ()
        return [span for span in spans if span.kind != "calendar" and span.end > self.now]

    async def within(self, worker: WorkerId, start: datetime, end: datetime) -> Sequence[Appointment]:
        """Appointments to come that a time touches, soonest first."""
        found = await self.store.agenda(worker, start - HOUR, end)
        return [a for a in found if a.status == "booked" and a.end > start and a.start > self.now]

    async def close(self, worker: WorkerId, start: datetime, end: datetime) -> Sequence[Appointment]:
        """No hour is offered that this touches. The appointments that it touches, which stand."""
        if start < end and await self._known(worker) and await self._has_room(worker):
            # First the change: whoever books in this very moment is in the list, or is told that the hour went.
            await self.store.change_spans(worker, [], [self._span(start, end, "closed")], self.now)
        return await self.within(worker, start, end)

    async def open_hours(self, worker: WorkerId, start: datetime, end: datetime) -> Opened:
        """Whole hours from the start on, also where the weekly hours have none. What was closed of it is open again."""
        who = await self._known(worker)
        if who is None or not await self._has_room(worker):
            return Opened((), ())
        starts = tuple(hours_within(start, end, ZoneInfo(who.time_zone)))
        gone, cut = _without([span for span in who.spans if span.kind == "closed"], start, end, self.new_id)
        ruled = [span for span in who.spans if span.kind != "calendar" and span.id not in gone]
        published = Timetable([replace(who, spans=(*ruled, *cut))])
        new = [] if all(published.at(each) for each in starts) else [self._span(start, end, "open")]
        await self.store.change_spans(worker, gone, [*cut, *new], self.now)
        after = await self._known(worker)
        offered = Timetable([after] if after else [])
        opened = tuple(each for each in starts if offered.at(each))
        if opened:
            self.events.append(HoursOpened(worker, opened))
        return Opened(opened, tuple(each for each in starts if each not in opened))

    async def unblock(self, worker: WorkerId, start: datetime, end: datetime) -> bool:
        """What was closed of a time is as the weekly hours say again. False: nothing of it was."""
        who = await self._known(worker)
        if who is None:
            return False
        gone, cut = _without([span for span in who.spans if span.kind == "closed"], start, end, self.new_id)
        if gone:
            await self.store.change_spans(worker, gone, cut, self.now)
            zone = ZoneInfo(who.time_zone)
            self.events.append(HoursOpened(worker, tuple(hours_within(start, end, zone))))
        return bool(gone)

    async def take_back(self, worker: WorkerId, span: str) -> Span | None:
        """One time of theirs, closed or opened, is forgotten; the time, or None when it was forgotten before."""
        found = next((own for own in await self.own_times(worker) if own.id == span), None)
        if found is None:
            return None
        await self.store.change_spans(worker, [span], [], self.now)
        if found.kind == "closed" and (who := await self._known(worker)):
            hours = tuple(hours_within(found.start, found.end, ZoneInfo(who.time_zone)))
            self.events.append(HoursOpened(worker, hours))
        return found

    # ------------------------------------------------------------ inside

    async def _known(self, worker: WorkerId) -> Worker | None:
        return (await self.store.directory()).worker(worker)

    async def _has_room(self, worker: WorkerId) -> bool:
        return len(await self.own_times(worker)) < MOST

    def _span(self, start: datetime, end: datetime, kind: Literal["closed", "open"]) -> Span:
        return Span(start, end, kind, self.new_id())


def _without(
    spans: Sequence[Span], start: datetime, end: datetime, new_id: Callable[[], str]
) -> tuple[list[str], list[Span]]:
    """The ids of those that a time touches, and what is left of them before and after it."""
    touched = [span for span in spans if span.start < end and start < span.end]
    left = [
        replace(span, start=first, end=last, id=new_id())
        for span in touched
        for first, last in ((span.start, min(span.end, start)), (max(span.start, end), span.end))
        if first < last
    ]
    return [span.id for span in touched], left
