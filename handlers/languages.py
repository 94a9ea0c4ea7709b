"""Which language a stranger writes: only the first message is looked at, and only when it is plain."""

from __future__ import annotations

from dataclasses import replace

from conversations.model import Input, State
from handlers.parts import Parts
from locales.words import guess
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
