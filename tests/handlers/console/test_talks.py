"""Talks that need a human, in the console: which stand in the list, for whom; taken over, and handed back."""

from __future__ import annotations

from datetime import timedelta
from typing import get_args

import pytest

from booking.operating import Role
from handlers.web.console import talks as pages
from storage import audit, stuck, tickets
from tests.handlers.console.site import Site, Visitor
from tests.handlers.path.place import CAMILLE, SAM

pytestmark = pytest.mark.sampled

LOST = ("bonjour", "PORTS-7KQM-4XTD", "bzzt", "grmbl")  # twice not understood, at the question which matter
THIRD = "+33639980013"


async def contact(site: Site, address: str = CAMILLE) -> str:
    return (await site.place.contact("sms", address)).id


async def told(site: Site, address: str = CAMILLE) -> str:
    await site.place.settle()
    return "\n".join(site.place.new("sms", address))


async def silence(site: Site, *visitors: Visitor) -> None:
    """The people write nothing, the operators go on clicking: their sessions would end."""
    for _ in range(2):
        site.place.clock.now += stuck.QUIET / 2
        for visitor in visitors:
            await visitor.get("/console/own")


@pytest.fixture
async def anna(site: Site) -> Visitor:
    return await site.operator(Role.DESK, "anna")


@pytest.fixture
async def ben(site: Site) -> Visitor:
    return await site.operator(Role.DESK, "ben")


def test_every_need_has_words() -> None:
    assert set(pages.WHYS) == set(get_args(stuck.Why))


async def test_who_is_lost_and_silent_stands_in_the_list(site: Site, anna: Visitor) -> None:
    assert "Aucune conversation" in (await anna.get("/console/conversations")).text
    await site.place.says("sms", CAMILLE, *LOST)
    id = await contact(site)
    assert id not in (await anna.get("/console/conversations")).text, "they may be typing"
    await silence(site, anna)
    page = (await anna.get("/console/conversations")).text
    assert f"/console/conversations/{id}" in page
    assert "pas compris plusieurs fois" in page
    assert "prise de rendez-vous" in page
    for private in ("bzzt", "grmbl", "PORTS", "639980011", "06 39 98 00 11"):
        assert private not in page
    await site.place.says("sms", CAMILLE, "1")
    assert id not in (await anna.get("/console/conversations")).text


async def test_danger_first_though_others_are_newer_and_a_filter(site: Site, anna: Visitor) -> None:
    await site.place.says("sms", SAM, "bonjour", "je vais me tuer")
    site.place.clock.now += timedelta(minutes=1)
    await site.place.says("sms", CAMILLE, *LOST)
    site.place.clock.now += timedelta(minutes=1)
    await site.place.says("sms", THIRD, "bonjour", "humain")
    await silence(site, anna)
    stays, danger, human = [await contact(site, address) for address in (CAMILLE, SAM, THIRD)]
    page = (await anna.get("/console/conversations")).text
    places = [page.index(f'/console/conversations/{id}"') for id in (danger, human, stays)]
    assert places == sorted(places)
    for words in ("En danger (1)", "Avec quelqu&#39;un (1)", "Bloquées (1)"):
        assert words in page
    for only, id in {"danger": danger, "human": human, "stuck": stays}.items():
        page = (await anna.get(f"/console/conversations?only={only}")).text
        assert [each in page for each in (stays, danger, human)] == [each == id for each in (stays, danger, human)]
    assert danger in (await anna.get("/console/conversations?only=everything")).text


async def test_one_is_taken_from_the_list_and_handed_back_there(site: Site, anna: Visitor, ben: Visitor) -> None:
    await site.place.says("sms", CAMILLE, *LOST)
    await silence(site, anna, ben)
    id = await contact(site)
    await told(site)
    for one in (anna, ben):
        await one.get("/console/conversations")
    answer = await anna.post(f"/console/conversations/{id}/take")
    live = await tickets.live(site.place.parts.db, id)
    assert live is not None
    assert answer.to == f"/console/tickets/{live.id}?said=taken"
    assert "Une personne de notre équipe" in await told(site)
    page = (await ben.get("/console/conversations")).text
    assert "pris par anna" in page
    assert f"/console/conversations/{id}/take" not in page, "a colleague is in it"
    assert (await ben.post(f"/console/conversations/{id}/take")).to == f"/console/conversations/{id}?said=other"
    assert (await ben.post(f"/console/conversations/{id}/back")).to == f"/console/conversations/{id}?said=other"
    page = (await anna.get("/console/conversations")).text
    assert f"/console/conversations/{id}/back" in page
    back = await anna.post(f"/console/conversations/{id}/back", place="list")
    assert back.to == "/console/conversations?said=back"
    assert "Retour aux réponses automatiques" in await told(site)
    assert await tickets.live(site.place.parts.db, id) is None
    again = await anna.post(f"/console/conversations/{id}/back")
    assert again.to == f"/console/conversations/{id}?said=back"
    assert await told(site) == "", "said once"


async def test_a_talk_has_a_page_of_its_own(site: Site, anna: Visitor) -> None:
    await site.place.says("sms", CAMILLE, *LOST)
    await silence(site, anna)
    id = await contact(site)
    page = (await anna.get(f"/console/conversations/{id}")).text
    for words in ("prise de rendez-vous", "pas compris 2 fois", "le robot</dd>", 'href="tel:+33639980011"', "Réponse"):
        assert words in page, words
    assert "bzzt" not in page
    await anna.get(f"/console/conversations/{id}")
    deeds = await audit.of(site.place.parts.db, f"talk:{id}")
    assert [deed.action for deed in deeds] == ["see"], "looked at twice within ten minutes is one look"
    await anna.post(f"/console/conversations/{id}/take")
    page = (await anna.get(f"/console/conversations/{id}")).text
    assert "vous</dd>" in page
    answer = await anna.post(f"/console/conversations/{id}/back")
    assert "La conversation est rendue" in (await anna.get(answer.to)).text


async def test_an_hour_that_is_kept_is_shown(site: Site, anna: Visitor) -> None:
    await site.place.says("sms", CAMILLE, "bonjour", "PORTS-7KQM-4XTD", "1", "1")
    page = (await anna.get(f"/console/conversations/{await contact(site)}")).text
    assert "Heure gardée" in page
    assert "Rien ne bloque" in page


async def test_who_stopped_us_is_not_taken_over(site: Site, anna: Visitor) -> None:
    await site.place.says("sms", CAMILLE, *LOST, "STOP")
    id = await contact(site)
    page = (await anna.get(f"/console/conversations/{id}")).text
    assert "la personne a arrêté nos messages" in page
    assert f"/console/conversations/{id}/take" not in page
    assert (await anna.post(f"/console/conversations/{id}/take")).to == f"/console/conversations/{id}?said=shut"
    assert await tickets.of_contacts(site.place.parts.db, [id]) == []


async def test_who_waits_for_somebody_is_taken_in_the_ticket_that_they_wait_in(site: Site, anna: Visitor) -> None:
    await site.place.says("sms", CAMILLE, "bonjour", "humain")
    id = await contact(site)
    [ticket] = await tickets.listed(site.place.parts.db)
    await anna.get("/console/conversations?only=human")
    answer = await anna.post(f"/console/conversations/{id}/take")
    assert answer.to == f"/console/tickets/{ticket.id}?said=taken"
    assert f"/console/conversations/{id}" in (await anna.get(f"/console/tickets/{ticket.id}")).text


async def test_what_is_no_talk_is_not_found(site: Site, anna: Visitor) -> None:
    await anna.get("/console/own")
    await anna.get("/console/conversations/nobody", 404)
    for deed in ("take", "back"):
        await anna.post(f"/console/conversations/nobody/{deed}", 404)


async def test_an_auditor_sees_no_talk(site: Site) -> None:
    auditor = await site.operator(Role.AUDITOR)
    await site.place.says("sms", CAMILLE, *LOST)
    await auditor.get("/console/conversations", 403)
    await auditor.get(f"/console/conversations/{await contact(site)}", 403)
    assert "/console/conversations" not in (await auditor.get("/console/own")).text
