"""Sixty-four people with the same question on their screens, who answer it at the same moment. One worker, so that an
hour is one person's. They come to their question by one real talk, whose state is then theirs, too.
"""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from booking import directory_file, loading
from booking.core import Booking
from booking.model import CodeId, Consent, ContactId, Mode, Motive, Wish
from booking.ports import Booked, Joining
from handlers.parts import Parts
from handlers.turns import drain
from storage import contacts, conversations, directory, inbox, outbox
from storage.booking import RowStore
from storage.db import Database, Tx
from storage.inbox import Arrival
from tests.journeys.town import ACCOUNT

PEOPLE = 64
DIRECTORY = """
[[client]]
ref = "ports"
name = "Mutuelle des Ports"
kind = "insurer"
[[client.code]]
code = "PORTS-7KQM-4XTD"
[[worker]]
ref = "claire"
first_name = "Claire"
last_name = "Morel"
phone = "+33639980101"
email = "claire@example.org"
notify_by = "sms"
motives = ["finance"]
modes = ["phone"]
languages = ["fr"]
[[worker.hours]]
days = ["mon", "tue", "wed", "thu", "fri"]
from = 08:00:00
to = 20:00:00
"""
TO_THE_HOURS = ("PORTS-7KQM-4XTD", "1")
TO_THE_SUMMARY = (*TO_THE_HOURS, "1", "1", "Camille Dubois", "camille@example.org")
TO_THE_MOVE = ("déplacer", "1")


@dataclass(frozen=True)
class Answered:
    """What one of them was told: the first text's msgid, and the hours on offer."""

    msgid: str
    hours: tuple[str, ...]


@dataclass
class Crowd:
    parts: Parts
    people: list[str] = field(default_factory=list)  # contacts; the first one came by a real talk
    numbers: Callable[[], int] = field(default_factory=lambda: itertools.count(1).__next__)

    async def gather(self) -> None:
        """The directory of one worker, and the people, who never wrote before."""
        now = self.parts.clock()
        async with self.parts.db.transaction() as tx:
            for table in ("worker", "client", "code", "directory_version"):
                await tx.execute(f"DELETE FROM {table}")
            standing = await directory.standing(tx, now)
            plan = loading.plan(
                directory_file.read(DIRECTORY), standing, now, self.parts.new_id, lambda size: bytes(range(size))
            )
            await directory.write(tx, plan)
            for number in range(PEOPLE):
                phone = f"+3363998{number:04}"
                self.people.append(await contacts.make(tx, "sms", phone, now, self.parts.new_id, "fr", "Europe/Paris"))

    async def say(self, contact: str, text: str) -> None:
        """Into the inbox, as the door puts it."""
        await put(
            self.parts.db, self.people.index(contact), text, self.numbers(), self.parts.clock(), self.parts.new_id
        )

    async def talk(self, texts: Sequence[str]) -> dict[str, Any]:
        """The first one's talk, and the state that it leaves."""
        for text in texts:
            await self.say(self.people[0], text)
            await drain(self.parts, self.people[0])
        saved = await conversations.load(self.parts.db, self.people[0])
        assert saved.state is not None
        return saved.state

    async def appointments(self) -> list[str]:
        """Each has one already, on an hour of their own, some weeks ahead."""
        parts, made = self.parts, list[str]()
        now = parts.clock()
        wish = Wish(Motive.FINANCE, Mode.PHONE, after=now + timedelta(days=14))
        [code] = await parts.db.fetch("SELECT id FROM code")
        joining = Joining(CodeId(code["id"]), "Camille", "Dubois", "camille@example.org", None, "fr", "Europe/Paris")
        consent = Consent(parts.rules.terms_version, "fr", "sms", "1", now, policy_version=parts.rules.policy_version)
        for contact in self.people:
            async with parts.db.transaction() as tx:
                core = Booking(RowStore(tx, parts.directories), parts.rules, now, parts.new_id)
                first = (await core.open_slots(wish, 1)).slots[0]
                done = await core.book(first.id, wish, ContactId(contact), joining, consent)
                assert isinstance(done, Booked)
                made.append(done.appointment.id)
        return made

    async def all_at(self, state: dict[str, Any], own: Sequence[tuple[str, str]] = ()) -> None:
        """The same question on everybody's screen. `own`: for each, what of the first one's is theirs instead."""
        async with self.parts.db.transaction() as tx:
            await tx.execute("DELETE FROM outbox")
            await tx.execute("DELETE FROM conversation")
            for number, contact in enumerate(self.people):
                text = json.dumps(state)
                if own:
                    text = text.replace(*own[number])
                await conversations.save(tx, contact, json.loads(text), 0, self.parts.clock())

    async def answer(self, text: str) -> list[Answered]:
        """All at once."""
        await self.say_all(text)
        await asyncio.gather(*(drain(self.parts, contact) for contact in self.people))
        return await self.told()

    async def say_all(self, text: str) -> None:
        for contact in self.people:
            await self.say(contact, text)

    async def told(self) -> list[Answered]:
        rows = await outbox.history(self.parts.db, contacts=self.people, limit=1000)
        answers = {row.contact_id: row for row in rows if row.answer}
        assert len(answers) == len([row for row in rows if row.answer]) == PEOPLE
        return [_read(answers[contact].content) for contact in self.people]


def _read(content: dict[str, Any] | None) -> Answered:
    assert content is not None
    hours = tuple(option["value"] for option in content["options"] if option["value"].startswith("20"))
    return Answered(content["texts"][0]["id"], hours)


async def put(db: Database, person: int, text: str, number: int, now: datetime, new_id: Callable[[], str]) -> None:
    phone, sid = f"+3363998{person:04}", f"SM{number:032x}"
    fields = {"MessageSid": sid, "AccountSid": ACCOUNT.sid, "From": phone, "To": ACCOUNT.sms_number}
    body = urlencode({**fields, "Body": text, "NumMedia": "0"}).encode()
    await inbox.accept(db, Arrival("sms", phone, sid, body), now, new_id, lang="fr", time_zone="Europe/Paris")


async def clear_hours(tx: Tx, keep: Sequence[str] = ()) -> None:
    """Every hour is free again, but those of the appointments to keep."""
    marks = ", ".join("?" * len(keep)) or "''"
    await tx.execute("DELETE FROM hold")
    await tx.execute(f"DELETE FROM appointment WHERE id NOT IN ({marks})", *keep)
    await tx.execute(f"DELETE FROM busy WHERE holder_id NOT IN ({marks})", *keep)
