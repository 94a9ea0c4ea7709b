"""Links that were mailed, from the mailbox to the row: each confirms the address that it went to."""

from __future__ import annotations

import re

import pytest
from argon2 import PasswordHasher

from booking.addresses import EmailProof, EmailProofId, EmailWhy
from booking.confirming import ask_to_confirm
from booking.core import Booking
from booking.model import PersonId
from handlers.following import follow
from handlers.passwords import QUEUE, Passwords
from handlers.web.email_core import LASTS, EmailCore
from handlers.web.ports import EmailView, Gone, PasswordView
from storage import audit, platform_passwords, tokens
from storage.booking import RowStore
from tests.guards import guards
from tests.handlers.path.place import CAMILLE, LATER, SAM, Place

pytestmark = pytest.mark.sampled

FIRST, SECOND = "camille@example.org", "camille.dubois@example.org"
GOOD = "Deux-Vélos7"


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


async def changes(place: Place, person: PersonId, email: str, why: EmailWhy = "change") -> None:
    """As a talk asks for it."""
    parts, now = place.parts, place.clock()
    async with parts.db.transaction() as tx:
        store = RowStore(tx, parts.directories)
        core = Booking(store, parts.rules, now, parts.new_id)
        proof = EmailProof(EmailProofId(parts.new_id()), person, email, why, now)
        await ask_to_confirm(store, core.events, proof)
        await follow(tx, parts, store, core, f"test:{email}", now)
    await place.settle()


async def address(place: Place, person: PersonId) -> tuple[str | None, bool]:
    async with place.parts.db.transaction() as tx:
        found = await RowStore(tx, place.parts.directories).person(person)
    assert found is not None
    return found.email, found.email_confirmed


async def test_a_link_in_the_old_mailbox_confirms_no_other_address(place: Place) -> None:
    person, pages = await joined(place), EmailCore(place.parts)
    old = mailed(place, FIRST)
    place.new("email", FIRST)
    await changes(place, person, SECOND)
    await place.settle()
    assert place.new("email", FIRST) == [], "nobody has shown that it is theirs: a stranger would be told"
    assert await pages.email(old) == Gone("later_mail")
    assert await pages.confirm_email(old) == Gone("later_mail")
    assert await address(place, person) == (FIRST, False)
    new = mailed(place, SECOND)
    assert new != old
    view = await pages.email(new)
    assert isinstance(view, EmailView)
    assert view.address == SECOND
    assert await address(place, person) == (FIRST, False)  # a look changes nothing
    assert isinstance(await pages.confirm_email(new), EmailView)
    assert await address(place, person) == (SECOND, True)
    assert await pages.confirm_email(old) == Gone("later_mail")
    assert await pages.confirm_email(new) == Gone("used")


@guards("G05", partly=True)
async def test_a_change_ends_the_links_that_are_in_the_old_mailbox(place: Place) -> None:
    """Also the one for the password, which was asked for while the change waited."""
    person, pages = await joined(place), EmailCore(place.parts)
    await pages.confirm_email(mailed(place, FIRST))
    await changes(place, person, SECOND)
    new = mailed(place, SECOND)
    await changes(place, person, FIRST, "password")
    old = mailed(place, FIRST)
    assert isinstance(await pages.email(old), EmailView)
    assert isinstance(await pages.confirm_email(new), EmailView)
    assert await pages.email(old) == Gone("later_mail")
    assert await address(place, person) == (SECOND, True)


@guards("G03", partly=True)
async def test_a_mailbox_that_has_an_account_confirms_no_second_one(place: Place) -> None:
    person, pages = await joined(place), EmailCore(place.parts)
    await pages.confirm_email(mailed(place, FIRST))
    sam = [text.replace("camille", "sam").replace("Camille Dubois", "Sam Leroy") for text in LATER]
    await place.says("sms", SAM, *sam)
    other = PersonId((await place.contact("sms", SAM)).person_id or "")
    await changes(place, other, FIRST)
    assert isinstance(await pages.confirm_email(mailed(place, FIRST)), Gone)
    assert await address(place, other) == ("sam@example.org", False)
    assert await address(place, person) == (FIRST, True)


async def test_a_link_that_was_out_before_there_were_rows_answers_until_the_address_changes(place: Place) -> None:
    person, pages, parts = await joined(place), EmailCore(place.parts), place.parts
    await parts.db.execute("DELETE FROM email_proof")
    async with parts.db.transaction() as tx:
        former = await tokens.give(tx, "email", person, place.clock() + parts.rules.horizon)
    view = await pages.email(former)
    assert isinstance(view, EmailView)
    assert view.address == FIRST
    await changes(place, person, SECOND)
    assert await pages.confirm_email(former) == Gone("later_mail")
    assert await address(place, person) == (FIRST, False)


# ------------------------------------------------------------ the platform's password


def core(place: Place) -> EmailCore:
    return EmailCore(place.parts, Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)))


async def form(place: Place, pages: EmailCore, address: str) -> str:
    """The token of the form that answers a yes."""
    view = await pages.confirm_email(mailed(place, address))
    assert isinstance(view, EmailView)
    assert view.password is not None
    return view.password


async def test_the_hash_of_the_password_is_kept_and_nothing_else(place: Place) -> None:
    person, pages, db = await joined(place), core(place), place.parts.db
    token = await form(place, pages, FIRST)
    assert token not in str(place.line("email").sent_to)
    assert await pages.email(token) is None  # it opens nothing else
    for typed, why in (("Camille-7!", "yours"), (GOOD[:-1], "digit"), ("Azerty123!", "common")):
        view = await pages.choose_password(token, typed, typed)
        assert isinstance(view, PasswordView)
        assert [text.msgid for text in view.faults] == [f"page.password.{why}"]
    view = await pages.choose_password(token, GOOD, GOOD.lower())
    assert isinstance(view, PasswordView)
    assert view.faults
    assert await platform_passwords.since(db, person) is None
    view = await pages.choose_password(token, GOOD, GOOD)
    assert isinstance(view, PasswordView)
    assert view.chosen
    assert await platform_passwords.since(db, person) == place.clock()
    [row] = await db.fetch("SELECT password FROM person WHERE id = ?", person)
    hashed = db.vault.read("person.password", person, row["password"])
    assert hashed.startswith("$argon2id$")
    assert PasswordHasher().verify(hashed, GOOD)
    assert await pages.choose_password(token, GOOD, GOOD) == Gone("chosen")
    [deed] = [deed for deed in await audit.latest(db, 99, of=f"person:{person}") if deed.action == "choose password"]
    assert deed.actor == f"person:{person}"
    assert GOOD not in str(await db.fetch("SELECT * FROM audit"))


async def test_the_form_is_good_for_an_hour_and_for_who_reads_the_address(place: Place) -> None:
    person, pages = await joined(place), core(place)
    token = await form(place, pages, FIRST)
    await changes(place, person, SECOND)
    later = await form(place, pages, SECOND)
    assert await pages.choose_password(token, GOOD, GOOD) == Gone("later_mail")  # the old mailbox's
    place.clock.now += LASTS
    assert await pages.password(later) == Gone("password_expired")
    assert await pages.choose_password(later, GOOD, GOOD) == Gone("password_expired")
    assert await platform_passwords.since(place.parts.db, person) is None


async def test_too_many_at_once_is_said(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    await joined(place)
    pages = core(place)
    token = await form(place, pages, FIRST)
    monkeypatch.setattr(pages.passwords, "_here", QUEUE)
    view = await pages.choose_password(token, GOOD, GOOD)
    assert isinstance(view, PasswordView)
    assert view.busy
