"""What SMS and WhatsApp share: who calls, which message it is about, and what came of one of ours.

    MessageSid=SM…&AccountSid=AC…&From=whatsapp%3A%2B33639980011&To=whatsapp%3A%2B33199000002&Body=Bonjour&NumMedia=0
    MessageSid=SM…&AccountSid=AC…&MessageStatus=delivered&From=%2B33199000001&To=%2B33639980011   (to …/status?m=our id)

https://www.twilio.com/docs/messaging/guides/webhook-request and …/guides/track-outbound-message-status. Both pages say
that fields come and go without notice: unknown ones are left alone, and the ones that are used must have their shape,
since the signature does not bind where one field ends and the next begins.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Final, Literal
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from conversations.model import FileRef
from handlers.channels import gsm7, reading, twilio_signature
from handlers.channels.base import BadOrigin, Envelope, Finding, Receipt, Request, SendError, Status, Undecodable
from handlers.channels.outcomes import TWILIO, of_line

MESSAGE_SID: Final = re.compile(r"(?:SM|MM)[0-9a-fA-F]{32}")
ACCOUNT_SID: Final = re.compile(r"AC[0-9a-fA-F]{32}")
OUTBOX_ID: Final = re.compile(r"[0-9A-Za-z_-]{1,64}")
COUNT: Final = re.compile(r"[0-9]{1,4}")
ERROR_CODE: Final = re.compile(r"[0-9]{1,6}")
MEDIA: Final = re.compile(r"/Messages/((?:SM|MM)[0-9a-fA-F]{32})/Media/(ME[0-9a-fA-F]{32})")
# A WhatsApp user who hides the number: the country, then an id of the business's own (FR.123, FR.ENT.123).
USER_ID: Final = re.compile(r"[A-Z]{2}\.(?:ENT\.)?[0-9A-Za-z]{1,128}")
WHATSAPP: Final = "whatsapp:"
LONGEST: Final = 1600  # characters of a Body; more is error 21617
MOST_MEDIA: Final = 10
TRIAL: Final = "Sent from your Twilio trial account - "

STATUSES: Final[dict[str, Status]] = {
    **dict.fromkeys(("accepted", "scheduled", "queued", "sending"), "accepted"),
    **dict.fromkeys(("sent", "partially_delivered"), "sent"),
    "delivered": "delivered",
    "read": "read",
    **dict.fromkeys(("undelivered", "failed", "canceled"), "failed"),
}

SHAPES: Final[dict[str, Callable[[str], object]]] = {
    "MessageSid": MESSAGE_SID.fullmatch,
    "AccountSid": ACCOUNT_SID.fullmatch,
    "From": re.compile(r"\S(?:.{0,158}\S)?").fullmatch,  # letters may have spaces between them
    "To": re.compile(r"(?:whatsapp:)?\+[1-9][0-9]{6,14}|[0-9]{3,8}").fullmatch,  # or our short code
    "Body": lambda _: True,
    "NumMedia": lambda count: COUNT.fullmatch(count) and int(count) <= MOST_MEDIA,
}
STATUS_SHAPES: Final[dict[str, Callable[[str], object]]] = {
    "MessageSid": MESSAGE_SID.fullmatch,
    "AccountSid": ACCOUNT_SID.fullmatch,
    "MessageStatus": STATUSES.__contains__,
}


@dataclass(frozen=True, slots=True)
class Logged:
    """A message in Twilio's own log, in either direction."""

    sid: str
    sender: str
    to: str
    body: str
    media: int
    inbound: bool
    sent: datetime | None = None
    files: Sequence[tuple[str, str]] = ()  # id and content type of each, where they were asked for


class TwilioProvider:
    """`tokens`: the account's, then those accepted besides (rotation, a region's own, a shared key)."""

    def __init__(
        self,
        account_sid: str,
        tokens: Sequence[str],
        *,
        sms_from: str | None = None,
        messaging_service_sid: str | None = None,
        whatsapp_from: str | None = None,
    ) -> None:
        self._account_sid = account_sid
        self._tokens = tuple(filter(None, tokens))  # anybody could sign with an empty one
        self._ours = {sms_from, whatsapp_from and WHATSAPP + whatsapp_from} - {None}
        self._service = messaging_service_sid

    def verify(self, request: Request) -> None:
        if not twilio_signature.genuine(request, self._tokens):
            raise BadOrigin
        try:
            fields = reading.form(request.body)
        except Undecodable:  # a JSON body that is rightly signed: split parks it
            return
        # Only what has the shape of another's account or number is foreign; what has no shape is parked.
        if any(sid != self._account_sid for name, sid in fields if name == "AccountSid" and ACCOUNT_SID.fullmatch(sid)):
            raise BadOrigin
        names = {name for name, _ in fields}
        if names.isdisjoint({"MessageStatus", "CallSid"}) and not self._to_us(fields):
            raise BadOrigin

    def split(self, request: Request, now: datetime) -> Sequence[Envelope | Receipt]:  # noqa: ARG002 - Twilio tells no time
        try:
            fields = reading.form(request.body)
        except Undecodable as why:
            return [_parked(request, {}, str(why))]
        once = dict(fields)
        if "CallSid" in once:
            return []  # the steps of a call are answered where calls are
        if len(once) != len(fields):
            return [_parked(request, once, "a name comes twice")]
        if "MessageStatus" in once:
            return [_misshapen(request, once, STATUS_SHAPES) or _receipt(request, once)]
        return [_misshapen(request, once, SHAPES) or _envelope(request, once)]

    def missed(self, one: Logged, now: datetime) -> Envelope | None:
        """What a person sent while our webhook was away, as it would have told us; None for what is no message to us.

        With the instant at which it was sent: WhatsApp's 24 hours began then, however late we read it."""
        fields = {"MessageSid": one.sid, "AccountSid": self._account_sid, "From": one.sender, "To": one.to}
        fields |= {"Body": one.body, "NumMedia": str(one.media)}
        for number, (sid, kind) in enumerate(one.files[:MOST_MEDIA]):
            fields[f"MediaUrl{number}"] = f"/Messages/{one.sid}/Media/{sid}"
            fields[f"MediaContentType{number}"] = kind
        envelopes = self.split(Request("POST", "", {}, urlencode(fields).encode()), now) if one.inbound else []
        found = next((one for one in envelopes if isinstance(one, Envelope)), None)
        return replace(found, sent_at=one.sent) if found else None

    def _to_us(self, fields: Sequence[tuple[str, str]]) -> bool:
        if self._service and ("MessagingServiceSid", self._service) in fields:
            return True  # one of the numbers in our service's pool
        shaped = [value for name, value in fields if name == "To" and SHAPES["To"](value)]
        return all(value in self._ours for value in shaped)


def files(fields: Mapping[str, str], kind: Callable[[str], FileRef]) -> tuple[FileRef, ...]:
    """The media of a message. `kind` draws one by its content type; its id is made of the ids in its address.

    The address itself is never kept: who fetches a file rebuilds it from the ids, so nobody can lead us elsewhere. One
    that names another message has none.
    """
    found = []
    for number in range(min(int(fields.get("NumMedia") or 0), MOST_MEDIA)):
        ids = MEDIA.search(fields.get(f"MediaUrl{number}", ""))
        drawn = kind(fields.get(f"MediaContentType{number}", ""))
        ours = ids is not None and ids[1] == fields.get("MessageSid")
        found.append(FileRef(drawn.kind, f"{ids[1]}/{ids[2]}" if ids and ours else "", drawn.name))
    return tuple(found)


def media_kind(content_type: str) -> Literal["image", "video", "voice", "contact", "document", "other"]:
    kinds: dict[str, Literal["image", "video", "voice"]] = {"image": "image", "video": "video", "audio": "voice"}
    if content_type.lower().startswith(("text/vcard", "text/x-vcard")):
        return "contact"
    # The log of messages tells how many media there were, not what.
    return kinds.get(content_type.partition("/")[0].lower(), "document") if content_type else "other"


def message(raw: bytes) -> dict[str, str]:
    """The fields of an envelope's bytes. `split` has seen that they have their shape; an older row may not."""
    fields = dict(reading.form(raw))
    for name in ("From", "To", "NumMedia"):
        if not SHAPES[name](fields.get(name, "")):
            raise Undecodable(f"{name} has not its shape")
    return {name: reading.clean(value) for name, value in fields.items()}


def callback(public_url: str, outbox_id: str) -> str:
    """Where the states of a message are told. Its query is signed, so the id that comes back is one that we gave."""
    return f"{public_url.partition('#')[0].rstrip('/')}/webhooks/twilio/status?m={quote(outbox_id, safe='')}"


def sendable(body: str) -> str:
    """Refuses what Twilio would, before it costs a call. Nothing is cut to fit: half a text can lie."""
    if not body:
        raise of_line("empty")
    if len(body) > LONGEST:
        raise TWILIO["21617"].error("21617")
    return body


def same(logged: str, ours: str) -> bool:
    """Whether a body in Twilio's log is a text of ours. Its Smart Encoding puts plain signs in the place of others,
    blank ends are cut, and a trial account writes a sentence before it.

    Read, not tried: https://www.twilio.com/docs/messaging/services/smart-encoding-char-list.
    """
    return _bare(logged.removeprefix(TRIAL)) == _bare(ours)


def _bare(text: str) -> str:
    """Letters and plain signs alone."""
    apart = unicodedata.normalize("NFKD", "".join(gsm7.SIGNS.get(char, char) for char in text))
    return "".join(char for char in apart if not char.isspace() and not unicodedata.combining(char))


def account_finding(about: str, status: str | SendError) -> Finding:
    if isinstance(status, SendError):
        return Finding(
            about, False, f"Twilio does not answer as it should ({status.code}); check the account and its keys."
        )
    if status != "active":
        return Finding(
            about, False, f"The account is {status}: Twilio's console says why, and nothing is sent meanwhile."
        )
    return Finding(about, True, "The account is active.")


def _misshapen(
    request: Request, fields: Mapping[str, str], shapes: Mapping[str, Callable[[str], object]]
) -> Envelope | None:
    for name, shape in shapes.items():
        if name not in fields:
            return _parked(request, fields, f"{name} is missing")
        if not shape(fields[name]):
            return _parked(request, fields, f"{name} has not its shape")
    return None


def _parked(request: Request, fields: Mapping[str, str], why: str) -> Envelope:
    channel: Literal["sms", "whatsapp"] = "whatsapp" if fields.get("To", "").startswith(WHATSAPP) else "sms"
    return Envelope(channel, "", sha256(request.body).hexdigest(), None, request.body, parked=why)


def _envelope(request: Request, fields: Mapping[str, str]) -> Envelope:
    sender, sid = fields["From"], fields["MessageSid"]
    if not fields["To"].startswith(WHATSAPP) and not sender.startswith(WHATSAPP):
        return Envelope("sms", sender, sid, None, request.body)
    address = sender.removeprefix(WHATSAPP)
    if not reading.E164.fullmatch(address) and not USER_ID.fullmatch(address):
        return _parked(request, fields, "From has not its shape")
    alias = fields.get("ExternalUserId", "").removeprefix(WHATSAPP)
    known = USER_ID.fullmatch(alias) and alias != address
    return Envelope("whatsapp", address, sid, None, request.body, alias=alias if known else None)


def _receipt(request: Request, fields: Mapping[str, str]) -> Receipt:
    ids = parse_qs(urlsplit(request.url).query, max_num_fields=reading.MOST_FIELDS).get("m", [])
    ours = ids[0] if len(ids) == 1 and OUTBOX_ID.fullmatch(ids[0]) else None
    return state(ours, fields["MessageSid"], fields["MessageStatus"], fields.get("ErrorCode", ""))


def state(outbox_id: str | None, sid: str, status: str, error: str) -> Receipt:
    """By Twilio's own words, told or asked for. One that it did not have when this was written says nothing new."""
    ours = STATUSES.get(status, "accepted")
    if ours == "failed" and not ERROR_CODE.fullmatch(error):
        error = status
    return Receipt(outbox_id, sid, ours, error if ours == "failed" else None)
