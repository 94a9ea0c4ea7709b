"""A row of somebody's in every table that can hold one, and a value in every column that is sealed: a new table is
filled before it holds anybody's row, since it is found by the models and by `whose.WHOSE`.

await fill(place, person, contact, "canary")    what is there already stays; the rest is written by hand
await bare(db, person) -> tables                 that hold no row of theirs
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any, Final

from tortoise import fields
from tortoise.fields import Field
from tortoise.models import Model

from storage import counters, models, tokens
from storage.crypto import Vault
from storage.db import Database
from storage.models import PERSONAL
from storage.sql import marks
from storage.whose import WHOSE, of_people, where
from tests.handlers.path.place import Place

# What is over, and what nobody is to act upon. A file that lies at a provider is deleted there first (`test_media.py`).
SAID: Final[dict[str, dict[str, Any]]] = {
    "ticket": {"kind": "human", "status": "closed", "subject": None, "live": False},
    "ticket_entry": {"kind": "note"},
    "hold": {"kind": "chosen", "mode": "phone", "about": None},
    "waiting": {"status": "ended"},
    "call": {"status": "ended"},
    "decision": {"kind": "warning", "ground": "other", "until_at": None, "contested_at": None},
    "email_proof": {"why": "account"},
    "instruction": {"wish": "hand_over"},
    "media": {"status": "here", "ref": None, "channel": "sms", "document_id": None},
    "document": {"status": "gone", "key": None},
    "proof": {"purpose": "export", "way": "sms", "outcome": None, "settled_at": None},
    "alias": {"channel": "sms"},
    "timer": {"kind": "claim_over", "status": "done", "data": None, "subject": None},
    "report": {"verdict": "no_ground"},
}
UNSEALED: Final = {("media", "ref"), ("document", "key")}
WORDED: Final = {("ticket", "context"), ("waiting", "wish"), ("conversation", "state")}  # JSON


def of(table: str) -> type[Model]:
    found = [each for each in vars(models).values() if isinstance(each, type) and issubclass(each, Model)]
    return next(each for each in found if each is not Model and each._meta.db_table == table)


async def fill(place: Place, person: str, contact: str, words: str) -> None:
    db, now = place.parts.db, place.clock.now
    for table in await bare(db, person):
        await _row(place, table, {**await _ids(place, person, contact), **SAID.get(table, {})}, words)
    for table in WHOSE:
        await _sealed(db, table, person, words)
    ids = await _ids(place, person, contact)
    [number] = await db.fetch("SELECT phone_index FROM person WHERE id = ?", person)
    later = now + timedelta(days=30)
    for purpose, object_ in (
        ("appointment", ids["appointment_id"]),
        ("upload", f"{contact}.20260302"),
        ("copy", ids["data_copy"]),
        ("email", ids["email_proof"]),
    ):
        await tokens.give(db, purpose, object_, later)
    for key in (f"contact:{contact}", f"message:person:{person}:claire", f"proof:{contact}"):
        await counters.add_try(db, key, now)
    if number["phone_index"] is not None:
        await counters.add_try(db, f"proof:{number['phone_index'].hex()}", now)


async def bare(db: Database, person: str) -> list[str]:
    """In an order in which what hangs on others' rows comes after these."""
    whom = of_people(f"SELECT id FROM person WHERE id = '{person}'")
    found = []
    for table in reversed(list(WHOSE)):
        rows = await db.fetch(f"SELECT count(*) AS n FROM {table} WHERE {where(table, whom)}")
        found += [table] if not rows[0]["n"] else []
    return found


async def _ids(place: Place, person: str, contact: str) -> dict[str, Any]:
    async def first(table: str, column: str = "id") -> str:
        rows = await place.parts.db.fetch(f"SELECT {column} AS id FROM {table} WHERE person_id = ? LIMIT 1", person)
        return str(rows[0]["id"]) if rows else place.parts.new_id()

    return {
        "person_id": person,
        "contact_id": contact,
        "sent_to": contact,
        "worker_id": "claire",
        "client_id": "ports",
        "appointment_id": await first("appointment"),
        "series": await first("appointment", "series"),
        "ticket_id": await first("ticket"),
        "email_proof": await first("email_proof"),
        "data_copy": await first("data_copy"),
    }


async def _row(place: Place, table: str, known: dict[str, Any], words: str) -> None:
    db, meta = place.parts.db, of(table)._meta
    row: dict[str, Any] = {}
    for name, field in meta.fields_map.items():
        if name == meta.pk_attr and isinstance(field, fields.BigIntField):
            continue
        own = place.parts.new_id() if name == meta.pk_attr else None
        row[name] = known.get(name, own) if name in known or own else _plain(place, name, field)
    for column, bound in PERSONAL.get(table, {}).items():
        if (table, column) not in UNSEALED:
            row[column] = _seal(db.vault, table, column, str(row[bound]), words)
    await db.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks(len(row))})", *row.values())


def _plain(place: Place, name: str, field: Field[Any]) -> Any:
    if name.endswith("_index"):
        return place.parts.db.vault.index("filled", place.parts.new_id())
    if isinstance(field, fields.DatetimeField):
        return place.clock.now
    if isinstance(field, fields.DateField):
        return place.clock.now.date()
    if isinstance(field, fields.BooleanField):
        return False
    return 0 if isinstance(field, fields.IntField | fields.BigIntField) else "x"


def _seal(vault: Vault, table: str, column: str, bound: str, words: str) -> bytes | None:
    said = json.dumps({"words": words}, ensure_ascii=False) if (table, column) in WORDED else words
    return vault.seal(f"{table}.{column}", bound, said)


async def _sealed(db: Database, table: str, person: str, words: str) -> None:
    """Of the columns that are empty in each row of theirs, one is filled."""
    whom = of_people(f"SELECT id FROM person WHERE id = '{person}'")
    key = of(table)._meta.pk_attr
    for column, bound in PERSONAL.get(table, {}).items():
        columns = ", ".join(dict.fromkeys((key, bound, column)))
        rows = await db.fetch(f"SELECT {columns} FROM {table} WHERE {where(table, whom)} ORDER BY {key}")
        if (table, column) in UNSEALED or any(row[column] is not None for row in rows):
            continue
        new = _seal(db.vault, table, column, str(rows[0][bound]), words)
        await db.execute(f"UPDATE {table} SET {column} = ? WHERE {key} = ?", new, rows[0][key])
