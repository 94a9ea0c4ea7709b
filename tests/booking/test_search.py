"""Free hours for a wish:

the fast search against a plain one, the ranks of languages, and how little it asks of the store.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from booking.calendar import instant, wall
from booking.memory import MemoryStore
from booking.model import HOUR, QUARTER, AppointmentId, Hours, Mode, Motive, Rules, Wish, Worker, WorkerId
from booking.search import FEW, LAST_ROUND, Search
from tests.booking.made import MONDAY, MONEY, NINE_TO_NOON, run, worker
from tests.booking.test_calendar import QUARTERS, ZONES, publishes, workers

DAY = timedelta(days=1)
RULES = Rules(horizon=timedelta(days=5))
EVERY_DAY = Hours(frozenset(range(7)), time(0), time(0))


class Watched(MemoryStore):
    """Remembers what was asked of it."""

    def __init__(self, who: Iterable[Worker]) -> None:
        super().__init__(who)
        self.asked: list[tuple[datetime, datetime, Sequence[WorkerId] | None]] = []

    async def taken(
        self, since: datetime, until: datetime, now: datetime, workers: Sequence[WorkerId] | None = None
    ) -> Iterable[tuple[WorkerId, datetime]]:
        self.asked.append((since, until, workers))
        return await super().taken(since, until, now, workers)


def searching(store: MemoryStore, now: datetime = MONDAY, rules: Rules = RULES) -> Search:
    return Search(run(store.directory()), store, rules, now)


def take(store: MemoryStore, who: str, start: datetime) -> None:
    run(store.take(AppointmentId(f"{who} {start}"), [f"w:{who}"], start, MONDAY))


# ------------------------------------------------------------ the same answers as a plain search


def plain(store: MemoryStore, wish: Wish, now: datetime, limit: int) -> tuple[list[datetime], bool, list[str]]:
    """Every quarter, every worker, every rule: the starts, whether the language is spoken, the workers."""
    directory = run(store.directory())
    taken = list(run(store.taken(now - 30 * 24 * HOUR, now + 30 * 24 * HOUR, now)))
    zone = ZoneInfo(wish.zone)

    def suits(start: datetime) -> bool:
        local = wall(start, zone)
        return (
            now + RULES.notice <= start <= now + RULES.horizon
            and (wish.after is None or start > wish.after)
            and (not wish.days or local.date() in wish.days)
            and (wish.earliest or time.min) <= local.time() <= (wish.latest or time.max)
            and instant(local, zone) == start
        )

    def free(who: Worker, start: datetime) -> bool:
        return publishes(who, start) and all(w != who.id or abs(s - start) >= HOUR for w, s in taken)

    first = datetime.combine(now.date(), time(0), UTC)
    suiting = [s for s in (first + n * QUARTER for n in range(96 * 7)) if suits(s)]
    able = [w for w in directory.able(wish.motive, wish.mode) if wish.worker in {None, w.id}]
    for spoken, group in ((True, [w for w in able if wish.language in w.languages]), (False, able)):
        starts = {s: [w for w in group if free(w, s)] for s in suiting}
        if any(starts.values()):
            order = list(dict.fromkeys(w.ref for s in suiting for w in starts[s]))
            return [s for s in suiting if starts[s]][:limit], spoken, order[:limit]
    return [], True, []


@st.composite
def situations(draw: st.DrawFn) -> tuple[MemoryStore, Wish, datetime]:
    day = draw(st.sampled_from([date(2026, 3, 27), date(2026, 10, 23), date(2026, 12, 24), date(2028, 7, 12)]))
    now = datetime.combine(day, draw(QUARTERS), UTC) + timedelta(seconds=draw(st.sampled_from([0, 1, -1])))
    who = [
        replace(
            w,
            languages=draw(st.sampled_from([("fr",), ("fr", "ar"), ("en",)])),
            motives=draw(st.sampled_from([frozenset({Motive.FINANCE}), frozenset(Motive)])),
            suspended=draw(st.sampled_from([*[False] * 5, True])),
        )
        for w in draw(workers())
    ]
    store = MemoryStore(who)
    # Hours are taken where they are published, and a little beside: by another start of the same worker, by the desk.
    begin = datetime.combine(day, time(0), UTC)
    published = list(run(store.directory()).timetable.starts(begin, begin + 5 * DAY))
    for start, mask in draw(st.lists(st.sampled_from(published), max_size=12)) if published else []:
        number = draw(st.sampled_from([n for n in range(len(who)) if mask >> n & 1]))
        take(store, f"w{number}", start + draw(st.integers(-4, 4)) * QUARTER)
    wish = Wish(
        motive=draw(st.sampled_from([None, Motive.FINANCE, Motive.FINANCE, Motive.HOUSING])),
        mode=draw(st.sampled_from([None, *[Mode.VIDEO] * 8, Mode.IN_PERSON])),
        worker=draw(st.sampled_from([*[None] * 8, *[WorkerId("w0")] * 3, WorkerId("nobody")])),
        language=draw(st.sampled_from(["fr", "ar", "pt"])),
        days=tuple(day + n * DAY for n in draw(st.sampled_from([[], [], [1], [2], [3, 1], [2, 3, 4]]))),
        earliest=draw(st.sampled_from([None, None, time(0, 15), time(9), time(13, 30)])),
        latest=draw(st.sampled_from([None, None, time(23, 30), time(18), time(12)])),
        after=draw(st.none() | st.sampled_from([start for start, _ in published] or [now])),
        zone=draw(st.sampled_from(ZONES)),
    )
    return store, wish, now


@settings(max_examples=200)
@given(situations(), st.sampled_from([1, 3, 12, 500]))
def test_the_fast_search_answers_like_the_plain_one(situation: tuple[MemoryStore, Wish, datetime], limit: int) -> None:
    store, wish, now = situation
    starts, spoken, refs = plain(store, wish, now, limit)
    found = run(searching(store, now).slots(wish, limit))
    assert [s.start for s in found.slots] == starts
    assert found.language_spoken is spoken
    if wish.worker is None:
        assert [w.ref for w in run(searching(store, now).workers(wish, limit))] == refs


# ------------------------------------------------------------ languages, workers


def test_the_language_comes_first_even_when_others_are_sooner() -> None:
    tuesday = Hours(frozenset({1}), time(9), time(10))
    store = MemoryStore([worker("ali", tuesday, languages=("fr", "ar")), worker("claire")])
    arabic = replace(MONEY, language="ar")
    found = run(searching(store).slots(arabic, 3))
    assert [f"{s.start:%a %H}" for s in found.slots] == ["Tue 08"]
    assert found.language_spoken
    take(store, "ali", found.slots[0].start)
    others = run(searching(store).slots(arabic, 3))
    assert [f"{s.start:%a %H}" for s in others.slots] == ["Mon 10", "Tue 08", "Tue 09"]
    assert not others.language_spoken


def test_a_slot_is_nobodys_until_a_worker_is_named() -> None:
    store = MemoryStore([worker("ali"), worker("claire")])
    assert [s.worker for s in run(searching(store).slots(MONEY, 2)).slots] == [None, None]
    named = run(searching(store).slots(replace(MONEY, worker=WorkerId("claire")), 1)).slots[0]
    assert named.worker == worker("claire")
    assert named.id == "2026-03-02T10:00Z/claire"


def test_workers_come_by_their_first_free_hour_whoever_is_named() -> None:
    store = MemoryStore([worker("ali"), worker("claire"), worker("zoe", Hours(frozenset({0}), time(18), time(19)))])
    wish = replace(MONEY, worker=WorkerId("claire"))
    assert [w.ref for w in run(searching(store).workers(wish, 9))] == ["ali", "claire", "zoe"]
    take(store, "ali", MONDAY + 4 * HOUR)
    assert [w.ref for w in run(searching(store).workers(wish, 9))] == ["claire", "zoe", "ali"]
    assert [w.ref for w in run(searching(store).workers(wish, 2))] == ["claire", "zoe"]


def test_no_hour_at_all() -> None:
    assert run(searching(MemoryStore()).slots(MONEY, 3)).slots == ()
    store = MemoryStore([worker("ali", NINE_TO_NOON, suspended=True)])
    assert run(searching(store).slots(MONEY, 3)).slots == ()
    assert run(searching(store).workers(MONEY, 3)) == ()


# ------------------------------------------------------------ notice and horizon, to the second


def test_notice_and_horizon_are_to_the_second() -> None:
    store = MemoryStore([worker("ali", Hours(frozenset(range(7)), time(9), time(10)))])
    rules = Rules(notice=timedelta(hours=4), horizon=timedelta(days=2))
    nine = datetime(2026, 3, 3, 8, tzinfo=UTC)

    def days(now: datetime) -> list[int]:
        return [s.start.day for s in run(searching(store, now, rules).slots(MONEY, 9)).slots]

    assert days(nine - timedelta(hours=4)) == [3, 4]
    assert days(nine - timedelta(hours=4) + timedelta(seconds=1)) == [4]
    assert days(nine - timedelta(days=2)) == [2, 3]
    assert days(nine - timedelta(days=2, seconds=1)) == [2]


def test_a_start_that_the_persons_clock_shows_twice_is_not_offered() -> None:
    """At 4 and 5 in La Réunion it is 2 in Paris, twice, on the night of 25 October."""
    early = Hours(frozenset({6}), time(3), time(8))
    store = MemoryStore([worker("vanessa", early, time_zone="Indian/Reunion")])
    now = datetime(2026, 10, 24, 12, tzinfo=UTC)
    hours = [s.start.hour for s in run(searching(store, now).slots(MONEY, 9)).slots]
    assert hours == [23, 2, 3]
    there = replace(MONEY, zone="Indian/Reunion")
    assert [s.start.hour for s in run(searching(store, now).slots(there, 9)).slots] == [23, 0, 1, 2, 3]


# ------------------------------------------------------------ little is asked


def test_only_the_window_of_the_next_starts_is_asked_for() -> None:
    store = Watched([worker(f"w{n:03}", EVERY_DAY) for n in range(FEW + 1)])
    assert len(run(searching(store).slots(MONEY, 3)).slots) == 3
    ((since, until, named),) = store.asked
    assert until - since <= timedelta(hours=8)
    assert named is None


def test_few_workers_are_named() -> None:
    store = Watched([worker("ali", EVERY_DAY), worker("claire", EVERY_DAY)])
    run(searching(store).slots(replace(MONEY, worker=WorkerId("ali")), 3))
    assert store.asked[0][2] == ("ali",)


def test_a_full_service_costs_few_questions_and_bounded_windows() -> None:
    store = Watched([worker("ali", EVERY_DAY, works_on_holidays=True)])
    for number in range(24 * 60):
        take(store, "ali", MONDAY + number * HOUR)
    assert run(searching(store, rules=Rules()).slots(MONEY, 3)).slots == ()
    assert len(store.asked) <= 9
    assert max(until - since for since, until, _ in store.asked) <= (LAST_ROUND + 1) * HOUR
