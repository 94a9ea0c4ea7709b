"""Somebody's name or e-mail address is put right at the desk, which has asked who they are: by the same core as in a
talk, so a link goes to a new address here, too, and the old one serves on until it was pressed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from booking.answers import TooManyTries
from booking.authority import DeskActor
from booking.model import Person, PersonId
from booking.profiles import LinkMailed
from conversations.flows.answers import email_in, full_name
from handlers.acting import Acting
from handlers.following import follow
from handlers.parts import Parts
from locales.words import words
from storage import contacts
from storage.booking import RowStore

Fault: TypeAlias = Literal["vouched", "name", "email", "same", "slow"]
LONGEST: Final = 254


@dataclass(frozen=True, slots=True)
class Wanted:
    """As it was typed. `vouched`: the operator has asked who it is."""

    first: str = ""
    last: str = ""
    email: str = ""
    vouched: bool = False


@dataclass(frozen=True, slots=True)
class Corrected:
    """`mailed`: a link went to the new address."""

    mailed: bool


def wanted(fields: Mapping[str, str]) -> Wanted:
    first, last, email = (" ".join(fields.get(name, "").split())[:LONGEST] for name in ("first", "last", "email"))
    return Wanted(first, last, email, fields.get("vouched") == "yes")


def as_it_is(person: Person) -> Wanted:
    return Wanted(person.first_name, person.last_name, person.email or "")


async def correct(parts: Parts, id: str, operator: str, form: Wanted) -> Corrected | Fault | None:
    """All of it or nothing. None: there is nobody of this id. `same`: nothing would change."""
    now = parts.clock()
    async with parts.db.transaction() as tx:
        await contacts.lock_person(tx, id)
        store = RowStore(tx, parts.directories)
        person = await store.person(PersonId(id))
        if person is None:
            return None
        fault = _fault(parts, form, person)
        if fault is not None:
            return fault
        core = Acting(tx, store, parts.rules, now, parts.new_id, actor=DeskActor(), called=operator)
        core.vouched = True
        email = email_in(form.email, words(parts.default_lang))
        mailed = await core.change_email(person.id, email, None) if email and email != person.email else None
        if isinstance(mailed, TooManyTries):
            return "slow"
        renamed = (form.first, form.last) != (person.first_name, person.last_name)
        if not renamed and not isinstance(mailed, LinkMailed):  # it is their address, written in another way
            return "same"
        if renamed:
            await core.rename(person.id, form.first, form.last)
        await follow(tx, parts, store, core, f"corrected:{id}:{parts.new_id()}", now)
        return Corrected(isinstance(mailed, LinkMailed))


def _fault(parts: Parts, form: Wanted, person: Person) -> Fault | None:
    if not form.vouched:
        return "vouched"
    if full_name(f"{form.first} {form.last}", words(parts.default_lang)) is None or not (form.first and form.last):
        return "name"
    if form.email and email_in(form.email, words(parts.default_lang)) is None:
        return "email"
    changed = (form.first, form.last) != (person.first_name, person.last_name)
    return None if changed or (form.email and form.email != person.email) else "same"
