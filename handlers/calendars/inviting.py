"""Appointments by mail, for agendas (RFC 6047): who is invited when, and what the invitation says when it leaves.

To a person only at an address that they confirmed: before that it could be anybody's. Their coming appointments follow
the confirmation. To a worker who is told of everything, in the notice itself where notices go by mail, so that it is
one mail and not two; of what they did themselves there is no notice, and a mail alone. What is drawn is the appointment
as it is at that moment: an invitation to what has changed meanwhile is dropped, a cancellation is not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from email.utils import parseaddr
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from booking.events import (
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentMoved,
    AppointmentRestored,
    EmailConfirmed,
    ModeChanged,
)
from booking.model import (
    Appointment,
    AppointmentId,
    ClientId,
    ContactId,
    Mode,
    Motive,
    PersonId,
    Worker,
    WorkerId,
)
from conversations.flows.names import MODES
from conversations.model import Link
from conversations.text import Text, t
from handlers.calendars.writing import Between, Entry, calendar
from handlers.channels.base import CalendarPart
from handlers.channels.email import EmailChannel
from handlers.effects import Effect, Invitation, Notice, ToAgenda, ToMail
from handlers.links import urls
from handlers.parts import Parts
from locales.voice import Voice
from storage.booking import RowStore
from storage.contacts import ContactRow
from storage.outbox import OutboxRow

if TYPE_CHECKING:
    from handlers.world import World

FOR_WORKERS: Final = {"REQUEST": t("mail.calendar_worker"), "CANCEL": t("cancel.mail_worker")}


# ------------------------------------------------------------ reactions


async def person_is_invited(
    event: AppointmentBooked | AppointmentMoved | AppointmentRestored | ModeChanged, world: World
) -> Sequence[Effect]:
    """One invitation with the same UID moves the event of the old hour."""
    return await _to_person(event.appointment, world)


async def person_is_uninvited(event: AppointmentCancelled, world: World) -> Sequence[Effect]:
    gone = event.appointment
    text = t("cancel.mail", start=gone.start)
    return await _mail(gone, world, Invitation(gone.id, "CANCEL"), text, subject=None, link=None)


async def what_comes_follows(event: EmailConfirmed, world: World) -> Sequence[Effect]:
    """The address is theirs, so what is to come goes there, too."""
    coming = [a for a in await world.booking.upcoming(event.person.id) if a.start > world.now]
    return [effect for appointment in coming for effect in await _to_person(appointment, world)]


async def _to_person(appointment: Appointment, world: World) -> Sequence[Effect]:
    text = t("mail.calendar", start=appointment.start, mode=MODES[appointment.mode])
    link = Link("appointment", appointment.id)
    return await _mail(appointment, world, Invitation(appointment.id, "REQUEST"), text, appointment.id, link)


async def _mail(
    appointment: Appointment,
    world: World,
    invitation: Invitation,
    text: Text,
    subject: AppointmentId | None,
    link: Link | None,
) -> Sequence[Effect]:
    person = (await world.booking.known(appointment.contact)).person
    if person is None or person.id != appointment.person or person.email is None or not person.email_confirmed:
        return []
    to, ends = ToMail(person.id), appointment.end
    return [Notice(to, "calendar", (text,), subject, link, ends, invitation=invitation)]


async def own_doing_follows(event: AppointmentCancelled | ModeChanged, world: World) -> Sequence[Effect]:
    """What a worker did themselves they know; their agenda does not."""
    if event.by != "worker":
        return []
    appointment = event.appointment
    invitation = Invitation(appointment.id, "CANCEL" if isinstance(event, AppointmentCancelled) else "REQUEST")
    known = await world.booking.known(appointment.contact)
    name = known.person.first_name if known.person else ""
    text = Text(
        FOR_WORKERS[invitation.method].msgid,
        {"start": appointment.start, "name": name, "mode": MODES[appointment.mode]},
    )
    subject = None if invitation.method == "CANCEL" else appointment.id
    to, ends = ToAgenda(appointment.worker), appointment.end
    return [Notice(to, "calendar", (text,), subject, expires_at=ends, invitation=invitation)]


def mail_to_worker(notice: Notice) -> Text | None:
    """What a mail of its own says to a worker whose notices go elsewhere: without the motive, as all calendars."""
    if notice.invitation is None or not notice.texts:
        return None
    known = {name: notice.texts[0].args[name] for name in ("start", "name", "mode") if name in notice.texts[0].args}
    return Text(FOR_WORKERS[notice.invitation.method].msgid, known) if len(known) == 3 else None


# ------------------------------------------------------------ the part


async def part(parts: Parts, row: OutboxRow, contact: ContactRow) -> CalendarPart | None:
    """What goes beside the words of a mail; nothing where the row invites to nothing."""
    asked, channel = (row.content or {}).get("calendar"), parts.channels.get(row.channel)
    if asked is None or not isinstance(channel, EmailChannel):
        return None
    store = RowStore(parts.db, parts.directories)
    appointment = await store.appointment(AppointmentId(asked["appointment"])) or _as_it_was(asked)
    worker = (await store.directory()).worker(appointment.worker) if appointment else None
    if appointment is None or worker is None:
        return None
    say = Voice(contact.lang, contact.time_zone)
    if contact.worker_id:
        person = await store.person(appointment.person)
        entry = for_worker(appointment, person.first_name if person else "", say)
    else:
        page = Link("appointment", appointment.id)
        entry = for_person(appointment, worker, say, (await urls(parts.db, parts, [page]))(page))
    between = Between(parseaddr(channel.sender)[1], contact.address)
    host = urlsplit(parts.pages.public_url).hostname or ""
    file = calendar([entry], host, parts.clock(), asked["method"], between)
    return CalendarPart(file.decode(), asked["method"])


def remembered(appointment: Appointment) -> dict[str, str | int]:
    """What a cancellation needs of an appointment whose row goes before it leaves: when and how, not whose."""
    return {
        "series": appointment.series,
        "version": appointment.version,
        "worker": appointment.worker,
        "mode": appointment.mode.value,
        "start": appointment.start.isoformat(),
    }


def _as_it_was(asked: Mapping[str, Any]) -> Appointment | None:
    was = asked.get("was")
    if was is None:
        return None
    return Appointment(
        id=AppointmentId(asked["appointment"]),
        person=PersonId(""),
        client=ClientId(""),
        worker=WorkerId(was["worker"]),
        motive=Motive.OTHER,
        mode=Mode(was["mode"]),
        start=datetime.fromisoformat(was["start"]),
        contact=ContactId(""),
        series=AppointmentId(was["series"]),
        version=was["version"],
        status="cancelled",
    )


def for_person(appointment: Appointment, worker: Worker, say: Voice, page: str) -> Entry:
    """Their page, not the video's room: the room's address is a secret for its time."""
    place = worker.address if appointment.mode is Mode.IN_PERSON else ""
    about = say(t("calendar.with", worker=worker.first_name, mode=MODES[appointment.mode]))
    return Entry(appointment, say(t("page.calendar.summary")), page, place, f"{about}\n{page}")


def for_worker(appointment: Appointment, first_name: str, say: Voice) -> Entry:
    """How it will be held stands in the title; who it is, only inside. No motive, no page: calendars are shared."""
    return Entry(appointment, say(t("page.calendar.worker", mode=MODES[appointment.mode])), description=first_name)
