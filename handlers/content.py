"""A reply as JSON, and back:

what an outbox row holds. Msgids and values, no words: language and window are known later.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conversations.model import Link, Option, Reply
from conversations.text import text_from_json, text_to_json


def to_json(reply: Reply) -> dict[str, Any]:
    """`{"texts": [...], "options": [...], "link": {...} | None, "prompt": "", "contact": false}`, and "exchange" where
    it is one."""
    return {
        "texts": [text_to_json(text) for text in reply.texts],
        "options": [{"value": option.value, "label": text_to_json(option.label)} for option in reply.options],
        "link": {"kind": reply.link.kind, "id": reply.link.id} if reply.link else None,
        "prompt": reply.prompt,
        "contact": reply.contact,
        **({"exchange": reply.exchange} if reply.exchange else {}),
    }


def from_json(data: Mapping[str, Any]) -> Reply:
    """The inverse of `to_json`; what a newer release added is not looked at."""
    link = data["link"]
    return Reply(
        texts=tuple(text_from_json(text) for text in data["texts"]),
        options=tuple(Option(option["value"], text_from_json(option["label"])) for option in data["options"]),
        link=Link(link["kind"], link["id"]) if link else None,
        prompt=data["prompt"],
        contact=data["contact"],
        exchange=data.get("exchange", ""),
    )
