"""How long the first five free hours of 1,000 workers take. Printed, never asserted: `python -m bench.slots`.

`measure` takes any store, so that one on a database can be timed the same way.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Coroutine
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from random import Random  # noqa: TID251 - seeded: the same service at each run
from time import perf_counter
from typing import Any, TypeVar

from booking.directory import Directory
from booking.memory import MemoryStore
from booking.model import (
    HOUR,
    QUARTER,
    AppointmentId,
    Hours,
    Mode,
    Motive,
    NotifyBy,
    Rules,
    Span,
    Wish,
    Worker,
    WorkerId,
)
from booking.ports import BookingStore
from booking.search import Search

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
ZONES = ("Europe/Paris", "Europe/Paris", "Europe/Paris", "Indian/Reunion", "America/Guadeloupe")
WISHES = {
    "any worker": Wish(Motive.FINANCE, Mode.VIDEO),
    "who speaks Arabic": Wish(Motive.FINANCE, Mode.VIDEO, language="ar"),
    "one worker": Wish(Motive.FINANCE, Mode.VIDEO, worker=WorkerId("w0007")),
    "in four weeks": Wish(Motive.FINANCE, Mode.VIDEO, after=NOW + timedelta(days=28)),
    "in the evening": Wish(Motive.FINANCE, Mode.VIDEO, earliest=time(18)),
}

T = TypeVar("T")


def made_up_workers(count: int, dice: Random) -> list[Worker]:
    """Hours, zones and abilities all differ, so that nothing is shared that would not be in life."""
    return [
        Worker(
            id=WorkerId(f"w{number:04}"),
            ref=f"w{number:04}",
            first_name="Claire",
            last_name="Morel",
            phone="+33639980101",
            email="claire@example.org",
            notify_by=NotifyBy.SMS,
            motives=frozenset(dice.sample(list(Motive), 3)) | {Motive.FINANCE},
            modes=frozenset({Mode.VIDEO, Mode.PHONE}),
            languages=("fr", "ar") if number % 10 == 0 else ("fr",),
            hours=tuple(
                Hours(
                    frozenset({day}),
                    time(dice.randrange(8, 11), dice.choice((0, 15, 30))),
                    time(dice.randrange(14, 20)),
                )
                for day in dice.sample(range(6), 4)
            ),
            time_zone=dice.choice(ZONES),
        )
        for number in range(count)
    ]


async def fill(store: BookingStore, share: float, dice: Random) -> int:
    """Take this share of the hours of the next eight weeks."""
    directory = await store.directory()
    taken = 0
    for start, mask in directory.timetable.starts(NOW, NOW + timedelta(days=56)):
        for worker in directory.chosen(mask):
            if dice.random() < share:
                id = AppointmentId(f"{worker.ref}-{start:%m%d%H%M}")
                taken += await store.take(id, [f"w:{worker.id}"], start, NOW) is None
    return taken


async def measure(store: BookingStore, rounds: int = 50) -> dict[str, tuple[float, float]]:
    """For each wish: milliseconds of the first search on a fresh directory, and the median of further ones."""
    figures = {}
    for name, wish in WISHES.items():
        fresh = Directory((await store.directory()).workers)
        times = []
        for number in range(rounds + 1):
            later = replace(wish, after=wish.after and wish.after + number * HOUR)
            begin = perf_counter()
            found = await Search(fresh, store, Rules(), NOW).slots(later, 5)
            times.append((perf_counter() - begin) * 1000)
            assert len(found.slots) == 5
        figures[name] = (times[0], statistics.median(times[1:]))
    return figures


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """The store in memory never waits, so no event loop is needed."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    raise RuntimeError("this store waits: run it in an event loop")


def with_times(worker: Worker, dice: Random) -> Worker:
    """Sixty times of eight weeks at which their own calendar says that they are busy."""
    starts = sorted(NOW + dice.randrange(56 * 96) * QUARTER for _ in range(60))
    spans = (Span(start, start + dice.randrange(1, 9) * QUARTER, "calendar") for start in starts)
    return replace(worker, spans=tuple(spans))


def change_one(workers: list[Worker]) -> None:
    """What it costs everybody that one worker's calendar changed."""
    begin = perf_counter()
    first = Directory(workers, 1)
    print(f"with sixty times of each: compiled in {(perf_counter() - begin) * 1000:.1f} ms")
    list(first.timetable.starts(NOW, NOW + timedelta(days=7)))
    workers = [replace(workers[0], spans=workers[0].spans[1:]), *workers[1:]]
    begin = perf_counter()
    second = Directory(workers, 2, before=first)
    middle = perf_counter()
    list(second.timetable.starts(NOW, NOW + timedelta(days=1)))
    print(
        f"  one of them changed: {(middle - begin) * 1000:.1f} ms, then {(perf_counter() - middle) * 1000:.1f} ms a day"
    )


def main(count: int = 1000) -> None:
    dice = Random(7)
    workers = made_up_workers(count, dice)
    begin = perf_counter()
    store = MemoryStore(workers)
    print(f"{count} workers compiled in {(perf_counter() - begin) * 1000:.1f} ms")
    print(f"{run(fill(store, 0.05, dice))} hours taken; first five free hours, in memory:")
    for name, (first, further) in run(measure(store, rounds=10)).items():
        print(f"  {name:18} first {first:7.2f} ms, then {further:7.2f} ms")
    change_one([with_times(worker, dice) for worker in workers])


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
