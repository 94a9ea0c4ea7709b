"""The year itself: a clock that jumps to whatever is next, be it the program's (a timer, a try) or somebody's who
types.

Everything is drawn from one seed. The same seed on the same database tells the same year.
"""

from __future__ import annotations

import heapq
import itertools
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Final

from bot.work import POLL
from handlers import assisted
from storage import contacts
from tests.journeys.year import calendar, phones
from tests.journeys.year.evidence import Case, Files, owners
from tests.journeys.year.history import History
from tests.journeys.year.machine import POINTS, Clock, Machine
from tests.journeys.year.people import Goal, Person, Talk, after
from tests.journeys.year.phones import Said, Wire
from tests.journeys.year.staff import STAFF, Worker, chance_of, directory_text
from tests.storage.conftest import empty

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
HEARTBEAT: Final = 12 * HOUR  # nothing due for so long: the loops look all the same
ASIDE: Final = ("reminder.", "notice.", "mail.", "proof.")  # beginnings of what comes unasked


@dataclass(frozen=True, slots=True)
class Size:
    """How much happens in a year."""

    wishes: int
    people: int
    near_changes: float = 0.08
    restarts: int = 12
    deaths: int = 8
    oracles: int = 4
    desk: float = 0.05  # of all bookings are cancelled by the desk
    changes: tuple[date, ...] = calendar.CHANGES
    ends: datetime = calendar.ENDS


SMALL: Final = Size(wishes=60, people=24, near_changes=0.4, restarts=6, deaths=4)
SPRING: Final = Size(  # what is enough to find a planted bug: the weeks around one change of the clocks
    wishes=24,
    people=12,
    near_changes=1.0,
    restarts=0,
    deaths=0,
    oracles=1,
    changes=calendar.CHANGES[:1],
    ends=datetime(2026, 4, 4, tzinfo=UTC),
)
LARGE: Final = Size(wishes=2000, people=600, restarts=200, deaths=120, oracles=24)


@dataclass
class Town:
    size: Size
    seed: str
    clock: Clock
    wire: Wire
    machine: Machine
    people: list[Person]
    history: History
    chance: Random
    files: Files = field(default_factory=Files)
    counts: Counter[str] = field(default_factory=Counter)
    read: int = 0  # how much of what was said has been looked at by those whom it was said to
    agenda: list[tuple[datetime, int, Callable[[], Awaitable[None]]]] = field(default_factory=list)
    numbers: Callable[[], int] = field(default_factory=lambda: itertools.count(1).__next__)
    met: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.by_address: dict[tuple[str, str], Person] = {
            address: person for person in self.people for address in person.addresses
        }
        self.workers: dict[str, Worker] = {}  # by their id in the directory

    # ------------------------------------------------------------ the run

    async def run(self) -> None:
        until = self.size.ends
        while True:
            due = [at for at in (await self.machine.next_due(), self.agenda[0][0] if self.agenda else None) if at]
            moment = min([*due, self.clock.now + HEARTBEAT])
            if moment > until:
                return
            # What is due and could not be done now is looked at again at the loops' pace.
            self.clock.now = moment if moment > self.clock.now else self.clock.now + POLL
            if self.agenda and self.agenda[0][0] <= self.clock.now:
                _, _, act = heapq.heappop(self.agenda)
                await act()
            await self.settle()

    async def settle(self) -> None:
        await self.machine.settle()
        self.history.actor = "nobody"
        for said in self.wire.said[self.read :]:
            self._reads(said)
        self.read = len(self.wire.said)

    def plan(self, at: datetime, act: Callable[[], Awaitable[None]]) -> None:
        heapq.heappush(self.agenda, (at, self.numbers(), act))

    # ------------------------------------------------------------ what people do

    def wants(self, person: Person, at: datetime, goal: Goal, talk: Talk | None = None) -> None:
        async def act() -> None:
            wanted = talk or Talk(goal)
            if person.talk is not None:
                person.waiting.append(wanted)
                return
            await self.types(person, person.begins(wanted))

        self.plan(at, act)

    async def types(self, person: Person, text: str) -> None:
        self.history.actor = f"person:{person.number}"
        self.counts[f"typed by {person.channel}"] += 1
        number, at = self.numbers(), self.clock.now
        if text == "(contact)":
            await self.machine.hear(phones.contact(person.address, person.phone, number, at))
        elif text.startswith("["):
            await self.machine.hear(phones.press(person.address, text[1:-1], number, at))
        else:
            await self.machine.hear(phones.typed(person.channel, person.address, text, number, at))
        if person.number not in self.met:
            self.met.add(person.number)
            await self._lives_there(person)

    async def _lives_there(self, person: Person) -> None:
        """All numbers of fiction are the mainland's: where somebody else lives stands on their contact."""
        contact = await contacts.find(self.machine.db, person.channel, person.address)
        assert contact is not None
        async with self.machine.db.transaction() as tx:
            await contacts.set_zone(tx, contact, person.zone)

    def _reads(self, said: Said) -> None:
        person = self.by_address.get((said.channel, said.address))
        if person is None:
            return
        if any(msgid.startswith(ASIDE) for msgid in said.msgids):
            self._is_told(person, said)
            return
        talk = person.talk
        answer = person.answers(said)
        if answer is not None:
            self.plan(self.clock.now + self._thinks(person), lambda: self.types(person, answer))
        elif talk is not None and person.talk is None:
            self._afterwards(person, talk, said)

    def _thinks(self, person: Person) -> timedelta:
        """Mostly under two minutes; sometimes life comes in between."""
        luck = person.chance.random()
        if luck < 0.03:
            return after(person.chance, 20 * MINUTE, 30 * HOUR)
        return after(person.chance, timedelta(seconds=4), 2 * MINUTE)

    def _afterwards(self, person: Person, talk: Talk, said: Said) -> None:
        if person.waiting:
            self.wants(
                person, self.clock.now + after(person.chance, MINUTE, 9 * MINUTE), "book", person.waiting.popleft()
            )
        start = said.args.get("start")
        if (
            talk.goal not in {"book", "move"}
            or "confirmed.change" not in said.msgids
            or not isinstance(start, datetime)
        ):
            return
        left = start - self.clock.now
        luck = person.chance.random()
        goal: Goal | None = "move" if luck < 0.16 else "cancel" if luck < 0.26 else None
        if goal is not None and left > 2 * HOUR:
            self.wants(person, self.clock.now + after(person.chance, 5 * MINUTE, left - HOUR), goal)
        if person.chance.random() < self.size.desk and left > 2 * HOUR:
            self.plan(self.clock.now + after(person.chance, HOUR, left - HOUR), self.desk_cancels)

    def _is_told(self, person: Person, said: Said) -> None:
        """A reminder, a notice: answered in words, or not at all. Where it came by SMS instead, they write as usual."""
        luck, soon = person.chance.random(), self.clock.now + after(person.chance, MINUTE, 5 * HOUR)
        if "reminder.answer" in said.msgids:
            for share, goal in ((0.3, "yes"), (0.4, "move"), (0.47, "cancel"), (0.5, "thanks")):
                if luck < share:
                    self.wants(person, soon, goal)  # type: ignore[arg-type]
                    return
        elif said.msgids[0].startswith("reminder.late") and luck < 0.05:
            self.wants(person, self.clock.now + after(person.chance, MINUTE, HOUR), "cancel")
        elif "notice.cancelled_for_you" in said.msgids and luck < 0.5:
            self.wants(person, soon, "book")

    # ------------------------------------------------------------ what others do

    async def desk_cancels(self) -> None:
        """Somebody has telephoned."""
        coming = [
            life for life in self.history.lives.values() if life.status == "booked" and life.start > self.clock.now
        ]
        if not coming:
            return
        life = self.chance.choice(sorted(coming, key=lambda life: (life.start, life.made_at)))
        self.history.actor = "desk"
        await self.machine.alive(lambda: assisted.cancel(self.machine.parts, life.id, "desk:year"))
        await self.machine.look()

    async def worker_types(self, worker: Worker, text: str, channel: str = "sms") -> None:
        self.history.actor = f"worker:{worker.ref}"
        address = worker.chat if channel == "telegram" else worker.phone
        await self.machine.hear(phones.typed(channel, address, text, self.numbers(), self.clock.now))

    async def workers_join(self) -> None:
        """Who chose Telegram or WhatsApp opens the link that they ask for by SMS."""
        for worker in STAFF:
            if worker.notify_by not in {"telegram", "whatsapp"}:
                continue
            await self.worker_types(worker, worker.notify_by)
            await self.settle()
            link = self.wire.said[-1].text.splitlines()[-1]
            payload = link.partition("start=")[2] or link.partition("text=")[2]
            words = f"/start {payload}" if worker.notify_by == "telegram" else payload
            await self.worker_types(worker, words, worker.notify_by)
            await self.settle()

    async def swept(self) -> None:
        await self.settle()
        await self.files.sweep(self.machine.db, self.clock.now, self.history.lives)

    async def oracle(self) -> None:
        await self.settle()
        await self.files.ask_oracle(self.machine.db, self.clock.now)

    async def case(self) -> Case:
        """All of it, for the judge."""
        self.clock.now = max(self.clock.now, self.size.ends)
        await self.swept()
        await self.oracle()
        people = await owners(self.machine.db, self.by_address)
        lives = list(self.history.lives.values())
        return Case(lives, self.history.changes, self.wire.said, self.files, people, self.workers, self.clock.now)

    def figures(self) -> Counter[str]:
        """What was done to it, for the table."""
        found = Counter(self.counts)
        found.update({f"process died {point}": count for point, count in self.machine.deaths.items()})
        found.update({f"provider: {trouble}": count for trouble, count in self.wire.troubles.items()})
        for person in self.people:
            found.update({f"talks: {how}": count for how, count in person.done.items()})
        found.update(f"alarm {code}" for _, code, _ in self.machine.alarms)
        found.update({"oracle asked": self.files.oracles, "sweeps": self.files.sweeps})
        return found

    async def restarts(self) -> None:
        self.counts["restarts"] += 1
        await self.machine.restart()

    async def will_die(self) -> None:
        """At the next such point, whenever that comes."""
        self.machine.dying = self.chance.choice(POINTS)


@asynccontextmanager
async def founded(database_url: str, seed: str, size: Size) -> AsyncIterator[Town]:
    """A town on an emptied database, with its workers, and a year of wishes before it."""
    clock = Clock(calendar.BEGINS)
    wire = Wire(clock, seed, calm=True)
    machine = Machine(database_url, clock, wire, seed)
    history = History()
    await machine.start()
    try:
        await empty(machine.db)
        await machine.load(directory_text(STAFF))
        town = Town(
            size, seed, clock, wire, machine, calendar.people(seed, size.people), history, Random(f"{seed}:town")
        )
        machine.looked = lambda: history.look(machine.db, clock.now)
        refs = {worker.ref: worker for worker in STAFF}
        rows = await machine.db.fetch("SELECT id, ref FROM worker")
        town.workers = {row["id"]: refs[row["ref"]] for row in rows}
        await machine.settle()  # learns the bot's name
        await town.workers_join()
        wire.calm = False
        fill(town)
        yield town
    finally:
        await machine.stop()


def fill(town: Town) -> None:
    """The year's agenda, as far as it is known on its first day."""
    size, chance = town.size, town.chance
    for person, wanted in calendar.wishes(town.seed, town.people, size.wishes, size.near_changes, size.changes):
        town.wants(person, wanted.at, "book", Talk("book", wanted.day))
    year = size.ends - calendar.BEGINS
    for _ in range(size.restarts):
        town.plan(calendar.BEGINS + after(chance, DAY, year), town.restarts)
    for _ in range(size.deaths):
        town.plan(calendar.BEGINS + after(chance, DAY, year), town.will_die)
    for week in range(1, year // (7 * DAY) + 1):
        town.plan(calendar.BEGINS + week * 7 * DAY, town.swept)
    for every in range(1, size.oracles + 1):
        town.plan(calendar.BEGINS + every * year / (size.oracles + 1), town.oracle)
    for worker in STAFF:
        own = chance_of(worker, town.seed)
        for _ in range(max(2, size.wishes // 100)):
            at = calendar.BEGINS + after(own, DAY, year)
            channel = "whatsapp" if worker.notify_by == "whatsapp" else "sms"
            town.plan(at, lambda worker=worker, channel=channel: town.worker_types(worker, "semaine", channel))  # type: ignore[misc]
