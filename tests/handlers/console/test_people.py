"""A day, a person, an appointment: what the desk sees of them, what is noted of it, and what it does for them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from booking.operating import Role
from storage import audit
from tests.handlers.console.site import Site, Visitor
from tests.handlers.path.place import CAMILLE, CLAIRE, LATER

pytestmark = pytest.mark.sampled


async def booked(site: Site) -> tuple[str, str]:
    """Ids of a person and their appointment, of the next week."""
    await site.place.says("sms", CAMILLE, *LATER)
    site.place.new("sms", CLAIRE)
    [row] = await site.place.parts.db.fetch("SELECT id, person_id FROM appointment")
    return row["person_id"], row["id"]


async def deeds(site: Site, object_: str) -> list[str]:
    return [deed.action for deed in await audit.of(site.place.parts.db, object_)]


@pytest.fixture
async def desk(site: Site) -> Visitor:
    return await site.operator(Role.DESK, "bureau")


async def test_a_day_shows_who_comes_to_whom_and_that_it_was_seen(site: Site, desk: Visitor) -> None:
    person, appointment = await booked(site)
    [row] = await site.place.parts.db.fetch("SELECT start_at FROM appointment")
    on = row["start_at"].astimezone(site.place.parts.zone).date()
    page = (await desk.get(f"/console/today?on={on}")).text
    assert "Camille Dubois" in page
    assert f"/console/people/{person}" in page
    assert f"/console/appointments/{appointment}" in page
    await desk.get(f"/console/today?on={on}")
    assert await deeds(site, f"day:{on}") == ["see"], "looked at twice within ten minutes is one look"
    assert "Camille" not in (await desk.get(f"/console/today?on={on + timedelta(days=1)}")).text
    assert "Camille" not in (await desk.get("/console/today")).text


@pytest.mark.parametrize("on", ["", "x", "2026-13-01", "9999-12-31", "0001-01-01", "2026-03-02T00:00", "²026-03-02"])
async def test_what_is_no_day_is_today(site: Site, desk: Visitor, on: str) -> None:
    assert "lundi 2 mars" in (await desk.get(f"/console/today?on={on}")).text


@pytest.mark.parametrize(
    "typed", ["06 39 98 00 11", "+33639980011", "0033 6 39 98 00 11", "Camille@example.org ", "appointment", "person"]
)
async def test_a_person_is_found_by_what_they_can_tell(site: Site, desk: Visitor, typed: str) -> None:
    person, appointment = await booked(site)
    await desk.get("/console/people")
    typed = {"appointment": appointment, "person": person}.get(typed, typed)
    assert (await desk.post("/console/people", who=typed)).to == f"/console/people/{person}"


@pytest.mark.parametrize("typed", ["", "Camille", "06 39 98 00 99", "x@y", "' OR 1=1 --", "\x00", "%", "9" * 5000])
async def test_nobody_is_nobody(site: Site, desk: Visitor, typed: str) -> None:
    await booked(site)
    await desk.get("/console/people")
    answer = await desk.ask(
        "POST", "/console/people", {"csrf": desk.csrf, "who": typed}, {"Origin": "https://chat.example.org"}
    )
    assert answer.status in {200, 413}
    assert "Dubois" not in answer.text


async def test_a_person_s_page_tells_all_that_the_desk_needs_and_is_noted(site: Site, desk: Visitor) -> None:
    person, appointment = await booked(site)
    page = (await desk.get(f"/console/people/{person}")).text
    for shown in (
        "Camille Dubois",
        "06 39 98 00 11",
        "camille@example.org",
        "Mutuelle des Ports",
        "conditions 2024-10-15, politique 2024-10-15",
    ):
        assert shown in page, shown
    assert "Confirmer l&#39;adresse" in page
    assert f"/console/appointments/{appointment}" in page
    assert await deeds(site, f"person:{person}") == ["see"]
    by = (await audit.of(site.place.parts.db, f"person:{person}"))[0].actor
    assert by == f"operator:{await site.id('bureau')}"
    assert "PORTS-7KQM" not in page, "no code is shown"
    await desk.get("/console/people/nobody", 404)


async def test_looking_never_acts(site: Site, desk: Visitor) -> None:
    person, appointment = await booked(site)
    before = await site.place.parts.db.fetch("SELECT * FROM appointment")
    for _ in range(20):
        await desk.get(f"/console/people/{person}")
        await desk.get(f"/console/appointments/{appointment}")
        await desk.get(f"/console/appointments/{appointment}/move")
    await desk.get(f"/console/appointments/{appointment}/cancel", 405)
    assert await site.place.parts.db.fetch("SELECT * FROM appointment") == before


async def test_the_desk_cancels_and_both_sides_hear(site: Site, desk: Visitor) -> None:
    _, appointment = await booked(site)
    await desk.get(f"/console/appointments/{appointment}")
    path = f"/console/appointments/{appointment}/cancel"
    assert "Dites qui le demande" in (await desk.post(path, 422, sure="yes")).text
    assert "Cochez la case" in (await desk.post(path, 422, by="desk")).text
    done = await desk.post(path, by="desk", sure="yes")
    assert "est annulé" in (await desk.get(done.to)).text
    await site.place.settle()
    assert any("ne peut pas avoir lieu" in text for text in site.place.new("sms", CAMILLE))
    again = await desk.post(path, by="desk", sure="yes")
    assert "said=over" in again.to
    found = await audit.of(site.place.parts.db, f"appointment:{appointment}")
    assert [deed.actor for deed in found if deed.action == "cancel"] == [f"operator:{await site.id('bureau')}"]


async def test_who_asked_for_it_reads_that_it_was_done_as_they_asked_and_may_take_it_back(
    site: Site, desk: Visitor
) -> None:
    _, appointment = await booked(site)
    await desk.get(f"/console/appointments/{appointment}")
    await desk.post(f"/console/appointments/{appointment}/cancel", by="person", sure="yes")
    await site.place.settle()
    [told] = site.place.new("sms", CAMILLE)
    assert told.startswith("Comme demandé, votre rendez-vous du lundi 9 mars")
    assert "pardon" not in told
    assert "REMETTRE" in told
    assert any("Rendez-vous annulé" in text for text in site.place.new("sms", CLAIRE))
    [row] = await site.place.parts.db.fetch("SELECT status, ended_by FROM appointment")
    assert (row["status"], row["ended_by"]) == ("cancelled", "person")
    assert "lundi 9 mars" in (await site.place.says("sms", CAMILLE, "REMETTRE"))[-1]


async def test_where_the_worker_asked_other_hours_are_offered(site: Site, desk: Visitor) -> None:
    """Article 5.3, as if the worker had written it themself."""
    _, appointment = await booked(site)
    await desk.get(f"/console/appointments/{appointment}")
    await desk.post(f"/console/appointments/{appointment}/cancel", by="worker", sure="yes")
    await site.place.settle()
    told = "\n".join(site.place.new("sms", CAMILLE))
    assert "1. " in told
    assert "Comme demandé" not in told
    [row] = await site.place.parts.db.fetch("SELECT ended_by, late FROM appointment WHERE id = ?", appointment)
    assert (row["ended_by"], bool(row["late"])) == ("worker", False)


async def test_what_the_desk_cannot_hold_is_no_late_cancellation_of_theirs(site: Site, desk: Visitor) -> None:
    """Article 5.1 is about what the person does."""
    _, appointment = await booked(site)
    [row] = await site.place.parts.db.fetch("SELECT start_at FROM appointment")
    site.place.clock.now = row["start_at"] - timedelta(hours=2)
    await site.log_in(desk, "bureau")
    await desk.get(f"/console/appointments/{appointment}")
    await desk.post(f"/console/appointments/{appointment}/cancel", by="desk", sure="yes")
    [row] = await site.place.parts.db.fetch("SELECT late FROM appointment")
    assert not row["late"]


async def test_late_is_said_before_it_counts(site: Site, desk: Visitor) -> None:
    _, appointment = await booked(site)
    [row] = await site.place.parts.db.fetch("SELECT start_at FROM appointment")
    await desk.get(f"/console/appointments/{appointment}")
    site.place.clock.now = row["start_at"] - timedelta(hours=23)
    await site.log_in(desk, "bureau")
    await desk.get("/console/own")
    answer = await desk.post(f"/console/appointments/{appointment}/cancel", 422, by="person", sure="yes")
    assert "moins de 24 heures" in answer.text
    await desk.post(f"/console/appointments/{appointment}/cancel", by="person", sure="yes", late="said")
    assert "tardif" in (await desk.get(f"/console/appointments/{appointment}")).text


async def test_the_desk_moves_and_the_old_address_leads_to_the_new_hour(site: Site, desk: Visitor) -> None:
    person, appointment = await booked(site)
    hours = await desk.get(f"/console/appointments/{appointment}/move")
    slots = re.findall(r'name="slot" value="([^"]+)"', hours.text)
    assert len(slots) == 12
    assert (
        "Choisissez d&#39;abord une heure" in (await desk.post(f"/console/appointments/{appointment}/move", 409)).text
    )
    done = await desk.post(f"/console/appointments/{appointment}/move", slot=slots[3])
    page = (await desk.get(done.to)).text
    assert "est déplacé" in page
    assert "Avant d&#39;être déplacé" in page
    assert (await desk.get(f"/console/appointments/{appointment}")).text.count("Avant d&#39;être déplacé") == 1
    await site.place.settle()
    assert site.place.new("sms", CAMILLE)
    assert "said=over" in (await desk.post(f"/console/appointments/{appointment}/move", slot=slots[4])).to
    assert (await desk.get(f"/console/people/{person}")).text.count(">pris") == 1


@pytest.mark.parametrize(
    "slot", ["", "x", "2026-03-02T09:00Z/any", "2026-03-09T03:00Z/claire", "2026-99-99T99:99Z/any"]
)
async def test_an_hour_that_is_none_moves_nothing(site: Site, desk: Visitor, slot: str) -> None:
    _, appointment = await booked(site)
    await desk.get(f"/console/appointments/{appointment}/move")
    await desk.post(f"/console/appointments/{appointment}/move", 409, slot=slot)
    [row] = await site.place.parts.db.fetch("SELECT id, status FROM appointment")
    assert (row["id"], row["status"]) == (appointment, "booked")


async def test_an_auditor_sees_nobody(site: Site) -> None:
    person, appointment = await booked(site)
    auditor = await site.operator(Role.AUDITOR, "audit")
    for path in ("today", "people", f"people/{person}", f"appointments/{appointment}"):
        await auditor.get(f"/console/{path}", 403)
    trail = (await auditor.get("/console/deeds")).text
    assert "Dubois" not in trail
    assert "pas le droit de voir des personnes dans" in trail


async def test_no_page_of_the_console_has_somebodys_data_in_an_address(site: Site, desk: Visitor) -> None:
    person, appointment = await booked(site)
    for path in (f"people/{person}", f"appointments/{appointment}", "today?on=2026-03-09"):
        page = (await desk.get(f"/console/{path}")).text
        for address in re.findall(r'(?:href|action)="([^"]+)"', page):
            for word in ("Camille", "Dubois", "639980011", "example.org"):
                assert word not in address
