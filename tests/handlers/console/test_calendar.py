"""A worker's week: what is booked, which hours are free, and both lead to where something is done."""

from __future__ import annotations

import re
from datetime import date

import pytest

from booking.operating import Role
from storage import audit, directory
from tests.handlers.console.site import Site, Visitor
from tests.handlers.console.test_calls import ANN, PHONE, WISH
from tests.handlers.console.test_people import booked

pytestmark = pytest.mark.sampled

MONDAY = date(2026, 3, 9)


@pytest.fixture
async def desk(site: Site) -> Visitor:
    return await site.operator(Role.DESK, "bureau")


async def worker_of(site: Site, appointment: str) -> str:
    [row] = await site.place.parts.db.fetch("SELECT worker_id FROM appointment WHERE id = ?", appointment)
    return str(row["worker_id"])


async def test_nobody_is_chosen_at_first(site: Site, desk: Visitor) -> None:
    page = (await desk.get("/console/calendar")).text
    for worker in await directory.workers(site.place.parts.db):
        assert f"{worker.first_name} {worker.last_name}</option>" in page
    assert "<section" not in page
    assert "<section" not in (await desk.get("/console/calendar?worker=nobody&on=x&move=x")).text


async def test_a_week_shows_who_comes_and_what_is_free(site: Site, desk: Visitor) -> None:
    _, appointment = await booked(site)
    worker = await worker_of(site, appointment)
    page = (await desk.get(f"/console/calendar?worker={worker}&on=2026-03-11")).text
    assert "Semaine du lundi 9 mars" in page
    assert "Camille Dubois" in page
    assert f"/console/appointments/{appointment}" in page
    assert page.count(" libre</a>") > 5
    assert page.count("<section") == 7
    seen = await audit.of(site.place.parts.db, f"week:{worker}:2026-03-09")
    assert [deed.action for deed in seen] == ["see"]
    other = (await desk.get(f"/console/calendar?worker={worker}&on=2026-03-18")).text
    assert "Camille" not in other


async def test_a_free_hour_leads_to_the_form_for_a_caller(site: Site, desk: Visitor) -> None:
    _, appointment = await booked(site)
    worker = await worker_of(site, appointment)
    page = (await desk.get(f"/console/calendar?worker={worker}&on={MONDAY}")).text
    path = re.search(r'href="(/console/call\?slot=[^"]+)"', page)
    assert path
    form = (await desk.get(path[1])).text
    slot = re.search(r'name="slot" value="([^"]+)" checked', form)
    assert slot
    missing = await desk.post("/console/call", 422, phone=PHONE, slot=slot[1], **ANN)
    assert f'value="{slot[1]}" checked' in missing.text, "the hour is not lost"
    done = await desk.post("/console/call", 303, phone=PHONE, slot=slot[1], **{**WISH, "motive": "finance"}, **ANN)
    assert "said=booked" in done.to
    assert await worker_of(site, done.to.split("/")[-1].split("?")[0]) == worker


async def test_an_appointment_is_moved_in_the_calendar(site: Site, desk: Visitor) -> None:
    _, appointment = await booked(site)
    worker = await worker_of(site, appointment)
    link = f"/console/calendar?worker={worker}&amp;move={appointment}&amp;on={MONDAY}"
    assert link in (await desk.get(f"/console/appointments/{appointment}/move")).text
    page = (await desk.get(link.replace("&amp;", "&"))).text
    assert "À déplacer : Camille Dubois" in page
    slots = re.findall(r'name="slot" value="([^"]+)"', page)
    done = await desk.post(f"/console/appointments/{appointment}/move", slot=slots[-1])
    assert "said=moved" in done.to
    again = (await desk.get(link.replace("&amp;", "&"))).text
    assert "À déplacer" in again, "an old address speaks of the hour as it is now"


async def test_what_is_over_is_not_moved_there(site: Site, desk: Visitor) -> None:
    _, appointment = await booked(site)
    await desk.get(f"/console/appointments/{appointment}")
    await desk.post(f"/console/appointments/{appointment}/cancel", by="person", sure="yes")
    page = (await desk.get(f"/console/calendar?move={appointment}&on={MONDAY}")).text
    assert "À déplacer" not in page
    assert 'name="slot"' not in page


@pytest.mark.parametrize(
    "query", ["worker=%00", "worker=" + "x" * 500, "on=²", "move='", "worker=a&worker=b", "on=2026-02-31"]
)
async def test_odd_addresses_are_nothing_special(site: Site, desk: Visitor, query: str) -> None:
    await desk.get(f"/console/calendar?{query}")
