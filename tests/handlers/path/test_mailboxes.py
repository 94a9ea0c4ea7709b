"""Two people may have one mailbox, and anyone may give somebody else's: what went there to another is theirs alone. It
is not given out with a copy, and neither ends nor is kept with somebody else (safety G3, G4, G6, G17).
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from handlers.privacy import disputes, erasing
from handlers.privacy.erasing import Erased
from storage import contacts, given
from storage.theirs import gather
from tests.guards import guards
from tests.handlers.path.erased import ANNA, everything, passes_a_day
from tests.handlers.path.place import CAMILLE, LATER, SAM, Place

FAMILY = "famille@example.org"


async def books(place: Place, number: str, name: str, mailbox: str = FAMILY) -> str:
    said = {"Camille Dubois": name, "camille@example.org": mailbox}
    await place.says("sms", number, *(said.get(text, text) for text in LATER))
    person = (await place.contact("sms", number)).person_id
    assert person is not None
    return person


async def mails_to(place: Place, person: str) -> list[dict[str, Any]]:
    """As a copy of their data gives them."""
    async with place.parts.db.transaction() as tx:
        return [row for row in await given.rows(tx, "outbox", await gather(tx, person)) if row["channel"] == "email"]


@guards("G04", partly=True)
async def test_what_another_was_mailed_is_not_given_out(place: Place) -> None:
    camille = await books(place, CAMILLE, "Camille Dubois")
    sam = await books(place, SAM, "Sam Rivière")
    for person, name in ((camille, "Camille"), (sam, "Sam")):
        [mail] = await mails_to(place, person)
        assert mail["content"]["texts"][0]["args"] == {"name": name}
    assert sum(name in mail for mail in place.new("email", FAMILY) for name in ("Camille", "Sam")) == 2


@guards("G06", partly=True)
@guards("G17", partly=True)
@pytest.mark.parametrize("first", ["Camille", "Sam"])
async def test_who_is_erased_takes_nothing_of_another_along_and_leaves_nothing_there(
    place: Place, papers: Path, first: str
) -> None:
    camille = await books(place, CAMILLE, "Camille Dubois")
    sam = await books(place, SAM, "Sam Rivière")
    goes, stays = (camille, sam) if first == "Camille" else (sam, camille)
    await disputes.hold(place.parts, stays, ANNA, "RG 26/00123", "devant le médiateur", date(2026, 6, 1))
    assert isinstance(await erasing.erase(place.parts, goes, ANNA), Erased)
    await passes_a_day(place)
    assert len(await mails_to(place, stays)) == 1
    found = await everything(place.parts.db)
    assert not any(first in text for texts in found.values() for text in texts)


@guards("G04", partly=True)
async def test_who_gives_their_workers_address_has_none_of_the_workers_mails(place: Place, papers: Path) -> None:
    await books(place, SAM, "Sam Rivière", "sam@example.org")  # an event for the worker's agenda
    told = await place.rows("email", "claire@example.org")
    assert told
    camille = await books(place, CAMILLE, "Camille Dubois", "claire@example.org")
    [mail] = await mails_to(place, camille)
    assert mail["kind"] == "confirm_email"
    assert isinstance(await erasing.erase(place.parts, camille, ANNA), Erased)
    await passes_a_day(place)
    left = await place.rows("email", "claire@example.org")
    assert {row.id for row in told} <= {row.id for row in left}
    assert (await place.contact("email", "claire@example.org")).worker_id == "claire"


async def test_an_older_contact_is_of_whom_it_was_of_last(place: Place) -> None:
    """They were found by the address alone."""
    parts, now = place.parts, place.clock.now
    person = await books(place, CAMILLE, "Camille Dubois")
    async with parts.db.transaction() as tx:
        older = await contacts.make(tx, "email", "old@example.org", now, parts.new_id, "fr", "Europe/Paris")
        workers = await contacts.make(tx, "email", "claire@example.org", now, parts.new_id, "fr", "Europe/Paris")
        for each in (older, workers):
            await contacts.link_person(tx, each, person)
        await contacts.link_worker(tx, workers, "claire")
        for address, same in (("old@example.org", True), ("claire@example.org", False)):
            was = workers if address.startswith("claire") else older
            found = [
                await contacts.mailbox(tx, person, address, now, parts.new_id, "fr", "Europe/Paris") for _ in range(2)
            ]
            assert found[0] == found[1]
            assert (found[0] == was) == same
        row = await contacts.get(tx, workers)
    assert row is not None
    assert (row.person_id, row.worker_id) == (None, "claire")
