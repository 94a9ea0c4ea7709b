"""WhatsApp through Twilio: what people send there; within the 24 hours of their last message buttons, lists or numbered
text, afterwards templates.

    Body=Confirmer  ButtonText=Confirmer  ButtonPayload=k3m7q2wz5a:1     a button of ours
    Body=attestation.pdf  NumMedia=1  MessageType=document               the body is the file's name
    Body=  Latitude=48.8566  Longitude=2.3522                            a place

https://www.twilio.com/docs/whatsapp/api#whatsapp-specific-parameters. MessageType, ListId and ListTitle are in no page
of Twilio's: they are used where they are present, and never needed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from conversations.model import FileRef, Input, Press, Reply
from handlers.channels import drawing, reading, twilio, whatsapp_content, whatsapp_setup, whatsapp_templates
from handlers.channels.base import ChannelName, Draw, Finding, Payload, Receipt, SendError, Signal, Undecodable
from handlers.channels.outcomes import TWILIO
from handlers.channels.sms import Sender
from handlers.channels.whatsapp_content import Drawn
from handlers.channels.whatsapp_shelf import Shelf

# Under which names a button's or an item's id may stand in the JSON fields. ProfileName stands beside them: anybody's.
ID_KEYS: Final = frozenset({"ListId", "ButtonPayload", "id"})
# Of a content: it is not there, or WhatsApp does not take it (any more).
UNUSABLE: Final = frozenset({"20404", "21655", "63027", "63041", "63042"})
# Not as a sticker, which has this type too, by `MessageType`.
SENT_AS_SUCH: Final = frozenset({"document", "image"})


@dataclass(frozen=True, slots=True)
class WhatsAppChannel:
    """`sender`: our number, without its prefix."""

    client: Sender
    public_url: str
    sender: str
    shelf: Shelf | None = None  # without one, all goes as numbered text
    languages: tuple[str, ...] = ()  # those that contents are made in
    name: ChannelName = "whatsapp"

    def decode(self, raw: bytes) -> Input | Signal:
        fields = twilio.message(raw)
        files = _files(fields)
        # A document's body is its name; every other one's is what was written, or the title of what was tapped.
        text = "" if files and files[0].name else fields.get("Body") or fields.get("ButtonText", "")
        return Input(text, press=_press(fields), files=files, replied=_replied(fields))

    def render(self, reply: Reply, draw: Draw) -> Payload:
        """`body`: free text, within the 24 hours alone. Outside them Twilio takes it, and WhatsApp refuses it a moment
        later (63016): then a template, or nothing.
        """
        if not draw.window_open:
            drawn = whatsapp_templates.drawn(reply, draw)
            return Payload(drawn.shown, {"content": drawn}) if drawn else Payload(drawing.numbered(reply, draw), {})
        text = drawing.numbered(reply, draw)
        shown = None if draw.plain else whatsapp_content.interactive(reply, draw)
        return Payload(text, {"body": text, **({"content": shown} if shown else {})})

    async def send(self, payload: Payload, address: str, outbox_id: str) -> str:
        """By its content where that lies at Twilio, else as text; raises SendError where neither may be. Who hides the
        number has no SMS, so while we do not know what lies there, a template for them waits.
        """
        fields = {
            "to": twilio.WHATSAPP + address,
            "from_": twilio.WHATSAPP + self.sender,
            "status_callback": twilio.callback(self.public_url, outbox_id),
        }
        drawn: Drawn | None = payload.fields.get("content")
        sid = await self.shelf.sid(drawn.name, approved=drawn.approved) if drawn and self.shelf else None
        if drawn is not None and sid is not None:
            return await self._by_content(drawn, fields, sid, outbox_id)
        if "body" not in payload.fields:
            if drawn is not None and self.shelf and not self.shelf.known and not address.startswith("+"):
                raise SendError("not_looked_up", "retry")
            raise TWILIO["63016"].error("63016")
        return await self.client.send({**fields, "body": twilio.sendable(payload.fields["body"])})

    async def _by_content(self, drawn: Drawn, fields: Mapping[str, Any], sid: str, outbox_id: str) -> str:
        """No body beside it (63030)."""
        values = {"content_sid": sid, "content_variables": drawn.filled(outbox_id)}
        try:
            return await self.client.send({**fields, **values})
        except SendError as error:
            if error.code in UNUSABLE and self.shelf is not None:
                self.shelf.forget(drawn.name)
            raise

    async def sent(self, payload: Payload, address: str, since: datetime) -> Sequence[str]:
        """As text or as content: whichever it was, the log has its words."""
        drawn: Drawn | None = payload.fields.get("content")
        bodies = {payload.text, drawn.shown if drawn else payload.text}
        log = await self.client.outgoing(to=twilio.WHATSAPP + address, since=since)
        return [one.sid for one in log if any(twilio.same(one.body, body) for body in bodies)]

    async def state(self, outbox_id: str, provider_id: str) -> Receipt:
        return twilio.state(outbox_id, provider_id, *await self.client.state(provider_id))

    async def check(self) -> Sequence[Finding]:
        try:
            status: str | SendError = await self.client.account_status()
        except SendError as error:
            status = error
        contents = await whatsapp_setup.findings(self.shelf.api, self.languages) if self.shelf else []
        return [twilio.account_finding("whatsapp", status), *contents]


def _replied(fields: Mapping[str, str]) -> str:
    """The message of ours that they quote, or whose button they tapped; Twilio tells it for seven days."""
    sid = fields.get("OriginalRepliedMessageSid", "")
    return sid if twilio.MESSAGE_SID.fullmatch(sid) else ""


def _files(fields: Mapping[str, str]) -> tuple[FileRef, ...]:
    kind = fields.get("MessageType", "")
    if "Latitude" in fields or kind == "location":
        return (FileRef("location"),)
    if found := twilio.files(fields, lambda content_type: _file(fields, kind, content_type)):
        return found
    return (FileRef("other"),) if kind == "unsupported" else ()


def _file(fields: Mapping[str, str], kind: str, content_type: str) -> FileRef:
    if kind == "sticker" or (content_type == "image/webp" and kind not in SENT_AS_SUCH):
        return FileRef("sticker")
    drawn = twilio.media_kind(content_type)
    if kind == "document" or drawn == "document":
        return FileRef("document", name=fields.get("Body", ""))
    return FileRef(drawn)


def _press(fields: Mapping[str, str]) -> Press | None:
    """The button or list item, by the first id that is ours. Without one, its title is an answer like a typed one."""
    plain = (fields.get("ListId", ""), fields.get("ButtonPayload", ""))
    return next((found for data in (*plain, *_ids(fields)) if (found := reading.press(data))), None)


def _ids(fields: Mapping[str, str]) -> Iterator[str]:
    for name in ("InteractiveData", "ChannelMetadata"):
        try:
            found = reading.tree(fields.get(name, ""))
        except Undecodable:
            continue
        yield from _under(found)


def _under(found: Any) -> Iterator[str]:
    if isinstance(found, dict):
        for name, value in found.items():
            if isinstance(value, str):
                if name in ID_KEYS:
                    yield value
            else:
                yield from _under(value)
    elif isinstance(found, list):
        for value in found:
            yield from _under(value)
