"""Whose kit it is: the client, and which of its codes people are given."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from booking import codes
from booking.model import Client, Code
from handlers.kits.refusals import NoKit
from storage import directory
from storage.db import Sql


async def client_of(db: Sql, ref: str) -> tuple[Client, Mapping[str, Code]]:
    """The client and its codes by their letters; one that is suspended brings nobody. Raises NoKit."""
    found = await directory.invited(db, ref)
    if found is None:
        raise NoKit("no_client")
    if found[0].suspended:
        raise NoKit("suspended")
    return found


def chosen(known: Mapping[str, Code], asked: str | None, today: date) -> tuple[str, Code]:
    """The letters and the code: the one that is asked for, by itself or its id, else the only one that has not ended.

    One that begins later is fine: what is printed has to be there before. Raises NoKit.
    """
    if asked is not None:
        return _asked(known, asked, today)
    open_ones = {letters: code for letters, code in known.items() if not ended(code, today)}
    if not open_ones:
        raise NoKit("none_open")
    if len(open_ones) > 1:
        raise NoKit("several", list(open_ones.values()))
    return next(iter(open_ones.items()))


def _asked(known: Mapping[str, Code], asked: str, today: date) -> tuple[str, Code]:
    for letters, code in known.items():
        if asked == code.id or codes.normal(asked) == codes.normal(letters):
            if ended(code, today):
                raise NoKit("ended", [code])
            return letters, code
    raise NoKit("no_code")


def ended(code: Code, today: date) -> bool:
    """Whether it opens nothing any more."""
    return code.valid_until is not None and code.valid_until < today
