"""What reaches the telephones, and when. The channels are the real ones, to the last line of their drawing; only the
wire behind them is ours: it keeps what was said, and loses, refuses or answers twice as often as real ones do.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from random import Random
from typing import Any, Final
from urllib.parse import urlencode

from conversations.model import Reply
from handlers.channels.base import Channel, Draw, Envelope, Payload, SendError
from handlers.channels.email import EmailChannel
from handlers.channels.sms import SmsChannel
from handlers.channels.telegram import TelegramChannel
from handlers.channels.twilio import Logged
from handlers.channels.whatsapp import WhatsAppChannel

PUBLIC_URL: Final = "https://chat.example.org"
OURS: Final = "+33199000001"
BUSY: Final = 0.004  # of all calls: 'too many requests', certainly not processed
LOST: Final = 0.003  # accepted, but their answer never came


class Died(BaseException):
    """The process is gone: nothing catches it, nothing after it runs."""


@dataclass(frozen=True, slots=True)
class Said:
    """One message on one screen. `reply` is what was meant, `text` what is read, options and all; `event`: the calendar
    file of a mail.
    """

    at: datetime
    channel: str
    address: str
    text: str
    reply: Reply
    outbox: str
    provider_id: str
    event: str = ""

    @property
    def msgids(self) -> tuple[str, ...]:
        return tuple(text.msgid for text in self.reply.texts)

    @property
    def args(self) -> Mapping[str, Any]:
        """Of all its sentences together."""
        return {name: value for text in reversed(self.reply.texts) for name, value in text.args.items()}


@dataclass
class Wire:
    """Every provider's other end. `dies` is asked around each call: a process may end there."""

    clock: Callable[[], datetime]
    seed: str
    dies: Callable[[str], bool] = lambda point: False
    calm: bool = False  # no troubles at all
    said: list[Said] = field(default_factory=list)
    chances: dict[str, Random] = field(default_factory=dict)
    troubles: dict[str, int] = field(default_factory=dict)

    def accept(self, channel: str, address: str, payload: Payload, reply: Reply, outbox: str) -> str:
        """Their id. Chance is each address's own, so that the same seed tells the same story in whatever order."""
        chance = self.chances.setdefault(address, Random(f"{self.seed}:{address}"))
        luck = 1.0 if self.calm else chance.random()
        if luck < BUSY:
            self._count("busy")
            raise SendError("20429", "retry")
        if self.dies("before the call"):
            raise Died
        provider_id = f"SM{len(self.said):032x}"
        labels = "".join(f"\n{n}. {label}" for n, label in enumerate(_buttons(payload), 1))
        event = payload.fields.get("calendar", "")
        self.said.append(Said(self.clock(), channel, address, payload.text + labels, reply, outbox, provider_id, event))
        if self.dies("after the call"):
            raise Died
        if luck < BUSY + LOST:
            self._count("answer lost")
            raise SendError("timeout", "unknown")
        return provider_id

    def _count(self, trouble: str) -> None:
        self.troubles[trouble] = self.troubles.get(trouble, 0) + 1

    def channels(self) -> dict[str, Channel]:
        """The real ones, on this wire."""
        nobody = Silence(self)
        return {
            "sms": Sms(nobody, PUBLIC_URL, self.clock, sender=OURS, wire=self),
            "whatsapp": WhatsApp(nobody, PUBLIC_URL, OURS, wire=self),
            "telegram": Telegram(nobody, PUBLIC_URL, wire=self),
            "email": Email(nobody, "bot@example.org", self.clock, wire=self),
        }


def _buttons(payload: Payload) -> Sequence[str]:
    """What stands on Telegram's buttons, unless they only count what the text lists."""
    keys = payload.fields.get("reply_markup", {}).get("inline_keyboard", [])
    labels = [button["text"] for row in keys for button in row]
    return [] if all(label.isdecimal() for label in labels) else labels


@dataclass(frozen=True)
class Silence:
    """What stands where a provider's client would: it knows its own log, and a bot's name."""

    wire: Wire

    async def send(self, *fields: Any) -> str:
        raise AssertionError("the wire is asked before")

    async def outgoing(self, *, to: str, since: datetime) -> Sequence[Logged]:
        address = to.removeprefix("whatsapp:")
        channel = "whatsapp" if to.startswith("whatsapp:") else "sms"
        whole = since.replace(microsecond=0)
        return [
            Logged(one.provider_id, OURS, to, one.text, 0, inbound=False)
            for one in reversed(self.wire.said)
            if (one.channel, one.address) == (channel, address) and one.at >= whole
        ]

    async def state(self, sid: str) -> tuple[str, str]:
        raise AssertionError(f"what became of {sid} is told, not asked")

    async def account_status(self) -> str:
        return "active"

    async def answer_press(self, callback_id: str) -> None: ...
    async def clear_keyboard(self, chat: int, message_id: int) -> None: ...
    async def leave(self, chat: int) -> None: ...

    async def username(self) -> str:
        return "SocialDirectBot"

    async def webhook(self) -> tuple[str, int, str]:
        return f"{PUBLIC_URL}/webhooks/telegram", 0, ""

    async def deliver(self, message: EmailMessage) -> None:
        raise AssertionError("the wire is asked before")

    async def greet(self) -> None: ...


class Recorded:
    """Draws as the real channel does, and hands over to the wire what that one would have sent."""

    wire: Wire
    name: Any

    def render(self, reply: Reply, draw: Draw) -> Payload:
        payload: Payload = super().render(reply, draw)  # type: ignore[misc]
        return Payload(payload.text, {**payload.fields, "reply": reply}, payload.segments)

    async def send(self, payload: Payload, address: str, outbox_id: str) -> str:
        return self.wire.accept(self.name, address, payload, payload.fields["reply"], outbox_id)


@dataclass(frozen=True)
class Sms(Recorded, SmsChannel):
    wire: Wire = field(kw_only=True)


@dataclass(frozen=True)
class WhatsApp(Recorded, WhatsAppChannel):
    wire: Wire = field(kw_only=True)


@dataclass(frozen=True)
class Telegram(Recorded, TelegramChannel):
    wire: Wire = field(kw_only=True)


@dataclass(frozen=True)
class Email(Recorded, EmailChannel):
    wire: Wire = field(kw_only=True)


# ------------------------------------------------------------ what is typed, as the providers put it


def typed(channel: str, address: str, text: str, number: int, at: datetime) -> Envelope:
    if channel == "telegram":
        return _update(address, number, at, {"text": text})
    prefix = "whatsapp:" if channel == "whatsapp" else ""
    fields = {"MessageSid": f"SM{number:032x}", "From": prefix + address, "To": prefix + OURS, "Body": text}
    raw = urlencode({**fields, "NumMedia": "0"}).encode()
    return Envelope(channel, address, f"SM{number:032x}", None, raw)  # type: ignore[arg-type]


def contact(address: str, phone: str, number: int, at: datetime) -> Envelope:
    """Telegram's contact button."""
    shared = {"phone_number": phone, "first_name": "C", "user_id": int(address)}
    return _update(address, number, at, {"contact": shared})


def press(address: str, data: str, number: int, at: datetime) -> Envelope:
    """A button of Telegram's."""
    sender = {"id": int(address), "is_bot": False, "first_name": "C"}
    chat = {"id": int(address), "type": "private"}
    message = {"message_id": 1, "date": int(at.timestamp()), "chat": chat}
    body = {"id": str(number), "from": sender, "message": message, "data": data}
    raw = json.dumps({"update_id": number, "callback_query": body}).encode()
    return Envelope("telegram", address, str(number), None, raw)


def _update(address: str, number: int, at: datetime, more: Mapping[str, Any]) -> Envelope:
    sender = {"id": int(address), "is_bot": False, "first_name": "C"}
    chat = {"id": int(address), "type": "private"}
    message = {"message_id": number, "date": int(at.timestamp()), "chat": chat, "from": sender, **more}
    raw = json.dumps({"update_id": number, "message": message}).encode()
    return Envelope("telegram", address, str(number), None, raw)
