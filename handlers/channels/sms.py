"""SMS through Twilio: numbered text in as few segments as the language bears; opt-outs that Twilio answers itself.

Two senders. The one that people write to; and, where that one does not reach or cannot be answered, a name of letters
for notices, which tell another way to answer. A question never goes by it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, Protocol

from booking import phones
from conversations.model import FileRef, Input, Reply
from conversations.text import t
from handlers.channels import concise, drawing, gsm7, reading, twilio
from handlers.channels.base import ChannelName, Draw, Finding, Payload, Receipt, SendError, Signal
from handlers.channels.outcomes import of_line

# https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out: the whole message, any case. Twilio blocks the pair,
# answers, and calls us all the same. Its START, YES and HELP are left to the talk: they are words of ours, too.
STOPPED: Final = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "REVOKE", "OPTOUT"})
# Default words too, and everyday English: with Advanced Opt-Out they are taken off the list and are answers to us.
STOPPED_BY_DEFAULT: Final = STOPPED | {"CANCEL", "END", "QUIT"}
RESTART: Final = "START"  # lifts Twilio's own block, with its words or with ours: no other word does in both cases
ANSWERED: Final[dict[str, Signal]] = {"STOP": "opted_out", "START": "opted_in", "HELP": "ignored"}

NO_WAY: Final = frozenset(
    {"21612"}
)  # this sender and that number do not fit (https://www.twilio.com/docs/errors/21612)

LONGEST_VALIDITY: Final = 36_000  # seconds; Twilio's own limit and default


class Sender(Protocol):
    """What the channels need of `TwilioClient`."""

    async def send(self, fields: Mapping[str, Any]) -> str: ...
    async def outgoing(self, *, to: str, since: datetime) -> Sequence[twilio.Logged]: ...
    async def state(self, sid: str) -> tuple[str, str]: ...
    async def account_status(self) -> str: ...


@dataclass(frozen=True, slots=True)
class SmsChannel:
    """`sender` is a number of ours; with `messaging_service_sid` the service picks one of its own. `notice_sender`:
    one-way, letters.
    """

    client: Sender
    public_url: str
    clock: Callable[[], datetime]
    sender: str | None = None
    messaging_service_sid: str | None = None
    notice_sender: str | None = None
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
        text = concise.fitting(reply, lambda each: gsm7.fold(drawing.numbered(each, draw), draw.lang))
        fields: dict[str, Any] = {"body": text}
        if draw.expires_at:
            fields["expires_at"] = draw.expires_at
        if self.notice_sender and not (reply.prompt or reply.options or reply.contact):
            fields |= {"one_way": _one_way(reply, draw), "heard": draw.heard}
        return Payload(text, fields, gsm7.size(text).segments)

    async def send(self, payload: Payload, address: str, outbox_id: str) -> str:
        """By the sender that can be answered. What it cannot carry to this number was not processed, so that a notice
        goes by the other one is no second try.
        """
        fields: dict[str, Any] = {
            "to": address,
            "body": twilio.sendable(payload.fields["body"]),
            "status_callback": twilio.callback(self.public_url, outbox_id),
        }
        if expires_at := payload.fields.get("expires_at"):
            fields["validity_period"] = self._seconds_until(expires_at)
        notice = {"from_": self.notice_sender, "body": payload.fields.get("one_way")}
        if notice["body"] and phones.one_way(address) and not payload.fields["heard"]:
            return await self.client.send({**fields, **notice})
        two_way = {**fields, **self._from()}
        try:
            return await self.client.send(two_way)
        except SendError as error:
            if error.code not in NO_WAY or not notice["body"]:
                raise
        return await self.client.send({**fields, **notice})

    async def sent(self, payload: Payload, address: str, since: datetime) -> Sequence[str]:
        log = await self.client.outgoing(to=address, since=since)
        bodies = [body for body in (payload.text, payload.fields.get("one_way")) if body]
        return [one.sid for one in log if any(twilio.same(one.body, body) for body in bodies)]

    async def state(self, outbox_id: str, provider_id: str) -> Receipt:
        return twilio.state(outbox_id, provider_id, *await self.client.state(provider_id))

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


def _one_way(reply: Reply, draw: Draw) -> str | None:
    """The notice for whoever cannot answer it: nothing that asks for a word, and a page or a number instead. None where
    there is neither.
    """
    link = reply.link or draw.about
    said = [t(UNANSWERED.get(text.msgid, text.msgid), **text.args) for text in reply.texts]
    lines = [draw.say(text) for text in said if text.msgid not in drawing.ANSWERED_BY_WORDS]
    if link is not None:
        lines += [draw.say(t("one_way.page")), draw.url(link)]
    elif draw.desk is not None:
        lines.append(draw.say(t("one_way.desk", phone=draw.desk)))
    else:
        return None
    return gsm7.fold("\n".join(lines), draw.lang)


# The same without "answer …" or "write it here".
UNANSWERED: Final[Mapping[str, str]] = {
    "notice.cancelled_for_you": t("one_way.cancelled_for_you").msgid,
    "notice.cancelled_as_asked": t("one_way.cancelled_as_asked").msgid,
    "message.notice": t("one_way.message").msgid,
    "soon.video": t("one_way.soon_video").msgid,
    "soon.in_person": t("one_way.soon_in_person").msgid,
}
