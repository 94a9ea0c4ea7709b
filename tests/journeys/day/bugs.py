"""Bugs that are planted, one at a time, to see whether the judge finds them. Each names what he must say of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, TypeAlias

import pytest

from handlers import delivery, holding, unheard
from storage import outbox, told, unsettled
from storage.outbox import OutboxRow
from tests.journeys.day.day import Day

Plant: TypeAlias = Callable[[pytest.MonkeyPatch], None]


def blindly(patch: pytest.MonkeyPatch) -> None:
    """What may have arrived is sent again."""

    async def unknown(db: Any, row: OutboxRow, next_try_at: datetime, reason: str, now: datetime) -> bool:
        return await outbox.retry(db, row, next_try_at, reason, now)

    patch.setattr(outbox, "unknown", unknown)


def unmarked(patch: pytest.MonkeyPatch) -> None:
    """The second try does not say that it is one."""
    resend = unsettled.resend

    async def silent(db: Any, row: OutboxRow, now: datetime) -> bool:
        done = await resend(db, row, now)
        await db.execute("UPDATE outbox SET possible_duplicate = FALSE WHERE id = ?", int(row.id))
        return done

    patch.setattr(unsettled, "resend", silent)


def unheld(patch: pytest.MonkeyPatch) -> None:
    """A storm hits each message by itself."""

    async def heed(*given: Any, **more: Any) -> bool:
        return False

    patch.setattr(holding, "heed", heed)


def unfetched(patch: pytest.MonkeyPatch) -> None:
    """Twilio's log is not read."""

    async def fetch(self: Day) -> None:
        return None

    patch.setattr(Day, "fetch", fetch)


def falling(patch: pytest.MonkeyPatch) -> None:
    """A late state counts like a new one."""
    patch.setattr(told, "_RANK", "-1")


def forgotten(patch: pytest.MonkeyPatch) -> None:
    """What stays unknown is let go of, and no human is told."""

    async def give_up(parts: Any, row: OutboxRow, reason: str, code: str) -> None:
        await outbox.settle(parts.db, row, "failed", reason, parts.clock())

    patch.setattr(delivery, "give_up", give_up)


def unasked(patch: pytest.MonkeyPatch) -> None:
    """Nobody asks for a state that never came."""

    async def ask(parts: Any) -> int:
        return 0

    patch.setattr(unheard, "ask", ask)


def overwritten(patch: pytest.MonkeyPatch) -> None:
    """Our own write wins over the state that came before it; to be asked for it again would mend that."""
    unasked(patch)
    accepted = outbox.accepted

    async def last(db: Any, row: OutboxRow, provider_id: str, now: datetime, segments: int = 1) -> bool:
        done = await accepted(db, row, provider_id, now, segments)
        await db.execute("UPDATE outbox SET status = 'accepted' WHERE id = ?", int(row.id))
        return done

    patch.setattr(outbox, "accepted", last)


IN_THE_GATE: Final = frozenset({"unknown fates are sent again blindly"})
BUGS: Final[Mapping[str, tuple[Plant, str]]] = {
    "unknown fates are sent again blindly": (blindly, "doubled"),
    "a second try is not marked": (unmarked, "not marked"),
    "no sender is held": (unheld, "hammered"),
    "what missed the door is not fetched": (unfetched, "typed and not handled once"),
    "states fall": (falling, "fell"),
    "a state that came before our own write is overwritten": (overwritten, "fell"),
    "states that never came are not asked for": (unasked, "never learnt"),
    "what stays unknown is let go of": (forgotten, "lost, and nobody knows"),
}
