"""The desk's tickets in the console: what waits, one ticket's page, and what an operator does there."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from functools import partial
from typing import get_args

import pytest

from booking.operating import Role
from conversations.text import Text
from handlers import ticket_answers
from handlers import tickets as desk
from handlers.web.console import ticket_words
from storage import audit, tickets
from storage.tickets import EntryKind, NewTicket, TicketRow
from tests.handlers.console.site import ORIGIN, Site, Visitor
from tests.handlers.console.test_people import booked
from tests.handlers.path.place import CAMILLE, MONDAY, SAM

pytestmark = pytest.mark.sampled


async def only(site: Site) -> TicketRow:
    [row] = await tickets.listed(site.place.parts.db, ["open", "taken", "closed"])
    return row


async def asked(site: Site, address: str = CAMILLE, word: str = "humain") -> str:
    """Somebody has asked for a human: their ticket."""
    await site.place.says("sms", address, "bonjour", word)
    rows = await tickets.listed(site.place.parts.db)
    return max(rows, key=lambda row: (row.opened_at, row.id)).id


async def told(site: Site, address: str = CAMILLE) -> str:
    await site.place.settle()
    return "\n".join(site.place.new("sms", address))


@pytest.fixture
async def anna(site: Site) -> Visitor:
    return await site.operator(Role.DESK, "anna")


@pytest.fixture
async def ben(site: Site) -> Visitor:
    return await site.operator(Role.DESK, "ben")


def test_everything_that_happens_to_a_ticket_has_words() -> None:
    assert set(ticket_words.ENTRIES) == set(get_args(EntryKind))
    assert set(ticket_words.HOWS) == set(ticket_answers.HOWS)
    assert set(ticket_words.OUTCOMES) == set(ticket_answers.OUTCOMES)
    assert set(ticket_words.NO_TALK) == set(get_args(ticket_answers.Why))


@pytest.mark.parametrize(
    ("seconds", "count", "unit"),
    [
        (-5, 0, "minutes"),
        (59, 0, "minutes"),
        (60, 1, "minutes"),
        (3599, 59, "minutes"),
        (3600, 1, "hours"),
        (172799, 47, "hours"),
        (172800, 2, "days"),
    ],
)
def test_how_long_somebody_waits(seconds: int, count: int, unit: str) -> None:
    since = MONDAY - timedelta(seconds=seconds)
    assert ticket_words.waited(since, MONDAY) == Text(f"console.ticket.{unit}", {"count": count})


async def test_danger_first_then_what_nobody_has_then_what_somebody_has(site: Site, anna: Visitor) -> None:
    first = await asked(site)
    async with site.place.parts.db.transaction() as tx:
        calm = await tickets.open_(tx, NewTicket("privacy", None), site.place.clock.now, site.place.parts.new_id)
    site.place.clock.now += timedelta(minutes=5)
    await site.place.says("sms", SAM, "bonjour", "je vais me tuer")
    [danger] = [row.id for row in await tickets.listed(site.place.parts.db) if row.kind == "danger"]
    await anna.get(f"/console/tickets/{first}")
    await anna.post(f"/console/tickets/{first}/take")
    page = (await anna.get("/console/tickets")).text
    places = [page.index(f"/console/tickets/{id}") for id in (danger, calm.id, first)]
    assert places == sorted(places)
    assert "pris par anna" in page
    assert "5 min" in page
    await site.place.says("sms", CAMILLE, "Vous êtes là ?")
    today = (await anna.get("/console/today")).text
    places = [today.index(f"/console/tickets/{id}") for id in (danger, first, calm.id)]
    assert places == sorted(places), "whose talk waits for somebody stands right under danger"


async def test_danger_that_nobody_looked_at_stands_above_what_somebody_has(site: Site, anna: Visitor) -> None:
    for address in (CAMILLE, SAM):
        await site.place.says("sms", address, "bonjour", "je vais me tuer")
        site.place.clock.now += timedelta(minutes=1)
    first, second = [row.id for row in await tickets.listed(site.place.parts.db) if row.kind == "danger"]
    await anna.get(f"/console/tickets/{first}")
    await anna.post(f"/console/tickets/{first}/take")
    for path in ("tickets", "today"):
        page = (await anna.get(f"/console/{path}")).text
        assert page.index(f"/console/tickets/{second}") < page.index(f"/console/tickets/{first}")


async def test_a_ticket_shows_why_where_and_whom_to_call(site: Site, anna: Visitor) -> None:
    await site.place.says("sms", CAMILLE, "bonjour", "PORTS-7KQM-4XTD", "1", "HUMAIN", "Je suis perdue <b>")
    page = (await anna.get(f"/console/tickets/{(await only(site)).id}")).text
    assert "Demande quelqu" in page
    assert "prise de rendez-vous" in page
    assert "Argent et dettes" in page
    assert 'href="tel:+33639980011"' in page
    assert "Je suis perdue &lt;b&gt;" in page
    assert "attend dans la conversation" in page
    id = (await only(site)).id
    deeds = await audit.of(site.place.parts.db, f"ticket:{id}")
    assert [(deed.actor, deed.action) for deed in deeds] == [(f"operator:{await site.id('anna')}", "ticket see")]


async def test_a_talk_from_taking_to_closing(site: Site, anna: Visitor) -> None:
    id = await asked(site)
    await told(site)
    await anna.get(f"/console/tickets/{id}")
    assert (await anna.post(f"/console/tickets/{id}/take")).to == f"/console/tickets/{id}?said=taken"
    assert await told(site)
    await anna.post(f"/console/tickets/{id}/say", words="Bonjour,\r\nque puis-je faire ?")
    assert "Bonjour,\nque puis-je faire ?" in await told(site)
    await anna.post(f"/console/tickets/{id}/note", words="à rappeler demain")
    await anna.post(f"/console/tickets/{id}/call", how="no_answer")
    assert "appel" in await told(site)
    await anna.post(f"/console/tickets/{id}/back")
    assert await told(site)
    page = (await anna.get(f"/console/tickets/{id}?said=back")).text
    assert "La conversation est rendue" in page
    for words in ("que puis-je faire ?", "à rappeler demain", "pas de réponse", "conversation rendue", "vous</dd>"):
        assert words in page
    assert (await anna.post(f"/console/tickets/{id}/close", outcome="solved")).to == "/console/tickets?said=closed"
    assert (await only(site)).outcome == "solved"
    page = (await anna.get(f"/console/tickets/{id}")).text
    assert "<textarea" not in page
    assert "réglé" in page
    assert id in (await anna.get("/console/tickets?closed")).text
    assert id not in (await anna.get("/console/tickets")).text
    assert "déjà fermé" in (await anna.post(f"/console/tickets/{id}/say", 409, words="Encore là ?")).text


async def test_a_colleagues_ticket_is_taken_over_on_purpose_only(site: Site, anna: Visitor, ben: Visitor) -> None:
    id = await asked(site)
    for one in (anna, ben):
        await one.get(f"/console/tickets/{id}")
    await anna.post(f"/console/tickets/{id}/take")
    page = ""
    for deed, form in {"take": {}, "say": {"words": "Bonjour"}, "back": {}, "close": {"outcome": "solved"}}.items():
        page = (await ben.post(f"/console/tickets/{id}/{deed}", 409, **form)).text
        assert "un autre opérateur a ce ticket" in page
    assert "anna</dd>" in page
    await ben.post(f"/console/tickets/{id}/note", words="Je la connais.")
    await ben.post(f"/console/tickets/{id}/take", over="yes")
    assert (await only(site)).operator == f"operator:{await site.id('ben')}"


@pytest.mark.parametrize("words", ["", "  \r\n ", "x" * 1001])
async def test_what_was_typed_is_shown_again_where_it_could_not_go(site: Site, anna: Visitor, words: str) -> None:
    id = await asked(site)
    await anna.get(f"/console/tickets/{id}")
    page = (await anna.post(f"/console/tickets/{id}/say", 422, words=words)).text
    assert "entre 1 et 1000 caractères" in page
    assert words.strip() in page
    await anna.post(f"/console/tickets/{id}/call", 422, how="somehow")
    await anna.post(f"/console/tickets/{id}/close", 422)
    assert (await only(site)).status == "open"
    await anna.post(f"/console/tickets/{id}/say", words="é€𝄞" * 333)


async def test_who_stopped_us_is_called(site: Site, anna: Visitor) -> None:
    id = await asked(site)
    await site.place.says("sms", CAMILLE, "STOP")
    page = (await anna.get(f"/console/tickets/{id}")).text
    assert "la personne a arrêté nos messages" in page
    assert 'name="words" rows="4" maxlength="1000" required aria-describedby="say' not in page
    await anna.post(f"/console/tickets/{id}/take")
    page = (await anna.post(f"/console/tickets/{id}/say", 409, words="Bonjour !")).text
    assert "la personne a arrêté nos messages" in page
    assert (await only(site)).operator == f"operator:{await site.id('anna')}"


async def test_the_message_that_did_not_arrive_is_named(site: Site, anna: Visitor) -> None:
    await booked(site)
    [row] = await site.place.parts.db.fetch("SELECT id, contact_id FROM outbox WHERE kind = 'booked' LIMIT 1")
    async with site.place.parts.db.transaction() as tx:
        new = NewTicket("notice_late", row["contact_id"], None, f"outbox:{row['id']}")
        opened = await tickets.open_(tx, new, site.place.clock.now, site.place.parts.new_id)
    page = (await anna.get(f"/console/tickets/{opened.id}")).text
    assert "Le message" in page
    assert "Rendez-vous pris" in page


async def test_what_is_no_ticket_is_not_found(site: Site, anna: Visitor) -> None:
    await anna.get("/console/own")
    await anna.get("/console/tickets/nowhere", 404)
    for deed in ("take", "back"):
        await anna.post(f"/console/tickets/nowhere/{deed}", 404)
    await anna.post("/console/tickets/nowhere/say", 404, words="Bonjour")
    await anna.post("/console/people/nobody/take", 404, contact="nobody")


# ------------------------------------------------------------ a day, and a person


async def test_today_shows_what_needs_a_human(site: Site, anna: Visitor) -> None:
    assert "Rien n'attend" in (await anna.get("/console/today")).text.replace("&#39;", "'")
    id = await asked(site)
    page = (await anna.get("/console/today")).text
    assert "À traiter maintenant : 1" in page
    assert f"/console/tickets/{id}" in page
    assert id not in (await anna.get("/console/today?on=2026-03-03")).text


async def test_a_persons_talk_is_taken_over_and_they_are_told(site: Site, anna: Visitor, ben: Visitor) -> None:
    person, _ = await booked(site)
    contact = (await site.place.contact("sms", CAMILLE)).id
    await told(site)
    page = (await anna.get(f"/console/people/{person}")).text
    assert f'value="{contact}"' in page
    answer = await anna.post(f"/console/people/{person}/take", contact=contact)
    row = await only(site)
    assert answer.to == f"/console/tickets/{row.id}?said=taken"
    assert (row.kind, row.live, row.operator) == (desk.BY_HAND, True, f"operator:{await site.id('anna')}")
    assert await told(site)
    page = (await ben.get(f"/console/people/{person}")).text
    assert f"/console/tickets/{row.id}" in page
    assert f'value="{contact}"' not in page, "a colleague is in that talk"
    assert (await ben.post(f"/console/people/{person}/take", contact=contact)).to == f"/console/tickets/{row.id}"
    assert (await only(site)).operator == row.operator


async def test_the_talk_of_who_stopped_us_is_not_taken(site: Site, anna: Visitor) -> None:
    person, _ = await booked(site)
    await site.place.says("sms", CAMILLE, "STOP")
    contact = (await site.place.contact("sms", CAMILLE)).id
    page = (await anna.get(f"/console/people/{person}")).text
    assert f'value="{contact}"' not in page
    answer = await anna.post(f"/console/people/{person}/take", contact=contact)
    assert answer.to == f"/console/people/{person}?said=shut"
    assert "On ne peut pas lui écrire" in (await anna.get(answer.to)).text


async def test_another_persons_talk_is_not_taken_under_this_ones_name(site: Site, anna: Visitor) -> None:
    person, _ = await booked(site)
    await site.place.says("sms", SAM, "bonjour")
    other = (await site.place.contact("sms", SAM)).id
    await anna.get(f"/console/people/{person}")
    await anna.post(f"/console/people/{person}/take", 404, contact=other)


async def test_a_talk_is_taken_from_a_colleagues_other_ticket_on_purpose_only(
    site: Site, anna: Visitor, ben: Visitor
) -> None:
    first = await asked(site)
    await site.place.says("sms", CAMILLE, "je vais me tuer")
    [danger] = [row.id for row in await tickets.listed(site.place.parts.db) if row.kind == "danger"]
    await anna.get(f"/console/tickets/{first}")
    await anna.post(f"/console/tickets/{first}/take")
    page = (await ben.get(f"/console/tickets/{danger}")).text
    assert "anna est dans cette conversation" in page
    assert f"/console/tickets/{first}" in page
    page = (await ben.post(f"/console/tickets/{danger}/say", 409, words="Bonjour")).text
    assert "Un collègue est dans cette conversation" in page
    await ben.post(f"/console/tickets/{danger}/take", 409)
    await ben.post(f"/console/tickets/{danger}/take", over="yes")
    page = (await anna.get(f"/console/tickets/{first}")).text
    assert "conversation reprise par un collègue" in page
    assert "ben est dans cette conversation" in page


async def test_a_ticket_that_is_looked_at_all_the_time_is_one_look(site: Site, anna: Visitor) -> None:
    id = await asked(site)
    for _ in range(3):
        await anna.get(f"/console/tickets/{id}")
    deeds = await audit.of(site.place.parts.db, f"ticket:{id}")
    assert [deed.action for deed in deeds] == ["ticket see"]
    site.place.clock.now += audit.LOOK
    await anna.get(f"/console/tickets/{id}")
    assert len(await audit.of(site.place.parts.db, f"ticket:{id}")) == 2


ONCE = re.compile(r'name="once" value="(\w+)"')


async def test_a_double_click_says_it_once(site: Site, anna: Visitor) -> None:
    id = await asked(site)
    await told(site)
    page = (await anna.get(f"/console/tickets/{id}")).text
    once = ONCE.findall(page)[0]
    for _ in range(2):
        answer = await anna.post(f"/console/tickets/{id}/say", words="Bonjour !", once=once)
        assert answer.to == f"/console/tickets/{id}?said=said", "whoever clicked twice reads that it is on its way"
    assert (await told(site)).count("Bonjour !") == 1
    await anna.post(f"/console/tickets/{id}/say", words="Autre chose.", once=once)
    assert "Autre chose." in await told(site), "other words of a page that was gone back to are no double click"
    again = ONCE.findall((await anna.get(f"/console/tickets/{id}")).text)[0]
    await anna.post(f"/console/tickets/{id}/say", words="Bonjour !", once=again)
    assert "Bonjour !" in await told(site), "the same words, meant once more"


async def test_a_double_click_notes_calls_and_closes_once(site: Site, anna: Visitor) -> None:
    id = await asked(site)
    await told(site)
    once = ONCE.findall((await anna.get(f"/console/tickets/{id}")).text)[0]
    for deed, name, value in [("note", "words", "vu"), ("call", "how", "busy"), ("close", "outcome", "solved")]:
        form = {"csrf": anna.csrf, "once": once, name: value}
        path, own = f"/console/tickets/{id}/{deed}", {"Origin": ORIGIN}
        first, second = [await anna.ask("POST", path, form, own) for _ in range(2)]
        assert (first.status, first.to) == (303, second.to)
    kinds = [entry.kind for entry in await tickets.entries(site.place.parts.db, id)]
    assert [kinds.count(kind) for kind in ("note", "attempt", "closed")] == [1, 1, 1]
    assert (await told(site)).count("Nous venons de vous appeler") == 1


async def test_two_clicks_at_once_are_one_also_where_nobody_has_a_talk(site: Site, anna: Visitor) -> None:
    async with site.place.parts.db.transaction() as tx:
        new = NewTicket("nobody_to_tell", None)
        id = (await tickets.open_(tx, new, site.place.clock.now, site.place.parts.new_id)).id
    once = ONCE.findall((await anna.get(f"/console/tickets/{id}")).text)[0]
    post = partial(anna.post, f"/console/tickets/{id}/note", words="vu", once=once)
    await asyncio.gather(*(post() for _ in range(4)))
    assert [entry.kind for entry in await tickets.entries(site.place.parts.db, id)] == ["opened", "note"]
