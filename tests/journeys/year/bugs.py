"""Bugs that are planted, one at a time, to see whether the judge finds them. Each names what he must say of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, timedelta
from typing import Any, Final, TypeAlias
from zoneinfo import ZoneInfo

import pytest

from booking.events import AppointmentCancelled, AppointmentMoved
from handlers import judging, reminders, reminding
from handlers.calendars import writing
from handlers.effects import Remind
from handlers.reactions import REACTIONS
from storage.booking import RowStore

Plant: TypeAlias = Callable[[pytest.MonkeyPatch], None]


def planned(change: Callable[[list[Remind], Any, ZoneInfo], list[Remind]]) -> Plant:
    """Reminders are planned as they should be, and then not quite."""
    plan = reminders.plan

    def plant(patch: pytest.MonkeyPatch) -> None:
        def wrong(appointment: Any, zone: ZoneInfo, *rest: Any) -> list[Remind]:
            return change(plan(appointment, zone, *rest), appointment, zone)

        patch.setattr(reminders, "plan", wrong)

    return plant


def by_the_wall(found: list[Remind], appointment: Any, zone: ZoneInfo) -> list[Remind]:
    """Hours subtracted on the wall's clock: an hour off when it is changed in between."""
    start = appointment.start.astimezone(zone).utcoffset()
    return [replace(one, due=one.due + start - one.due.astimezone(zone).utcoffset()) for one in found]


def set_twice(found: list[Remind], appointment: Any, zone: ZoneInfo) -> list[Remind]:
    """The same reminder under two names, so that no key is the wiser."""
    again = [replace(one, kind=f"{one.kind.split('-')[0]}-again") for one in found]
    return [*found, *again]


def in_paris(patch: pytest.MonkeyPatch) -> None:
    """Everybody is reminded by the clock of Paris."""
    plan = reminders.plan
    paris = ZoneInfo("Europe/Paris")
    patch.setattr(reminders, "plan", lambda appointment, zone, *rest: plan(appointment, paris, *rest))


def without(event: type, reaction: str) -> Plant:
    """A consequence is forgotten."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        left = tuple(each for each in REACTIONS[event] if each.__name__ != reaction)
        assert len(left) == len(REACTIONS[event]) - 1, f"no {reaction} to leave out"
        patch.setitem(REACTIONS, event, left)

    return plant


def nobody_sleeps(patch: pytest.MonkeyPatch) -> None:
    """Quiet hours are not looked at."""
    patch.setattr(judging, "wake", lambda *given: None)


def hours_are_not_kept(patch: pytest.MonkeyPatch) -> None:
    """An hour has no owner."""

    async def take(*given: Any) -> None:
        return None

    patch.setattr(RowStore, "take", take)


def told_of_what_was(patch: pytest.MonkeyPatch) -> None:
    """What was planned for an hour is not dropped when it is moved, nor looked at again when it is due, or leaves."""
    found = reminders.reminder_of

    async def true(*given: Any) -> bool:
        return True

    without(AppointmentMoved, "old_is_dropped")(patch)
    patch.setattr(judging, "_still_true", true)
    patch.setattr(reminding, "reminder_of", lambda kind: replace(found(kind), holds=lambda appointment: True))


def at_midnight(found: list[Remind], appointment: Any, zone: ZoneInfo) -> list[Remind]:
    """Reminded in the night that follows."""
    night = timedelta(days=1)
    return [replace(one, due=(one.due.astimezone(zone) + night).replace(hour=2).astimezone(UTC)) for one in found]


def never_counted(patch: pytest.MonkeyPatch) -> None:
    """Every event has the number of the first."""
    patch.setattr(writing, "sequence", lambda appointment, cancelled: 0)


def woken_for_reminders(patch: pytest.MonkeyPatch) -> None:
    planned(at_midnight)(patch)
    nobody_sleeps(patch)


IN_THE_GATE: Final = frozenset({"reminders an hour off at a change of clocks"})
BUGS: Final[Mapping[str, tuple[Plant, str]]] = {
    "reminders an hour off at a change of clocks": (planned(by_the_wall), "too late"),
    "reminders by the clock of Paris for everybody": (in_paris, "never said"),
    "a timer set twice": (planned(set_twice), "said twice"),
    "what waits is not dropped on a move": (without(AppointmentMoved, "old_is_dropped"), "for an hour that was moved"),
    "a worker is not told of an end": (
        without(AppointmentCancelled, "both_are_told_of_the_end"),
        "the worker was not told",
    ),
    "a person is not told that their worker cancelled": (
        without(AppointmentCancelled, "other_hours_are_offered"),
        "the person was not told",
    ),
    "reminders are never set": (planned(lambda found, appointment, zone: []), "never said"),
    "reminders at night": (woken_for_reminders, "a reminder at night"),
    "reminders of what was moved": (told_of_what_was, "said of an hour that does not stand"),
    "events stay in people's agendas": (
        without(AppointmentCancelled, "person_is_uninvited"),
        "an agenda still shows it",
    ),
    "events stay in workers' agendas": (without(AppointmentCancelled, "own_doing_follows"), "an agenda still shows it"),
    "events are not numbered": (never_counted, "an agenda would not take it"),
    "quiet hours are not looked at": (nobody_sleeps, "a worker was woken"),
    "an hour has no owner": (hours_are_not_kept, "an hour taken twice, of a worker"),
}
