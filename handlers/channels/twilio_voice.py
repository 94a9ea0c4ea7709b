"""Calls at Twilio: how one is begun, and what is told of it. Read with suspicion, as texts are.

    POST …/voice/{token}                 the worker has picked up         ?step=pressed&n=1   a key was pressed
    POST …/voice/{token}?step=whisper    the person has picked up         ?step=dialled       how the person's leg ended
    POST …/voice/{token}?step=worker     progress of the worker's leg

The step is in the address that we gave, and the address is signed. Without one the fields tell.
https://www.twilio.com/docs/voice/twiml#request-parameters, https://www.twilio.com/docs/voice/api/call-resource
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias, get_args
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from handlers.channels import reading
from handlers.channels.base import Request, Undecodable
from handlers.channels.twilio import ACCOUNT_SID, COUNT

Step: TypeAlias = Literal["start", "pressed", "whisper", "dialled", "worker"]

CALL_SID: Final = re.compile(r"CA[0-9a-fA-F]{32}")
STATUSES: Final = frozenset(
    {"queued", "initiated", "ringing", "in-progress", "completed", "busy", "no-answer", "failed", "canceled"}
)
# Progress that is not taken is told again: https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
AGAIN: Final = "#rc=3&rp=5xx,ct,rt"

SHAPES: Final[Mapping[str, Callable[[str], object]]] = {
    "CallSid": CALL_SID.fullmatch,
    "ParentCallSid": CALL_SID.fullmatch,
    "DialCallSid": CALL_SID.fullmatch,
    "AccountSid": ACCOUNT_SID.fullmatch,
    "CallStatus": STATUSES.__contains__,
    "DialCallStatus": STATUSES.__contains__,
    "DialBridged": {"true", "false"}.__contains__,
    "Digits": re.compile(r"[0-9*#A-D]{1,32}").fullmatch,
    "CallDuration": re.compile(r"[0-9]{1,6}").fullmatch,
    "DialCallDuration": re.compile(r"[0-9]{1,6}").fullmatch,
}


RINGING: Final = 30  # seconds: the worker has just asked to be called


@dataclass(frozen=True, slots=True)
class VoiceLine:
    """Our number, and who places calls from it. `place`: the fields of a call, by the SDK's names, to its sid."""

    number: str
    public_url: str
    place: Callable[[Mapping[str, Any]], Awaitable[str]]

    async def ring(self, to: str, token: str) -> str:
        """The worker's telephone. Raises SendError; never tries twice. Not recorded: nothing asks for it."""
        fields = {
            "to": to,
            "from_": self.number,
            "url": address(self.public_url, token),
            "method": "POST",
            "status_callback": address(self.public_url, token, "worker"),
            "status_callback_method": "POST",
            "status_callback_event": ["initiated", "ringing", "answered", "completed"],
            "timeout": RINGING,
            "record": False,
        }
        return await self.place(fields)


@dataclass(frozen=True, slots=True)
class Heard:
    """One request about a call. `sid` is the worker's leg, whichever leg it speaks of."""

    step: Step
    sid: str
    status: str
    digits: str = ""
    question: int = 1  # which of our questions the key answers
    dialled: str = ""  # how the person's leg ended
    bridged: bool | None = None  # whether the two were brought together; None: not told
    seconds: int | None = None


def heard(request: Request) -> Heard | None:
    """None for what has not its shape: there is nothing that we could do with it."""
    try:
        pairs = reading.form(request.body)
    except Undecodable:
        return None
    fields = dict(pairs)
    if len(fields) != len(pairs) or not {"CallSid", "CallStatus"} <= set(fields):
        return None
    if any(name in fields and not shape(fields[name]) for name, shape in SHAPES.items()):
        return None
    query = parse_qs(urlsplit(request.url).query, max_num_fields=reading.MOST_FIELDS)
    step = _step(query.get("step", [""])[0], fields)
    number = query.get("n", ["1"])[0]
    duration = fields.get("DialCallDuration", fields.get("CallDuration"))
    return Heard(
        step,
        sid=fields.get("ParentCallSid", fields["CallSid"]),
        status=fields["CallStatus"],
        digits=fields.get("Digits", ""),
        question=int(number) if COUNT.fullmatch(number) else 1,
        dialled=fields.get("DialCallStatus", ""),
        bridged=None if "DialBridged" not in fields else fields["DialBridged"] == "true",
        seconds=None if duration is None else int(duration),
    )


def _step(asked: str, fields: Mapping[str, str]) -> Step:
    for step in get_args(Step):
        if step == asked:
            known: Step = step
            return known
    if "DialCallStatus" in fields:
        return "dialled"
    if "CallbackSource" in fields:
        return "worker"
    return "pressed" if "Digits" in fields else "start"


def address(public_url: str, token: str, step: Step = "start", question: int = 1) -> str:
    """Where Twilio asks for a step, or tells of a leg."""
    base = f"{public_url.partition('#')[0].rstrip('/')}/webhooks/twilio/voice/{quote(token, safe='')}"
    match step:
        case "start":
            return base
        case "pressed":
            return f"{base}?{urlencode({'step': step, 'n': question})}"
        case "worker":
            return f"{base}?step={step}{AGAIN}"
    return f"{base}?step={step}"
