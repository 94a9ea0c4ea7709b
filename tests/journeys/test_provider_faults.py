"""What providers do wrong: each message of ours arrives once all the same, or its row says why it did not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from bot.standins.faults import Broken, Drop, Early, Fault, Html, Reject, Throttle, Undelivered
from bot.standins.ledger import Call
from bot.standins.twilio import Callback
from handlers import assisted, unheard
from tests.journeys.booking import LATER, booked_by_sms, booked_by_telegram, booked_by_whatsapp
from tests.journeys.town import CAMILLE, CAMILLE_ON_TELEGRAM, SAM, Town

CHAT = str(CAMILLE_ON_TELEGRAM.id)
NOT_PROCESSED = [Broken(), Html(), Broken(503), Drop(accepted=False)]
PROCESSED = [Broken(accepted=True), Html(504, accepted=True), Drop()]


def sends(call: Call) -> bool:
    return call.operation in {"CreateMessage", "sendMessage"}


def plan(town: Town, fault: Fault, times: int | None = 1) -> None:
    """For the next calls that send; reading Twilio's log is another matter."""
    for provider in (town.twilio, town.telegram):
        provider.faults.add(fault, times=times, when=sends)


async def rows(town: Town, columns: str = "status") -> list[dict[str, Any]]:
    return await town.parts.db.fetch(f"SELECT {columns} FROM outbox ORDER BY id")


async def start(town: Town) -> None:
    """Camille's chat exists: one answer was shown."""
    await town.telegram.start_chat(CAMILLE_ON_TELEGRAM.id)
    await town.settle()
    assert len(town.new(CHAT)) == 1


def calls(town: Town) -> int:
    return len(town.twilio.ledger.of("CreateMessage"))


# ------------------------------------------------------------ not now


async def test_too_many_at_once_is_tried_again_when_told(town: Town) -> None:
    plan(town, Throttle(after=7))
    assert await town.sms(CAMILLE, "bonjour") == []
    await town.passes(seconds=6)
    assert calls(town) == 1
    await town.passes(seconds=1)
    assert len(town.new(CAMILLE)) == 1
    assert calls(town) == 2


async def test_telegram_names_its_wait_too(town: Town) -> None:
    await start(town)
    plan(town, Throttle(after=30))
    assert await town.chat(CAMILLE_ON_TELEGRAM, "aide") == []
    await town.passes(seconds=29)
    assert town.new(CHAT) == []
    await town.passes(seconds=1 + 30 / 4)
    assert len(town.new(CHAT)) == 1


async def test_what_was_said_meanwhile_keeps_its_order(town: Town) -> None:
    plan(town, Throttle(after=7))
    await town.sms(CAMILLE, "bonjour")
    await town.sms(CAMILLE, "aide")
    assert town.new(CAMILLE) == []
    await town.passes(seconds=7)
    first, second = town.new(CAMILLE)
    assert first.startswith("Social Direct : 1 h gratuite")
    assert second.startswith("Écrivez un chiffre")


# ------------------------------------------------------------ nobody knows


@pytest.mark.parametrize("fault", NOT_PROCESSED, ids=str)
@pytest.mark.cases
async def test_an_answer_that_never_left_is_sent_once_more(town: Town, fault: Fault) -> None:
    plan(town, fault)
    assert await town.sms(CAMILLE, "bonjour") == []
    assert await rows(town) == [{"status": "unknown"}]
    await town.passes(minutes=2)
    assert len(town.new(CAMILLE)) == 1
    assert await rows(town, "status, possible_duplicate") == [{"status": "delivered", "possible_duplicate": 1}]


@pytest.mark.parametrize("fault", PROCESSED, ids=str)
@pytest.mark.cases
async def test_a_callback_settles_it(town: Town, fault: Fault) -> None:
    plan(town, fault)
    assert len(await town.sms(CAMILLE, "bonjour")) == 1
    assert await rows(town) == [{"status": "delivered"}]
    await town.passes(minutes=5)
    assert calls(town) == 1
    assert town.twilio.ledger.of("ListMessage") == []


@pytest.mark.parametrize("fault", PROCESSED, ids=str)
@pytest.mark.cases
async def test_twilios_log_settles_it(town: Town, fault: Fault) -> None:
    town.twilio.hold = True
    plan(town, fault)
    assert len(await town.sms(CAMILLE, "bonjour")) == 1
    assert await rows(town) == [{"status": "unknown"}]
    await town.passes(minutes=2)
    assert await rows(town) == [{"status": "accepted"}]
    assert (calls(town), town.new(CAMILLE)) == (1, [])


async def test_what_waits_in_twilios_own_queue_is_not_sent_again(town: Town) -> None:
    """It has no date of sending yet."""
    town.twilio.hold = True
    plan(town, Drop())
    await town.sms(CAMILLE, "bonjour")
    for sid, message in town.twilio.messages.items():
        if message.direction != "inbound":
            town.twilio.messages[sid] = replace(message, status="queued", sent=None)
    await town.passes(minutes=2)
    assert await rows(town) == [{"status": "accepted"}]
    assert calls(town) == 1


async def test_words_that_twilio_has_written_otherwise_are_ours(town: Town) -> None:
    town.twilio.hold = True
    await town.sms(CAMILLE, "bonjour")
    plan(town, Drop())
    await town.sms(CAMILLE, "aide")
    sid, message = list(town.twilio.messages.items())[-1]
    town.twilio.messages[sid] = replace(message, body=message.body.replace(" : ", "\u00a0: ").replace("'", "’") + " ")
    await town.passes(minutes=2)
    assert (calls(town), [row["status"] for row in await rows(town)]) == (2, ["accepted", "accepted"])


async def test_what_twilio_could_not_deliver_is_sent_once_more(town: Town) -> None:
    """Its state was told, and lost."""
    town.twilio.hold = True
    plan(town, Drop())
    await town.sms(CAMILLE, "bonjour")
    for sid, message in town.twilio.messages.items():
        if message.direction != "inbound":
            town.twilio.messages[sid] = replace(message, status="undelivered", error=30003)
    await town.passes(minutes=2)
    assert calls(town) == 2


async def test_the_same_words_before_are_not_this_message(town: Town) -> None:
    """Asked twice within a second, answered in the same words: the second was lost, and the log shows the first."""
    town.twilio.hold = True
    await town.sms(CAMILLE, "bonjour")
    first = await town.sms(CAMILLE, "aide")
    plan(town, Drop(accepted=False))
    assert await town.sms(CAMILLE, "aide") == []
    await town.passes(minutes=2)
    second = town.new(CAMILLE)
    assert second == first
    sids = [row["provider_id"] for row in await rows(town, "provider_id")]
    assert len(set(sids)) == len(sids) == 3


async def test_a_state_takes_back_what_the_log_gave_to_another(town: Town) -> None:
    """Two answers in the same words: the first never left, the second did, and the log cannot tell whose it is."""
    town.twilio.hold = True
    await town.sms(CAMILLE, "bonjour")
    plan(town, Drop(accepted=False))
    await town.sms(CAMILLE, "aide")
    plan(town, Drop())
    await town.twilio.say(CAMILLE, "aide")
    for _ in range(3):
        await town.passes(minutes=1)
    held, town.twilio.pending = town.twilio.pending, []
    assert [row["status"] for row in await rows(town)].count("accepted") >= 2
    town.twilio.pending = held
    await town.twilio.release()
    for _ in range(4):
        await town.passes(minutes=2)
    await town.twilio.release()
    assert [row["status"] for row in await rows(town)] == ["delivered"] * 3
    assert len(town.screen(CAMILLE)) == 3


@pytest.mark.parametrize("accepted", [True, False])
async def test_telegram_has_no_log_so_it_is_sent_once_more_and_marked(town: Town, accepted: bool) -> None:
    await start(town)
    plan(town, Drop(accepted=accepted))
    await town.chat(CAMILLE_ON_TELEGRAM, "aide")
    await town.passes(minutes=2)
    assert len(town.screen(CHAT)) == (3 if accepted else 2)
    assert (await rows(town, "status, possible_duplicate"))[-1] == {"status": "accepted", "possible_duplicate": 1}
    await town.passes(minutes=10)
    assert len(town.screen(CHAT)) == (3 if accepted else 2)


async def test_twice_unknown_is_given_up_and_a_human_is_told(town: Town) -> None:
    await start(town)
    plan(town, Drop(), times=2)
    await town.chat(CAMILLE_ON_TELEGRAM, "aide")
    for _ in range(4):
        await town.passes(minutes=2)
    assert len(town.telegram.ledger.of("sendMessage")) == 3
    assert (await rows(town, "status, reason"))[-1] == {"status": "failed", "reason": "unknown"}
    assert town.alarms("message_unknown") == 1


async def the_desk_cancels(town: Town) -> None:
    [appointment] = await town.parts.db.fetch("SELECT id FROM appointment WHERE status = 'booked'")
    await assisted.cancel(town.parts, appointment["id"], "desk:test", "desk")
    await town.settle()


async def test_a_cancellation_is_never_said_twice_by_a_guess(town: Town) -> None:
    """Telegram has no log: whoever was told twice may take it for another hour of theirs. A human calls."""
    await booked_by_telegram(town)
    town.telegram.faults.add(Drop(), when=sends)
    await the_desk_cancels(town)
    shown = len(town.screen(CHAT))
    for _ in range(4):
        await town.passes(minutes=2)
    assert len(town.screen(CHAT)) == shown
    told = [row for row in await rows(town, "kind, channel, status, reason") if row["kind"] == "cancelled"]
    [row] = [row for row in told if row["channel"] == "telegram"]
    assert (row["status"], row["reason"]) == ("failed", "unknown")
    assert town.alarms("message_unknown") == 1


async def test_a_cancellation_that_twilios_log_does_not_show_is_said_once(town: Town) -> None:
    await booked_by_sms(town, texts=LATER)
    town.new(CAMILLE)
    town.twilio.faults.add(Drop(accepted=False), when=lambda call: sends(call) and call.params["To"] == CAMILLE)
    await the_desk_cancels(town)
    assert town.new(CAMILLE) == []
    await town.passes(minutes=2)
    assert len(town.new(CAMILLE)) == 1
    assert town.alarms("message_unknown") == 0


async def test_a_log_that_is_away_is_asked_again(town: Town) -> None:
    town.twilio.hold = True
    town.twilio.faults.add(Drop(), when=sends)
    await town.sms(CAMILLE, "bonjour")
    town.twilio.faults.add(Html(), times=3)
    for _ in range(3):
        await town.passes(minutes=2)
        assert await rows(town) == [{"status": "unknown"}]
    await town.passes(minutes=2)
    assert await rows(town) == [{"status": "accepted"}]
    assert calls(town) == 1


# ------------------------------------------------------------ never


async def test_whom_twilio_keeps_from_us_is_left_alone(town: Town) -> None:
    await booked_by_sms(town, texts=LATER)
    town.twilio.opted_out.add(CAMILLE)
    await town.sms(CAMILLE, "aide")
    assert (await rows(town, "status, reason"))[-1] == {"status": "failed", "reason": "21610"}
    before = calls(town)
    await town.until_due()
    left = (await rows(town, "kind, status, reason"))[-1]
    assert left == {"kind": "reminder", "status": "suppressed", "reason": "opted_out"}
    assert calls(town) == before
    assert town.alarms("provider_refused") == 0


async def test_outside_the_window_sms_takes_over_once(town: Town) -> None:
    """WhatsApp says so only afterwards, by callback, twice."""
    await town.whatsapp(SAM, "bonjour")
    town.twilio.hold = True
    plan(town, Undelivered(63016))
    assert await town.whatsapp(SAM, "aide") == []
    await town.twilio.release(lambda held: [*held, *held])
    await town.settle()
    assert len(town.new(SAM)) == 1
    assert [(row["channel"], row["status"]) for row in (await rows(town, "channel, status"))[1:]] == [
        ("whatsapp", "failed"),
        ("sms", "accepted"),
    ]


async def test_who_blocked_the_bot_is_reached_by_nobody_and_the_desk_knows(town: Town) -> None:
    await booked_by_telegram(town)
    plan(town, Reject(403, "bot was blocked by the user"), times=None)
    await town.until_due()
    assert (await rows(town, "kind, status, reason"))[-1] == {"kind": "reminder", "status": "failed", "reason": "403"}
    assert town.alarms("nobody_reached") == 1
    [contact] = await town.parts.db.fetch("SELECT dead_at FROM contact WHERE channel = 'telegram'")
    assert contact["dead_at"] is not None


# ------------------------------------------------------------ callbacks


async def test_a_callback_may_come_before_our_own_mark(town: Town) -> None:
    plan(town, Early())
    assert len(await town.sms(CAMILLE, "bonjour")) == 1
    [row] = await rows(town, "status, provider_id, segments")
    assert (row["status"], row["provider_id"][:2]) == ("delivered", "SM")
    assert row["segments"] is not None


def turned(held: Sequence[Callback]) -> list[Callback]:
    return [*reversed(held), *held, *held]


async def test_callbacks_turned_round_doubled_and_late(town: Town) -> None:
    town.twilio.hold = True
    await booked_by_whatsapp(town)
    assert {row["status"] for row in await rows(town)} == {"accepted"}
    town.clock.now = town.clock.now.replace(hour=20)
    await town.twilio.release(turned)
    await town.settle()
    # The worker's notice is an SMS, which nobody can see being read; mail has no states at all.
    states = {row["channel"]: row["status"] for row in await rows(town, "channel, status")}
    assert states == {"whatsapp": "read", "sms": "delivered", "email": "accepted"}
    assert len(town.screen(f"whatsapp:{SAM}")) == len(LATER)


async def test_a_failure_that_missed_us_is_asked_for_and_has_its_consequences(town: Town) -> None:
    """Our door was shut when it was told, and it is told once."""
    await booked_by_whatsapp(town)
    town.twilio.hold = True
    town.twilio.faults.add(Undelivered(63016), when=lambda call: sends(call) and call.params["To"].endswith(SAM))
    await the_desk_cancels(town)
    town.twilio.pending.clear()
    assert town.new(SAM) == []
    await town.passes(minutes=14)
    assert await unheard.ask(town.parts) == 0
    await town.passes(minutes=2)
    assert await unheard.ask(town.parts) > 0
    await town.settle()
    assert len(town.new(SAM)) == 1, "said by SMS instead"
    told = [row for row in await rows(town, "kind, channel, status") if row["kind"] == "cancelled"]
    assert {"kind": "cancelled", "channel": "whatsapp", "status": "failed"} in told


async def test_what_is_never_told_is_asked_for_ever_more_seldom_and_for_a_day(town: Town) -> None:
    town.twilio.hold = True
    await town.sms(CAMILLE, "bonjour")
    for sid, message in town.twilio.messages.items():
        town.twilio.messages[sid] = replace(message, status="sent")
    asked = []
    for minute in range(30 * 60):
        town.clock.now += timedelta(minutes=1)
        if await unheard.ask(town.parts):
            asked.append(minute)
    gaps = [later - earlier for earlier, later in pairwise(asked)]
    assert gaps == sorted(gaps)
    assert 4 <= len(asked) <= 8
    assert asked[0] < 20
    assert asked[-1] < 24 * 60
    assert await rows(town) == [{"status": "sent"}]


async def test_what_cannot_be_asked_now_is_asked_later(town: Town) -> None:
    town.twilio.hold = True
    await town.sms(CAMILLE, "bonjour")
    town.twilio.faults.add(Html(), when=lambda call: call.operation == "FetchMessage")
    await town.passes(minutes=20)
    assert await unheard.ask(town.parts) == 1
    assert await rows(town) == [{"status": "accepted"}]
    await town.passes(minutes=30)
    assert await unheard.ask(town.parts) == 1
    assert await rows(town) == [{"status": "delivered"}]
