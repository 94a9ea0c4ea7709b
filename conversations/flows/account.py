"""What somebody is told whose account is suspended, or is to close, and who wants an hour or to write: until when, and
by which word it is contested (safety G18).
"""

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


def is_suspended(c: Context) -> bool:
    """Their account, or their client's."""
    return c.known.refused == Refused("suspended")


def is_frozen(c: Context) -> bool:
    """By themself (safety G7)."""
    return c.known.refused == Refused("frozen")


def is_shut(c: Context) -> bool:
    """Nothing new is done for them: hours that stand are neither moved nor put back; no worker is written to."""
    return is_suspended(c) or is_frozen(c)


def suspended(c: Context, decision: Decision) -> Text:
    """In a word where all the rest has just been said: their first message after it shows the decision."""
    if any(each.id == decision.id for each in c.known.unread):
        return t("account.no_new_hour")
    if decision.kind == "closing" and decision.until is not None:
        said = t("account.closing") if decision.contested is None else t("account.closing_still")
        return Text(said.msgid, {"day": decision.until, "call": call(c)})
    if decision.contested is not None:  # once; it has been said what became of that
        return t("account.still", call=call(c)) if decision.until is None else _still_until(c, decision.until)
    if decision.until is None:
        return t("account.suspended", call=call(c))
    return t("account.suspended_until", day=last_day(decision.until), call=call(c))


def _still_until(c: Context, until: datetime) -> Text:
    return t("account.still_until", day=last_day(until), call=call(c))


def not_while_suspended(c: Context) -> Finish | None:
    """For what begins with questions: it is said before any."""
    if c.known.suspension is None or not is_suspended(c):
        return None
    return Finish(suspended(c, c.known.suspension))
