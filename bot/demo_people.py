"""Who holds the demo's phones, and the accounts that the stand-ins know. Numbers are of the range kept for fiction."""

from collections.abc import Mapping
from typing import Final

from bot.demo_hub import Screen
from bot.standins.telegram_chats import Person
from bot.standins.twilio_messages import Account
from handlers.web.demo import Phone

SMS_NUMBER: Final = "+33199000001"
WHATSAPP_NUMBER: Final = "+33199000002"
VOICE_NUMBER: Final = "+33199000003"
BOT_TOKEN: Final = "990000000000001:DEMO-STAND-IN"  # noqa: S105 - of no real bot
CAMILLE: Final = Person(id=710_000_011, first_name="Camille", language="fr", phone="+33639980013")
# Three phones rather than one: each talk begins with a stranger, so the channels can be compared.
CAMILLES_SMS: Final = "+33639980011"
CAMILLES_WHATSAPP: Final = "whatsapp:+33639980012"
OTHER_NUMBERS: Final = {"+33639980012": "06 39 98 00 12", "+33639980013": "06 39 98 00 13"}


def account(sid: str, auth_token: str, public_url: str) -> Account:
    """An account as `socialdirect channels setup` would set it up: a webhook that is tried again."""
    return Account(
        sid=sid,
        auth_token=auth_token,
        messages_url=f"{public_url}/webhooks/twilio/messages#rc=3&rp=5xx,ct,rt",
        sms_number=SMS_NUMBER,
        whatsapp_number=WHATSAPP_NUMBER,
        voice_number=VOICE_NUMBER,
    )


def telephones(workers: Mapping[str, str]) -> Mapping[str, tuple[str, str]]:
    """Number to the phone of the page that rings, and whose it is."""
    camilles = {
        CAMILLES_SMS: "sms",
        CAMILLES_WHATSAPP.removeprefix("whatsapp:"): "whatsapp",
        CAMILLE.phone: "telegram",
    }
    theirs = {number: (phone, "Camille") for number, phone in camilles.items()}
    return {**theirs, **{number: ("worker", name) for number, name in workers.items()}}


def screens(workers: Mapping[str, str], bot_name: str) -> list[Screen]:
    """`workers`: number to first name. Their texts all arrive on the fourth phone: whoever is booked, it is seen."""
    return [
        # A notice that comes after WhatsApp's window goes by SMS to the same number.
        Screen(Phone("sms", "SMS", "Camille", SMS_NUMBER), "twilio", {CAMILLES_SMS: "Camille"}, OTHER_NUMBERS),
        Screen(Phone("whatsapp", "WhatsApp", "Camille", WHATSAPP_NUMBER), "twilio", {CAMILLES_WHATSAPP: "Camille"}),
        Screen(Phone("telegram", "Telegram", "Camille", f"@{bot_name}"), "telegram", {str(CAMILLE.id): "Camille"}),
        Screen(Phone("worker", "SMS", "", SMS_NUMBER), "twilio", dict(workers)),
    ]
