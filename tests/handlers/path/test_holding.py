"""A sender that stops, or goes slowly: who is told, what waits, what is tried, and when all goes on."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest

from bot.why import messages
from bot.work import drain_all
from handlers import holding
from handlers.channels.base import ChannelName, Receipt, SendError
from handlers.channels.outcomes import LINE, TELEGRAM, TWILIO
from handlers.delivery import deliver, settle_unknown
from handlers.receipts import receive
from storage import contacts, senders
from tests.handlers.path.place import CAMILLE, CLAIRE, LATER, SAM, Place

STOPPED = TWILIO["20003"].error("20003")
BUSY = TWILIO["20429"].error("20429")
LOST = LINE["no_answer"].error("no_answer")
NUMBERS = tuple(f"+3363998{number:04}" for number in range(20, 32))


async def all_write(place: Place, *addresses: str, channel: ChannelName = "sms") -> None:
    for address in addresses:
        await place.comes(channel, address, text="bonjour")
    while await drain_all(place.parts, "one"):
        pass


async def seconds_of_calls(place: Place, seconds: int, channel: str = "sms") -> list[int]:
    """At which seconds from now calls were made; the clock moves second by second."""
    line, made = place.line(channel), []
    for second in range(seconds):
        before = line.tried
        while await deliver(place.parts, "one"):
            pass
        made += [second] * (line.tried - before)
        place.clock.now += timedelta(seconds=1)
    return made


async def statuses(place: Place) -> set[str]:
    return {row["status"] for row in await place.parts.db.fetch("SELECT status FROM outbox")}


async def went_out(place: Place) -> None:
    """To each once, and to whom was to be written first, first; those after it side by side."""
    rows = await place.parts.db.fetch("SELECT contact_id FROM outbox ORDER BY id")
    known = await contacts.get_many(place.parts.db, [row["contact_id"] for row in rows])
    wanted = [known[row["contact_id"]].address for row in rows]
    sent = [to for to, _ in place.line("sms").sent_to]
    assert sent[0] == wanted[0]
    assert sorted(sent) == sorted(wanted)


async def test_a_stopped_sender_tries_one_message_ever_more_seldom_and_is_told_of_once(place: Place) -> None:
    await all_write(place, *NUMBERS)
    line = place.line("sms")
    line.down = STOPPED
    made = await seconds_of_calls(place, 1200)
    assert made[: len(NUMBERS)] == [0] * len(NUMBERS), "those that were under way together"
    probes = made[len(NUMBERS) :]
    waits = [later - earlier for earlier, later in pairwise(probes)]
    assert probes[0] == 1
    assert waits == sorted(waits)
    assert waits[-1] == 300
    assert place.alarm_codes() == ["sender_stopped"]
    assert await statuses(place) == {"queued"}
    assert {(await place.rows("sms", number))[0].attempts for number in NUMBERS} == {0}


async def test_all_goes_on_in_order_once_one_is_accepted(place: Place) -> None:
    await all_write(place, *NUMBERS)
    line = place.line("sms")
    line.down = STOPPED
    await seconds_of_calls(place, 60)
    line.down = None
    await place.passes(minutes=5)
    await went_out(place)
    assert await senders.held(place.parts.db) == {}


async def test_who_writes_meanwhile_waits_behind(place: Place) -> None:
    await all_write(place, CAMILLE)
    line = place.line("sms")
    line.down = STOPPED
    await seconds_of_calls(place, 30)
    tried = line.tried
    await all_write(place, SAM)
    await deliver(place.parts, "one")
    assert line.tried == tried
    line.down = None
    await place.passes(minutes=5)
    assert [to for to, _ in line.sent_to] == [CAMILLE, SAM]


@pytest.mark.parametrize("trouble", [BUSY, LINE["unreached"].error("unreached")], ids=lambda error: error.code)
async def test_a_storm_is_met_by_one_call_a_second_at_most(place: Place, trouble: SendError) -> None:
    await all_write(place, *NUMBERS)
    place.line("sms").down = trouble
    made = await seconds_of_calls(place, 40 * 60)
    probes = made[len(NUMBERS) :]
    assert len(set(probes)) == len(probes)
    assert len(probes) < 90
    await holding.tell(place.parts)
    await holding.tell(place.parts)
    assert place.alarm_codes() == ["sender_slow"]
    place.line("sms").down = None
    await place.passes(minutes=1)
    assert await statuses(place) == {"accepted"}
    await went_out(place)


async def test_in_a_storm_of_unknown_fates_the_rest_is_kept_from_harm(place: Place) -> None:
    await all_write(place, *NUMBERS[:2])
    place.line("sms").down = LOST
    await deliver(place.parts, "one")
    await all_write(place, *NUMBERS[2:])
    await seconds_of_calls(place, 20)
    rows = await place.parts.db.fetch("SELECT status, count(*) AS n FROM outbox GROUP BY status")
    assert {row["status"]: row["n"] for row in rows}["queued"] >= 6
    place.line("sms").down = None
    for _ in range(6):
        await place.passes(minutes=2)
    assert await statuses(place) == {"accepted"}


async def test_a_refusal_of_one_person_frees_the_sender(place: Place) -> None:
    await all_write(place, CAMILLE)
    await all_write(place, SAM)
    place.line("sms").troubles = [BUSY, BUSY, TWILIO["21614"].error("21614")]
    await deliver(place.parts, "one")
    assert list(await senders.held(place.parts.db)) == ["sms"]
    await place.passes(seconds=1)
    assert await senders.held(place.parts.db) == {}
    assert len(place.new("sms", SAM)) == 1


async def test_one_sender_that_stops_stops_no_other(place: Place) -> None:
    place.line("sms").down = STOPPED
    await place.says("sms", CAMILLE, "bonjour")
    assert len(await place.says("telegram", "77", "bonjour")) == 1


async def test_what_is_of_no_use_any_more_leaves_the_queue_though_nothing_is_sent(place: Place) -> None:
    await place.says("sms", CAMILLE, *LATER)
    place.line("sms").down = STOPPED
    await place.says("sms", SAM, "bonjour")
    await place.passes(days=5)
    place.clock.now += timedelta(days=3)
    await settle_unknown(place.parts, "one")
    rows = await place.parts.db.fetch("SELECT status, reason FROM outbox WHERE kind = 'reminder'")
    assert {(row["status"], row["reason"]) for row in rows} == {("expired", "sender_held")}
    assert "notice_not_sent" not in place.alarm_codes(), "too late is no harm for a reminder"


async def test_telegrams_too_many_is_one_chats_until_it_is_several_s(place: Place) -> None:
    line = place.line("telegram")
    line.troubles = [TELEGRAM["429"].error("429", timedelta(seconds=30))]
    await place.says("telegram", "71", "bonjour")
    assert await senders.held(place.parts.db) == {}
    assert len(await place.says("telegram", "72", "bonjour")) == 1
    line.troubles = [TELEGRAM["429"].error("429", timedelta(seconds=20))]
    await place.says("telegram", "73", "bonjour")
    held = (await senders.held(place.parts.db))["telegram"]
    assert held.probe_at - place.clock.now == timedelta(seconds=20)
    await place.passes(seconds=40)
    assert await statuses(place) == {"accepted"}


async def test_a_sender_that_states_condemn_is_freed_by_an_arrival_not_by_a_yes(place: Place) -> None:
    """WhatsApp's yes means nothing while our sender is locked: it is told afterwards, each time."""
    await place.says("whatsapp", SAM, "bonjour")
    (row,) = await place.rows("whatsapp", SAM)
    await receive(place.parts, Receipt(row.id, row.provider_id or "", "failed", "63051"))
    assert place.alarm_codes()[0] == "sender_stopped"
    await place.passes(seconds=2)
    assert len(place.new("sms", SAM)) == 1
    await all_write(place, CAMILLE, channel="whatsapp")
    await all_write(place, CLAIRE, channel="whatsapp")
    await place.passes(seconds=1)
    (probe,), (next_one,) = await place.rows("whatsapp", CAMILLE), await place.rows("whatsapp", CLAIRE)
    assert (probe.status, next_one.status) == ("accepted", "queued")
    await receive(place.parts, Receipt(probe.id, probe.provider_id or "", "delivered"))
    assert await senders.held(place.parts.db) == {}
    await place.settle()
    assert (await place.rows("whatsapp", CLAIRE))[0].status == "accepted"


async def test_that_a_message_arrived_lets_nobody_out_while_answers_are_lost(place: Place) -> None:
    """It says that the provider works, not that it answers: what goes now may be lost, and its second try with it."""
    await all_write(place, *NUMBERS[:2])
    place.line("sms").down = LOST
    await deliver(place.parts, "one")
    await all_write(place, *NUMBERS[2:])
    assert await seconds_of_calls(place, 2) == [1]
    others = [row for number in NUMBERS[2:] for row in await place.rows("sms", number)]
    (probe,) = [row for row in others if row.status == "unknown"]
    await receive(place.parts, Receipt(probe.id, "SM-of-the-probe", "delivered"))
    assert list(await senders.held(place.parts.db)) == ["sms"]
    made = await seconds_of_calls(place, 60)
    assert len(set(made)) == len(made), "one at a time"


async def test_after_a_storm_what_was_lost_goes_again_though_nobody_writes(place: Place) -> None:
    """Two calls failed, and nothing waits that could show that it is over."""
    await all_write(place, *NUMBERS[:2])
    place.line("sms").down = LOST
    await deliver(place.parts, "one")
    await all_write(place, *NUMBERS[2:6])
    made = await seconds_of_calls(place, 60)
    assert await statuses(place) == {"unknown"}
    place.line("sms").down = None
    for _ in range(4):
        await place.passes(minutes=2)
    assert await statuses(place) == {"accepted"}
    assert place.line("sms").tried == 2 + len(made) + 6, "each once more"


async def test_while_it_goes_on_one_of_them_at_a_time_is_risked(place: Place) -> None:
    await all_write(place, *NUMBERS[:2])
    place.line("sms").down = LOST
    await deliver(place.parts, "one")
    await all_write(place, *NUMBERS[2:6])
    await seconds_of_calls(place, 60)
    tried = place.line("sms").tried
    for _ in range(9):
        await place.passes(minutes=1)
    assert place.line("sms").tried - tried <= 2


async def test_a_held_sender_is_why(place: Place) -> None:
    place.line("sms").down = STOPPED
    await place.says("sms", CAMILLE, "bonjour")
    (row,) = await place.rows("sms", CAMILLE)
    [line] = await messages(place.parts, [row])
    assert "queued (sms is stopped: 20003)" in line


async def test_looking_up_a_fate_is_slow_too(place: Place) -> None:
    place.line("sms").down = LOST
    await all_write(place, *NUMBERS)
    await deliver(place.parts, "one")
    place.clock.now += timedelta(minutes=3)
    place.line("sms").sent = _away  # type: ignore[method-assign, assignment]
    assert await settle_unknown(place.parts, "one") == 0, "one was asked for, in vain: the next look is a while later"
    rows = await place.parts.db.fetch("SELECT id FROM outbox WHERE status = 'unknown' AND fence = 2")
    assert len(rows) == 1


async def _away(*given: object) -> list[str]:
    raise LOST


# ------------------------------------------------------------ told afterwards


async def told(place: Place, code: str, number: str = CAMILLE) -> None:
    row = next(row for row in await place.rows("sms", number) if row.status in {"accepted", "sent"})
    await receive(place.parts, Receipt(row.id, row.provider_id or "", "failed", code))
    await place.settle()


async def test_a_phone_that_is_off_is_tried_twice_more_an_hour_apart(place: Place) -> None:
    assert len(await place.says("sms", CAMILLE, "bonjour")) == 1
    for _ in range(2):
        await told(place, "30003")
        await place.passes(minutes=59)
        assert place.new("sms", CAMILLE) == []
        await place.passes(minutes=1)
        assert len(place.new("sms", CAMILLE)) == 1
    await told(place, "30003")
    await place.passes(hours=3)
    assert place.new("sms", CAMILLE) == []
    assert (await place.contact("sms", CAMILLE)).dead_at is None


async def test_an_answer_that_another_followed_is_not_given_again(place: Place) -> None:
    await place.says("sms", CAMILLE, "bonjour")
    (first,) = await place.rows("sms", CAMILLE)
    await place.says("sms", CAMILLE, "aide")
    await receive(place.parts, Receipt(first.id, first.provider_id or "", "failed", "30008"))
    await place.passes(hours=1)
    assert place.new("sms", CAMILLE) == []


async def test_nobody_knows_why_is_tried_once_more(place: Place) -> None:
    await place.says("sms", CAMILLE, "bonjour")
    await told(place, "30008")
    await place.passes(minutes=10)
    assert len(place.new("sms", CAMILLE)) == 1
    await told(place, "30008")
    await place.passes(minutes=30)
    assert place.new("sms", CAMILLE) == []


async def test_an_unknown_number_is_dead_after_two(place: Place) -> None:
    await place.books()
    for row in (await place.rows("sms", CLAIRE))[:1] * 2:
        again = (await place.contact("sms", CLAIRE)).failures
        await receive(place.parts, Receipt(row.id, row.provider_id or "", "failed", "30005"))
        assert (await place.contact("sms", CLAIRE)).failures in {again, again + 1}
    assert (await place.contact("sms", CLAIRE)).dead_at is None, "told twice of one message it is one failure"


async def test_what_is_filtered_is_an_alarm_only_when_it_is_frequent(place: Place) -> None:
    for count, number in enumerate(NUMBERS[:3], 1):
        await place.says("sms", number, "bonjour")
        await told(place, "30007", number)
        assert place.alarm_codes().count("not_delivered") == (1 if count == 3 else 0)


async def test_of_two_copies_the_one_that_arrived_counts(place: Place) -> None:
    place.line("sms").troubles = [LOST]
    await place.says("sms", CAMILLE, "bonjour")
    await place.passes(minutes=3)
    (row,) = await place.rows("sms", CAMILLE)
    assert (row.status, row.possible_duplicate) == ("accepted", True)
    await receive(place.parts, Receipt(row.id, "SM-of-the-first-copy", "failed", "30004"))
    (row,) = await place.rows("sms", CAMILLE)
    assert row.status == "accepted", "of the other copy nothing is known"
    await receive(place.parts, Receipt(row.id, "SM-of-the-first-copy", "delivered"))
    assert (await place.rows("sms", CAMILLE))[0].status == "delivered"
