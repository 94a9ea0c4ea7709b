"""Connection codes: their one normal form, finding one inside a sentence, how hard one is to guess, making one.

A code has the shape `NAME-XXXX-XXXX`: who it is from, then eight characters of an alphabet without I, L, O and U
(Douglas Crockford's base 32), so that what is read aloud or copied by hand has one reading. A client may also bring a
code of its own with another shape: it is accepted where a code was asked for, but not looked for in sentences.
"""

from __future__ import annotations

import re
import unicodedata

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
BITS_EACH = 5
STRONG = 40  # bits that a generated code has, and under which one is called weak
RANDOM_BYTES = 5  # what `make` needs
LONGEST = 64  # of what is typed: nothing longer is a code
NAME_LENGTH = 12

_LOOK_ALIKE = str.maketrans("OIL", "011")
_BETWEEN = " -_.,;:!?/'\"()[]<>*"  # what people put around and into a code, after NFKD and the mapping of dashes
_DASHES = re.compile("[\u2010-\u2015\u2212\u00ad]")
_SHAPE = r"(?<![A-Za-z0-9])([A-Za-z][A-Za-z0-9]{{1,11}})({0})([A-Za-z0-9]{{4}})({1})([A-Za-z0-9]{{4}})(?![A-Za-z0-9])"
# As printed, then ever more freely: a long name alone could be read as name and code written together.
_SHAPES = [
    re.compile(_SHAPE.format(*gaps)) for gaps in ((" ?- ?", " ?- ?"), ("[ -]{1,3}", "[ -]{0,3}"), ("", "[ -]{0,3}"))
]
_TIME = re.compile(r"\d{1,2}[hH:]\d{0,2}")


def normal(typed: str) -> str | None:
    """The form in which codes are compared: capital ASCII letters and digits, O as 0, I and L as 1, nothing between.

    None for what cannot be a code: empty, too long, or with a letter or sign from elsewhere. Nothing is guessed from a
    Cyrillic А or a Turkish dotless ı: they do not decompose into ASCII.
    """
    if len(typed) > LONGEST:
        return None
    kept = []
    for sign in _plain(typed):
        if sign.isascii() and sign.isalnum():
            kept.append(sign.upper())
        elif not sign.isspace() and sign not in _BETWEEN:
            return None
    return "".join(kept).translate(_LOOK_ALIKE) or None


def find(sentence: str) -> str | None:
    """What in a sentence has the shape of a code, as typed (but for accents); or None.

    Forgiving about case, spaces and dashes, and strict about what people write anyway: 'bonjour', a date with a time,
    two words of four letters are never a guess. What is missed here is still accepted where a code is asked for.
    """
    plain = _plain(sentence)
    for shape in _SHAPES:
        position = 0
        while found := shape.search(plain, position):
            if _looks_made(found):
                return found[0]
            position = found.start() + 1
    return None


def strength(code: str, *known: str) -> int:
    """Bits left to guess for who knows the words of `known` (the client's name and ref). An estimate.

    Counted are the signs after the name, without years and words that are known: five bits each for mixed signs,
    three for digits alone, one for what reads as a word; what repeats or continues (0000, 1234, ABCD) hardly counts.
    """
    secret = _secret_part(code, known)
    counted = len(_without_runs(secret))
    if secret.isdigit():
        return counted * 3
    if _has_digit(secret) or len(set(secret) & set("AEIOUY")) < 2:
        return counted * BITS_EACH
    return counted


def is_weak(code: str, *known: str) -> bool:
    return strength(code, *known) < STRONG


def make(name: str, random_bytes: bytes) -> str:
    """A code for a client of this name or ref: all 40 bits of the random bytes that are handed in."""
    if len(random_bytes) != RANDOM_BYTES:
        raise ValueError(f"a code is made from {RANDOM_BYTES} random bytes")
    number = int.from_bytes(random_bytes)
    signs = "".join(ALPHABET[number >> BITS_EACH * place & 31] for place in range(7, -1, -1))
    letters = "".join(sign for sign in _plain(name).upper() if sign.isascii() and sign.isalnum()).lstrip("0123456789")
    return f"{letters[:NAME_LENGTH] if len(letters) > 1 else 'CODE'}-{signs[:4]}-{signs[4:]}"


def _plain(text: str) -> str:
    """Without accents, and with one kind of dash.

    Compatibility forms (full width, superscripts) become what they look like.
    """
    return "".join(s for s in unicodedata.normalize("NFKD", _DASHES.sub("-", text)) if not unicodedata.combining(s))


def _looks_made(found: re.Match[str]) -> bool:
    """Whether eight signs with something before them were made by a machine rather than written by a person."""
    _, first_gap, one, second_gap, two = found.groups()
    eight = one + two
    dashed = "-" in first_gap and "-" in second_gap
    if "U" in eight.upper() or not _has_letter(eight):
        return False
    if not _has_digit(eight):
        return dashed and eight.isupper()
    if dashed:
        return True
    if _TIME.fullmatch(one) or _TIME.fullmatch(two) or re.search(r"\d[hH]\d{0,2}$", eight):
        return False
    alone = found[0] == found.string.strip(_BETWEEN + "\n\t")
    if alone and eight.upper() == eight:
        return True
    return all(_has_digit(group) and _has_letter(group) for group in (one, two))


def _has_digit(text: str) -> bool:
    return any(sign in "0123456789" for sign in text)


def _has_letter(text: str) -> bool:
    return any(sign not in "0123456789" for sign in text)


def _secret_part(code: str, known: tuple[str, ...]) -> str:
    """What of a code is not its name, nor a word of the client, nor a year."""
    first, *others = _words(code)
    secret = "".join(others) or first
    for word in sorted((w for text in known for w in _words(text) if len(w) > 2), key=len, reverse=True):
        secret = secret.replace(word, "")
    return re.sub(r"(?:19|20)\d\d", "", secret)


def _words(text: str) -> list[str]:
    """The words of a text, in capital letters and digits of ASCII."""
    return re.findall(r"[A-Z0-9]+", _plain(text).upper()) or [""]


def _without_runs(secret: str) -> str:
    """Without what repeats or continues the two signs before in the same direction:

    of 0000, 1234, ABCD, 9876 two remain.
    """
    kept = secret[:2]
    for two, one, sign in zip(secret, secret[1:], secret[2:], strict=False):
        step = ord(sign) - ord(one)
        if abs(step) > 1 or step != ord(one) - ord(two):
            kept += sign
    return kept
