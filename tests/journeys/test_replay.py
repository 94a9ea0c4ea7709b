"""A turn is a function of (state, input, now, ids) and of what the core answered: recorded, and played back, it comes
out the same, to the last id (invariant I3).
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any, cast

import pytest

from booking.ports import BookingCore
from conversations import engine
from conversations.model import Context, Input, News, State, Turn
from conversations.state import from_json, to_json
from handlers import turns
from tests.journeys.booking import LATER, ON_TELEGRAM, booked_by_sms, booked_by_telegram, booked_by_whatsapp
from tests.journeys.town import CAMILLE, CAMILLE_ON_TELEGRAM, SAM, Town


@dataclass
class Recording:
    """The core, and beside each of its answers what it was asked."""

    core: BookingCore
    answers: list[tuple[str, Any, Any, Any]]

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        asked = getattr(self.core, name)

        async def ask(*args: Any, **more: Any) -> Any:
            answer = await asked(*args, **more)
            self.answers.append((name, args, more, answer))
            return answer

        return ask


@dataclass
class Playing:
    """No core at all: the same answers, as long as the same is asked."""

    answers: list[tuple[str, Any, Any, Any]]

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        async def answer(*args: Any, **more: Any) -> Any:
            *asked, said = self.answers.pop(0)
            assert (name, args, more) == tuple(asked)
            return said

        return answer


@dataclass(frozen=True)
class Taken:
    """One turn as it was: all that went in, and all that came out."""

    state: dict[str, Any]
    came: Input | News
    context: Context
    ids: list[str]
    answers: list[tuple[str, Any, Any, Any]]
    turn: Turn


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[Taken]:
    """Every turn of the test, as it is taken. The turn itself is the real one."""
    recorded: list[Taken] = []

    async def take_turn(flows: Any, state: State, came: Input | News, context: Context) -> Turn:
        ids: list[str] = []
        recording = Recording(context.booking, [])

        def new_id() -> str:
            ids.append(context.new_id())
            return ids[-1]

        before = to_json(state)
        watched = replace(context, booking=cast("BookingCore", recording), new_id=new_id)
        turn = await engine.take_turn(flows, state, came, watched)
        recorded.append(Taken(before, came, context, ids, recording.answers, turn))
        return turn

    monkeypatch.setattr(turns, "take_turn", take_turn)
    return recorded


async def replayed(town: Town, one: Taken) -> Turn:
    playing, ids = Playing(list(one.answers)), iter(one.ids)
    context = replace(one.context, booking=cast("BookingCore", playing), new_id=ids.__next__)
    turn = engine.take_turn(town.parts.flows, from_json(one.state, town.parts.flows), one.came, context)
    try:
        turn.send(None)  # by hand, without an event loop: a turn waits for nobody but the core
    except StopIteration as done:
        assert inspect.getcoroutinestate(turn) == inspect.CORO_CLOSED
        assert playing.answers == []
        assert list(ids) == []
        return cast("Turn", done.value)
    raise AssertionError("it waited for something else")


async def test_every_turn_of_three_talks(town: Town, taken: list[Taken]) -> None:
    await booked_by_sms(town, CAMILLE, LATER)
    await booked_by_whatsapp(town, SAM)
    await booked_by_telegram(town)
    for words in ("mes rendez-vous", "déplacer", "1", "1", "annuler", "4", "aide", "code"):
        await town.sms(CAMILLE, words)
        await town.chat(CAMILLE_ON_TELEGRAM, words)
    assert len(taken) == 2 * len(LATER) + len(ON_TELEGRAM) + 16
    assert {name for one in taken for name, *_ in one.answers} >= {"open_slots", "hold", "book", "move", "cancel"}
    for one in taken:
        again = await replayed(town, one)
        assert to_json(again.state) == to_json(one.turn.state)
        assert again == one.turn


async def test_another_answer_of_the_core_is_another_turn(town: Town, taken: list[Taken]) -> None:
    """That the comparison can fail."""
    await booked_by_sms(town)
    one = next(one for one in taken if any(name == "open_slots" for name, *_ in one.answers))
    fewer = [
        (name, args, more, replace(said, slots=said.slots[1:]) if name == "open_slots" else said)
        for name, args, more, said in one.answers
    ]
    assert await replayed(town, replace(one, answers=fewer)) != one.turn
