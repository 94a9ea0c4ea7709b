"""The terminal as a phone: `socialdirect chat`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from conversations.model import Input, Reply
from handlers.channels import drawing, reading
from handlers.channels.base import ChannelName, Draw, Finding, Payload, Signal


@dataclass(frozen=True, slots=True)
class TerminalChannel:
    """`show` is given each message, whole."""

    show: Callable[[str], None]
    name: ChannelName = "terminal"

    def decode(self, raw: bytes) -> Input | Signal:
        return Input(reading.clean(raw.decode("utf-8", "replace")))

    def render(self, reply: Reply, draw: Draw) -> Payload:
        text = drawing.numbered(reply, draw)
        return Payload(text, {"text": text})

    async def send(self, payload: Payload, address: str, outbox_id: str) -> str:  # noqa: ARG002
        self.show(payload.fields["text"])
        return outbox_id

    async def sent(self, payload: Payload, address: str, since: datetime) -> Sequence[str]:  # noqa: ARG002
        return []

    async def check(self) -> Sequence[Finding]:
        return [Finding("terminal", True, "Always there.")]
