"""The words in which people were asked for their consent, as they ever stood: `terms_asked.toml`, only added to.

The row of a consent holds their hash (`booking.model.Consent.catalogue`), so that what was accepted can be made again
when the catalogues have other words.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import Final

from locales import HERE

PLACE: Final = HERE / "terms_asked.toml"


@dataclass(frozen=True, slots=True)
class Asked:
    """The question, and its choices."""

    msgid: str
    locale: str
    words: tuple[str, ...]

    @property
    def catalogue(self) -> str:
        return fingerprint(self.words)


def fingerprint(words: Sequence[str]) -> str:
    """As `conversations/talk.py` makes it when it asks: SHA-256 of the words, each on a line, as hex digits."""
    return sha256("\n".join(words).encode()).hexdigest()


def asked(catalogue: str) -> Asked | None:
    """By the hash that a row holds. None: the words were never ours."""
    return _all().get(catalogue)


@cache
def _all() -> dict[str, Asked]:
    read = tomllib.loads(PLACE.read_text(encoding="utf-8"))
    found = (Asked(each["msgid"], each["locale"], tuple(each["words"])) for each in read["asked"])
    return {each.catalogue: each for each in found}
