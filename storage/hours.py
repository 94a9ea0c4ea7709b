"""Rows of hours that are taken or kept, a part of `storage.booking.RowStore`.

An hour is taken by rows of `busy`, one for each owner and quarter of an hour, under one unique key (invariant I5). They
are inserted in sorted order, so that two that want the same hours wait for each other and never in a ring. A conflict
is counted, not raised, since an error would end PostgreSQL's transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from booking.model import HOUR, QUARTER, AppointmentId, ContactId, Hold, HoldId, Mode, WorkerId
from booking.ports import Owner
from storage.db import Sql
from storage.sql import Row, marks

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
QUARTERS = HOUR // QUARTER
MANY = 500  # more workers than this are told apart here, not by the statement

_HOLD = "id, contact_id, worker_id, start_at, lapses_at, kind, about, mode"


class HourRows:
    """Needs nothing but the transaction."""

    _tx: Sql

    async def taken(
        self, since: datetime, until: datetime, now: datetime, workers: Sequence[WorkerId] | None = None
    ) -> Iterable[tuple[WorkerId, datetime]]:
        rows = await self._hours(since - HOUR, until, now, workers)
        wanted = None if workers is None else set(workers)
        found = ((WorkerId(row["owner"][2:]), EPOCH + row["quarter"] * QUARTER) for row in rows)
        return [(w, start) for w, start in found if start > since - HOUR and (wanted is None or w in wanted)]

    async def load(
        self, workers: Sequence[WorkerId], since: datetime, until: datetime, now: datetime
    ) -> Mapping[WorkerId, int]:
        counts = dict.fromkeys(workers, 0)
        for row in await self._hours(since, until, now, workers):
            worker = WorkerId(row["owner"][2:])
            if worker in counts and EPOCH + row["quarter"] * QUARTER >= since:
                counts[worker] += 1
        return counts

    async def take(
        self, id: HoldId | AppointmentId, owners: Sequence[Owner], start: datetime, now: datetime
    ) -> Owner | None:
        first = quarter_of(start)
        wanted = sorted((owner, first + n, n == 0) for owner in set(owners) for n in range(QUARTERS))
        await self._drop_lapsed(sorted(set(owners)), first, now)
        inserted = await self._tx.fetch(
            "INSERT INTO busy (owner, quarter, opens, holder_id, lapses_at) VALUES "
            + ", ".join(["(?, ?, ?, ?, (SELECT lapses_at FROM hold WHERE id = ?))"] * len(wanted))
            + " ON CONFLICT (owner, quarter) DO NOTHING RETURNING id, owner, quarter",
            *(value for owner, quarter, opens in wanted for value in (owner, quarter, opens, id, id)),
        )
        if len(inserted) == len(wanted):
            return None
        if inserted:
            ids = [row["id"] for row in inserted]
            await self._tx.execute(f"DELETE FROM busy WHERE id IN ({marks(len(ids))})", *ids)
        ours = {(row["owner"], row["quarter"]) for row in inserted}
        return next(owner for owner in owners for n in range(QUARTERS) if (owner, first + n) not in ours)

    async def free(self, id: HoldId | AppointmentId) -> None:
        await self._lock_hours([id])
        await self._tx.execute("DELETE FROM busy WHERE holder_id = ?", id)

    async def hold_of(self, contact: ContactId) -> Hold | None:
        found = await self._holds("contact_id = ? AND kind = 'chosen'", contact)
        return found[0] if found else None

    async def hold(self, id: HoldId) -> Hold | None:
        found = await self._holds("id = ?", id)
        return found[0] if found else None

    async def offers_of(self, contact: ContactId) -> Sequence[Hold]:
        return await self._holds("contact_id = ? AND kind <> 'chosen' ORDER BY start_at, id", contact)

    async def offers_about(self, about: str) -> Sequence[Hold]:
        return await self._holds("about = ? ORDER BY start_at, id", about)

    async def save_hold(self, hold: Hold) -> None:
        await self._tx.execute(
            f"INSERT INTO hold ({_HOLD}) VALUES ({marks(8)}) "
            "ON CONFLICT (id) DO UPDATE SET lapses_at = excluded.lapses_at",
            hold.id,
            hold.contact,
            hold.worker,
            hold.start,
            hold.until,
            hold.kind,
            hold.about,
            hold.mode.value if hold.mode else None,
        )
        await self._lock_hours([hold.id])
        await self._tx.execute("UPDATE busy SET lapses_at = ? WHERE holder_id = ?", hold.until, hold.id)

    async def delete_hold(self, id: HoldId) -> None:
        await self._tx.execute("DELETE FROM hold WHERE id = ?", id)

    async def _holds(self, where: str, *args: object) -> list[Hold]:
        rows = await self._tx.fetch(f"SELECT {_HOLD} FROM hold WHERE {where}", *args)
        return [hold_of(row) for row in rows]

    async def _hours(
        self, since: datetime, until: datetime, now: datetime, workers: Sequence[WorkerId] | None
    ) -> list[Row]:
        """First quarters of workers' hours from `since` to before `until`; also some of others where they are many."""
        owners = [f"w:{worker}" for worker in workers or ()]
        if workers is not None and not owners:
            return []
        some = f"owner IN ({marks(len(owners))})" if 0 < len(owners) <= MANY else "owner >= 'w:' AND owner < 'w;'"
        return await self._tx.fetch(
            f"SELECT owner, quarter FROM busy WHERE opens AND quarter >= ? AND quarter < ? AND {some} "
            "AND (lapses_at IS NULL OR lapses_at > ?)",
            quarter_of(since),
            quarter_of(until + QUARTER - timedelta(microseconds=1)),
            *(owners if 0 < len(owners) <= MANY else ()),
            now,
        )

    async def _drop_lapsed(self, owners: Sequence[Owner], first: int, now: datetime) -> None:
        """Deletes the lapsed holds that stand on these quarters, whole."""
        lapsed = await self._tx.fetch(
            f"SELECT DISTINCT holder_id FROM busy WHERE owner IN ({marks(len(owners))}) AND quarter >= ? "
            "AND quarter < ? AND lapses_at <= ?",
            *owners,
            first,
            first + QUARTERS,
            now,
        )
        holders = sorted(row["holder_id"] for row in lapsed)
        if holders:
            await self._lock_hours(holders)  # one of them may be prolonged meanwhile: asked once more
            some = marks(len(holders))
            await self._tx.execute(f"DELETE FROM busy WHERE holder_id IN ({some}) AND lapses_at <= ?", *holders, now)
            await self._tx.execute(f"DELETE FROM hold WHERE id IN ({some}) AND lapses_at <= ?", *holders, now)

    async def _lock_hours(self, holders: Sequence[str]) -> None:
        """All hours of some holders, in the one order that everybody keeps to, or two who sweep the same hold wait
        for each other in a ring. SQLite has the only write lock already.
        """
        if self._tx.dialect == "postgres":
            await self._tx.fetch(
                f"SELECT id FROM busy WHERE holder_id IN ({marks(len(holders))}) ORDER BY owner, quarter FOR UPDATE",
                *holders,
            )


def quarter_of(instant: datetime) -> int:
    """The quarter of an hour, counted from 1970, that an instant lies in."""
    return (instant - EPOCH) // QUARTER


def hold_of(row: Row) -> Hold:
    return Hold(
        id=row["id"],
        contact=row["contact_id"],
        worker=row["worker_id"],
        start=row["start_at"],
        until=row["lapses_at"],
        kind=row["kind"],
        about=row["about"],
        mode=Mode(row["mode"]) if row["mode"] else None,
    )
