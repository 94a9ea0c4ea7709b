"""`socialdirect channels setup` at the stand-ins: what differs is shown and set, and a second run changes nothing."""

import itertools
from dataclasses import replace
from ssl import create_default_context

import aiohttp
import pytest

from bot.account_checks import voice
from bot.by_hand import by_hand
from bot.channels import set_up
from bot.doctor import examine
from bot.secrets import fresh
from bot.settings import Settings, read_settings
from bot.standins.faults import Html
from bot.standins.telegram import TelegramStandIn
from bot.standins.twilio_numbers import Numbers
from tests.standins.conftest import ACCOUNT, PUBLIC_URL, SECRET, TOKEN, Running
from tests.standins.front import Front

KEYS = {name: value for name, value in fresh().items() if name != "TELEGRAM_WEBHOOK_SECRET"}
MESSAGES = f"{PUBLIC_URL}/webhooks/twilio/messages#rc=5&rp=all"


def settings(twilio: Running, telegram_base: str, **more: object) -> Settings:
    given = {
        "DATABASE_URL": "sqlite://:memory:",
        "PUBLIC_URL": PUBLIC_URL,
        "TWILIO_ACCOUNT_SID": ACCOUNT.sid,
        "TWILIO_AUTH_TOKEN": ACCOUNT.auth_token,
        "TWILIO_SMS_FROM": ACCOUNT.sms_number,
        "TWILIO_WHATSAPP_FROM": ACCOUNT.whatsapp_number,
        "TWILIO_API_URL": twilio.base,
        "TWILIO_WHATSAPP_API_URL": twilio.base,
        "TWILIO_CONTENT_API_URL": twilio.base,
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "TELEGRAM_WEBHOOK_SECRET": SECRET,
        "TELEGRAM_API_URL": telegram_base,
    }
    return read_settings(env_file=None, **KEYS, **given | more)


@pytest.fixture
def wished(twilio: Running, telegram_base: str) -> Settings:
    return settings(twilio, telegram_base)


async def said(capsys: pytest.CaptureFixture[str], wished: Settings, **how: bool) -> list[str]:
    """The first word of each line that tells of a setting."""
    assert await set_up(wished, **{"dry_run": False, "again": False} | how) == 0
    lines = capsys.readouterr().out.splitlines()
    return [line.split()[0] for line in lines if not line.startswith(" ")]


def writes(telegram: TelegramStandIn, twilio: Running) -> list[str]:
    calls = [*telegram.ledger.calls, *twilio.standin.ledger.calls]
    return [call.operation for call in calls if call.operation.startswith(("set", "Update", "Create"))]


async def test_all_is_set_and_a_second_run_changes_nothing(
    wished: Settings, twilio: Running, telegram: TelegramStandIn, capsys: pytest.CaptureFixture[str]
) -> None:
    assert set(await said(capsys, wished, dry_run=True)) == {"differs", "by"}
    assert (telegram.webhook.url, twilio.standin.numbers.messages_url) == ("", None)
    assert set(await said(capsys, wished)) == {"changed", "by"}
    assert (telegram.webhook.url, telegram.webhook.secret) == (f"{PUBLIC_URL}/webhooks/telegram", SECRET)
    assert twilio.standin.numbers.messages_url == MESSAGES
    written = writes(telegram, twilio)
    assert written
    assert await set_up(wished, dry_run=False, again=False) == 0
    *lines, last = capsys.readouterr().out.splitlines()
    assert {line.split()[0] for line in lines if not line.startswith(" ")} == {"right", "by"}
    assert writes(telegram, twilio) == written
    counts = {word: sum(line.startswith(word) for line in lines) for word in ("right", "by hand")}
    assert last == f"         in all: {counts['right']} right, {counts['by hand']} by hand"


async def test_each_language_has_its_commands(
    wished: Settings, telegram: TelegramStandIn, capsys: pytest.CaptureFixture[str]
) -> None:
    await said(capsys, wished)
    sent = [call.params for call in telegram.ledger.calls if call.operation == "setMyCommands"]
    words = {call.get("language_code", ""): [one["command"] for one in call["commands"]] for call in sent}
    assert words["fr"][:3] == ["rdv", "deplacer", "annuler"]
    assert words["en"][2] == "cancel"
    assert words[""] == words["fr"]
    assert not {"end", "quit"} & {*words["en"]}


async def test_a_messaging_service_is_set_in_place_of_its_number(
    twilio: Running, telegram_base: str, capsys: pytest.CaptureFixture[str]
) -> None:
    wished = settings(twilio, telegram_base, TWILIO_MESSAGING_SERVICE_SID=ACCOUNT.service_sid)
    await said(capsys, wished)
    assert twilio.standin.numbers.service["inbound_request_url"] == MESSAGES
    assert twilio.standin.numbers.number["sms_url"] == ""


async def test_a_short_code_is_set_like_a_number(
    twilio: Running, telegram_base: str, capsys: pytest.CaptureFixture[str]
) -> None:
    twilio.standin.account = replace(ACCOUNT, sms_number="38123")
    twilio.standin.numbers = Numbers(twilio.standin.account)
    wished = settings(twilio, telegram_base, TWILIO_SMS_FROM="38123")
    await said(capsys, wished)
    assert twilio.standin.numbers.number == {
        "sms_url": MESSAGES,
        "sms_method": "POST",
        "sms_fallback_url": MESSAGES,
        "sms_fallback_method": "POST",
    }
    assert set(await said(capsys, wished)) == {"right", "by"}


async def test_the_whatsapp_sender_keeps_what_is_not_ours(
    wished: Settings, twilio: Running, capsys: pytest.CaptureFixture[str]
) -> None:
    states = "https://elsewhere.example.org/states"
    twilio.standin.senders.whatsapp |= {"status_callback_url": states, "status_callback_method": "POST"}
    await said(capsys, wished)
    assert twilio.standin.senders.whatsapp == {
        "callback_url": MESSAGES,
        "callback_method": "POST",
        "fallback_url": MESSAGES,
        "fallback_method": "POST",
        "status_callback_url": states,
        "status_callback_method": "POST",
    }


async def test_what_is_left_to_do_by_hand_is_told_with_its_reason(
    twilio: Running, telegram: TelegramStandIn, telegram_base: str, capsys: pytest.CaptureFixture[str]
) -> None:
    telegram.me |= {"can_join_groups": True}
    wished = settings(
        twilio,
        telegram_base,
        TWILIO_MESSAGING_SERVICE_SID=ACCOUNT.service_sid,
        TWILIO_VOICE_FROM=ACCOUNT.voice_number,
    )
    assert await set_up(wished, dry_run=True, again=False) == 0
    lines = capsys.readouterr().out.splitlines()
    told = {
        line.removeprefix("by hand  ").partition(":")[0]: then
        for line, then in itertools.pairwise(lines)
        if line.startswith("by hand ")
    }
    assert all(then.startswith("         because ") for then in told.values())
    assert set(told) == {
        "telegram /setjoingroups",
        "sms sender",
        "sms countries",
        "sms opt-out words",
        "whatsapp sender",
        "whatsapp templates",
        "region of whatsapp",
        "calls' countries",
        "calls' number",
    }


@pytest.mark.parametrize(
    ("given", "about", "words"),
    [
        ({}, "sms opt-out words", "put the number into a messaging service"),
        ({"TWILIO_MESSAGING_SERVICE_SID": ACCOUNT.service_sid}, "sms opt-out words", "TWILIO_OPT_OUT=advanced"),
        (
            {"TWILIO_MESSAGING_SERVICE_SID": ACCOUNT.service_sid, "TWILIO_OPT_OUT": "advanced"},
            "sms opt-out words",
            "see that Advanced Opt-Out has",
        ),
        ({"TWILIO_API_URL": "https://api.dublin.ie1.twilio.com"}, "region of texts", "TWILIO_EXTRA_AUTH_TOKENS"),
    ],
)
def test_what_is_to_be_done_depends_on_what_is_set(
    twilio: Running, telegram_base: str, given: dict[str, str], about: str, words: str
) -> None:
    (reminder,) = [one for one in by_hand(settings(twilio, telegram_base, **given)) if one.about == about]
    assert words in reminder.todo
    assert reminder.why


async def test_a_secret_that_was_changed_is_sent_again(
    wished: Settings, telegram: TelegramStandIn, capsys: pytest.CaptureFixture[str]
) -> None:
    await said(capsys, wished)
    telegram.webhook.secret = "another"
    assert "changed" not in await said(capsys, wished)
    await said(capsys, wished, again=True)
    assert telegram.webhook.secret == SECRET


async def test_a_provider_that_refuses_is_named_and_the_other_is_set(
    twilio: Running, telegram_base: str, capsys: pytest.CaptureFixture[str]
) -> None:
    wished = settings(twilio, telegram_base, TELEGRAM_BOT_TOKEN="1:another")
    assert await set_up(wished, dry_run=False, again=False) == 1
    assert "wrong    telegram" in capsys.readouterr().out
    assert twilio.standin.numbers.messages_url == MESSAGES


async def test_texts_that_cannot_be_looked_at_do_not_keep_whatsapp_from_being_set(
    wished: Settings, twilio: Running, capsys: pytest.CaptureFixture[str]
) -> None:
    twilio.standin.faults.add(Html(), when=lambda call: call.operation == "ListIncomingPhoneNumber", times=None)
    assert await set_up(wished, dry_run=False, again=False) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition("(")[0] for line in lines if line.startswith("wrong")] == [
        "wrong    sms: it does not answer as it should "
    ]
    assert "`socialdirect doctor` says why" in "\n".join(lines)
    assert lines[-1] == "         once that is mended, run this again: what is right by then stays as it is"
    assert twilio.standin.senders.whatsapp["callback_url"] == MESSAGES
    assert twilio.standin.contents
    assert twilio.standin.numbers.messages_url is None


async def test_what_one_setting_is_refused_does_not_keep_the_rest_from_being_set(
    wished: Settings, twilio: Running, telegram: TelegramStandIn, capsys: pytest.CaptureFixture[str]
) -> None:
    telegram.faults.add(Html(), when=lambda call: call.operation == "setMyCommands", times=1)
    twilio.standin.faults.add(Html(), when=lambda call: call.operation == "UpdateIncomingPhoneNumber", times=1)
    assert await set_up(wished, dry_run=False, again=False) == 1
    wrong = [line for line in capsys.readouterr().out.splitlines() if line.startswith("wrong")]
    assert [line.partition(": the provider does not take it (")[0] for line in wrong] == [
        "wrong    telegram commands (other languages)",
        "wrong    sms webhook of the number",
    ]
    assert twilio.standin.numbers.number["sms_fallback_url"] == MESSAGES
    assert "changed" in await said(capsys, wished)  # those two alone are left to be set
    assert set(await said(capsys, wished)) == {"right", "by"}


async def test_a_number_of_somebody_else_is_told(
    twilio: Running, telegram_base: str, capsys: pytest.CaptureFixture[str]
) -> None:
    wished = settings(twilio, telegram_base, TWILIO_SMS_FROM="+33199000077")
    assert await set_up(wished, dry_run=False, again=False) == 0
    assert "by hand  sms webhook" in capsys.readouterr().out


async def test_the_doctor_tells_what_the_providers_do_not_know_of_us(
    wished: Settings, twilio: Running, telegram: TelegramStandIn, capsys: pytest.CaptureFixture[str]
) -> None:
    async def told() -> dict[str, bool]:
        found = [one async for one in examine(wished, deep=False, way=Front(create_default_context()).way)]
        return {
            one.about: one.ok for one in found if one.about in {"sms", "whatsapp", "telegram"} or "set-up" in one.about
        }

    calls = len(telegram.ledger.calls)
    before = await told()
    assert before == {
        "sms": True,
        "whatsapp": True,
        "telegram": False,
        "telegram set-up": False,
        "sms set-up": False,
        "whatsapp set-up": False,
    }
    assert not writes(telegram, twilio)
    assert len(telegram.ledger.calls) > calls
    await said(capsys, wished)
    assert all((await told()).values())
    twilio.standin.state = "suspended"
    assert not (await told())["sms"]


@pytest.mark.parametrize(
    ("number", "ok", "words"),
    [
        (None, True, "not set"),
        (ACCOUNT.voice_number, True, "can call"),
        (ACCOUNT.sms_number, False, "cannot call"),
        ("+33199000099", False, "not a number of the account"),
        ("+33639980099", False, "mobile"),
    ],
)
async def test_the_doctor_looks_at_the_number_that_calls(
    twilio: Running, telegram_base: str, http: aiohttp.ClientSession, number: str | None, ok: bool, words: str
) -> None:
    found = await voice(settings(twilio, telegram_base, TWILIO_VOICE_FROM=number), http)
    assert (found.about, found.ok) == ("voice", ok)
    assert words in found.words


async def test_the_doctor_says_when_twilio_does_not_answer(
    twilio: Running, telegram_base: str, http: aiohttp.ClientSession
) -> None:
    twilio.standin.faults.add(Html(), times=None)
    found = await voice(settings(twilio, telegram_base, TWILIO_VOICE_FROM=ACCOUNT.voice_number), http)
    assert not found.ok
