"""Free hours that suit a wish, soonest first.

Appointments are never loaded all: starts are drawn from the timetable a few at a time, and the store is asked only
who is taken within the window of those few. Each round draws twice as many, so that a service that is full for weeks
still costs few questions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from booking.calendar import instant
from booking.directory import Directory
from booking.model import HOUR, QUARTER, Rules, Slot, Slots, Wish, Worker, WorkerId, slot_id
from booking.policy import first_start, last_start
from booking.ports import BookingStore

FIRST_ROUND = 8  # starts drawn at first, at least
LAST_ROUND = 512  # starts drawn at most in one round
FEW = 50  # so many workers are named to the store; of more, everybody's hours are asked


@dataclass(frozen=True, slots=True)
class Search:
    directory: Directory
    store: BookingStore
    rules: Rules
    now: datetime

    async def slots(self, wish: Wish, limit: int) -> Slots:
        """The soonest hours with somebody who speaks the language; only when there is no such hour, with anybody."""
        worker = None if wish.worker is None else self.directory.worker(wish.worker)
        for mask, spoken in self._ranks(wish):
            found = []
            async for start, _ in self._free(wish, mask, limit):
                found.append(Slot(slot_id(start, wish.worker), start, worker))
                if len(found) == limit:
                    break
            if found:
                return Slots(tuple(found), language_spoken=spoken)
        return Slots(())

    async def workers(self, wish: Wish, limit: int) -> tuple[Worker, ...]:
        """Who could take it, whoever the wish names: the one who is free soonest first, then by ref."""
        wish = replace(wish, worker=None)
        for mask, _ in self._ranks(wish):
            found: list[Worker] = []
            seen = 0
            async for _, free in self._free(wish, mask, limit):
                found.extend(self.directory.chosen(free & ~seen))
                seen |= free
                if len(found) >= limit or seen == mask:
                    break
            if found:
                return tuple(found[:limit])
        return ()

    def candidates(self, wish: Wish, start: datetime) -> tuple[int, int]:
        """The masks of who publishes this hour and suits the wish: those who speak the language, and the others."""
        mask = self._suitable(wish) & self.directory.timetable.at(start)
        speaking = self.directory.speaking_mask(wish.language)
        return mask & speaking, mask & ~speaking

    def _suitable(self, wish: Wish) -> int:
        mask = self.directory.able_mask(wish.motive, wish.mode)
        for worker in wish.without:
            mask &= ~self.directory.bit(worker)
        return mask if wish.worker is None else mask & self.directory.bit(wish.worker)

    def _ranks(self, wish: Wish) -> Iterator[tuple[int, bool]]:
        everybody = self._suitable(wish)
        speaking = everybody & self.directory.speaking_mask(wish.language)
        if speaking:
            yield speaking, True
        if everybody != speaking:
            yield everybody, False

    async def _free(self, wish: Wish, mask: int, limit: int) -> AsyncIterator[tuple[datetime, int]]:
        """Every start that suits, with those of the workers of `mask` who are free then."""
        starts = self._suiting(wish, mask)
        few = tuple(w.id for w in self.directory.chosen(mask)) if mask.bit_count() <= FEW else None
        size = max(FIRST_ROUND, limit * 2)
        while drawn := list(islice(starts, size)):
            busy = await self._busy(drawn[0][0], drawn[-1][0] + HOUR, few)
            for start, there in drawn:
                if free := there & ~busy.get(start, 0):
                    yield start, free
            size = min(size * 2, LAST_ROUND)

    async def _busy(
        self, since: datetime, until: datetime, workers: tuple[WorkerId, ...] | None
    ) -> dict[datetime, int]:
        """Start -> workers who cannot begin an hour then, since another one would overlap."""
        busy: defaultdict[datetime, int] = defaultdict(int)
        for worker, start in await self.store.taken(since, until, self.now, workers):
            bit = self.directory.bit(worker)
            for quarters in range(-3, 4):
                busy[start + quarters * QUARTER] |= bit
        return busy

    def _suiting(self, wish: Wish, mask: int) -> Iterator[tuple[datetime, int]]:
        """Starts within notice, horizon and the person's days and times, that somebody of `mask` publishes.

        A start that the person's own clock shows twice is left out: they could not tell which one is meant.
        """
        zone = ZoneInfo(wish.zone)
        days = frozenset(wish.days)
        earliest, latest = wish.earliest or time.min, wish.latest or time.max
        for start, there in self.directory.timetable.starts(*self._window(wish)):
            if not there & mask:
                continue
            local = start.astimezone(zone).replace(tzinfo=None, fold=0)
            if days and local.date() not in days:
                continue
            if earliest <= local.time() <= latest and instant(local, zone) == start:
                yield start, there & mask

    def _window(self, wish: Wish) -> tuple[datetime, datetime]:
        since, until = first_start(self.rules, self.now), last_start(self.rules, self.now) + timedelta.resolution
        if wish.after is not None:
            since = max(since, wish.after + timedelta.resolution)
        if wish.before is not None:
            until = min(until, wish.before)
        if wish.days:  # a day of any zone lies within these: clocks are at most 14 hours away from UTC
            reach = timedelta(hours=14)
            since = max(since, datetime.combine(min(wish.days), time.min, UTC) - reach)
            until = min(until, datetime.combine(max(wish.days), time.min, UTC) + timedelta(days=1) + reach)
        return since, until
