"""Whether there is an account, nobody learns by asking (threat T19): two who differ in that alone get the same words,
and cost the same questions to the database. For codes and numbers see tests/booking/test_codes.py and
tests/booking/test_phone_proof.py, for the console's door tests/handlers/console/test_entry.py, for the API's keys
tests/handlers/api/test_frame.py.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp import ClientSession

from handlers.links import PATHS
from handlers.turns import drain
from storage import contacts
from storage import db as storage_db
from tests.guards import guards
from tests.journeys.booking import LATER, booked_by_sms
from tests.journeys.town import CAMILLE, SAM, Town, built

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
OTHER = "+33639980013"
HOUR = re.compile(r"lundi 9 mars à \d+ h, par téléphone, avec \w+")  # each has one of their own
TABLE, LETTER = re.compile(r"\bFROM (\w+)"), {"contact", "legal_hold", "person", "token"}  # what a mail is made of
UNKNOWN = "Token-that-never-was-01234567890"


@pytest.fixture
async def here(database_url: str) -> AsyncIterator[Town]:
    """Camille has an account: a number, a mail address that she confirmed, an hour, links."""
    async with built(database_url) as town:
        await booked_by_sms(town, CAMILLE, (*LATER[:-3], "Camille Dubois", "camille@example.org", "1"))
        await town.parts.db.execute("UPDATE person SET email_confirmed = TRUE")
        yield town


@dataclass
class Asked:
    """What the database was asked, in order, without values."""

    said: list[str]

    def read(self) -> list[str]:
        return [sql for sql in self.said if sql.startswith("SELECT")]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    found, fetch = Asked([]), storage_db._fetch

    async def heard(dialect: Any, connection: Any, sql: str, args: Sequence[Any]) -> Any:
        found.said.append(sql)
        return await fetch(dialect, connection, sql, args)

    monkeypatch.setattr(storage_db, "_fetch", heard)
    return found


async def turn(town: Town, asked: Asked, number: str, text: str) -> tuple[str, list[str]]:
    """The answer, and what its turn read. Nothing is delivered meanwhile."""
    await town.twilio.say(number, text)
    await town.twilio.settle()
    contact = await contacts.find(town.parts.db, "sms", number)
    assert contact is not None
    asked.said.clear()
    assert await drain(town.parts, contact) == 1
    read = asked.read()
    assert read
    await town.settle()
    return HOUR.sub("…", town.new(number)[-1]), read


@on_sqlite
@guards("T19", partly=True)
@pytest.mark.parametrize("theirs", ["camille@example.org", "Camille@Example.org"])
async def test_a_mail_address(here: Town, asked: Asked, theirs: str) -> None:
    """Of somebody's account, or of nobody's: typed while an account is made, and through to its hour."""
    answers = []
    for number, address in ((SAM, theirs), (OTHER, "noone@example.org")):
        for text in LATER[:-2]:
            await here.sms(number, text)
        answers.append([await turn(here, asked, number, text) for text in (address, "aide", "2")])
    assert answers[0] == answers[1]


@on_sqlite
@guards("T19", partly=True)
@pytest.mark.parametrize("path", sorted(PATHS.values()))
async def test_a_link(here: Town, asked: Asked, path: str) -> None:
    """A token that never was, and a good one of another purpose, which proves that there is somebody."""
    (row,) = await here.parts.db.fetch("SELECT id FROM appointment")
    purpose = "appointment" if path != "a" else "worker"
    token = here.parts.db.vault.token(purpose, row["id"])
    answers = []
    async with ClientSession() as session:
        for shown in (token, UNKNOWN[: len(token)].ljust(len(token), "0")):
            asked.said.clear()
            file = ".ics" if path == "calendar" else ""
            async with session.get(f"{here.base}/{path}/{shown}{file}") as response:
                answers.append((response.status, (await response.text()).replace(shown, "…"), asked.read()))
    assert answers[0] == answers[1]
    assert answers[0][0] == 404
    assert answers[0][2], "it was looked for"


NAMED = [("06 39 98 00 11", "06 39 98 00 16"), ("camille@example.org", "noone@example.org")]
SHOWN = re.compile(r"finit par \d\d|\w\.\.\.@")  # they wrote it themselves


@on_sqlite
@guards("T19")
@pytest.mark.parametrize("named", NAMED, ids=["number", "mailbox"])
async def test_whose_account_a_channel_is_to_be_joined_to(here: Town, asked: Asked, named: tuple[str, str]) -> None:
    """Named by who joins, and by who asks as often as they may. A code goes to either number; of mailboxes only to one
    that has an account, whose letter is more work, and nothing is seen of it by who asked.
    """
    by_mail = "@" in named[0]
    tries = ["aide", "1"] if by_mail else ["000000", "111111", "222222"]
    talks, codes = [], []
    for number, target in zip((SAM, OTHER), named, strict=True):
        talk = ["j'ai déjà un compte", target, *tries, target, *tries, target, *tries, target]
        await here.sms(number, "bonjour")
        here.new(CAMILLE), here.new("+33639980016")
        turns = [await turn(here, asked, number, text) for text in talk]
        talks.append([(SHOWN.sub("…", said), read) for said, read in turns])
        codes.append([len(here.new(to)) for to in (CAMILLE, "+33639980016")])
    (one, other), (theirs, nobodys) = talks, codes
    assert [said for said, _ in one] == [said for said, _ in other]
    assert theirs == nobodys[::-1]
    assert (theirs[0] > 1) is not by_mail
    for (_, read), (_, without) in zip(one, other, strict=True):
        more = Counter(read) - Counter(without)
        assert not Counter(without) - Counter(read)
        assert {table[1] for sql in more if (table := TABLE.search(sql))} <= (LETTER if by_mail else set())
