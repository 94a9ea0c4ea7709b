"""What an operator's password has to be."""

from __future__ import annotations

from typing import Final

from conversations.text import Text, t
from handlers.passwords import LONGEST, plain

SHORTEST: Final = 12  # beside a second factor; length is what counts (NIST SP 800-63B)
DIFFERENT: Final = 6  # signs, so that a key held down is no password


def fault(password: str, name: str) -> Text | None:
    """Why a password that an operator chose will not do."""
    typed = plain(password)
    if len(typed) < SHORTEST:
        return t("console.password.short", least=SHORTEST)
    if len(typed) > LONGEST:
        return t("console.password.long", most=LONGEST)
    if len(set(typed)) < DIFFERENT or name.casefold() in typed.casefold():
        return t("console.password.plain")
    return None
