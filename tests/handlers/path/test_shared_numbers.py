"""A number may be two people's: what WhatsApp shut out went by SMS to an address that is somebody else's by now, and is
theirs alone whom it was meant for. It is not given out with a copy of the other's, and neither ends nor is kept with it
(safety G3, G4, G6, G17).
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from handlers.privacy import disputes, erasing, exporting
from handlers.privacy.erasing import Erased
from storage.db import Database
from tests.guards import guards
from tests.handlers.path.erased import ANNA, passes_a_day
from tests.handlers.path.place import CAMILLE, LATER, Place

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # whose statements others try on both
SAMS = tuple(text.replace("Camille Dubois", "Sam Rivière").replace("camille", "sam") for text in LATER)
DAYS = 60  # after which Camille's account keeps nobody from having one of their own at that number
REMINDED = "Rappel : votre rendez-vous est lundi 9 mars à 9 h."


async def both(place: Place) -> tuple[str, str]:
    """Camille on WhatsApp, who was reminded by SMS; and Sam, who has an account by SMS of that number since."""
    await place.says("whatsapp", CAMILLE, *LATER)
    await place.passes(days=5)
    assert len(place.new("sms", CAMILLE)) == 1, "the reminder"
    await place.passes(days=DAYS)
    place.new("sms", CAMILLE)
    await place.says("sms", CAMILLE, *SAMS)
    camille, sam = [(await place.contact(channel, CAMILLE)).person_id for channel in ("whatsapp", "sms")]
    assert camille is not None
    assert sam not in {None, camille}
    return camille, str(sam)


async def said_to(place: Place, person: str) -> list[dict[str, Any]]:
    copy = await exporting.gather(place.parts, person)
    assert copy is not None
    return [dict(row) for row in copy.tables["outbox"]]


async def reminders(db: Database) -> int:
    return len(await db.fetch("SELECT id FROM outbox WHERE kind = 'reminder' AND key LIKE '%>sms'"))


@guards("G04", partly=True)
async def test_what_another_was_told_by_sms_is_given_to_them_alone(place: Place, papers: Path) -> None:
    camille, sam = await both(place)
    sms = [row["content"] for row in await said_to(place, camille) if row["channel"] == "sms"]
    assert REMINDED in sms
    assert not [row for row in await said_to(place, sam) if row["created_at"] < place.clock.now]


@guards("G04", partly=True)
async def test_what_was_on_its_way_then_is_not_given_out(place: Place, papers: Path) -> None:
    _, sam = await both(place)
    contact = (await place.contact("sms", CAMILLE)).id
    await place.parts.db.execute("UPDATE outbox SET contact_id = ? WHERE key LIKE '%>sms'", contact)
    assert not [row for row in await said_to(place, sam) if row["created_at"] < place.clock.now]


@guards("G06", partly=True)
@guards("G17", partly=True)
async def test_who_is_erased_takes_nothing_along_that_another_was_told(place: Place, papers: Path) -> None:
    camille, sam = await both(place)
    before = await reminders(place.parts.db)
    assert before
    await disputes.hold(place.parts, camille, ANNA, "RG 26/00123", "devant le médiateur", date(2026, 6, 1))
    assert isinstance(await erasing.erase(place.parts, sam, ANNA), Erased)
    await passes_a_day(place)
    assert await reminders(place.parts.db) == before
