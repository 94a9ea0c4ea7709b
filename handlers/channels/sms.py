"""SMS through Twilio: numbered text in as few segments as the language bears; opt-outs that Twilio answers itself."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, Protocol

from conversations.model import FileRef, Input, Reply
from handlers.channels import drawing, gsm7, reading, twilio
from handlers.channels.base import ChannelName, Draw, Finding, Payload, SendError, Signal
from handlers.channels.outcomes import of_line

# https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out: the whole message, any case. Twilio blocks the pair,
# answers, and calls us all the same. Its START, YES and HELP are left to the talk: they are words of ours, too.
STOPPED: Final = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "REVOKE", "OPTOUT"})
# Default words too, and everyday English: with Advanced Opt-Out they are taken off the list and are answers to us.
STOPPED_BY_DEFAULT: Final = STOPPED | {"CANCEL", "END", "QUIT"}
ANSWERED: Final[dict[str, Signal]] = {"STOP": "opted_out", "START": "opted_in", "HELP": "ignored"}

LONGEST_VALIDITY: Final = 36_000  # seconds; Twilio's own limit and default


class Sender(Protocol):
    """What the channels need of `TwilioClient`."""

    async def send(self, fields: Mapping[str, Any]) -> str: ...
    async def outgoing(self, *, to: str, since: datetime) -> Sequence[twilio.Logged]: ...
    async def account_status(self) -> str: ...


@dataclass(frozen=True, slots=True)
class SmsChannel:
    """`sender` is a number of ours; with `messaging_service_sid` the service picks one of its own."""

    client: Sender
    public_url: str
    clock: Callable[[], datetime]
    sender: str | None = None
    messaging_service_sid: str | None = None
    opt_out: Literal["default", "advanced"] = "default"
    name: ChannelName = "sms"

    def decode(self, raw: bytes) -> Input | Signal:
        fields = twilio.message(raw)
        if not reading.E164.fullmatch(fields["From"]):
            return "unanswerable"
        if answered := ANSWERED.get(fields.get("OptOutType", "")):
            return answered
        body = fields.get("Body", "")
        if body.strip().upper() in (STOPPED_BY_DEFAULT if self.opt_out == "default" else STOPPED):
            return "opted_out"
        return Input(body, files=twilio.files(fields, lambda kind: FileRef(twilio.media_kind(kind))))

    def render(self, reply: Reply, draw: Draw) -> Payload:
        text = gsm7.fold(drawing.numbered(reply, draw), draw.lang)
        fields: dict[str, Any] = {"body": text}
        if draw.expires_at:
            fields["expires_at"] = draw.expires_at
        return Payload(text, fields, gsm7.size(text).segments)

    async def send(self, payload: Payload, address: str, outbox_id: str) -> str:
        fields: dict[str, Any] = {
            "to": address,
            "body": twilio.sendable(payload.fields["body"]),
            "status_callback": twilio.callback(self.public_url, outbox_id),
            **self._from(),
        }
        if expires_at := payload.fields.get("expires_at"):
            fields["validity_period"] = self._seconds_until(expires_at)
        return await self.client.send(fields)

    async def sent(self, payload: Payload, address: str, since: datetime) -> Sequence[str]:
        log = await self.client.outgoing(to=address, since=since)
        return [one.sid for one in log if twilio.same(one.body, payload.text)]

    async def check(self) -> Sequence[Finding]:
        try:
            status: str | SendError = await self.client.account_status()
        except SendError as error:
            status = error
        return [twilio.account_finding("sms", status)]

    def _from(self) -> dict[str, str]:
        if self.messaging_service_sid:
            return {"messaging_service_sid": self.messaging_service_sid}
        if self.sender:
            return {"from_": self.sender}
        raise of_line("no_sender")

    def _seconds_until(self, expires_at: datetime) -> int:
        """The operator gives up on a phone that is off when the message is of no more use."""
        left = int((expires_at - self.clock()).total_seconds())
        if left < 1:
            raise of_line("expired")
        return min(left, LONGEST_VALIDITY)
