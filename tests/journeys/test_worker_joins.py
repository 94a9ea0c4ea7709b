"""A worker asks for a link by SMS, opens it on Telegram, and is told there; on WhatsApp while its window is open."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.standins.telegram_chats import Person
from bot.work import watch
from tests.journeys.town import CAMILLE, CLAIRE, SAM, Town, built

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
