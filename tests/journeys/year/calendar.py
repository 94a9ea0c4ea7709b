"""Who wants what and when, over one year: drawn once from the seed, before anything happens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from tests.journeys.year.people import FIRST, LAST, Person

BEGINS: Final = datetime(2026, 1, 5, 7, 0, tzinfo=UTC)
ENDS: Final = datetime(2027, 1, 5, 7, 0, tzinfo=UTC)
CHANGES: Final = (date(2026, 3, 29), date(2026, 10, 25))  # the clocks of Europe go forward, and back
ZONES: Final = ("Europe/Paris", "Europe/Paris", "Europe/Paris", "Indian/Reunion", "America/Guadeloupe")
CHANNELS: Final = ("sms", "sms", "whatsapp", "telegram")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A wish for an hour: when they first write, and the day that they have in mind."""

    at: datetime
    day: date | None
    kind: str = ""


def people(seed: str, count: int) -> list[Person]:
    chance = Random(f"{seed}:people")
    return [
        Person(
            number=number,
            channel=chance.choice(CHANNELS),
            zone=chance.choice(ZONES),
            lang="en" if chance.random() < 0.15 else "fr",
            chance=Random(f"{seed}:person:{number}"),
            phone=f"+3363998{2000 + number:04}",
            first=chance.choice(FIRST),
            last=chance.choice(LAST),
        )
        for number in range(count)
    ]


def wishes(
    seed: str, town: list[Person], count: int, near_changes: float, changes: Sequence[date]
) -> Iterator[tuple[Person, Wanted]]:
    """`near_changes`: the share of wishes for the days around a change of the clocks."""
    chance = Random(f"{seed}:wishes")
    for number in range(count):
        person = town[number % len(town)]
        if chance.random() < near_changes:
            change = changes[number % len(changes)]
            day = change + timedelta(days=chance.choice((-1, 0, 0, 0, 1, 1, 2)))
            lead = timedelta(days=chance.choice((3, 5, 8, 13, 21, 34)))
            yield person, Wanted(_moment(chance, person, day - lead), day, "change")
            continue
        writes = BEGINS.date() + timedelta(days=chance.randrange(352))
        ahead = chance.random()
        if ahead < 0.15:
            yield person, Wanted(_moment(chance, person, writes), None, "soonest")
        else:
            days = chance.randint(2, 14) if ahead < 0.7 else chance.randint(14, 50)
            yield person, Wanted(_moment(chance, person, writes), writes + timedelta(days=days))


def _moment(chance: Random, person: Person, day: date) -> datetime:
    """Mostly by day, sometimes at night; by their own clock."""
    hour = chance.randrange(24) if chance.random() < 0.15 else chance.randrange(8, 22)
    local = datetime.combine(day, time(hour, chance.randrange(60), chance.randrange(60)), ZoneInfo(person.zone))
    return max(local.astimezone(UTC), BEGINS) + timedelta(microseconds=chance.randrange(1_000_000))
