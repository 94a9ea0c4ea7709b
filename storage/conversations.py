"""The state of a talk, saved under a revision: a writer that read an older one is refused (invariant I4).

load(tx, contact) -> Saved(state, revision)        state: what was saved, as JSON data; None for a first contact
save(tx, contact, state, revision, now)            raises Stale when somebody wrote meanwhile
stands(db, contact)                                which question is open

Which question is open stands beside the sealed state, in names of ours, so that `stuck.py` finds it.
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


async def stands(db: Sql, contact: str) -> tuple[str, int, datetime] | None:
    """The open question as `flow.step`, how often in a row it was misunderstood, and since when. None: none is open."""
    rows = await db.fetch(
        "SELECT flow, step, misses, asked_at FROM conversation WHERE contact_id = ? AND asked_at IS NOT NULL", contact
    )
    return (f"{rows[0]['flow']}.{rows[0]['step']}", int(rows[0]["misses"]), rows[0]["asked_at"]) if rows else None


async def save(tx: Tx, contact: str, state: Mapping[str, Any], revision: int, now: datetime) -> None:
    """`revision` is the one that was loaded."""
    sealed = tx.vault.seal("conversation.state", contact, json.dumps(state, separators=(",", ":")))
    written = await tx.execute(
        "INSERT INTO conversation (contact_id, revision, state, saved_at, flow, step, misses, asked_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (contact_id) DO UPDATE "
        "SET revision = excluded.revision, state = excluded.state, saved_at = excluded.saved_at, "
        "flow = excluded.flow, step = excluded.step, misses = excluded.misses, asked_at = excluded.asked_at "
        "WHERE conversation.revision = excluded.revision - 1",
        contact,
        revision + 1,
        sealed,
        now,
        *_open_question(state),
    )
    if not written:
        raise Stale(contact)


async def forget(tx: Tx, contact: str) -> None:
    """The talk begins anew. Under the contact's lock."""
    await tx.execute("DELETE FROM conversation WHERE contact_id = ?", contact)


def _open_question(state: Mapping[str, Any]) -> tuple[str | None, str | None, int, datetime | None]:
    """Flow, step, misses, since when; as `conversations/state.py` writes the prompt."""
    prompt = state.get("prompt")
    if not prompt:
        return None, None, 0, None
    return prompt["flow"], prompt["step"], prompt["misses"], datetime.fromisoformat(prompt["at"])
