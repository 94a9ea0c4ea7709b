"""What the providers send, as requests; and the providers and channels that they are judged by."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from handlers.channels.base import Request
from handlers.channels.sms import SmsChannel
from handlers.channels.telegram import TelegramChannel, TelegramProvider
from handlers.channels.twilio import TwilioProvider
from handlers.channels.whatsapp import WhatsAppChannel

DATA = Path(__file__).parent / "data"
TWILIO: dict[str, Any] = json.loads((DATA / "twilio/index.json").read_text("utf-8"))
TELEGRAM: dict[str, Any] = json.loads((DATA / "telegram/index.json").read_text("utf-8"))
SETTINGS: dict[str, str] = {**TWILIO["settings"], **TELEGRAM["settings"]}
NOW = datetime(2026, 5, 14, 7, 15, tzinfo=UTC)
PUBLIC_URL = SETTINGS["PUBLIC_URL"]


@dataclass(frozen=True)
class Sample:
    """One row of an index: a request of a provider's and what must come of it."""

    row: dict[str, Any]

    def __str__(self) -> str:
        return Path(self.row["file"]).name.split(".")[0]

    @property
    def request(self) -> Request:
        headers = {name.lower(): value for name, value in self.row["headers"].items()}
        return Request(self.row["method"], self.row["url"], headers, (DATA / self.row["file"]).read_bytes())

    @property
    def params(self) -> dict[str, str]:
        return dict(self.row["params"] or {})

    @property
    def expect(self) -> dict[str, Any]:
        found: dict[str, Any] = self.row.get("expect", {})
        return found


TWILIO_SAMPLES = [Sample(row) for row in TWILIO["requests"]]
TELEGRAM_SAMPLES = [Sample(row) for row in TELEGRAM["updates"]]


def twilio_provider() -> TwilioProvider:
    return TwilioProvider(
        SETTINGS["TWILIO_ACCOUNT_SID"],
        [SETTINGS["TWILIO_AUTH_TOKEN"]],
        sms_from=SETTINGS["TWILIO_SMS_FROM"],
        whatsapp_from=SETTINGS["TWILIO_WHATSAPP_FROM"],
    )


def telegram_provider() -> TelegramProvider:
    return TelegramProvider([SETTINGS["TELEGRAM_WEBHOOK_SECRET"]])


class Nobody:
    """A client of a channel that only reads and draws: calling it is a mistake of the test."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"{name} was called")


def sms(**changed: Any) -> SmsChannel:
    return SmsChannel(
        **{
            "client": Nobody(),
            "public_url": PUBLIC_URL,
            "clock": lambda: NOW,
            "sender": SETTINGS["TWILIO_SMS_FROM"],
            **changed,
        }
    )


def whatsapp(**changed: Any) -> WhatsAppChannel:
    return WhatsAppChannel(
        **{"client": Nobody(), "public_url": PUBLIC_URL, "sender": SETTINGS["TWILIO_WHATSAPP_FROM"], **changed}
    )


def telegram(**changed: Any) -> TelegramChannel:
    return TelegramChannel(**{"bot": Nobody(), "public_url": PUBLIC_URL, **changed})
