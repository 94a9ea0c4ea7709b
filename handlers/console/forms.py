"""A form of the console as it was filled in, so that it can be shown again as it was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields as fields_of
from typing import TypeVar

T = TypeVar("T")


def filled(form: type[T], fields: Mapping[str, str], longest: int) -> T:
    """`form`: a dataclass of strings. Each without blanks around it, and at most `longest` characters; a browser ends
    lines as mail does."""
    names = [each.name for each in fields_of(form)]  # type: ignore[arg-type]
    return form(**{name: fields.get(name, "").strip()[:longest].replace("\r\n", "\n") for name in names})
