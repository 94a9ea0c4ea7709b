"""Words of distress come before every limit (threat T31): in each language, of a sender whose messages are not heard
any more, beyond the day's ceiling, in a talk that is under way, while the database keeps everybody waiting. The number
is the first thing that is said, and nothing of that reply leaves before it.
"""

from __future__ import annotations

import asyncio
from contextvars import copy_context
from dataclasses import replace

import pytest

from conversations.danger import KINDS, Danger, Kind, danger
from conversations.flows.danger import NUMBERS
from handlers.delivery import deliver
from handlers.turns import drain
from locales import catalogue, languages
from locales.voice import Voice
from locales.words import words
from storage import contacts
from storage.crypto import Vault
from storage.db import Database, Tx
from tests.guards import guards
from tests.handlers.path.place import Place

pytestmark = pytest.mark.sampled

on_postgres = pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
# Who reads which language, and writes which: whoever is in danger does not first choose one.
PAIRS = [(reads, writes) for reads in languages() for writes in languages()]
CASES = [(*pair, kind) for pair in PAIRS for kind in KINDS]


def address(number: int) -> str:
    return f"+3363998{number:04}"


def phrase(lang: str, kind: Kind) -> str:
    """The first of this language's own that has no blanks in it."""
    listed = catalogue(lang, "words")[f"words.danger.now.{kind}"].split("|")
    return next(each for each in listed if danger(each, words(lang)) == Danger("now", kind))


async def waits(db: Tx, statements: int) -> None:
    """Until so many statements wait for a lock that somebody holds."""
    for _ in range(2_000):
        (row,) = await db.fetch("SELECT count(*) AS n FROM pg_locks WHERE NOT granted")
        if row["n"] >= statements:
            return
        await asyncio.sleep(0.005)
    raise AssertionError("nobody waits")


@on_postgres
@guards("T31")
async def test_every_language_over_every_limit_and_a_slow_database(
    place: Place, database_url: str, vault: Vault
) -> None:
    place.parts = replace(place.parts, messages_a_minute=2, most_segments=1)
    ids = []
    for number, (reads, _, _) in enumerate(CASES):
        id, *_ = [str(await place.comes("sms", address(number), text="aide")) for _ in range(4)]
        await drain(place.parts, id)
        async with place.parts.db.transaction() as tx:
            await contacts.set_language(tx, id, reads)
        ids.append(id)
    place.line("sms").sent_to.clear()
    for number, (_, writes, kind) in enumerate(CASES):
        await place.comes("sms", address(number), text=phrase(writes, kind))

    other, outside = await Database.open(database_url, vault), copy_context()
    try:
        async with other.transaction() as held:
            await contacts.hold_off(held, ids)
            turns = [asyncio.create_task(drain(place.parts, id), context=outside.copy()) for id in ids]
            await waits(held, 10)
        assert await asyncio.gather(*turns) == [1] * len(CASES)
    finally:
        await other.close()
    while await deliver(place.parts, "place"):
        pass

    for number, (reads, writes, kind) in enumerate(CASES):
        first, *more = [text for to, text in place.line("sms").sent_to if to == address(number)]
        assert first.startswith(Voice(reads)(NUMBERS[kind])), (reads, writes, kind)
        assert more == [], "one reply, and nothing besides"
