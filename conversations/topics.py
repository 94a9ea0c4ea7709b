"""What a wish is about: the motive, the mode, the worker and the language, each by its words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from booking.model import Mode, Motive
from conversations.model import Words
from conversations.normal import fold
from conversations.phrases import pattern, without
from conversations.wishes import Mention, first, mentions


def topics_only(parts: Sequence[str], words: Words) -> tuple[str, ...]:
    """The clauses without what sounds like a topic and is none: "votre numéro de téléphone"."""
    return tuple(without(part, pattern(words("words.topic.none"))) for part in parts)


def motive(parts: Sequence[str], words: Words, *, weak: bool = True) -> Motive | None:
    """The motive that is spoken of first; clear words ("surendettement") before those that may be chance ("mère").

    'other' is what is left: who lost a job and cannot pay the rent has a matter of rent. `weak=False`
    leaves chance out: in "je veux supprimer mon compte" it is not about a bank.
    """
    sure = [each for each in Motive if each is not Motive.OTHER]
    for motives, strength in ((sure, ""), ([Motive.OTHER], ""), (Motive, ".weak"))[: 2 + weak]:
        name = first(
            mention
            for each in motives
            for mention in mentions(parts, each, words(f"words.motive.{each}{strength}"), words, topic=True)
        )
        if name:
            return Motive(name)
    return None


def mode(parts: Sequence[str], words: Words) -> Mode | None:
    """How they would meet; of several the last, which is how people correct themselves."""
    found: list[Mention] = [
        mention
        for each in Mode
        for mention in mentions(parts, each.value, words(f"words.mode.{each.value}"), words, topic=True)
    ]
    return Mode(max(found).name) if found else None


def worker(parts: Sequence[str], words: Words, workers: Mapping[str, str]) -> str | None:
    """The ref of the worker who is named, by first name or ref; nobody when a name fits two of them."""
    names: dict[str, set[str]] = {}
    for ref, first_name in workers.items():
        for name in {fold(ref), fold(first_name)} - {""}:
            names.setdefault(name, set()).add(ref)
    clear = {name: next(iter(refs)) for name, refs in names.items() if len(refs) == 1}
    return first(mention for name, ref in clear.items() for mention in mentions(parts, ref, (name,), words, topic=True))


def language(parts: Sequence[str], words: Words, languages: Sequence[str]) -> str | None:
    """The language that somebody asks for, by its name in any language."""
    return first(
        mention
        for each in languages
        for mention in mentions(parts, each, words(f"words.language.{each}"), words, topic=True)
    )
