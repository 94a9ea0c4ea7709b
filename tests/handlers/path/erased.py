"""Camille, of whom every table has a row, and what is left of her: in any row, sealed or not, and in the bytes of the
database.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from booking.decisions import Ground
from booking.model import ContactId
from handlers import deciding
from handlers.acting import Acting
from handlers.documents.taking import take
from handlers.privacy import erasing
from storage import backup, contacts
from storage.booking import RowStore
from storage.db import Database
from storage.models import PERSONAL
from storage.whose import WHOSE, of_people, where
from tests.handlers.documents import corpus
from tests.handlers.path import all_rows
from tests.handlers.path.place import CAMILLE, CLAIRE, LATER, Place

ANNA = "operator:anna"
CANARIES = ("Camille", "Dubois", "camille@example.org", CAMILLE, CAMILLE[1:], "canary")
DONE = "C'est fait : votre compte"


async def lives(place: Place) -> str:
    """Camille has an appointment, a document, messages, a ticket, a warning, and a row in every other table that can
    hold one of hers. Their id.
    """
    await place.says("sms", CAMILLE, *LATER)
    person = (await place.contact("sms", CAMILLE)).person_id
    assert person is not None
    await place.says("sms", CAMILLE, "message", "canary: mon loyer a augmenté", "humain", "canary au secours", "menu")
    await deciding.warn(place.parts, person, ANNA, Ground.OTHER, "canary: un avertissement")
    await place.settle()
    await place.says("sms", CLAIRE, "agenda semaine", "repondre")
    contact = (await place.contact("sms", CAMILLE)).id
    async with place.parts.db.transaction() as tx:
        who = await contacts.lock(tx, contact)
        store = RowStore(tx, place.parts.directories)
        core = Acting(tx, store, place.parts.rules, place.clock.now, place.parts.new_id, contact=who)
        found = await core.expect_document(ContactId(who.id))
    assert place.parts.documents is not None
    await take(place.parts, place.parts.documents, found.document.id, corpus.photo())  # type: ignore[union-attr]
    place.new("sms", CAMILLE), place.new("sms", CLAIRE)
    await all_rows.fill(place, person, contact, "canary")
    assert await all_rows.bare(place.parts.db, person) == []
    return person


async def lives_alone(place: Place) -> str:
    await place.books()
    person = (await place.contact("sms", CAMILLE)).person_id
    assert person is not None
    return person


async def everything(db: Database) -> dict[str, list[str]]:
    """Every value of every row, what is sealed opened, by table."""
    found: dict[str, list[str]] = {}
    for table in backup.tables():
        sealed = PERSONAL.get(table.name, {})
        texts = found[table.name] = []
        for row in await db.fetch(f"SELECT * FROM {table.name}"):
            for column, value in row.items():
                bound = str(row[sealed[column]]) if column in sealed and value is not None else None
                opened = value if bound is None else db.vault.unseal(f"{table.name}.{column}", bound, value)
                texts.append(opened.decode("utf-8", "replace") if isinstance(opened, bytes) else str(opened))
    return found


async def residue(db: Database, *more: str) -> list[tuple[str, str]]:
    return [
        (table, word)
        for table, texts in (await everything(db)).items()
        for word in (*CANARIES, *more)
        if any(word in text for text in texts)
    ]


def documents_in(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file() and path.name.isdigit()]


async def sealed_of(db: Database, person: str) -> list[bytes]:
    """As they stand in the database's file."""
    found = []
    whom = of_people(f"SELECT id FROM person WHERE id = '{person}'")
    for table in WHOSE.keys() & PERSONAL.keys():
        for column in PERSONAL[table].keys() - {key for name, key in all_rows.UNSEALED if name == table}:
            rows = await db.fetch(f"SELECT {column} AS sealed FROM {table} WHERE {where(table, whom)}")
            values = [row["sealed"] for row in rows if row["sealed"] is not None]
            assert values, f"{table}.{column} of theirs is empty"
            found += values
    return found


async def bytes_of(db: Database) -> bytes:
    """Of all its files. Nothing of PostgreSQL's, which are its own."""
    if db.dialect != "sqlite":
        return b""
    [file] = [Path(row["file"]) for row in await db.fetch("PRAGMA database_list")]
    return await asyncio.to_thread(lambda: b"".join(each.read_bytes() for each in file.parent.glob(f"{file.name}*")))


async def passes_a_day(place: Place) -> None:
    for _ in range(3):
        await place.passes(hours=8)
        await erasing.look(place.parts)
