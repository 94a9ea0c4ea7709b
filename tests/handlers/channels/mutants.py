"""Chance out of one seed: what strangers sign badly, what is signed and hostile, what programs write wrongly.

The same at every run, so that a failure is one again: a case is named by its seed and its number.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from copy import deepcopy
from random import Random
from typing import Any, Final
from urllib.parse import quote_plus

# Pieces that parsers trip over: digits that are none, nothing, everything, other directions, halves of characters.
ODD: Final = (
    *(
        "",
        " ",
        "\0",
        "\n",
        "\r\n",
        "\t",
        "\ufeff",
        "\u200b",
        "\u202e",
        "\u2066",
        "\u00ad",
        "\ud800",
        "\udfff",
        "\ue000",
    ),
    *("²", "½", "٣", "１_2", "Ⅻ", "1e999", "-0", "0x1F", "9" * 40, "1" * 700, "٠٦ ٣٩", "+33", "0033", "00000000"),
    *("ı", "ß", "ﬁ", "Å", "e\u0301\u0301\u0301", "👩‍👩‍👧‍👦", "🇫🇷", "א", "مرحبا", "ǅ", "Ω", "ſ", "İ"),
    *(
        "{0}",
        "{start.__class__}",
        "%s%n",
        "$" + "{7*7}",
        "{{7*7}}",
        "<b>",
        "&amp;",
        "<script>",
        "'; DROP TABLE inbox; --",
    ),
    *(
        "=SUM(A1)",
        "../../x",
        "http://169.254.169.254/",
        "file:///x",
        "javascript:1",
        "\\",
        '"',
        "'",
        "`",
        "|",
        "&",
        "=",
        "%00",
    ),
    *(
        "STOP",
        "oui",
        "1",
        "PORTS-7KQM-4XTD",
        "mardi",
        "31 février",
        "25h61",
        "camille@example.org",
        "@",
        "a@b@c",
        "(" * 60,
    ),
    *(
        "[" * 60,
        "{" * 60,
        "x" * 300,
        "é" * 161,
        "😀" * 71,
        "nan",
        "null",
        "true",
        "-",
        "--",
        "…",
        "’",
        "\x1b[31m",
        "\x7f",
    ),
)
# What JSON may hold where something else belongs.
ODD_JSON: Final[tuple[Any, ...]] = (
    *(None, True, False, 0, -1, 1.5, 2**63, -(2**63) - 1, 10**30, 1e308, "", [], {}, [[]], [None], {"": None}),
    *({"id": 1}, {"id": "1"}, [{"id": True}], "\ud800", {"type": "private"}, {"text": {"text": "x"}}),
)


Chance = Random


def chance(name: str, seed: str = "1") -> Chance:
    return Chance(f"{seed}:{name}")


def text(dice: Chance, roots: Sequence[str]) -> str:
    """One of the roots, or two, of which something was taken away, doubled, replaced or put in."""
    made = dice.choice(roots)
    if dice.random() < 0.1:
        made += dice.choice((" ", "\n", "", ", ")) + dice.choice(roots)
    for _ in range(dice.randrange(4)):
        at = dice.randrange(len(made) + 1)
        match dice.randrange(5):
            case 0:
                made = made[:at] + dice.choice(ODD) + made[at:]
            case 1:
                made = made[:at] + made[at + dice.randrange(1, 6) :]
            case 2:
                made = made[:at] + chr(dice.randrange(0x110000)) + made[at + 1 :]
            case 3:
                made = made.swapcase() if dice.random() < 0.5 else made[::-1]
            case _:
                made = made[:at] + made[max(0, at - 4) :]
    return made


def fields(dice: Chance, form: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The form, of which fields were changed, doubled, renamed, put in or lost."""
    made = list(form)
    for _ in range(dice.randrange(1, 4)):
        at = dice.randrange(len(made) + 1)
        name, value = made[at] if at < len(made) else (dice.choice(ODD), "")
        match dice.randrange(10):
            case 0 | 1 | 2 | 3:
                made[at : at + 1] = [(name, text(dice, [value]))]
            case 4 | 5 | 6:
                made[at : at + 1] = [(name, dice.choice(ODD))]
            case 7:
                made[at:at] = [(name, value)]
            case 8:
                made[at : at + 1] = [(text(dice, [name]), value)]
            case _:
                del made[at : at + 1]
    return made


def quoted(form: Sequence[tuple[str, str]]) -> bytes:
    """As a body; halves of characters become bytes that are no UTF-8."""
    return "&".join(
        f"{quote_plus(name.encode(errors='surrogatepass'))}={quote_plus(value.encode(errors='surrogatepass'))}"
        for name, value in form
    ).encode()


def tree(dice: Chance, value: Any) -> Any:
    """The JSON, in which something stands where another thing belongs, or is gone."""
    made = deepcopy(value)
    for _ in range(dice.randrange(1, 4)):
        spot = made
        while spot:
            name = dice.choice(sorted(spot)) if isinstance(spot, dict) else dice.randrange(len(spot))
            if isinstance(spot[name], dict | list) and spot[name] and dice.random() < 0.75:
                spot = spot[name]
                continue
            if dice.random() < 0.25:
                del spot[name]
            elif isinstance(spot[name], str) and dice.random() < 0.5:
                spot[name] = text(dice, [spot[name]])
            else:
                spot[name] = deepcopy(dice.choice(ODD_JSON))
            break
    return made


def raw(dice: Chance, body: bytes) -> bytes:
    """The bytes, cut, doubled, or with some of them others."""
    made = bytearray(body)
    for _ in range(dice.randrange(1, 4)):
        at = dice.randrange(len(made) + 1)
        match dice.randrange(3):
            case 0:
                del made[at : at + dice.randrange(1, 40)]
            case 1:
                made[at:at] = dice.randbytes(dice.randrange(1, 5))
            case _:
                made[at:at] = made[max(0, at - dice.randrange(1, 40)) : at]
    return bytes(made)


def is_mark(char: str) -> bool:
    """An accent that stands by itself."""
    return unicodedata.category(char) in {"Mn", "Mc"}
