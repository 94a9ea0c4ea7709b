"""Text: what is said, before it has words. A msgid and its values; `locales` gives the words when it is delivered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeAlias

Value: TypeAlias = "str | int | datetime | Text"


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence of the catalogue and its values. A `str` is not a `Text`: the type checker finds what slipped past it.

    `datetime` values are aware; the catalogue says how they look (`{start:day}`), in the reader's language and zone.
    """

    msgid: str
    args: Mapping[str, Value] = field(default_factory=dict)


def t(msgid: str, /, **args: Value) -> Text:
    """The text of a literal msgid, so that the catalogue's extractor finds it."""
    return Text(msgid, args)


def text_to_json(text: Text) -> dict[str, Any]:
    """`{"id": "slot.gone", "args": {"start": {"at": "2026-03-03T08:00:00+00:00"}}}`."""
    return {"id": text.msgid, "args": {name: _value_to_json(value) for name, value in text.args.items()}}


def text_from_json(data: Mapping[str, Any]) -> Text:
    """The inverse of `text_to_json`. Raises KeyError on another shape."""
    return Text(data["id"], {name: _value_from_json(value) for name, value in data["args"].items()})


def _value_to_json(value: Value) -> Any:
    if isinstance(value, Text):
        return {"text": text_to_json(value)}
    if isinstance(value, datetime):
        return {"at": value.astimezone(UTC).isoformat()}
    return value


def _value_from_json(value: Any) -> Value:
    if isinstance(value, dict):
        if "text" in value:
            return text_from_json(value["text"])
        return datetime.fromisoformat(value["at"])
    if isinstance(value, str | int):
        return value
    raise KeyError("a value of a text is a string, a number, an instant or a text")
