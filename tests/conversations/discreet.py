"""What may show unasked on a telephone that others see: judged of each notice and each question of news in every talk
that is played, so that a new one is judged with its first talk (threat T6).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Final

from conversations.model import Reply
from conversations.text import Text
from handlers.discretion import WHOLE, tells
from locales import catalogue, languages

TRADE: Final = ("social", "aide à domicile", "assurance", "employeur", "insurance", "employer")


def judge(kind: str, texts: Sequence[Text]) -> None:
    """To a person, of their own doing or not; a code, or a mail that confirms, was asked for a moment ago."""
    if kind in WHOLE:
        return
    assert not tells(Reply(tuple(texts))), (kind, [text.msgid for text in texts])
    for text in texts:
        assert not names_the_trade(text.msgid), (kind, text.msgid)


@cache
def names_the_trade(msgid: str) -> bool:
    said = (catalogue(lang)[msgid].casefold() for lang in languages())
    return any(word in words for words in said for word in TRADE)
