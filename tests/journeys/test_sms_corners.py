"""SMS at its edges, from webhook to phone: numbers abroad, stopped at Twilio, one-way senders, and how long a text is
of use.
"""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from aiohttp import ClientSession

from bot.standins.faults import Reject
from bot.standins.ledger import Call
from handlers.channels.sms import LONGEST_VALIDITY
from storage import contacts
from tests.guards import guards
from tests.journeys.booking import LATER, booked_by_sms
from tests.journeys.town import CAMILLE, CAMILLE_ON_TELEGRAM, Town, built

pytestmark = pytest.mark.sampled

ABROAD = "+447700900011"  # of those that the British regulator keeps for films
CHAT = str(CAMILLE_ON_TELEGRAM.id)
LETTERS = "SocialDir"


@pytest.fixture
async def lettered(database_url: str) -> AsyncIterator[Town]:
    async with built(database_url, twilio_sms_notice_from=LETTERS) as town:
        town.twilio.account = replace(town.twilio.account, notice_sender=LETTERS)
        yield town


def texts(town: Town) -> list[Call]:
    return town.twilio.ledger.of("CreateMessage")


async def joined(town: Town) -> None:
    """Camille of the SMS is Camille of Telegram, as a code would prove it."""
    await town.chat(CAMILLE_ON_TELEGRAM, "bonjour")
    async with town.parts.db.transaction() as tx:
        sms, chat = [await contacts.find(tx, *way) for way in (("sms", CAMILLE), ("telegram", CHAT))]
        assert sms
        assert chat
        known = await contacts.get(tx, sms)
        assert known is not None
        await contacts.link_person(tx, chat, known.person_id)


def instant(stored: datetime | str) -> datetime:
    """SQLite gives a text."""
    return stored if isinstance(stored, datetime) else datetime.fromisoformat(stored)


async def test_who_writes_from_abroad_is_answered_and_told_what_is_possible(town: Town) -> None:
    [first] = await town.sms(ABROAD, "bonjour")
    assert "Votre numéro est étranger : SMS au prix de votre opérateur, et pas de rappel" in first
    [second] = await town.sms(ABROAD, "PORTS-7KQM-4XTD")
    assert second.endswith("7. Autre sujet")
    assert "étranger" not in second


@guards("T20")
async def test_nothing_unasked_goes_abroad_and_the_desk_calls_where_it_matters(town: Town) -> None:
    for said in LATER:
        await town.sms(ABROAD, said)
    before = len(town.screen(ABROAD))
    await town.until_due()
    assert len(town.screen(ABROAD)) == before
    rows = await town.parts.db.fetch("SELECT kind, status, reason FROM outbox ORDER BY id")
    told = rows[-1]
    assert told == {"kind": "reminder", "status": "suppressed", "reason": "number_abroad"}
    assert "Pas de rappel à l'étranger" in town.screen(ABROAD)[-1].text  # as they booked
    assert town.alarms("notice_not_sent") == 0


async def test_who_stopped_one_channel_is_reminded_on_the_other_and_warned_of_nothing(town: Town) -> None:
    await booked_by_sms(town, texts=LATER)
    await joined(town)
    async with town.parts.db.transaction() as tx:
        sms, chat = [await contacts.find(tx, *way) for way in (("sms", CAMILLE), ("telegram", CHAT))]
        assert sms
        assert chat
        await contacts.opt_out(tx, sms, town.clock.now)
    assert "Pas de rappel" not in await books_again(town)
    before = len(town.screen(CHAT))
    await town.until_due()
    assert len(town.screen(CHAT)) == before + 1
    async with town.parts.db.transaction() as tx:
        await contacts.opt_out(tx, chat, town.clock.now)
    assert "Pas de rappel, messages coupés. Les rouvrir : REPRENDRE." in await books_again(town)


async def books_again(town: Town) -> str:
    """By SMS, in place of the hour that they have."""
    for said in ("déplacer", "1"):
        await town.sms(CAMILLE, said)
    [confirmed] = await town.sms(CAMILLE, "1")
    assert confirmed.startswith("C'est déplacé")
    return confirmed


async def test_a_reminder_is_of_no_use_once_the_hour_has_come(town: Town) -> None:
    await booked_by_sms(town, texts=LATER)
    [row] = await town.parts.db.fetch("SELECT start_at FROM appointment")
    for kind in ("two days before", "the evening before an early hour", "ten minutes before"):
        before = len(texts(town))
        await town.until_due()
        [lasts] = [call.params["ValidityPeriod"] for call in texts(town)[before:] if call.params["To"] == CAMILLE]
        left = (instant(row["start_at"]) - town.clock.now).total_seconds()
        assert int(lasts) == min(left, LONGEST_VALIDITY), kind  # ten hours are Twilio's most


async def test_who_stopped_texts_at_twilio_is_told_on_telegram_once_how_to_begin_again(town: Town) -> None:
    await booked_by_sms(town, texts=LATER)
    await joined(town)
    await town.sms(CAMILLE, "STOP")
    assert len(town.new(CHAT)) == 1, "was it them?"
    [first] = await town.chat(CAMILLE_ON_TELEGRAM, "menu")
    assert "Vous avez arrêté nos SMS" in first
    assert "envoyez START par SMS" in first
    [second] = await town.chat(CAMILLE_ON_TELEGRAM, "aide")
    assert "arrêté" not in second


@guards("T21")
async def test_a_start_at_twilio_is_a_start_with_us(town: Town) -> None:
    await booked_by_sms(town, texts=LATER)
    await town.sms(CAMILLE, "STOP")
    assert CAMILLE in town.twilio.opted_out
    *_, said = await town.sms(CAMILLE, "START")
    assert said.startswith("C'est noté, vous recevrez de nouveau nos messages.")
    before = len(town.screen(CAMILLE))
    await town.until_due()
    assert len(town.screen(CAMILLE)) == before + 1


async def test_stopped_again_is_told_again(town: Town) -> None:
    await booked_by_sms(town, texts=LATER)
    await joined(town)
    for _ in range(2):
        await town.sms(CAMILLE, "STOP")
        assert len(town.new(CHAT)) == 1, "was it them?"
        [said] = await town.chat(CAMILLE_ON_TELEGRAM, "menu")
        assert "Vous avez arrêté nos SMS" in said
        town.clock.now += timedelta(minutes=1)
        await town.sms(CAMILLE, "START")
        [said] = await town.chat(CAMILLE_ON_TELEGRAM, "menu")
        assert "arrêté" not in said


@guards("T21")
async def test_the_block_that_twilio_tells_by_an_error_is_told_elsewhere_too(town: Town) -> None:
    """STOP came while our webhook was away: the next text is refused with 21610."""
    await booked_by_sms(town, texts=LATER)
    await joined(town)
    town.twilio.opted_out.add(CAMILLE)
    await town.sms(CAMILLE, "menu")
    [said] = [text for text in town.new(CHAT) if "Que voulez-vous faire" in text]  # the answer came there
    [said] = await town.chat(CAMILLE_ON_TELEGRAM, "aide")
    assert "Vous avez arrêté nos SMS" in said


async def test_a_reminder_that_cannot_be_answered_goes_by_letters_with_its_page(lettered: Town) -> None:
    town = lettered
    await booked_by_sms(town, texts=LATER)
    town.twilio.faults.add(Reject(21612), times=None, when=by_the_number)
    before = len(town.screen(CAMILLE))
    await town.until_due()
    bubble = town.screen(CAMILLE)[before]
    assert bubble.sender == LETTERS
    assert "Répondez" not in bubble.text
    page = bubble.text.splitlines()[-1]
    assert page.startswith("https://chat.example.org/a/")
    async with ClientSession() as session, session.get(page.replace("https://chat.example.org", town.base)) as answer:
        assert answer.status == 200
    assert town.problems() == []


def by_the_number(call: Call) -> bool:
    return call.operation == "CreateMessage" and call.params.get("From") != LETTERS
