"""The shapes that several models share: texts with a pattern, instants, hours. A pattern is all that the document can
promise, so what fits it is taken.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

INSTANT = (
    r"^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?Z$"
)


def _instant(value: object) -> object:
    """Pydantic takes seconds since 1970, days and offsets for an instant, too."""
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str) or not re.fullmatch(INSTANT, value):
        raise ValueError("an instant in UTC, as 2026-03-03T08:00:00Z")
    return datetime.fromisoformat(value)


Instant = Annotated[
    datetime,
    BeforeValidator(_instant),
    WithJsonSchema({"type": "string", "format": "date-time", "pattern": INSTANT, "examples": ["2026-03-03T08:00:00Z"]}),
]


def _yes(value: bool) -> bool:
    if not value:
        raise ValueError("this must be so, or it cannot be done")
    return value


# Not `Literal[True]`, which takes a 1 for it.
Yes = Annotated[bool, AfterValidator(_yes), WithJsonSchema({"type": "boolean", "const": True})]
Id = Annotated[str, Field(pattern=r"^[0-9a-z]{1,64}$", examples=["01m84b66asz5s4g70e1emzwm3w"])]
SlotText = Annotated[
    str,
    Field(
        pattern=r"^20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}Z/[0-9a-z]{1,64}$",
        description="As `slots` gives it: a start, and a worker's id or `any`.",
        examples=["2026-03-03T08:00Z/any"],
    ),
]
Language = Annotated[str, Field(pattern=r"^[a-z]{2}$", description="ISO 639-1.", examples=["fr"])]
# Where the mobiles that we serve are given out (`booking/phones.py`).
Zone = Literal[
    "Europe/Paris",
    "America/Cayenne",
    "America/Guadeloupe",
    "America/Martinique",
    "America/Miquelon",
    "Indian/Mayotte",
    "Indian/Reunion",
    "Pacific/Noumea",
    "Pacific/Tahiti",
    "Pacific/Wallis",
]


class In(BaseModel):
    """What comes in: nothing unknown in it."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Out(BaseModel):
    """What goes out."""

    model_config = ConfigDict(frozen=True)
