"""A person's appointments: booked, moved, cancelled, read. The same core, rules and consequences as in a talk."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Final, Literal

from pydantic import Field

from booking.model import Appointment, ContactId, Mode, Motive, SlotId
from booking.ports import AlreadyOver, Booked, Moved, Refused, SlotGone
from conversations.model import Link
from conversations.text import t
from handlers import links
from handlers.effects import Notice
from handlers.following import follow
from handlers.own_doing import receipt
from handlers.reactions import confirmed
from handlers.web.api.holds import HoldIn
from handlers.web.api.operations import Call
from handlers.web.api.persons import ConsentIn, consent_of
from handlers.web.api.problems import Problem
from handlers.web.api.shapes import Id, In, Instant, Out, SlotText
from handlers.web.api.whose import Acted, Seen, acted, seen

CONSENT: Final = Field(default=None, description="Where they have not accepted the terms in force.")


class BookIn(HoldIn):
    consent: ConsentIn | None = CONSENT


class MoveIn(In):
    slot: SlotText
    mode: Mode | None = Field(default=None, description="Else as before.")
    consent: ConsentIn | None = CONSENT


class WorkerName(Out):
    id: Id
    ref: str
    first_name: str


class AppointmentOut(Out):
    """Moving ends one and makes the next of the same `series`, with the next `version`."""

    id: Id
    series: Id
    version: int
    status: Literal["booked", "cancelled", "moved", "done", "missed"]
    start: Instant
    end: Instant
    motive: Motive
    mode: Mode
    worker: WorkerName | None = Field(description="None: they have left.")
    late: bool = Field(description="It was ended under 24 hours before its start (terms, article 5.1).")
    page: str | None = Field(description="Its page, with the calendar file and the way in: the person's own secret.")


class AppointmentsQuery(In):
    when: Literal["coming", "past"] = "coming"
    before: Instant | None = Field(default=None, description="Of the past: over by then. The last one's start goes on.")
    limit: Annotated[int, Field(ge=1, le=100)] = 20


class AppointmentsOut(Out):
    """Coming: the soonest first. Past: the latest first; what was moved or cancelled is in neither."""

    appointments: list[AppointmentOut]


async def every(call: Call) -> AppointmentsOut | Problem:
    query: AppointmentsQuery = call.query
    who = await seen(call)
    if isinstance(who, Problem):
        return who
    if query.when == "coming":
        found = (await who.core.upcoming(who.person.id))[: query.limit]
    else:
        over = min(call.now, query.before) if query.before else call.now
        found = await who.store.past(who.person.id, over, query.limit)
    return AppointmentsOut(appointments=[await _out(call, who, each) for each in found])


async def one(call: Call) -> AppointmentOut | Problem:
    who = await seen(call)
    if isinstance(who, Problem):
        return who
    found = await who.appointment(call.path["appointment"])
    return Problem("not_found") if found is None else await _out(call, who, found)


async def book(call: Call) -> AppointmentOut | Problem:
    body: BookIn = call.body
    who = await acted(call)
    if isinstance(who, Problem):
        return who
    if not who.is_reached:
        return Problem("no_address")
    consent = consent_of(body.consent, call) if body.consent else None
    if body.consent and consent is None:
        return Problem("consent")
    wish = replace(who.wish(), motive=body.motive, mode=body.mode)
    done = await who.core.book(SlotId(body.slot), wish, ContactId(who.contact.id), None, consent)
    if not isinstance(done, Booked):
        await _follow(call, who)
        return _refused(done)
    await _follow(call, who, await confirmed(done.appointment, "booked", who.core))
    return await _out(call, who, done.appointment)


async def move(call: Call) -> AppointmentOut | Problem:
    body: MoveIn = call.body
    who = await acted(call)
    if isinstance(who, Problem):
        return who
    old = await who.appointment(call.path["appointment"])
    if old is None:
        return Problem("not_found")
    if body.consent is not None and not await _agrees(call, who, body.consent):
        return Problem("consent")
    wish = replace(who.wish(), motive=old.motive, mode=body.mode or old.mode)
    done = await who.core.move(old.id, SlotId(body.slot), wish, "person", ContactId(who.contact.id))
    if not isinstance(done, Moved):
        return _refused(done)
    text = t("move.done", start=done.appointment.start, worker=done.worker.first_name)
    link = Link("appointment", done.appointment.id)
    await _follow(call, who, await receipt(who.core, who.person.id, "moved", text, done.appointment.id, link))
    return await _out(call, who, done.appointment)


async def _agrees(call: Call, who: Acted, given: ConsentIn) -> bool:
    consent = consent_of(given, call)
    return consent is not None and await who.core.agree(ContactId(who.contact.id), consent)


async def cancel(call: Call) -> AppointmentOut | Problem:
    who = await acted(call)
    if isinstance(who, Problem):
        return who
    old = await who.appointment(call.path["appointment"])
    if old is None:
        return Problem("not_found")
    done = await who.core.cancel(old.id, "person")
    if isinstance(done, AlreadyOver):
        return _refused(done)
    text = t("cancel.done", start=done.appointment.start)
    await _follow(call, who, await receipt(who.core, who.person.id, "cancelled", text))
    return await _out(call, who, done.appointment)


def _refused(done: SlotGone | AlreadyOver | Refused) -> Problem:
    match done:
        case SlotGone():
            return Problem("slot_gone")
        case AlreadyOver():
            return Problem("already_over")
        case Refused(reason):
            return Problem(reason)


async def _follow(call: Call, who: Acted, *more: Notice) -> None:
    """Both sides are told: the worker by what follows from every booking, the person also of their own doing, since the
    program that calls may have shown it to nobody.
    """
    await follow(call.tx, call.parts, who.store, who.core, f"api:{call.id}", call.now, more)


async def _out(call: Call, who: Seen, appointment: Appointment) -> AppointmentOut:
    worker = await who.core.worker(appointment.worker)
    stands, page = appointment.status in {"booked", "done", "missed"}, Link("appointment", appointment.id)
    return AppointmentOut(
        id=appointment.id,
        series=appointment.series,
        version=appointment.version,
        status=appointment.status,
        start=appointment.start,
        end=appointment.end,
        motive=appointment.motive,
        mode=appointment.mode,
        worker=WorkerName(id=worker.id, ref=worker.ref, first_name=worker.first_name) if worker else None,
        late=appointment.late,
        page=(await links.urls(call.tx, call.parts, [page]))(page) if stands else None,
    )
