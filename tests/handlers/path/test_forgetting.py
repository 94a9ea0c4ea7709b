"""Who refuses the terms, is under 18 or gives up is forgotten a day later, never earlier; who came back and went on is
not.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from handlers.privacy import forgetting
from storage import contacts, counters, tickets
from storage.contacts import ContactRow
from storage.models import PERSONAL
from tests.guards import guards
from tests.handlers.path.place import CAMILLE, MONDAY, Place

REFUSES = ("bonjour", "PORTS-7KQM-4XTD", "canary dettes", "1", "je refuse")
NAMED = ("bonjour", "PORTS-7KQM-4XTD", "1", "1", "1", "Camille Dubois")


async def at(place: Place, **after: float) -> None:
    """So long after they began, and a worker looked."""
    place.clock.now = MONDAY + timedelta(**after)
    await place.settle()
    await forgetting.look(place.parts)


async def left(place: Place, contact: str) -> dict[str, int]:
    """Rows that name the contact, by table."""
    tables = ("inbox", "outbox", "conversation", "timer", "hold", "waiting", "media", "alias", "proof", "ticket")
    found = {}
    for table in tables:
        rows = await place.parts.db.fetch(f"SELECT count(*) AS n FROM {table} WHERE contact_id = ?", contact)
        found[table] = int(rows[0]["n"])
    counted = f"%:{place.parts.db.vault.index('phone', CAMILLE).hex()}"
    rows = await place.parts.db.fetch(
        "SELECT count(*) AS n FROM tries WHERE key LIKE ? OR key LIKE ?", f"%{contact}%", counted
    )
    return {table: n for table, n in found.items() if n} | ({"tries": rows[0]["n"]} if rows[0]["n"] else {})


async def sealed(place: Place, *words: str) -> list[str]:
    """Where one of these stands in what can be opened."""
    db, found = place.parts.db, []
    for table, columns in PERSONAL.items():
        for row in await db.fetch(f"SELECT * FROM {table}"):
            for column, key in columns.items():
                if row[column] is not None:
                    opened = db.vault.unseal(f"{table}.{column}", row[key], row[column])
                    found += [f"{table}.{column}" for word in words if word.encode() in opened]
    return found


async def row(place: Place, address: str = CAMILLE) -> ContactRow | None:
    found = await contacts.find(place.parts.db, "sms", address)
    return await contacts.get(place.parts.db, found) if found else None


@guards("G02")
@guards("G01", partly=True)
@pytest.mark.parametrize("said", [REFUSES, (*NAMED, "en fait j'ai 16 ans"), (*NAMED, "annuler")])
async def test_a_day_later_nothing_of_a_stranger_is_kept_and_no_earlier(place: Place, said: tuple[str, ...]) -> None:
    await place.says("sms", CAMILLE, *said)
    contact = (await place.contact("sms", CAMILLE)).id
    await at(place, hours=23, minutes=59)
    await counters.add_try(
        place.parts.db, f"code-to:{place.parts.db.vault.index('phone', CAMILLE).hex()}", place.clock.now
    )
    assert {"inbox", "outbox", "conversation", "tries"} <= (await left(place, contact)).keys()
    ledger = await place.parts.db.fetch("SELECT key FROM ledger")
    await at(place, hours=24)
    assert await left(place, contact) == {}
    assert await row(place) is None
    assert await sealed(place, CAMILLE, "Camille", "canary") == []
    copies = await place.parts.db.fetch("SELECT act FROM provider_copy")
    assert {copy["act"] for copy in copies} == {"delete"}, "queued to be deleted at the provider"
    assert await place.parts.db.fetch("SELECT key FROM ledger") == ledger
    assert "code de connexion" in (await place.says("sms", CAMILLE, "bonjour"))[-1]


@guards("G01", partly=True)
async def test_who_comes_back_and_goes_on_stays(place: Place) -> None:
    await place.says("sms", CAMILLE, *REFUSES)
    place.clock.now = MONDAY + timedelta(hours=20)
    await place.says("sms", CAMILLE, "bonjour", "PORTS-7KQM-4XTD", "1")
    await at(place, hours=30)
    assert (await place.contact("sms", CAMILLE)).forget_at is None
    assert "On continue ?" in (await place.says("sms", CAMILLE, "bonjour"))[-1]


async def test_a_thank_you_is_no_coming_back(place: Place) -> None:
    await place.says("sms", CAMILLE, *REFUSES)
    place.clock.now = MONDAY + timedelta(hours=23)
    await place.says("sms", CAMILLE, "merci")
    await at(place, hours=24)
    assert await row(place) is None


@guards("T21", partly=True)
async def test_whoever_stopped_us_stays_stopped_and_is_an_address_and_nothing_else(place: Place) -> None:
    await place.says("sms", CAMILLE, *REFUSES, "stop")
    before = await place.contact("sms", CAMILLE)
    await at(place, hours=24)
    after = await row(place)
    assert after is not None
    assert (after.id, after.opted_out_at, after.last_inbound_at, after.received) == (
        before.id,
        before.opted_out_at,
        None,
        0,
    )
    assert await left(place, before.id) == {}
    await place.says("sms", CAMILLE, "start")
    assert (await place.contact("sms", CAMILLE)).opted_out_at is None


async def test_what_waits_for_the_desk_is_waited_for(place: Place) -> None:
    await place.says("sms", CAMILLE, *REFUSES, "humain")
    contact = (await place.contact("sms", CAMILLE)).id
    await at(place, hours=26)
    (ticket,) = await place.parts.db.fetch("SELECT id FROM ticket WHERE contact_id = ?", contact)
    async with place.parts.db.transaction() as tx:
        await tickets.close(tx, ticket["id"], "done", place.clock.now)
    await at(place, hours=26, minutes=10)
    assert await left(place, contact) == {}
