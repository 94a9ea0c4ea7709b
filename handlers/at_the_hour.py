"""What follows around the hour: the worker is told at once, at any time of the day. Lines of `REACTIONS`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from booking.events import ModeChanged, PersonHere, PersonLate
from booking.model import Appointment, Mode
from conversations.flows.names import MODES
from conversations.model import Link
from conversations.text import Text, t
from handlers.effects import Effect, Invitation, Notice, NoticeKind, ToPerson, ToWorker

if TYPE_CHECKING:
    from handlers.world import World


async def both_are_told_of_the_mode(event: ModeChanged, world: World) -> Sequence[Effect]:
    """The worker, with the page to call from; the person, when it was not their own doing."""
    appointment = event.appointment
    words = t("notice.turned") if appointment.mode is Mode.PHONE else t("notice.turned_back")
    link = Link("worker", appointment.id)
    effects: list[Effect] = (
        [await _to_worker(words, "turned", appointment, world, link)] if event.by != "worker" else []
    )
    if event.by != "person":
        worker = await world.booking.worker(appointment.worker)
        said = t("notice.turned_for_you") if appointment.mode is Mode.PHONE else t("notice.turned_back_for_you")
        text = Text(said.msgid, {"start": appointment.start, "worker": worker.first_name if worker else ""})
        theirs = Link("appointment", appointment.id)
        effects.append(
            Notice(
                ToPerson(appointment.person), "turned", (text,), appointment.id, theirs, appointment.end, urgent=True
            )
        )
    return effects


async def worker_hears_of_late(event: PersonLate, world: World) -> Sequence[Effect]:
    """Unless they have it in the person's own words."""
    if event.written:
        return []
    if event.minutes is None:
        return [await _to_worker(t("notice.late"), "arriving", event.appointment, world)]
    words = Text(t("notice.late_minutes").msgid, {"minutes": event.minutes})
    return [await _to_worker(words, "arriving", event.appointment, world)]


async def worker_hears_of_here(event: PersonHere, world: World) -> Sequence[Effect]:
    words = t("notice.waits_for_call") if event.appointment.mode is Mode.PHONE else t("notice.here")
    return [await _to_worker(words, "arriving", event.appointment, world)]


async def _to_worker(
    words: Text, kind: NoticeKind, appointment: Appointment, world: World, link: Link | None = None
) -> Notice:
    """Of no use after the hour; dropped when the appointment is moved or cancelled meanwhile."""
    known = await world.booking.known(appointment.contact)
    name = known.person.first_name if known.person else ""
    text = Text(words.msgid, {**words.args, "name": name, "start": appointment.start, "mode": MODES[appointment.mode]})
    to, invitation = ToWorker(appointment.worker), Invitation(appointment.id, "REQUEST") if kind == "turned" else None
    return Notice(to, kind, (text,), appointment.id, link, appointment.end, urgent=True, invitation=invitation)
