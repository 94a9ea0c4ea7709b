"""What the Twilio stand-in posts to us: inbound messages and status callbacks as forms, and their signature.

https://www.twilio.com/docs/messaging/guides/webhook-request
https://www.twilio.com/docs/usage/webhooks/webhooks-security
"""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urldefrag

from aiohttp import web

from bot.standins.ledger import Button
from bot.standins.twilio_messages import API_VERSION, ERRORS, Account, Form, Message, segments

# What the WhatsApp sender is called in callbacks: one installed channel of the account.
CHANNEL_INSTALL = "XE" + "1".zfill(32)

# `MessageType` by the first half of the content type; all else is a document.
MEDIA_TYPES = {"image": "image", "audio": "audio", "video": "video"}


async def fields(request: web.Request) -> Form:
    """What a call of ours carries."""
    return parse_qs((await request.read()).decode(), keep_blank_values=True)


def plain(form: Form) -> dict[str, Any]:
    """One value for a name, a list where it came more than once."""
    return {name: values[0] if len(values) == 1 else values for name, values in form.items()}


def signature(token: str, url: str, form: Mapping[str, str]) -> str:
    """HMAC-SHA1 over the address and each name and value, sorted by name, with nothing between them."""
    signed = url + "".join(name + form[name] for name in sorted(form))
    return base64.b64encode(hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()).decode()


@dataclass(frozen=True)
class Tries:
    """How often a webhook is tried, from the address's fragment (`#rc=3&rp=5xx,ct`): by default once more, and only
    when no connection came about. https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides"""

    url: str
    again: int
    reasons: frozenset[str]

    @staticmethod
    def of(address: str) -> "Tries":
        url, fragment = urldefrag(address)
        asked = parse_qs(fragment)
        reasons = ",".join(asked.get("rp", ["ct"])).split(",")
        return Tries(url, min(5, int(asked.get("rc", ["1"])[0])), frozenset(reasons))

    def worth_another(self, status: int | None) -> bool:
        if status is not None and status < 400:
            return False
        reason = "ct" if status is None else f"{status // 100}xx"
        return reason in self.reasons or "all" in self.reasons


def inbound(message: Message, account: Account, extra: Mapping[str, str], name: str, user_id: str) -> dict[str, str]:
    """A message of a person. `extra`: what a tap, a place or a media file adds."""
    form = {
        "MessageSid": message.sid,
        "SmsSid": message.sid,
        "SmsMessageSid": message.sid,
        "AccountSid": account.sid,
        "ApiVersion": API_VERSION,
        "From": message.sender,
        "To": message.to,
        "Body": message.body,
        "NumMedia": str(message.media),
        "NumSegments": str(segments(message)),
        "SmsStatus": "received",
    }
    if message.whatsapp:
        return {**form, **_whatsapp(message, name, user_id), **extra}
    places = {f"{side}{part}": "" for side in ("From", "To") for part in ("City", "State", "Zip")}
    service = {"MessagingServiceSid": message.service} if message.service else {}
    return {**form, **places, "FromCountry": "FR", "ToCountry": "FR", **service, **extra}


def _whatsapp(message: Message, name: str, user_id: str) -> dict[str, str]:
    number = message.sender.removeprefix("whatsapp:+")
    # Who hides the number is known by a user id alone, and then there is no WaId.
    known = {} if number.startswith("whatsapp:") else {"WaId": number}
    context = {"type": "whatsapp", "data": {"context": {"ProfileName": name, **known}}}
    return {
        **known,
        "ProfileName": name,
        "MessageType": "text",
        "ReferralNumMedia": "0",
        "ExternalUserId": user_id,
        "ChannelMetadata": json.dumps(context, ensure_ascii=False, separators=(",", ":")),
    }


def status(message: Message, account: Account, user_id: str) -> dict[str, str]:
    """What becomes of a message of ours. The set of fields is one that Twilio changes without notice."""
    form = {
        "MessageSid": message.sid,
        "SmsSid": message.sid,
        "MessageStatus": message.status,
        "SmsStatus": message.status,
        "AccountSid": account.sid,
        "ApiVersion": API_VERSION,
        "From": message.sender,
        "To": message.to,
    }
    if message.service:
        form["MessagingServiceSid"] = message.service
    if message.error:
        form["ErrorCode"] = str(message.error)
    if message.whatsapp:
        return {**form, **_channel(message, user_id)}
    if message.status in {"delivered", "undelivered"}:
        form["RawDlrDoneDate"] = f"{message.updated:%y%m%d%H%M}"
    return form


def _channel(message: Message, user_id: str) -> dict[str, str]:
    form = {
        "ChannelPrefix": "whatsapp",
        "ChannelInstallSid": CHANNEL_INSTALL,
        "ChannelToAddress": re.sub(r"\d{4}$", "XXXX", message.to.removeprefix("whatsapp:")),
        "ExternalUserId": user_id,
    }
    if message.status in {"delivered", "read", "undelivered"}:
        form["EventType"] = message.status.upper()
    if message.status == "sent":
        form["StructuredMessage"] = "false"
    if message.error and message.error in ERRORS:
        form["ChannelStatusMessage"] = ERRORS[message.error][1]
    return form


def user_id(address: str) -> str:
    """WhatsApp's own id of a person: the address itself when it hides the number."""
    number = address.removeprefix("whatsapp:")
    return f"whatsapp:{number}" if not number.startswith("+") else f"whatsapp:FR.{number[1:]}"


def tapped(button: Button, message: Message) -> dict[str, str]:
    """What a tap adds. The button of an approved template comes without its type."""
    if button.kind == "item":
        return {"MessageType": "interactive", "ListId": button.value, "ListTitle": button.label}
    pressed = {"ButtonPayload": button.value, "ButtonText": button.label}
    if message.template:
        return {"MessageType": "button", **pressed}
    return {"MessageType": "interactive", "ButtonType": "REPLY", **pressed}
