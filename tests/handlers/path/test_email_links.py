"""Links that were mailed, from the mailbox to the row: each confirms the address that it went to."""

from __future__ import annotations

import re

from booking.addresses import EmailProof, EmailProofId
from booking.confirming import ask_to_confirm
from booking.core import Booking
from booking.model import PersonId
from handlers.following import follow
from handlers.web.pages_core import PagesCore
from handlers.web.ports import EmailView, Gone
from storage import tokens
from storage.booking import RowStore
from tests.handlers.path.place import CAMILLE, LATER, Place

FIRST, SECOND = "camille@example.org", "camille.dubois@example.org"


async def joined(place: Place) -> PersonId:
    await place.says("sms", CAMILLE, *LATER)
    await place.settle()
    person = (await place.contact("sms", CAMILLE)).person_id
    assert person is not None
    return PersonId(person)


def mailed(place: Place, address: str) -> str:
    """The token of the last link that is in a mailbox."""
    texts = [text for to, text in place.line("email").sent_to if to == address]
    found = [match[1] for text in texts for match in re.finditer(r"/e/([A-Za-z0-9_-]+)", text)]
    return found[-1]


async def changes(place: Place, person: PersonId, email: str) -> None:
    """As a talk asks for it."""
    parts, now = place.parts, place.clock()
    async with parts.db.transaction() as tx:
        store = RowStore(tx, parts.directories)
        core = Booking(store, parts.rules, now, parts.new_id)
        proof = EmailProof(EmailProofId(parts.new_id()), person, email, "change", now)
        await ask_to_confirm(store, core.events, proof)
        await follow(tx, parts, store, core, f"test:{email}", now)
    await place.settle()


async def address(place: Place, person: PersonId) -> tuple[str | None, bool]:
    async with place.parts.db.transaction() as tx:
        found = await RowStore(tx, place.parts.directories).person(person)
    assert found is not None
    return found.email, found.email_confirmed


async def test_a_link_in_the_old_mailbox_confirms_no_other_address(place: Place) -> None:
    person, pages = await joined(place), PagesCore(place.parts)
    old = mailed(place, FIRST)
    await changes(place, person, SECOND)
    assert await pages.email(old) == Gone("expired")
    assert await pages.confirm_email(old) == Gone("expired")
    assert await address(place, person) == (FIRST, False)
    new = mailed(place, SECOND)
    assert new != old
    view = await pages.email(new)
    assert isinstance(view, EmailView)
    assert view.address == SECOND
    assert await address(place, person) == (FIRST, False)  # a look changes nothing
    assert isinstance(await pages.confirm_email(new), EmailView)
    assert await address(place, person) == (SECOND, True)
    assert await pages.confirm_email(old) == Gone("expired")
    assert await pages.confirm_email(new) == Gone("used")


async def test_a_link_that_was_out_before_there_were_rows_answers_until_the_address_changes(place: Place) -> None:
    person, pages, parts = await joined(place), PagesCore(place.parts), place.parts
    await parts.db.execute("DELETE FROM email_proof")
    async with parts.db.transaction() as tx:
        former = await tokens.give(tx, "email", person, place.clock() + parts.rules.horizon)
    view = await pages.email(former)
    assert isinstance(view, EmailView)
    assert view.address == FIRST
    await changes(place, person, SECOND)
    assert await pages.confirm_email(former) == Gone("expired")
    assert await address(place, person) == (FIRST, False)
