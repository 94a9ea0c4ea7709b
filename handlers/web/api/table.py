"""Every operation of the API, on one screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from handlers.web.api import catalogue
from handlers.web.api.operations import Operation, Scope

V1: Final = "/api/v1"

OPERATIONS: Final[Sequence[Operation]] = (
    Operation(
        "list_motives",
        "GET",
        f"{V1}/motives",
        "What a consultation may be about",
        Scope.CATALOGUE,
        catalogue.motives,
        catalogue.MotivesOut,
        query=catalogue.MotivesQuery,
    ),
    Operation(
        "list_workers",
        "GET",
        f"{V1}/workers",
        "Social workers who help with a motive, in a mode, in a language",
        Scope.CATALOGUE,
        catalogue.workers,
        catalogue.WorkersOut,
        query=catalogue.WorkersQuery,
    ),
    Operation(
        "list_slots",
        "GET",
        f"{V1}/slots",
        "Free hours, the soonest first",
        Scope.CATALOGUE,
        catalogue.slots,
        catalogue.SlotsOut,
        query=catalogue.SlotsQuery,
    ),
)
