"""The calls of the Twilio stand-in: which are accepted, how one is printed, what is posted about it.

https://www.twilio.com/docs/voice/api/call-resource, https://www.twilio.com/docs/voice/twiml#request-parameters and the
error pages by number, /docs/api/errors/NNNNN.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from bot.standins.twilio_messages import API_VERSION, Account, Form, RefusedError

Events = frozenset[str]
EVENTS: Final = ("initiated", "ringing", "answered", "completed")
# The state in which a call is when an event of its progress is told.
STATES: Final[Mapping[str, str]] = {"initiated": "initiated", "ringing": "ringing", "answered": "in-progress"}
MOST_RINGING: Final = 600  # seconds


@dataclass
class Leg:
    """One telephone that is called. `parent` is the leg whose TwiML dialled it."""

    sid: str
    to: str
    sender: str
    created: datetime
    url: str = ""
    callback: str = ""
    events: Events = frozenset({"completed"})
    timeout: int = 60
    parent: "Leg | None" = None
    status: str = "queued"
    seconds: int = 0
    told: int = 0  # status callbacks so far: their SequenceNumber
    heard: list[str] = field(default_factory=list)  # what was said to whoever picked up

    @property
    def direction(self) -> Literal["outbound-api", "outbound-dial"]:
        return "outbound-dial" if self.parent else "outbound-api"


def accepted(form: Form, account: Account, sid: str, now: datetime) -> Leg:
    """The call that a lawful CreateCall makes, or RefusedError."""
    one = {name: values[-1] for name, values in form.items()}
    if not one.get("To"):
        raise RefusedError(21201)
    if not _e164(one["To"]):
        raise RefusedError(21211)
    if not one.get("From"):
        raise RefusedError(21213)
    if one["From"] != account.voice_number:
        raise RefusedError(21210)
    if not _web(one.get("Url", "")):
        raise RefusedError(21205)
    if one.get("Record", "false") != "false" or "MachineDetection" in one:
        raise RefusedError(20001)  # allowed by Twilio, never by us: nobody is recorded, nobody taken for a machine
    timeout = int(one.get("Timeout", "60"))
    events = form.get("StatusCallbackEvent", ["completed"])
    if not 0 < timeout <= MOST_RINGING or not set(events) <= set(EVENTS):
        raise RefusedError(20001)
    callback = one.get("StatusCallback", "")
    return Leg(sid, one["To"], one["From"], now, one["Url"], callback, frozenset(events), timeout)


def _e164(number: str) -> bool:
    return bool(re.fullmatch(r"\+[1-9]\d{6,14}", number))


def _web(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def resource(leg: Leg, account: Account) -> dict[str, Any]:
    """The call as the API prints it."""
    return {
        "sid": leg.sid,
        "account_sid": account.sid,
        "api_version": API_VERSION,
        "parent_call_sid": leg.parent.sid if leg.parent else None,
        "to": leg.to,
        "from": leg.sender,
        "status": leg.status,
        "direction": leg.direction,
        "duration": str(leg.seconds) if leg.status == "completed" else None,
        "date_created": format_datetime(leg.created),
        "uri": f"/{API_VERSION}/Accounts/{account.sid}/Calls/{leg.sid}.json",
    }


def request(leg: Leg, account: Account) -> dict[str, str]:
    """What every request about a call carries. Places are empty for French numbers."""
    form = {
        "CallSid": leg.sid,
        "AccountSid": account.sid,
        "ApiVersion": API_VERSION,
        "From": leg.sender,
        "Caller": leg.sender,
        "To": leg.to,
        "Called": leg.to,
        "CallStatus": leg.status,
        "Direction": leg.direction,
    }
    places = {f"{side}{part}": "" for side in ("From", "To") for part in ("City", "State", "Zip")}
    form |= {**places, "FromCountry": "FR", "ToCountry": "FR"}
    if leg.parent:
        form["ParentCallSid"] = leg.parent.sid
    return form


def progress(leg: Leg, account: Account, now: datetime) -> dict[str, str]:
    """A status callback. The state is the one that the leg has now."""
    form = request(leg, account) | {
        "CallbackSource": "call-progress-events",
        "SequenceNumber": str(leg.told),
        "Timestamp": format_datetime(now),
    }
    if leg.status not in STATES.values():
        form |= {"CallDuration": str(leg.seconds), "Duration": str(-(-leg.seconds // 60))}
    return form


def dialled(leg: Leg, other: Leg, account: Account, *, bridged: bool) -> dict[str, str]:
    """What the action of <Dial> is given: how the other leg ended."""
    form = request(leg, account) | {
        "DialCallStatus": other.status,
        "DialCallSid": other.sid,
        "DialBridged": str(bridged).lower(),
    }
    return form | ({"DialCallDuration": str(other.seconds)} if other.status == "completed" else {})
