"""A small world around the handlers: a clock that is moved by hand, channels that keep what is sent and say what a test
tells them to say, and the sample directory. Nothing happens by itself.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from booking import directory_file, loading
from booking.directory_file import DirectoryFile
from booking.model import Hours, Rules
from bot.work import drain_all, fire
from conversations.flows import FLOWS
from conversations.model import Input, Reply
from handlers.channels import gsm7
from handlers.channels.base import ChannelName, Draw, Envelope, Finding, Payload, SendError, Signal, Undecodable
from handlers.deciding import end_due
from handlers.delivery import deliver, settle_unknown
from handlers.inbox import Door
from handlers.metrics import Metrics
from handlers.parts import Pages, Parts
from handlers.reminders import Quiet
from handlers.waiting import serve_waiting
from storage import contacts, directory, outbox
from storage.bell import LocalBell
from storage.booking import Directories
from storage.contacts import ContactRow
from storage.db import Database
from storage.outbox import OutboxRow

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)  # 10:00 in Paris
CAMILLE, SAM, CLAIRE = "+33639980011", "+33639980012", "+33639980101"
SAMPLE = Path(__file__).parents[3] / "bot" / "sample_directory.toml"
# An hour of the next week, so that both reminders are to come.
LATER = ("bonjour", "PORTS-7KQM-4XTD", "1", "4", "2", "1", "1", "Camille Dubois", "camille@example.org", "1")
BOOKS = ("bonjour", "PORTS-7KQM-4XTD", "1", "1", "1", "Camille Dubois", "camille@example.org", "1")


@dataclass
class Clock:
    now: datetime = MONDAY

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Line:
    """A channel. `troubles` are raised one after the other by the next calls, `down` by all of them; `log` is what its
    provider remembers; `tried` counts the calls.
    """

    name: ChannelName
    clock: Clock
    sent_to: list[tuple[str, str]] = field(default_factory=list)
    troubles: list[Exception] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)  # words at which drawing breaks
    log: list[str] = field(default_factory=list)
    down: SendError | None = None
    tried: int = 0

    def decode(self, raw: bytes) -> Input | Signal:
        said = json.loads(raw)
        if "signal" in said:
            signal: Signal = said["signal"]
            return signal
        if "nonsense" in said:
            raise Undecodable("nonsense")
        return Input(said["text"], phone=said.get("phone"))

    def render(self, reply: Reply, draw: Draw) -> Payload:
        lines = [*map(draw.say, reply.texts), *(f"{n}. {draw.say(o.label)}" for n, o in enumerate(reply.options, 1))]
        text = "\n".join([*lines, *([draw.url(reply.link)] if reply.link else [])])
        if any(word in text for word in self.unreadable):
            raise KeyError(text)
        return Payload(text, {}, gsm7.size(text).segments if self.name == "sms" else 1)

    async def send(self, payload: Payload, address: str, outbox_id: str) -> str:
        self.tried += 1
        if self.troubles:
            raise self.troubles.pop(0)
        if self.down is not None:
            raise self.down
        self.sent_to.append((address, payload.text))
        return f"{self.name}-{outbox_id}-{len(self.sent_to)}"

    async def sent(self, payload: Payload, address: str, since: datetime) -> Sequence[str]:
        return self.log

    async def check(self) -> Sequence[Finding]:
        return []


@dataclass
class Place:
    parts: Parts
    clock: Clock
    alarms: list[tuple[str, dict[str, str]]]
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    seen: dict[tuple[str, str], int] = field(default_factory=dict)

    def line(self, name: str) -> Line:
        channel = self.parts.channels[name]
        assert isinstance(channel, Line)
        return channel

    def without(self, *names: str) -> None:
        """As if these were never set up."""
        left = {name: line for name, line in self.parts.channels.items() if name not in names}
        self.parts = replace(self.parts, channels=left)

    async def comes(self, channel: ChannelName, address: str, alias: str | None = None, **said: Any) -> str | None:
        """Stored, and nothing more."""
        raw = json.dumps(said).encode()
        return await Door(self.parts)(
            Envelope(channel, address, f"{channel}{next(self.numbers)}", self.clock.now, raw, alias=alias)
        )

    async def says(self, channel: ChannelName, address: str, *texts: str) -> list[str]:
        for text in texts:
            await self.comes(channel, address, text=text)
            await self.settle()
        return self.new(channel, address)

    async def books(self, address: str = CAMILLE, channel: ChannelName = "sms") -> str:
        """A whole booking; the confirmation."""
        return (await self.says(channel, address, *BOOKS))[-1]

    async def passes(self, **by: float) -> None:
        self.clock.now += timedelta(**by)
        await self.settle()

    async def settle(self) -> None:
        for _ in range(60):
            did = await drain_all(self.parts, "place")
            did += await fire(self.parts)
            did += await deliver(self.parts, "place")
            did += await settle_unknown(self.parts, "place")
            did += await serve_waiting(self.parts)
            did += await end_due(self.parts)
            if not did:
                return
        raise AssertionError("it does not come to rest")

    def new(self, channel: str, address: str) -> list[str]:
        texts = [text for to, text in self.line(channel).sent_to if to == address]
        seen, self.seen[channel, address] = self.seen.get((channel, address), 0), len(texts)
        return texts[seen:]

    def alarm_codes(self) -> list[str]:
        return [code for code, _ in self.alarms]

    def figure(self, name: str, **labels: str) -> float:
        return self.parts.metrics.registry.get_sample_value(f"socialdirect_{name}", labels) or 0.0

    async def contact(self, channel: str, address: str) -> ContactRow:
        found = await contacts.find(self.parts.db, channel, address)
        assert found is not None
        row = await contacts.get(self.parts.db, found)
        assert row is not None
        return row

    async def rows(self, channel: str, address: str) -> list[OutboxRow]:
        """The latest first."""
        return await outbox.history(self.parts.db, contacts=[(await self.contact(channel, address)).id])


def refused(code: str = "30006", *, dead: bool = False) -> SendError:
    return SendError(code, "refused", dead=dead)


@cache
def sample() -> DirectoryFile:
    """The demo's directory, read once: that takes longer than to write it."""
    return directory_file.read(SAMPLE.read_text())


async def furnished(db: Database) -> Place:
    clock, ids = Clock(), itertools.count(1)
    alarms: list[tuple[str, dict[str, str]]] = []
    names: tuple[ChannelName, ...] = ("sms", "whatsapp", "telegram", "email")
    parts = Parts(
        db=db,
        directories=Directories(),
        bell=LocalBell(),
        channels={name: Line(name, clock) for name in names},
        flows=FLOWS,
        rules=Rules(),
        metrics=Metrics(),
        alarm=lambda code, **more: alarms.append((code, more)),
        clock=clock,
        new_id=lambda: f"{next(ids):026}",
        pages=Pages("https://chat.example.org", None),
        languages=("fr", "en"),
        default_lang="fr",
        zone=ZoneInfo("Europe/Paris"),
        desk_phone="+33199000009",
        desk_hours=(Hours(frozenset(range(5)), time(9), time(18)),),
        befores=(timedelta(hours=48), timedelta(hours=2)),
        quiet=Quiet(time(21), time(8)),
        draft_time=timedelta(hours=72),
        max_unasked=4,
        alert_to=None,
        whatsapp_number="+33199000002",
        messages_a_minute=10_000,  # the clock stands still while a test talks
    )
    async with db.transaction() as tx:
        standing = await directory.standing(tx, clock.now)
        await directory.write(
            tx, loading.plan(sample(), standing, clock.now, parts.new_id, lambda size: bytes(range(size)))
        )
    return Place(parts, clock, alarms)
