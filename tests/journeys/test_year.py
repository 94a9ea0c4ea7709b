"""A year in virtual time: people and workers drawn from a seed, the real program on a real database, and a judge of its
own mind. Every reminder that is due and still true goes out exactly once and by day, none after a change, every change
reaches both sides, no hour is taken twice; through restarts, deaths of the process, lost calls, both changes of clocks.

`--many` plays 2,000 wishes; `--seed X` plays another year, or the one again whose seed a failure has printed.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import structlog

from tests.journeys.year.at_once import without_threads
from tests.journeys.year.bugs import BUGS, IN_THE_GATE, Plant
from tests.journeys.year.history import Change, Life
from tests.journeys.year.judge import judged
from tests.journeys.year.judge_changes import done_again
from tests.journeys.year.sizes import LARGE, SMALL, SPRING, Size
from tests.journeys.year.town import founded
from tests.journeys.year.verdict import Verdict

SHOWN = 40


async def played(database_url: str, seed: str, size: Size) -> Verdict:
    async with founded(database_url, seed, size) as town:
        await town.run()
        verdict = judged(await town.case())
        verdict.counts.update(town.figures())
        return verdict


def printed(verdict: Verdict) -> str:
    return "\n".join(f"{count:7} {what}" for what, count in sorted(verdict.counts.items()))


def lawful(verdict: Verdict, seed: str) -> None:
    print(printed(verdict))
    wrong = verdict.wrong[:SHOWN]
    assert not wrong, "\n".join([f"seed {seed!r}, {len(verdict.wrong)} findings:", *wrong])


@pytest.fixture(autouse=True)
def quiet_logs() -> Iterator[None]:
    """A year of lines tells nobody anything; what goes wrong is judged from outside."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.reset_defaults()


@pytest.fixture(autouse=True)
def sqlite_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    without_threads(monkeypatch)


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> str:
    return str(request.config.getoption("--seed"))


@pytest.mark.slow
async def test_a_small_year(sqlite_url: str, seed: str) -> None:
    await small_year(sqlite_url, seed)


@pytest.mark.many
async def test_a_small_year_on_postgresql(postgres_url: str, seed: str) -> None:
    await small_year(postgres_url, seed)


async def small_year(database_url: str, seed: str) -> None:
    verdict = await played(database_url, seed, SMALL)
    lawful(verdict, seed)
    seen = verdict.counts
    assert seen["appointments"] >= 55
    assert seen["reminder 48h said"] >= 20
    assert seen["reminder 2h said"] >= 20
    assert seen["changes: moved"] >= 5
    assert seen["changes: cancelled"] >= 5
    assert seen["on the day of a clock change"] >= 3
    assert seen["restarts"] == SMALL.restarts
    assert seen["agendas: show it"] >= 20
    assert seen["agendas: do not show it any more"] >= 5


@pytest.mark.slow
@pytest.mark.parametrize(
    ("plant", "said"),
    [pytest.param(*bug, id=name, marks=() if name in IN_THE_GATE else pytest.mark.many) for name, bug in BUGS.items()],
)
async def test_a_planted_bug_is_found(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, plant: Plant, said: str
) -> None:
    plant(monkeypatch)
    verdict = await played(sqlite_url, "spring", SPRING)
    assert [finding for finding in verdict.wrong if said in finding], verdict.wrong[:SHOWN]


@pytest.mark.many
async def test_nothing_is_found_where_none_is_planted(sqlite_url: str) -> None:
    lawful(await played(sqlite_url, "spring", SPRING), "spring")


@pytest.mark.many
async def test_a_large_year(database_url: str, seed: str) -> None:
    verdict = await played(database_url, seed, LARGE)
    lawful(verdict, seed)
    seen = verdict.counts
    assert seen["appointments"] >= 2000
    assert seen["restarts"] == LARGE.restarts
    assert seen["on the day of a clock change"] >= 20


def test_the_judge_tells_an_hour_that_was_put_back_from_its_move() -> None:
    """Both answers may say "undo.…" of the same hour: each belongs to its own change."""
    at = datetime(2026, 10, 25, 19, tzinfo=UTC)
    start, five = at + timedelta(hours=8), timedelta(minutes=5)
    life = Life("a2", "a", 2, "p", "w", "c", "phone", start, at)
    moved, gone = Change(at, "moved", "person", life, life), Change(at + five, "cancelled", "person", life, None)
    back = Change(at + 2 * five, "restored", "person", None, life)
    case: Any = SimpleNamespace(changes=[moved, gone, back], ends=at + timedelta(days=9))
    assert done_again(case, moved, life) == back.at
    assert done_again(case, back, life) > case.ends
    case.changes.remove(back)
    assert done_again(case, moved, life) > case.ends
