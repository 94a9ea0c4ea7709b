"""Who tries codes at large (threats T1, T20): what is looked at never goes over its limits, and is counted in rows.

Each try is the real use case in a transaction of its own. Redis has no part in it, so it may be wiped at any moment:
`Acting` is given nothing but the transaction. A judge of its own counts what was looked at in every hour and day.
"""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random  # noqa: TID251 - seeded: the same tries at each run

import pytest

from booking import codes
from booking.events import CodesGuessed, Event
from booking.model import ContactId, Rules
from booking.ports import CodeAccepted, CodeRefused, TooManyTries
from booking.proofs import AskProof, ProofSent
from handlers.acting import Acting
from storage import contacts
from storage.booking import Directories, RowStore
from storage.crypto import Vault
from storage.db import Database
from storage.sql import marks
from tests.guards import guards
from tests.handlers.path.place import CAMILLE, MONDAY, SAM, Place, furnished

SEEN = Directories()
NUMBERS = itertools.count(1)
RULES = Rules()
AT_ONCE = 8  # databases opened side by side, as so many processes would
RIGHT = "PORTS-7KQM-4XTD"  # of the sample directory
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
on_postgres = pytest.mark.parametrize("database_url", ["postgres"], indirect=True)


async def guess(
    db: Database, contact: str, now: datetime, typed: str = "PORTS-0000-0000", rules: Rules = RULES
) -> tuple[CodeAccepted | CodeRefused | TooManyTries, list[Event]]:
    async with db.transaction() as tx:
        core = Acting(tx, RowStore(tx, SEEN), rules, now, lambda: f"id{next(NUMBERS)}")
        return await core.redeem_code(typed, ContactId(contact)), core.events


async def asks(db: Database, contact: str, to: str, now: datetime, rules: Rules = RULES) -> AskProof:
    async with db.transaction() as tx:
        core = Acting(tx, RowStore(tx, SEEN), rules, now, lambda: f"id{next(NUMBERS)}")
        return await core.ask_proof(ContactId(contact), None, "number", to)


def most_within(instants: Iterable[datetime], span: timedelta) -> int:
    """Of any time that is as long, the one that had most."""
    most, window = 0, list[datetime]()
    for at in sorted(instants):
        window = [*(earlier for earlier in window if earlier > at - span), at]
        most = max(most, len(window))
    return most


# ------------------------------------------------------------ many at once


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


@guards("T20")
async def test_codes_at_once_are_no_more_than_allowed(side_by_side: list[Database]) -> None:
    """Of all numbers together, and of one number that many ask for."""
    rules = Rules(codes_overall=20)
    every = [("number 0", f"a{n}") for n in range(24)] + [(f"number {n}", f"b{n}") for n in range(1, 41)]
    came = await asyncio.gather(
        *(asks(db, who, to, MONDAY, rules) for (to, who), db in zip(every, side_by_side * 8, strict=True))
    )
    sent = [to for answer, (to, _) in zip(came, every, strict=True) if isinstance(answer, ProofSent)]
    assert len(sent) == 20
    assert sent.count("number 0") <= rules.codes_an_hour


# ------------------------------------------------------------ connection codes


@dataclass
class Attack:
    """Strangers who all wrote for the first time when it began. `looked_at`: when, of whom; `alarms`: when."""

    dbs: Sequence[Database]
    strangers: int
    tries: int
    lasts: timedelta
    looked_at: dict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))
    alarms: list[datetime] = field(default_factory=list)
    hits: int = 0

    def when(self, n: int) -> datetime:
        return MONDAY + self.lasts * n / self.tries

    async def goes_on(self, since: int, until: int) -> None:
        """The tries with these numbers, as many at once as there are databases."""
        parts = [range(since + part, until, len(self.dbs)) for part in range(len(self.dbs))]
        await asyncio.gather(*(self._some(db, part) for db, part in zip(self.dbs, parts, strict=True)))

    async def _some(self, db: Database, numbers: range) -> None:
        dice = Random(numbers.start)
        for n in numbers:
            who, at = f"stranger {dice.randrange(self.strangers)}", self.when(n)
            answer, events = await guess(db, who, at, codes.make("ports", dice.randbytes(5)))
            self.hits += isinstance(answer, CodeAccepted)
            if not isinstance(answer, TooManyTries):
                self.looked_at[who].append(at)
            self.alarms += [at] * sum(isinstance(event, CodesGuessed) for event in events)

    async def arrives(self) -> None:
        """Their rows, with many messages; nobody of them was here before."""
        vault = self.dbs[0].vault
        columns = "id, channel, address, address_index, lang, time_zone, turns, received, failures, created_at"
        async with self.dbs[0].transaction() as tx:
            for first in range(0, self.strangers, 50):
                values: list[object] = []
                for name in (f"stranger {n}" for n in range(first, first + 50)):
                    index = vault.index("address:telegram", name)
                    sealed = vault.seal("contact.address", name, name)
                    values += [name, "telegram", sealed, index, "fr", "Europe/Paris", 0, 100, 0, MONDAY]
                await tx.execute(f"INSERT INTO contact ({columns}) VALUES {marks(50, 10)}", *values)

    def judged(self) -> None:
        """Within each limit at each moment; the hours were made use of, and each had one alarm."""
        assert self.hits == 0
        everybody = list(itertools.chain.from_iterable(self.looked_at.values()))
        hours = self.lasts // HOUR
        assert 0.9 * RULES.tries_overall * hours < len(everybody) <= RULES.tries_overall * (hours + 1)
        assert most_within(everybody, HOUR) <= RULES.tries_overall
        for theirs in self.looked_at.values():
            assert most_within(theirs, HOUR) <= RULES.tries_an_hour
            assert most_within(theirs, DAY) <= RULES.tries_a_day
        assert most_within(self.alarms, HOUR) == 1
        assert 0.9 * hours < len(self.alarms) <= hours + 1


async def wrote(db: Database, address: str, *at: datetime) -> str:
    """Somebody honest, who wrote then."""
    async with db.transaction() as tx:
        who = await contacts.make(tx, "sms", address, at[0], lambda: f"id{next(NUMBERS)}", "fr", "Europe/Paris")
        for each in at:
            await contacts.inbound(tx, who, each)
    return who


async def endures(attack: Attack) -> None:
    """In its midst two people write their right code: who was here before gets in, who comes now has to wait."""
    db, half = attack.dbs[0], attack.tries // 2
    await attack.arrives()
    at = attack.when(half)
    known, new = await wrote(db, CAMILLE, MONDAY - 3 * DAY, at), await wrote(db, SAM, at - HOUR, at)
    await attack.goes_on(0, half)
    answer, _ = await guess(db, new, at, RIGHT)
    assert isinstance(answer, TooManyTries)
    assert answer.everybody
    assert answer.until <= at + HOUR + timedelta(minutes=1)
    answer, _ = await guess(db, known, at, RIGHT)
    assert isinstance(answer, CodeAccepted)
    await attack.goes_on(half, attack.tries)
    attack.judged()


@on_sqlite
@guards("T01")
async def test_twenty_thousand_tries_from_250_addresses(place: Place) -> None:
    await endures(Attack([place.parts.db], strangers=250, tries=20_000, lasts=3 * HOUR))


@pytest.mark.many
@on_postgres
async def test_a_million_tries_from_10_000_addresses(side_by_side: list[Database]) -> None:
    await furnished(side_by_side[0])
    attack = Attack(side_by_side, strangers=10_000, tries=1_000_000, lasts=7 * DAY)
    await endures(attack)
    print(f"looked at: {sum(map(len, attack.looked_at.values()))}; alarms: {len(attack.alarms)}")


# ------------------------------------------------------------ one-time codes


async def pumps(db: Database, numbers: int, tries: int, lasts: timedelta) -> None:
    """Each try asks from another address; one in five wants the first number, the others any."""
    dice, sent = Random(1), defaultdict[str, list[datetime]](list)
    for n in range(tries):
        to = f"number {dice.randrange(numbers) if n % 5 else 0}"
        at = MONDAY + lasts * n / tries
        if isinstance(await asks(db, f"c{n}", to, at), ProofSent):
            sent[to].append(at)
    everybody = list(itertools.chain.from_iterable(sent.values()))
    assert most_within(everybody, HOUR) == RULES.codes_overall
    assert most_within(sent["number 0"], HOUR) == RULES.codes_an_hour
    for each in sent.values():
        assert most_within(each, HOUR) <= RULES.codes_an_hour
        assert most_within(each, DAY) <= RULES.codes_a_day
    assert await db.fetch("SELECT count(*) AS n FROM tries WHERE key = 'one-time codes'") == [{"n": len(everybody)}]


@on_sqlite
@guards("T20")
async def test_codes_for_many_numbers(db: Database) -> None:
    await pumps(db, numbers=2_000, tries=3_000, lasts=3 * HOUR)


@pytest.mark.many
@on_postgres
async def test_codes_for_50_000_numbers(db: Database) -> None:
    await pumps(db, numbers=50_000, tries=200_000, lasts=2 * DAY)


@on_sqlite
async def test_six_codes_a_day_to_one_number_whoever_asks(db: Database) -> None:
    came = [await asks(db, f"c{hour}", SAM, MONDAY + hour * HOUR) for hour in range(24)]
    assert all(isinstance(answer, ProofSent) for answer in came[:6])
    assert came[6:] == [TooManyTries(MONDAY + DAY)] * 18
