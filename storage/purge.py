"""How long machine rows live, and their end. What people told us has lifetimes of its own, by the terms
(`handlers/privacy/`).

`ledger` is not here: that a message was seen is remembered for ever (invariant I2), and says nothing about anybody.
Nor is `step_count`: figures without people stay, folded to one row a day. What a legal hold keeps stays,
too, and goes with the first purge after that was lifted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from storage import holds, steps
from storage.db import Database
from storage.sql import marks

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
YEAR = 365 * DAY  # data of the connection: one year
BATCH = 500

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


UNHEARD = "NOT EXISTS (SELECT 1 FROM contact c WHERE c.person_id = {table}.person_id AND c.last_inbound_at >= ?)"


@dataclass(frozen=True, slots=True)
class Lifetime:
    """`end` is what happens to rows of `table` for which `where` holds, `after` it began to hold (each `?` is that
    instant).
    """

    what: str
    after: timedelta
    table: str
    where: str
    end: str = "DELETE"
    key: str = "id"


LIFETIMES = (
    Lifetime(
        "inbox bodies",
        2 * DAY,
        "inbox",
        "status = 'done' AND settled_at < ? AND body IS NOT NULL",
        end="SET body = NULL",
    ),
    Lifetime(
        "parked inbox bodies",
        30 * DAY,
        "inbox",
        "status = 'parked' AND settled_at < ? AND body IS NOT NULL",
        end="SET body = NULL",
    ),
    Lifetime("inbox rows", YEAR, "inbox", "status <> 'new' AND settled_at < ?"),
    Lifetime(
        "outbox contents",
        7 * DAY,
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
    Lifetime("outbox rows", YEAR, "outbox", "status NOT IN ('queued', 'sending', 'unknown') AND changed_at < ?"),
    Lifetime("timers", 30 * DAY, "timer", "status <> 'waiting' AND settled_at < ?"),
    Lifetime("tries", 30 * DAY, "tries", "tried_at < ?"),
    Lifetime("proofs", 30 * DAY, "proof", "made_at < ?"),
    Lifetime("calls", YEAR, "call", "changed_at < ?"),
    Lifetime(
        "words of closed tickets",
        90 * DAY,
        "ticket_entry",
        "words IS NOT NULL AND EXISTS (SELECT 1 FROM ticket t WHERE t.id = ticket_entry.ticket_id AND t.closed_at < ?)",
        end="SET words = NULL",
    ),
    Lifetime(
        "contexts of closed tickets",
        90 * DAY,
        "ticket",
        "context IS NOT NULL AND closed_at < ?",
        end="SET context = NULL",
    ),
    Lifetime(
        "entries of closed tickets",
        YEAR,
        "ticket_entry",
        "EXISTS (SELECT 1 FROM ticket t WHERE t.id = ticket_entry.ticket_id AND t.closed_at < ?)",
    ),
    Lifetime("closed tickets", YEAR, "ticket", "closed_at < ?"),
    Lifetime("exports asked for", 2 * YEAR, "export", "asked_at < ?"),
    Lifetime("copies of their data that people asked for", YEAR, "data_copy", "made_at < ?"),
    Lifetime("ended sessions", 30 * DAY, "session", "made_at < ?", key="hash"),
    Lifetime("tries to log in", DAY, "login", "tried_at < ?", key="key"),
    Lifetime("answers of the API", DAY, "api_answer", "made_at < ?"),
    Lifetime(
        "former secrets of hooks",
        timedelta(),
        "hook",
        "former_ends_at < ?",
        end="SET former_secret = NULL, former_ends_at = NULL",
    ),
    Lifetime("news of hooks", 30 * DAY, "hook_news", "status <> 'queued' AND settled_at < ?"),
    # Links that were mailed are good for a month, and rule out what was mailed before them for another.
    Lifetime("mailed links", 60 * DAY, "email_proof", "made_at < ?"),
    Lifetime("link tokens", 30 * DAY, "token", "expires_at < ?", key="hash"),
    Lifetime("lapsed hours", HOUR, "busy", "lapses_at < ?"),
    Lifetime("documents that are gone", 30 * DAY, "document", "status = 'gone' AND ends_at < ?"),
    Lifetime("fetched media", 30 * DAY, "media", "settled_at < ?"),
    Lifetime("ended waits", 30 * DAY, "waiting", "ended_at < ?"),
    Lifetime("lapsed holds", 7 * DAY, "hold", "lapses_at < ?"),
    Lifetime("lapsed refusals", 30 * DAY, "refusal", "lapses_at < ?"),
    Lifetime("workers' past times", 30 * DAY, "span", "end_at < ?"),
    # Of what people wrote to their worker: two years after they were last heard.
    Lifetime("messages", 2 * YEAR, "message", f"written_at < ? AND {UNHEARD.format(table='message')}"),
    Lifetime(
        "decisions",
        2 * YEAR,
        "decision",
        "decided_at < ? AND (kind = 'warning' OR ended_at < ?)",
    ),
    Lifetime("reports", 2 * YEAR, "report", f"made_at < ? AND {UNHEARD.format(table='report')}"),
)
PAST_HOURS = 2 * DAY  # quarters of hours that are over keep nobody from anything


async def purge(db: Database, now: datetime) -> dict[str, int]:
    """Ends what is due, in short transactions. How many rows, by lifetime; nothing is said of those that had none."""
    ended = {lifetime.what: await _end(db, lifetime, now - lifetime.after) for lifetime in LIFETIMES}
    ended["counts folded"] = await steps.fold(db)
    ended["past hours"] = await _past_hours(db, (now - PAST_HOURS - EPOCH) // timedelta(minutes=15))
    return {what: count for what, count in ended.items() if count}


async def _end(db: Database, lifetime: Lifetime, before: datetime) -> int:
    act = f"UPDATE {lifetime.table} {lifetime.end}" if lifetime.end != "DELETE" else f"DELETE FROM {lifetime.table}"
    kept = holds.KEPT.get(lifetime.table, "FALSE")
    chosen = f"SELECT {lifetime.key} FROM {lifetime.table} WHERE ({lifetime.where}) AND NOT {kept} LIMIT {BATCH}"
    total = 0
    while True:
        ended = await db.execute(f"{act} WHERE {lifetime.key} IN ({chosen})", *[before] * chosen.count("?"))
        total += ended
        if ended < BATCH:
            return total


async def _past_hours(db: Database, before: int) -> int:
    total = 0
    while True:
        rows = await db.fetch(f"SELECT holder_id FROM busy WHERE opens AND quarter < ? LIMIT {BATCH}", before)
        holders = sorted({row["holder_id"] for row in rows})
        if not holders:
            return total
        total += await db.execute(f"DELETE FROM busy WHERE holder_id IN ({marks(len(holders))})", *holders)
