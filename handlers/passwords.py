"""How passwords are kept: argon2id, in threads of their own, few at a time. What a password has to be is said where it
is chosen: `handlers/console/passwords.py`, `handlers/accounts/rule.py`.
"""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Callable
from typing import Final, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from storage.sql import storable

LONGEST: Final = 128  # characters that are looked at
AT_ONCE: Final = 2  # each takes 64 MiB for some tenths of a second
QUEUE: Final = 16

T = TypeVar("T")


class Busy(Exception):
    """So many try to get in at once that this one would wait for long."""


class Passwords:
    """The hasher's own defaults are the second choice of RFC 9106: 64 MiB, three passes, four lanes."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._nobodys: str | None = None
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._here = 0

    async def hash(self, password: str) -> str:
        return await self._one_of_few(self._hash, password)

    async def matches(self, hashed: str | None, password: str) -> bool:
        """Against nobody's hash where there is none: the work is the same (invariant I12)."""
        if self._nobodys is None:
            self._nobodys = await self.hash("")
        same = await self._one_of_few(self._verify, hashed or self._nobodys, password)
        return same and hashed is not None

    async def _one_of_few(self, work: Callable[..., T], *args: str) -> T:
        if self._here >= QUEUE:
            raise Busy
        self._here += 1
        try:
            async with self._turn:
                return await asyncio.to_thread(work, *args)
        finally:
            self._here -= 1

    def _hash(self, password: str) -> str:
        return self._hasher.hash(plain(password))

    def _verify(self, hashed: str, password: str) -> bool:
        try:
            return self._hasher.verify(hashed, plain(password))
        except (VerificationError, InvalidHashError):
            return False


def plain(password: str) -> str:
    """One form for what keyboards write in two (NIST SP 800-63B)."""
    return unicodedata.normalize("NFKC", storable(password))
