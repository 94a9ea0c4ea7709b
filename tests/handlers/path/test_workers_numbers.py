"""A number goes from a worker to a person, or from a person to a worker, as the directory is loaded: what was said to
one there is nothing of the other's (safety G4, G6; threat T30).
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from booking.model import WorkerId
from handlers import loading
from handlers.effects import ToWorker
from handlers.privacy import erasing, exporting
from handlers.privacy.erasing import Erased
from handlers.writing import recipient
from storage import contacts
from storage.booking import RowStore
from tests.guards import guards
from tests.handlers.path.erased import ANNA, everything, passes_a_day
from tests.handlers.path.place import CAMILLE, CLAIRE, LATER, SAM, Place, sample

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # whose statements others try on both
SAMS = tuple(text.replace("Camille Dubois", "Sam Rivière").replace("camille", "sam") for text in LATER)
NEW = "+33639980199"


async def claires_number_is(place: Place, number: str) -> None:
    file = sample()
    workers = tuple(
        replace(each, worker=replace(each.worker, phone=number)) if each.worker.ref == "claire" else each
        for each in file.workers
    )
    done = await loading.load(place.parts, replace(file, workers=workers), lambda size: bytes(range(size)), ANNA)
    assert done.written


async def said(place: Place, person: str) -> list[str]:
    copy = await exporting.gather(place.parts, person)
    assert copy is not None
    return [str(row["content"]) for row in copy.tables["outbox"]]


async def sam_and_the_agenda(place: Place) -> str:
    """Sam's id; his worker reads of him by SMS."""
    await place.says("sms", SAM, *SAMS)
    await place.passes(days=2)
    assert any("Sam" in text for text in await place.says("sms", CLAIRE, "agenda semaine"))
    person = (await place.contact("sms", SAM)).person_id
    assert person is not None
    return person


@guards("G04", partly=True)
async def test_who_has_a_workers_former_number_is_given_nothing_of_the_workers(place: Place, papers: Path) -> None:
    await sam_and_the_agenda(place)
    await claires_number_is(place, NEW)
    await place.says("sms", CLAIRE, *LATER)
    camille = (await place.contact("sms", CLAIRE)).person_id
    assert camille is not None
    assert not [text for text in await said(place, camille) if "Sam" in text]


@guards("G06", partly=True)
async def test_who_is_erased_is_named_nowhere_at_their_workers_former_number(place: Place, papers: Path) -> None:
    sam = await sam_and_the_agenda(place)
    await claires_number_is(place, NEW)
    assert isinstance(await erasing.erase(place.parts, sam, ANNA), Erased)
    await passes_a_day(place)
    assert not any("Sam" in text for texts in (await everything(place.parts.db)).values() for text in texts)


@guards("G04", partly=True)
async def test_whose_number_becomes_a_workers_is_given_nothing_of_the_workers(place: Place, papers: Path) -> None:
    await sam_and_the_agenda(place)
    await place.says("sms", CAMILLE, *LATER)
    camille = (await place.contact("sms", CAMILLE)).person_id
    assert camille is not None
    await claires_number_is(place, CAMILLE)
    there = await place.contact("sms", CAMILLE)
    assert (there.person_id, there.worker_id) == (None, "claire")
    assert any("Sam" in text for text in await place.says("sms", CAMILLE, "agenda semaine"))
    assert not [text for text in await said(place, camille) if "Sam" in text]
    assert isinstance(await erasing.erase(place.parts, camille, ANNA), Erased)
    await passes_a_day(place)
    assert (await place.contact("sms", CAMILLE)).id == there.id, "it is the worker's"
    assert [text for text in place.new("sms", CAMILLE) if "Camille" in text] == []
    left = await contacts.of_worker(place.parts.db, "claire")
    assert there.id in {row.id for row in left}


@guards("G04", partly=True)
async def test_a_worker_who_joins_from_their_own_account_has_an_address_of_its_own(place: Place, papers: Path) -> None:
    await sam_and_the_agenda(place)
    await place.says("whatsapp", CAMILLE, *LATER)
    camille = (await place.contact("whatsapp", CAMILLE)).person_id
    assert camille is not None
    *_, answer = await place.says("sms", CLAIRE, "whatsapp")
    [joined] = await place.says("whatsapp", CAMILLE, answer.splitlines()[-1].partition("text=")[2])
    assert joined.startswith("C'est fait")
    assert any("Sam" in text for text in await place.says("whatsapp", CAMILLE, "agenda semaine"))
    there = await place.contact("whatsapp", CAMILLE)
    assert (there.person_id, there.worker_id) == (None, "claire")
    assert not [text for text in await said(place, camille) if "Sam" in text]
    assert isinstance(await erasing.erase(place.parts, camille, ANNA), Erased)
    await passes_a_day(place)
    assert (await place.contact("whatsapp", CAMILLE)).id == there.id, "the worker's stays"


@guards("T30", partly=True)
@pytest.mark.parametrize("account", [False, True])
async def test_who_said_that_they_are_not_the_worker_does_not_become_it(
    place: Place, papers: Path, *, account: bool
) -> None:
    """Neither by a notice nor by a load, though the directory names the number still; by another number and back."""
    await place.says("sms", CLAIRE, "agenda")
    await place.passes(days=60)
    await place.says("sms", CLAIRE, "bonjour", "2")
    if account:
        await place.says("sms", CLAIRE, *SAMS)
    async with place.parts.db.transaction() as tx:
        store = RowStore(tx, place.parts.directories)
        told = await recipient(tx, place.parts, store, ToWorker(WorkerId("claire")), place.clock.now)
        row = await contacts.get(tx, str(told))
    assert row is not None
    assert row.channel == "email"
    await loading.suspend(place.parts, "ports", "client", ANNA, suspended=True)
    there = await place.contact("sms", CLAIRE)
    assert (there.worker_id, there.person_id is not None) == (None, account)
    await place.passes(days=1)
    await claires_number_is(place, NEW)
    await claires_number_is(place, CLAIRE)
    there = await place.contact("sms", CLAIRE)
    assert (there.worker_id, there.person_id) == ("claire", None)
