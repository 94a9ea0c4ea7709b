"""Why there is no kit: the client or its code, a code that no link can carry, words that no paper can."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

from booking.model import Code

Why: TypeAlias = Literal["no_client", "suspended", "none_open", "several", "no_code", "ended"]


class NoKit(Exception):
    """None of this client, or of this code; `codes` are those to choose among, or the one that has ended."""

    def __init__(self, why: Why, codes: Sequence[Code] = ()) -> None:
        super().__init__(why)
        self.why: Why = why
        self.codes = codes


class CannotCarry(ValueError):
    """The code has a form that the bot does not find in what a link writes."""


class CannotPrint(ValueError):
    """The words do not fit, or a letter is in no font that we have: said by the typesetter's own words."""
