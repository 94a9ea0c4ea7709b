"""What is known of the day afterwards: rows, what was typed, what providers did and showed, what they told us."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.standins.ledger import Bubble, Call
from bot.standins.twilio_messages import Message
from handlers.channels.base import Payload
from handlers.channels.telegram import TelegramChannel


@dataclass(frozen=True, slots=True)
class Typed:
    """A message of a person. `id`: Twilio's sid, Telegram's update. `off`: while our server was."""

    address: str
    id: str
    off: bool


@dataclass(frozen=True, slots=True)
class Tried:
    """A call of ours to Telegram, which cannot be told by whose row it was."""

    outbox: str
    chat: str
    text: str


@dataclass(frozen=True, slots=True)
class State:
    """A delivery state that our webhook took. `late`: since it was reached; None: before our call was answered."""

    outbox: str
    sid: str
    status: str
    late: timedelta | None


@dataclass(frozen=True)
class Recorded(TelegramChannel):
    """The real channel, with a note of what it was asked to send."""

    tried: list[Tried] = field(default_factory=list)

    async def send(self, payload: Payload, address: str, outbox_id: str) -> str:
        self.tried.append(Tried(outbox_id, address, payload.text))
        return await super().send(payload, address, outbox_id)


@dataclass(frozen=True, slots=True)
class Case:
    """All of it. `outbox`, `inbox`: rows; `alarms`: their fields; `messages`: Twilio's log."""

    began: datetime
    outbox: Sequence[Mapping[str, Any]]
    inbox: Sequence[Mapping[str, Any]]
    typed: Sequence[Typed]
    messages: Sequence[Message]
    calls: Sequence[Call]
    bubbles: Sequence[Bubble]
    tried: Sequence[Tried]
    states: Sequence[State]
    states_lost: int
    alarms: Sequence[Mapping[str, Any]]
    unsound: Sequence[str]
