"""The shapes that several models share: texts with a pattern, instants, hours. A pattern is all that the document can
promise, so what fits it is taken.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

INSTANT = (
    r"^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?Z$"
)


def _only_text(value: object) -> object:
    """Pydantic takes seconds since 1970 for an instant, too."""
    if isinstance(value, str) and not value.endswith("Z"):
        raise ValueError("an instant in UTC: it ends in Z")
    return value


def _utc(value: datetime) -> datetime:
    if not 2000 <= value.year < 2100:
        raise ValueError("a year from 2000 to 2099")
    return value.astimezone(UTC)


Instant = Annotated[
    datetime,
    BeforeValidator(_only_text),
    AfterValidator(_utc),
    WithJsonSchema({"type": "string", "format": "date-time", "pattern": INSTANT, "examples": ["2026-03-03T08:00:00Z"]}),
]
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
