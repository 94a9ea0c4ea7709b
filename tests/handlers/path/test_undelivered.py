"""Reminders of which there is no word go another way; important notices leave a sender that is held."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.why import messages
from handlers.channels.base import Receipt
from handlers.channels.outcomes import LINE, TWILIO
from handlers.receipts import receive
from handlers.undelivered import look, patience
from storage import contacts
from storage.outbox import OutboxRow
from tests.handlers.path.place import CAMILLE, LATER, Place

pytestmark = pytest.mark.sampled

STOPPED = TWILIO["20003"].error("20003")
LOST = LINE["no_answer"].error("no_answer")
CHAT = "77"


async def has_both(place: Place, *, told: bool = True) -> None:
    """Camille has an hour of next week, an SMS that tells what arrives, and Telegram, used less lately."""
    await place.says("telegram", CHAT, "bonjour")
    place.clock.now += timedelta(minutes=1)
    await place.says("sms", CAMILLE, *LATER)
    await is_of(place, (await place.contact("sms", CAMILLE)).person_id)
    if told:
        (row,) = [row for row in await place.rows("sms", CAMILLE) if row.kind == "answer"][:1]
        await receive(place.parts, Receipt(row.id, row.provider_id or "", "delivered"))
    place.new("sms", CAMILLE)
    place.new("telegram", CHAT)


async def is_of(place: Place, person: str | None) -> None:
    chat = await place.contact("telegram", CHAT)
    async with place.parts.db.transaction() as tx:
        await contacts.link_person(tx, chat.id, person)


async def reminded(place: Place) -> OutboxRow:
    """The first reminder, two days before."""
    await place.passes(days=5)
    (row,) = [row for row in await place.rows("sms", CAMILLE) if row.kind == "reminder"]
    return row


async def looked(place: Place, **by: float) -> int:
    place.clock.now += timedelta(**by)
    found = await look(place.parts)
    await place.settle()
    return found


async def test_a_reminder_without_a_word_is_said_elsewhere_once(place: Place) -> None:
    await has_both(place)
    row = await reminded(place)
    assert await looked(place, minutes=100) == 0
    assert await looked(place, minutes=21) == 1
    assert len(place.new("telegram", CHAT)) == 1
    assert await looked(place, minutes=30) == 0
    again = next(row for row in await place.rows("telegram", CHAT) if row.kind == "reminder")
    assert (again.key, again.possible_duplicate) == (f"{row.key}>telegram", True)
    (first,) = [one for one in await place.rows("sms", CAMILLE) if one.kind == "reminder"]
    assert "accepted (no_word>telegram)" in (await messages(place.parts, [first]))[0]


async def test_a_word_in_time_is_enough(place: Place) -> None:
    await has_both(place)
    row = await reminded(place)
    await receive(place.parts, Receipt(row.id, row.provider_id or "", "delivered"))
    assert await looked(place, hours=3) == 0


async def test_where_no_word_ever_came_none_is_waited_for(place: Place) -> None:
    await has_both(place, told=False)
    await reminded(place)
    assert await looked(place, hours=3) == 0


async def test_who_has_no_other_channel_is_left_alone(place: Place) -> None:
    await has_both(place)
    await is_of(place, None)
    await reminded(place)
    assert await looked(place, hours=3) == 0
    assert place.alarms == []
    assert place.new("telegram", CHAT) == []


async def test_the_nearer_the_hour_the_less_a_word_is_waited_for(place: Place) -> None:
    await has_both(place)
    row, now = await reminded(place), place.clock.now
    waits = {
        timedelta(days=2): timedelta(hours=2),
        timedelta(hours=2): timedelta(minutes=15),
        timedelta(minutes=10): timedelta(minutes=2),
    }
    for left, wait in waits.items():
        assert patience(replace(row, expires_at=now + left), now) == wait


async def test_an_unknown_fate_does_not_wait_for_long_and_is_never_three_copies(place: Place) -> None:
    await has_both(place)
    place.line("sms").sent = _silent  # type: ignore[method-assign, assignment]
    place.line("sms").down = LOST
    row = await reminded(place)
    assert row.status == "unknown"
    place.line("telegram").troubles = [LOST]
    assert await looked(place, hours=2) == 1
    (first,) = [one for one in await place.rows("sms", CAMILLE) if one.kind == "reminder"]
    assert (first.status, first.reason) == ("failed", "unknown>telegram")
    await place.passes(minutes=10)
    tried = place.line("sms").tried
    await place.passes(minutes=60)
    assert place.line("sms").tried == tried
    again = next(row for row in await place.rows("telegram", CHAT) if row.kind == "reminder")
    assert (again.status, again.reason) == ("failed", "unknown"), "it may have arrived on either: a human is told"
    assert place.alarm_codes()[-1] == "message_unknown"


async def _silent(*given: object) -> list[str]:
    raise LOST


async def test_what_waits_for_a_held_sender_goes_another_way(place: Place) -> None:
    await has_both(place)
    place.line("sms").down = STOPPED
    row = await reminded(place)
    assert row.status == "queued"
    assert await looked(place, hours=2) == 1
    (first,) = [one for one in await place.rows("sms", CAMILLE) if one.kind == "reminder"]
    assert (first.status, first.reason) == ("failed", "20003>telegram")
    (said,) = place.new("telegram", CHAT)
    assert said.startswith("Rappel")
    assert not next(row for row in await place.rows("telegram", CHAT) if row.kind == "reminder").possible_duplicate
    place.line("sms").down = None
    await place.passes(minutes=10)
    assert place.new("sms", CAMILLE) == []


async def test_where_the_other_sender_is_held_too_it_waits_for_either(place: Place) -> None:
    await has_both(place)
    place.line("sms").down = place.line("telegram").down = STOPPED
    await place.says("telegram", "78", "bonjour")
    await reminded(place)
    assert await looked(place, hours=2) == 0
    place.line("sms").down = None
    await place.passes(minutes=5)
    assert len(place.new("sms", CAMILLE)) == 1
    assert await looked(place, minutes=1) == 0
