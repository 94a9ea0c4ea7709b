"""What people type, per language: the catalogues' word lists, folded once, as `conversations.model.Words`.

A person is heard in their own language and in French. Stop and start words, names of languages and danger words count
in all languages that we have: who is in danger does not first choose a language.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from conversations.normal import fold
from conversations.phrases import fold_phrase
from locales import HERE, catalogue

DOMAIN: Final = "words"
ROOT: Final = "fr"
ANYWHERE: Final = re.compile(r"words\.(?:command\.(?:stop|start)|language\.\w+|danger\..+)")


@dataclass(frozen=True)
class Catalogues:
    """The word lists of some languages, joined. Calling it makes it a `Words`; a list that is not there is empty."""

    lists: Mapping[str, tuple[str, ...]]

    def __call__(self, key: str) -> tuple[str, ...]:
        return self.lists.get(key, ())


@cache
def words(lang: str) -> Catalogues:
    """The words of a language and of French. An unknown language has those of French alone."""
    own = (lang, ROOT) if lang in word_languages() else (ROOT,)
    joined: dict[str, tuple[str, ...]] = {}
    for name in dict.fromkeys((*own, *word_languages())):
        for key, phrases in _lists(name).items():
            if name in own or ANYWHERE.fullmatch(key):
                joined[key] = tuple(dict.fromkeys((*joined.get(key, ()), *phrases)))
    return Catalogues(joined)


def guess(text: str, languages: tuple[str, ...], default: str) -> str:
    """The language with the most everyday words in a text; the default unless another has clearly more."""
    said = fold(text).split()
    counts = {lang: sum(word in _lists(lang).get("words.everyday", ()) for word in said) for lang in languages}
    best = max(counts, key=lambda lang: counts[lang], default=default)
    return best if counts.get(best, 0) > counts.get(default, 0) else default


@cache
def word_languages() -> tuple[str, ...]:
    """The languages that have a word list."""
    found = {path.parent.parent.name for path in HERE.glob(f"*/LC_MESSAGES/{DOMAIN}.*")}
    return tuple(sorted(found))


@cache
def _lists(lang: str) -> Mapping[str, tuple[str, ...]]:
    return {key: _phrases(listed) for key, listed in catalogue(lang, DOMAIN).items()}


def _phrases(listed: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, map(fold_phrase, listed.split("|")))))
