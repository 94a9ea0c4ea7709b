"""Appointments through the API: the chat's own core, both sides told, nothing taken twice, nobody's another's."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from handlers.console.channels import unlink
from storage import audit, contacts
from tests.guards import guards
from tests.handlers.api.site import Site, hour, person
from tests.handlers.path.place import CAMILLE, SAM
from tests.handlers.path.test_hushed import NEUTRAL

pytestmark = pytest.mark.sampled

MAIL = "sam@example.org"


async def test_an_hour_is_booked_and_both_sides_are_told(site: Site) -> None:
    camille = await site.joins()
    slot = await site.slot()
    booked = await site.books(camille)
    assert (booked["status"], booked["version"], booked["mode"]) == ("booked", 0, "phone")
    assert booked["page"].startswith("https://chat.example.org/a/")
    assert slot not in [await site.slot(n, worker=booked["worker"]["id"]) for n in range(2)]
    await site.place.settle()
    text = "\n".join(text for _, text in site.place.line("sms").sent_to)
    assert booked["page"] in text
    assert "Camille" in text, "the worker's notice"
    assert (await site.get(f"{camille}/appointments")).json == {"appointments": [booked]}
    assert (await site.get(f"{camille}/appointments/{booked['id']}")).json == booked
    assert (await site.get(f"{camille}/appointments", when="past")).json == {"appointments": []}
    (deed,) = await audit.of(site.place.parts.db, f"appointment:{booked['id']}")
    assert (deed.actor.partition(":")[0], deed.action) == ("key", "book")


async def test_it_is_the_chats_appointment(site: Site) -> None:
    camille = await site.joins()
    booked = await site.books(camille)
    await site.place.settle()
    await site.place.says("sms", "+33639980011", "annuler", "4")
    left = (await site.get(f"{camille}/appointments/{booked['id']}")).json
    assert left["status"] == "cancelled"


async def test_moving_and_cancelling_are_told_with_the_word_against_it(site: Site) -> None:
    camille = await site.joins()
    booked = await site.books(camille)
    await site.place.settle()
    site.place.new("sms", "+33639980011")
    moved = await site.post(f"{camille}/appointments/{booked['id']}/move", {"slot": await site.slot(3)})
    assert moved.status == 200, moved
    assert (moved.json["series"], moved.json["version"]) == (booked["id"], 1)
    old = (await site.get(f"{camille}/appointments/{booked['id']}")).json
    assert (old["status"], old["page"]) == ("moved", None)
    await site.place.settle()
    assert any(moved.json["page"] in text for text in site.place.new("sms", "+33639980011"))
    gone = await site.post(f"{camille}/appointments/{moved.json['id']}/cancel")
    assert (gone.status, gone.json["status"], gone.json["late"]) == (200, "cancelled", False)
    await site.place.settle()
    assert site.place.new("sms", "+33639980011")
    again = await site.post(f"{camille}/appointments/{moved.json['id']}/cancel")
    assert (again.status, again.code) == (409, "already_over")
    late = await site.post(f"{camille}/appointments/{moved.json['id']}/move", {"slot": await site.slot()})
    assert late.code == "already_over"


async def test_a_hold_keeps_the_hour_and_gives_it_back(site: Site) -> None:
    camille, sam = await site.joins(), await site.joins(phone=SAM, email=MAIL, first_name="Sam")
    worker = (await site.get("/workers")).json["workers"][0]["id"]
    free = await site.get("/slots", motive="finance", mode="phone", worker=worker)
    slot = free.json["slots"][0]["slot"]
    held = await site.post(f"{camille}/holds", hour(slot))
    assert (held.status, held.json["slot"], held.json["worker"]) == (201, slot, worker)
    assert (await site.post(f"{sam}/appointments", hour(slot))).code == "slot_gone"
    theirs = await site.ask("DELETE", f"/api/v1{sam}/holds/{held.json['id']}")
    assert theirs.code == "not_found"
    given = await site.ask("DELETE", f"/api/v1{camille}/holds/{held.json['id']}")
    assert (given.status, given.text) == (204, "")
    assert (await site.ask("DELETE", f"/api/v1{camille}/holds/{held.json['id']}")).code == "not_found"
    assert (await site.post(f"{sam}/appointments", hour(slot))).status == 201
    assert (await site.post(f"{camille}/holds", hour(slot))).code == "slot_gone"


async def test_a_held_hour_becomes_the_appointment(site: Site) -> None:
    camille = await site.joins()
    held = (await site.post(f"{camille}/holds", hour(await site.slot()))).json
    booked = await site.post(f"{camille}/appointments", hour(held["slot"]))
    assert booked.json["worker"]["id"] == held["worker"]
    assert await site.place.parts.db.fetch("SELECT 1 AS one FROM hold") == []


async def test_past_ones_are_read_page_by_page(site: Site) -> None:
    camille = await site.joins()
    booked = [await site.books(camille, n) for n in (0, 3)]
    assert (await site.get(f"{camille}/appointments", when="past")).json == {"appointments": []}
    site.place.clock.now += timedelta(days=14)
    starts = []
    before: dict[str, str] = {}
    for _ in range(3):
        page = (await site.get(f"{camille}/appointments", when="past", limit=1, **before)).json["appointments"]
        starts += [each["start"] for each in page]
        before = {"before": page[-1]["start"]} if page else before
    assert starts == sorted((each["start"] for each in booked), reverse=True)
    later = {"before": "2099-01-01T00:00:00Z"}
    assert len((await site.get(f"{camille}/appointments", when="past", **later)).json["appointments"]) == 2


async def test_an_hour_that_a_talk_holds_is_not_free_and_the_other_way_round(site: Site) -> None:
    """One calendar: a talk holds an hour, an API call may not have it; nor the talk what the API holds."""
    camille = await site.joins()
    await site.place.says("sms", SAM, "bonjour", "PORTS-7KQM-4XTD", "1", "1")
    [held] = await site.place.parts.db.fetch("SELECT start_at, worker_id FROM hold")
    slot = f"{held['start_at']:%Y-%m-%dT%H:%MZ}/{held['worker_id']}"
    left = {each["slot"] for each in await everything(site, worker=held["worker_id"])}
    assert slot not in left
    assert (await site.post(f"{camille}/appointments", hour(slot))).code == "slot_gone"
    assert (await site.post(f"{camille}/holds", hour(slot))).code == "slot_gone"
    kept = await site.post(f"{camille}/holds", hour(min(left)))
    assert kept.status == 201
    rows = await site.place.parts.db.fetch("SELECT worker_id, start_at FROM hold")
    assert len({(row["worker_id"], row["start_at"]) for row in rows}) == 2
    done = await site.place.says("sms", SAM, "1", "Sam Leroy", MAIL, "1")
    assert "réservé" in done[-1], "what the talk holds, it gets"
    [theirs] = await site.place.parts.db.fetch("SELECT start_at, worker_id FROM appointment")
    assert (theirs["start_at"], theirs["worker_id"]) == (held["start_at"], held["worker_id"])


async def test_a_hold_of_the_talk_is_the_same_persons_hold(site: Site) -> None:
    """A person has one, whichever way it was taken: theirs of the talk is what the API books for them."""
    camille = await site.joins()
    await site.place.says("sms", "+33639980011", "rendez-vous", "1", "1")
    [held] = await site.place.parts.db.fetch("SELECT start_at, worker_id FROM hold")
    slot = f"{held['start_at']:%Y-%m-%dT%H:%MZ}/{held['worker_id']}"
    booked = await site.post(f"{camille}/appointments", hour(slot))
    assert booked.status == 201, booked
    assert await site.place.parts.db.fetch("SELECT 1 AS one FROM hold") == []


async def test_of_two_who_change_the_same_appointment_one_does(site: Site) -> None:
    """An id is of one version: who moves or cancels names what they saw, and is refused where it is not so any more."""
    camille = await site.joins()
    booked = await site.books(camille)
    path = f"{camille}/appointments/{booked['id']}"
    answers = await asyncio.gather(
        site.post(f"{path}/move", {"slot": await site.slot(3)}),
        site.post(f"{path}/move", {"slot": await site.slot(5)}),
        site.post(f"{path}/cancel"),
    )
    assert sorted(each.status for each in answers) == [200, 409, 409]
    assert {each.code for each in answers if each.status == 409} == {"already_over"}


async def everything(site: Site, **wish: str) -> list[Any]:
    found = await site.get("/slots", motive="finance", mode="phone", limit=100, **wish)
    return list(found.json["slots"])


async def test_another_persons_appointment_is_not_there(site: Site) -> None:
    camille, sam = await site.joins(), await site.joins(phone=SAM, email=MAIL, first_name="Sam")
    booked = await site.books(camille)
    theirs = f"{sam}/appointments/{booked['id']}"
    for answer in [
        await site.get(theirs),
        await site.post(f"{theirs}/cancel"),
        await site.post(f"{theirs}/move", {"slot": await site.slot(1)}),
    ]:
        assert answer.code == "not_found"
    assert (await site.get(f"{camille}/appointments/{booked['id']}")).json["status"] == "booked"


async def test_the_rules_of_the_core_are_those_of_the_chat(site: Site) -> None:
    camille = await site.joins()
    first = await site.books(camille)
    same = await site.post(f"{camille}/appointments", hour(first["start"][:16] + "Z/any"))
    assert same.code == "overlap"
    await site.books(camille, 2)
    third = await site.post(f"{camille}/appointments", hour(await site.slot(5)))
    assert third.code == "max_appointments"
    assert (await site.post(f"{camille}/holds", hour(await site.slot(5)))).code == "max_appointments"
    for slot in ("2026-03-02T09:15Z/any", "2026-99-99T99:99Z/any", "2029-03-03T09:00Z/any"):
        moved = await site.post(f"{camille}/appointments/{first['id']}/move", {"slot": slot})
        assert moved.code == "slot_gone"


async def test_terms_that_were_not_accepted_are_asked_for(site: Site) -> None:
    camille = await site.joins()
    await site.place.parts.db.execute("UPDATE consent SET terms_version = '2019-01-01'")
    assert (await site.get(camille)).json["terms_accepted"] is False
    slot = await site.slot()
    assert (await site.post(f"{camille}/appointments", hour(slot))).code == "consent"
    old = {**person()["consent"], "terms_version": "2019-01-01"}
    assert (await site.post(f"{camille}/appointments", hour(slot, consent=old))).code == "consent"
    now = {**person()["consent"], "accepted_at": "2026-03-02T09:00:00Z"}
    booked = await site.post(f"{camille}/appointments", hour(slot, consent=now))
    assert booked.status == 201
    assert (await site.get(camille)).json["terms_accepted"] is True


async def test_moving_asks_for_the_terms_in_force_too(site: Site) -> None:
    camille = await site.joins()
    booked = await site.books(camille)
    await site.place.parts.db.execute("UPDATE consent SET terms_version = '2019-01-01'")
    moving, slot = f"{camille}/appointments/{booked['id']}/move", {"slot": await site.slot(3)}
    assert (await site.post(moving, slot)).code == "consent"
    old = person(consent={"terms_version": "2019-01-01"})["consent"]
    assert (await site.post(moving, {**slot, "consent": old})).code == "consent"
    now = {**person()["consent"], "accepted_at": "2026-03-02T09:00:00Z"}
    assert (await site.post(moving, {**slot, "consent": now})).status == 200
    assert (await site.get(camille)).json["terms_accepted"] is True


@guards("T04", partly=True)
async def test_an_hour_that_a_program_books_vouches_for_no_silent_number(site: Site) -> None:
    """It says nothing of who has the telephone by now: what goes there says that there is a message, and no more."""
    camille, place = await site.joins(), site.place
    await place.says("sms", CAMILLE, "aide")
    await place.passes(days=46)
    place.new("sms", CAMILLE)
    after = f"{place.clock.now + timedelta(days=3):%Y-%m-%dT%H:%M:%SZ}"
    free = (await site.get("/slots", motive="finance", mode="phone", after=after)).json["slots"]
    booked = (await site.post(f"{camille}/appointments", hour(free[0]["slot"]))).json
    await place.settle()
    assert place.new("sms", CAMILLE) == [NEUTRAL]
    moved = await site.post(f"{camille}/appointments/{booked['id']}/move", {"slot": free[3]["slot"]})
    assert moved.status == 200
    await place.settle()
    assert set(place.new("sms", CAMILLE)) <= {NEUTRAL}
    assert "dites-nous d'abord" in (await place.says("sms", CAMILLE, "mes rendez-vous"))[-1]


async def test_whoever_has_no_address_left_cannot_be_booked_for(site: Site) -> None:
    camille = await site.joins()
    await site.place.parts.db.execute("UPDATE contact SET person_id = NULL WHERE channel = 'sms'")
    assert (await site.post(f"{camille}/appointments", hour(await site.slot()))).code == "no_address"


async def test_whose_telephone_was_parted_has_no_new_hour_and_may_give_one_up(site: Site) -> None:
    """Nobody could tell them of it; where they have another address, what is booked is told there."""
    camille, place = await site.joins(), site.place
    booked = await site.books(camille)
    await place.says("sms", CAMILLE, "aide")
    contact = await place.contact("sms", CAMILLE)
    await unlink(place.parts, contact.id, "operator:desk")
    slot = await site.slot(4)
    assert (await site.post(f"{camille}/appointments", hour(slot))).code == "no_address"
    assert (await site.post(f"{camille}/holds", hour(slot))).code == "no_address"
    assert (await site.post(f"{camille}/appointments/{booked['id']}/cancel")).status == 200
    await place.says("telegram", "900000000000011", "bonjour")
    there = await place.contact("telegram", "900000000000011")
    async with place.parts.db.transaction() as tx:
        await contacts.link_person(tx, there.id, contact.person_id)
        await tx.execute("UPDATE contact SET last_inbound_at = NULL WHERE id = ?", there.id)
    again = await site.post(f"{camille}/appointments", hour(slot))
    [row] = await place.parts.db.fetch("SELECT contact_id FROM appointment WHERE id = ?", again.json["id"])
    assert row["contact_id"] == there.id


# ------------------------------------------------------------ once


async def test_the_same_request_again_is_answered_alike_and_not_done_again(site: Site) -> None:
    camille = await site.joins()
    wanted = hour(await site.slot())
    first = await site.post(f"{camille}/appointments", wanted, once="a")
    again = await site.post(f"{camille}/appointments", wanted, once="a")
    assert (first.status, first.text) == (again.status, again.text) == (201, first.text)
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len((await site.get(f"{camille}/appointments")).json["appointments"]) == 1
    other = await site.post(f"{camille}/appointments", hour(await site.slot(4)), once="a")
    assert (other.status, other.code) == (422, "idempotency_key_reused")
    elsewhere = await site.post(f"{camille}/holds", wanted, once="a")
    assert elsewhere.code == "idempotency_key_reused"


async def test_a_refusal_is_answered_alike_too(site: Site) -> None:
    camille = await site.joins()
    first = await site.post(f"{camille}/appointments", hour("2026-03-02T09:15Z/any"), once="a")
    again = await site.post(f"{camille}/appointments", hour("2026-03-02T09:15Z/any"), once="a")
    assert (again.status, again.code, again.text) == (409, "slot_gone", first.text)


async def test_a_key_is_asked_for(site: Site) -> None:
    for shown in ("", "a b", "é", "x" * 129):
        answer = await site.post("/persons", person(), headers={"Idempotency-Key": shown})
        assert (answer.status, answer.code) == (400, "idempotency_key_missing")


async def test_what_two_callers_call_the_same_is_not_the_same(site: Site) -> None:
    from handlers.web.api.operations import Scope

    await site.key("sd_another-key-of-somebody", *Scope)
    one = await site.post("/persons", person(), once="a")
    two = await site.post("/persons", person(phone=SAM), once="a", key="sd_another-key-of-somebody")
    assert (one.status, two.status) == (201, 201)


async def test_of_many_at_once_one_is_done(site: Site) -> None:
    camille = await site.joins()
    wanted = hour(await site.slot())
    answers = await asyncio.gather(*(site.post(f"{camille}/appointments", wanted, once="a") for _ in range(8)))
    assert {(each.status, each.text) for each in answers} == {(201, answers[0].text)}
    assert len([each for each in answers if "Idempotent-Replayed" in each.headers]) == 7


async def test_of_many_for_one_hour_one_gets_it(site: Site) -> None:
    worker = (await site.get("/workers")).json["workers"][0]["id"]
    slot = (await site.get("/slots", motive="finance", mode="phone", worker=worker)).json["slots"][0]["slot"]
    people = [await site.joins(phone=f"+3363998002{n}", email=f"p{n}@example.org") for n in range(4)]
    answers = await asyncio.gather(*(site.post(f"{each}/appointments", hour(slot)) for each in people))
    assert sorted(each.status for each in answers) == [201, 409, 409, 409]
    assert {each.code for each in answers if each.status == 409} == {"slot_gone"}


async def test_answers_are_kept_sealed_and_for_a_day(site: Site) -> None:
    from storage import purge

    await site.joins()
    db, now = site.place.parts.db, site.place.clock.now
    (row,) = await db.fetch("SELECT * FROM api_answer")
    assert b"Camille" not in row["body"]
    assert (await purge.purge(db, now + timedelta(days=1))).get("answers of the API") is None
    assert (await purge.purge(db, now + timedelta(days=1, seconds=1)))["answers of the API"] == 1
