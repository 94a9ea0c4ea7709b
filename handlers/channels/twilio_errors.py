"""What Twilio's answers and delivery states mean for us, by the table in `outcomes.py`."""

from datetime import timedelta
from typing import Final

from handlers.channels.base import SendError
from handlers.channels.outcomes import BUG, LOST, TWILIO, Meaning

BY_STATUS: Final = {401: "20003", 403: "20403", 429: "20429"}


def meaning(code: str) -> Meaning:
    return TWILIO.get(code, BUG)


def failure(status: int, code: object, after: timedelta | None = None) -> SendError:
    """What came of a call that Twilio answered with an error. 5xx, HTML or not: it may have been processed.

    `after`: the answer's Retry-After, which Twilio does not promise.
    """
    named = str(code)
    if status >= 500:
        return LOST.error(named)
    if status in BY_STATUS and named not in TWILIO:
        return TWILIO[BY_STATUS[status]].error(named)
    return meaning(named).error(named, after)
