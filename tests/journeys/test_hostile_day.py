"""A hostile provider for a simulated day: storms of 429, 500 and HTML, time-outs after acceptance, delivery states
shuffled, repeated, hours late, before our own write; our server off for ten minutes. Nothing is lost, nothing by SMS or
WhatsApp is doubled, on Telegram at most one marked double for each interrupted call.

`--many` plays 36 people; `--seed X` plays another day, or the one again whose seed a failure has printed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from tests.journeys.day.bugs import BUGS, IN_THE_GATE, Plant
from tests.journeys.day.day import LARGE, SMALL, Size, dawn
from tests.journeys.day.judge import Verdict, judged
from tests.journeys.day.weather import Weather

SHOWN = 40
HOSTILE = (  # what a day that calls itself so has had
    "call answered 429",
    "call answered 500",
    "call answered 500, done all the same",
    "call answered with HTML",
    "answer lost",
    "answer lost, done all the same",
    "call timed out, done all the same",
    "accepted and not delivered",
    "states told before our own write",
    "states told an hour late or more",
    "states told out of order",
    "states told twice",
    "states never told",
    "typed while we were off",
)
Alarms = list[dict[str, Any]]


@pytest.fixture
def alarms() -> Iterator[Alarms]:
    """What was raised, and no lines: what goes wrong is judged from outside."""
    raised: Alarms = []

    def keep(_: Any, __: str, event: Any) -> Any:
        if event.get("event") == "alarm":
            raised.append(dict(event))
        raise structlog.DropEvent

    structlog.configure(processors=[keep])
    yield raised
    structlog.reset_defaults()


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> str:
    return str(request.config.getoption("--seed"))


async def played(database_url: str, seed: str, size: Size, alarms: Alarms) -> Verdict:
    async with dawn(database_url, seed, size, alarms) as day:
        await day.run()
        verdict = judged(await day.case())
        for standin in (day.town.twilio, day.town.telegram):
            assert isinstance(standin.faults, Weather)
            verdict.counts.update(standin.faults.counts)
        verdict.counts.update(f"alarm {alarm['code']}" for alarm in alarms)
        return verdict


def lawful(verdict: Verdict, seed: str) -> None:
    print("\n".join(f"{count:7} {what}" for what, count in sorted(verdict.counts.items())))
    wrong = verdict.wrong[:SHOWN]
    assert not wrong, "\n".join([f"seed {seed!r}, {len(verdict.wrong)} findings:", *wrong])
    assert not [what for what in HOSTILE if not verdict.counts[what]]
    assert verdict.counts["doubled by Twilio"] == 0
    assert verdict.counts["doubled on Telegram, marked"] <= verdict.counts["Telegram calls interrupted"]


@pytest.mark.slow
async def test_a_small_day(database_url: str, seed: str, alarms: Alarms) -> None:
    verdict = await played(database_url, seed, SMALL, alarms)
    lawful(verdict, seed)
    assert verdict.counts["typed by people"] >= 100
    assert verdict.counts["states told"] >= 100


@pytest.mark.slow
@pytest.mark.parametrize(
    ("plant", "said"),
    [pytest.param(*bug, id=name, marks=() if name in IN_THE_GATE else pytest.mark.many) for name, bug in BUGS.items()],
)
async def test_a_planted_bug_is_found(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, alarms: Alarms, plant: Plant, said: str
) -> None:
    plant(monkeypatch)
    verdict = await played(sqlite_url, "1", SMALL, alarms)
    assert [finding for finding in verdict.wrong if said in finding], verdict.wrong[:SHOWN]


@pytest.mark.many
async def test_a_large_day(database_url: str, seed: str, alarms: Alarms) -> None:
    verdict = await played(database_url, seed, LARGE, alarms)
    lawful(verdict, seed)
    assert verdict.counts["typed by people"] >= 400
