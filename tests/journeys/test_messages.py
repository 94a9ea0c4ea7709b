"""Messages between people and their workers, from webhook to stand-in and back: by SMS, quoted, tapped."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest

from bot.standins.telegram_chats import Person
from bot.work import watch
from tests.journeys.booking import booked_by_telegram
from tests.journeys.test_whatsapp import ON_WHATSAPP, booked, look, tap
from tests.journeys.test_whatsapp import ready as ready  # noqa: PLC0414 - the fixture: every template approved
from tests.journeys.test_worker_joins import BOOKS_CLAIRE
from tests.journeys.town import CAMILLE, CAMILLE_ON_TELEGRAM, CLAIRE, SAM, Town, built

pytestmark = pytest.mark.sampled

CLAIRE_ON_TELEGRAM = Person(900000000000101, "Claire")
CHAT, HERS = str(CAMILLE_ON_TELEGRAM.id), str(CLAIRE_ON_TELEGRAM.id)


@pytest.fixture
async def town(database_url: str) -> AsyncIterator[Town]:
    async with built(database_url) as town:
        town.telegram.join(CLAIRE_ON_TELEGRAM)
        yield town
        assert town.problems() == []
        assert await town.unsound() == []


async def books(town: Town, number: str, name: str) -> None:
    for text in (*BOOKS_CLAIRE, name, f"{name.split(maxsplit=1)[0]}@example.org"):
        await town.sms(number, text)
    (done,) = await town.sms(number, "1")
    assert "Claire" in done


async def quotes(town: Town, person: Person, which: Callable[[str], bool], text: str) -> list[str]:
    """On Telegram, the last message that reads so."""
    chat = str(person.id)
    town.new(chat)
    bubble = next(each for each in reversed(town.screen(chat)) if which(each.text))
    await town.telegram.reply(person.id, int(bubble.id.partition(":")[2]), text)
    await town.settle()
    return town.new(chat)


async def workers_number(town: Town) -> str:
    """Of whoever has the only appointment."""
    rows = await town.parts.db.fetch("SELECT worker_id FROM appointment WHERE status = 'booked'")
    directory = await town.parts.directories.current(town.parts.db)
    worker = directory.worker(rows[0]["worker_id"])
    assert worker is not None
    return worker.phone


async def test_by_sms_both_ways(town: Town) -> None:
    await books(town, CAMILLE, "Camille Dubois")
    town.new(CLAIRE)
    await town.sms(CAMILLE, "message à Claire : puis-je venir avec ma fille ?")
    [notice] = town.new(CLAIRE)
    assert notice.startswith("Message de Camille, rendez-vous de ")
    assert notice.endswith("puis-je venir avec ma fille ?\nPour répondre, écrivez ici.")
    assert CAMILLE not in notice
    [sent] = await town.sms(CLAIRE, "oui bien sûr")
    assert sent.startswith("C'est parti")
    [told] = town.new(CAMILLE)
    assert "oui bien" not in told
    [shown] = await town.sms(CAMILLE, "LIRE")
    assert "oui bien sur" in shown  # û is no letter of an SMS
    assert CLAIRE not in shown


async def test_on_telegram_a_quoted_message_is_answered_whatever_is_asked(town: Town) -> None:
    await booked_by_telegram(town)
    theirs = await workers_number(town)
    await town.chat(CAMILLE_ON_TELEGRAM, "déplacer")
    await town.sms(theirs, "écrire à Sam : avez-vous le bail ?")
    assert "avez-vous" not in town.new(CHAT)[0]
    shown = await town.chat(CAMILLE_ON_TELEGRAM, "lire")
    assert "avez-vous le bail ?" in shown[0]
    town.new(theirs)
    said = await quotes(town, CAMILLE_ON_TELEGRAM, lambda text: "avez-vous le bail" in text, "oui, mardi j'y pense")
    assert said[0].startswith("C'est transmis à ")
    assert "Quelle heure" in said[0]
    assert "oui, mardi j'y pense" in town.new(theirs)[0]


async def test_a_worker_on_telegram_answers_the_one_whom_they_quote(town: Town) -> None:
    await watch(town.app.parts, "town")
    (answer,) = await town.sms(CLAIRE, "telegram")
    await town.telegram.start_chat(CLAIRE_ON_TELEGRAM.id, answer.splitlines()[-1].partition("start=")[2])
    await town.settle()
    await books(town, CAMILLE, "Camille Dubois")
    await books(town, SAM, "Sam Taylor")
    await town.sms(CAMILLE, "message : où est-ce ?")
    await town.sms(SAM, "message : j'aurai mon dossier")
    assert len([text for text in town.new(HERS) if text.startswith("Message de ")]) == 2
    town.new(CAMILLE)
    town.new(SAM)
    said = await quotes(town, CLAIRE_ON_TELEGRAM, lambda text: text.startswith("Message de Camille"), "au 2e étage")
    assert said[0].startswith("C'est parti : Camille")
    assert town.new(SAM) == []
    assert "vous attend" in town.new(CAMILLE)[0]
    [asked] = await town.chat(CLAIRE_ON_TELEGRAM, "très bien, à mardi")
    assert asked.startswith("Pour qui est ce message ?")


async def test_on_whatsapp_after_a_day_a_tap_on_the_template_reads_it(ready: Town) -> None:
    await look(ready)
    await booked(ready)
    theirs = await workers_number(ready)
    await ready.passes(hours=30)
    ready.new(ON_WHATSAPP)
    await ready.sms(theirs, "écrire à Sam : pensez au bail")
    [told] = ready.new(ON_WHATSAPP)
    assert told.endswith("vous attend. Pour le lire ici, répondez LIRE.")
    assert [button.label for button in ready.screen(ON_WHATSAPP)[-1].buttons] == ["LIRE"]
    notice = ready.screen(ON_WHATSAPP)[-1]
    [shown] = await tap(ready, "LIRE")
    assert "pensez au bail" in shown
    ready.new(theirs)
    quoted = {"OriginalRepliedMessageSid": ready.screen(ON_WHATSAPP)[-1].id}
    await ready.twilio.say(ON_WHATSAPP, "je l'apporte", extra=quoted)
    await ready.settle()
    assert "je l'apporte" in ready.new(theirs)[0]
    assert notice.text not in ready.new(ON_WHATSAPP)


async def test_what_quotes_another_persons_message_goes_nowhere_by_it(ready: Town) -> None:
    """Whoever forges the id of a message finds nothing: it is looked for among their own."""
    await booked(ready)
    theirs = await workers_number(ready)
    await ready.sms(theirs, "écrire à Sam : pensez au bail")
    forged = {"OriginalRepliedMessageSid": ready.screen(ON_WHATSAPP)[-1].id}
    ready.new(theirs)
    await ready.twilio.say(f"whatsapp:{CAMILLE}", "bonjour à vous deux", extra=forged)
    await ready.settle()
    assert ready.new(theirs) == []
    rows = await ready.parts.db.fetch("SELECT author FROM message")
    assert [row["author"] for row in rows] == ["worker"]
