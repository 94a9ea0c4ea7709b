"""Legal holds in the console: by whom, with which words, looked at again in time (safety G17); and how far erasings
are, of nobody (G6).
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from booking.operating import Role
from bot.work import tidy
from handlers.privacy import disputes, erasing, watching
from handlers.privacy.erasing import Erased, Held
from storage import audit, holds
from storage.holds import LegalHold
from tests.guards import guards
from tests.handlers.console.site import Site, Visitor
from tests.handlers.console.test_people import booked

pytestmark = pytest.mark.sampled

REFERENCE, REASON = "RG 26/00123", "Le médiateur demande les messages."
HOLDS = {"reference": REFERENCE, "words": REASON, "review": "2026-06-15"}


@pytest.fixture
async def anna(site: Site) -> Visitor:
    return await site.operator(Role.ADMINISTRATOR, "anna")


async def held(anna: Visitor, person: str) -> None:
    assert 'min="2026-03-03" max="2026-09-01"' in (await anna.get(f"/console/people/{person}/hold")).text
    assert (await anna.post(f"/console/people/{person}/hold", 303, **HOLDS)).to == "/console/law?said=held"


@guards("G17")
async def test_a_dispute_is_kept_reviewed_and_lifted(site: Site, anna: Visitor) -> None:
    person, _ = await booked(site)
    parts = site.place.parts
    await held(anna, person)
    [hold] = await holds.standing(parts.db)
    assert (hold.reference, hold.reason, hold.person) == (REFERENCE, REASON, person)
    page = (await anna.get("/console/law")).text
    for shown in (REFERENCE, REASON, "gardé par anna", "à revoir le 15 juin 2026"):
        assert shown in page, shown
    assert "Camille" not in page, "it widens no access"
    assert isinstance(await erasing.erase(parts, person, "operator:anna"), Held)
    assert await watching.look(parts) == 0
    site.place.clock.now = hold.review_at
    assert await watching.look(parts) == 1
    assert await watching.look(parts) == 0, "once an hour"
    assert site.place.alarm_codes() == ["hold_review"]
    anna = await site.operator(Role.ADMINISTRATOR, "alix")
    assert "à revoir depuis le 15 juin 2026" in (await anna.get("/console/law")).text
    for review in ("", "2026-06-15", "2026-12-31"):
        await anna.post(f"/console/law/{hold.id}/keep", 422, review=review)
    assert await holds.standing(parts.db) == [hold], "kept for half a year at most, again"
    assert (await anna.post(f"/console/law/{hold.id}/keep", 303, review="2026-11-30")).to == "/console/law?said=kept"
    [kept] = await holds.standing(parts.db)
    assert (kept.reference, kept.reason, kept.placed_by) == (REFERENCE, REASON, kept.placed_by)
    assert kept.review_at > hold.review_at
    assert [each.lifted_by for each in await holds.of_person(parts.db, person)] == ["", kept.placed_by]
    await anna.post(f"/console/law/{hold.id}/release", 409)
    assert (await anna.post(f"/console/law/{kept.id}/release", 303)).to == "/console/law?said=released"
    assert await holds.standing(parts.db) == []
    deeds = [deed.action for deed in await audit.of(parts.db, f"person:{person}")]
    assert deeds[0] == "release hold"
    assert deeds.count("hold") == 2
    assert "Aucun litige" in (await anna.get("/console/law")).text


@guards("G17", partly=True)
async def test_what_was_due_meanwhile_goes_within_a_day(site: Site, anna: Visitor) -> None:
    person, _ = await booked(site)
    db, place = site.place.parts.db, site.place
    bodies = "SELECT id FROM inbox WHERE body IS NOT NULL AND status = 'done'"
    await held(anna, person)
    for _ in range(4):
        place.clock.now += timedelta(hours=25)
        await tidy(place.parts, "w")
    assert len(await db.fetch(bodies)) > 1
    [hold] = await holds.standing(db)
    await holds.lift(db, hold.id, "operator:anna", place.clock.now)
    place.clock.now += timedelta(hours=24)
    await tidy(place.parts, "w")
    assert await db.fetch(bodies) == []


@pytest.mark.parametrize(
    "wrong", [{"reference": "RG"}, {"words": ""}, {"review": "2026-03-02"}, {"review": "2026-09-30"}, {"review": "x"}]
)
async def test_what_is_missing_is_said_and_what_was_typed_stays(
    site: Site, anna: Visitor, wrong: dict[str, str]
) -> None:
    person, _ = await booked(site)
    await anna.get(f"/console/people/{person}/hold")
    page = (await anna.post(f"/console/people/{person}/hold", 422, **{**HOLDS, **wrong})).text
    assert all(HOLDS[name] in page for name in ("reference", "words") if name not in wrong)
    assert await holds.standing(site.place.parts.db) == []


@guards("G17", partly=True)
async def test_the_desk_sees_and_changes_nothing(site: Site, anna: Visitor) -> None:
    person, _ = await booked(site)
    await held(anna, person)
    [hold] = await holds.standing(site.place.parts.db)
    desk = await site.operator(Role.DESK, "otto")
    page = (await desk.get("/console/law")).text
    assert REFERENCE in page
    assert "/release" not in page
    assert "Conserver pour un litige" not in (await desk.get(f"/console/people/{person}")).text
    for act in ("keep", "release"):
        await desk.post(f"/console/law/{hold.id}/{act}", 403, review="2026-05-01")
    await desk.get(f"/console/people/{person}/hold", 403)
    await desk.post(f"/console/people/{person}/hold", 403, **HOLDS)
    await (await site.operator(Role.AUDITOR, "ines")).get("/console/law", 403)
    assert await holds.standing(site.place.parts.db) == [hold]


@guards("G06", partly=True)
async def test_erasings_are_numbers(site: Site, anna: Visitor) -> None:
    person, _ = await booked(site)
    parts = site.place.parts
    assert "Personne n&#39;a été effacé." in (await anna.get("/console/law")).text
    assert isinstance(await erasing.erase(parts, person, "operator:anna"), Erased)
    page = (await anna.get("/console/law")).text
    assert "Effacement n° 1" in page
    assert "en cours" in page
    assert person not in page
    site.place.clock.now += timedelta(hours=25)
    await watching.look(parts)
    assert "erasing_late" in site.place.alarm_codes()
    await site.place.settle()
    await erasing.look(parts)
    boss = await site.operator(Role.ADMINISTRATOR, "alix")
    page = (await boss.get("/console/law")).text
    assert "fait" in page
    assert "en cours" not in page


async def test_a_dispute_with_somebody_whose_account_is_closed_leads_to_no_page(site: Site, anna: Visitor) -> None:
    person, _ = await booked(site)
    parts = site.place.parts
    assert isinstance(await erasing.erase(parts, person, "operator:anna", closes=True), Erased)
    await site.place.settle()
    await erasing.look(parts)
    assert isinstance(
        await disputes.hold(parts, person, "operator:anna", REFERENCE, REASON, date(2026, 6, 15)), LegalHold
    )
    page = (await anna.get("/console/law")).text
    assert REFERENCE in page
    assert f"compte fermé, n° {person}" in page
    assert f"/people/{person}" not in page
