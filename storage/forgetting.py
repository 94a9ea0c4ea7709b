"""Strangers who did not want us (they refused the terms, are under 18, gave up): a day later nothing of them is kept
(safety G1, G2), unless they came back and went on, or something of theirs still waits for somebody.

due(db, now) -> ids                     whose day is over
forget(tx, contact, now) -> bool        under its lock. False: it waits, or it is somebody's by now

What stays: the ledger of providers' ids (invariant I2), which says nothing of anybody; and of an address that stopped
us the address itself, sealed, with the instant of the stop: nothing else could tell us not to write there. Copies at
Twilio are deleted; what lies in their own chat on Telegram is theirs, and may hold a number that helps them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from storage import contacts, parting, provider_copies
from storage.db import Sql, Tx
from storage.theirs import Theirs, forget_rows

AT_ONCE: Final = 200
STAYS: Final = frozenset({"contact", "alias"})  # of an address that stopped us

# The desk talks to them, an hour is kept for them, they wait for one, or a message is on its way.
_WAITS: Final = (
    "EXISTS (SELECT 1 FROM ticket t WHERE t.contact_id = contact.id AND t.closed_at IS NULL) "
    "OR EXISTS (SELECT 1 FROM hold h WHERE h.contact_id = contact.id AND h.lapses_at > ?) "
    "OR EXISTS (SELECT 1 FROM waiting w WHERE w.contact_id = contact.id AND w.ended_at IS NULL) "
    "OR EXISTS (SELECT 1 FROM inbox i WHERE i.contact_id = contact.id AND i.status = 'new') "
    "OR EXISTS (SELECT 1 FROM outbox o WHERE o.contact_id = contact.id "
    "AND o.status IN ('queued', 'sending', 'unknown'))"
)
_DUE: Final = f"forget_at <= ? AND person_id IS NULL AND worker_id IS NULL AND NOT ({_WAITS})"


async def due(db: Sql, now: datetime) -> Sequence[str]:
    rows = await db.fetch(f"SELECT id FROM contact WHERE {_DUE} ORDER BY forget_at LIMIT {AT_ONCE}", now, now)
    return [row["id"] for row in rows]


async def forget(tx: Tx, contact: str, now: datetime) -> bool:
    await contacts.hold_off(tx, [contact])
    still = await tx.fetch(f"SELECT id FROM contact WHERE id = ? AND {_DUE}", contact, now, now)
    row = await contacts.get(tx, contact) if still else None
    if row is None:
        return False
    await provider_copies.of_contacts(tx, [(row.id, parting.address_of(row))], now)
    stopped = row.opted_out_at is not None
    await forget_rows(tx, Theirs("", contacts=(contact,)), STAYS if stopped else frozenset())
    if stopped:
        await _bare(tx, contact)
    return True


async def _bare(tx: Tx, contact: str) -> None:
    """A number that is the address itself says no more than that."""
    shows = "channel IN ('sms', 'whatsapp')"
    await tx.execute(
        f"UPDATE contact SET phone = CASE WHEN {shows} THEN phone END, "
        f"phone_index = CASE WHEN {shows} THEN phone_index END, received = 0, failures = 0, last_inbound_at = NULL, "
        "dead_at = NULL, forget_at = NULL WHERE id = ?",
        contact,
    )


async def refused(db: Sql, now: datetime) -> Sequence[tuple[str, str]]:
    """`(contact, person)`: who was signed up by somebody else and refused the terms a day ago, unless the desk is
    still with them about something else.
    """
    rows = await db.fetch(
        "SELECT id, person_id FROM contact WHERE forget_at <= ? AND person_id IS NOT NULL AND NOT EXISTS (SELECT 1 "
        "FROM ticket t WHERE t.person_id = contact.person_id AND t.closed_at IS NULL AND t.kind <> 'terms') "
        f"ORDER BY id LIMIT {AT_ONCE}",
        now,
    )
    return [(row["id"], row["person_id"]) for row in rows]
