"""What a person may be called and written to: names and addresses as they are typed in a hurry."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from conversations.model import Words
from conversations.normal import fold
from conversations.phrases import has, padded, pattern

NAME_LENGTH: Final = 50
_NAME_MARKS: Final = frozenset(" -'’.")
_SIDES: Final = " .,;:!?-'’"


def full_name(text: str, words: Words) -> tuple[str, str] | None:
    """First and last name, or None. Letters, marks, space and - ' ’ . only: no links, no invisible or bidirectional
    marks.

    "je m'appelle Camille Dubois", "DUBOIS Camille" and "camille dubois" are all Camille, Dubois.
    """
    plain = " ".join(unicodedata.normalize("NFC", text).replace("\n", " ").split())
    plain = _without_intro(plain, words).strip(_SIDES)
    if not plain or len(plain) > NAME_LENGTH or not all(map(_in_a_name, plain)):
        return None
    parts = plain.split(" ")
    if len(parts) < 2 or any(not any(map(str.isalpha, part)) for part in parts):
        return None
    if parts[0].isupper() and len(parts[0]) > 1 and not parts[-1].isupper():  # DUBOIS Camille, as on French forms
        parts = [*parts[1:], parts[0]]
    return _capital(parts[0]), " ".join(map(_capital, parts[1:]))


def _in_a_name(char: str) -> bool:
    return char in _NAME_MARKS or unicodedata.category(char) in {"Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc"}


def _without_intro(text: str, words: Words) -> str:
    """Without 'je m'appelle', 'moi c'est': compared folded, cut from the words as they were typed."""
    folded = fold(text)
    for intro in sorted(words("words.name.intro"), key=len, reverse=True):
        if folded.startswith(intro + " "):
            keep = len(folded.split()) - len(intro.split())
            pieces = re.split(r"[\s'’]+", text)
            return " ".join(pieces[-keep:])
    return text


def _capital(part: str) -> str:
    """Names typed all small or all large get their usual look; others are as the person wrote them."""
    if part.islower() or (part.isupper() and len(part) > 2):
        return re.sub(r"[^\W\d_]+", lambda found: found[0][0].upper() + found[0][1:].lower(), part)
    return part


def email_in(text: str) -> str | None:
    """The only address in a text, in its normal form, or None. Spaces round the @ are a telephone's keyboard."""
    from email_validator import EmailNotValidError, validate_email

    joined = re.sub(r"\s*([@])\s*", r"\1", text)
    found = [word.strip("<>()[],;:.!?\"'") for word in joined.split() if "@" in word]
    if len(found) != 1:
        return None
    try:
        return validate_email(found[0], check_deliverability=False).normalized
    except EmailNotValidError:
        return None


def mentions(text: str, phrases: tuple[str, ...]) -> bool:
    """Whether one of a catalogue's phrases stands anywhere in a text."""
    return has(padded(text), pattern(phrases))
