"""Ids: of the alphabet, rising with time and within a millisecond, and not to be guessed from the one before."""

from __future__ import annotations

import itertools
import secrets
from datetime import UTC, datetime, timedelta

from bot.app import ALPHABET, LEAP, id_maker

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def number(id: str) -> int:
    found = 0
    for sign in id:
        found = found << 5 | ALPHABET.index(sign)
    return found


def test_they_rise_with_time_whatever_chance_says() -> None:
    moments = (NOW + timedelta(milliseconds=n) for n in itertools.count())
    falling = (value for value in range(1 << 79, 0, -1))
    new_id = id_maker(lambda: next(moments), lambda _: next(falling))
    ids = [new_id() for _ in range(50)]
    assert ids == sorted(ids)
    assert {len(id) for id in ids} == {26}


def test_they_rise_within_a_millisecond() -> None:
    """What was taken at once keeps the order in which it was taken."""
    new_id = id_maker(lambda: NOW, secrets.randbits)
    ids = [new_id() for _ in range(1000)]
    assert ids == sorted(ids)
    assert len(set(ids)) == 1000


def test_the_next_one_is_not_the_last_and_one() -> None:
    values = iter([(1 << 80) - 2 * LEAP, 5 << 70, 7 << 60 | 3])
    new_id = id_maker(lambda: NOW, lambda _: next(values))
    first, second, third = (number(new_id()) for _ in range(3))
    assert second == first + 1 + (5 << 70 & LEAP)
    assert third == second + 1 + (7 << 60 | 3)


def test_a_clock_that_is_set_back_is_followed() -> None:
    """Ids tell a time: one that is in the future would not."""
    moments = iter([NOW, NOW - timedelta(hours=1)])
    new_id = id_maker(lambda: next(moments), lambda _: 0)
    first, second = new_id(), new_id()
    assert second < first
