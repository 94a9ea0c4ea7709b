"""Telegram's HTML: a text with a few tags becomes what the person reads, and the entities that lie over it.

https://core.telegram.org/bots/api#html-style
"""

import html
import re
from typing import Any, Final

ENTITIES: Final = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "del": "strikethrough",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "a": "text_link",
}
TAG: Final = re.compile(r'<(?P<end>/?)(?P<name>[a-z]*)(?: href="(?P<href>[^"]*)")?>')


class UnparsableError(Exception):
    """The markup is refused: the description that Telegram gives."""


def utf16(text: str) -> int:
    """Telegram counts lengths and offsets in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def read(text: str, parse_mode: str | None) -> tuple[str, list[dict[str, Any]]]:
    if not parse_mode:
        return text, []
    if parse_mode != "HTML":
        raise UnparsableError("can't parse entities: unsupported parse_mode")
    shown, entities, open_tags, at = "", [], list[tuple[str, int, str | None]](), 0
    for tag in TAG.finditer(text):
        shown += _plain(text[at : tag.start()])
        at = tag.end()
        if tag["name"] not in ENTITIES:
            raise UnparsableError(f'can\'t parse entities: Unsupported start tag "{tag["name"]}"')
        if not tag["end"]:
            open_tags.append((tag["name"], utf16(shown), tag["href"]))
            continue
        if not open_tags or open_tags[-1][0] != tag["name"]:
            raise UnparsableError("can't parse entities: Unexpected end tag")
        name, start, href = open_tags.pop()
        link = {"url": html.unescape(href)} if href else {}
        entities.append({"type": ENTITIES[name], "offset": start, "length": utf16(shown) - start, **link})
    if open_tags:
        raise UnparsableError("can't parse entities: Can't find end tag corresponding to start tag")
    shown += _plain(text[at:])
    return shown, sorted(entities, key=lambda entity: int(str(entity["offset"])))


def _plain(piece: str) -> str:
    if "<" in piece:
        raise UnparsableError("can't parse entities: Unsupported start tag")
    return html.unescape(piece)
