"""What is counted of a turn: what was asked, whether the answer was understood, how far a booking came.

Words of ours only (names of flows and steps), by day and client. `understood` and `missed` stand beside the question
that was open; `answered` beside a step of a booking whose answer became known, also when it was never asked; `begun`
and `booked` beside the booking itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from booking.events import AppointmentBooked, Event
from booking.model import CodeId
from conversations.flows.book import BOOK
from conversations.model import Context, Frame, Input, News, State, Turn
from handlers.parts import Parts
from storage import steps
from storage.booking import RowStore
from storage.db import Tx
from storage.steps import Happened

START: Final = "start"  # no question was open
STEPS: Final = ("code", "motive", "slot", "terms", "phone", "name", "email", "summary")  # in the order of `book.py`


async def count(
    tx: Tx,
    parts: Parts,
    store: RowStore,
    c: Context,
    state: State,
    came: Input | News,
    turn: Turn,
    events: Sequence[Event],
) -> None:
    """In the turn's transaction, after all the rest: of people only, what workers say is nobody's funnel."""
    if c.contact.role == "worker":
        return
    before = State() if expired(state, c.now, c.draft_time) else state
    booked = any(isinstance(event, AppointmentBooked) for event in events)
    happened = [*asked(before, turn), *heard(before, came, turn), *came_further(before, turn, booked=booked)]
    if happened:
        client = await _client(store, c, before, turn)
        await steps.add(tx, c.now.astimezone(parts.zone).date(), client, happened)


def expired(state: State, now: datetime, draft_time: timedelta) -> bool:
    """Then the talk began again (`conversations/talk.py`)."""
    return state.touched is not None and now - state.touched > draft_time


def asked(before: State, turn: Turn) -> list[Happened]:
    """A question that is put again is not another one."""
    open_now = (before.prompt.flow, before.prompt.step) if before.prompt else None
    return [Happened(*each) for each in turn.trace if each[2] == "asked" and each[:2] != open_now]


def heard(before: State, came: Input | News, turn: Turn) -> list[Happened]:
    """Whether what they said made sense; of a corrected message that is not read again, nothing."""
    if isinstance(came, News) or turn.reply is None:
        return []
    flow, step = (before.prompt.flow, before.prompt.step) if before.prompt else (START, START)
    missed = turn.state.prompt is not None and turn.state.prompt.misses > 0
    return [Happened(flow, step, "missed" if missed else "understood")]


def came_further(before: State, turn: Turn, *, booked: bool) -> list[Happened]:
    """What a booking gained. What was known all along (a known person's name) is no step of it."""
    old, new = _frame(before), _frame(turn.state)
    happened = [] if old or not new else [Happened(BOOK.name, BOOK.name, "begun")]
    known = _known(old, before) if old else set(before.facts)
    gained: Sequence[str] = ()
    if new is not None:
        gained = [name for name in STEPS if name in _known(new, turn.state) - known]
    elif old is not None and booked:
        gained = ["summary"]
    happened += [Happened(BOOK.name, name, "answered") for name in gained]
    return [*happened, Happened(BOOK.name, BOOK.name, "booked")] if old is not None and booked else happened


def _frame(state: State) -> Frame | None:
    return next((frame for frame in state.frames if frame.flow == BOOK.name), None)


def _known(frame: Frame, state: State) -> set[str]:
    answers: dict[str, Any] = {**state.facts, **frame.answers}
    return {name for name, value in answers.items() if value is not None}


async def _client(store: RowStore, c: Context, before: State, turn: Turn) -> str:
    """Theirs, else that of the code they gave; empty before that."""
    if c.known.person is not None:
        return c.known.person.client
    given = turn.state.facts.get("code") or before.facts.get("code")
    code = await store.code(CodeId(given)) if given else None
    return code.client if code else ""
