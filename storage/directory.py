"""Clients, codes, workers: read whole, and written as `booking.loading` planned it.

version(db); workers(db, since)                    what the compiled directory is made from
raise_version(tx, workers) -> version              these have changed; everybody who changes them waits here
standing(db, now) -> Standing                      what a load is compared with
lock(tx)                                           one load at a time: before `standing`
write(tx, plan)                                    all of it, and the next version
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from booking.codes import normal
from booking.loading import NewCode, Plan, Standing
from booking.model import Client, ClientKind, Closure, Code, CodeId, Hours, Mode, Motive, NotifyBy, Span, Worker
from storage import spans
from storage.appointments import appointment_of
from storage.contacts import DISOWNED
from storage.db import Sql, Tx
from storage.sql import Row, marks


async def version(db: Sql) -> int:
    """0 before the first load."""
    rows = await db.fetch("SELECT version FROM directory_version WHERE id = 1")
    return rows[0]["version"] if rows else 0


async def workers(db: Sql, since: int = -1) -> list[Worker]:
    """Those who changed, or whose own times did, after the version `since`."""
    rows = await db.fetch("SELECT id, ref, card, rules, suspended FROM worker WHERE version > ? ORDER BY ref", since)
    times = await spans.of_changed(db, since)
    return [_worker(db, row, times.get(row["id"], ())) for row in rows]


async def raise_version(tx: Sql, workers: Sequence[str] = ()) -> int:
    """The next version. Whoever books meanwhile was here before, and is seen after this, or comes after us."""
    rows = await tx.fetch(
        "INSERT INTO directory_version (id, version) VALUES (1, 1) "
        "ON CONFLICT (id) DO UPDATE SET version = directory_version.version + 1 RETURNING version"
    )
    version = int(rows[0]["version"])
    for worker in workers:
        await tx.execute("UPDATE worker SET version = ? WHERE id = ?", version, worker)
    return version


async def lock(tx: Tx) -> None:
    """Waits for another load to end: what it wrote is what ours is compared with."""
    await tx.execute(
        "INSERT INTO directory_version (id, version) VALUES (1, 0) "
        "ON CONFLICT (id) DO UPDATE SET version = directory_version.version"
    )


async def standing(db: Sql, now: datetime) -> Standing:
    clients = await db.fetch("SELECT id, ref, name, kind, suspended FROM client")
    codes = await db.fetch("SELECT id, client_id, letters, valid_from_on, valid_until_on, max_accounts FROM code")
    coming = await db.fetch("SELECT * FROM appointment WHERE status = 'booked' AND start_at > ?", now)
    return Standing(
        clients={row["ref"]: client_of(row) for row in clients},
        codes={normal(letters_of(db, row)) or "": code_of(row) for row in codes},
        workers={worker.ref: worker for worker in await workers(db)},
        appointments=[appointment_of(db, row) for row in coming],
    )


async def write(tx: Tx, plan: Plan, now: datetime | None = None) -> int:
    """The new version of the directory. `now`: from when on a worker's other addresses are doubted, whose number or
    mailbox it replaces (`booking.trust`).
    """
    for client in (*plan.new_clients, *plan.changed_clients):
        await _put(tx, "client", _client_values(client))
    for new in plan.new_codes:
        await _put(tx, "code", _code_values(new.code) | _letters(tx, new))
    for code in plan.changed_codes:
        values = _code_values(code)
        await tx.execute(
            f"UPDATE code SET {', '.join(f'{name} = ?' for name in values)} WHERE id = ?", *values.values(), code.id
        )
    version = await raise_version(tx)
    for worker in plan.changed_workers if now is not None else ():
        values = _worker_values(tx, worker)
        await tx.execute(
            "UPDATE worker SET changed_at = ? WHERE id = ? AND (phone_index <> ? OR email_index <> ?)",
            now,
            worker.id,
            values["phone_index"],
            values["email_index"],
        )
    for worker in (*plan.new_workers, *plan.changed_workers):
        await _put(tx, "worker", {**_worker_values(tx, worker), "version": version})
    await _join_contacts(tx)
    return version


async def invited(db: Sql, ref: str) -> tuple[Client, Mapping[str, Code]] | None:
    """A client and its codes, by their letters as they were written. None: no client has this ref."""
    clients = await db.fetch("SELECT id, ref, name, kind, suspended FROM client WHERE ref = ?", ref)
    if not clients:
        return None
    rows = await db.fetch(
        "SELECT id, client_id, letters, valid_from_on, valid_until_on, max_accounts FROM code "
        "WHERE client_id = ? ORDER BY id",
        clients[0]["id"],
    )
    return client_of(clients[0]), {letters_of(db, row): code_of(row) for row in rows}


async def accounts(db: Sql, code: CodeId) -> int:
    """How many of its seats are taken."""
    rows = await db.fetch("SELECT count(*) AS n FROM person WHERE code_id = ?", code)
    return int(rows[0]["n"])


async def letters(db: Sql, code: CodeId) -> str | None:
    """A code as it was written, for the desk."""
    rows = await db.fetch("SELECT id, letters FROM code WHERE id = ?", code)
    return letters_of(db, rows[0]) if rows else None


def letters_of(db: Sql, row: Row) -> str:
    return db.vault.read("code.letters", row["id"], row["letters"])


def code_index(db: Sql, normal_form: str) -> bytes:
    return db.vault.index("code", normal_form)


async def _join_contacts(tx: Tx) -> None:
    """A worker's number, as the directory gives it, is theirs by SMS; one that two workers share is nobody's. Not one
    that a person has, or that was taken from the worker since (threat T30)."""
    await tx.execute(
        "UPDATE contact SET worker_id = (SELECT CASE WHEN count(*) = 1 THEN max(w.id) END FROM worker w "
        "WHERE w.phone_index = contact.phone_index) WHERE channel = 'sms' AND parted_at IS NULL "
        "AND NOT EXISTS (SELECT 1 FROM contact o WHERE o.heir_id = contact.id) "  # it is to be proven first
        "AND (worker_id IS NOT NULL OR (person_id IS NULL AND phone_index IN (SELECT phone_index FROM worker) "
        f"AND NOT EXISTS (SELECT 1 {DISOWNED} AND o.channel = 'sms' AND w.phone_index = contact.phone_index)))"
    )


async def _put(tx: Tx, table: str, values: Mapping[str, Any]) -> None:
    changes = ", ".join(f"{name} = excluded.{name}" for name in values if name != "id")
    await tx.execute(
        f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks(len(values))}) "
        f"ON CONFLICT (id) DO UPDATE SET {changes}",
        *values.values(),
    )


# ------------------------------------------------------------ rows and nouns


def client_of(row: Row) -> Client:
    return Client(row["id"], row["ref"], row["name"], ClientKind(row["kind"]), bool(row["suspended"]))


def code_of(row: Row) -> Code:
    since: date | None = row["valid_from_on"]
    until: date | None = row["valid_until_on"]
    return Code(row["id"], row["client_id"], since, until, row["max_accounts"])


def _client_values(client: Client) -> dict[str, Any]:
    return {
        "id": client.id,
        "ref": client.ref,
        "name": client.name,
        "kind": client.kind.value,
        "suspended": client.suspended,
    }


def _code_values(code: Code) -> dict[str, Any]:
    return {
        "id": code.id,
        "client_id": code.client,
        "valid_from_on": code.valid_from,
        "valid_until_on": code.valid_until,
        "max_accounts": code.max_accounts,
    }


def _letters(tx: Tx, new: NewCode) -> dict[str, Any]:
    return {
        "letters": tx.vault.seal("code.letters", new.code.id, new.letters),
        "letters_index": code_index(tx, normal(new.letters) or ""),
    }


def _worker_values(tx: Tx, worker: Worker) -> dict[str, Any]:
    card = {
        "first_name": worker.first_name,
        "last_name": worker.last_name,
        "phone": worker.phone,
        "email": worker.email,
        "address": worker.address,
        "bio": dict(worker.bio),
    }
    rules = {
        "motives": sorted(worker.motives),
        "modes": sorted(worker.modes),
        "languages": worker.languages,
        "hours": [[sorted(h.days), h.start.isoformat(), h.end.isoformat()] for h in worker.hours],
        "closed": [[c.first.isoformat(), c.last.isoformat()] for c in worker.closed],
        "time_zone": worker.time_zone,
        "notify_by": worker.notify_by,
        "works_on_holidays": worker.works_on_holidays,
    }
    return {
        "id": worker.id,
        "ref": worker.ref,
        "card": tx.vault.seal("worker.card", worker.id, json.dumps(card)),
        "phone_index": tx.vault.index("phone", worker.phone),
        "email_index": tx.vault.index("email", worker.email.casefold()),
        "rules": json.dumps(rules),
        "suspended": worker.suspended,
    }


def _worker(db: Sql, row: Row, times: tuple[Span, ...]) -> Worker:
    card = json.loads(db.vault.unseal("worker.card", row["id"], row["card"]))
    rules = json.loads(row["rules"])
    return Worker(
        id=row["id"],
        ref=row["ref"],
        first_name=card["first_name"],
        last_name=card["last_name"],
        phone=card["phone"],
        email=card["email"],
        notify_by=NotifyBy(rules["notify_by"]),
        motives=frozenset(map(Motive, rules["motives"])),
        modes=frozenset(map(Mode, rules["modes"])),
        languages=tuple(rules["languages"]),
        hours=tuple(
            Hours(frozenset(days), time.fromisoformat(start), time.fromisoformat(end))
            for days, start, end in rules["hours"]
        ),
        closed=tuple(Closure(date.fromisoformat(a), date.fromisoformat(b)) for a, b in rules["closed"]),
        time_zone=rules["time_zone"],
        address=card["address"],
        works_on_holidays=rules["works_on_holidays"],
        suspended=bool(row["suspended"]),
        bio=card["bio"],
        spans=times,
    )
