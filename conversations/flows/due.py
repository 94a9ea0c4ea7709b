"""What is due around an appointment without anybody asking for it. These say nothing to whom they come: what follows,
for the worker mostly, follows from the core's events, judged at the moment when it is due.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

from booking.model import AppointmentId
from conversations.model import Context, Finish, Flow, Outcome


def due(name: str, act: Callable[[Context, AppointmentId], Awaitable[object]]) -> Flow:
    """A flow without a word."""

    async def enter(c: Context) -> Finish:
        await act(c, AppointmentId(c.answers["which"]))
        return Finish()

    async def finish(c: Context) -> Outcome:
        return Finish()

    return Flow(name, version=1, steps=(), enter=enter, finish=finish)


def of_use(c: Context) -> bool:
    """A question that came by news is asked again only as long as that news said (`until`)."""
    return c.now < datetime.fromisoformat(c.answers["until"]) if "until" in c.answers else True


LONG: Final = timedelta(days=1)  # whatever is answered costs nothing or can be corrected: a digit may come much later

DUE_NEAR = due("due_near", lambda c, id: c.booking.draw_near(id))
DUE_ATTENDANCE = due("due_attendance", lambda c, id: c.booking.ask_attendance(id, c.answers["asked"]))
DUE_SILENCE = due("due_silence", lambda c, id: c.booking.miss_attendance(id, c.answers["asked"], c.answers["tries"]))
DUE_AFTER = due("due_after", lambda c, id: c.booking.settle(id))
DUE_UNMET = due("due_unmet", lambda c, id: c.booking.settle(id, nobody=True))
