"""The state of a talk, saved under a revision: a writer that read an older one is refused (invariant I4).

load(tx, contact) -> Saved(state, revision)        state: what was saved, as JSON data; None for a first contact
save(tx, contact, state, revision, now)            raises Stale when somebody wrote meanwhile
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from storage.db import Sql, Tx


class Stale(Exception):
    """The state was saved by another turn since it was read. Cannot happen under the contact's lock."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What is remembered; revision 0 is 'nothing yet'."""

    state: dict[str, Any] | None
    revision: int


async def load(db: Sql, contact: str) -> Saved:
    rows = await db.fetch("SELECT state, revision FROM conversation WHERE contact_id = ?", contact)
    if not rows:
        return Saved(None, 0)
    return Saved(json.loads(db.vault.unseal("conversation.state", contact, rows[0]["state"])), rows[0]["revision"])


async def save(tx: Tx, contact: str, state: Mapping[str, Any], revision: int, now: datetime) -> None:
    """`revision` is the one that was loaded."""
    sealed = tx.vault.seal("conversation.state", contact, json.dumps(state, separators=(",", ":")))
    written = await tx.execute(
        "INSERT INTO conversation (contact_id, revision, state, saved_at) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (contact_id) DO UPDATE "
        "SET revision = excluded.revision, state = excluded.state, saved_at = excluded.saved_at "
        "WHERE conversation.revision = excluded.revision - 1",
        contact,
        revision + 1,
        sealed,
        now,
    )
    if not written:
        raise Stale(contact)
