"""A drill: an operator's session was somebody else's for an hour. Whose data they saw is listed, and nobody else's."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest

from booking.operating import Role
from handlers.privacy import disputes, erasing
from handlers.privacy.touched import DEEDS, FIELDS, LISTS, OF_NOBODY, touched
from handlers.web.console.deed_words import OBJECTS
from storage import audit, stuck, tickets
from tests.guards import guards
from tests.handlers.console.site import Site
from tests.handlers.console.test_people import booked
from tests.handlers.path import all_rows
from tests.handlers.path.place import CAMILLE, CLAIRE, SAM

pytestmark = pytest.mark.sampled

HOUR = timedelta(hours=1)


def test_each_kind_of_object_tells_whose_it_is() -> None:
    assert set(OBJECTS) == set(FIELDS) | OF_NOBODY
    assert not set(FIELDS) & OF_NOBODY
    assert set(FIELDS) >= LISTS


@guards("G22")
async def test_whose_data_an_actor_touched_in_an_hour(site: Site) -> None:
    place = site.place
    camille, appointment = await booked(site)
    await place.says("sms", SAM, "bonjour", "PORTS-7KQM-4XTD", "1", "1", "1", "Sam Rivière", "sam@example.org", "1")
    sam = (await place.contact("sms", SAM)).person_id or ""
    anna, otto = await site.operator(Role.DESK, "anna"), await site.operator(Role.DESK, "otto")
    actor = f"operator:{await site.id('anna')}"
    await anna.get(f"/console/people/{sam}")
    looked = place.clock.now
    place.clock.now += timedelta(minutes=12)
    since = place.clock.now
    await anna.get(f"/console/appointments/{appointment}")
    await otto.get(f"/console/people/{sam}")
    found = await touched(place.parts, actor, since, since + HOUR)
    (one,) = found.people
    assert one.person == camille
    assert {"name", "hour", "worker"} <= set(one.fields)
    assert one.deeds == ("see",)
    assert await touched(place.parts, actor, since + HOUR, since + 2 * HOUR) != found
    assert {each.person for each in (await touched(place.parts, actor, since - 2 * HOUR, since)).people} == {sam}
    minutes = [looked + timedelta(minutes=n) for n in (9, 10, 11, 12)]
    later = [(await touched(place.parts, actor, a, b)).people for a, b in pairwise(minutes)]
    assert [[each.person for each in people] for people in later] == [[sam], [sam], []], "noted once in ten minutes"


@guards("G22")
async def test_lists_tickets_talks_and_days_lead_to_people(site: Site) -> None:
    place = site.place
    camille, _ = await booked(site)
    await place.says("sms", CAMILLE, "humain")
    (ticket,) = await tickets.listed(place.parts.db)
    anna = await site.operator(Role.DESK, "anna")
    actor, since = f"operator:{await site.id('anna')}", place.clock.now
    (row,) = await place.parts.db.fetch("SELECT start_at, contact_id FROM appointment")
    for path in (
        "/console/tickets",
        f"/console/tickets/{ticket.id}",
        f"/console/conversations/{row['contact_id']}",
        f"/console/today?on={row['start_at'].date()}",
    ):
        place.clock.now += timedelta(minutes=1)
        await anna.get(path)
        each = await touched(place.parts, actor, since, place.clock.now + HOUR)
        assert [one.person for one in each.people] == [camille], path
    found = await touched(place.parts, actor, since, place.clock.now + HOUR)
    (one,) = found.people
    assert {"matter", "what was written on both sides", "hour"} <= set(one.fields)
    assert found.lists == 1


@guards("G22")
async def test_each_kind_of_object_leads_to_its_person(site: Site) -> None:
    place, db = site.place, site.place.parts.db
    camille, _ = await booked(site)
    contact = (await place.contact("sms", CAMILLE)).id
    [hour] = await db.fetch("SELECT worker_id, start_at FROM appointment")
    monday = hour["start_at"].date() - timedelta(days=hour["start_at"].weekday())
    sunday = hour["start_at"] + timedelta(days=6 - hour["start_at"].weekday())
    await db.execute("UPDATE appointment SET start_at = ?", sunday)
    await all_rows.fill(place, camille, contact, "canary")
    await disputes.hold(place.parts, camille, "operator:otto", "RG 26/00123", "devant le juge", date(2026, 6, 1))
    objects = [f"person:{camille}", f"archive:{camille}", f"talk:{contact}", "holds"]
    objects += [f"day:{sunday.date()}", f"week:{hour['worker_id']}:{monday}"]
    for kind in ("appointment", "ticket", "report", "decision", "document"):
        row, *_ = await db.fetch(f"SELECT id FROM {kind} WHERE person_id = ?", camille)
        objects.append(f"{kind}:{row['id']}")
    assert {object_.partition(":")[0] for object_ in objects} == set(FIELDS) - LISTS | {"holds"}
    await db.execute("UPDATE ticket SET person_id = NULL")  # as of who had no account when they asked

    async def shown(action: str, object_: str) -> list[tuple[str, tuple[str, ...]]]:
        actor, now = f"operator:{action} {object_}", place.clock.now
        await audit.add(db, actor, action, object_, now)
        return [(one.person, one.fields) for one in (await touched(place.parts, actor, now, now + HOUR)).people]

    for object_ in objects:
        assert await shown("see", object_) == [(camille, FIELDS[object_.partition(":")[0]])], object_
    assert await shown("see", f"week:nobody:{monday}") == []
    assert await shown("see", f"week:{hour['worker_id']}:{monday - timedelta(days=7)}") == []
    assert set(DEEDS) == {"export", "read", "read documents", "see documents", "see"}
    for action, more in DEEDS.items():
        assert await shown(action, f"person:{camille}") == [(camille, (*FIELDS["person"], *more))]


@guards("G22")
async def test_who_asked_the_desk_before_they_had_an_account_stood_on_its_list(site: Site) -> None:
    place = site.place
    await place.says("sms", CAMILLE, "humain")
    anna = await site.operator(Role.DESK, "anna")
    actor, since = f"operator:{await site.id('anna')}", place.clock.now
    await anna.get("/console/tickets")
    await place.says("sms", CAMILLE, "menu")
    camille, _ = await booked(site)
    place.clock.now += timedelta(minutes=11)
    await place.parts.db.execute("UPDATE ticket SET status = 'closed', closed_at = ?", place.clock.now)
    await anna.get("/console/tickets")
    found = await touched(place.parts, actor, since, since + timedelta(minutes=1))
    assert [one.person for one in found.people] == [camille], "it was not closed then"
    assert (await touched(place.parts, actor, place.clock.now + audit.LOOK, place.clock.now + HOUR)).people == []


@guards("G22")
async def test_who_was_shown_on_the_list_of_talks_without_a_ticket(site: Site) -> None:
    """Nobody asked the desk for them: they were not understood, and fell silent. One has an account, one has none."""
    place = site.place
    camille, _ = await booked(site)
    await place.says("sms", CAMILLE, "rdv", "bzzt", "grmbl")
    await place.says("sms", SAM, "bonjour", "PORTS-7KQM-4XTD", "bzzt", "grmbl")
    stranger = f"talk:{(await place.contact('sms', SAM)).id}"
    assert await tickets.listed(place.parts.db) == []
    place.clock.now += stuck.QUIET
    anna, since = await site.operator(Role.DESK, "anna"), place.clock.now
    actor = f"operator:{await site.id('anna')}"
    for _ in range(2):
        await anna.get("/console/conversations?only=danger")
    assert (await touched(place.parts, actor, since, since + HOUR)).people == [], "nobody in danger, nobody shown"
    for _ in range(2):
        await anna.get("/console/conversations")
    found = await touched(place.parts, actor, since, since + HOUR)
    assert [(one.person, one.fields, one.deeds, one.count) for one in found.people] == [
        (id, FIELDS["conversations"], ("see listed",), 1) for id in (camille, stranger)
    ], "their name and when they wrote; what they wrote is on no list"
    await anna.get(f"/console/conversations/{stranger.removeprefix('talk:')}")
    *_, one = (await touched(place.parts, actor, since, since + HOUR)).people
    assert (one.person, set(one.fields)) == (stranger, {*FIELDS["conversations"], *FIELDS["talk"]})
    await place.says("sms", SAM, "1", "1", "1", "Sam Rivière", "sam@example.org", "1")
    sam = (await place.contact("sms", SAM)).person_id
    people = (await touched(place.parts, actor, since, since + HOUR)).people
    assert {each.person for each in people} == {camille, sam}, "by the account that they have since"


@guards("G22")
async def test_whoever_has_no_account_and_who_works_for_us_is_named_too(site: Site) -> None:
    place, db = site.place, site.place.parts.db
    await place.says("sms", CAMILLE, "humain")
    await place.says("sms", CLAIRE, "agenda")
    (ticket,) = await tickets.listed(db)
    talk, worker = f"talk:{ticket.contact_id}", await place.contact("sms", CLAIRE)
    anna, since = await site.operator(Role.DESK, "anna"), place.clock.now
    actor = f"operator:{await site.id('anna')}"
    for path, named in (
        ("/console/tickets", [talk]),
        (f"/console/tickets/{ticket.id}", [talk]),
        (f"/console/conversations/{worker.id}", [talk, f"worker:{worker.worker_id}"]),
    ):
        await anna.get(path)
        found = await touched(place.parts, actor, since, since + HOUR)
        assert ([one.person for one in found.people], found.unknown) == (named, 0), path


@guards("G22")
async def test_who_was_erased_since_is_still_counted(site: Site) -> None:
    camille, appointment = await booked(site)
    anna = await site.operator(Role.DESK, "anna")
    actor, since = f"operator:{await site.id('anna')}", site.place.clock.now
    await anna.get(f"/console/people/{camille}")
    await anna.get(f"/console/appointments/{appointment}")
    await erasing.erase(site.place.parts, camille, "operator:otto")
    found = await touched(site.place.parts, actor, since, since + HOUR)
    assert [each.person for each in found.people] == [camille]
    assert found.unknown == 1, "the hour is gone: nobody can say whose it was"
