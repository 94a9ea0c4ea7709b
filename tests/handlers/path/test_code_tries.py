"""Who tries codes at large (threats T1, T20): what is looked at never goes over its limits, and is counted in rows.

Each try is the real use case in a transaction of its own. Redis has no part in it: nothing here asks one.
"""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import datetime

import pytest

from booking.events import CodesGuessed, Event
from booking.model import ContactId, Rules
from booking.ports import CodeAccepted, CodeRefused, CodeSent, TooManyTries
from handlers.acting import Acting
from storage.booking import Directories, RowStore
from storage.crypto import Vault
from storage.db import Database
from tests.handlers.path.place import MONDAY

SEEN = Directories()
NUMBERS = itertools.count(1)
RULES = Rules()
AT_ONCE = 8  # databases opened side by side, as so many processes would


async def guess(
    db: Database,
    contact: str,
    now: datetime,
    typed: str = "PORTS-0000-0000",
    rules: Rules = Rules(),  # noqa: B008
) -> tuple[CodeAccepted | CodeRefused | TooManyTries, list[Event]]:
    async with db.transaction() as tx:
        core = Acting(tx, RowStore(tx, SEEN), rules, now, lambda: f"id{next(NUMBERS)}")
        return await core.redeem_code(typed, ContactId(contact)), core.events


async def asks(
    db: Database,
    contact: str,
    number: str,
    now: datetime,
    rules: Rules = Rules(),  # noqa: B008
) -> CodeSent | TooManyTries:
    async with db.transaction() as tx:
        core = Acting(tx, RowStore(tx, SEEN), rules, now, lambda: f"id{next(NUMBERS)}")
        return await core.prove_phone(ContactId(contact), number, "123456")


def number(n: int) -> str:
    return f"+3363998{n:04}"


@pytest.fixture
async def side_by_side(database_url: str, db: Database, vault: Vault) -> AsyncIterator[list[Database]]:
    """The same database, as eight processes would open it."""
    async with AsyncExitStack() as opened:
        others = [await Database.open(database_url, vault) for _ in range(AT_ONCE - 1)]
        for other in others:
            opened.push_async_callback(other.close)
        yield [db, *others]


async def test_guesses_at_once_are_no_more_than_allowed(side_by_side: list[Database]) -> None:
    rules = Rules(tries_overall=20)
    came = await asyncio.gather(
        *(guess(db, f"c{n}", MONDAY, rules=rules) for n, db in zip(range(64), side_by_side * 8, strict=True))
    )
    assert Counter(type(answer) for answer, _ in came) == {CodeRefused: 20, TooManyTries: 44}
    assert sum(events.count(CodesGuessed(20)) for _, events in came) == 1


async def test_codes_at_once_are_no_more_than_allowed(side_by_side: list[Database]) -> None:
    """Of all numbers together, and of one number that many ask for."""
    rules = Rules(codes_overall=20)
    every = [(number(0), f"a{n}") for n in range(24)] + [(number(n), f"b{n}") for n in range(1, 41)]
    came = await asyncio.gather(
        *(asks(db, who, to, MONDAY, rules) for (to, who), db in zip(every, side_by_side * 8, strict=True))
    )
    sent = [to for answer, (to, _) in zip(came, every, strict=True) if isinstance(answer, CodeSent)]
    assert len(sent) == 20
    assert sent.count(number(0)) <= rules.codes_an_hour
