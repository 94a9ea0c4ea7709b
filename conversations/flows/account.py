"""What somebody is told whose account is suspended: until when, and by which word it is contested (safety G18)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from booking.decisions import Decision
from booking.ports import Refused
from conversations.flows.names import call
from conversations.model import Context, Finish
from conversations.text import Text, t

MINUTE: Final = timedelta(minutes=1)


def last_day(until: datetime) -> datetime:
    """An instant of the last day of a suspension, which ends at midnight."""
    return until - MINUTE


def suspended(c: Context, decision: Decision) -> Text:
    if decision.until is None:
        return t("account.suspended", call=call(c))
    return t("account.suspended_until", day=last_day(decision.until), call=call(c))


def not_while_suspended(c: Context) -> Finish | None:
    """For what begins with questions: it is said before any."""
    refused = c.known.refused
    if c.known.suspension is None or refused != Refused("suspended"):
        return None
    return Finish(suspended(c, c.known.suspension))
