"""What follows around the hour itself and the day after: the worker is told that it begins and asked who came, the
person is asked how it was. Reactions; the list is `handlers/reactions.py`.

    start - 10 min   the worker: who, how, and the page from which it is held
    start + 10 min   the worker: is the person there? After ten minutes of silence their next channel is asked, after
                     ten more the desk is told
    the next day     it is settled; the person: how was it, or 'we missed each other'. Once a day at most
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from booking import policy
from booking.events import (
    AppointmentBooked,
    AppointmentMoved,
    AppointmentNear,
    AppointmentRestored,
    AttendanceAwaited,
    AttendanceDue,
    AttendanceSettled,
    AttendanceUnanswered,
    Attended,
    NobodyCame,
    NoticesChosen,
    NoticesTried,
    WaitsAgain,
)
from booking.model import Appointment, NoticeLevel
from conversations.flows.names import MODES
from conversations.flows.worker.trial import sample
from conversations.model import Link
from conversations.text import Text, t
from handlers.effects import Alarm, Drop, Effect, Notice, Tell, ToContact, ToPerson, ToWorker
from handlers.mornings import morning
from handlers.world import World

TEN: Final = timedelta(minutes=10)
ASKED_AT: Final = time(10)  # the next day, on the person's clock
YESTERDAY: Final = timedelta(hours=48)  # after the start: later, nobody is asked about 'yesterday' any more
ANSWERED: Final = timedelta(hours=12)  # so long the question of the day after is asked again
HOUR: Final = timedelta(hours=1)


async def day_is_set(
    event: AppointmentBooked | AppointmentMoved | AppointmentRestored, world: World
) -> Sequence[Effect]:
    """The timers of the hour and of the day after. Judged again when they are due; set anew when an end is undone."""
    a = event.appointment
    after = await _settles(a, world)
    once_more = f":{world.now:%Y%m%dT%H%M%S}" if isinstance(event, AppointmentRestored) else ""
    timers = (
        _due(a, "due_near", a.start - TEN, {}, until=a.start),
        _due(a, "due_attendance", a.start + TEN, {"asked": 1}, until=after),
        _due(a, "due_after", after, {}),
    )
    return [replace(timer, key=f"{timer.key}{once_more}") for timer in timers]


async def _settles(a: Appointment, world: World) -> datetime:
    """At ten the next day where the person is, and not before the worker's word is final."""
    known, worker = await world.booking.known(a.contact), await world.booking.worker(a.worker)
    zone = ZoneInfo(known.person.time_zone if known.person else "Europe/Paris")
    next_day = a.start.astimezone(zone).date() + timedelta(days=1)
    asked = datetime.combine(next_day, ASKED_AT, zone)
    return max(asked, policy.attendance_closes(a.start, ZoneInfo(worker.time_zone if worker else "Europe/Paris")))


def _due(a: Appointment, event: str, at: datetime, data: Mapping[str, Any], until: datetime | None = None) -> Tell:
    """News for the talk in which it was booked, which says nothing there."""
    key = ":".join([event, a.id, *map(str, data.values())])
    told = {"which": a.id, **data}
    return Tell(ToContact(a.contact), event, told, urgent=True, at=at, subject=a.id, useful_until=until, key=key)


async def worker_is_reminded(event: AppointmentNear, world: World) -> Sequence[Effect]:
    a = event.appointment
    text = t("soon.worker", name=await _name(a, world), start=a.start, mode=MODES[a.mode])
    return [Notice(ToWorker(a.worker), "soon", (text,), a.id, Link("worker", a.id), expires_at=a.end, urgent=True)]


async def worker_is_asked(event: AttendanceDue, world: World) -> Sequence[Effect]:
    silence = _due(event.appointment, "due_silence", world.now + TEN, {"asked": event.asked, "tries": 1})
    return [_question(event.appointment, event.asked, 0), silence]


async def other_way_is_tried(event: AttendanceUnanswered, world: World) -> Sequence[Effect]:
    """The worker's next channel, if there is one; then the desk: somebody may be waiting for nobody."""
    a = event.appointment
    if event.tries > 1:
        return [Alarm("worker_silent", a.contact, f"appointment:{a.id}")]
    then = _due(a, "due_silence", world.now + TEN, {"asked": event.asked, "tries": 2})
    return [_question(a, event.asked, 1, then)]


def _question(a: Appointment, asked: int, way: int, then: Tell | None = None) -> Tell:
    data = {"which": a.id, "asked": asked, "urgent": True, "until": (a.end + 2 * HOUR).isoformat()}
    key = f"attend:{a.id}:{asked}:{way}"
    return Tell(
        ToWorker(a.worker, way), "attend", data, urgent=True, subject=a.id, key=key, nobody="worker_silent", then=then
    )


async def asked_once_more(event: AttendanceAwaited, world: World) -> Sequence[Effect]:
    """They reacted, so nobody else is troubled meanwhile."""
    a = event.appointment
    again = _due(a, "due_attendance", world.now + TEN, {"asked": event.asked + 1})
    return [Drop(a.id, kinds=("due_silence",)), again]


async def silence_is_over(event: Attended, _: World) -> Sequence[Effect]:
    return [Drop(event.appointment.id, kinds=("due_silence", "due_attendance"))]


async def person_is_asked(event: AttendanceSettled, world: World) -> Sequence[Effect]:
    """How it was, or a new hour after a miss; one such question a day, of use for a day."""
    a = event.appointment
    if world.now - a.start > YESTERDAY or (event.assumed and event.nobody):
        return []
    person = (await world.booking.known(a.contact)).person
    asks = "feedback" if a.status == "done" else "missed"
    if person is not None and (person.frozen is not None or (person.no_feedback and asks == "feedback")):
        return []  # safety G7
    data = {"which": a.id, "kind": "feedback", "until": (world.now + ANSWERED).isoformat()}
    return [Tell(ToPerson(a.person), asks, data, key=f"after:{a.person}:{world.now:%Y%m%d}")]


async def worker_is_called(event: NobodyCame, world: World) -> Sequence[Effect]:
    """Who waited for nobody is not thanked the day after, unless the worker says that they met after all."""
    a = event.appointment
    return [
        await _waiting(t("notice.nobody"), a, world),
        Alarm("nobody_came", event.contact, f"appointment:{a.id}"),
        Drop(a.id, kinds=("due_after",), reason="nobody_came"),
        _due(a, "due_unmet", await _settles(a, world), {}),
    ]


async def worker_is_told_to_try(event: WaitsAgain, world: World) -> Sequence[Effect]:
    return [await _waiting(t("notice.waits_again"), event.appointment, world)]


async def _waiting(words: Text, a: Appointment, world: World) -> Notice:
    text = Text(words.msgid, {"name": await _name(a, world), "start": a.start, "mode": MODES[a.mode]})
    until = world.now + 2 * HOUR
    return Notice(ToWorker(a.worker), "waiting", (text,), a.id, Link("worker", a.id), expires_at=until, urgent=True)


async def trial_goes_out(event: NoticesTried, world: World) -> Sequence[Effect]:
    return [Notice(ToWorker(event.worker), "test", (sample(world.now),), urgent=True)]


async def morning_is_set(event: NoticesChosen, world: World) -> Sequence[Effect]:
    worker = await world.booking.worker(event.worker)
    return [morning(worker, world.now)] if worker is not None and event.level is not NoticeLevel.ALL else []


async def _name(a: Appointment, world: World) -> str:
    known = await world.booking.known(a.contact)
    return known.person.first_name if known.person else ""
