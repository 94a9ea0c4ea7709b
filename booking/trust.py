"""Whether who writes from an address is still whom it belonged to (threats T3, T4 and T30).

Numbers go to somebody else, and cards are taken over. An address that was silent for a long time, with no hour ahead
that would have made its owner write, proves nothing any more; nor does one from which nothing was heard since an
address or a number of its owner was changed. Pure: the caller brings the facts, as they were *before* the message that
is being judged. That message must not vouch for itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal, TypeAlias

from booking.model import Appointment, ContactId

SILENT: Final = timedelta(days=45)  # elapsed days, whatever the clocks did meanwhile
CHANGED: Final = timedelta(days=7)  # so long a changed detail is a reason to ask

Standing: TypeAlias = Literal["known", "stranger", "needs_proof"]


@dataclass(frozen=True, slots=True)
class Trace:
    """What is remembered of an address. `trusted`: when it was last known who writes there: they wrote while nobody
    doubted it, or proved it. `changed`: when a number or an address of theirs was last replaced by another.
    """

    linked: bool
    trusted: datetime
    changed: datetime | None = None


def standing(trace: Trace, hours: Iterable[Appointment], now: datetime) -> Standing:
    """`hours`: the appointments of whom it belongs to, a worker's too, of a person those that speak for it; those that
    are past do not count. At 45 days to the second it is silent, at seven days to the second a change is old.
    """
    if not trace.linked:
        return "stranger"
    if trace.changed is not None and trace.trusted < trace.changed and _since(trace.changed, now) < CHANGED:
        return "needs_proof"
    if is_silent(trace.trusted, now) and not any(counts(hour, now) for hour in hours):
        return "needs_proof"
    return "known"


def speaks_for(first: Appointment, address: ContactId, trusted: datetime | None, *, by_program: bool = False) -> bool:
    """Whether an hour is a reason for this address of its person's to be silent: it was asked for from there, or while
    it was known whose the address is. What they asked for since, elsewhere, says nothing of who has it by now (threat
    T4). `first`: the hour as it was made, whatever it was moved to; `by_program`: through the API, which knows its
    person by other means.
    """
    if trusted is not None and first.made_at is not None and not is_silent(trusted, first.made_at):
        return True
    return first.contact == address and not by_program


def is_silent(trusted: datetime, now: datetime) -> bool:
    return _since(trusted, now) >= SILENT


def counts(hour: Appointment, now: datetime) -> bool:
    """Whether it is a reason to be silent: who has an hour need not write. One that we or the worker took away counts
    until it would have ended, so that the news of it reaches them in words.
    """
    given_up = hour.status == "moved" or (hour.status == "cancelled" and hour.ended_by == "person")
    return not given_up and now < hour.end


def _since(before: datetime, now: datetime) -> timedelta:
    """Two times of one zone would subtract wall clocks."""
    return now.astimezone(UTC) - before.astimezone(UTC)
