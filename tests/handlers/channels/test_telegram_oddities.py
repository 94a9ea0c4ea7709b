"""Whose number a contact proves (threat T7), which chats are left, and how long texts are cut."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.model import FileRef, Input
from handlers.channels import telegram
from handlers.channels.base import Payload, SendError, Undecodable
from tests.guards import guards
from tests.handlers.channels import samples
from tests.handlers.channels.samples import TELEGRAM_SAMPLES
from tests.handlers.channels.test_telegram_samples import Presses

ME, OTHER = 900000000000011, 900000000000012
OWN = next(sample.request.body for sample in TELEGRAM_SAMPLES if str(sample) == "tg_contact_own")
NO_PROOF = Input(files=(FileRef("contact"),))
Change = Callable[[dict[str, Any]], object]


def test_a_moving_picture_is_no_document() -> None:
    """https://core.telegram.org/bots/api#message: with `animation`, `document` is set, too."""
    told = json.loads(OWN)
    del told["message"]["contact"]
    file = {"file_id": "CgAC", "file_unique_id": "u", "file_size": 9}
    told["message"] |= {"document": {**file, "mime_type": "video/mp4"}, "animation": file}
    heard = samples.telegram().decode(json.dumps(told).encode())
    assert heard == Input(files=(FileRef("video", "CgAC", "", 9),))


def card(**changed: object) -> Change:
    return lambda message: message["contact"].update(changed)


def without(name: str) -> Change:
    return lambda message: message["contact"].pop(name)


def message(**changed: object) -> Change:
    return lambda message: message.update(changed)


def of_another(told: dict[str, Any]) -> None:
    told["from"]["id"] = OTHER


def by_a_bot(told: dict[str, Any]) -> None:
    told["from"]["is_bot"] = True


def inside(name: str) -> Change:
    """The card is not the message's own, but of the one that it speaks of."""
    return lambda told: told.update({name: {"contact": told.pop("contact")}, "text": "voici mon numéro"})


# What somebody may send to pass off another's number as theirs; the button that we show sends none of these.
HOSTILE: dict[str, tuple[Change, object]] = {
    "another's card": (card(user_id=OTHER), NO_PROOF),
    "a card of nobody on Telegram": (without("user_id"), NO_PROOF),
    "one's own id as letters": (card(user_id=str(ME)), NO_PROOF),
    "one's own id as a fraction": (card(user_id=float(ME)), NO_PROOF),
    "an id that is true": (card(user_id=True), NO_PROOF),
    "one's own card, forwarded": (message(forward_origin={"type": "user", "date": 1}), NO_PROOF),
    "forwarded as older clients say it": (message(forward_date=1, forward_from={"id": ME}), NO_PROOF),
    "sent through another bot": (message(via_bot={"id": 7, "is_bot": True, "first_name": "x"}), NO_PROOF),
    "in a group": (message(chat={"id": -100, "type": "supergroup", "title": "x"}), "ignored"),
    "from somebody else in this chat": (of_another, "ignored"),
    "from a bot": (by_a_bot, "ignored"),
    "of a message that is answered": (inside("reply_to_message"), Input("voici mon numéro")),
    "of a message of another chat": (inside("external_reply"), Input("voici mon numéro", replied="112")),
    "pinned": (lambda told: told.update(pinned_message={"contact": told.pop("contact")}), "ignored"),
    "a number with letters": (card(phone_number="+33639980011x"), NO_PROOF),
    "a number that is too short": (card(phone_number="112"), NO_PROOF),
    "a number that is too long": (card(phone_number="3" * 16), NO_PROOF),
    "a number of other digits": (card(phone_number="٣٣٦٣٩٩٨٠٠١١"), NO_PROOF),
    "no number at all": (card(phone_number=""), NO_PROOF),
}


@guards("T07", partly=True)
@pytest.mark.parametrize("variant", HOSTILE)
def test_only_ones_own_number_by_the_button_counts(variant: str) -> None:
    change, heard = HOSTILE[variant]
    update = json.loads(OWN)
    change(update["message"])
    assert samples.telegram().decode(json.dumps(update).encode()) == heard


def test_the_button_proves_a_number() -> None:
    """The same update, unchanged: what the variants differ from."""
    assert json.loads(OWN)["message"]["from"]["id"] == ME
    assert samples.telegram().decode(OWN) == Input(phone="+33639980011")


def test_a_card_that_was_put_in_afterwards_proves_nothing() -> None:
    update = json.loads(OWN)
    edited = {"update_id": update["update_id"], "edited_message": {**update["message"], "edit_date": 1}}
    assert samples.telegram().decode(json.dumps(edited).encode()) == "ignored"


@pytest.mark.parametrize("number", [{"a": 1}, 33639980011, None])
def test_a_number_that_is_no_text_is_parked(number: object) -> None:
    update = json.loads(OWN)
    update["message"]["contact"]["phone_number"] = number
    with pytest.raises(Undecodable):
        samples.telegram().decode(json.dumps(update).encode())


# Groups


def joined(status: str, kind: str = "supergroup", **more: object) -> bytes:
    sender = {"id": ME, "is_bot": False, "first_name": "Camille", "language_code": "en"}
    change = {"chat": {"id": -100, "type": kind}, "from": sender, "new_chat_member": {"status": status}, **more}
    return json.dumps({"update_id": 1, "my_chat_member": change}).encode()


@guards("T08")
@pytest.mark.parametrize(
    ("raw", "done"),
    [
        (joined("member"), [("said", -100, "en"), ("left", -100)]),
        (joined("administrator", "channel"), [("said", -100, "en"), ("left", -100)]),
        (joined("left"), []),
        (joined("kicked"), []),
        (joined("member", "private"), []),
        (joined("member", chat={"id": "-100", "type": "group"}), []),
        (joined("member", chat={"id": -100, "type": ["group"]}), []),
        (joined("member", new_chat_member={"status": {}}), []),
        (b"{", []),
        (b'{"update_id": 1, "my_chat_member": []}', []),
    ],
)
async def test_who_adds_us_to_a_group_is_told_why_we_go(raw: bytes, done: list[object]) -> None:
    bot = Presses()
    await samples.telegram(bot=bot, in_groups=str).pressed(raw)
    assert bot.done == done


async def test_a_group_that_cannot_be_left_is_no_trouble() -> None:
    class Stuck(Presses):
        async def leave(self, chat: int) -> None:
            raise SendError("403", "refused")

    bot = Stuck()
    await samples.telegram(bot=bot, in_groups=str).pressed(joined("member"))
    assert bot.done == [("said", -100, "en")]


# Long texts


@given(st.text(st.sampled_from("a\U0001f642\n e\u0301"), max_size=9000).map(lambda text: text * 3))
def test_the_parts_of_a_text_fit_and_hold_all_of_it(text: str) -> None:
    parts = telegram.split(text)
    assert all(0 < telegram.units(part) <= telegram.LONGEST and part.strip() for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())
    if telegram.units(text) <= telegram.LONGEST:
        assert parts == ([text] if text.strip() else [])


def test_a_line_longer_than_a_message_is_cut_between_characters() -> None:
    parts = telegram.split("a" + "\U0001f642" * 3000)
    assert parts == ["a" + "\U0001f642" * 2047, "\U0001f642" * 953]


async def test_what_fails_after_its_first_part_may_have_arrived() -> None:
    class Broken(Presses):
        async def send(self, chat: int, fields: dict[str, Any]) -> str:
            if self.done:
                raise SendError("429", "retry")
            return await super().send(chat, fields)

    bot = Broken()
    text = "\n".join(["a" * 3000] * 3)
    with pytest.raises(SendError) as caught:
        await samples.telegram(bot=bot).send(Payload(text, {"text": text}), "1", "1")
    assert caught.value.outcome == "unknown"
    assert len(bot.done) == 1
