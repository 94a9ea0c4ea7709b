"""Who says that they are under 18 while they have no account: heard at every step of a sign-up, and before it.

A listener of `conversations/hear.py`, after danger and STOP. It takes the first person: "mon fils a 16 ans" is a
matter, and "j'ai 15 ans d'ancienneté" no age. At the question for the terms more is understood (`flows/terms.py`).
"""

from __future__ import annotations

from conversations.flows.terms import minor
from conversations.model import Input
from conversations.phrases import padded, pattern
from conversations.talk import Talk


async def under_age(talk: Talk, came: Input) -> bool:
    c = talk.c
    if not came.text or c.known.person is not None or c.contact.role == "worker" or not _says_so(talk, came.text):
        return False
    done = await minor(c)
    talk.frames = []
    talk.facts = {name: value for name, value in talk.facts.items() if name == "lang"}
    talk.says = [done.say] if done.say is not None else []
    talk.flags |= done.flags
    talk.ended = True
    return True


def _says_so(talk: Talk, text: str) -> bool:
    said = padded(text)
    ages, others = pattern(talk.c.words("words.minor.self")), pattern(talk.c.words("words.minor.not"))
    return any(others.match(said, found.end()) is None for found in ages.finditer(said))
