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
_WORD: Final = re.compile(r"[^\W_]+")
_SIDES: Final = " .,;:!?-'’"


def full_name(text: str, words: Words) -> tuple[str, str] | None:
    """First and last name, or None. Letters, marks, space and - ' ’ . only: no links, no invisible or bidirectional
    marks.

    "je m'appelle Camille Dubois", "DUBOIS Camille", "Dubois, Camille" and "camille dubois" are all Camille, Dubois.
    """
    plain = without_manners(text, words).strip(_SIDES)
    last, comma, first = plain.partition(", ")
    if comma and last[0].isupper() and first[0].isupper():  # as in lists of names; "attendez, camille" is none
        plain = f"{first} {last}"
    if not plain or len(plain) > NAME_LENGTH or not all(map(_in_a_name, plain)) or email_in(plain, words) is not None:
        return None
    parts = plain.split(" ")
    if len(parts) < 2 or any(not any(map(str.isalpha, part)) for part in parts):
        return None
    if parts[0].isupper() and len(parts[0]) > 1 and not parts[-1].isupper():  # DUBOIS Camille, as on French forms
        parts = [*parts[1:], parts[0]]
    return _capital(parts[0]), " ".join(part if _is_particle(part, plain) else _capital(part) for part in parts[1:])


def _in_a_name(char: str) -> bool:
    return char in _NAME_MARKS or unicodedata.category(char) in {"Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc"}


def without_manners(text: str, words: Words) -> str:
    """One line without 'bonjour', 'je m'appelle', 'madame' before and 'merci' after; the rest as it was typed."""
    plain = " ".join(unicodedata.normalize("NFC", text).split())
    before, after = words("words.name.intro"), words("words.name.outro")
    spans = [found.span() for found in _WORD.finditer(plain)]
    said = [fold(plain[start:end]) for start, end in spans]
    first, last = 0, len(said)
    while cut := max((len(i.split()) for i in before if said[first:last][: len(i.split())] == i.split()), default=0):
        first += cut
    while cut := max((len(o.split()) for o in after if said[first:last][-len(o.split()) :] == o.split()), default=0):
        last -= cut
    if first >= last:
        return ""
    whole = (first, last) == (0, len(said))
    return plain if whole else plain[spans[first][0] : spans[last - 1][1]]


def is_a_sentence(text: str, words: Words) -> bool:
    """ "Je ne veux pas donner mon nom": two words that are hardly ever in a name."""
    never = words("words.name.never")
    return sum(word in never for word in fold(text).split()) > 1


def _is_particle(part: str, name: str) -> bool:
    """The "de" and "la" of a name that was typed with capitals."""
    return part.islower() and len(part) <= 3 and not name.islower()


def _capital(part: str) -> str:
    """Names typed all small or all large get their usual look; others are as the person wrote them."""
    if part.islower() or (part.isupper() and len(part) > 2):
        return re.sub(r"[^\W\d_]+", lambda found: found[0][0].upper() + found[0][1:].lower(), part)
    return part


def email_in(text: str, words: Words) -> str | None:
    """The only address in a text, in its normal form, or None. Spaces round the @ are a telephone's keyboard, and some
    write it, or say it to their telephone, in letters: "camille arobase exemple point fr".
    """
    spelled = "|".join(map(re.escape, words("words.email.at"))) or "(?!)"
    joined = re.sub(rf"\s*@\s*|\s+\(?(?:{spelled})\)?\s+", "@", text, flags=re.IGNORECASE)
    dots = "|".join(map(re.escape, words("words.email.dot"))) or "(?!)"
    if not re.search(r"@\S+\.\S", joined):
        joined = re.sub(rf"\s+(?:{dots})\s+", ".", joined, flags=re.IGNORECASE)
    found = [word.strip("<>()[],;:.!?\"'") for word in joined.split() if "@" in word]
    if len(found) != 1:
        return None
    from email_validator import EmailNotValidError, validate_email

    try:
        return validate_email(found[0], check_deliverability=False).normalized
    except EmailNotValidError:
        return None


def mentions(text: str, phrases: tuple[str, ...]) -> bool:
    """Whether one of a catalogue's phrases stands anywhere in a text."""
    return has(padded(text), pattern(phrases))
