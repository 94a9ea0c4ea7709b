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
from datetime import datetime, timedelta
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from bot.work import POLL
from handlers import assisted
from handlers.channels.base import Envelope
from handlers.web.email_core import EmailCore
from storage import contacts
from tests.journeys.year import calendar, phones
from tests.journeys.year.clocks import day_in_words
from tests.journeys.year.evidence import Case, Files
from tests.journeys.year.history import History, Life
from tests.journeys.year.machine import POINTS, Clock, Machine
from tests.journeys.year.people import Human, Person, Talk, after
from tests.journeys.year.phones import Said, Wire
from tests.journeys.year.sizes import Size
from tests.journeys.year.staff import STAFF, Clerk, Worker, clerks, directory_text
from tests.journeys.year.told import made_of
from tests.storage.conftest import empty

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
HEARTBEAT: Final = DAY  # nothing due for so long: the loops look all the same
CONFIRM: Final = 0.7  # of all who get the mail with the link
UNDONE: Final = 0.12  # of what was cancelled or moved is taken back, or tried to


@dataclass
class Town:
    size: Size
    seed: str
    clock: Clock
    wire: Wire
    machine: Machine
    people: list[Person]
    clerks: list[Clerk]
    history: History
    chance: Random
    files: Files = field(default_factory=Files)
    counts: Counter[str] = field(default_factory=Counter)
    read: int = 0  # how much of what was said has been looked at by those whom it was said to
    agenda: list[tuple[datetime, int, Callable[[], Awaitable[None]]]] = field(default_factory=list)
    numbers: Callable[[], int] = field(default_factory=lambda: itertools.count(1).__next__)
    met: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.by_address: dict[tuple[str, str], Human] = {
            address: person for person in self.people for address in person.addresses
        }
        self.by_address |= {address: clerk for clerk in self.clerks for address in clerk.worker.addresses}
        self.mailboxes = {person.email: person for person in self.people}
        self.contacts: dict[str, Person] = {}  # by their contact
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
        self.history.actor = ""
        fresh = self.wire.said[self.read :]
        self.read = len(self.wire.said)
        await self.files.filed(self.machine.db, fresh)
        for said in fresh:
            human = self.by_address.get((said.channel, said.address))
            if human is not None and self.files.outbox[said.outbox]["answer"]:
                self._reads(human, said)
            elif human is not None:
                self._is_told(human, said)
            elif "mail.confirm" in said.msgids:
                self._is_asked_by_mail(self.mailboxes[said.address], said)

    def plan(self, at: datetime, act: Callable[[], Awaitable[None]]) -> None:
        heapq.heappush(self.agenda, (at, self.numbers(), act))

    # ------------------------------------------------------------ what people do

    def wants(self, human: Human, at: datetime, talk: Talk) -> None:
        """From then on, or when they are done with what they want now."""

        async def act() -> None:
            if human.talk is not None:
                human.waiting.append(talk)
                return
            await self.types(human, human.begins(talk))

        self.plan(at, act)

    async def types(self, human: Human, text: str) -> None:
        assert isinstance(human, Person | Clerk)
        self.history.actor = "person" if isinstance(human, Person) else "worker"
        channel, address = human.channel, human.address
        if human.talk is not None and human.talk.by == "sms":
            channel, address = "sms", human.phone
        self.counts[f"typed by {'workers' if isinstance(human, Clerk) else channel}"] += 1
        number, at = self.numbers(), self.clock.now
        if text == "(contact)":
            assert isinstance(human, Person)
            await self.machine.hear(phones.contact(address, human.phone, number, at))
        elif text.startswith("["):
            await self.machine.hear(phones.press(address, text[1:-1], number, at))
        else:
            await self.machine.hear(phones.typed(channel, address, text, number, at))
        if isinstance(human, Person) and human.number not in self.met:
            self.met.add(human.number)
            await self._lives_there(human)

    async def _lives_there(self, person: Person) -> None:
        """All numbers of fiction are the mainland's: where somebody else lives stands on their contact."""
        contact = await contacts.find(self.machine.db, person.channel, person.address)
        assert contact is not None
        self.contacts[contact] = person
        async with self.machine.db.transaction() as tx:
            await contacts.set_zone(tx, contact, person.zone)

    def _reads(self, human: Human, said: Said) -> None:
        """The answer to what they typed."""
        talk = human.talk
        answer = human.answers(said)
        if answer is not None:
            self.plan(self.clock.now + self._thinks(human), lambda: self.types(human, answer))
        elif talk is not None and human.talk is None:
            if isinstance(human, Person):
                self._afterwards(human, talk, said)
            if human.waiting:
                soon = self.clock.now + after(human.chance, MINUTE, 9 * MINUTE)
                self.wants(human, soon, human.waiting.popleft())

    def _thinks(self, human: Human) -> timedelta:
        """Mostly under two minutes; sometimes life comes in between."""
        luck = human.chance.random()
        if luck < 0.03:
            return after(human.chance, 20 * MINUTE, 30 * HOUR)
        return after(human.chance, timedelta(seconds=4), 2 * MINUTE)

    def _afterwards(self, person: Person, talk: Talk, said: Said) -> None:
        """What a person does once they have an hour, or have given one back."""
        now, chance = self.clock.now, person.chance
        if "stop.done" in said.msgids:
            person.stopped.append((now, None))
            self.wants(person, now + after(chance, DAY, 9 * DAY), Talk("start"))
        elif "start.done" in said.msgids:  # one START ends it, however often they said STOP
            person.stopped = [(begin, end or now) for begin, end in person.stopped]
        if "undo.hint" in said.msgids and chance.random() < UNDONE:
            self.wants(person, now + after(chance, MINUTE, 12 * MINUTE), Talk("undo"))
            return
        start = said.args.get("start")
        booked = any(msgid.startswith(("confirmed.", "moved.")) for msgid in said.msgids)
        if not booked or not isinstance(start, datetime) or start - now < 2 * HOUR:
            return
        left = start - now - HOUR
        luck = chance.random()
        goal = "move" if luck < 0.16 else "cancel" if luck < 0.26 else "stop" if luck < 0.28 else None
        if "earlier.change" in said.msgids and 0.28 < luck < 0.4:
            goal = "earlier"
        if goal is not None:
            self.wants(person, now + after(chance, 5 * MINUTE, left), Talk(goal))
        for share, act in (
            (self.size.desk, self.desk_cancels),
            (self.size.cancels, self.worker_cancels),
            (self.size.proposes, self.worker_proposes),
            (self.size.absences, self.worker_is_absent),
        ):
            if chance.random() < share:
                self.plan(now + after(chance, HOUR, left), act)

    def _is_told(self, human: Human, said: Said) -> None:
        """A reminder, a notice, a question: answered, or not at all."""
        found = made_of(human, said)
        if found is not None:
            wanted, longest = found
            self.wants(human, self.clock.now + after(human.chance, MINUTE, longest), wanted)

    def _is_asked_by_mail(self, person: Person, said: Said) -> None:
        if person.chance.random() < CONFIRM:
            token = said.text.rpartition("/e/")[2].split()[0]
            soon = self.clock.now + after(person.chance, MINUTE, 20 * HOUR)
            self.plan(soon, lambda: self._confirms(person, token))

    async def _confirms(self, person: Person, token: str) -> None:
        """Presses the button of the page, and again if nothing came of it."""
        lives = 0
        while lives != self.machine.lives:
            lives = self.machine.lives
            await self.machine.alive(lambda: EmailCore(self.machine.parts).confirm_email(token))
        person.confirmed_at = person.confirmed_at or self.clock.now

    # ------------------------------------------------------------ what others do

    def any_coming(self) -> Life | None:
        now = self.clock.now
        coming = [life for life in self.history.lives.values() if life.status == "booked" and life.start > now]
        return self.chance.choice(sorted(coming, key=lambda life: (life.start, life.made_at))) if coming else None

    async def desk_cancels(self) -> None:
        """An hour cannot be held."""
        life = self.any_coming()
        if life is not None:
            self.history.actor = "desk"
            await self.machine.alive(lambda: assisted.cancel(self.machine.parts, life.id, "desk:year", "desk"))
            await self.machine.look()

    async def worker_cancels(self) -> None:
        if (life := self.any_coming()) is not None:
            self.wants(self.clerk_of(life), self.clock.now, Talk("worker_cancel"))

    async def worker_proposes(self) -> None:
        """Another hour of another day, in words."""
        if (life := self.any_coming()) is None:
            return
        clerk, name = self.clerk_of(life), self.first_name(life)
        local = life.start.astimezone(ZoneInfo(clerk.worker.zone))
        day = day_in_words(local.date() + timedelta(days=clerk.chance.choice((1, 2, 7))), "fr")
        hour = clerk.chance.choice((local.hour, 10, 15))
        self.wants(clerk, self.clock.now, Talk("propose", first=f"proposer {name} {day} à {hour}h"))

    async def worker_is_absent(self) -> None:
        """On the day of one of their appointments, and perhaps for some days; or they only block that time."""
        if (life := self.any_coming()) is None:
            return
        clerk = self.clerk_of(life)
        day = life.start.astimezone(ZoneInfo(clerk.worker.zone)).date()
        when = day_in_words(day, "fr")
        if (days := clerk.chance.choice((1, 1, 3, 7))) > 1:
            last = day_in_words(day + timedelta(days=days - 1), "fr").removeprefix("le ")
            when = f"du {when.removeprefix('le ')} au {last}"
        goal, word = clerk.chance.choice((("absent", "absent"), ("absent", "absent"), ("block", "bloquer")))
        self.wants(clerk, self.clock.now, Talk(goal, first=f"{word} {when}"))

    def clerk_of(self, life: Life) -> Clerk:
        return next(clerk for clerk in self.clerks if clerk.worker is self.workers[life.worker])

    def first_name(self, life: Life) -> str:
        return self.contacts[life.contact].first

    async def workers_join(self) -> None:
        """Who chose Telegram or WhatsApp opens the link that they ask for by SMS."""
        for clerk in self.clerks:
            worker = clerk.worker
            if worker.notify_by not in {"telegram", "whatsapp"}:
                continue
            await self.machine.hear(self._typed("sms", worker.phone, worker.notify_by))
            await self.settle()
            link = self.wire.said[-1].text.splitlines()[-1]
            payload = link.partition("start=")[2] or link.partition("text=")[2]
            words = f"/start {payload}" if worker.notify_by == "telegram" else payload
            await self.machine.hear(self._typed(clerk.channel, clerk.address, words))
            await self.settle()
            assert "worker.joined" in self.wire.said[-1].msgids, f"{worker.ref} could not join"

    def _typed(self, channel: str, address: str, text: str) -> Envelope:
        return phones.typed(channel, address, text, self.numbers(), self.clock.now)

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
        lives = list(self.history.lives.values())
        self.files.unsound += self.history.wrong
        return Case(
            lives,
            self.history.changes,
            self.wire.said,
            self.files,
            self.contacts,
            self.workers,
            self.clock.now,
            self.machine.alarms,
        )

    def figures(self) -> Counter[str]:
        """What was done to it, for the table."""
        found = Counter(self.counts)
        found.update({f"process died {point}": count for point, count in self.machine.deaths.items()})
        found.update({f"provider: {trouble}": count for trouble, count in self.wire.troubles.items()})
        for human in (*self.people, *self.clerks):
            found.update({f"talks: {how}": count for how, count in human.done.items()})
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
        people = calendar.people(seed, size.people)
        town = Town(size, seed, clock, wire, machine, people, clerks(seed), history, Random(f"{seed}:town"))
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
        town.wants(person, wanted.at, Talk("book", wanted.day))
    year = size.ends - calendar.BEGINS
    for _ in range(size.restarts):
        town.plan(calendar.BEGINS + after(chance, DAY, year), town.restarts)
    for _ in range(size.deaths):
        town.plan(calendar.BEGINS + after(chance, DAY, year), town.will_die)
    for week in range(1, year // (7 * DAY) + 1):
        town.plan(calendar.BEGINS + week * 7 * DAY, town.swept)
    for every in range(1, size.oracles + 1):
        town.plan(calendar.BEGINS + every * year / (size.oracles + 1), town.oracle)
    for clerk in town.clerks:
        for _ in range(max(2, size.wishes // 100)):
            town.wants(clerk, calendar.BEGINS + after(clerk.chance, DAY, year), Talk("agenda"))
