"""What follows from hours that we offer: the person is asked and reminded once; a human, or the worker, learns that
nobody answered. Lines of `handlers.reactions.REACTIONS`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from booking.events import (
    AppointmentCancelled,
    FurtherProposed,
    HourProposed,
    HoursOffered,
    NoHourToOffer,
    OffersDeclined,
    OffersLapsed,
    OffersTaken,
)
from booking.model import HOUR, Appointment, AppointmentId, ContactId, HoldKind, about_further, subject_of
from conversations.flows.hours import start_of
from conversations.text import Text, t
from conversations.told_apart import dated
from handlers.effects import Alarm, Drop, Effect, Notice, Tell, ToContact, ToPerson, ToWorker
from handlers.reminders import last_awake, wake

if TYPE_CHECKING:
    from handlers.world import World

SOON: Final = timedelta(hours=24)  # news of an hour this near is told at night, too
MAY_REFUSE: Final = t("notice.refuse")  # said with a late cancellation or move (terms, article 5.2)


OVER: Final[Mapping[HoldKind, str]] = {
    "replacement": "replaced_over",
    "proposal": "proposed_over",
    "further": "one_more_over",
}  # what says that nobody answered


def timers_of(about: str) -> AppointmentId:
    """What the timers of an offer belong to. Not the appointment: its own go on when a proposal is declined."""
    return AppointmentId(f"offers:{about}")


async def other_hours_are_offered(event: AppointmentCancelled, world: World) -> Sequence[Effect]:
    """Article 5.3. The hours are found and held in the person's own turn, so that they are kept from when they read."""
    if event.by != "worker":
        return []
    a = event.appointment
    soon = a.start - world.now < SOON
    data = {"about": a.id, "urgent": soon, "until": a.end.isoformat()}
    return [Tell(ToPerson(a.person), "replaced", data, urgent=soon, useful_until=a.end, key=f"replaced:{a.id}")]


async def they_are_reminded(event: HoursOffered, world: World) -> Sequence[Effect]:
    """Once, at half of the time and by day; and when nothing is kept any more, the desk."""
    to, about = ToContact(event.contact), {"about": subject_of(event.about)}
    subject = timers_of(event.about)
    over = OVER[event.kind]
    key = f"{over}:{event.about}:{event.last:%Y%m%dT%H%M%S}"
    effects: list[Effect] = [Tell(to, over, about, urgent=True, at=event.last, subject=subject, key=key)]
    if event.kind == "replacement":
        effects.append(await _again(event.about, event.contact, event.until, event.last, world))
    return [Drop(subject), *effects]


async def silence_is_noticed(event: NoHourToOffer, world: World) -> Sequence[Effect]:
    """They may not have read that nothing could be offered. Asked anew about the same, the first time counts."""
    subject, key = timers_of(event.about), f"replaced_over:{event.about}:nothing"
    to, about = ToContact(event.contact), {"about": event.about}
    again = await _again(event.about, event.contact, event.until, event.until, world, nothing=True)
    return [Tell(to, "replaced_over", about, urgent=True, at=event.until, subject=subject, key=key), again]


async def _again(about: str, contact: ContactId, until: datetime, last: datetime, world: World, **more: bool) -> Tell:
    """Half of the time of the hour that lapses first, or of the other where that one has less than an hour."""
    known = await world.booking.known(contact)
    zone = known.person.time_zone if known.person else "Europe/Paris"
    half = world.now + ((until if until - world.now >= HOUR else last) - world.now) / 2
    data = {"about": about, "until": last.isoformat(), **more}
    return Tell(
        ToContact(contact),
        "replaced_again",
        data,
        at=in_time(half, last, zone, world),
        subject=timers_of(about),
        useful_until=last,
        key=f"replaced_again:{about}",
    )


def in_time(at: datetime, last: datetime, zone: str, world: World) -> datetime:
    """In the evening before, where they sleep then and would wake when it is too late."""
    woken, evening = wake(world.quiet, zone, at), last_awake(world.quiet, zone, world.now)
    return evening if woken is not None and woken >= last and world.now < evening < at else at


async def another_hour_is_proposed(event: HourProposed, world: World) -> Sequence[Effect]:
    a, (_, _, named) = event.appointment, event.slot.partition("/")
    assert named == a.worker
    soon = a.start - world.now < SOON
    data = {"about": a.id, "slot": event.slot, "urgent": soon, "until": a.start.isoformat(), "closed": event.closed}
    key = f"proposed:{a.id}:{event.slot}:{world.now:%Y%m%dT%H%M%S}"
    tell = Tell(ToPerson(a.person), "proposed", data, urgent=soon, useful_until=a.start, key=key)
    return [Drop(timers_of(a.id)), tell]


async def further_hour_is_proposed(event: FurtherProposed, world: World) -> Sequence[Effect]:
    a, start = event.appointment, start_of(event.slot)
    soon = start - world.now < SOON
    data = {"about": a.id, "slot": event.slot, "urgent": soon, "until": start.isoformat(), "closed": event.closed}
    key = f"one_more:{a.id}:{event.slot}:{world.now:%Y%m%dT%H%M%S}"
    tell = Tell(ToPerson(a.person), "one_more", data, urgent=soon, useful_until=start, key=key)
    return [Drop(timers_of(about_further(a.id))), tell]


async def offer_was_taken(event: OffersTaken, _: World) -> Sequence[Effect]:
    return [Drop(timers_of(event.about))]


async def offer_was_declined(event: OffersDeclined, world: World) -> Sequence[Effect]:
    """The worker who proposed is told; who cancelled needs not to know."""
    effects: list[Effect] = [Drop(timers_of(event.about))]
    if subject_of(event.about) != event.about:
        return [*effects, *await _further_is_over(t("notice.further_declined"), event.about, world)]
    a = await world.booking.appointment(AppointmentId(event.about)) if event.kind in {"proposal", None} else None
    if a is not None and a.status == "booked":
        effects.append(await _to_worker(t("notice.proposal_kept"), a, world))
    return effects


async def nobody_answered(event: OffersLapsed, world: World) -> Sequence[Effect]:
    if event.kind == "replacement":
        return [Alarm("offer_unanswered", event.contact, f"appointment:{event.about}")]
    if event.kind == "further":
        return await _further_is_over(t("notice.further_unanswered"), event.about, world)
    a = await world.booking.appointment(AppointmentId(event.about))
    return [] if a is None else [await _to_worker(t("notice.proposal_unanswered"), a, world)]


async def _further_is_over(words: Text, about: str, world: World) -> Sequence[Effect]:
    """The worker is told. The hour that it was to follow may be long over, so the notice does not hang on it."""
    a = await world.booking.appointment(subject_of(about))
    if a is None:
        return []
    known = await world.booking.known(a.contact)
    text = Text(words.msgid, {"name": dated(known.person.first_name if known.person else "", a)})
    return [Notice(ToWorker(a.worker), "moved", (text,), expires_at=world.now + SOON)]


async def _to_worker(words: Text, a: Appointment, world: World) -> Notice:
    known = await world.booking.known(a.contact)
    text = Text(words.msgid, {"start": a.start, "name": known.person.first_name if known.person else ""})
    return Notice(ToWorker(a.worker), "moved", (text,), a.id, expires_at=a.end)
