"""An hour for somebody on the phone, with the account that they need for it (terms, article 4.1.2): what was typed in
the console's form, read and carried out by `handlers/assisted.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from booking import phones
from booking.model import Mode, Motive, PersonId, SlotId, WorkerId, read_slot_id
from conversations.flows.answers import email_in, full_name
from conversations.text import Text, t
from handlers import assisted
from handlers.assisted import Asked, BookAnswer, Newcomer, Several
from handlers.console.forms import filled
from handlers.parts import Parts
from handlers.trusting import standing_of
from locales.words import words
from storage import contacts
from storage.contacts import ContactRow

LONGEST: Final = 254


@dataclass(frozen=True, slots=True)
class Wanted:
    """The form as it was filled in; shown again as it was."""

    phone: str = ""
    motive: str = ""
    mode: str = ""
    worker: str = ""
    slot: str = ""
    first: str = ""
    last: str = ""
    code: str = ""
    email: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class NotRead:
    """What is missing or wrong, in words."""

    why: Text


Who: TypeAlias = ContactRow | Several | NotRead


def wanted(fields: Mapping[str, str]) -> Wanted:
    return filled(Wanted, fields, LONGEST)


async def caller(parts: Parts, typed: str) -> Who:
    """Whose number it is; a new contact's, where nobody has it."""
    mobile = phones.read(typed)
    if mobile is None:
        return NotRead(t("console.call.phone_wrong"))
    found = await assisted.caller(parts, mobile)
    if not isinstance(found, Several) and found.worker_id is not None:
        return NotRead(t("console.call.worker"))
    return found


async def is_in_doubt(parts: Parts, typed: str) -> bool:
    """Whether this number, which somebody calls from, may be another's by now (threat T4)."""
    mobile = phones.read(typed)
    rows = await contacts.of_phone(parts.db, mobile.e164) if mobile is not None else []
    now = parts.clock()
    standings = [await standing_of(parts.db, parts, row, now) for row in rows if row.parted_at is None]
    return any(row.parted_at is not None for row in rows) or "needs_proof" in standings


async def contact_of(parts: Parts, person: PersonId) -> ContactRow | None:
    """Where they read us: the channel they used last."""
    return next((row for row in await contacts.of_person(parts.db, person) if row.channel != "email"), None)


async def hours(parts: Parts, who: ContactRow, form: Wanted, actor: str) -> BookAnswer | NotRead:
    """Books nothing: the free hours for what they want."""
    asked = _asked(who, form, None)
    return asked if isinstance(asked, NotRead) else await assisted.book(parts, asked, actor)


async def book(parts: Parts, who: ContactRow, form: Wanted, actor: str) -> BookAnswer | NotRead:
    """The hour that was chosen; with the account, where there is none."""
    newcomer = _newcomer(parts, form) if who.person_id is None else None
    if isinstance(newcomer, NotRead):
        return newcomer
    asked = _asked(who, form, newcomer)
    return asked if isinstance(asked, NotRead) else await assisted.book(parts, asked, actor)


def _asked(who: ContactRow, form: Wanted, newcomer: Newcomer | None) -> Asked | NotRead:
    if form.motive not in set(Motive) or form.mode not in set(Mode):
        return NotRead(t("console.call.wish_missing"))
    chosen = read_slot_id(SlotId(form.slot)) if form.slot and (newcomer or who.person_id) else None
    worker = chosen[1] if chosen else WorkerId(form.worker) if form.worker else None
    return Asked(who, Motive(form.motive), Mode(form.mode), worker, chosen[0] if chosen else None, newcomer)


def _newcomer(parts: Parts, form: Wanted) -> Newcomer | NotRead:
    if not (form.first and form.last and form.code):
        return NotRead(t("console.call.account_missing"))
    if full_name(f"{form.first} {form.last}", words(parts.default_lang)) is None:
        return NotRead(t("console.call.name_wrong"))
    email = email_in(form.email, words(parts.default_lang)) if form.email else None
    if form.email and email is None:
        return NotRead(t("console.call.email_wrong"))
    language = form.language if form.language in parts.languages else parts.default_lang
    return Newcomer(form.code, form.first, form.last, email, language)
