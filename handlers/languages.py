"""Which language a stranger writes: only the first message is looked at, and only when it is plain."""

from __future__ import annotations

from dataclasses import replace

from conversations.model import Input, State
from conversations.normal import fold
from handlers.parts import Parts
from locales.words import words
from storage import contacts
from storage.contacts import ContactRow
from storage.db import Tx


async def heard(tx: Tx, parts: Parts, who: ContactRow, state: State, came: Input) -> ContactRow:
    """The contact, with the language of its first message if that is another of ours."""
    if state.met or who.worker_id is not None:
        return who
    lang = guess(came.text, parts.languages, who.lang)
    if lang == who.lang:
        return who
    await contacts.set_language(tx, who.id, lang)
    return replace(who, lang=lang)


def guess(text: str, languages: tuple[str, ...], default: str) -> str:
    """The language with the most everyday words in a text; the default unless another has clearly more."""
    said = fold(text).split()
    counts = {
        lang: sum(word in set(words(lang)("words.language.common." + lang)) for word in said) for lang in languages
    }
    best = max(counts, key=lambda lang: (counts[lang], lang == default))
    return best if counts[best] > counts.get(default, 0) else default
