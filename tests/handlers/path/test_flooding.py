"""A flood (threats T22, T28): so much of one sender is heard within a minute, others are served in turn meanwhile, and
while too much waits nothing more is taken in. Counted in turns and in their order, never in seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.work import AT_ONCE, ROWS, drain_all
from handlers.channels.base import Envelope
from handlers.inbox import MOST, MOST_OF_ONE, Crowded, Door
from storage import inbox
from tests.guards import guards
from tests.handlers.path.place import CAMILLE, MONDAY, SAM, Place

SLOW = "Beaucoup de messages d'un coup"

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def strict(place: Place) -> Place:
    place.parts = replace(place.parts, messages_a_minute=20)
    return place


async def outcomes(place: Place) -> list[str | None]:
    rows = await place.parts.db.fetch("SELECT status, reason FROM inbox WHERE kind = 'message' ORDER BY id")
    assert {row["status"] for row in rows} == {"done"}
    return [row["reason"] for row in rows]


# ------------------------------------------------------------ so many a minute


@guards("T22")
async def test_twenty_a_minute_are_heard_and_one_kind_word_said(strict: Place) -> None:
    for _ in range(24):
        await strict.comes("sms", CAMILLE, text="aide")
    await strict.settle()
    heard = strict.new("sms", CAMILLE)
    assert len(heard) == 21
    assert heard[-1].startswith(SLOW)
    assert await outcomes(strict) == [None] * 20 + ["flood: told"] + ["flood"] * 3
    assert strict.figure("inbound_messages_total", channel="sms", outcome="unheard") == 4


@on_sqlite
async def test_the_word_comes_once_a_minute_and_the_next_minute_is_heard(strict: Place) -> None:
    for second in range(0, 120, 2):  # thirty a minute
        strict.clock.now = MONDAY + timedelta(seconds=second)
        await strict.says("sms", CAMILLE, "aide")
    reasons = await outcomes(strict)
    assert [number for number, reason in enumerate(reasons) if reason == "flood: told"] == [20, 50]
    assert reasons[30:50] == [None] * 20, "heard again, as soon as the first of the last twenty is a minute old"


@on_sqlite
@guards("T31")
async def test_danger_and_stop_are_heard_whatever_came_before(strict: Place) -> None:
    await strict.says("sms", CAMILLE, *["aide"] * 30)
    (numbers,) = await strict.says("sms", CAMILLE, "je veux mourir")
    assert "3114" in numbers.splitlines()[0]
    assert await strict.says("sms", CAMILLE, "aide") == []
    (asked,) = await strict.says("sms", CAMILLE, "j'en peux plus de vivre")
    assert "danger" in asked.lower() or "3114" in asked
    (stopped,) = await strict.says("sms", CAMILLE, "stop")
    assert "plus de message" in stopped
    assert (await strict.contact("sms", CAMILLE)).opted_out_at is not None


@on_sqlite
async def test_what_an_outage_brings_at_once_was_not_written_at_once(strict: Place) -> None:
    """Fetched from the provider's log, each with the time at which it was sent."""
    door = Door(strict.parts)
    for minute in range(40):
        sent = MONDAY - timedelta(minutes=60 - minute)
        await door(Envelope("sms", CAMILLE, f"late{minute}", sent, b'{"text": "aide"}'))
    await strict.settle()
    assert await outcomes(strict) == [None] * 40


@on_sqlite
async def test_news_are_not_counted_and_not_held_back(strict: Place) -> None:
    await strict.books()
    await strict.says("sms", CAMILLE, *["aide"] * 30)
    strict.new("sms", CAMILLE)
    contact = await strict.contact("sms", CAMILLE)
    async with strict.parts.db.transaction() as tx:
        await inbox.add_news(tx, "x:1", contact.id, "missed_call", {"appointment": "gone"}, strict.clock.now)
    await strict.settle()
    rows = await strict.parts.db.fetch("SELECT reason, status FROM inbox WHERE kind = 'news'")
    assert {(row["status"], row["reason"]) for row in rows} == {("done", None)}


# ------------------------------------------------------------ in turn


async def turns(place: Place, others: Sequence[str]) -> list[dict[str, int]]:
    """Rounds of one worker, until all is read; how many rows of each were taken in each."""
    rounds = []
    before = await left(place)
    while before:
        await drain_all(place.parts, "place")
        after = await left(place)
        rounds.append({who: count - after.get(who, 0) for who, count in before.items() if count != after.get(who, 0)})
        before = after
    assert {who for each in rounds for who in each} >= set(others)
    return rounds


async def left(place: Place) -> dict[str, int]:
    rows = await place.parts.db.fetch("SELECT contact_id, count(*) AS n FROM inbox WHERE status = 'new' GROUP BY 1")
    return {row["contact_id"]: int(row["n"]) for row in rows}


@guards("T28")
async def test_a_flood_of_one_keeps_nobody_waiting(strict: Place) -> None:
    """Two hundred rows of one sender came first. Who comes after them is served in the same round, as if alone."""
    flood = {await strict.comes("sms", CAMILLE, text="aide") for _ in range(MOST_OF_ONE)}
    strict.clock.now += timedelta(seconds=1)
    others = [str(await strict.comes("telegram", str(n), text="bonjour")) for n in range(AT_ONCE - 1)]
    first, *rest = await turns(strict, others)
    assert [first.get(who) for who in others] == [1] * len(others)
    assert {first[str(who)] for who in flood} == {ROWS} == {5}
    assert all(set(each) == flood for each in rest)


@on_sqlite
async def test_more_floods_than_a_worker_serves_at_once_wait_in_turn(strict: Place) -> None:
    """Their older rows do not go before everybody: who was served waits from then on."""
    for n in range(AT_ONCE + 4):
        for _ in range(4 * ROWS):
            await strict.comes("telegram", f"1{n}", text="aide")
    others = []
    for n in range(3):
        strict.clock.now += timedelta(seconds=1)
        others.append(str(await strict.comes("telegram", f"2{n}", text="bonjour")))
    rounds = []
    before = await left(strict)
    while before:
        strict.clock.now += timedelta(seconds=1)
        await drain_all(strict.parts, "place")
        after = await left(strict)
        rounds.append({who for who in before if before[who] != after.get(who, 0)})
        before = after
    assert rounds[1] >= set(others), "after each flood's first turn, before any second one"


# ------------------------------------------------------------ 503


async def arrives(door: Door, place: Place, address: str = CAMILLE, **more: str) -> str | None:
    id = more.get("id", f"m{next(place.numbers)}")
    return await door(Envelope("sms", address, id, place.clock.now, b'{"text": "aide"}'))


@guards("T28")
async def test_two_hundred_unread_of_one_contact_are_all_that_is_taken_in(strict: Place) -> None:
    door = Door(strict.parts, sheds=True)
    for _ in range(200):
        await arrives(door, strict)
    with pytest.raises(Crowded):
        await arrives(door, strict, id="lost?")
    assert await arrives(door, strict, SAM), "others are not meant"
    assert await arrives(Door(strict.parts), strict, id="lost?"), "what is read from the provider's log always is"
    await drain_all(strict.parts, "place")
    assert await arrives(door, strict), "and it is open again as soon as some are read"


@on_sqlite
async def test_nothing_is_taken_in_while_too_much_of_all_waits(strict: Place) -> None:
    assert MOST == 50_000, "as security.md says; so many are not made here"
    door = Door(strict.parts, sheds=True, most=10)
    for n in range(10):
        await arrives(door, strict, f"+3363998{n:04}")
        strict.clock.now += timedelta(seconds=1)
    with pytest.raises(Crowded):
        await arrives(door, strict, SAM, id="again")
    assert await strict.parts.db.fetch("SELECT key FROM ledger WHERE key = 'sms:again'") == []
    await strict.settle()
    strict.clock.now += timedelta(seconds=1)
    assert await arrives(door, strict, SAM, id="again"), "the same message, brought once more"
