"""The one table: each code that a provider may give a message of ours, and what becomes of it.

retry (again): certainly not processed. refused (final): it never will be. unknown: it may have arrived (invariant I7).
stop: nothing will be taken until somebody mends our side, so the channel's sender stands still, with an alarm.

Codes of Twilio's: https://www.twilio.com/docs/api/errors; Telegram's: https://core.telegram.org/api/errors and what its
server says in words; mail's: RFC 5321, 4.2. Read, not tried, for nearly all of them. All add codes without notice: one
that is not here is a refusal and an alarm, never a crash. `docs/outcomes.md` is printed from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from handlers.channels.base import Outcome, SendError


@dataclass(frozen=True, slots=True)
class Meaning:
    """`words`: what happened. The rest is told at `SendError`, which is made of it."""

    outcome: Outcome
    words: str = ""
    opted_out: bool = False
    dead: bool = False
    alarm: bool = False
    window_closed: bool = False
    after: timedelta | None = None
    slow: bool = False
    again: int = 0
    strikes: int = 3
    seldom: bool = False

    def of(self, words: str) -> Meaning:
        return replace(self, words=words)

    def error(self, code: str, after: timedelta | None = None) -> SendError:
        """`after`: how long the provider itself asked us to wait."""
        return SendError(
            code,
            self.outcome,
            opted_out=self.opted_out,
            dead=self.dead,
            alarm=self.alarm,
            window_closed=self.window_closed,
            after=after or self.after,
            slow=self.slow,
            again=self.again,
            strikes=self.strikes,
            seldom=self.seldom,
        )


MINUTES, HOUR = timedelta(minutes=10), timedelta(hours=1)

STOP: Final = Meaning("stop", alarm=True)
BUSY: Final = Meaning("retry", slow=True, again=2)
LATER: Final = Meaning("retry", after=MINUTES, again=2)
ONCE: Final = Meaning("retry", after=MINUTES, again=1)
MUCH_LATER: Final = Meaning("retry", after=HOUR, again=2)
LOST: Final = Meaning("unknown", slow=True)
REFUSED: Final = Meaning("refused")
BUG: Final = Meaning("refused", alarm=True)
DEAD: Final = Meaning("refused", dead=True)
OPTED_OUT: Final = Meaning("refused", opted_out=True)
WINDOW: Final = Meaning("refused", window_closed=True)

# Any provider's: what happened to the call itself.
LINE: Final[Mapping[str, Meaning]] = {
    "unreached": Meaning("retry", "no connection was made", slow=True),
    "unreachable": STOP.of("the address of the API, or its certificate, is wrong"),
    "no_answer": LOST.of("the request left, and no answer came"),
    "no_sense": LOST.of("an answer that is none"),
    "no_sid": LOST.of("a yes without an id"),
    "no_sender": STOP.of("no sender is set"),
    "empty": BUG.of("there is nothing to send"),
    "expired": REFUSED.of("of no use any more"),
}

TWILIO: Final[Mapping[str, Meaning]] = {
    # Account, credentials, sender
    "20003": STOP.of("credentials are wrong, or another region's"),
    "20403": STOP.of("the account is suspended, or may not do this"),
    "30002": STOP.of("the account is suspended"),
    "21212": STOP.of("our number cannot be sent from"),
    "21606": STOP.of("our number cannot be sent from"),
    "30018": STOP.of("the sender needs to be registered"),
    "20404": BUG.of("no such resource"),
    "20429": BUSY.of("too many at once; not processed"),
    "20500": LOST.of("their trouble, as any 5xx"),
    # The person's address
    "21211": DEAD.of("not a number"),
    "21408": BUG.of("the country is not enabled; each overseas prefix needs it"),
    "21610": OPTED_OUT.of("they stopped us"),
    "21612": BUG.of("the sender does not fit this destination"),
    "21614": DEAD.of("a landline"),
    "30003": MUCH_LATER.of("the phone is off, or out of reach"),
    "30004": REFUSED.of("blocked by the person or the operator"),
    "30005": Meaning("refused", "unknown, or out of service", strikes=2),
    "30006": DEAD.of("a landline, or an operator that takes no messages"),
    # The road
    "21611": BUSY.of("the sender's queue is full"),
    "30001": replace(BUSY, words="the sender's queue is full", after=MINUTES),
    "30007": Meaning("refused", "filtered as unwanted", alarm=True, seldom=True),
    "30008": ONCE.of("not delivered, nobody knows why"),
    "30017": LATER.of("the operator is congested"),
    "30410": LATER.of("the operator does not answer"),
    "30450": BUG.of("taken for pumping"),
    # The message
    "21617": BUG.of("over 1,600 characters"),
    "21654": BUG.of("the content's id is missing"),
    "21655": BUG.of("the content's id is wrong"),
    "21656": BUG.of("the content's variables are wrong"),
    "21668": BUG.of("not in this region"),
    "21669": BUG.of("not in this region"),
    "21670": BUG.of("no media in this region"),
    "21671": BUG.of("no content in this region"),
    **{code: BUG.of("scheduling, which we do not use") for code in ("35114", "35115", "35116", "35117", "35125")},
    # Calls
    "13224": REFUSED.of("not a number that can be called"),
    "13227": BUG.of("the country is not enabled for calls"),
    "21201": BUG.of("no number to call"),
    "21205": BUG.of("our address is not one"),
    "21210": BUG.of("the caller is not a number of ours"),
    "21213": BUG.of("the caller is missing"),
    "21215": BUG.of("the country is not enabled for calls"),
    "21216": REFUSED.of("blocked by Twilio"),
    # States that come without a code
    "undelivered": REFUSED.of("no code was given"),
    "failed": REFUSED.of("no code was given"),
    "canceled": REFUSED.of("no code was given"),
    # WhatsApp
    "63001": STOP.of("our WhatsApp sender is not signed in"),
    "63007": STOP.of("our WhatsApp sender is not set up"),
    "63020": STOP.of("Meta does not accept our business's invitation"),
    "63051": STOP.of("our WhatsApp business account is locked"),
    "63003": DEAD.of("no such WhatsApp user"),
    "63024": DEAD.of("not a recipient"),
    "63032": DEAD.of("kept out by an experiment of Meta's"),
    "63005": BUG.of("the content is not accepted"),
    "63019": BUG.of("the media could not be fetched"),
    "63021": BUG.of("the content is not valid"),
    "63027": BUG.of("the template has no such language"),
    "63028": BUG.of("the template has another number of variables"),
    "63030": BUG.of("a field that this channel does not take"),
    "63034": BUG.of("the media is too large"),
    "63041": BUG.of("the template is paused"),
    "63042": BUG.of("the template is disabled"),
    "63009": LATER.of("trouble at the provider's"),
    "63010": LATER.of("trouble at the provider's"),
    "63012": LATER.of("trouble at the provider's"),
    "63013": STOP.of("a policy is violated"),
    "63014": OPTED_OUT.of("they blocked us"),
    "63033": OPTED_OUT.of("they blocked us"),
    "63015": BUG.of("the sandbox was not joined"),
    "63016": WINDOW.of("the 24 hours are over"),
    "63017": BUSY.of("too many at once"),
    "63018": BUSY.of("too many at once"),
    "63026": STOP.of("our sender is flagged as spam"),
    "63038": Meaning("retry", "the sender's day is full", alarm=True, after=HOUR, slow=True, again=1),
    "63049": REFUSED.of("Meta withholds it as marketing"),
}

TELEGRAM: Final[Mapping[str, Meaning]] = {
    "401": STOP.of("the token is revoked, or not one (401 and 404)"),
    "409": STOP.of("somebody else uses the bot's token"),
    # Usually one chat's; several at once are the bot's, see `handlers/holding.py`.
    "429": Meaning("retry", "too many at once; `retry_after` is obeyed"),
    "5xx": LOST.of("their trouble, JSON or HTML"),
    "403": DEAD.of("blocked us, left Telegram, or never pressed Start"),
    "migrated": DEAD.of("a group, never a person"),
    "chat_not_found": DEAD.of("no such chat"),
    "not_modified": REFUSED.of("an edit that changes nothing: done already"),
    "too_old": REFUSED.of("a press that cannot be answered any more"),
    "too_long": BUG.of("over 4,096 units"),
    "file_too_big": BUG.of("a file of more than 20 MB, which no bot is given: never of a message of ours"),
    "400": BUG.of("any other bad request"),
}

MAIL: Final[Mapping[str, Meaning]] = {
    "login": STOP.of("SMTP_URL's name or password is refused"),
    "sender": STOP.of("MAIL_FROM is refused for good"),
    "421": Meaning("retry", "the server closes its door for a while", slow=True),
    "4xx": LATER.of("not now: a full box, or greylisting"),
    "5xx to": DEAD.of("the recipient is refused for good"),
    "5xx": BUG.of("the message is refused for good"),
    "bad_address": DEAD.of("not an address"),
}


def of_line(code: str) -> SendError:
    """What happened to a call, whoever's."""
    return LINE[code].error(code)
