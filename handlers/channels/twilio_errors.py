"""What Twilio's error codes mean for us, at creation and in delivery states (https://www.twilio.com/docs/api/errors).

Twilio adds codes without notice: one that is not here is a refusal and an alarm, never a crash.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal

from handlers.channels.base import SendError


@dataclass(frozen=True, slots=True)
class Meaning:
    outcome: Literal["retry", "refused", "unknown"]
    opted_out: bool = False
    dead: bool = False
    alarm: bool = False
    window_closed: bool = False
    after: timedelta | None = None

    def error(self, code: str) -> SendError:
        return SendError(
            code,
            self.outcome,
            opted_out=self.opted_out,
            dead=self.dead,
            alarm=self.alarm,
            window_closed=self.window_closed,
            after=self.after,
        )


# Not processed, and no message will be until somebody mends it: they wait instead of being lost.
OURS_TO_MEND: Final = Meaning("retry", alarm=True, after=timedelta(minutes=5))
SOON: Final = Meaning("retry")
LATER: Final = Meaning("retry", after=timedelta(minutes=10))
MUCH_LATER: Final = Meaning("retry", after=timedelta(hours=1))
OPTED_OUT: Final = Meaning("refused", opted_out=True)
DEAD: Final = Meaning("refused", dead=True)
REFUSED: Final = Meaning("refused")
BUG: Final = Meaning("refused", alarm=True)
WINDOW: Final = Meaning("refused", window_closed=True)
LOST: Final = Meaning("unknown")

MEANINGS: Final[dict[str, Meaning]] = {
    # Account, credentials, sender
    "20003": OURS_TO_MEND,  # credentials, or another region's
    "20403": OURS_TO_MEND,  # account suspended, permission missing
    "30002": OURS_TO_MEND,  # account suspended
    "20404": BUG,
    "20429": SOON,  # too many at once: not processed
    "20500": LOST,
    "21212": BUG,  # sender not usable
    "21606": BUG,
    "30018": BUG,  # sender needs registration
    # The person's address
    "21211": DEAD,  # not a number
    "21408": BUG,  # country not enabled: each overseas prefix needs it
    "21610": OPTED_OUT,
    "21612": BUG,  # sender and destination do not fit
    "21614": DEAD,  # landline
    "30003": MUCH_LATER,  # off, or out of reach
    "30004": REFUSED,  # blocked
    "30005": DEAD,  # unknown, or out of service
    "30006": DEAD,  # landline
    # The road
    "21611": LATER,  # queue full
    "30001": LATER,
    "30007": BUG,  # filtered
    "30008": LATER,
    "30017": LATER,  # operator congested
    "30410": LATER,
    "30450": BUG,  # taken for pumping
    # The message
    "21617": BUG,  # over 1600 characters
    "21654": BUG,
    "21655": BUG,
    "21656": BUG,
    **dict.fromkeys(("21668", "21669", "21670", "21671"), BUG),  # not in this region
    **dict.fromkeys(("35114", "35115", "35116", "35117", "35125"), BUG),  # scheduling
    # Calls
    "13224": REFUSED,  # not a number that can be called
    "13227": BUG,  # country not enabled for calls
    "21201": BUG,
    "21205": BUG,  # our address
    "21210": BUG,  # the caller is not a number of ours
    "21213": BUG,
    "21215": BUG,  # country not enabled for calls
    "21216": REFUSED,  # blocked by Twilio
    # States that come without a code
    "undelivered": REFUSED,
    "failed": REFUSED,
    "canceled": REFUSED,
    # WhatsApp
    **dict.fromkeys(("63001", "63007", "63020", "63051"), BUG),  # our sender
    "63003": DEAD,  # no such user
    "63024": DEAD,
    "63032": DEAD,  # kept out by an experiment of Meta's
    **dict.fromkeys(("63005", "63019", "63021", "63027", "63028", "63030"), BUG),  # content, variables, media
    **dict.fromkeys(("63034", "63041", "63042"), BUG),  # media size; template paused, disabled
    **dict.fromkeys(("63009", "63010", "63012"), LATER),  # provider internal
    "63013": BUG,  # policy
    "63014": OPTED_OUT,  # blocked us
    "63033": OPTED_OUT,
    "63015": BUG,  # sandbox not joined
    "63016": WINDOW,
    "63017": SOON,  # rate
    "63018": SOON,
    "63026": BUG,  # flagged as spam
    "63038": Meaning("retry", alarm=True, after=timedelta(hours=1)),  # the sender's day is full
    "63049": REFUSED,  # taken for marketing
}


def meaning(code: str) -> Meaning:
    return MEANINGS.get(code, BUG)


def failure(status: int, code: object) -> SendError:
    """What came of a call that Twilio answered with an error. 5xx, HTML or not: it may have been processed."""
    named = str(code)
    if status >= 500:
        return LOST.error(named)
    if status == 429:
        return SOON.error(named)
    if status == 401:
        return OURS_TO_MEND.error(named)
    return meaning(named).error(named)
