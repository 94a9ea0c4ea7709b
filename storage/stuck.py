"""Talks that need a human: with one, in danger, or stuck. This page is the definition.

A talk is stuck when the person has been silent for `QUIET`, the desk is not in it, and one of these holds:

| why | what it means | source |
|---|---|---|
| undelivered | something that we had to tell them reached them on no channel; its ticket is open | invariant I8 |
| broke | our program broke on a message of theirs; its ticket is open | invariant I16 |
| misunderstood | their last two answers in a row, or more, were not understood, within `DRAFT_TIME` | rule 6 |
| unanswered | an hour is kept for them, or we asked about an hour of theirs within `DAY` | articles 4.2 and 5.3 |
| abandoned | a booking or a move was begun, and left within `DAY` | rule 9 |

The rules are those of how the bot talks: errors climb three steps to a human (6), a draft and an hour are kept (9).
Who stopped us, or whose address is dead, waits for nothing of ours. Rows of `ticket` and `conversation` alone are read:
what was said stays sealed.

    needs(db, now, drafts) -> Need         one for each reason, the newest first
    in_order(talks, waiting)               which talk a human sees first
    of_contact(db, contact, now, drafts)   those of one talk
    waits(db, tickets) -> by ticket        since when somebody who is with the desk has had no answer
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal, TypeAlias

from storage.db import Sql
from storage.sql import marks
from storage.tickets import OPEN

Why: TypeAlias = Literal["danger", "human", "undelivered", "broke", "misunderstood", "unanswered", "abandoned"]

QUIET: Final = timedelta(minutes=15)  # as long as a chosen hour is kept: who types an answer is not stuck
DAY: Final = timedelta(days=1)
TWICE: Final = 2
ASKED: Final = ("replaced", "proposed", "one_more", "freed", "missed_call")  # flows that ask about an hour of theirs
BEGUN: Final = ("book", "move", "resume")
STRANGERS: Final = "code"  # the step before which nothing was begun
UNDELIVERED: Final = ("nobody_to_tell", "nobody_reached", "notice_not_sent", "notice_late", "message_unknown")
BROKE: Final = ("inbox_parked", "delivery_failed")
OFFERED: Final = "offer_unanswered"
MOST: Final = 500

_KINDS: Final = ("danger", *UNDELIVERED, *BROKE, OFFERED)


@dataclass(frozen=True, slots=True)
class Need:
    """Why a talk needs a human, since when. `ticket`: the one that says so, `taken` where somebody of the desk has it;
    else where the talk stands: the open question's `flow` and `step`, and how often in a row it was misunderstood.
    """

    contact: str
    why: Why
    since: datetime
    ticket: str | None = None
    flow: str | None = None
    step: str | None = None
    misses: int = 0
    taken: bool = False


async def needs(db: Sql, now: datetime, drafts: timedelta, limit: int = MOST) -> list[Need]:
    """`drafts`: how long an unfinished talk is kept. `limit` of each of the two kinds, by ticket and by question."""
    found = [*await _by_ticket(db, limit), *await _by_question(db, now, drafts, limit)]
    return sorted(found, key=lambda need: (need.since, need.contact), reverse=True)


async def of_contact(db: Sql, contact: str, now: datetime, drafts: timedelta) -> list[Need]:
    found = [*await _by_ticket(db, MOST, contact), *await _by_question(db, now, drafts, MOST, contact)]
    return sorted(found, key=lambda need: need.since, reverse=True)


def in_order(talks: Mapping[str, Sequence[Need]], waiting: Collection[str]) -> list[str]:
    """Contacts: danger that nobody of the desk has looked at; then danger, who is stuck, and who waits for somebody of
    the desk; then who was answered. Of each the newest first. `waiting`: tickets in which somebody wrote last.
    """

    def rank(needs: Sequence[Need]) -> int:
        if any(need.why == "danger" and not need.taken for need in needs):
            return 0
        return 1 if any(need.why != "human" or not need.taken or need.ticket in waiting for need in needs) else 2

    newest = sorted(talks, key=lambda id: (max(need.since for need in talks[id]), id), reverse=True)
    return sorted(newest, key=lambda id: rank(talks[id]))


async def _by_ticket(db: Sql, limit: int, contact: str | None = None) -> list[Need]:
    """`since`: the last time that the person, or the trouble, came up; not what the desk did."""
    mine, args = ("AND contact_id = ? ", (contact,)) if contact is not None else ("", ())
    rows = await db.fetch(
        "SELECT id, contact_id, kind, live, status, COALESCE((SELECT max(e.done_at) FROM ticket_entry e "
        "WHERE e.ticket_id = ticket.id AND e.kind IN ('opened', 'again', 'wrote')), opened_at) AS since_at FROM ticket "
        f"WHERE {OPEN} AND contact_id IS NOT NULL AND (live OR kind IN ({marks(len(_KINDS))})) {mine}"
        "ORDER BY CASE WHEN kind = 'danger' THEN 0 ELSE 1 END, opened_at DESC, id DESC LIMIT ?",
        *_KINDS,
        *args,
        limit,
    )
    return [
        Need(row["contact_id"], why, row["since_at"], row["id"], taken=row["status"] == "taken")
        for row in rows
        for why in _whys(row["kind"], live=bool(row["live"]))
    ]


def _whys(kind: str, *, live: bool) -> list[Why]:
    found: list[Why] = ["human"] if live else []
    if kind == "danger":
        found.append("danger")
    elif kind in UNDELIVERED:
        found.append("undelivered")
    elif kind in BROKE:
        found.append("broke")
    elif kind == OFFERED:
        found.append("unanswered")
    return found


async def _by_question(db: Sql, now: datetime, drafts: timedelta, limit: int, contact: str | None = None) -> list[Need]:
    mine, args = ("AND c.contact_id = ? ", (contact,)) if contact is not None else ("", ())
    kept = "EXISTS (SELECT 1 FROM hold h WHERE h.contact_id = c.contact_id AND h.lapses_at > ?)"
    asked = f"(c.asked_at > ? AND c.flow IN ({marks(len(ASKED))}))"
    begun = f"(c.asked_at > ? AND c.flow IN ({marks(len(BEGUN))}) AND c.step <> ?)"
    rows = await db.fetch(
        "SELECT c.contact_id, c.flow, c.step, c.misses, c.asked_at, CASE WHEN c.misses >= ? THEN 'misunderstood' "
        f"WHEN {kept} OR {asked} THEN 'unanswered' ELSE 'abandoned' END AS why "
        "FROM conversation c JOIN contact k ON k.id = c.contact_id "
        "WHERE c.asked_at > ? AND c.asked_at <= ? AND k.opted_out_at IS NULL AND k.dead_at IS NULL "
        f"AND (c.misses >= ? OR {kept} OR {asked} OR {begun}) {mine}"
        f"AND NOT EXISTS (SELECT 1 FROM ticket t WHERE t.contact_id = c.contact_id AND t.live AND t.{OPEN}) "
        "ORDER BY c.asked_at DESC LIMIT ?",
        *(TWICE, now, now - DAY, *ASKED),
        *(now - drafts, now - QUIET),
        *(TWICE, now, now - DAY, *ASKED, now - DAY, *BEGUN, STRANGERS),
        *args,
        limit,
    )
    return [
        Need(row["contact_id"], row["why"], row["asked_at"], None, row["flow"], row["step"], int(row["misses"]))
        for row in rows
    ]


async def waits(db: Sql, ids: Sequence[str]) -> dict[str, datetime]:
    """Since when somebody waits for an answer, by ticket: their first words after the last of the desk."""
    if not ids:
        return {}
    rows = await db.fetch(
        f"SELECT ticket_id, kind, done_at FROM ticket_entry WHERE ticket_id IN ({marks(len(ids))}) "
        "AND kind IN ('wrote', 'said') ORDER BY id",
        *ids,
    )
    waits: dict[str, datetime] = {}
    for row in rows:
        if row["kind"] == "said":
            waits.pop(row["ticket_id"], None)
        else:
            waits.setdefault(row["ticket_id"], row["done_at"])
    return waits
