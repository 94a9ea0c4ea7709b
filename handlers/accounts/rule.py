"""What the platform's password has to be (terms, article 4.1.1): at least eight characters, an upper-case letter, a
digit and a special character. None that everybody tries, nor their own name or address.

    faults(password, mine) -> texts      all that is wrong at once; none where it will do
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from conversations.text import Text, t
from handlers.accounts.common import fold, is_common, readings
from handlers.passwords import LONGEST, plain

SHORTEST: Final = 8
A_NAME: Final = 3  # letters: shorter ones are in every other word

WANTED: Final = (
    t("page.password.length", least=SHORTEST),
    t("page.password.upper"),
    t("page.password.digit"),
    t("page.password.special"),
)


def faults(password: str, mine: Iterable[str]) -> Sequence[Text]:
    """`mine`: what others know of them: names, the e-mail address."""
    typed = plain(password)
    if len(typed) > LONGEST:
        return [t("page.password.long", most=LONGEST)]
    kept = (
        len(typed) >= SHORTEST,
        any(sign.isupper() for sign in typed),
        any(sign.isdecimal() for sign in typed),
        any(not sign.isalnum() and not sign.isspace() for sign in typed),
    )
    lacking = [text for text, is_kept in zip(WANTED, kept, strict=True) if not is_kept]
    if lacking:
        return lacking
    if _names_them(typed, mine):
        return [t("page.password.yours")]
    return [t("page.password.common")] if is_common(typed) else []


def _names_them(typed: str, mine: Iterable[str]) -> bool:
    """Their first or last name, or the part of their address before the sign, however it is written."""
    pieces = {piece for text in mine for piece in re.findall(r"[^\W\d_]+", fold(text.partition("@")[0]))}
    return any(piece in form for piece in pieces if len(piece) >= A_NAME for form in readings(typed))
