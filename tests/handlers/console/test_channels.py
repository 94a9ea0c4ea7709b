"""The desk parts an address from its account, and gives it back to who could not prove that it is theirs."""

from __future__ import annotations

import pytest

from booking.operating import Role
from storage import audit
from tests.guards import guards
from tests.handlers.console.site import Site
from tests.handlers.console.test_people import booked
from tests.handlers.path.place import CAMILLE, CLAIRE

pytestmark = pytest.mark.sampled


async def acts(site: Site, contact: str) -> list[str]:
    return [deed.action for deed in await audit.of(site.place.parts.db, f"talk:{contact}") if deed.action != "see"]


@guards("T04", partly=True)
async def test_a_lost_telephone_is_parted_and_shown_nothing_more(site: Site) -> None:
    await booked(site)
    desk = await site.operator(Role.DESK)
    contact = await site.place.contact("sms", CAMILLE)
    page = (await desk.get(f"/console/conversations/{contact.id}")).text
    assert "Séparer cette adresse" in page
    answer = await desk.post(f"/console/conversations/{contact.id}/unlink")
    assert answer.to == f"/console/conversations/{contact.id}?said=unlinked"
    assert "Séparée le" in (await desk.get(answer.to)).text
    assert await acts(site, contact.id) == ["unlink"]
    site.place.new("sms", CAMILLE)
    said = await site.place.says("sms", CAMILLE, "mes rendez-vous", "c'est toujours moi")
    assert not [text for text in said if "mars" in text or "Claire" in text]
    assert "avez-vous votre compte" in said[-1], "they prove it as a stranger does"
    again = await desk.post(f"/console/conversations/{contact.id}/unlink")
    assert again.to.endswith("said=nobodys")


async def test_who_could_not_prove_it_has_it_back_from_the_desk(site: Site) -> None:
    person, _ = await booked(site)
    await site.place.passes(days=60)
    await site.place.says("sms", CAMILLE, "bonjour", "1", "2", "1")
    heir = await site.place.contact("sms", CAMILLE)
    assert heir.person_id is None
    desk = await site.operator(Role.DESK)
    assert "la personne : rendre" in (await desk.get(f"/console/conversations/{heir.id}")).text
    site.place.new("sms", CAMILLE)
    assert (await desk.post(f"/console/conversations/{heir.id}/return")).to.endswith("said=returned")
    await site.place.settle()
    assert "c'est bien vous" in site.place.new("sms", CAMILLE)[-1]
    assert (await site.place.contact("sms", CAMILLE)).person_id == person
    assert await acts(site, heir.id) == ["give back"]


async def test_who_is_somebody_else_is_told_so(site: Site) -> None:
    await booked(site)
    await site.place.passes(days=60)
    await site.place.says("sms", CAMILLE, "bonjour", "1", "2", "1")
    heir = await site.place.contact("sms", CAMILLE)
    desk = await site.operator(Role.DESK)
    await desk.get(f"/console/conversations/{heir.id}")
    site.place.new("sms", CAMILLE)
    assert (await desk.post(f"/console/conversations/{heir.id}/unlink")).to.endswith("said=unlinked")
    await site.place.settle()
    assert "pas pu vérifier" in site.place.new("sms", CAMILLE)[-1]
    assert (await site.place.contact("sms", CAMILLE)).person_id is None


@guards("T30", partly=True)
async def test_a_workers_telegram_is_parted_and_their_sms_goes_on(site: Site) -> None:
    await booked(site)
    contact = await site.place.contact("sms", CLAIRE)
    desk = await site.operator(Role.DESK)
    await desk.get(f"/console/conversations/{contact.id}")
    assert (await desk.post(f"/console/conversations/{contact.id}/unlink")).to.endswith("said=unlinked")
    site.place.new("sms", CLAIRE)
    said = await site.place.says("sms", CLAIRE, "agenda", "demain", "semaine")
    assert not [text for text in said if "Camille" in text]
    assert (await site.place.contact("sms", CLAIRE)).worker_id is None
