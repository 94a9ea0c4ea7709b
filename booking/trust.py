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

from booking.model import Appointment

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
    """`hours`: the appointments of whom it belongs to, a worker's too; those that are past do not count. At 45 days to
    the second it is silent, at seven days to the second a change is old.
    """
    if not trace.linked:
        return "stranger"
    if trace.changed is not None and trace.trusted < trace.changed and _since(trace.changed, now) < CHANGED:
        return "needs_proof"
    if is_silent(trace.trusted, now) and not any(counts(hour, now) for hour in hours):
        return "needs_proof"
    return "known"


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
