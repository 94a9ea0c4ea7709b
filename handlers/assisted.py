"""What the desk does for somebody on the phone: on the same core, with the same reactions, so both sides are told.

Nothing is accepted in anybody's name: who has no account yet gets one without consent (terms, article 4.1.2), and is
asked for it when they first write.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

from booking.authority import DeskActor
from booking.core import Booking
from booking.events import By
from booking.model import AppointmentId, ContactId, Mode, Motive, Person, Slot, Wish, WorkerId, slot_id
from booking.phones import Mobile
from booking.ports import (
    AlreadyOver,
    Booked,
    Cancelled,
    CodeAccepted,
    CodeRefused,
    Joining,
    Refused,
    SlotGone,
    TooManyTries,
)
from conversations.text import t
from handlers import claims
from handlers.acting import Acting
from handlers.effects import Notice
from handlers.following import follow
from handlers.own_doing import receipt
from handlers.parts import Parts
from storage import audit, contacts, story
from storage.booking import RowStore
from storage.contacts import ContactRow
from storage.db import Tx

SHOWN = 6  # free hours that are read out on the phone


@dataclass(frozen=True, slots=True)
class Newcomer:
    """What somebody without an account tells the desk."""

    code: str
    first_name: str
    last_name: str
    email: str | None
    language: str


@dataclass(frozen=True, slots=True)
class Asked:
    """`at` is None to be told free hours only."""

    who: ContactRow
    motive: Motive
    mode: Mode
    worker: WorkerId | None
    at: datetime | None
    newcomer: Newcomer | None


@dataclass(frozen=True, slots=True)
class FreeHours:
    """Nothing was booked. `taken`: the hour that was asked for is not free."""

    slots: Sequence[Slot]
    zone: str
    taken: bool


@dataclass(frozen=True, slots=True)
class Unknown:
    """They have no account: a code, a first and a last name are needed."""


@dataclass(frozen=True, slots=True)
class Several:
    """Accounts that share this number: one of their appointments tells which."""

    persons: Sequence[str]


BookAnswer: TypeAlias = Booked | FreeHours | Refused | Unknown | CodeRefused | TooManyTries


@dataclass(frozen=True, slots=True)
class Scene:
    """One transaction under a contact's lock."""

    tx: Tx
    store: RowStore
    core: Booking
    now: datetime


async def caller(parts: Parts, mobile: Mobile) -> ContactRow | Several:
    """Where somebody with this number reads us: the channel they used last, else SMS, where they never wrote."""
    rows = [row for row in await contacts.of_phone(parts.db, mobile.e164) if row.worker_id is None]
    persons = {row.person_id for row in rows if row.person_id} | {*await story.people(parts.db, mobile.e164)}
    if len(persons) > 1:
        return Several(sorted(persons))
    for person in persons:
        rows = await contacts.of_person(parts.db, person)
    rows = [row for row in rows if row.channel != "email"]
    if rows:
        return rows[0]
    async with parts.db.transaction() as tx:
        made = await contacts.make(tx, "sms", mobile.e164, parts.clock(), parts.new_id, parts.default_lang, mobile.zone)
    found = await contacts.get(parts.db, made)
    assert found is not None
    return found


async def contact_of(parts: Parts, appointment: str) -> ContactRow | None:
    """Where the person of an appointment reads us."""
    found = await story.appointments(parts.db, appointment)
    return await contacts.get(parts.db, found[-1].contact) if found else None


async def zone_of(parts: Parts, who: ContactRow) -> str:
    """The clock that they live by."""
    async with parts.db.transaction() as tx:
        person = await RowStore(tx, parts.directories).person_of(ContactId(who.id))
    return person.time_zone if person else who.time_zone


async def book(parts: Parts, asked: Asked, actor: str) -> BookAnswer:
    """The account, if there is none, and the appointment; or the hours that are free instead."""
    contact = ContactId(asked.who.id)
    async with helping(parts, asked.who.id, actor) as scene:
        known = await scene.core.known(contact)
        wish = _wish(asked, known.person)
        if asked.at is None:
            return await _free(scene.core, wish, None)
        if known.person is None and asked.newcomer is None:
            return Unknown()
        joining: Joining | None = None
        if known.person is None and asked.newcomer is not None:
            code = await scene.core.redeem_code(asked.newcomer.code, contact, vouched=True)
            if not isinstance(code, CodeAccepted):
                return code
            joining = _joining(asked, asked.newcomer, code)
        done = await scene.core.book(slot_id(asked.at, asked.worker), wish, contact, joining, None, "desk")
        if isinstance(done, SlotGone):
            return await _free(scene.core, wish, asked.at)
        if isinstance(done, Booked):
            if asked.newcomer is not None and joining is not None:
                await audit.add(scene.tx, actor, "join", f"person:{done.appointment.person}", scene.now)
                await contacts.set_language(scene.tx, contact, asked.newcomer.language)
                await claims.anew(scene.tx, scene.store, scene.core, contact, scene.now)
            await commit(parts, scene, "book", done.appointment.id)
        return done


async def cancel(parts: Parts, appointment: str, actor: str, by: By) -> Cancelled | AlreadyOver:
    """`by`: who asked for it. The person reads that it was done as they asked, with the word that takes it back; or,
    where the worker asked, which hours they may have instead (article 5.3); or that it cannot be held, with an apology.
    """
    found = await story.appointments(parts.db, appointment)
    if not found:
        return AlreadyOver()
    async with helping(parts, found[-1].contact, actor) as scene:
        done = await scene.core.cancel(AppointmentId(appointment), by)
        if isinstance(done, Cancelled):
            ended, more = done.appointment, []
            if by == "person":
                text = t("notice.cancelled_as_asked", start=ended.start)
                more = [await receipt(scene.core, ended.person, "cancelled", text)]
            await commit(parts, scene, "cancel", ended.id, more)
        return done


@asynccontextmanager
async def helping(parts: Parts, contact: str, actor: str) -> AsyncIterator[Scene]:
    now = parts.clock()
    async with parts.db.transaction() as tx:
        await contacts.lock(tx, contact)
        store = RowStore(tx, parts.directories)
        yield Scene(tx, store, Acting(tx, store, parts.rules, now, parts.new_id, actor=DeskActor(), called=actor), now)


async def commit(parts: Parts, scene: Scene, action: str, id: AppointmentId, more: Sequence[Notice] = ()) -> None:
    await follow(scene.tx, parts, scene.store, scene.core, f"desk:{action}:{id}", scene.now, more)


def _wish(asked: Asked, person: Person | None) -> Wish:
    if person is not None:
        language, zone = person.language, person.time_zone
    else:
        language, zone = asked.newcomer.language if asked.newcomer else asked.who.lang, asked.who.time_zone
    return Wish(asked.motive, asked.mode, asked.worker, language, zone=zone)


def _joining(asked: Asked, newcomer: Newcomer, code: CodeAccepted) -> Joining:
    return Joining(
        code=code.code,
        first_name=newcomer.first_name,
        last_name=newcomer.last_name,
        email=newcomer.email,
        phone=asked.who.phone,
        language=newcomer.language,
        time_zone=asked.who.time_zone,
    )


async def _free(core: Booking, wish: Wish, at: datetime | None) -> FreeHours:
    """Of the day that was asked for, else from then on, else the soonest; with anybody, where the worker has none."""
    wishes = [wish]
    if at is not None:
        day = at.astimezone(ZoneInfo(wish.zone)).date()
        wishes = [replace(wish, days=(day,)), replace(wish, after=at - timedelta(days=1)), wish]
    if wish.worker is not None:
        wishes += [replace(one, worker=None) for one in wishes]
    for one in wishes:
        found = (await core.open_slots(one, SHOWN)).slots
        if found:
            return FreeHours(found, wish.zone, taken=at is not None)
    return FreeHours((), wish.zone, taken=at is not None)
