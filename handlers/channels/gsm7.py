"""The SMS alphabet: what fits it, folding into it, and how many parts a text takes.

A text whose every character is in the GSM 03.38 table travels in septets, 160 to a message or 153 to a part of several;
one character outside it moves the whole text to UCS-2, 70 or 67 (3GPP TS 23.038, 6.2, and TS 23.040, 9.2.3.24.1).
Extension characters take two septets, and what lies beyond the basic plane two UTF-16 units. Neither may straddle two
parts, so parts are packed greedily: dividing and rounding up is wrong (153 euro signs are three parts, not two).

Folding trades ê for e and ’ for ' where that brings a text into the table, and only then: a text that stays outside
anyway (Arabic, Cyrillic, Turkish, an emoji) keeps every letter, since mangling it would save nothing.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final, Literal

Encoding = Literal["GSM-7", "UCS-2"]

BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION: Final = frozenset("\f^{}\\[~]|€")
ALPHABET: Final = BASIC | EXTENSION

# The room in a message of one part, and in each of several (their header takes seven septets or three UTF-16 units).
ALONE: Final[dict[Encoding, int]] = {"GSM-7": 160, "UCS-2": 70}
TOGETHER: Final[dict[Encoding, int]] = {"GSM-7": 153, "UCS-2": 67}

# Turkish tells ı from i, ş from s, ğ from g: another letter, another word. Languages that live on such letters keep
# all of theirs.
KEPT_LETTERS: Final = frozenset("ıİşŞğĞ")
KEPT_LANGUAGES: Final = frozenset({"az", "tr", "vi"})

SIGNS: Final = {
    **dict.fromkeys("’‘‚‛ʼ′´`‹›", "'"),
    **dict.fromkeys("“”„‟″«»", '"'),
    **dict.fromkeys("‐‑‒–—―−•", "-"),
    # No-break, figure, thin and other spaces, as typographers and CLDR's French dates put them in.
    **dict.fromkeys(
        "\t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000", " "
    ),
    # Soft hyphen, zero-width and direction marks: nothing to see.
    **dict.fromkeys(
        "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff", ""
    ),
    **{"…": "...", "·": ".", "°": "o", "º": "o", "ª": "a", "²": "2", "³": "3", "½": "1/2", "¼": "1/4", "¾": "3/4"},
    **{"œ": "oe", "Œ": "OE", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "×": "x"},
}
INNER_SPACE: Final = re.compile("(?<=«)[ \u00a0\u202f]+|[ \u00a0\u202f]+(?=»)")


@dataclass(frozen=True)
class Size:
    """What a text costs on the air: its encoding and the units of each part."""

    encoding: Encoding
    part_units: tuple[int, ...]

    @property
    def segments(self) -> int:
        return len(self.part_units)

    @property
    def units(self) -> int:
        return sum(self.part_units)


def outside(text: str) -> str:
    """The characters that are not in the table, each once, by code point."""
    return "".join(sorted(set(text) - ALPHABET))


def encoding(text: str) -> Encoding:
    return "GSM-7" if ALPHABET.issuperset(text) else "UCS-2"


def split(text: str) -> tuple[str, ...]:
    """The parts that the text travels in; none for the empty text, which cannot be sent."""
    form = encoding(text)
    widths = _widths(text, form)
    if sum(widths) <= ALONE[form]:
        return (text,) if text else ()
    parts, start, used = [], 0, 0
    for place, width in enumerate(widths):
        if used + width > TOGETHER[form]:
            parts.append(text[start:place])
            start, used = place, 0
        used += width
    return (*parts, text[start:])


def size(text: str) -> Size:
    form = encoding(text)
    return Size(form, tuple(sum(_widths(part, form)) for part in split(text)))


def fold(text: str, lang: str = "") -> str:
    """The text in the SMS alphabet if it can be brought there without more parts, else as it is (composed, NFC).

    `lang` is the language that the text is written in, where known: some languages cannot bear it.
    """
    composed = unicodedata.normalize("NFC", text)
    # A few letters of other scripts come apart under NFC.
    plain = composed if size(composed).segments <= size(text).segments else text
    if encoding(plain) == "GSM-7" or re.split("[-_]", lang.lower())[0] in KEPT_LANGUAGES:
        return plain
    folded = "".join(map(_folded, INNER_SPACE.sub("", plain)))
    fits = encoding(folded) == "GSM-7" and size(folded).segments <= size(plain).segments
    # A text of nothing but invisible marks would become one that cannot be sent.
    return folded if fits and folded else plain


def _folded(char: str) -> str:
    """The character's stand-in: itself where it is in the table or cannot be folded."""
    if char in ALPHABET or char in KEPT_LETTERS:
        return char
    if char in SIGNS:
        return SIGNS[char]
    base = unicodedata.normalize("NFD", char)[0]
    return base if base.isascii() and base.isalpha() else char


def _widths(text: str, form: Encoding) -> list[int]:
    if form == "GSM-7":
        return [2 if char in EXTENSION else 1 for char in text]
    return [2 if ord(char) > 0xFFFF else 1 for char in text]
