"""What a wish is about: the motive, the mode, the worker and the language, each by its words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from booking.model import Mode, Motive
from conversations.model import Words
from conversations.normal import fold
from conversations.wishes import Mention, first, mentions


def motive(parts: Sequence[str], words: Words) -> Motive | None:
    """The motive that is spoken of first; clear words ("surendettement") before those that may be chance ("mère")."""
    for strength in ("", ".weak"):
        found = [
            mention
            for each in Motive
            for mention in mentions(parts, each.value, words(f"words.motive.{each.value}{strength}"), words)
        ]
        if found:
            return Motive(min(found).name)
    return None


def mode(parts: Sequence[str], words: Words) -> Mode | None:
    """How they would meet; of several the last, which is how people correct themselves."""
    found: list[Mention] = [
        mention for each in Mode for mention in mentions(parts, each.value, words(f"words.mode.{each.value}"), words)
    ]
    return Mode(max(found).name) if found else None


def worker(parts: Sequence[str], words: Words, workers: Mapping[str, str]) -> str | None:
    """The ref of the worker who is named, by first name or ref; nobody when a name fits two of them."""
    names: dict[str, set[str]] = {}
    for ref, first_name in workers.items():
        for name in {fold(ref), fold(first_name)} - {""}:
            names.setdefault(name, set()).add(ref)
    clear = {name: next(iter(refs)) for name, refs in names.items() if len(refs) == 1}
    return first(mention for name, ref in clear.items() for mention in mentions(parts, ref, (name,), words))


def language(parts: Sequence[str], words: Words, languages: Sequence[str]) -> str | None:
    """The language that somebody asks for, by its name in any language."""
    return first(
        mention for each in languages for mention in mentions(parts, each, words(f"words.language.{each}"), words)
    )
