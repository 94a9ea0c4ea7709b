"""Somebody is on the phone: an hour and an account for them, told to both sides, with nothing accepted for them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from booking.operating import Role
from storage import audit
from tests.guards import guards
from tests.handlers.console.site import Site, Visitor
from tests.handlers.console.test_people import booked
from tests.handlers.path.place import CAMILLE

pytestmark = pytest.mark.sampled

PHONE = "06 39 98 02 01"
WISH = {"motive": "housing", "mode": "phone"}
ANN = {"first": "Ann", "last": "Martin", "code": "lavande r2vg 8mek", "email": "ann@example.org", "language": "en"}
SLOT = re.compile(r'name="slot" value="([^"]+)"')


@pytest.fixture
async def desk(site: Site) -> Visitor:
    desk = await site.operator(Role.DESK, "bureau")
    await desk.get("/console/call")
    return desk


async def free(desk: Visitor, path: str = "/console/call", **form: str) -> list[str]:
    return SLOT.findall((await desk.post(path, 200, **WISH, **form)).text)


async def rows(site: Site, table: str) -> int:
    return len(await site.place.parts.db.fetch(f"SELECT 1 AS one FROM {table}"))


async def test_somebody_new_has_an_account_and_an_hour_and_both_sides_hear(site: Site, desk: Visitor) -> None:
    slots = await free(desk, phone=PHONE)
    assert len(slots) == 6
    assert await rows(site, "person") == 0
    done = await desk.post("/console/call", 303, phone=PHONE, slot=slots[0], **WISH, **ANN)
    page = (await desk.get(done.to)).text
    assert "Le rendez-vous est pris" in page
    assert "Ann Martin" in page
    await site.place.settle()
    assert site.place.new("sms", "+33639980201")
    [person] = await site.place.parts.db.fetch("SELECT id, language FROM person")
    assert person["language"] == "en"
    assert await rows(site, "consent") == 0, "nothing is accepted in their name"
    assert "Pas encore acceptées" in (await desk.get(f"/console/people/{person['id']}")).text
    [row] = await site.place.parts.db.fetch("SELECT id FROM appointment")
    found = await audit.of(site.place.parts.db, f"appointment:{row['id']}")
    assert [deed.actor for deed in found if deed.action == "book"] == [f"operator:{await site.id('bureau')}"]


@guards("T04", partly=True)
async def test_a_number_that_was_silent_for_long_may_be_anothers(site: Site, desk: Visitor) -> None:
    """Who calls from it is to say who they are, before anybody tells them."""
    person, appointment = await booked(site)
    long_ago = site.place.clock.now - timedelta(days=60)
    db = site.place.parts.db
    await db.execute("UPDATE appointment SET status = 'done', start_at = ? WHERE id = ?", long_ago, appointment)
    await db.execute("UPDATE contact SET last_inbound_at = ?, trusted_at = ?", long_ago, long_ago)
    to = (await desk.post("/console/call", 303, phone=CAMILLE, **WISH)).to
    assert to == f"/console/people/{person}/book?known=doubt"
    assert "il a pu changer de mains" in (await desk.get(to)).text


async def test_who_has_an_account_is_not_given_another(site: Site, desk: Visitor) -> None:
    person, _ = await booked(site)
    to = (await desk.post("/console/call", 303, phone=CAMILLE, **WISH)).to
    assert to == f"/console/people/{person}/book?known=yes"
    page = (await desk.get(to)).text
    assert "Camille Dubois" in page
    assert 'name="code"' not in page
    path = f"/console/people/{person}/book"
    slots = await free(desk, path)
    await desk.post(path, 303, slot=slots[0], **WISH)
    assert await rows(site, "person") == 1
    slots = await free(desk, path)
    assert "autant de rendez-vous" in (await desk.post(path, 422, slot=slots[1], **WISH)).text


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"phone": "01 23"}, "pas un numéro de mobile"),
        ({"phone": "+33639980101"}, "numéro d&#39;un travailleur"),
        ({"motive": "doctor"}, "Choisissez le sujet"),
        ({"mode": ""}, "Choisissez le sujet"),
        ({"first": ""}, "Il manque"),
        ({"code": " "}, "Il manque"),
        ({"code": "PORTS-0000-0000"}, "n&#39;ouvre rien"),
        ({"last": "http://evil"}, "ne peut contenir que des lettres"),
        ({"email": "nothing"}, "pas une"),
        ({"slot": "2026-03-09T03:00Z/any"}, "vient d&#39;être prise"),
        ({"slot": "2026-03-09T03:00Z/nobody"}, "vient d&#39;être prise"),
    ],
)
async def test_what_is_wrong_is_said_and_nothing_is_lost_or_done(
    site: Site, desk: Visitor, change: dict[str, str], why: str
) -> None:
    slots = await free(desk, phone=PHONE)
    form = {"phone": PHONE, "slot": slots[2], **WISH, **ANN, **change}
    page = (await desk.post("/console/call", 422, **form)).text
    assert why in page
    assert f'value="{form["phone"]}"' in page
    assert (await rows(site, "person"), await rows(site, "appointment")) == (0, 0)


async def test_a_code_is_not_guessed_through_the_desk(site: Site, desk: Visitor) -> None:
    slots = await free(desk, phone=PHONE)
    form = {"phone": PHONE, "slot": slots[0], **WISH, **ANN}
    for number in range(5):
        await desk.post("/console/call", 422, **{**form, "code": f"PORTS-000{number}-0000"})
    assert "Trop de codes essayés" in (await desk.post("/console/call", 422, **form)).text


async def test_with_a_named_worker(site: Site, desk: Visitor) -> None:
    page = (await desk.get("/console/call")).text
    claire = re.search(r'<option value="([^"]+)">Claire Morel', page)
    assert claire
    slots = await free(desk, phone=PHONE, worker=claire[1])
    assert all(slot.endswith(claire[1]) for slot in slots)
    assert await free(desk, phone=PHONE, worker="nobody")


async def test_who_is_gone_is_not_there(site: Site, desk: Visitor) -> None:
    await desk.get("/console/people/nobody/book", 404)
    await desk.post("/console/people/nobody/book", 404, **WISH)
