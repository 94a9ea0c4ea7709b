"""Which of our two senders an SMS goes by, and what a notice says that cannot be answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from conversations.model import Link, Option, Reply
from conversations.text import t
from handlers.channels.base import Draw, SendError
from handlers.channels.sms import SmsChannel
from handlers.channels.twilio import Logged
from locales.voice import Voice
from tests.handlers.channels import samples
from tests.handlers.channels.samples import NOW, SETTINGS

TWO_WAY, LETTERS = SETTINGS["TWILIO_SMS_FROM"], "SocialDir"
CAMILLE, GUYANE = "+33639980011", "+594694000011"
PAGE = "https://chat.example.org/a/a1"
REMINDER = Reply((t("reminder.early", start=NOW), t("reminder.answer", until=NOW)))
QUESTION = Reply((t("missed.ask"),), (Option("yes", t("move.yes")),), None, "k3m7q2wz5a")
NO_FIT = SendError("21612", "refused")


@dataclass
class Twilio:
    """What it is asked, and how it refuses what goes out by the number."""

    trouble: SendError | None = None
    asked: list[Mapping[str, Any]] = field(default_factory=list)
    logged: Sequence[Logged] = ()

    async def send(self, fields: Mapping[str, Any]) -> str:
        self.asked.append(fields)
        if self.trouble and fields.get("from_") != LETTERS:
            raise self.trouble
        return "SM" + "1" * 32

    async def outgoing(self, *, to: str, since: datetime) -> Sequence[Logged]:
        return self.logged

    async def state(self, sid: str) -> tuple[str, str]:
        raise AssertionError(sid)

    async def account_status(self) -> str:
        return "active"


def channel(client: Twilio, notice_sender: str | None = LETTERS) -> SmsChannel:
    return samples.sms(client=client, notice_sender=notice_sender)


def draw(**changed: Any) -> Draw:
    about = Link("appointment", "a1")
    shown = {"say": Voice("fr"), "url": lambda _: PAGE, "lang": "fr", "about": about, "desk": "01 99 00 00 09"}
    return Draw(**{**shown, **changed})


async def sent(
    reply: Reply, to: str = CAMILLE, *, trouble: SendError | None = None, **changed: Any
) -> list[tuple[str, str]]:
    """Sender and text of each try."""
    client = Twilio(trouble)
    ours = channel(client)
    await ours.send(ours.render(reply, draw(**changed)), to, "01J")
    return [(each["from_"], each["body"]) for each in client.asked]


async def test_whom_the_number_reaches_is_written_to_by_it() -> None:
    [(sender, text)] = await sent(REMINDER, heard=False)
    assert sender == TWO_WAY
    assert "Répondez OUI" in text


async def test_a_notice_that_the_number_cannot_carry_goes_by_letters_with_another_way() -> None:
    [_, (sender, text)] = await sent(REMINDER, trouble=NO_FIT)
    assert sender == LETTERS
    assert text == f"Rappel : votre rendez-vous est jeudi 14 mai à 9 h 15.\n{SEE}\n{PAGE}"


SEE = "On ne peut pas répondre à ce SMS. Tout est ici :"


async def test_where_nobody_can_answer_a_notice_goes_by_letters_at_once() -> None:
    [(sender, text)] = await sent(REMINDER, GUYANE, heard=False)
    assert (sender, text.splitlines()[-1]) == (LETTERS, PAGE)


async def test_who_has_written_from_there_can_be_answered_there() -> None:
    [(sender, text)] = await sent(REMINDER, GUYANE, heard=True)
    assert sender == TWO_WAY
    assert "Répondez OUI" in text


async def test_without_a_page_the_desk_is_the_way() -> None:
    said = Reply((t("notice.cancelled_for_you", start=NOW),))
    [_, (_, text)] = await sent(said, trouble=NO_FIT, about=None)
    assert text == (
        "Votre rendez-vous du jeudi 14 mai à 9 h 15 ne peut pas avoir lieu, pardon.\n"
        "On ne peut pas répondre à ce SMS. Appelez le 01 99 00 00 09."
    )


@pytest.mark.parametrize("msgid", ["soon.video", "soon.in_person"])
async def test_nothing_asks_to_be_written_to(msgid: str) -> None:
    args = {"worker": "Claire", "start": NOW, "address": "1 place de la Mairie"}
    reply = Reply((t(msgid, **args),), link=Link("appointment", "a1"))  # type: ignore[arg-type]
    [_, (_, text)] = await sent(reply, trouble=NO_FIT)
    assert "crivez" not in text
    assert text.endswith(PAGE)


@pytest.mark.parametrize(
    ("reply", "changed"),
    [
        (QUESTION, {}),
        (Reply((t("phone.ask_button"),), contact=True, prompt="k3m7q2wz5a"), {}),
        (Reply((t("name.ask"),), prompt="p"), {}),
        (REMINDER, {"about": None, "desk": None}),
    ],
    ids=["a question", "a number asked for", "a question without choices", "no other way"],
)
async def test_what_would_lead_nowhere_is_refused(reply: Reply, changed: dict[str, Any]) -> None:
    for to, trouble in ((CAMILLE, NO_FIT), (GUYANE, NO_FIT)):
        with pytest.raises(SendError) as caught:
            await sent(reply, to, trouble=trouble, heard=False, **changed)
        assert caught.value.code == "21612"


@pytest.mark.parametrize("code", ["21610", "21408", "20429", "20003", "30007"])
async def test_another_refusal_is_no_matter_of_the_sender(code: str) -> None:
    with pytest.raises(SendError) as caught:
        await sent(REMINDER, trouble=SendError(code, "refused"))
    assert caught.value.code == code


async def test_letters_are_never_tried_where_there_are_none() -> None:
    client = Twilio(NO_FIT)
    ours = channel(client, notice_sender=None)
    payload = ours.render(REMINDER, draw())
    assert payload.fields == {"body": payload.text}
    with pytest.raises(SendError):
        await ours.send(payload, GUYANE, "01J")
    assert len(client.asked) == 1


async def test_letters_take_the_place_of_a_messaging_service_too() -> None:
    client = Twilio(NO_FIT)
    ours = samples.sms(client=client, notice_sender=LETTERS, messaging_service_sid="MG" + "1" * 32)
    await ours.send(ours.render(REMINDER, draw(expires_at=NOW + timedelta(hours=1))), CAMILLE, "01J")
    first, second = client.asked
    assert (first["messaging_service_sid"], second["from_"]) == ("MG" + "1" * 32, LETTERS)
    assert "messaging_service_sid" not in second
    assert first["validity_period"] == second["validity_period"] == 3600


async def test_either_text_is_known_again_in_the_log() -> None:
    client = Twilio()
    ours = channel(client)
    payload = ours.render(REMINDER, draw())
    texts = (payload.text, payload.fields["one_way"], "another")
    client.logged = [Logged(f"SM{n}", TWO_WAY, CAMILLE, text, 0, False) for n, text in enumerate(texts)]
    assert await ours.sent(payload, CAMILLE, NOW) == ["SM0", "SM1"]
