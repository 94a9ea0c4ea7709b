"""Putting right somebody's name or address in the console: once the desk asked who it is, and never in silence."""

from __future__ import annotations

import pytest

from booking.model import PersonId
from booking.operating import Role
from handlers.web.email_core import EmailCore
from tests.guards import guards
from tests.handlers.console.site import Site, Visitor
from tests.handlers.console.test_people import booked, deeds
from tests.handlers.path.place import CAMILLE
from tests.handlers.path.test_email_links import FIRST, SECOND, address, mailed

pytestmark = pytest.mark.sampled

AS_IS = {"first": "Camille", "last": "Dubois", "email": FIRST, "vouched": "yes"}


@pytest.fixture
async def desk(site: Site) -> Visitor:
    return await site.operator(Role.DESK, "bureau")


@guards("G05")
async def test_a_name_is_put_right_and_it_is_noted_by_whom(site: Site, desk: Visitor) -> None:
    person, _ = await booked(site)
    path = f"/console/people/{person}/correct"
    assert f'href="{path}"' in (await desk.get(f"/console/people/{person}")).text
    assert 'value="Dubois"' in (await desk.get(path)).text
    done = await desk.post(path, 303, **{**AS_IS, "last": "Dubois-Martin"})
    page = (await desk.get(done.to.removeprefix("https://chat.example.org"))).text
    assert "Camille Dubois-Martin" in page
    assert "C&#39;est corrigé" in page
    assert "correct name" in await deeds(site, f"person:{person}")
    assert await address(site.place, PersonId(person)) == (FIRST, False)


@guards("G05")
async def test_a_new_address_is_confirmed_by_who_reads_it(site: Site, desk: Visitor) -> None:
    """And vouches for no telephone: who called the desk may have lost it. The old one is told, whoever called."""
    person, _ = await booked(site)
    await site.place.parts.db.execute("UPDATE person SET email_confirmed = ?", True)
    await site.place.passes(minutes=1)
    path = f"/console/people/{person}/correct"
    await desk.get(path)
    site.place.new("email", SECOND), site.place.new("email", FIRST)
    done = await desk.post(path, 303, **{**AS_IS, "email": SECOND})
    assert done.to.endswith("?said=mailed")
    await site.place.settle()
    [link] = site.place.new("email", SECOND)
    assert "/e/" in link
    [told] = site.place.new("email", FIRST)
    assert "autre adresse" in told
    assert "/e/" not in told
    assert SECOND not in told
    assert await address(site.place, PersonId(person)) == (FIRST, True)
    assert "change address" in await deeds(site, f"person:{person}")
    await EmailCore(site.place.parts).confirm_email(mailed(site.place, SECOND))
    assert await address(site.place, PersonId(person)) == (SECOND, True)
    await site.place.passes(hours=1)
    assert "dites-nous d'abord" in (await site.place.says("sms", CAMILLE, "mes rendez-vous"))[-1]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"vouched": "", "last": "Martin"}, "demandez d&#39;abord qui"),
        ({"last": ""}, "Le nom ne peut"),
        ({"last": "http://x"}, "Le nom ne peut"),
        ({"email": "x@"}, "adresse"),
        ({}, "Rien n&#39;a été changé"),
        ({"email": FIRST.replace("example", "EXAMPLE")}, "Rien n&#39;a été changé"),
    ],
)
async def test_what_will_not_do_is_said_and_nothing_changes(
    site: Site, desk: Visitor, changed: dict[str, str], said: str
) -> None:
    person, _ = await booked(site)
    path = f"/console/people/{person}/correct"
    await desk.get(path)
    shown = (await desk.post(path, 422, **{**AS_IS, **changed})).text
    assert said in shown
    assert '<p class="warning" role="alert">' in shown
    noted = await deeds(site, f"person:{person}")
    assert not [deed for deed in noted if deed.startswith(("correct", "change"))]


async def test_nobody_of_this_id(site: Site, desk: Visitor) -> None:
    await desk.get("/console/people/x1/correct", 404)
    await booked(site)
    await desk.get("/console/people")
    await desk.post("/console/people/x1/correct", 404, **AS_IS)
