"""How long each thing is kept: the one table, which purging goes by, which people read at /legal and which
docs/privacy.md shows; a test compares them.

Years are the calendar's, in UTC: what began on 1 March ends on 1 March. "One year" of connections is 365 days (safety
G14). Documents have theirs from the core (`booking.documents.UNSENT`, `booking.authority.AFTERWARDS`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeAlias


@dataclass(frozen=True, slots=True)
class Years:
    """Of the calendar. In a year without a 29 February, its place is the first instant of 1 March."""

    count: int

    def after(self, at: datetime) -> datetime:
        return self._moved(at, self.count)

    def before(self, at: datetime) -> datetime:
        """What began earlier than this is over at `at`, and nothing else is."""
        return self._moved(at, -self.count)

    def _moved(self, at: datetime, by: int) -> datetime:
        try:
            return at.replace(year=at.year + by)
        except ValueError:
            return datetime(at.year + by, 3, 1, tzinfo=at.tzinfo)


Period: TypeAlias = timedelta | Years

HOUR, DAY = timedelta(hours=1), timedelta(days=1)

CONNECTION: Final = 365 * DAY  # what came and went, calls, looks and logins
BODIES: Final = 2 * DAY  # of messages that came, once handled
PARKED: Final = 30 * DAY  # of those that were not understood
CONTENTS: Final = 7 * DAY  # of what we sent
SILENT: Final = Years(2)  # without a word or an hour; then an account closes, and what was written goes
FIRST_WARNING, LAST_WARNING = 30 * DAY, 7 * DAY  # before it does
ARCHIVE: Final = Years(5)  # who had an account, from its end
DEEDS: Final = Years(5)  # that something was decided, accepted, erased or given out
DECISIONS: Final = Years(2)  # their words, from their end
TICKET_WORDS: Final = 90 * DAY  # from when the ticket is closed
MAILED: Final = 60 * DAY  # links that went by mail: good for a month, and ruling out older ones for another
SHORT: Final = 30 * DAY  # links, timers, counted tries, what only machines need


def before(period: Period, now: datetime) -> datetime:
    """What began then, or earlier, is over."""
    return period.before(now) if isinstance(period, Years) else now - period
