"""How long machine rows live, and their end. What people told us has lifetimes of its own, by the terms
(`handlers/privacy/`).

`ledger` is not here: that a message was seen is remembered for ever (invariant I2), and says nothing about anybody.
Nor is `step_count`: figures without people stay, folded to one row a day. What a legal hold keeps stays,
too, what the trail notes of its person among it, and goes with the first purge after that was lifted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from storage import contacts, feedback, holds, steps
from storage.db import Database
from storage.periods import (
    BODIES,
    CONNECTION,
    CONTENTS,
    DAY,
    DECISIONS,
    DEEDS,
    HOUR,
    MAILED,
    PARKED,
    SHORT,
    SILENT,
    TICKET_WORDS,
    Period,
    before,
)
from storage.sql import marks

BATCH = 500

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


# Nor of whoever has the address since it was taken from them, while they may still prove that it is them.
UNHEARD = (
    "NOT EXISTS (SELECT 1 FROM contact c LEFT JOIN contact h ON h.id = c.heir_id "
    "WHERE c.person_id = {table}.person_id AND (c.last_inbound_at >= ? OR h.last_inbound_at >= ?))"
)
# What of the trail of deeds proves that something was decided, accepted, erased or given out: five years, as claims
# live. Everything else, looks and logins, are data of a connection.
PROOFS: Final = (
    *("warn", "suspend", "end suspension", "suspension over", "lift suspension", "decide closing", "contest"),
    *("uphold decision", "take decision back", "declare another decided"),
    *("settle report: no_ground", "settle report: warning", "settle report: suspension"),
    *("ask erasure", "erase", "erase refused", "ask closing", "close account", "close account refused"),
    *("hold", "release hold", "see archive", "restrict", "instruct", "delete document"),
    *("correct name", "correct language", "change address", "change number"),
    *("ask export", "approve export", "refuse export", "fetch export", "export"),
    *("backup", "restore"),
)
_PROOF = f"action IN ({', '.join(repr(each) for each in PROOFS)})"
# Nobody's address: who never had an account, or has none any more; but for one that stopped us, or we would write there
# again. What is kept elsewhere of them ends first.
STRANGER = (
    "person_id IS NULL AND worker_id IS NULL AND opted_out_at IS NULL "
    "AND COALESCE(last_inbound_at, created_at) < ? AND created_at < ? "
    "AND NOT EXISTS (SELECT 1 FROM inbox i WHERE i.contact_id = contact.id) "
    "AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.contact_id = contact.id) "
    "AND NOT EXISTS (SELECT 1 FROM ticket t WHERE t.contact_id = contact.id)"
)


@dataclass(frozen=True, slots=True)
class Lifetime:
    """`end` is what happens to rows of `table` for which `where` holds, `after` it began to hold (each `?` is that
    instant).
    """

    what: str
    after: Period
    table: str
    where: str
    end: str = "DELETE"
    key: str = "id"


LIFETIMES = (
    Lifetime(
        "inbox bodies",
        BODIES,
        "inbox",
        "status = 'done' AND settled_at < ? AND body IS NOT NULL",
        end="SET body = NULL",
    ),
    Lifetime(
        "parked inbox bodies",
        PARKED,
        "inbox",
        "status = 'parked' AND settled_at < ? AND body IS NOT NULL",
        end="SET body = NULL",
    ),
    Lifetime("inbox rows", CONNECTION, "inbox", "status <> 'new' AND settled_at < ?"),
    Lifetime(
        "outbox contents",
        CONTENTS,
        "outbox",
        "status NOT IN ('queued', 'sending', 'unknown') AND changed_at < ? AND content IS NOT NULL",
        end="SET content = NULL",
    ),
    Lifetime(
        "one-time codes",
        HOUR,
        "outbox",
        "kind = 'one_time_code' AND status NOT IN ('queued', 'sending', 'unknown') AND changed_at < ? "
        "AND content IS NOT NULL",
        end="SET content = NULL",
    ),
    Lifetime("outbox rows", CONNECTION, "outbox", "status NOT IN ('queued', 'sending', 'unknown') AND changed_at < ?"),
    Lifetime("timers", SHORT, "timer", "status <> 'waiting' AND settled_at < ?"),
    Lifetime("tries", SHORT, "tries", "tried_at < ?"),
    Lifetime("proofs", SHORT, "proof", "made_at < ?"),
    Lifetime("calls", CONNECTION, "call", "changed_at < ?"),
    Lifetime(
        "words of closed tickets",
        TICKET_WORDS,
        "ticket_entry",
        "words IS NOT NULL AND EXISTS (SELECT 1 FROM ticket t WHERE t.id = ticket_entry.ticket_id AND t.closed_at < ?)",
        end="SET words = NULL",
    ),
    Lifetime(
        "contexts of closed tickets",
        TICKET_WORDS,
        "ticket",
        "context IS NOT NULL AND closed_at < ?",
        end="SET context = NULL",
    ),
    Lifetime(
        "entries of closed tickets",
        CONNECTION,
        "ticket_entry",
        "EXISTS (SELECT 1 FROM ticket t WHERE t.id = ticket_entry.ticket_id AND t.closed_at < ?)",
    ),
    Lifetime("closed tickets", CONNECTION, "ticket", "closed_at < ?"),
    Lifetime("exports asked for", DEEDS, "export", "asked_at < ?"),
    Lifetime("copies of their data that people asked for", CONNECTION, "data_copy", "made_at < ?"),
    Lifetime("ended sessions", SHORT, "session", "made_at < ?", key="hash"),
    Lifetime("tries to log in", DAY, "login", "tried_at < ?", key="key"),
    Lifetime("answers of the API", DAY, "api_answer", "made_at < ?"),
    Lifetime(
        "former secrets of hooks",
        timedelta(),
        "hook",
        "former_ends_at < ?",
        end="SET former_secret = NULL, former_ends_at = NULL",
    ),
    Lifetime("news of hooks", SHORT, "hook_news", "status <> 'queued' AND settled_at < ?"),
    # Links that were mailed are good for a month, and rule out what was mailed before them for another.
    Lifetime("mailed links", MAILED, "email_proof", "made_at < ?"),
    Lifetime("link tokens", SHORT, "token", "expires_at < ?", key="hash"),
    Lifetime("lapsed hours", HOUR, "busy", "lapses_at < ?"),
    Lifetime("documents that are gone", SHORT, "document", "status = 'gone' AND ends_at < ?"),
    Lifetime("fetched media", SHORT, "media", "settled_at < ?"),
    Lifetime("ended waits", SHORT, "waiting", "ended_at < ?"),
    Lifetime("lapsed holds", 7 * DAY, "hold", "lapses_at < ?"),
    Lifetime("lapsed refusals", SHORT, "refusal", "lapses_at < ?"),
    Lifetime("workers' past times", SHORT, "span", "end_at < ?"),
    # Of what people wrote to their worker: two years after they were last heard.
    Lifetime("messages", SILENT, "message", f"written_at < ? AND {UNHEARD.format(table='message')}"),
    Lifetime(
        "decisions",
        DECISIONS,
        "decision",
        "decided_at < ? AND (kind = 'warning' OR ended_at < ?)",
    ),
    Lifetime("reports", SILENT, "report", f"made_at < ? AND {UNHEARD.format(table='report')}"),
    Lifetime(
        "talks",
        SILENT,
        "conversation",
        "saved_at < ? AND NOT EXISTS "
        "(SELECT 1 FROM contact c WHERE c.id = conversation.contact_id AND c.last_inbound_at >= ?)",
        key="contact_id",
    ),
    Lifetime(
        "archives",
        timedelta(),
        "archive",
        "ends_at < ? AND NOT EXISTS "
        "(SELECT 1 FROM legal_hold h WHERE h.person_id = archive.id AND h.lifted_at IS NULL)",
    ),
    Lifetime("disputes that are over", DEEDS, "legal_hold", "lifted_at < ?"),
    Lifetime("looks and logins", CONNECTION, "audit", f"done_at < ? AND NOT {_PROOF}"),
    Lifetime("deeds", DEEDS, "audit", f"done_at < ? AND {_PROOF}"),
)
STRANGERS: Final = "strangers' addresses"
PAST_HOURS = 2 * DAY  # quarters of hours that are over keep nobody from anything


async def purge(db: Database, now: datetime) -> dict[str, int]:
    """Ends what is due, in short transactions. How many rows, by lifetime; nothing is said of those that had none."""
    ended = {lifetime.what: await _end(db, lifetime, before(lifetime.after, now)) for lifetime in LIFETIMES}
    ended[STRANGERS] = await _strangers(db, before(CONNECTION, now))
    ended["words of feedback"] = await feedback.end_words(db, before(SILENT, now).date())
    ended["counts folded"] = await steps.fold(db)
    ended["past hours"] = await _past_hours(db, (now - PAST_HOURS - EPOCH) // timedelta(minutes=15))
    return {what: count for what, count in ended.items() if count}


async def _end(db: Database, lifetime: Lifetime, until: datetime) -> int:
    act = f"UPDATE {lifetime.table} {lifetime.end}" if lifetime.end != "DELETE" else f"DELETE FROM {lifetime.table}"
    kept = holds.KEPT.get(lifetime.table, "FALSE")
    chosen = f"SELECT {lifetime.key} FROM {lifetime.table} WHERE ({lifetime.where}) AND NOT {kept} LIMIT {BATCH}"
    total = 0
    while True:
        ended = await db.execute(f"{act} WHERE {lifetime.key} IN ({chosen})", *[until] * chosen.count("?"))
        total += ended
        if ended < BATCH:
            return total


async def _strangers(db: Database, until: datetime) -> int:
    """With the talk and the aliases of each, one by one: a webhook may just be writing to it."""
    total = 0
    while rows := await db.fetch(f"SELECT id FROM contact WHERE {STRANGER} LIMIT {BATCH}", until, until):
        for row in rows:
            async with db.transaction() as tx:
                await contacts.pinned(tx, row["id"])
                if await tx.fetch(f"SELECT id FROM contact WHERE id = ? AND {STRANGER}", row["id"], until, until):
                    await contacts.end(tx, row["id"])
                    total += 1
    return total


async def _past_hours(db: Database, before: int) -> int:
    total = 0
    while True:
        rows = await db.fetch(f"SELECT holder_id FROM busy WHERE opens AND quarter < ? LIMIT {BATCH}", before)
        holders = sorted({row["holder_id"] for row in rows})
        if not holders:
            return total
        total += await db.execute(f"DELETE FROM busy WHERE holder_id IN ({marks(len(holders))})", *holders)
