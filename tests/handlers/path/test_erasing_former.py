"""Addresses that somebody once had, when they are erased: taken from them, claimed by whoever has them now, given back,
or left behind with a new number (safety G6; threats T3, T4).
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from booking.model import PersonId
from conversations.model import Reply
from conversations.text import Text
from handlers import content
from handlers.console import channels
from handlers.privacy import erasing, exporting, forgetting
from handlers.privacy.erasing import Erased
from storage import contacts, erasures, numbers, oracle, outbox, tickets
from storage.booking import RowStore
from tests.guards import guards
from tests.handlers.path.erased import ANNA, passes_a_day, residue
from tests.handlers.path.place import CAMILLE, LATER, Place
from tests.handlers.path.test_recycled import TELEGRAM, joined, later

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # whose statements others try on both
NEW = "+33639980013"


async def refs(place: Place) -> list[tuple[str, str]]:
    db = place.parts.db
    rows = await db.fetch("SELECT id, act, ref FROM provider_copy")
    return [(row["act"], db.vault.read("provider_copy.ref", row["id"], row["ref"])) for row in rows]


@pytest.mark.parametrize("how", ["by a week without a no", "at the desk"])
async def test_who_is_erased_while_an_address_is_claimed(place: Place, how: str) -> None:
    person = await joined(place)
    await later(place, 46)
    db, old = place.parts.db, await place.contact("sms", CAMILLE)
    await place.says("sms", CAMILLE, "c'est Camille Dubois", "1", "2", "1" if how == "at the desk" else "2")
    heir = await place.contact("sms", CAMILLE)
    assert (heir.id != old.id, heir.claims, heir.person_id) == (True, True, None)
    copy = await exporting.gather(place.parts, person)
    assert copy is not None
    assert CAMILLE in {row["address"] for row in copy.tables["contact"]}, "as they know it, without our mark"
    said = content.to_json(Reply((Text("canary"),)))
    async with db.transaction() as tx:  # on its way when the address was taken, and nobody knows whether it arrived
        await outbox.add(tx, outbox.Outgoing("lost", old.id, "answer", said, place.clock.now), place.clock.now)
        await tx.execute("UPDATE outbox SET status = 'unknown' WHERE key = 'lost'")
    assert isinstance(await erasing.erase(place.parts, person, ANNA), Erased)
    assert not [ref for _, ref in await refs(place) if "parted" in ref]
    assert [ref for act, ref in await refs(place) if act == "find" and CAMILLE in ref]
    await place.settle()
    place.new("sms", CAMILLE)
    await db.execute("DELETE FROM provider_copy")  # it is gone there
    for _ in range(3):
        await passes_a_day(place)
    await place.passes(days=8)
    told = [text for text in place.new("sms", CAMILLE) if not text.startswith("Notre équipe vous lit")]
    assert told == [], "the week is over, and there is nothing to claim"
    waits = [row.subject for row in await tickets.listed(db) if row.kind == "claim"]
    assert waits == ([None] if how == "at the desk" else []), "who asked for a human has one, and nobody is named"
    assert await erasures.open_(db) == []
    assert {table for table, _ in await residue(db, person)} <= {"contact", "erasure", "audit"}, (
        "whoever has the number has written from it"
    )
    assert not [each.rule for each in await oracle.judge(db, place.clock.now) if "opens" in each.rule]


async def test_what_claimed_an_address_that_went_back_is_not_kept(place: Place) -> None:
    person = await joined(place)
    await later(place, 46)
    await place.says("sms", CAMILLE, "mes rdv", "1")
    heir = await place.contact("sms", CAMILLE)
    assert await channels.give_back(place.parts, heir.id, ANNA)
    await place.settle()
    assert (await place.contact("sms", CAMILLE)).person_id == person
    await forgetting.look(place.parts)
    assert await contacts.get(place.parts.db, heir.id) is None
    assert (await place.contact("sms", CAMILLE)).person_id == person
    await erasing.erase(place.parts, person, ANNA)
    await place.settle()
    await passes_a_day(place)
    assert await residue(place.parts.db) == []


@pytest.mark.parametrize("stopped", [False, True])
async def test_the_number_of_before_goes_with_them(place: Place, *, stopped: bool) -> None:
    """Nobody wrote from it since. A STOP stays, with the bare address that it is of."""
    person, db = await joined(place), place.parts.db
    telegram = await place.contact("telegram", TELEGRAM)
    if stopped:
        await contacts.opt_out(db, (await place.contact("sms", CAMILLE)).id, place.clock.now)
    async with db.transaction() as tx:
        found = await RowStore(tx, place.parts.directories).person(PersonId(person))
        assert found is not None
        await contacts.lock_person(tx, person)
        before = replace(found, phone=CAMILLE)
        await numbers.change(tx, before, NEW, telegram.id, place.clock.now, place.parts.new_id)
    assert (await place.contact("sms", CAMILLE)).person_id is None
    await erasing.erase(place.parts, person, ANNA)
    await place.settle()
    await passes_a_day(place)
    left = await residue(db, NEW)
    assert {table for table, _ in left} == ({"contact"} if stopped else set())


@pytest.mark.parametrize("wrote", [False, True])
@guards("G06", partly=True)
async def test_the_sms_of_their_whatsapp_goes_unless_somebody_wrote_there(place: Place, wrote: bool) -> None:
    """What WhatsApp shut out went by SMS, to an address that nobody joined."""
    await place.says("whatsapp", CAMILLE, *LATER)
    person = (await place.contact("whatsapp", CAMILLE)).person_id
    await place.passes(days=5)
    assert len(place.new("sms", CAMILLE)) == 1, "a reminder"
    if wrote:
        await place.says("sms", CAMILLE, "bonjour")
    sms, reminder = await place.contact("sms", CAMILLE), (await place.rows("sms", CAMILLE))[-1].provider_id
    assert sms.person_id is None
    assert isinstance(await erasing.erase(place.parts, str(person), ANNA), Erased)
    await passes_a_day(place)
    left = await contacts.find(place.parts.db, "sms", CAMILLE)
    assert left == (sms.id if wrote else None), "who wrote is a stranger to us, with a talk of their own"
    assert {table for table, _ in await residue(place.parts.db)} == ({"contact"} if wrote else set())
    assert ("delete", reminder) in await refs(place)
