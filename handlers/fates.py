"""What became of each message that was meant for somebody, and what is still to be said: for `why` and the console.

Never what it said, and never to which number: kinds, channels, reasons.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from handlers.parts import Parts
from storage import flags, senders
from storage.outbox import OutboxRow
from storage.senders import Held
from storage.story import TimerStory


@dataclass(frozen=True, slots=True)
class Fate:
    """`reason`: a code, or a sentence where it waits for something of ours. `twice`: perhaps sent twice."""

    at: datetime
    kind: str
    channel: str
    status: str
    reason: str
    contact: str = ""
    appointment: str | None = None
    twice: bool = False


async def of_messages(parts: Parts, rows: Sequence[OutboxRow]) -> list[Fate]:
    """The newest last."""
    paused, held = await flags.paused(parts.db) is not None, await senders.held(parts.db)
    ordered = sorted(rows, key=lambda row: int(row.id))
    return [_of_message(parts, row, paused=paused, held=held.get(row.channel)) for row in ordered]


def of_timers(stories: Sequence[TimerStory]) -> list[Fate]:
    """What is to be said later, or was to be and is not; the soonest first."""
    return [
        Fate(story.due_at, story.kind, "timer", story.status, story.reason or "", appointment=story.subject)
        for story in reversed(stories)
        if story.status != "done"
    ]


def _of_message(parts: Parts, row: OutboxRow, *, paused: bool, held: Held | None) -> Fate:
    """One that waits and has no reason of its own may wait for us, or for its sender."""
    reason = row.reason or ""
    if row.status == "queued" and row.channel not in parts.channels:
        reason = f"{row.channel} is not set up"
    elif row.status == "queued" and paused:
        reason = "sending is paused"
    elif row.status == "queued" and held is not None:
        reason = f"{row.channel} is {'stopped' if held.stopped else 'slow'}: {held.reason}"
    return Fate(
        row.due_at,
        row.kind,
        row.channel,
        row.status,
        reason,
        row.contact_id,
        row.appointment_id,
        row.possible_duplicate,
    )
