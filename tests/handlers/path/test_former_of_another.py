"""Somebody is erased whose number is somebody else's by now: that person keeps all that they wrote there and were told,
and nobody is named there who is gone (safety G4, G6; threat T4).
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from booking.model import PersonId
from handlers.console.channels import unlink
from handlers.privacy import erasing, exporting
from handlers.privacy.erasing import Erased
from storage import contacts, numbers
from storage.booking import RowStore
from tests.guards import guards
from tests.handlers.path.erased import ANNA, everything, passes_a_day
from tests.handlers.path.place import CAMILLE, CLAIRE, LATER, SAM, Place

SAMS = tuple(text.replace("Camille Dubois", "Sam Rivière").replace("camille", "sam") for text in LATER)
NEW = "+33639980013"
OWN = "canary: mon loyer a augmenté"


async def said(place: Place, person: str) -> dict[str, list[Any]]:
    """What they wrote at their number and what they were told there, since they have an account."""
    copy = await exporting.gather(place.parts, person)
    assert copy is not None
    since = min(row["given_at"] for row in copy.tables["consent"])
    return {
        "inbox": [row["body"] for row in copy.tables["inbox"] if row["received_at"] >= since],
        "outbox": [row["content"] for row in copy.tables["outbox"] if row["created_at"] >= since],
    }


async def goes(place: Place, how: str) -> str:
    """Camille's id, who has her number no longer."""
    await place.says("sms", CAMILLE, *LATER)
    old = await place.contact("sms", CAMILLE)
    if how == "silent":
        await place.passes(days=60)
        await place.says("sms", CAMILLE, "c'est Camille Dubois", "2")
    elif how == "another number":
        await place.says("telegram", "78", "bonjour")
        speaking = await place.contact("telegram", "78")
        async with place.parts.db.transaction() as tx:
            found = await RowStore(tx, place.parts.directories).person(PersonId(str(old.person_id)))
            assert found is not None
            await contacts.link_person(tx, speaking.id, found.id)
            before = replace(found, phone=CAMILLE)
            await numbers.change(tx, before, NEW, speaking.id, place.clock.now, place.parts.new_id)
    else:
        assert await unlink(place.parts, old.id, ANNA)
    await place.passes(hours=1)
    return str(old.person_id)


async def comes(place: Place, how: str) -> str:
    """Sam's id, whose number it is from now on."""
    if how == "joined":
        await place.says("whatsapp", SAM, *SAMS)
        there, sms = await place.contact("whatsapp", SAM), await place.contact("sms", CAMILLE)
        await contacts.link_person(place.parts.db, sms.id, there.person_id)
    else:
        await place.says("sms", CAMILLE, *SAMS)
    await place.passes(days=1)
    await place.says("sms", CAMILLE, "message", OWN)
    return str((await place.contact("sms", CAMILLE)).person_id)


@guards("G06", partly=True)
@pytest.mark.parametrize("how", ["silent", "at the desk", "another number", "joined"])
async def test_who_has_the_number_of_somebody_erased_keeps_their_own_talk(place: Place, papers: Path, how: str) -> None:
    camille = await goes(place, how)
    sam = await comes(place, how)
    assert sam != camille
    before = await said(place, sam)
    assert OWN in before["inbox"]
    assert isinstance(await erasing.erase(place.parts, camille, ANNA), Erased)
    await passes_a_day(place)
    after = await said(place, sam)
    assert all(text in after[table] for table, texts in before.items() for text in texts)
    assert not [text for texts in (await everything(place.parts.db)).values() for text in texts if "Dubois" in text]


@guards("G04", partly=True)
async def test_who_claimed_a_number_in_vain_is_given_no_id_of_whose_it_was(place: Place, papers: Path) -> None:
    await place.says("sms", CAMILLE, *LATER)
    camille = str((await place.contact("sms", CAMILLE)).person_id)
    await place.passes(days=60)
    await place.says("sms", CAMILLE, "bonjour", "1", "2", "1")
    assert await unlink(place.parts, (await place.contact("sms", CAMILLE)).id, ANNA)
    sam = await comes(place, "claimed")
    copy = await exporting.gather(place.parts, sam)
    assert copy is not None
    assert [row["subject"] for row in copy.tables["ticket"] if row["kind"] == "claim"] == ["person"]
    assert camille not in str(copy.tables)


@guards("G04", partly=True)
async def test_who_claimed_a_number_in_vain_is_not_given_where_the_code_went(place: Place, papers: Path) -> None:
    await place.says("sms", CAMILLE, *LATER)
    camille = str((await place.contact("sms", CAMILLE)).person_id)
    await place.parts.db.execute("UPDATE person SET email_confirmed = ?", True)
    await place.passes(days=60)
    await place.says("sms", CAMILLE, "bonjour", "1")
    assert any("code" in text for text in place.new("email", "camille@example.org")[1:])
    await place.says("sms", CAMILLE, "2", "2")
    sam = await comes(place, "claimed")
    for person, targets in ((sam, [None]), (camille, ["camille@example.org"])):
        copy = await exporting.gather(place.parts, person)
        assert copy is not None
        assert [(row["purpose"], row["target"]) for row in copy.tables["proof"]] == [
            ("former", each) for each in targets
        ]
        assert person == camille or "camille@" not in str(copy.tables)


@guards("G04", partly=True)
async def test_who_claimed_a_workers_number_in_vain_neither(place: Place, papers: Path) -> None:
    await place.says("sms", CLAIRE, "agenda")
    await place.passes(days=60)
    await place.says("sms", CLAIRE, "bonjour", "1", "2", "1")
    assert await unlink(place.parts, (await place.contact("sms", CLAIRE)).id, ANNA)
    await place.says("sms", CLAIRE, *SAMS)
    copy = await exporting.gather(place.parts, str((await place.contact("sms", CLAIRE)).person_id))
    assert copy is not None
    assert [(row["purpose"], row["target"]) for row in copy.tables["proof"]] == [("former", None)]
    assert [row["subject"] for row in copy.tables["ticket"]] == ["worker"]
    assert not any(word in str(copy.tables) for word in ("claire@", "worker:"))
