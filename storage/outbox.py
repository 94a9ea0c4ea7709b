"""The outbox: what is to be said, named before it is sent, and what became of it.

    add(tx, outgoing, now) -> id, or None when this cause has spoken already
    claim_due(db, owner, now, lease_ends_at, limit, channels) -> rows, now 'sending', each with its `fence`
    accepted / retry / stays / postpone / unknown / settle (db, row, …) -> bool    by the claimer; False: somebody
                                                       else has it
    expire_stranded(db, now, channels) -> rows         of channels that are not set up, or held; too late now
    expire_leases(db, now) -> ids                      a crash between call and mark: 'unknown'
    claim_unknown(…) -> rows; resend(db, row, now)     resolution: accepted(), settle() or one marked resend
    receipt(db, status, now, outbox_id, provider_id, error) -> Risen | None
    suppress(tx, appointment, …) -> count; queued(db, contact); unasked(db, row, contacts, since); figures; history
    overdue(db, before, now, kinds) -> rows            important, and neither sent nor given up: told once
    contacts_of(tx, keys) -> ids                       to whom a message went before
    of_provider(db, contact, provider_id) -> row       which one they answer

Order: an answer waits for earlier answers of its contact that are queued or being sent; a notice waits for nobody and
holds up nobody. A claim, a lease and a fence: correctness comes from the fence (a counter), never from the clock
(invariant I14).

Over 300 lines: one table, and each statement on it beside the others. What is asked of it as a whole is in `fates.py`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from storage.db import Sql, Tx, claim
from storage.sql import Row, marks

Final = Literal["failed", "suppressed", "merged", "expired"]
Told = Literal["accepted", "sent", "delivered", "read", "failed"]

# A row only ever rises (invariant I13). 'failed' stands over 'sent', but a late 'delivered' wins over it. What we
# ourselves
# decided not to send is above all of them.
RANKS = {
    "queued": 0,
    "sending": 1,
    "unknown": 1,
    "accepted": 2,
    "sent": 3,
    "failed": 4,
    "delivered": 5,
    "read": 6,
    "suppressed": 9,
    "merged": 9,
    "expired": 9,
}
_RANK = f"CASE status {' '.join(f'WHEN {status!r} THEN {rank}' for status, rank in RANKS.items())} END"

_COLUMNS = (
    "id, key, contact_id, channel, kind, answer, content, due_at, expires_at, status, reason, fence, attempts, "
    "provider_id, appointment_id, appointment_version, possible_duplicate, received_at, created_at"
)

# Word for word the condition of an index: SQLite takes it for nothing less, and would read all messages of a year.
_UNSETTLED = "status IN ('sending', 'unknown')"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to be. `key` is its cause and a number; `answer`: they asked, so nothing holds it back.

    `received_at` is when the message came that it answers, for the metric. Content is JSON data: a reply, without
    words.
    """

    key: str
    contact: str
    kind: str
    content: Mapping[str, Any]
    due_at: datetime
    answer: bool = False
    expires_at: datetime | None = None
    appointment: str | None = None
    appointment_version: int | None = None
    received_at: datetime | None = None
    possible_duplicate: bool = False  # the same was said elsewhere, and may have arrived


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """`content` is None once its lifetime is over."""

    id: str
    key: str
    contact_id: str
    channel: str
    kind: str
    answer: bool
    content: dict[str, Any] | None
    due_at: datetime
    expires_at: datetime | None
    status: str
    reason: str | None
    fence: int
    attempts: int
    provider_id: str | None
    appointment_id: str | None
    appointment_version: int | None
    possible_duplicate: bool
    received_at: datetime | None
    created_at: datetime

    def again(self, key: str, due_at: datetime, **changes: Any) -> Outgoing:
        """The same message under another key: later, elsewhere, or in another form. `changes`: fields of `Outgoing`."""
        same = Outgoing(
            key=key,
            contact=self.contact_id,
            kind=self.kind,
            content=self.content or {},
            due_at=due_at,
            answer=self.answer,
            expires_at=self.expires_at,
            appointment=self.appointment_id,
            appointment_version=self.appointment_version,
            received_at=self.received_at,
        )
        return replace(same, **changes)

    @property
    def reminder(self) -> str | None:
        """Which reminder it is, by its timer's name."""
        return (self.content or {}).get("reminder")

    @property
    def of(self) -> dict[str, int]:
        """The appointments that a reminder tells of, each with the version that it was written for."""
        told: dict[str, int] = (self.content or {}).get("of", {})
        return told


@dataclass(frozen=True, slots=True)
class Risen:
    """A row that a receipt has raised."""

    id: str
    contact_id: str
    channel: str
    kind: str
    answer: bool
    status: str


@dataclass(frozen=True, slots=True)
class Stranded:
    """A row that no channel took, and that is of no more use."""

    id: str
    channel: str
    kind: str
    answer: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Figures:
    pending: int  # due and not yet sent
    oldest_at: datetime | None
    unknown: int


async def add(tx: Tx, out: Outgoing, now: datetime) -> str | None:
    rows = await tx.fetch(
        "INSERT INTO outbox (key, contact_id, channel, kind, answer, content, due_at, next_try_at, "
        "expires_at, status, fence, attempts, appointment_id, appointment_version, possible_duplicate, received_at, "
        "created_at, changed_at) "
        "VALUES (?, ?, (SELECT channel FROM contact WHERE id = ?), ?, ?, ?, ?, ?, ?, "
        "'queued', 0, 0, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (key) DO NOTHING RETURNING id",
        out.key,
        out.contact,
        out.contact,
        out.kind,
        out.answer,
        tx.vault.seal("outbox.content", out.key, json.dumps(dict(out.content), separators=(",", ":"))),
        out.due_at,
        out.due_at,
        out.expires_at,
        out.appointment,
        out.appointment_version,
        out.possible_duplicate,
        out.received_at,
        now,
        now,
    )
    return str(rows[0]["id"]) if rows else None


async def merge(tx: Tx, row: OutboxRow, into: str, now: datetime) -> None:
    """What it would have said is said by another message."""
    await leave(tx, row.id, "merged", into, now)


async def leave(tx: Tx, outbox_id: str, status: Final, reason: str, now: datetime) -> bool:
    """A row that waits, and that will not be sent: kept for its reason. False: it does not wait any more."""
    changed = await tx.execute(
        "UPDATE outbox SET status = ?, reason = ?, changed_at = ? WHERE id = ? AND status = 'queued'",
        status,
        reason[:128],
        now,
        int(outbox_id),
    )
    return changed == 1


# ------------------------------------------------------------ delivery


async def claim_due(
    db: Sql, owner: str, now: datetime, lease_ends_at: datetime, limit: int, channels: Sequence[str] | None = None
) -> list[OutboxRow]:
    """Due rows, now ours, answers first.

    None while sending is paused. `channels`: only these (a throttled one is left out).
    """
    where = (
        "status = 'queued' AND next_try_at <= ? AND NOT EXISTS (SELECT 1 FROM flag WHERE name = 'paused') "
        "AND (NOT answer OR NOT EXISTS (SELECT 1 FROM outbox e WHERE e.contact_id = outbox.contact_id AND e.answer "
        "AND e.status IN ('queued', 'sending') AND e.id < outbox.id))"
    )
    if channels is not None:
        if not channels:
            return []
        where += f" AND channel IN ({marks(len(channels))})"
    rows = await claim(
        db,
        "outbox",
        set_to="status = 'sending', lease_owner = ?, lease_ends_at = ?, next_try_at = ?, fence = fence + 1, "
        "attempts = attempts + 1, changed_at = ?",
        where=where,
        order="answer DESC, next_try_at, id",
        limit=limit,
        args=(owner, lease_ends_at, lease_ends_at, now, now, *(channels or ())),
        returning=_COLUMNS,
    )
    return [_open(db, row) for row in sorted(rows, key=lambda row: (not row["answer"], row["id"]))]


async def accepted(db: Sql, row: OutboxRow, provider_id: str, now: datetime, segments: int = 1) -> bool:
    """The provider has it. A receipt that came before this mark is kept."""
    changed = await db.execute(
        "UPDATE outbox SET provider_id = ?, segments = ?, accepted_at = COALESCE(accepted_at, ?), changed_at = ?, "
        "status = CASE WHEN status IN ('sending', 'unknown') THEN 'accepted' ELSE status END, "
        "reason = CASE WHEN status IN ('sending', 'unknown') THEN NULL ELSE reason END, "
        "lease_owner = NULL, lease_ends_at = NULL WHERE id = ? AND fence = ?",
        provider_id[:255],
        segments,
        now,
        now,
        int(row.id),
        row.fence,
    )
    return changed == 1


async def next_due(db: Sql, now: datetime) -> datetime | None:
    """When the next one that waits may leave."""
    rows = await db.fetch(
        "SELECT min(next_try_at) AS due_at FROM outbox WHERE status = 'queued' AND next_try_at > ?", now
    )
    due: datetime | None = rows[0]["due_at"]
    return due


async def retry(db: Sql, row: OutboxRow, next_try_at: datetime, reason: str, now: datetime) -> bool:
    """It was certainly not processed: queued again."""
    return await _mark(db, row, "queued", reason, now, next_try_at)


async def stays(db: Sql, row: OutboxRow, reason: str, now: datetime, until: datetime | None = None) -> bool:
    """Nothing is sent there at the moment: queued where it stood, before whatever was due later. No try is used up."""
    changed = await db.execute(
        "UPDATE outbox SET status = 'queued', reason = ?, changed_at = ?, next_try_at = COALESCE(?, due_at), "
        "attempts = attempts - 1, lease_owner = NULL, lease_ends_at = NULL "
        "WHERE id = ? AND fence = ? AND status = 'sending'",
        reason[:128],
        now,
        until,
        int(row.id),
        row.fence,
    )
    return changed == 1


async def postpone(db: Sql, row: OutboxRow, until: datetime, reason: str, now: datetime) -> bool:
    """It may not go out yet, so nothing was tried, and it is due only then: it is not late meanwhile."""
    changed = await db.execute(
        "UPDATE outbox SET status = 'queued', reason = ?, changed_at = ?, next_try_at = ?, due_at = ?, "
        "attempts = attempts - 1, lease_owner = NULL, lease_ends_at = NULL "
        "WHERE id = ? AND fence = ? AND status = 'sending'",
        reason[:128],
        now,
        until,
        until,
        int(row.id),
        row.fence,
    )
    return changed == 1


async def unknown(db: Sql, row: OutboxRow, next_try_at: datetime, reason: str, now: datetime) -> bool:
    """It may have arrived: looked up from `next_try_at` on, never sent again blindly (invariant I7)."""
    return await _mark(db, row, "unknown", reason, now, next_try_at)


async def settle(db: Sql, row: OutboxRow, status: Final, reason: str, now: datetime) -> bool:
    """It will not be sent. The reason is for `why`."""
    return await _mark(db, row, status, reason, now, None)


async def expire_leases(db: Sql, now: datetime, reason: str = "crashed") -> list[str]:
    """Rows whose claimer was lost between its call and its mark. Whether they went out is not known."""
    rows = await db.fetch(
        "UPDATE outbox SET status = 'unknown', reason = ?, next_try_at = ?, changed_at = ?, fence = fence + 1, "
        f"lease_owner = NULL, lease_ends_at = NULL WHERE {_UNSETTLED} AND status = 'sending' AND lease_ends_at <= ? "
        "RETURNING id",
        reason,
        now,
        now,
        now,
    )
    return [str(row["id"]) for row in rows]


async def expire_stranded(db: Sql, now: datetime, channels: Sequence[str]) -> list[Stranded]:
    """Queued rows of channels that nobody serves, or whose sender is held, once they are of no use: they wait until
    then, as the channel may be set up again, or the sender freed.
    """
    off = f"channel NOT IN ({marks(len(channels))})" if channels else "TRUE"
    rows = await db.fetch(
        f"UPDATE outbox SET status = 'expired', reason = CASE WHEN {off} THEN 'channel_off' ELSE 'sender_held' END, "
        f"changed_at = ? WHERE status = 'queued' AND expires_at <= ? AND ({off} OR channel IN "
        "(SELECT channel FROM sender)) RETURNING id, channel, kind, answer, reason",
        *channels,
        now,
        now,
        *channels,
    )
    return [Stranded(**(row | {"id": str(row["id"]), "answer": bool(row["answer"])})) for row in rows]


async def claim_unknown(
    db: Sql, owner: str, now: datetime, lease_ends_at: datetime, limit: int, channels: Sequence[str] | None = None
) -> list[OutboxRow]:
    """Unknown rows to be looked up now; ours until the lease ends. `channels`: only these."""
    where = f"{_UNSETTLED} AND status = 'unknown' AND next_try_at <= ?"
    if channels is not None:
        if not channels:
            return []
        where += f" AND channel IN ({marks(len(channels))})"
    rows = await claim(
        db,
        "outbox",
        set_to="lease_owner = ?, lease_ends_at = ?, next_try_at = ?, fence = fence + 1, changed_at = ?",
        where=where,
        order="next_try_at, id",
        limit=limit,
        args=(owner, lease_ends_at, lease_ends_at, now, now, *(channels or ())),
        returning=_COLUMNS,
    )
    return [_open(db, row) for row in sorted(rows, key=lambda row: int(row["id"]))]


async def of_nobody_else(db: Sql, row: OutboxRow, provider_ids: Sequence[str]) -> list[str]:
    """Those of a provider's ids, in their order, that no other row bears: another row's message is not this one."""
    if not provider_ids:
        return []
    rows = await db.fetch(
        f"SELECT provider_id FROM outbox WHERE provider_id IN ({marks(len(provider_ids))}) AND id <> ?",
        *provider_ids,
        int(row.id),
    )
    taken = {row["provider_id"] for row in rows}
    return [id for id in provider_ids if id not in taken]


async def resend(db: Sql, row: OutboxRow, now: datetime) -> bool:
    """The one resend of an unknown row, marked. False: it was marked before, or is no longer ours."""
    changed = await db.execute(
        "UPDATE outbox SET status = 'queued', possible_duplicate = TRUE, next_try_at = ?, changed_at = ?, "
        "lease_owner = NULL, lease_ends_at = NULL "
        "WHERE id = ? AND fence = ? AND status = 'unknown' AND NOT possible_duplicate",
        now,
        now,
        int(row.id),
        row.fence,
    )
    return changed == 1


async def _mark(db: Sql, row: OutboxRow, status: str, reason: str, now: datetime, next_try_at: datetime | None) -> bool:
    changed = await db.execute(
        "UPDATE outbox SET status = ?, reason = ?, changed_at = ?, next_try_at = COALESCE(?, next_try_at), "
        "lease_owner = NULL, lease_ends_at = NULL WHERE id = ? AND fence = ? AND status IN ('sending', 'unknown')",
        status,
        reason[:128],
        now,
        next_try_at,
        int(row.id),
        row.fence,
    )
    return changed == 1


# ------------------------------------------------------------ receipts


async def receipt(
    db: Sql, status: Told, now: datetime, *, outbox_id: str | None, provider_id: str, error: str | None = None
) -> Risen | None:
    """What a provider says became of a row, by our id, else by theirs.

    None: no such row, or it stands as high already.
    """
    if outbox_id is not None and outbox_id.isascii() and outbox_id.isdecimal() and len(outbox_id) <= 18:
        match, by = (
            # Of one that was sent twice, the other copy may tell that it arrived; not that it did not.
            "id = ? AND (provider_id IS NULL OR provider_id = ? OR (possible_duplicate AND ? <> 'failed'))",
            [int(outbox_id), provider_id, status],
        )
    else:
        match, by = "provider_id = ?", [provider_id]
    rows = await db.fetch(
        "UPDATE outbox SET status = ?, reason = ?, changed_at = ?, provider_id = COALESCE(provider_id, ?), "
        "accepted_at = CASE WHEN ? = 'failed' THEN accepted_at ELSE COALESCE(accepted_at, ?) END "
        f"WHERE {match} AND {_RANK} < ? RETURNING id, contact_id, channel, kind, answer, status",
        status,
        error[:128] if error else None,
        now,
        provider_id[:255],
        status,
        now,
        *by,
        RANKS[status],
    )
    if not rows:
        return None
    return Risen(**(rows[0] | {"id": str(rows[0]["id"]), "answer": bool(rows[0]["answer"])}))


async def taken_back(db: Sql, outbox_id: str, provider_id: str, now: datetime) -> int:
    """A state names the row that a provider's message is of. Who was given that message by the provider's log, for its
    equal words, has lost it again: of unknown fate as before.
    """
    if not (outbox_id.isascii() and outbox_id.isdecimal() and len(outbox_id) <= 18):
        return 0
    return await db.execute(
        "UPDATE outbox SET status = 'unknown', reason = 'taken_back', provider_id = NULL, accepted_at = NULL, "
        "next_try_at = ?, changed_at = ? WHERE provider_id = ? AND id <> ? AND status = 'accepted'",
        now,
        now,
        provider_id,
        int(outbox_id),
    )


# ------------------------------------------------------------ what was decided elsewhere


async def suppress(
    tx: Sql,
    appointment: str,
    reason: str,
    now: datetime,
    *,
    before_version: int | None = None,
    kinds: Sequence[str] = (),
) -> int:
    """Queued notices that speak of an appointment that changed. An answer was asked for, and stays.

    `before_version`: only of older versions; `kinds`: only these.
    """
    where, args = "appointment_id = ? AND status = 'queued' AND NOT answer", [appointment]
    values: list[Any] = [reason[:128], now, *args]
    if before_version is not None:
        where += " AND appointment_version < ?"
        values.append(before_version)
    if kinds:
        where += f" AND kind IN ({marks(len(kinds))})"
        values += kinds
    return await tx.execute(
        f"UPDATE outbox SET status = 'suppressed', reason = ?, changed_at = ? WHERE {where}", *values
    )


async def queued(db: Sql, contact: str, since_id: str = "0") -> list[OutboxRow]:
    """What else waits for this contact, in order: a row that a newer one also says is merged into it."""
    rows = await db.fetch(
        f"SELECT {_COLUMNS} FROM outbox WHERE contact_id = ? AND id > ? AND status = 'queued' ORDER BY id",
        contact,
        int(since_id),
    )
    return [_open(db, row) for row in rows]


async def unasked(db: Sql, row: OutboxRow, contacts: Sequence[str], since: datetime) -> int:
    """Messages before this one that nobody asked for, sent since then or under way: the daily cap counts them.

    Of two that leave side by side only the later one counts the other, so one of them goes.
    """
    rows = await db.fetch(
        f"SELECT count(*) AS n FROM outbox WHERE contact_id IN ({marks(len(contacts))}) AND NOT answer AND id <> ? AND "
        "(accepted_at >= ? OR (accepted_at IS NULL AND status IN ('sending', 'unknown') AND id < ?))",
        *contacts,
        int(row.id),
        since,
        int(row.id),
    )
    return int(rows[0]["n"])


async def reminded(db: Sql, contacts: Sequence[str], since: datetime) -> list[tuple[str, datetime]]:
    """Of which appointments these contacts were reminded, and when last; the latest first."""
    rows = await db.fetch(
        f"SELECT {_COLUMNS}, accepted_at FROM outbox WHERE contact_id IN ({marks(len(contacts))}) "
        "AND NOT answer AND kind IN ('reminder', 'soon') AND accepted_at >= ? AND appointment_id IS NOT NULL "
        "ORDER BY accepted_at DESC, id DESC",
        *contacts,
        since,
    )
    said: dict[str, datetime] = {}
    for row in rows:
        at = row.pop("accepted_at")
        told = _open(db, row)
        for id in told.of or (str(told.appointment_id),):
            said.setdefault(id, at)
    return list(said.items())


async def overdue(db: Sql, before: datetime, now: datetime, kinds: Sequence[str]) -> list[OutboxRow]:
    """Rows of these kinds that might have left before then, and of which nobody knows that they did.

    Each is given once: `alarmed_at` remembers (invariant I8).
    """
    rows = await db.fetch(
        "UPDATE outbox SET alarmed_at = ? WHERE id IN (SELECT id FROM outbox WHERE status = 'queued' AND due_at <= ? "
        f"UNION ALL SELECT id FROM outbox WHERE {_UNSETTLED} AND due_at <= ?) "
        "AND alarmed_at IS NULL AND NOT EXISTS (SELECT 1 FROM flag WHERE name = 'paused') "
        f"AND (kind IN ({marks(len(kinds))}) OR (answer AND appointment_id IS NOT NULL)) RETURNING {_COLUMNS}",
        now,
        before,
        before,
        *kinds,
    )
    return [_open(db, row) for row in rows]


async def contacts_of(db: Sql, keys: Sequence[str]) -> set[str]:
    """To whom the rows of these keys were written."""
    rows = await db.fetch(f"SELECT contact_id FROM outbox WHERE key IN ({marks(len(keys))})", *keys)
    return {row["contact_id"] for row in rows}


async def figures(db: Sql, now: datetime) -> Figures:
    """What waits until morning is not late; nor is what waits for somebody to sit down at a terminal."""
    rows = await db.fetch(
        "SELECT count(*) AS pending, min(due_at) AS oldest_at, "
        f"(SELECT count(*) FROM outbox WHERE {_UNSETTLED} AND status = 'unknown') AS unknown "
        "FROM outbox WHERE status = 'queued' AND due_at <= ? AND channel <> 'terminal'",
        now,
    )
    return Figures(**rows[0])


async def get(db: Sql, outbox_id: str) -> OutboxRow | None:
    rows = await db.fetch(f"SELECT {_COLUMNS} FROM outbox WHERE id = ?", int(outbox_id))
    return _open(db, rows[0]) if rows else None


async def of_provider(db: Sql, contact: str, provider_id: str) -> OutboxRow | None:
    """The message to this contact that the provider calls so."""
    rows = await db.fetch(
        f"SELECT {_COLUMNS} FROM outbox WHERE provider_id = ? AND contact_id = ? ORDER BY id DESC LIMIT 1",
        provider_id,
        contact,
    )
    return _open(db, rows[0]) if rows else None


async def history(
    db: Sql, *, contacts: Sequence[str] = (), appointment: str | None = None, limit: int = 200
) -> list[OutboxRow]:
    """Each message that was meant to go out, the latest first, for `why`."""
    where = [f"contact_id IN ({marks(len(contacts))})"] if contacts else []
    where += ["appointment_id = ?"] if appointment else []
    if not where:
        return []
    rows = await db.fetch(
        f"SELECT {_COLUMNS} FROM outbox WHERE {' OR '.join(where)} ORDER BY id DESC LIMIT ?",
        *contacts,
        *([appointment] if appointment else []),
        limit,
    )
    return [_open(db, row) for row in rows]


def _open(db: Sql, row: Row) -> OutboxRow:
    sealed = row["content"]
    row["content"] = None if sealed is None else json.loads(db.vault.unseal("outbox.content", row["key"], sealed))
    row["id"] = str(row["id"])
    row["answer"] = bool(row["answer"])
    row["possible_duplicate"] = bool(row["possible_duplicate"])
    return OutboxRow(**row)
