"""The day itself: people who talk to us from morning to evening, weather over their providers, our program between."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from bot.standins import telegram_chats
from bot.standins.twilio import Callback
from bot.work import watch
from handlers import unheard
from handlers.channels.telegram import TelegramChannel
from storage import outbox, senders, timers
from tests.journeys.booking import TODAY
from tests.journeys.day.early import before_our_write
from tests.journeys.day.evidence import Case, Recorded, State, Typed
from tests.journeys.day.patience import impatient
from tests.journeys.day.weather import HOUR, OFF, STORMS, Weather
from tests.journeys.town import MONDAY, Town, built

BEGINS: Final = MONDAY.replace(hour=7)  # 8:00 in Paris
LASTS: Final = 24 * HOUR
POLL: Final = timedelta(seconds=2)
WATCH, FETCH, LONGEST = timedelta(minutes=3), timedelta(minutes=5), timedelta(minutes=20)
PATIENT: Final = HOUR  # then they write again, answered or not
BY_TELEGRAM: Final = (*TODAY[:5], None, *TODAY[5:])  # the contact button before the name
SPOTS: Final = (*(storm.begins for storm in STORMS), OFF[0])  # when people write most
LATER_ON: Final = ("aide", "mes rendez-vous", "menu", "bonjour")


@dataclass(frozen=True, slots=True)
class Size:
    """People on each of the three channels."""

    each: int


SMALL: Final = Size(3)
LARGE: Final = Size(12)


@dataclass
class Human:
    """Types the next text once something new is on the screen. `address`: as `Town.screen` has it."""

    address: str
    texts: list[str | None]
    chance: Random
    wakes: datetime
    seen: int = 0


@dataclass
class Day:
    town: Town
    seed: str
    people: list[Human]
    recorded: Recorded
    alarms: list[dict[str, Any]]
    typed: list[Typed] = field(default_factory=list)
    states: list[State] = field(default_factory=list)
    states_lost: int = 0
    agenda: list[tuple[datetime, int, Callable[[], Awaitable[None]]]] = field(default_factory=list)
    numbers: Callable[[], int] = field(default_factory=lambda: itertools.count(1).__next__)
    off: bool = False
    watched: datetime = BEGINS
    fetched: datetime = BEGINS

    def plan(self, at: datetime, act: Callable[[], Awaitable[None]]) -> None:
        heapq.heappush(self.agenda, (at, self.numbers(), act))

    async def run(self) -> None:
        chance, clock = Random(f"{self.seed}:states"), self.town.clock
        self.plan(BEGINS + OFF[0], self.goes_off)
        self.plan(BEGINS + OFF[1], self.comes_back)
        for human in self.people:
            for spot in SPOTS:
                at = BEGINS + spot + timedelta(seconds=human.chance.randint(20, 400))
                self.plan(at, partial(self._says, human, human.chance.choice(LATER_ON)))
        while clock.now < BEGINS + LASTS:
            clock.now = max(await self._next(), clock.now + timedelta(seconds=1))
            while self.agenda and self.agenda[0][0] <= clock.now:
                await heapq.heappop(self.agenda)[2]()
            for human in self.people:
                if human.texts and human.wakes <= clock.now:
                    await self._types(human)
            if not self.off:
                await self._works()
            self._post_states(chance)
            for human in self.people:
                self._looks(human)

    async def _next(self) -> datetime:
        db, now = self.town.parts.db, self.town.clock.now
        found = [now + LONGEST, *(human.wakes for human in self.people if human.texts)]
        found += [self.agenda[0][0]] if self.agenda else []
        if not self.off:
            held = await senders.held(db)
            rows = await db.fetch(
                "SELECT channel, status, min(next_try_at) AS due_at FROM outbox "
                "WHERE status IN ('queued', 'unknown') GROUP BY channel, status"
            )
            for row in rows:
                probe = held.get(row["channel"])
                # What is due and could not be done now is looked at again at the loops' pace.
                found.append(max(row["due_at"], probe.probe_at if probe else row["due_at"], now + POLL))
            found += [due for due in (await timers.next_due(db), await outbox.next_due(db, now)) if due]
        return min(found)

    async def _works(self) -> None:
        town = self.town
        if town.clock.now - self.fetched >= FETCH:
            self.fetched = town.clock.now
            await self.fetch()
            await town.telegram.webhook.redeliver()
        await town.settle()
        if town.clock.now - self.watched >= WATCH:
            self.watched = town.clock.now
            await watch(town.parts, "town")
            await unheard.ask(town.parts)
            await town.settle()

    async def fetch(self) -> None:
        assert self.town.app.fetch is not None
        await self.town.app.fetch()

    # ------------------------------------------------------------ people

    async def _types(self, human: Human) -> None:
        text = human.texts.pop(0)
        human.wakes = self.town.clock.now + PATIENT
        human.seen = len(self.town.screen(human.address))
        await self._says(human, text)

    async def _says(self, human: Human, text: str | None) -> None:
        town = self.town
        if human.address.isdecimal():
            who = int(human.address)
            update = await (town.telegram.share_contact(who) if text is None else town.telegram.say(who, text))
            self.typed.append(Typed(human.address, str(update.id), self.off))
        else:
            inbound = await town.twilio.say(human.address, text or "")
            self.typed.append(Typed(human.address, inbound.sid, self.off))

    def _looks(self, human: Human) -> None:
        """Something new: they answer in a while."""
        now, count = self.town.clock.now, len(self.town.screen(human.address))
        if count <= human.seen or not human.texts:
            return
        human.seen = count
        human.wakes = min(human.wakes, now + timedelta(seconds=human.chance.randint(15, 90)))

    # ------------------------------------------------------------ delivery states

    def _post_states(self, chance: Random) -> None:
        """Soon, minutes or hours late, in any order, some twice; a few that are no failures never."""
        pending, self.town.twilio.pending = self.town.twilio.pending, []
        for one in pending:
            failed = one.message.status in {"undelivered", "failed"}
            luck = 0.5 if failed else chance.random()
            if luck < 0.04:
                self.states_lost += 1
                continue
            for _ in range(2 if chance.random() < 0.15 else 1):
                longest = 20 if luck < 0.7 else 600 if luck < 0.92 else 5 * 3600
                at = self.town.clock.now + timedelta(seconds=chance.randint(1, longest))
                self.plan(at, partial(self._state, one, self.town.clock.now))

    async def _state(self, one: Callback, reached: datetime) -> None:
        twilio = self.town.twilio
        twilio.pending = [one]
        await twilio.release()
        if twilio.ledger.posted[-1].taken:
            ours = parse_qs(urlsplit(one.message.callback).query)["m"][0]
            self.states.append(State(ours, one.message.sid, one.message.status, self.town.clock.now - reached))
        else:
            self.states_lost += 1

    # ------------------------------------------------------------ our own server

    async def goes_off(self) -> None:
        """Neither web server nor worker."""
        self.off = True
        for standin in (self.town.twilio, self.town.telegram):
            standin.reach = lambda url: "http://127.0.0.1:1/"

    async def comes_back(self) -> None:
        self.off = False
        base, public = self.town.base, self.town.parts.pages.public_url
        for standin in (self.town.twilio, self.town.telegram):
            standin.reach = lambda url: url.replace(public, base)
        await self.fetch()
        await self.town.telegram.webhook.redeliver()

    # ------------------------------------------------------------ afterwards

    async def case(self) -> Case:
        town, db = self.town, self.town.parts.db
        bubbles = [bubble for human in self.people for bubble in town.screen(human.address)]
        return Case(
            BEGINS,
            await db.fetch(
                "SELECT id, key, contact_id, channel, kind, answer, status, reason, possible_duplicate, "
                "created_at, changed_at, appointment_id FROM outbox ORDER BY id"
            ),
            await db.fetch("SELECT external_id, kind, status FROM inbox"),
            self.typed,
            list(town.twilio.messages.values()),
            [*town.twilio.ledger.calls, *town.telegram.ledger.calls],
            bubbles,
            self.recorded.tried,
            [*before_our_write(town.twilio.ledger), *self.states],
            self.states_lost,
            self.alarms,
            [f"unsound: {broken.rule}" for broken in await town.unsound()]
            + [f"unlawful call: {problem}" for problem in town.problems()],
        )


@asynccontextmanager
async def dawn(database_url: str, seed: str, size: Size, alarms: list[dict[str, Any]]) -> AsyncIterator[Day]:
    """A town in the morning, with its people's plans."""
    async with AsyncExitStack() as stack:
        town = await stack.enter_async_context(built(database_url))
        town.clock.now = BEGINS
        people = [human for each in range(size.each) for human in _people(town, seed, each)]
        channel = town.parts.channels["telegram"]
        assert isinstance(channel, TelegramChannel)
        recorded = Recorded(channel.bot, channel.public_url)
        town.app = replace(town.app, parts=replace(town.parts, channels={**town.parts.channels, "telegram": recorded}))
        for standin in (town.twilio, town.telegram):
            standin.faults = Weather(town.clock, BEGINS, f"{seed}:{type(standin).__name__}")
        town.twilio.hold = True
        stack.enter_context(impatient(town.clock, BEGINS))
        yield Day(town, seed, people, recorded, alarms)


def _people(town: Town, seed: str, each: int) -> list[Human]:
    number, chat = f"+3363998{5000 + each:04}", 900000000000100 + each
    town.telegram.join(telegram_chats.Person(chat, "Camille", phone=f"+3363998{7000 + each:04}"))
    texts = {f"whatsapp:+3363998{6000 + each:04}": TODAY, number: TODAY, str(chat): BY_TELEGRAM}
    found = []
    for address, said in texts.items():
        chance = Random(f"{seed}:{address}")
        near = chance.choice(SPOTS)
        wakes = BEGINS + near + timedelta(minutes=chance.randint(-9, 2))
        found.append(Human(address, [*said], chance, wakes))
    return found
