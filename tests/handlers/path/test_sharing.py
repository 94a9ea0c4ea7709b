"""Two people who share what two can: a mailbox, a number (one by WhatsApp, one by SMS), a worker, an employer's code.
Each has a row in every table, with words of their own: what one is given, shown, keeps and loses is theirs alone
(safety G3, G4, G6, G7, G17).
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from handlers.channels.base import ChannelName
from handlers.console import people
from handlers.privacy import disputes, erasing, exporting
from handlers.privacy.erasing import Erased, Held
from locales.voice import Voice
from storage import contacts, given
from storage.db import Database
from storage.models import PERSONAL
from storage.whose import WHOSE, of_people, where
from tests.guards import guards
from tests.handlers.path import all_rows
from tests.handlers.path.erased import ANNA
from tests.handlers.path.place import CAMILLE, LATER, Place

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # whose statements others try on both
FAMILY = "famille@example.org"
APART = 60  # days after which who wrote by WhatsApp keeps nobody from an account by SMS of that number
# Whose sealed values are their own talk's; what is between two of us alone is not given; as they were told or wrote.
LIVED = {"person", "contact", "consent", "email_proof", "appointment", "conversation", "inbox", "outbox"}
NOTED = {"ticket_entry"}


@dataclass(frozen=True, slots=True)
class One:
    id: str
    contact: str
    channel: ChannelName
    name: str
    words: str

    @property
    def names(self) -> tuple[str, str]:
        return self.name, self.words


@pytest.fixture
async def both(place: Place, papers: Path) -> tuple[One, One]:
    camille = await lives(place, "whatsapp", "Camille Dubois", "canary-one")
    await place.passes(days=5)
    assert len(place.new("sms", CAMILLE)) == 1, "her reminder"
    await place.passes(days=APART)
    sam = await lives(place, "sms", "Sam Rivière", "canary-two")
    assert camille.id != sam.id
    await contacts.trust(place.parts.db, camille.contact, place.clock.now)  # she has shown that it is hers still
    return camille, sam


async def lives(place: Place, channel: ChannelName, name: str, words: str) -> One:
    said = {"Camille Dubois": name, "camille@example.org": FAMILY}
    await place.says(channel, CAMILLE, *(said.get(text, text) for text in LATER))
    row = await place.contact(channel, CAMILLE)
    assert row.person_id is not None
    await all_rows.fill(place, row.person_id, row.id, words)
    return One(row.person_id, row.id, channel, name.partition(" ")[0], words)


async def copied(place: Place, who: One) -> tuple[dict[str, str], str]:
    """Table by table, as the file for programs has it; and both files together."""
    copy = await exporting.gather(place.parts, who.id)
    assert copy is not None
    pieces = [piece async for piece in exporting.archive(place.parts, copy, Voice("fr"))]
    with ZipFile(io.BytesIO(b"".join(pieces))) as files:
        whole = "".join(files.read(name).decode() for name in (exporting.DATA, exporting.PAGE))
    return {table: str(rows) for table, rows in copy.tables.items()}, whole


async def rows(db: Database, who: One) -> dict[str, dict[Any, dict[str, Any]]]:
    """Every row of theirs but what their worker was told, sealed values opened."""
    whom, found = of_people(f"SELECT id FROM person WHERE id = '{who.id}'"), {}
    for table in WHOSE:
        key, sealed = all_rows.of(table)._meta.pk_attr, PERSONAL.get(table, {})
        also = (
            " AND contact_id NOT IN (SELECT id FROM contact WHERE worker_id IS NOT NULL)" if table == "outbox" else ""
        )
        found[table] = {
            row[key]: {
                column: db.vault.unseal(f"{table}.{column}", str(row[sealed[column]]), value)
                if column in sealed and value is not None
                else value
                for column, value in row.items()
            }
            for row in await db.fetch(f"SELECT * FROM {table} WHERE ({where(table, whom)}){also}")
        }
        assert found[table], f"{table} holds a row of theirs"
    return found


@guards("G04", partly=True)
async def test_each_is_given_their_own(place: Place, both: tuple[One, One]) -> None:
    for mine, other in (both, both[::-1]):
        tables, whole = await copied(place, mine)
        words = {table for table in given.GIVEN if PERSONAL.get(table, {}).keys() & set(given.GIVEN[table])}
        assert {table for table in words - LIVED - NOTED if mine.words not in tables.get(table, "")} == set()
        assert given.GIVEN.keys() - tables.keys() <= NOTED
        assert not [word for word in (*other.names, other.id, other.contact) if word in whole]


@guards("G03", partly=True)
async def test_each_is_shown_their_own(place: Place, both: tuple[One, One]) -> None:
    for mine, other in (both, both[::-1]):
        shown = await place.says(mine.channel, CAMILLE, "menu", "mon profil", "menu", "mes rdv", "menu", "mes données")
        assert any(mine.name in text for text in shown), shown
        seen = await people.person(place.parts, mine.id, ANNA)
        assert (
            {mine.id, other.id}
            == {*await people.find(place.parts, CAMILLE)}
            == {*await people.find(place.parts, FAMILY)}
        )
        assert not [text for text in (*shown, str(seen)) for word in (*other.names, other.id) if word in text]


@guards("G06", partly=True)
@pytest.mark.parametrize("first", [0, 1])
async def test_who_is_erased_leaves_every_row_of_the_others(place: Place, both: tuple[One, One], first: int) -> None:
    gone, stays = both[first], both[1 - first]
    before = await rows(place.parts.db, stays)
    assert isinstance(await erasing.erase(place.parts, gone.id, ANNA), Erased)
    for _ in range(3):
        place.clock.now += timedelta(hours=8)
        await erasing.look(place.parts)
    after = await rows(place.parts.db, stays)
    assert {table: found for table, found in after.items() if found != before[table]} == {}


@guards("G17", partly=True)
async def test_a_dispute_of_one_keeps_theirs_and_nothing_of_the_others(place: Place, both: tuple[One, One]) -> None:
    held, gone = both
    await disputes.hold(place.parts, held.id, ANNA, "RG 26/00123", "devant le médiateur", date(2026, 9, 1))
    assert isinstance(await erasing.erase(place.parts, held.id, ANNA), Held)
    before = await rows(place.parts.db, held)
    assert isinstance(await erasing.erase(place.parts, gone.id, ANNA), Erased)
    assert await rows(place.parts.db, held) == before
    left = of_people(f"SELECT '{gone.id}' AS id")
    for table in ("person", "contact", "message", "appointment", "ticket"):
        assert not await place.parts.db.fetch(f"SELECT 1 AS one FROM {table} WHERE {where(table, left)}")


@guards("G07", partly=True)
async def test_a_stop_or_a_discreet_account_is_of_one(place: Place, both: tuple[One, One]) -> None:
    camille, sam = both
    await place.says(sam.channel, CAMILLE, "menu", "discret", "1", "stop")
    row, other = [await contacts.get(place.parts.db, one.contact) for one in (sam, camille)]
    assert row is not None
    assert other is not None
    assert (row.opted_out_at is not None, row.discreet) == (True, True)
    assert (other.opted_out_at, other.discreet, other.parted_at) == (None, False, None)
