"""Bugs that are planted, one at a time, to see whether the judge finds them. Each names what he must say of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, TypeAlias

import pytest

from handlers import refusing
from storage import outbox, senders
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
    resend = outbox.resend

    async def silent(db: Any, row: OutboxRow, now: datetime) -> bool:
        done = await resend(db, row, now)
        await db.execute("UPDATE outbox SET possible_duplicate = FALSE WHERE id = ?", int(row.id))
        return done

    patch.setattr(outbox, "resend", silent)


def unheld(patch: pytest.MonkeyPatch) -> None:
    """A storm hits each message by itself."""

    async def hold(*given: Any, **more: Any) -> bool:
        return False

    patch.setattr(senders, "hold", hold)


def unfetched(patch: pytest.MonkeyPatch) -> None:
    """Twilio's log is not read."""

    async def fetch(self: Day) -> None:
        return None

    patch.setattr(Day, "fetch", fetch)


def falling(patch: pytest.MonkeyPatch) -> None:
    """A late state counts like a new one."""
    patch.setattr(outbox, "_RANK", "-1")


def forgotten(patch: pytest.MonkeyPatch) -> None:
    """What cannot be delivered is let go of."""

    async def nothing(*given: Any) -> bool:
        return False

    async def reroute(tx: Any, parts: Any, row: OutboxRow, *rest: Any) -> None:
        await outbox.settle(tx, row, "failed", "let go", parts.clock())

    patch.setattr(refusing, "_once_more", nothing)
    patch.setattr(refusing, "reroute", reroute)


IN_THE_GATE: Final = frozenset({"unknown fates are sent again blindly"})
BUGS: Final[Mapping[str, tuple[Plant, str]]] = {
    "unknown fates are sent again blindly": (blindly, "doubled"),
    "a second try is not marked": (unmarked, "not marked"),
    "no sender is held": (unheld, "hammered"),
    "what missed the door is not fetched": (unfetched, "typed and not handled once"),
    "states fall": (falling, "fell"),
    "what cannot be delivered is let go of": (forgotten, "lost, and nobody knows"),
}
