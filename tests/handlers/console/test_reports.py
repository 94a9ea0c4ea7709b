"""What a worker reported, in the console: what is read of it, what follows, and what the person's page shows."""

from __future__ import annotations

import re

import pytest

from booking.operating import Role
from storage import tickets
from tests.handlers.console.site import Site, Visitor
from tests.handlers.console.test_decisions import SUSPENDS
from tests.handlers.console.test_people import booked
from tests.handlers.console.test_tickets import told
from tests.handlers.path.place import CAMILLE, CLAIRE

pytestmark = pytest.mark.sampled


@pytest.fixture
async def anna(site: Site) -> Visitor:
    return await site.operator(Role.DESK, "anna")


async def reported(site: Site) -> tuple[str, str]:
    """Ids of the person and of the ticket."""
    person, _ = await booked(site)
    await site.place.says("sms", CAMILLE, "message", "vous ne servez à <rien>")
    await site.place.says("sms", CLAIRE, "Nous en parlerons jeudi.", "signaler", "oui")
    site.place.new("sms", CLAIRE)
    site.place.new("sms", CAMILLE)
    [ticket] = await tickets.listed(site.place.parts.db)
    return person, ticket.id


async def test_it_is_read_and_settled_on_its_ticket(site: Site, anna: Visitor) -> None:
    _, ticket = await reported(site)
    page = (await anna.get(f"/console/tickets/{ticket}")).text
    for shown in ("Claire Morel signale Camille Dubois", "vous ne servez à &lt;rien&gt;", "message signalé", "jeudi."):
        assert shown in page, shown
    assert f"/console/tickets/{ticket}/settle" in page
    undecided = await anna.post(f"/console/tickets/{ticket}/close", 409, outcome="solved")
    assert "demande d&#39;abord une décision" in undecided.text
    form = (await anna.get(f"/console/tickets/{ticket}/settle")).text
    assert "Sans suite" in form
    wrong = await anna.post(f"/console/tickets/{ticket}/settle", 422)
    assert "Choisissez ce que vous décidez" in wrong.text
    short = await anna.post(f"/console/tickets/{ticket}/settle", 422, kind="warning", ground="disrespect", words="non")
    assert ">non</textarea>" in short.text
    done = await anna.post(f"/console/tickets/{ticket}/settle", 303, **SUSPENDS)
    assert done.to == f"/console/tickets/{ticket}?said=settled"
    assert "accès au service vous attend" in await told(site)
    assert "traité par notre équipe" in await told(site, CLAIRE)
    page = (await anna.get(done.to)).text
    assert "Le compte est suspendu." in page
    assert "&lt;rien&gt;" not in page, "settled, it is read no more"
    assert "/settle" not in page
    assert (await anna.get(f"/console/tickets/{ticket}/settle", 303)).to == f"/console/tickets/{ticket}"


async def test_nothing_follows_and_the_person_learns_nothing(site: Site, anna: Visitor) -> None:
    _, ticket = await reported(site)
    await anna.get(f"/console/tickets/{ticket}/settle")
    await anna.post(f"/console/tickets/{ticket}/settle", 303, kind="no_ground")
    assert await told(site) == ""
    assert "Sans suite." in (await anna.get(f"/console/tickets/{ticket}")).text


async def test_who_may_not_settles_nothing(site: Site, anna: Visitor) -> None:
    _, ticket = await reported(site)
    auditor, other = await site.operator(Role.AUDITOR), await site.operator(Role.DESK)
    await auditor.get("/console/own")
    await auditor.get(f"/console/tickets/{ticket}/settle", 403)
    await auditor.post(f"/console/tickets/{ticket}/settle", 403, kind="no_ground")
    await anna.get(f"/console/tickets/{ticket}")
    await anna.post(f"/console/tickets/{ticket}/take")
    await other.get(f"/console/tickets/{ticket}/settle")
    taken = await other.post(f"/console/tickets/{ticket}/settle", 409, kind="no_ground")
    assert "a ce ticket" in taken.text or "collègue" in taken.text
    await anna.get("/console/tickets/none/settle", 404)


async def test_a_person_s_page_counts_messages_and_shows_none(site: Site, anna: Visitor) -> None:
    """Not even while they are reported: then its ticket is linked, where each look is noted."""
    person, _ = await booked(site)
    assert "Messages</h2>" not in (await anna.get(f"/console/people/{person}")).text
    await site.place.says("sms", CAMILLE, "message", "un secret")
    await site.place.passes(minutes=12)
    await site.place.says("sms", CAMILLE, "message", "un autre")
    await site.place.says("sms", CLAIRE, "une réponse")
    page = (await anna.get(f"/console/people/{person}")).text
    assert "2 de la personne, 1 de Claire" in page
    assert re.search(r"de lun\. 2 mars 2026 à 10 h( \d\d)? à lun\. 2 mars 2026 à 1\d h", page), "whichever the database"
    assert "non lus : 1" in page
    await site.place.says("sms", CLAIRE, "signaler", "oui")
    [ticket] = await tickets.listed(site.place.parts.db)
    page = (await anna.get(f"/console/people/{person}")).text
    assert f"/console/tickets/{ticket.id}" in page
    assert not [word for word in ("un secret", "un autre", "une réponse") if word in page]
