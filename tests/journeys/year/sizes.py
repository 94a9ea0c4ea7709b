"""How much happens in a year: small for every gate, large when asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from tests.journeys.year import calendar


@dataclass(frozen=True, slots=True)
class Size:
    """How much happens in a year."""

    wishes: int
    people: int
    near_changes: float = 0.08
    restarts: int = 12
    deaths: int = 8
    oracles: int = 4
    desk: float = 0.04  # of all bookings, so many ends are telephoned to the desk
    cancels: float = 0.06  # and so many are cancelled by their worker
    absences: float = 0.03  # and so often one is absent for some days
    proposes: float = 0.06  # and for so many a worker proposes another hour
    changes: tuple[date, ...] = calendar.CHANGES
    ends: datetime = calendar.ENDS


SMALL: Final = Size(
    wishes=60, people=24, near_changes=0.4, restarts=6, deaths=4, cancels=0.1, proposes=0.1, absences=0.06
)
SPRING: Final = Size(  # what is enough to find a planted bug: the weeks around one change of the clocks
    wishes=36,
    people=18,
    near_changes=1.0,
    restarts=0,
    deaths=0,
    oracles=1,
    changes=calendar.CHANGES[:1],
    ends=datetime(2026, 4, 4, tzinfo=UTC),
)
LARGE: Final = Size(wishes=2100, people=600, restarts=200, deaths=120, oracles=24)
