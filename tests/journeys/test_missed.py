"""Our server was off: what people wrote meanwhile is fetched from Twilio's log, answered once, in order."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.standins import twilio_list
from bot.standins.faults import Html, Reject
from handlers import missed
from storage import flags, inbox
from tests.guards import guards
from tests.journeys.town import ACCOUNT, CAMILLE, PUBLIC_URL, SAM, SECRET, Town, built

pytestmark = pytest.mark.sampled

SERVICE = "MG" + "1".zfill(32)


@asynccontextmanager
async def shut(town: Town) -> AsyncIterator[None]:
    """The door is shut meanwhile, until Twilio has given up: nobody answers at our address, and no worker looks."""
    online, town.twilio.reach = town.twilio.reach, lambda _: "http://127.0.0.1:1/"
    yield
    town.clock.now += missed.TRIED
    town.twilio.reach = online


async def look(town: Town) -> int:
    """The first look of a worker that starts; then those of the others, as the clock goes on."""
    assert town.app.fetch is not None
    found = await town.app.fetch()
    await town.settle()
    return found


async def heard(town: Town) -> list[str]:
    """Who wrote, in the order in which it was taken in."""
    rows = await town.parts.db.fetch("SELECT external_id FROM inbox WHERE kind = 'message' ORDER BY id")
    return [town.twilio.messages[row["external_id"]].body for row in rows]


async def test_ten_minutes_off_and_all_is_handled_within_ten_more_once_and_in_order(database_url: str) -> None:
    async with built(database_url) as town:
        await look(town)
        people = [CAMILLE, SAM, f"whatsapp:{CAMILLE}"]
        said: list[str] = []
        async with shut(town):
            for minute in range(10):
                for person in people:
                    said.append(f"{minute}-{len(said)} bonjour")
                    await town.twilio.say(person, said[-1])
                    town.clock.now += timedelta(seconds=20)
        assert town.screen(CAMILLE) == []
        back = town.clock.now
        while len(await heard(town)) < len(said):
            town.clock.now += timedelta(seconds=30)  # as the loop of a worker looks
            await look(town)
        assert town.clock.now - back <= timedelta(minutes=10)
        assert await heard(town) == said
        answers = {person: len(town.screen(person)) for person in people}
        assert all(answers.values())
        for _ in range(4):  # and never again
            await town.passes(minutes=5)
            assert await look(town) == 0
        assert {person: len(town.screen(person)) for person in people} == answers
        assert (await inbox.figures(town.parts.db)).unread == 0
        assert town.problems() == []


async def test_the_answers_are_those_that_would_have_been(database_url: str) -> None:
    async with built(database_url) as town:
        async with shut(town):
            await town.twilio.say(CAMILLE, "bonjour")
            await town.twilio.say(CAMILLE, "PORTS-7KQM-4XTD")
        assert await look(town) == 2
        first, second = town.new(CAMILLE)
        assert "code de connexion" in first
        assert "De quoi voulez-vous parler" in second


async def test_days_off_are_read_from_the_last_look_that_succeeded(database_url: str) -> None:
    async with built(database_url) as town:
        await town.sms(CAMILLE, "avant")
        assert await look(town) == 0
        town.clock.now += timedelta(days=3)
        async with shut(town):
            await town.twilio.say(CAMILLE, "le troisième jour")
        town.clock.now += timedelta(days=6)
        town.twilio.faults.add(Html(), when=lambda call: call.operation == "ListMessage", times=2)
        assert await look(town) == 0  # Twilio is away: the same days are read at the next look
        town.clock.now += timedelta(minutes=5)
        assert await look(town) == 1
        assert await heard(town) == ["avant", "le troisième jour"]


async def test_a_database_that_never_looked_answers_no_old_letters(town: Town) -> None:
    async with shut(town):
        await town.twilio.say(CAMILLE, "il y a deux jours")
        town.clock.now += timedelta(days=2)
        await town.twilio.say(CAMILLE, "il y a une heure")
    town.clock.now += timedelta(hours=1)
    assert await look(town) == 1
    assert await heard(town) == ["il y a une heure"]


async def test_a_message_that_comes_both_ways_is_one(town: Town) -> None:
    async with shut(town):
        sent = await town.twilio.say(CAMILLE, "bonjour")
    late = sent.tries[-1]  # Twilio's last try, when we are back; our own look is as quick
    assert await look(town) == 1
    assert await town.post(late.url, late.headers, late.body) == 200
    await town.settle()
    assert len(town.new(CAMILLE)) == 1
    await town.twilio.say(SAM, "bonjour")
    town.clock.now += timedelta(minutes=5)
    assert await look(town) == 0
    assert len(town.new(SAM)) == 1


async def test_a_webhook_that_comes_during_the_look_is_the_same_message(town: Town) -> None:
    """Twilio's last tries and ours side by side, of twenty messages at once."""
    async with shut(town):
        sent = [await town.twilio.say(f"+336399800{number % 4 + 11}", f"bonjour {number}") for number in range(20)]
    late = [one.tries[-1] for one in sent]
    assert town.app.fetch is not None
    fetched, *answers = await asyncio.gather(
        town.app.fetch(), *(town.post(one.url, one.headers, one.body) for one in late)
    )
    assert answers == [200] * 20
    assert fetched <= 20
    assert sorted(await heard(town)) == sorted(f"bonjour {number}" for number in range(20))


async def test_what_twilio_may_still_be_bringing_is_left_to_it(town: Town) -> None:
    """The log does not tell which button was tapped, and a call that is under way misses no door."""
    await look(town)
    async with shut(town):
        await town.twilio.say(CAMILLE, "bonjour")
        town.clock.now += timedelta(minutes=5)
        await town.twilio.say(SAM, "bonsoir")
        town.clock.now += missed.TRIED - timedelta(seconds=1)
        assert await look(town) == 1
        assert await heard(town) == ["bonjour"]
    town.clock.now += timedelta(minutes=5)
    assert await look(town) == 1
    assert await heard(town) == ["bonjour", "bonsoir"]


async def test_a_digit_that_missed_the_door_answers_no_later_question(town: Town) -> None:
    """It was sent again when no answer came; the log brings the first one after the next question was put."""
    await town.sms(CAMILLE, "bonjour")
    await town.sms(CAMILLE, "PORTS-7KQM-4XTD")
    await look(town)
    async with shut(town):
        await town.twilio.say(CAMILLE, "1")
    town.clock.now += timedelta(minutes=2)
    *_, hours = await town.sms(CAMILLE, "1")
    town.clock.now += timedelta(minutes=5)
    assert await look(town) == 1
    (again,) = town.new(CAMILLE)
    assert hours.splitlines()[-3:] == again.splitlines()[-3:]


async def test_a_log_that_counts_by_days_brings_nothing_from_before(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twilio's reference promises no more: a first look would else answer what was settled by telephone long ago."""
    exactly = twilio_list._moment
    monkeypatch.setattr(twilio_list, "_moment", lambda given: exactly(given[:10]))
    town.clock.now = town.clock.now.replace(hour=20)
    async with shut(town):
        await town.twilio.say(CAMILLE, "il y a vingt-cinq heures")
        town.clock.now += timedelta(hours=2)
        await town.twilio.say(CAMILLE, "il y a vingt-trois heures")
    town.clock.now += timedelta(hours=23)
    assert await look(town) == 1
    assert await heard(town) == ["il y a vingt-trois heures"]


async def test_a_log_that_cannot_be_read_raises_the_alarm(database_url: str) -> None:
    """A key without the right to read messages: all else goes on, and what misses the door would be lost in silence."""
    async with built(database_url, alert_to="ops@example.org") as town:
        await look(town)
        town.twilio.faults.add(Reject(20003), when=lambda call: call.operation == "ListMessage", times=None)
        for minutes, raised in ((0, 0), (5, 0), (10, 0), (15, 2), (20, 2)):  # of texts, of WhatsApp
            town.clock.now += timedelta(minutes=5)
            assert await look(town) == 0
            assert town.alarms("log_unread") == raised, minutes
        async with shut(town):
            await town.twilio.say(CAMILLE, "bonjour")
        town.twilio.faults.clear()
        town.clock.now += timedelta(minutes=5)
        assert await look(town) == 1
        assert await flags.since(town.parts.db, "alarm:log_unread:sms") is None
        told = [str(mail.get_content()).strip() for mail in town.mail.messages]
        assert told.count("Fin de l'alarme : log_unread.") == 2


async def test_pages_and_more_than_can_be_held_are_read_in_the_end(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(missed, "MOST", 30)
    monkeypatch.setattr(missed, "CHUNK", 7)
    monkeypatch.setattr("handlers.channels.twilio_log.PAGE", 10)
    await look(town)
    async with shut(town):
        for number in range(75):
            await town.twilio.say(f"+336399800{number % 5 + 11}", f"{number}")
            town.clock.now += timedelta(minutes=2)
    for wanted in (30, 30, 15, 0):
        town.clock.now += timedelta(minutes=5)
        assert await look(town) == wanted
    assert await heard(town) == [str(number) for number in range(75)]


async def test_a_file_is_not_lost_on_its_way(town: Town) -> None:
    async with shut(town):
        await town.twilio.send_media(f"whatsapp:{CAMILLE}", "image/jpeg", "ma carte")
        await town.twilio.send_media(f"whatsapp:{SAM}", "audio/ogg")
    town.twilio.faults.add(Reject(20404), when=lambda call: call.operation == "ListMedia")
    assert await look(town) == 2  # one of them without its kind
    assert town.new(f"whatsapp:{CAMILLE}")
    assert town.new(f"whatsapp:{SAM}")
    bodies = await town.parts.db.fetch("SELECT key, body FROM inbox ORDER BY id")
    raw = [town.parts.db.vault.unseal("inbox.body", row["key"], row["body"]) for row in bodies]
    assert b"NumMedia=1" in raw[0]
    assert b"MediaContentType0=audio%2Fogg" in raw[1]


async def test_every_number_of_a_messaging_service_is_read(database_url: str) -> None:
    async with built(database_url, twilio_messaging_service_sid=SERVICE, twilio_sms_from=None) as town:
        town.twilio.account = replace(ACCOUNT, service_sid=SERVICE)
        town.twilio.senders.pool = [ACCOUNT.sms_number, "+33199000005", "38123"]
        async with shut(town):
            for number in town.twilio.senders.pool:
                await town.twilio.say(CAMILLE, f"à {number}", to=number)
                town.clock.now += timedelta(seconds=1)
        assert await look(town) == 3
        assert await heard(town) == ["à +33199000001", "à +33199000005", "à 38123"]
        assert town.problems() == []


async def test_one_of_all_workers_looks(town: Town) -> None:
    app = town.app
    assert app.fetch is not None
    another = missed.Fetching(town.parts, app.fetch._provider, app.fetch._sources)
    await app.fetch()
    asked = len(town.twilio.ledger.calls)
    assert await another() == 0
    assert len(town.twilio.ledger.calls) == asked
    town.clock.now += timedelta(minutes=5)
    await another()
    assert len(town.twilio.ledger.calls) == asked + 2  # a number by SMS, one on WhatsApp


async def test_an_old_whatsapp_message_does_not_open_the_window_anew(town: Town) -> None:
    await look(town)
    async with shut(town):
        await town.twilio.say(f"whatsapp:{CAMILLE}", "bonjour")
        written = town.clock.now
    town.clock.now += timedelta(hours=30)
    await look(town)
    rows = await town.parts.db.fetch("SELECT last_inbound_at FROM contact WHERE channel = 'whatsapp'")
    assert [row["last_inbound_at"] for row in rows] == [written]


async def test_messages_that_go_on_missing_an_open_door_raise_the_alarm(town: Town) -> None:
    await look(town)
    for minutes, raised in ((0, 0), (5, 1), (10, 1)):
        async with shut(town):
            await town.twilio.say(CAMILLE, f"après {minutes}")
        town.clock.now += timedelta(minutes=5)
        assert await look(town) == 1
        assert town.alarms("webhook_failing") == raised
    town.clock.now += timedelta(minutes=5)
    assert await look(town) == 0
    assert await flags.since(town.parts.db, "alarm:webhook_failing:sms") is None


@guards("T28")
async def test_the_door_of_the_program_is_shut_while_too_much_of_one_waits(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody reads meanwhile. Who comes in another chat is let in."""
    monkeypatch.setattr("handlers.inbox.MOST_OF_ONE", 2)

    async def comes(number: int, chat: int) -> int:
        who = {"id": chat, "first_name": "Camille"}
        message = {
            "message_id": number,
            "date": int(town.clock.now.timestamp()),
            "chat": {**who, "type": "private"},
            "from": {**who, "is_bot": False},
            "text": "bonjour",
        }
        body = json.dumps({"update_id": number, "message": message}).encode()
        headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET, "Content-Type": "application/json"}
        return await town.post(f"{PUBLIC_URL}/webhooks/telegram", headers, body)

    assert [await comes(number, 900000000000011) for number in range(1, 4)] == [200, 200, 503]
    assert await comes(4, 900000000000012) == 200
    await town.settle()
    assert await comes(3, 900000000000011) == 200, "the same, brought once more"
