"""Whose kit it is: the client, and which of its codes people are given."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from booking import codes
from booking.model import Client, Code
from bot.failures import WrongUse
from storage import directory
from storage.db import Sql


async def client_of(db: Sql, ref: str) -> tuple[Client, Mapping[str, Code]]:
    """The client and its codes by their letters; one that is suspended brings nobody."""
    found = await directory.invited(db, ref)
    if found is None:
        raise WrongUse("CLIENT: no client of the directory has this ref")
    if found[0].suspended:
        raise WrongUse(f"CLIENT: {ref} is suspended: its codes open nothing until the directory file says otherwise")
    return found


def chosen(ref: str, known: Mapping[str, Code], asked: str | None, today: date) -> tuple[str, Code]:
    """The letters and the code: the one that is asked for, by itself or its id, else the only one that has not ended.

    One that begins later is fine: what is printed has to be there before. No message shows a code.
    """
    if asked is not None:
        return _asked(ref, known, asked, today)
    open_ones = {letters: code for letters, code in known.items() if not _ended(code, today)}
    if not open_ones:
        raise WrongUse(f"CLIENT: no code of {ref} is valid any more: load another one")
    if len(open_ones) > 1:
        listed = "; ".join(f"{code.id} ({_days(code)})" for code in open_ones.values())
        raise WrongUse(f"--code: {ref} has {len(open_ones)} codes: give the code itself, or its id: {listed}")
    return next(iter(open_ones.items()))


def _asked(ref: str, known: Mapping[str, Code], asked: str, today: date) -> tuple[str, Code]:
    for letters, code in known.items():
        if asked == code.id or codes.normal(asked) == codes.normal(letters):
            if _ended(code, today):
                raise WrongUse(f"--code: this code ended on {code.valid_until}")
            return letters, code
    raise WrongUse(f"--code: {ref} has no such code")


def _ended(code: Code, today: date) -> bool:
    return code.valid_until is not None and code.valid_until < today


def _days(code: Code) -> str:
    first = f"from {code.valid_from}" if code.valid_from else ""
    last = f"until {code.valid_until}" if code.valid_until else ""
    return " ".join(filter(None, (first, last))) or "always valid"
