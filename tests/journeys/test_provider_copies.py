"""What was said lies at the providers for 48 hours after we handled it, and of somebody who is erased not at all: by
the stand-ins' own logs.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.standins.faults import Broken, Drop, Fault, Reject, Throttle
from bot.standins.twilio_messages import Message
from handlers import missed, provider_copies
from handlers.privacy import erasing, forgetting
from handlers.privacy.erasing import Erased
from storage import contacts, erasures, flags
from tests.guards import guards
from tests.journeys.booking import booked_by_sms, booked_by_telegram, booked_by_whatsapp
from tests.journeys.town import CAMILLE, CAMILLE_ON_TELEGRAM, SAM, Town

pytestmark = pytest.mark.sampled

HOUR = timedelta(hours=1)
EMPTYING = "UpdateMessage"


async def looks(town: Town) -> None:
    """As the loop of a worker does, until there is nothing to do."""
    while await provider_copies.look(town.parts):
        await town.settle()


def worded(town: Town, since: datetime | None = None) -> list[Message]:
    return [one for one in town.twilio.messages.values() if one.body and (since is None or one.created < since)]


@guards("G20")
async def test_words_are_gone_48_hours_after_we_handled_them_and_no_sooner(town: Town) -> None:
    await booked_by_sms(town)
    await booked_by_whatsapp(town)
    begun, said = town.clock(), len(town.twilio.messages)
    await town.passes(hours=47)
    await looks(town)
    assert len(worded(town, begun + HOUR)) == said, "nothing goes early: a log may have to be read back"
    for _ in range(8):
        await town.passes(hours=6)
        await looks(town)
        old = town.clock() - provider_copies.AFTER - 6 * HOUR
        assert worded(town, old) == []
    assert len(town.twilio.ledger.of(EMPTYING)) == len(town.twilio.messages) - len(worded(town)), "each once"
    assert town.parts.metrics.registry.get_sample_value(
        "socialdirect_provider_copies_total", {"channel": "sms", "outcome": "emptied"}
    )
    assert await provider_copies.look(town.parts) == 0


@guards("G20", partly=True)
async def test_what_is_gone_there_already_is_done(town: Town) -> None:
    """Somebody deleted it by hand: nothing is left to try again, nor to tell a human of."""
    await town.sms(CAMILLE, "bonjour")
    town.twilio.messages.clear()
    await town.passes(hours=49)
    assert await provider_copies.look(town.parts)
    assert {call.status for call in town.twilio.ledger.of(EMPTYING)} == {404}
    assert await town.parts.db.fetch("SELECT id FROM provider_copy") == []


@guards("G20", partly=True)
@pytest.mark.parametrize(("code", "of_one"), [(20003, False), (20009, True)], ids=["us", "this message"])
async def test_what_fails_is_put_off_and_longer_the_next_time(town: Town, code: int, of_one: bool) -> None:
    """The others wait as well where it is not about this one, and do not where it is."""
    await town.sms(CAMILLE, "bonjour")
    town.twilio.faults.add(Reject(code), when=lambda call: call.operation == EMPTYING, times=None)
    await town.passes(hours=49)
    tried = []
    for seconds in (0, 0, 59, 1, 299, 1):
        town.clock.now += timedelta(seconds=seconds)
        before = len(town.twilio.ledger.of(EMPTYING))
        await provider_copies.look(town.parts)
        tried.append(len(town.twilio.ledger.of(EMPTYING)) - before)
    each = len(town.twilio.messages) if of_one else 1
    assert len(town.twilio.messages) > 1
    assert tried == [each, 0, 0, each, 0, each]


@pytest.mark.parametrize("fault", [Broken(), Throttle(), Drop(), Reject(20003)], ids=repr)
@pytest.mark.cases
async def test_what_fails_is_tried_again_until_it_is_gone(town: Town, fault: Fault) -> None:
    await town.sms(CAMILLE, "bonjour")
    town.twilio.faults.add(fault, when=lambda call: call.operation == EMPTYING, times=3)
    await town.passes(hours=49)
    for _ in range(8):
        await looks(town)
        town.clock.now += timedelta(minutes=35)
    assert worded(town) == []
    assert town.alarms("copies_late") == 0


async def test_a_human_is_told_of_what_is_a_day_late_and_that_it_is_over(town: Town) -> None:
    await town.sms(CAMILLE, "bonjour")
    town.twilio.faults.add(Reject(20003), when=lambda call: call.operation == EMPTYING, times=None)
    for _ in range(10):
        await town.passes(hours=8)
        await looks(town)
    assert town.alarms("copies_late") > 0
    assert await town.parts.db.fetch("SELECT name FROM flag WHERE name = 'alarm:copies_late:sms'")
    town.twilio.faults.clear()
    for _ in range(3):
        await town.passes(hours=8)
        await looks(town)
    assert not await town.parts.db.fetch("SELECT name FROM flag WHERE name = 'alarm:copies_late:sms'")
    assert worded(town) == []


async def test_a_database_that_is_older_takes_no_emptied_message_for_a_new_one(town: Town) -> None:
    """A backup was read back that does not know them: they are counted, and nobody is answered."""
    await town.sms(CAMILLE, "bonjour")
    before = town.clock()
    await town.sms(CAMILLE, "PORTS-7KQM-4XTD")
    await town.passes(hours=50)
    await looks(town)
    assert worded(town) == []
    town.new(CAMILLE)
    for table in ("inbox", "ledger", "outbox", "conversation"):
        await town.parts.db.execute(f"DELETE FROM {table}")
    await flags.keep(town.parts.db, "log_read:sms", before.isoformat(), town.clock())
    assert town.app.fetch is not None
    town.clock.now += missed.EVERY
    assert await town.app.fetch() == 0
    await town.settle()
    assert town.new(CAMILLE) == []
    assert town.alarms("words_lost") == 1
    town.clock.now += missed.EVERY
    assert await town.app.fetch() == 0
    assert town.alarms("words_lost") == 1, "said once"


async def erased(town: Town, channel: str, address: str) -> None:
    parts = town.parts
    contact = await contacts.find(parts.db, channel, address)
    assert contact is not None
    row = await contacts.get(parts.db, contact)
    assert row is not None
    assert row.person_id is not None
    assert isinstance(await erasing.erase(parts, row.person_id, "operator:anna"), Erased)
    await town.settle()
    for _ in range(4):
        await erasing.look(parts)
        await looks(town)
        await town.passes(minutes=10)
    await erasing.look(parts)
    assert await erasures.open_(parts.db) == []
    assert await parts.db.fetch("SELECT id FROM provider_copy") == []


def of(town: Town, number: str) -> list[Message]:
    return [one for one in town.twilio.messages.values() if number in {one.sender, one.to}]


@guards("G06", partly=True)
async def test_nothing_of_somebody_who_is_erased_lies_there(town: Town) -> None:
    await booked_by_sms(town)
    [worker] = {one.to for one in town.twilio.messages.values() if one.to.startswith("+33")} - {CAMILLE, "+33199000001"}
    assert any("Camille" in one.body for one in of(town, worker))
    await town.sms(worker, "agenda semaine")
    await town.sms(worker, "Camille vient-elle ?")
    assert len([one for one in of(town, worker) if "Camille" in one.body]) == 3, "a notice, a list, their own words"
    await booked_by_whatsapp(town)
    others = len(of(town, f"whatsapp:{SAM}"))
    await erased(town, "sms", CAMILLE)
    assert of(town, CAMILLE) == [], "neither words nor numbers"
    assert [one for one in town.twilio.messages.values() if "Camille" in one.body] == []
    assert len(of(town, f"whatsapp:{SAM}")) == others, "another person's stay"
    assert all(one.body for one in of(town, f"whatsapp:{SAM}"))
    await erased(town, "whatsapp", SAM)
    assert of(town, f"whatsapp:{SAM}") == []


@guards("G01", partly=True)
async def test_nor_of_a_stranger_who_refused(town: Town) -> None:
    for text in ("bonjour", "PORTS-7KQM-4XTD", "canary dettes", "1", "je refuse"):
        await town.sms(CAMILLE, text)
    assert len(of(town, CAMILLE)) > 5
    town.clock.now += timedelta(hours=24)
    assert await forgetting.look(town.parts) == 1
    await looks(town)
    assert of(town, CAMILLE) == []


@guards("G06", partly=True)
async def test_nor_what_was_sent_at_that_moment(town: Town) -> None:
    """Taken by the provider, which never told us: it is looked for by its address. To their worker of an hour, to them
    of none."""
    await booked_by_sms(town)
    await town.sms(CAMILLE, "langue")
    last = "(SELECT id FROM outbox WHERE provider_id LIKE 'SM%' ORDER BY id DESC LIMIT 2)"
    nothing = "status = 'unknown', provider_id = NULL, accepted_at = NULL"
    await town.parts.db.execute(f"UPDATE outbox SET {nothing} WHERE id IN {last}")
    unsure = await town.parts.db.fetch("SELECT kind, appointment_id FROM outbox WHERE status = 'unknown' ORDER BY id")
    assert [(row["kind"], row["appointment_id"] is None) for row in unsure] == [
        ("booked", False),
        ("answer", True),
    ]
    await erased(town, "sms", CAMILLE)
    assert of(town, CAMILLE) == []
    assert [one for one in town.twilio.messages.values() if "Camille" in one.body] == []


@guards("G06", partly=True)
async def test_on_telegram_what_is_not_older_than_two_days(town: Town) -> None:
    await booked_by_telegram(town)
    chat = town.telegram.chats[CAMILLE_ON_TELEGRAM.id]
    assert len(chat.messages) > 10
    await town.passes(hours=49)
    old = len(chat.messages)
    await town.chat(CAMILLE_ON_TELEGRAM, "mes rdv")
    assert len(chat.messages) > old
    await erased(town, "telegram", str(CAMILLE_ON_TELEGRAM.id))
    [bye] = [one for one in chat.messages.values() if town.clock().timestamp() - one["date"] < 48 * 3600]
    assert bye["text"].startswith("C'est fait : votre compte")
    assert bye["text"].endswith("supprimez cette conversation de votre côté.")
    assert len(chat.messages) == old + 1, "Telegram takes nothing away that is older: they can"
