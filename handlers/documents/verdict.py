"""What may be said of a file, and the limits by which it is said (threat T12)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Outcome = Literal["clean", "refused", "set_aside"]
Kind = Literal["pdf", "jpeg", "png"]  # what a clean one is kept as
Reason = Literal[
    "empty",
    "too_big",
    "unknown_type",
    "too_many_pixels",
    "too_many_pages",
    "broken",
    "locked",  # opens with a password only
    "too_heavy",  # could not be opened within time and memory, or unfolds beyond measure
    # set aside:
    "script",
    "outward",  # starts a program, opens another file, sends a form
    "form",  # XFA: a program in all but name
    "attachment",
    "virus",
]

MIB: Final = 1024 * 1024
MOST_BYTES: Final = 10 * MIB
MOST_PIXELS: Final = 50_000_000
MOST_PAGES: Final = 200
MOST_CLEAN: Final = 4 * MOST_BYTES  # drawn anew a picture may grow
MOST_UNFOLDED: Final = 1024 * MIB  # of all streams of a PDF; one alone: four bytes for each of the most pixels
MEDIA: Final[dict[Kind, str]] = {"pdf": "application/pdf", "jpeg": "image/jpeg", "png": "image/png"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """`clean` has `kind` and `data`, the others a `reason`. `pages`: of a PDF; a picture has one."""

    outcome: Outcome
    kind: Kind | None = None
    reason: Reason | None = None
    pages: int = 1
    data: bytes = b""


class Refused(Exception):
    """Not taken: the person can send something else."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


class SetAside(Exception):
    """Of a type that we take, with something in it that acts."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason
