"""The messages of the Twilio stand-in: what is accepted, what a message looks like, what a phone shows of it.

https://www.twilio.com/docs/messaging/api/message-resource and the error pages by number, /docs/api/errors/NNNNN.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any, Final, Literal

from bot.standins.ledger import Button
from bot.standins.twilio_content import Content
from handlers.channels import gsm7

Form = Mapping[str, list[str]]

API_VERSION: Final = "2010-04-01"
WINDOW: Final = timedelta(hours=24)  # https://www.twilio.com/docs/whatsapp/key-concepts, customer care window
BODY_LIMIT: Final = 1600

OUTSIDE_WINDOW: Final = (
    "Failed to send freeform message because you are outside the allowed window. "
    "If you are using WhatsApp, please use a Message Template."
)
ERRORS: Final[Mapping[int, tuple[int, str]]] = {
    20001: (400, "Bad request"),
    20003: (401, "Authenticate"),
    20403: (403, "Forbidden"),
    20404: (404, "The requested resource was not found"),
    20429: (429, "Too Many Requests"),
    20500: (500, "Internal Server Error"),
    21201: (400, "No 'To' number is specified"),
    21205: (400, "Url is not a valid URL"),
    21210: (400, "The source phone number provided is not yet verified for your account"),
    21211: (400, "Invalid 'To' Phone Number"),
    21212: (400, "Invalid 'From' Phone Number"),
    21213: (400, "'From' phone number is required"),
    21215: (400, "Account not authorized to call this number"),
    21408: (400, "Permission to send an SMS has not been enabled for the region indicated by the 'To' number"),
    21602: (400, "Message body is required"),
    21603: (400, "A 'From' phone number is required"),
    21604: (400, "A 'To' phone number is required"),
    21606: (400, "The 'From' phone number provided is not a valid message-capable Twilio phone number"),
    21610: (400, "Attempt to send to unsubscribed recipient"),
    21611: (400, "This 'From' number has exceeded the maximum number of queued messages"),
    21612: (400, "Message cannot be sent with the current combination of 'To' and/or 'From' parameters"),
    21614: (400, "'To' number is not a valid mobile number"),
    21617: (400, "The concatenated message body exceeds the 1600 character limit"),
    21655: (400, "The ContentSid is Invalid"),
    21656: (400, "The Content Variables parameter is invalid"),
    21671: (400, "Content Templates are not supported for messaging in this Twilio region"),
    35115: (400, "Scheduling does not support this timestamp"),
    63016: (400, OUTSIDE_WINDOW),
    63021: (400, "Channel invalid content error"),
    63041: (400, "Template paused"),
    63042: (400, "Template disabled"),
    63030: (400, "Unsupported parameter for type of channels message"),
}


def error_body(code: int, detail: str = "") -> tuple[int, dict[str, Any]]:
    status, message = ERRORS.get(code, (400, "RefusedError"))
    more = f"https://www.twilio.com/docs/errors/{code}"
    return status, {"code": code, "message": detail or message, "more_info": more, "status": status}


class RefusedError(Exception):
    """The API says no, with one of its codes."""

    def __init__(self, code: int) -> None:
        super().__init__(str(code))
        self.code = code


@dataclass(frozen=True)
class Account:
    """An account as its operator set it up: our senders, and where inbound messages go (fragment and all)."""

    sid: str
    auth_token: str
    messages_url: str
    api_key: str = ""
    api_secret: str = ""
    sms_number: str = ""
    service_sid: str = ""
    notice_sender: str = ""  # alphanumeric: nobody can answer it
    whatsapp_number: str = ""
    voice_number: str = ""  # caller of calls
    advanced_opt_out: bool = False

    def owns(self, sender: str) -> bool:
        return sender in {self.sms_number, self.notice_sender, f"whatsapp:{self.whatsapp_number}"} - {"", "whatsapp:"}


@dataclass(frozen=True)
class Message:
    """A row of the message log."""

    sid: str
    direction: Literal["inbound", "outbound-api", "outbound-reply"]
    sender: str
    to: str
    body: str
    status: str
    created: datetime
    updated: datetime
    service: str | None = None
    sent: datetime | None = None
    error: int | None = None
    media: int = 0
    callback: str = ""
    buttons: tuple[Button, ...] = ()
    template: bool = False  # approved, so it passes when the window is shut
    opens: str = ""  # the word that opens a list
    refused: int | None = None  # what WhatsApp will say to it

    @property
    def whatsapp(self) -> bool:
        return self.to.startswith("whatsapp:")

    def moved(self, status: str, now: datetime, error: int | None = None) -> "Message":
        sent = self.sent or (now if status in {"sent", "undelivered"} else None)
        return replace(self, status=status, updated=now, sent=sent, error=error)


def accepted(form: Form, account: Account, contents: Mapping[str, Content], sid: str, now: datetime) -> Message:
    """The message that a lawful CreateMessage makes, or RefusedError."""
    one = {name: values[-1] for name, values in form.items()}
    to, sender, service = one.get("To", ""), one.get("From", ""), one.get("MessagingServiceSid")
    if not to:
        raise RefusedError(21604)
    if not _address(to):
        raise RefusedError(21211)
    if not sender and not service:
        raise RefusedError(21603)
    if (service and service != account.service_sid) or (sender and not account.owns(sender)):
        raise RefusedError(21606)
    if sender and sender.startswith("whatsapp:") != to.startswith("whatsapp:"):
        raise RefusedError(21612)
    if "ScheduleType" in one or "SendAt" in one:
        raise RefusedError(35115)  # no time that is asked for is taken: our own timers decide when
    text, more = _content(one, form, contents)
    return Message(
        sid=sid,
        direction="outbound-api",
        sender=sender or account.sms_number,
        to=to,
        body=text,
        status="accepted" if service else "queued",
        created=now,
        updated=now,
        service=service,
        media=len(form.get("MediaUrl", [])),
        callback=one.get("StatusCallback", ""),
        **more,
    )


def _content(one: Mapping[str, str], form: Form, contents: Mapping[str, Content]) -> tuple[str, dict[str, Any]]:
    """The words, and what a content makes of the message besides."""
    if sid := one.get("ContentSid"):
        if "Body" in one or "MediaUrl" in form:
            raise RefusedError(63030)
        if sid not in contents:
            raise RefusedError(21655)
        content = contents[sid]
        values = _variables(one.get("ContentVariables", ""))
        if content.unlike_text(values):
            raise RefusedError(21656)
        more = {
            "buttons": content.buttons(values),
            "template": content.approved,
            "opens": content.opens,
            "refused": content.refused(values) if one["To"].startswith("whatsapp:") else None,
        }
        return content.text(values), more
    body = one.get("Body", "")
    if not body and "MediaUrl" not in form:
        raise RefusedError(21602)
    if len(body) > BODY_LIMIT:
        raise RefusedError(21617)
    return body, {}


def _variables(given: str) -> dict[str, str]:
    """ContentVariables is a JSON text: an object of strings."""
    if not given:
        return {}
    try:
        values = json.loads(given)
    except ValueError:
        raise RefusedError(21656) from None
    if not isinstance(values, dict) or not all(isinstance(value, str) for value in values.values()):
        raise RefusedError(21656)
    return values


def _address(to: str) -> bool:
    """E.164, or on WhatsApp also a user id that hides the number."""
    return bool(re.fullmatch(r"(whatsapp:)?\+[1-9]\d{6,14}|whatsapp:[A-Z]{2}\.[A-Za-z0-9.]{1,128}", to))


def resource(message: Message, account: Account) -> dict[str, Any]:
    """The message as the API prints it."""
    path = f"/{API_VERSION}/Accounts/{account.sid}/Messages/{message.sid}"
    early = message.status == "accepted"  # a service has not yet picked the sender
    return {
        "account_sid": account.sid,
        "api_version": API_VERSION,
        "body": message.body,
        "date_created": format_datetime(message.created),
        "date_sent": format_datetime(message.sent) if message.sent else None,
        "date_updated": format_datetime(message.updated),
        "direction": message.direction,
        "error_code": message.error,
        "error_message": ERRORS[message.error][1] if message.error and message.error in ERRORS else None,
        "from": None if early else message.sender,
        "messaging_service_sid": message.service,
        "num_media": str(message.media),
        "num_segments": "0" if early else str(segments(message)),
        "price": None,
        "price_unit": None,
        "sid": message.sid,
        "status": message.status,
        "subresource_uris": {"media": f"{path}/Media.json"},
        "tags": None,
        "to": message.to,
        "uri": f"{path}.json",
    }


def segments(message: Message) -> int:
    return 1 if message.whatsapp else max(1, gsm7.size(message.body).segments)
