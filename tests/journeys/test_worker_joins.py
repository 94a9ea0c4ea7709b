"""A worker asks for a link by SMS, opens it on Telegram, and is told there; on WhatsApp while its window is open."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.standins.telegram_chats import Person
from bot.work import watch
from handlers import digest
from handlers.mornings import next_morning
from tests.guards import guards
from tests.journeys.town import CAMILLE, CLAIRE, SAM, Town, built

pytestmark = pytest.mark.sampled

CLAIRE_ON_TELEGRAM = Person(900000000000101, "Claire")
ALI = "+33639980013"
CHAT = str(CLAIRE_ON_TELEGRAM.id)
# The worker is chosen, so that it is her who is told.
BOOKS_CLAIRE = ("bonjour", "PORTS-7KQM-4XTD", "argent", "avec Claire", "1", "1")


@pytest.fixture
async def town(database_url: str) -> AsyncIterator[Town]:
    async with built(database_url) as town:
        town.telegram.join(CLAIRE_ON_TELEGRAM)
        yield town
        assert town.problems() == []


async def books(town: Town, number: str, name: str) -> None:
    for text in (*BOOKS_CLAIRE, name, f"{name.split(maxsplit=1)[0]}@example.org"):
        await town.sms(number, text)
    (done,) = await town.sms(number, "1")
    assert "Claire" in done


@guards("T30", partly=True)
async def test_telegram_then_whatsapp_and_sms_again(town: Town) -> None:
    await watch(town.app.parts, "town")  # Telegram tells the bot's name
    (answer,) = await town.sms(CLAIRE, "telegram")
    link = answer.splitlines()[-1]
    assert link.startswith("https://t.me/")
    await town.telegram.start_chat(CLAIRE_ON_TELEGRAM.id, link.partition("start=")[2])
    await town.settle()
    assert town.new(CHAT)[0].startswith("C'est fait")
    await books(town, CAMILLE, "Camille Dubois")
    (told,) = town.new(CHAT)
    assert told.startswith("Nouveau rendez-vous")
    assert town.new(CLAIRE) == []
    # She stops it there, and asks for WhatsApp: its window is open for a day.
    await town.chat(CLAIRE_ON_TELEGRAM, "stop")
    town.new(CHAT)
    [stopped] = town.new(CLAIRE)
    assert "Telegram" in stopped, "was it her?"
    (answer,) = await town.sms(CLAIRE, "whatsapp")
    (joined,) = await town.whatsapp(CLAIRE, answer.splitlines()[-1].partition("text=")[2])
    assert joined.startswith("C'est fait")
    await books(town, SAM, "Sam Taylor")
    assert [text.split(" :")[0] for text in town.new(f"whatsapp:{CLAIRE}")] == ["Nouveau rendez-vous"]
    await town.passes(hours=25)
    town.new(CLAIRE)
    await books(town, ALI, "Ali Martin")
    assert [text.split(" :")[0] for text in town.new(CLAIRE)] == ["Nouveau rendez-vous"]
    assert town.new(f"whatsapp:{CLAIRE}") == town.new(CHAT) == []


async def with_an_agenda(town: Town) -> None:
    """She is told on WhatsApp, with the day's agenda each morning, and Camille comes in three days."""
    (answer,) = await town.sms(CLAIRE, "whatsapp")
    await town.whatsapp(CLAIRE, answer.splitlines()[-1].partition("text=")[2])
    (levels,) = await town.whatsapp(CLAIRE, "notifications")
    (choice,) = [line.partition(".")[0] for line in levels.splitlines() if line.endswith("l'agenda à 8 h")]
    await town.whatsapp(CLAIRE, choice)
    for text in ("bonjour", "PORTS-7KQM-4XTD", "argent", "avec Claire jeudi", "1", "1", "Camille Dubois"):
        await town.sms(CAMILLE, text)
    await town.sms(CAMILLE, "camille@example.org")
    (done,) = await town.sms(CAMILLE, "1")
    assert "jeudi 5 mars" in done


async def next_mornings_message(town: Town) -> list[str]:
    """What reaches her by SMS at eight."""
    await digest.plan(town.parts)
    town.clock.now = next_morning("Europe/Paris", town.clock.now)
    town.new(CLAIRE)
    await town.settle()
    return town.new(CLAIRE)


async def test_the_mornings_message_goes_by_sms_once_whatsapp_is_closed(town: Town) -> None:
    await with_an_agenda(town)
    assert await next_mornings_message(town) == []
    (told,) = town.new(f"whatsapp:{CLAIRE}")[-1:]
    assert "Nouveau rendez-vous : jeudi 5 mars" in told
    assert await next_mornings_message(town) == []  # nothing on that day, nothing new
    (agenda,) = await next_mornings_message(town)
    assert agenda.startswith("Bonjour. Aujourd'hui :\njeudi 5 mars à 9 h : Camille")
    assert town.new(f"whatsapp:{CLAIRE}") == []


async def test_the_mornings_message_goes_by_sms_when_whatsapp_says_that_it_is_closed(town: Town) -> None:
    await with_an_agenda(town)
    town.twilio.last_heard.pop(f"whatsapp:{CLAIRE}")
    (told,) = await next_mornings_message(town)
    assert "Nouveau rendez-vous : jeudi 5 mars" in told
    assert town.alarms("nobody_reached") == 0
    await town.passes(minutes=15)
    assert town.new(CLAIRE) == []  # what it took up is not told a second time
