"""Reading what a provider posted: strictly, bounded, and raising nothing but Undecodable.

A web framework's own parsers answer 500 to a bad charset, to deep or huge JSON and to broken forms, and Python's
`parse_qs` drops blank fields, which are signed. So bytes are decoded here.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import unquote_to_bytes

from conversations.model import Press
from handlers.channels.base import Undecodable

MOST_FIELDS: Final = 1000
MOST_BYTES: Final = 256 * 1024
DEEPEST: Final = 32

E164: Final = re.compile(r"\+[1-9][0-9]{6,14}")
PRESS: Final = re.compile(r"([0-9a-z]{10}):([1-9][0-9]?)")
SURROGATES: Final = re.compile("[\ud800-\udfff]")


def clean(text: str) -> str:
    """The text without what databases refuse: NUL goes, half of a surrogate pair becomes the replacement sign."""
    return SURROGATES.sub("\ufffd", text.replace("\0", ""))


def press(data: str) -> Press | None:
    """The button that `<prompt>:<number>` names; None when the data are not ours (anybody can forge them)."""
    found = PRESS.fullmatch(data)
    return Press(found[1], int(found[2])) if found else None


def form(body: bytes) -> list[tuple[str, str]]:
    """The fields of an `application/x-www-form-urlencoded` body in their order, with repeats and blank ones."""
    if len(body) > MOST_BYTES:
        raise Undecodable("too large")
    pieces = [piece for piece in body.split(b"&") if piece]
    if len(pieces) > MOST_FIELDS:
        raise Undecodable("too many fields")
    try:
        return [(_plain(name), _plain(value)) for name, _, value in (piece.partition(b"=") for piece in pieces)]
    except UnicodeDecodeError:
        raise Undecodable("not UTF-8") from None


def tree(body: bytes | str) -> Mapping[str, Any]:
    """The object that a JSON body holds: no NaN, nothing deeper than `DEEPEST`, no integer too long to read."""
    if len(body) > MOST_BYTES:
        raise Undecodable("too large")
    try:
        text = body if isinstance(body, str) else body.decode()
        found = json.loads(text, parse_constant=_no_constant)
    except UnicodeDecodeError:
        raise Undecodable("not UTF-8") from None
    except (ValueError, RecursionError):
        raise Undecodable("not JSON") from None
    if not isinstance(found, dict):
        raise Undecodable("no object")
    if _deeper(found, DEEPEST):
        raise Undecodable("too deep")
    return found


def integer(value: object) -> int | None:
    """A JSON integer of at most 64 bits. `true` is an int for Python, not for us."""
    return value if type(value) is int and abs(value) < 2**63 else None


def _plain(quoted: bytes) -> str:
    return unquote_to_bytes(quoted.replace(b"+", b" ")).decode()


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _deeper(found: object, levels: int) -> bool:
    layer = [found]
    for _ in range(levels):
        inner: list[object] = []
        for one in layer:
            if isinstance(one, dict):
                inner.extend(one.values())
            elif isinstance(one, list):
                inner.extend(one)
        layer = [one for one in inner if isinstance(one, dict | list)]
        if not layer:
            return False
    return True
