"""The Telegram stand-in, spoken to by the official library, which also reads its updates."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import telegram.error as errors
from telegram import (
    Bot,
    BotCommand,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    MenuButtonCommands,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    Update,
)

from bot.standins.faults import Answer, Broken, Drop, Hang, Html, Reject, Throttle
from bot.standins.ledger import Button
from bot.standins.telegram import TelegramStandIn
from bot.standins.telegram_chats import Person
from tests.standins.conftest import PUBLIC_URL, SECRET, TOKEN, Clock, Ours

# The library speaks of its next version whenever it is throttled.
pytestmark = pytest.mark.filterwarnings("ignore:.*retry_after:DeprecationWarning")

CAMILLE = Person(900000000000011, "Camille", phone="+33639980011")
KNOWN = Path(__file__).parent.parent / "handlers" / "channels" / "data" / "api"
ANSWERS: dict[str, Any] = {
    file.stem: json.loads(file.read_text("utf-8")) for file in sorted(KNOWN.glob("telegram_*.json"))
}
CHOICES = InlineKeyboardMarkup(
    [
        [InlineKeyboardButton("Mardi", callback_data="d7g3v5jf2s:1")],
        [InlineKeyboardButton("Jeudi", callback_data="d7g3v5jf2s:2")],
    ]
)


def updates(ours: Ours, bot: Bot) -> list[Update]:
    return [Update.de_json(json.loads(heard.body), bot) for heard in ours.heard]


def keyboard(telegram: TelegramStandIn, who: int) -> list[tuple[str, str]]:
    return [(key.kind, key.label) for key in telegram.chats[who].keyboard]


@pytest.fixture
async def camille(telegram: TelegramStandIn, bot: Bot) -> int:
    telegram.join(CAMILLE)
    await telegram.start_chat(CAMILLE.id)
    return CAMILLE.id


# What the bot does


async def test_the_bot_knows_itself(bot: Bot) -> None:
    me = await bot.get_me()
    assert (me.id, me.is_bot, me.username) == (990000000000001, True, "social_direct_bot")


async def test_a_message_with_choices_is_shown(bot: Bot, telegram: TelegramStandIn, camille: int) -> None:
    shown: list[Any] = []
    telegram.on_delivered.append(shown.append)
    sent = await bot.send_message(camille, "<b>Quelle heure</b> vous convient&nbsp;?", "HTML", reply_markup=CHOICES)
    assert sent.text == "Quelle heure vous convient\u00a0?"
    assert sent.entities[0].type == "bold"
    assert sent.chat.id == camille
    (bubble,) = shown
    assert (bubble.id, bubble.to, bubble.text) == (f"{camille}:{sent.message_id}", str(camille), sent.text)
    assert bubble.buttons[1] == Button("callback", "Jeudi", "d7g3v5jf2s:2")
    assert telegram.ledger.problems() == []


async def test_an_edit_takes_the_place_of_what_was_shown(bot: Bot, telegram: TelegramStandIn, camille: int) -> None:
    sent = await bot.send_message(camille, "Quelle heure ?", reply_markup=CHOICES)
    await bot.edit_message_reply_markup(camille, sent.message_id, reply_markup=None)
    (bubble,) = telegram.ledger.screen(str(camille))
    assert (bubble.text, bubble.buttons) == ("Quelle heure ?", ())
    edited = await bot.edit_message_text("Mardi à 9 h", camille, sent.message_id)
    assert not isinstance(edited, bool)
    assert edited.edit_date is not None
    assert [bubble.text for bubble in telegram.ledger.screen(str(camille))] == ["Mardi à 9 h"]
    with pytest.raises(errors.BadRequest, match=r"(?i)message is not modified"):
        await bot.edit_message_text("Mardi à 9 h", camille, sent.message_id)
    with pytest.raises(errors.BadRequest, match=r"(?i)to edit not found"):
        await bot.edit_message_text("Mardi", camille, 10**6)


async def test_a_reply_keyboard_stays_until_it_is_used_or_removed(
    bot: Bot, telegram: TelegramStandIn, camille: int, ours: Ours
) -> None:
    ask = ReplyKeyboardMarkup([[KeyboardButton("Donner mon numéro", request_contact=True)]], one_time_keyboard=True)
    await bot.send_message(camille, "Votre numéro ?", reply_markup=ask)
    assert keyboard(telegram, camille) == [("contact", "Donner mon numéro")]
    await telegram.tap(camille, "Donner mon numéro")
    contact = updates(ours, bot)[-1].message
    assert contact is not None
    assert contact.contact is not None
    assert (contact.contact.phone_number, contact.contact.user_id) == ("33639980011", camille)
    assert keyboard(telegram, camille) == []
    await bot.send_message(camille, "Ou ici", reply_markup=ReplyKeyboardMarkup([["Oui", "Non"]]))
    await telegram.tap(camille, "Oui")
    assert keyboard(telegram, camille) == [("key", "Oui"), ("key", "Non")]
    await bot.send_message(camille, "Merci", reply_markup=ReplyKeyboardRemove())
    assert keyboard(telegram, camille) == []


@pytest.mark.parametrize(
    ("text", "markup", "error"),
    [
        ("x" * 4097, None, "message is too long"),
        ("\U0001f642" * 2049, None, "message is too long"),
        (" \n", None, "message text is empty"),
        ("a < b", None, "can't parse entities"),
        ("<b>a", None, "can't parse entities"),
        ("<blink>a</blink>", None, "can't parse entities"),
        ("<b><i>a</b></i>", None, "can't parse entities"),
        ("a", InlineKeyboardMarkup([[InlineKeyboardButton("a", callback_data="é" * 33)]]), "BUTTON_DATA_INVALID"),
    ],
)
async def test_refuses_what_telegram_refuses(bot: Bot, camille: int, text: str, markup: Any, error: str) -> None:
    with pytest.raises(errors.BadRequest, match=rf"(?i){error}"):
        await bot.send_message(camille, text, "HTML", reply_markup=markup)


async def test_takes_what_is_just_allowed(bot: Bot, camille: int) -> None:
    key = InlineKeyboardMarkup([[InlineKeyboardButton("a", callback_data="é" * 32)]])
    sent = await bot.send_message(camille, "\U0001f642" * 2048, reply_markup=key)
    assert sent.text is not None
    link = await bot.send_message(camille, 'a <a href="https://chat.example.org/a/x?b=1&amp;c=2">b</a> &lt; c', "HTML")
    assert link.text == "a b < c"
    assert link.entities[0].url == "https://chat.example.org/a/x?b=1&c=2"


async def test_writes_to_nobody_who_does_not_want_it(bot: Bot, telegram: TelegramStandIn, ours: Ours) -> None:
    with pytest.raises(errors.BadRequest, match=r"(?i)chat not found"):
        await bot.send_message(CAMILLE.id, "Bonjour")
    telegram.join(CAMILLE)
    with pytest.raises(errors.Forbidden, match=r"(?i)can't initiate"):
        await bot.send_message(CAMILLE.id, "Bonjour")
    await telegram.start_chat(CAMILLE.id)
    await telegram.block(CAMILLE.id)
    with pytest.raises(errors.Forbidden, match=r"(?i)blocked by the user"):
        await bot.send_message(CAMILLE.id, "Bonjour")
    await telegram.unblock(CAMILLE.id)
    await bot.send_message(CAMILLE.id, "Bonjour")
    changes = [update.my_chat_member for update in updates(ours, bot) if update.my_chat_member]
    assert [change.new_chat_member.status for change in changes] == ["kicked", "member"]


async def test_a_wrong_token_is_refused(telegram_base: str, http: aiohttp.ClientSession) -> None:
    for token, status in [("1:other", 401), ("nonsense", 404)]:
        async with http.post(f"{telegram_base}/bot{token}/getMe") as answer:
            assert (answer.status, (await answer.json())["ok"]) == (status, False)
    async with http.get(f"{telegram_base}/bot{TOKEN}/getMe") as answer:
        assert (await answer.json())["result"]["is_bot"] is True


async def test_json_is_taken_as_forms_are(
    telegram_base: str, telegram: TelegramStandIn, camille: int, http: aiohttp.ClientSession
) -> None:
    body = {"chat_id": camille, "text": "123", "reply_markup": CHOICES.to_dict()}
    async with http.post(f"{telegram_base}/bot{TOKEN}/sendMessage", json=body) as answer:
        assert (await answer.json())["result"]["text"] == "123"
    assert len(telegram.ledger.screen(str(camille))[-1].buttons) == 2


@pytest.mark.parametrize(
    ("method", "params", "problem"),
    [
        ("sendMessage", {"chat_id": 1}, "text is missing"),
        ("sendMessage", {"chat_id": 1, "text": "a", "parsemode": "HTML"}, "unknown field parsemode"),
        ("sendMessage", {"chat_id": 1.5, "text": "a"}, "chat_id: not of type"),
        ("sendMessage", {"chat_id": 1, "text": "a", "reply_markup": {"inline_keyboard": [[{"data": "1"}]]}}, "unknown"),
        ("sendMessage", {"chat_id": 1, "text": "a", "disable_notification": 1}, "not of type Boolean"),
        ("setMyCommands", {"commands": [{"command": "aide"}]}, "description is missing"),
        ("setChatMenuButton", {"menu_button": {"text": "x"}}, "menu_button"),
        ("sendPoll", {}, "not a method that we use"),
    ],
)
async def test_a_call_that_the_description_forbids_is_recorded_and_refused(
    telegram_base: str,
    telegram: TelegramStandIn,
    http: aiohttp.ClientSession,
    method: str,
    params: dict[str, Any],
    problem: str,
) -> None:
    async with http.post(f"{telegram_base}/bot{TOKEN}/{method}", json=params) as answer:
        assert answer.status == 400
    assert problem in " ".join(telegram.ledger.problems())


async def test_what_is_set_up_is_read_back(bot: Bot, telegram: TelegramStandIn) -> None:
    await bot.set_my_commands([BotCommand("aide", "Obtenir de l'aide")], language_code="fr")
    assert [command.command for command in await bot.get_my_commands(language_code="fr")] == ["aide"]
    assert await bot.get_my_commands() == ()
    await bot.set_my_description("Une heure gratuite", language_code="fr")
    assert (await bot.get_my_description("fr")).description == "Une heure gratuite"
    assert (await bot.get_my_description("en")).description == ""
    await bot.set_my_short_description("Gratuit")
    assert (await bot.get_my_short_description()).short_description == "Gratuit"
    await bot.set_chat_menu_button(menu_button=MenuButtonCommands())
    assert (await bot.get_chat_menu_button()).type == "commands"
    with pytest.raises(errors.BadRequest, match=r"(?i)BOT_COMMAND_INVALID"):
        await bot.set_my_commands([BotCommand("Aidé", "x")])
    assert telegram.ledger.problems() == []
    info = await bot.get_webhook_info()
    assert (info.url, info.pending_update_count) == (f"{PUBLIC_URL}/webhooks/telegram", 0)
    await bot.delete_webhook()
    assert (await bot.get_webhook_info()).url == ""


# What goes wrong on demand


@pytest.mark.parametrize("name", [name for name in ANSWERS if "_error_" in name])
async def test_every_known_refusal_raises_what_the_library_has_for_it(
    bot: Bot, telegram: TelegramStandIn, camille: int, name: str
) -> None:
    known = ANSWERS[name]
    body = known["body"] if isinstance(known["body"], str) else json.dumps(known["body"])
    telegram.faults.add(Answer(known["status"], body, known["headers"]))
    kinds: dict[int, type[errors.TelegramError]] = {
        400: errors.BadRequest,
        401: errors.InvalidToken,
        403: errors.Forbidden,
        404: errors.InvalidToken,
        409: errors.Conflict,
        429: errors.RetryAfter,
    }
    expected = errors.ChatMigrated if name.endswith("migrated") else kinds.get(known["status"], errors.NetworkError)
    with pytest.raises(errors.TelegramError) as caught:
        await bot.send_message(camille, "Bonjour")
    assert type(caught.value) is expected


async def test_the_known_good_answers_are_read(bot: Bot, telegram: TelegramStandIn) -> None:
    def next_answer(name: str) -> None:
        telegram.faults.add(Answer(200, json.dumps(ANSWERS[name]["body"]), ANSWERS[name]["headers"]))

    next_answer("telegram_send_ok")
    assert (await bot.send_message(CAMILLE.id, "Bonjour")).message_id == 133
    next_answer("telegram_webhook_info_failing")
    assert (await bot.get_webhook_info()).pending_update_count == 57
    next_answer("telegram_answer_callback_ok")
    assert await bot.answer_callback_query("1")
    next_answer("telegram_get_file_ok")
    assert (await bot.get_file("BQACAgQAAxkBAAIB")).file_size == 182044


async def test_our_faults_say_what_telegram_says(bot: Bot, telegram: TelegramStandIn, camille: int) -> None:
    telegram.faults.add(Throttle(14))
    with pytest.raises(errors.RetryAfter) as throttled:
        await bot.send_message(camille, "a")
    assert throttled.value._retry_after == timedelta(seconds=14)
    telegram.faults.add(Broken())
    with pytest.raises(errors.NetworkError, match=r"(?i)Internal Server Error"):
        await bot.send_message(camille, "a")
    telegram.faults.add(Html())
    with pytest.raises(errors.NetworkError, match=r"(?i)Bad Gateway"):
        await bot.send_message(camille, "a")
    telegram.faults.add(Reject(403, "user is deactivated"))
    with pytest.raises(errors.Forbidden, match=r"(?i)user is deactivated"):
        await bot.send_message(camille, "a")
    assert telegram.ledger.screen(str(camille)) == []


async def test_accepted_but_the_answer_is_lost(bot: Bot, telegram: TelegramStandIn, camille: int) -> None:
    telegram.faults.add(Drop())
    with pytest.raises(errors.NetworkError):
        await bot.send_message(camille, "Bonjour")
    assert [bubble.text for bubble in telegram.ledger.screen(str(camille))] == ["Bonjour"]


async def test_a_call_hangs_until_it_is_released(bot: Bot, telegram: TelegramStandIn, camille: int) -> None:
    hang = Hang(then=Throttle(2))
    telegram.faults.add(hang)
    sending = asyncio.create_task(bot.send_message(camille, "Bonjour"))
    await hang.reached.wait()
    hang.release()
    with pytest.raises(errors.RetryAfter):
        await sending


# What people do


async def test_updates_carry_the_secret(bot: Bot, telegram: TelegramStandIn, camille: int, ours: Ours) -> None:
    assert ours.heard[0].path == "/webhooks/telegram"
    assert ours.heard[0].headers["X-Telegram-Bot-Api-Secret-Token"] == SECRET


async def test_texts_and_starts(bot: Bot, telegram: TelegramStandIn, camille: int, ours: Ours) -> None:
    await telegram.start_chat(camille, "PORTS-7KQM-4XTD")
    sent = await telegram.say(camille, "Bonjour")
    assert sent.taken
    await telegram.edit(camille, sent.message_id, "Bonsoir")
    plain, payload, text, edited = updates(ours, bot)
    assert plain.message is not None
    assert plain.message.text == "/start"
    assert payload.message is not None
    assert payload.message.text == "/start PORTS-7KQM-4XTD"
    assert payload.message.entities[0].length == 6
    assert text.message is not None
    assert text.message.from_user is not None
    assert (text.message.text, text.message.from_user.id, text.message.from_user.language_code) == (
        "Bonjour",
        camille,
        "fr",
    )
    assert edited.edited_message is not None
    assert (edited.edited_message.message_id, edited.edited_message.text) == (sent.message_id, "Bonsoir")
    assert len({update.update_id for update in updates(ours, bot)}) == 4


async def test_a_tap_is_answered_once(bot: Bot, telegram: TelegramStandIn, camille: int, ours: Ours) -> None:
    asked = await bot.send_message(camille, "Quelle heure ?", reply_markup=CHOICES)
    await telegram.tap(camille, "Jeudi")
    query = updates(ours, bot)[-1].callback_query
    assert query is not None
    assert query.message is not None
    assert (query.data, query.message.message_id) == ("d7g3v5jf2s:2", asked.message_id)
    await bot.answer_callback_query(query.id, "Noté")
    assert telegram.toasts == [(camille, "Noté")]
    with pytest.raises(errors.BadRequest, match=r"(?i)query is too old"):
        await bot.answer_callback_query(query.id)


async def test_an_old_screen_sends_what_no_button_holds(
    bot: Bot, telegram: TelegramStandIn, camille: int, ours: Ours
) -> None:
    await telegram.press(camille, 10**6, "forged:1")
    query = updates(ours, bot)[-1].callback_query
    assert query is not None
    assert query.message is not None
    assert (query.data, query.message.is_accessible) == ("forged:1", False)


async def test_media_can_be_fetched(
    bot: Bot, telegram: TelegramStandIn, camille: int, ours: Ours, http: aiohttp.ClientSession
) -> None:
    await telegram.send_photo(camille, "Ma carte")
    await telegram.send_voice(camille)
    await telegram.send_document(camille, "attestation.pdf", b"%PDF")
    await telegram.send_document(camille, "grand.pdf", b"", size=20 * 1024 * 1024 + 1)
    await telegram.share_contact(camille, card={"phone_number": "33639980012", "first_name": "Alex"})
    photo, voice, document, large, card = [update.message for update in updates(ours, bot)[1:] if update.message]
    assert (photo.photo[-1].width, photo.caption) == (1280, "Ma carte")
    assert voice.voice is not None
    assert document.document is not None
    assert large.document is not None
    assert card.contact is not None
    assert card.contact.user_id is None
    file = await bot.get_file(document.document.file_id)
    async with http.get(str(file.file_path)) as answer:
        assert await answer.read() == b"%PDF"
    with pytest.raises(errors.BadRequest, match=r"(?i)file is too big"):
        await bot.get_file(large.document.file_id)


# Redelivery


async def test_an_update_is_sent_again_until_taken(
    bot: Bot, telegram: TelegramStandIn, camille: int, ours: Ours
) -> None:
    ours.answers = [503, 500, 200]
    said = await telegram.say(camille, "Bonjour")
    assert [posted.status for posted in said.tries] == [503, 500, 200]
    assert len({heard.body for heard in ours.heard[1:]}) == 1


async def test_later_ones_wait_behind_it_and_taps_do_not(
    bot: Bot, telegram: TelegramStandIn, camille: int, ours: Ours
) -> None:
    ours.answers = [503] * 3
    first = await telegram.say(camille, "un")
    assert not first.taken
    assert (await bot.get_webhook_info()).pending_update_count == 1
    assert (await bot.get_webhook_info()).last_error_message == "Wrong response from the webhook: 503"
    ours.answers = [200, 503, 503, 503]
    assert (await telegram.press(camille, 1, "d7g3v5jf2s:1")).taken
    second = await telegram.say(camille, "deux")
    assert (first.taken, second.tries) == (False, [])
    await telegram.webhook.redeliver()
    assert (first.taken, second.taken) == (True, True)
    texts = [update.message.text for update in updates(ours, bot)[-2:] if update.message]
    assert texts == ["un", "deux"]
    assert telegram.webhook.pending == []


async def test_what_is_too_old_is_dropped(
    bot: Bot, telegram: TelegramStandIn, camille: int, ours: Ours, clock: Clock
) -> None:
    ours.answers = [503] * 6
    tapped = await telegram.press(camille, 1, "d7g3v5jf2s:1")
    said = await telegram.say(camille, "Bonjour")
    clock.forward(seconds=150)
    await telegram.webhook.redeliver()
    assert (tapped.dropped, tapped.taken) == (True, False)
    assert (said.dropped, said.taken) == (False, True)


async def test_kinds_that_were_not_asked_for_do_not_come(bot: Bot, telegram: TelegramStandIn, camille: int) -> None:
    await bot.set_webhook(f"{PUBLIC_URL}/webhooks/telegram", allowed_updates=["message"])
    assert (await telegram.press(camille, 1, "x")).dropped
    assert (await telegram.say(camille, "Bonjour")).taken
    assert (await bot.get_webhook_info()).allowed_updates == ("message",)


async def test_updates_wait_for_a_webhook(bot: Bot, telegram: TelegramStandIn, camille: int) -> None:
    await bot.delete_webhook()
    waiting = await telegram.say(camille, "Bonjour")
    assert waiting.tries == []
    await bot.set_webhook(f"{PUBLIC_URL}/webhooks/telegram", secret_token=SECRET)
    await telegram.settle()
    assert waiting.taken
    await bot.delete_webhook()
    lost = await telegram.say(camille, "Encore")
    await bot.set_webhook(f"{PUBLIC_URL}/webhooks/telegram", drop_pending_updates=True)
    await telegram.settle()
    assert (lost.dropped, lost.taken) == (True, False)
