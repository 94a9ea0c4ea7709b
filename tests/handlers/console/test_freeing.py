"""An account that its person froze is freed by the desk, once it asked who they are, and never in silence."""

from __future__ import annotations

import pytest

from booking.model import PersonId
from booking.operating import Role
from storage import audit
from storage.booking import RowStore
from tests.guards import guards
from tests.handlers.console.site import Site
from tests.handlers.console.test_people import booked
from tests.handlers.path.place import CAMILLE

pytestmark = pytest.mark.sampled


@guards("G07")
async def test_the_desk_frees_on_a_proof_alone_and_it_is_noted_and_told(site: Site) -> None:
    desk, auditor = await site.operator(Role.DESK, "bureau"), await site.operator(Role.AUDITOR, "audit")
    (person, _), db = await booked(site), site.place.parts.db
    path = f"/console/people/{person}/free"
    assert f'action="{path}"' not in (await desk.get(f"/console/people/{person}")).text, "it is not frozen"
    await desk.post(path, 404, vouched="yes")
    await site.place.says("sms", CAMILLE, "mes données", "4", "1")

    async def frozen() -> bool:
        found = await RowStore(db, site.place.parts.directories).person(PersonId(person))
        assert found is not None
        return found.frozen is not None

    assert await frozen()
    page = (await desk.get(f"/console/people/{person}")).text
    assert f'action="{path}"' in page
    assert "gelé depuis" in page
    await auditor.get("/console/own")
    await auditor.post(path, 403, vouched="yes")
    refused = (await desk.post(path, 303)).to.removeprefix("https://chat.example.org")
    assert '<p class="warning" role="alert">' in (await desk.get(refused)).text
    assert await frozen(), "nobody asked who it is"
    site.place.new("sms", CAMILLE)
    await desk.post(path, 303, vouched="yes")
    await site.place.settle()
    assert not await frozen()
    assert ["votre compte est libre" in text for text in site.place.new("sms", CAMILLE)] == [True]
    deeds = [(deed.actor[:9], deed.action) for deed in await audit.of(db, f"person:{person}")]
    assert ("operator:", "restrict") in deeds
    assert ("operator:", "restrict refused") in deeds
