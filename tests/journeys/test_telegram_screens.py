"""What a Telegram screen shows, and what its oddities lead to: used buttons, overtaking, groups, long texts, blocks."""

import asyncio
import json
from datetime import timedelta

import pytest

from bot.standins.faults import Throttle
from bot.standins.ledger import Button
from bot.standins.telegram_chats import Person
from handlers.channels.base import Payload
from tests.journeys.town import CAMILLE_ON_TELEGRAM, PUBLIC_URL, SECRET, Town

pytestmark = pytest.mark.sampled

CHAT = str(CAMILLE_ON_TELEGRAM.id)
GROUP = -1009000000000077


def labels(town: Town) -> list[list[str]]:
    """The buttons under each message of ours that still has some."""
    found = [[each.label for each in bubble.buttons if each.kind == "callback"] for bubble in town.screen(CHAT)]
    return [each for each in found if each]


def calls(town: Town, operation: str) -> int:
    return sum(call.operation == operation for call in town.telegram.ledger.calls)


async def left(town: Town) -> None:
    """We go at once, beside the talks."""
    async with asyncio.timeout(30):
        await town.telegram.ledger.until(lambda ledger: any(call.status for call in ledger.of("leaveChat")))


async def choosing_an_hour(town: Town) -> None:
    await town.telegram.start_chat(CAMILLE_ON_TELEGRAM.id, "PORTS-7KQM-4XTD")
    await town.settle()
    await town.tap(CAMILLE_ON_TELEGRAM, "Logement")


async def test_a_link_with_the_code_leads_straight_past_its_question(town: Town) -> None:
    await town.telegram.start_chat(CAMILLE_ON_TELEGRAM.id, "PORTS-7KQM-4XTD")
    await town.settle()
    [said] = town.new(CHAT)
    assert "code de connexion" not in said
    assert said.endswith("De quoi voulez-vous parler ?")
    assert len(labels(town)[0]) == 7


@pytest.mark.parametrize("by", ["tapping", "typing"])
async def test_only_the_open_question_has_buttons(town: Town, by: str) -> None:
    await choosing_an_hour(town)
    for _ in range(3):
        asked = labels(town)[-1][3]  # other dates, in the afternoon, other dates
        await (town.tap(CAMILLE_ON_TELEGRAM, asked) if by == "tapping" else town.chat(CAMILLE_ON_TELEGRAM, asked))
        assert len(labels(town)) == 1
    assert town.problems() == []


async def test_a_question_that_is_put_again_leaves_no_buttons_behind(town: Town) -> None:
    await choosing_an_hour(town)
    await town.chat(CAMILLE_ON_TELEGRAM, "aide")
    await town.chat(CAMILLE_ON_TELEGRAM, "aide")
    assert len(labels(town)) == 3  # all three are the open question's, and good
    await town.tap(CAMILLE_ON_TELEGRAM, "Autres dates")
    assert len(labels(town)) == 1


async def test_an_answer_costs_no_more_calls_than_it_needs(town: Town) -> None:
    await choosing_an_hour(town)
    before = calls(town, "editMessageReplyMarkup")
    await town.tap(CAMILLE_ON_TELEGRAM, "Autres dates")
    assert calls(town, "editMessageReplyMarkup") == before + 1
    await town.chat(CAMILLE_ON_TELEGRAM, "menu")
    assert calls(town, "editMessageReplyMarkup") == before + 2
    await town.chat(CAMILLE_ON_TELEGRAM, "aide")  # the menu is put again: its buttons stay
    assert calls(town, "editMessageReplyMarkup") == before + 2


async def test_buttons_that_cannot_be_taken_off_are_left(town: Town) -> None:
    await choosing_an_hour(town)
    town.telegram.faults.add(Throttle(5), times=1, when=lambda call: call.operation == "editMessageReplyMarkup")
    [said] = await town.chat(CAMILLE_ON_TELEGRAM, "autres dates")
    assert said.startswith("Quand, plutôt ?")
    assert len(labels(town)) == 2
    assert await town.tap(CAMILLE_ON_TELEGRAM, "Choisir la personne")  # stale: said so, and the open question again
    assert town.screen(CHAT)[-1].text.startswith("Ce bouton ne sert plus.")


async def test_a_digit_that_a_tap_overtook_answers_nothing(town: Town) -> None:
    """Messages and taps travel in two queues: the digit was typed under the hours, and comes under the terms."""
    await choosing_an_hour(town)
    url, town.telegram.webhook.url = town.telegram.webhook.url, ""
    await town.telegram.say(CAMILLE_ON_TELEGRAM.id, "1")
    town.telegram.webhook.url = url
    town.clock.now += timedelta(seconds=4)
    hours = labels(town)[0]
    await town.tap(CAMILLE_ON_TELEGRAM, hours[0])
    asked = town.screen(CHAT)[-1].text
    await town.telegram.webhook.redeliver()
    await town.settle()
    said = town.screen(CHAT)[-1].text
    assert said.startswith("Votre message est parti avant cette question.")
    assert asked.splitlines()[-1] in said


async def test_a_tap_that_comes_too_late_is_dropped_by_telegram_and_the_talk_goes_on(town: Town) -> None:
    await choosing_an_hour(town)
    url, town.telegram.webhook.url = town.telegram.webhook.url, ""
    await town.telegram.tap(CAMILLE_ON_TELEGRAM.id, "Autres dates")
    town.clock.now += timedelta(seconds=151)
    town.telegram.webhook.url = url
    await town.telegram.webhook.redeliver()
    await town.settle()
    assert labels(town)[-1][3] == "Autres dates"  # nothing came
    [said] = await town.tap(CAMILLE_ON_TELEGRAM, "Autres dates")
    assert said.startswith("Quand, plutôt ?")


async def test_the_key_that_shares_a_number_goes_when_other_choices_come(town: Town) -> None:
    await choosing_an_hour(town)
    await town.tap(CAMILLE_ON_TELEGRAM, labels(town)[0][0])
    await town.tap(CAMILLE_ON_TELEGRAM, labels(town)[-1][0])
    chat = town.telegram.chats[CAMILLE_ON_TELEGRAM.id]
    assert [key.kind for key in chat.keyboard] == ["contact"]
    [said] = await town.chat(CAMILLE_ON_TELEGRAM, "menu")
    assert chat.keyboard == ()  # a keyboard of either sort, not both: this once the choices are numbers
    assert "\n1. " in said
    await town.chat(CAMILLE_ON_TELEGRAM, "aide")
    assert labels(town) == [labels(town)[-1]]


async def test_groups_are_left_and_shown_nothing(town: Town) -> None:
    await town.telegram.add_to_group(CAMILLE_ON_TELEGRAM.id, GROUP)
    await left(town)
    [said] = [bubble.text for bubble in town.telegram.ledger.screen(str(GROUP))]
    assert said.startswith("Je réponds en privé seulement")
    assert calls(town, "leaveChat") == 1
    assert town.screen(CHAT) == []
    assert (await town.parts.db.fetch("SELECT count(*) AS n FROM contact"))[0]["n"] == 0


async def test_what_is_written_in_a_group_is_read_by_nobody(town: Town) -> None:
    await town.telegram.say_in_group(CAMILLE_ON_TELEGRAM.id, GROUP, "PORTS-7KQM-4XTD")
    await left(town)
    assert town.telegram.ledger.screen(str(GROUP)) == []
    assert calls(town, "leaveChat") == 1
    assert (await town.parts.db.fetch("SELECT count(*) AS n FROM inbox"))[0]["n"] == 0


async def changed(town: Town, text: str, to: str) -> list[str]:
    """The last message with this text becomes another; what is said to that."""
    chat = town.telegram.chats[CAMILLE_ON_TELEGRAM.id]
    typed = max(number for number, message in chat.messages.items() if message.get("text") == text)
    town.new(CHAT)
    await town.telegram.edit(CAMILLE_ON_TELEGRAM.id, typed, to)
    await town.settle()
    return town.new(CHAT)


async def test_a_text_that_was_changed_afterwards_is_not_taken_again_and_they_are_told(town: Town) -> None:
    await choosing_an_hour(town)
    [asked] = await town.chat(CAMILLE_ON_TELEGRAM, "4")
    assert await changed(town, "4", "1") == ["Je ne relis pas les messages modifiés. Écrivez-en un nouveau.\n" + asked]
    [said] = await town.chat(CAMILLE_ON_TELEGRAM, "l'après-midi")  # the question that was open still is
    assert "Quelle heure" in said or "Aucune heure" in said


async def test_an_edit_without_other_words_is_none(town: Town) -> None:
    """Telegram tells of a link's preview, too; of a second change only what is new in it counts."""
    await choosing_an_hour(town)
    await town.chat(CAMILLE_ON_TELEGRAM, "4")
    assert await changed(town, "4", "4") == []
    assert await changed(town, "4", "1")
    assert await changed(town, "1", "1") == []


async def test_an_edit_is_of_no_use_while_nothing_is_asked(town: Town) -> None:
    await choosing_an_hour(town)
    await town.chat(CAMILLE_ON_TELEGRAM, "stop")
    await town.chat(CAMILLE_ON_TELEGRAM, "annuler")
    assert await changed(town, "annuler", "merci") == []


@pytest.mark.parametrize(("to", "said"), [("je veux mourir", "3114"), ("stop", "plus de message de notre part")])
async def test_danger_and_stop_count_also_where_they_are_put_in_afterwards(town: Town, to: str, said: str) -> None:
    await choosing_an_hour(town)
    await town.chat(CAMILLE_ON_TELEGRAM, "4")
    [answer] = await changed(town, "4", to)
    assert said in answer


async def test_what_was_never_read_and_places_that_move_are_no_edits(town: Town) -> None:
    await choosing_an_hour(town)
    before = len(town.screen(CHAT))
    sender = {"id": CAMILLE_ON_TELEGRAM.id, "is_bot": False, "first_name": "Camille"}
    place = {"latitude": 47.6, "longitude": -2.7, "live_period": 3600}
    contents: list[dict[str, object]] = [{"text": "Bonjour"}, {"location": place}, {"location": place}]
    for number, content in enumerate(contents):
        message: dict[str, object] = {"message_id": 9000, "date": 1, "edit_date": 2, "from": sender, **content}
        message["chat"] = {"id": CAMILLE_ON_TELEGRAM.id, "type": "private"}
        update = json.dumps({"update_id": 10**9 + number, "edited_message": message}).encode()
        headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
        assert await town.post(f"{PUBLIC_URL}/webhooks/telegram", headers, update) == 200
    await town.settle()
    assert len(town.screen(CHAT)) == before
    rows = await town.parts.db.fetch("SELECT count(*) AS n FROM inbox WHERE external_id LIKE '10000000%'")
    assert rows[0]["n"] == 1


async def test_who_blocked_us_and_comes_back_is_written_to_again(town: Town) -> None:
    await choosing_an_hour(town)
    await town.telegram.block(CAMILLE_ON_TELEGRAM.id)
    await town.settle()
    [row] = await town.parts.db.fetch("SELECT opted_out_at FROM contact")
    assert row["opted_out_at"] is not None
    before = len(town.screen(CHAT))
    await town.telegram.unblock(CAMILLE_ON_TELEGRAM.id)
    await town.settle()
    assert len(town.screen(CHAT)) == before  # nothing is said: they know
    [row] = await town.parts.db.fetch("SELECT opted_out_at FROM contact")
    assert row["opted_out_at"] is None
    assert await town.chat(CAMILLE_ON_TELEGRAM, "menu")


async def test_a_longer_text_than_telegram_takes_comes_in_parts_with_its_buttons_last(town: Town) -> None:
    await choosing_an_hour(town)
    town.new(CHAT)
    text = "\n".join(f"{number}. " + "🙂" * 300 for number in range(1, 12))
    markup = {"inline_keyboard": [[{"text": "Oui", "callback_data": "k3m7q2wz5a:1"}]]}
    channel = town.parts.channels["telegram"]
    await channel.send(Payload(text, {"text": text, "reply_markup": markup}), CHAT, "1")
    parts = town.new(CHAT)
    assert "\n".join(parts) == text
    assert all(len(part.encode("utf-16-le")) // 2 <= 4096 for part in parts)
    assert [bubble.buttons for bubble in town.screen(CHAT)[-len(parts) :]][:-1] == [()] * (len(parts) - 1)
    assert town.screen(CHAT)[-1].buttons == (Button("callback", "Oui", "k3m7q2wz5a:1"),)


async def test_a_person_whose_text_is_longer_than_a_message_is_answered_for_each_part(town: Town) -> None:
    """Their app cuts at 4096 units: two messages, each a turn; neither breaks us."""
    sam = Person(900000000000012, "Sam")
    town.telegram.join(sam)
    first = await town.chat(sam, "🙂" * 2048)
    second = await town.chat(sam, "a" * 4096)
    assert len(first) == len(second) == 1
