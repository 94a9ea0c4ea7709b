"""What must hold between rows, whatever happened: `await judge(db, now)` gives each rule that is broken, with ids.

Run by `socialdirect doctor --deep`, after a restore, and by the tests that make things fail. Each rule of CHECKS is one
statement that finds the rows which break it; what needs a calendar or the keys is a function beside them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from storage import holds, models, silences
from storage.booking import QUARTERS, quarter_of
from storage.crypto import Unreadable
from storage.db import Database
from storage.periods import DAY, FIRST_WARNING, SILENT
from storage.sql import marks

SOON = timedelta(minutes=15)  # within which what is due is done, or a human is told (invariant I8)
SHOWN = 5
BATCH = 500


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule that does not hold: how many rows break it, and the ids of the first few."""

    rule: str
    count: int
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """`sql` gives the ids of rows that break `rule`. Each `?` is the same instant: `ago` before now."""

    rule: str
    sql: str
    ago: timedelta = timedelta()


# Nothing is late while sending is paused, nor what waits for somebody to sit down at a terminal.
RUNNING = "channel <> 'terminal' AND NOT EXISTS (SELECT 1 FROM flag WHERE name = 'paused')"

CHECKS = (
    Check(
        "an hour has one owner (I5)",
        "SELECT min(holder_id) AS id FROM busy GROUP BY owner, quarter HAVING count(*) > 1",
    ),
    Check(
        "only holds and booked appointments keep hours",
        "SELECT DISTINCT holder_id AS id FROM busy WHERE holder_id NOT IN (SELECT id FROM hold) "
        "AND holder_id NOT IN (SELECT id FROM appointment WHERE status IN ('booked', 'done', 'missed'))",
    ),
    Check(
        "an appointment has its person, client and worker",
        "SELECT id FROM appointment a WHERE NOT EXISTS (SELECT 1 FROM person p WHERE p.id = a.person_id) "
        "OR NOT EXISTS (SELECT 1 FROM client c WHERE c.id = a.client_id) "
        "OR NOT EXISTS (SELECT 1 FROM worker w WHERE w.id = a.worker_id)",
    ),
    Check(
        "one row of a series stands, at most",
        "SELECT series AS id FROM appointment WHERE status = 'booked' GROUP BY series HAVING count(*) > 1",
    ),
    Check(
        "a moved appointment has its next row",
        "SELECT id FROM appointment a WHERE status = 'moved' AND NOT EXISTS "
        "(SELECT 1 FROM appointment n WHERE n.series = a.series AND n.version = a.version + 1)",
    ),
    Check(
        "every coming appointment was told to somebody (I8)",
        "SELECT id FROM appointment a WHERE status = 'booked' AND start_at > ? "
        "AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.appointment_id = a.id AND o.kind IN ('booked', 'moved'))",
    ),
    Check(
        "a person with a coming appointment has an address",
        "SELECT DISTINCT person_id AS id FROM appointment a WHERE status = 'booked' AND start_at > ? "
        "AND NOT EXISTS (SELECT 1 FROM contact c WHERE c.person_id = a.person_id)",
    ),
    Check(
        "a message being sent has its lease (I6)",
        "SELECT id FROM outbox WHERE status = 'sending' AND lease_ends_at IS NULL",
    ),
    Check(
        "a lease is taken over when it ends",
        "SELECT id FROM outbox WHERE status = 'sending' AND lease_ends_at < ?",
        SOON,
    ),
    Check(
        "no answer waits for longer than 15 minutes (I8)",
        f"SELECT id FROM outbox WHERE answer AND status = 'queued' AND due_at < ? AND {RUNNING}",
        SOON,
    ),
    Check(
        "no notice waits for longer than 15 minutes after it may be sent (I8)",
        f"SELECT id FROM outbox WHERE NOT answer AND status = 'queued' AND next_try_at < ? AND {RUNNING}",
        SOON,
    ),
    Check("no fate stays unknown (I7)", "SELECT id FROM outbox WHERE status = 'unknown' AND next_try_at < ?", SOON),
    Check(
        "what left has its provider's id",
        "SELECT id FROM outbox WHERE status IN ('accepted', 'sent', 'delivered', 'read') AND provider_id IS NULL",
    ),
    Check(
        "no message is left unread for 15 minutes",
        "SELECT id FROM inbox WHERE status = 'new' AND received_at < ?",
        SOON,
    ),
    Check(
        "what was taken in is remembered (I2)",
        "SELECT id FROM inbox i WHERE kind = 'message' AND NOT EXISTS (SELECT 1 FROM ledger l WHERE l.key = i.key)",
    ),
    Check("no timer is late (I14)", "SELECT id FROM timer WHERE status = 'waiting' AND next_try_at < ?", SOON),
    Check(
        "a waiting timer belongs to an appointment that stands (I14)",
        "SELECT id FROM timer t WHERE status = 'waiting' AND subject IS NOT NULL AND subject NOT LIKE 'offers:%' "
        "AND NOT EXISTS "
        "(SELECT 1 FROM appointment a WHERE a.id = t.subject AND a.status IN ('booked', 'done', 'missed'))",
    ),
    Check("nobody has more than three offers from the waiting list", "SELECT id FROM waiting WHERE offers > 3"),
    Check(
        "what is offered from the waiting list is offered to who waits",
        "SELECT id FROM hold h WHERE kind = 'waiting' AND lapses_at > ? AND NOT EXISTS "
        "(SELECT 1 FROM waiting w WHERE w.id = h.about AND w.status = 'offered' AND w.contact_id = h.contact_id)",
    ),
    Check(
        "a document that may be read has its key",
        "SELECT id FROM document WHERE status IN ('kept', 'sent', 'set_aside') AND key IS NULL",
    ),
    Check(
        "a document whose time is over is gone within a day (I18)",
        f"SELECT id FROM document WHERE status <> 'gone' AND ends_at < ? AND NOT {holds.KEPT['document']}",
        timedelta(hours=24),
    ),
    Check(
        "a legal hold has its person",
        "SELECT id FROM legal_hold h WHERE lifted_at IS NULL "
        "AND NOT EXISTS (SELECT 1 FROM person p WHERE p.id = h.person_id) "
        "AND NOT EXISTS (SELECT 1 FROM archive a WHERE a.id = h.person_id)",
    ),
    Check(
        "whose account is closed has none",
        "SELECT id FROM archive WHERE id IN (SELECT id FROM person)",
    ),
    Check(
        "an archive ends within a day (I18)",
        "SELECT id FROM archive WHERE ends_at < ? AND NOT EXISTS "
        "(SELECT 1 FROM legal_hold h WHERE h.person_id = archive.id AND h.lifted_at IS NULL)",
        timedelta(hours=24),
    ),
    Check(
        "who is erased is gone (I18)",
        "SELECT id FROM person WHERE id IN (SELECT person_id FROM erasure WHERE begun_at IS NOT NULL) UNION ALL "
        "SELECT id FROM appointment WHERE person_id IN (SELECT person_id FROM erasure WHERE done_at IS NOT NULL)",
    ),
    Check(
        "who asked to be erased is, within a day (I18)",
        "SELECT person_id AS id FROM erasure WHERE done_at IS NULL AND asked_at < ?",
        timedelta(hours=24),
    ),
    Check(
        "a legal hold is reviewed in time (G17)", "SELECT id FROM legal_hold WHERE lifted_at IS NULL AND review_at < ?"
    ),
    Check(
        "states are those we know",
        "SELECT id FROM outbox WHERE status NOT IN ('queued', 'sending', 'accepted', 'sent', 'delivered', 'read', "
        "'unknown', 'failed', 'suppressed', 'merged', 'expired')",
    ),
)


async def judge(db: Database, now: datetime, tell: Callable[[int], None] | None = None) -> list[Broken]:
    """Every rule, one after the other; each in a statement of its own, so that nobody waits for us."""
    broken = []
    for number, check in enumerate(CHECKS):
        if tell:
            tell(number)
        rows = await db.fetch(check.sql, *[now - check.ago] * check.sql.count("?"))
        broken += _broken(check.rule, [str(row["id"]) for row in rows])
    broken += _broken("nobody heard of for two years keeps their account (I18)", await _silent(db, now))
    broken += _broken("a coming appointment keeps its hour, its worker's and its person's (I5)", await _unkept(db, now))
    for table, columns in models.PERSONAL.items():
        broken += _broken(f"what is sealed in {table} opens (ENCRYPTION_KEYS)", await _unreadable(db, table, columns))
    return broken


def _broken(rule: str, ids: Sequence[str]) -> list[Broken]:
    return [Broken(rule, len(ids), tuple(ids[:SHOWN]))] if ids else []


async def _unkept(db: Database, now: datetime) -> list[str]:
    """Booked appointments to come that lack one of their eight quarters, four of each side."""
    coming = await db.fetch(
        "SELECT id, worker_id, person_id, start_at FROM appointment WHERE status = 'booked' AND start_at > ?", now
    )
    lacking = []
    for at in range(0, len(coming), BATCH):
        some = coming[at : at + BATCH]
        kept = defaultdict(set)
        ids = [row["id"] for row in some]
        for row in await db.fetch(
            f"SELECT holder_id, owner, quarter FROM busy WHERE holder_id IN ({marks(len(ids))})", *ids
        ):
            kept[row["holder_id"]].add((row["owner"], row["quarter"]))
        for row in some:
            first = quarter_of(row["start_at"])
            owners = (f"w:{row['worker_id']}", f"p:{row['person_id']}")
            if kept[row["id"]] != {(owner, first + n) for owner in owners for n in range(QUARTERS)}:
                lacking.append(row["id"])
    return lacking


async def _silent(db: Database, now: datetime) -> list[str]:
    """People who should have been warned, and whose account should be closed a day ago. Whoever was warned late has
    until a month after that."""
    found = await silences.quiet(db, SILENT.before(now - DAY), "", BATCH)
    warned = [each for each in [await silences.get(db, id) for id in found] if each is not None and each.first]
    late = {each.person for each in warned if each.first and each.first + FIRST_WARNING > now - DAY}
    return [id for id in found if id not in late]


async def _unreadable(db: Database, table: str, columns: dict[str, str]) -> list[str]:
    """Rows with a sealed value that none of our keys opens, or that was moved from another row."""
    bound = sorted(set(columns.values()))
    key = bound[0]  # each table binds all of its columns to one
    names = ", ".join(dict.fromkeys([*bound, *columns]))
    found, after = [], ""
    while rows := await db.fetch(f"SELECT {names} FROM {table} WHERE {key} > ? ORDER BY {key} LIMIT {BATCH}", after):
        for row in rows:
            try:
                for column in columns:
                    if row[column] is not None:
                        db.vault.unseal(f"{table}.{column}", str(row[key]), row[column])
            except Unreadable:
                found.append(str(row[key]))
        after = rows[-1][key]
    return found
