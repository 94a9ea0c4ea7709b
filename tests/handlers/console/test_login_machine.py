"""The console's door under anything that may happen, in any order: passwords, second factors, codes on paper, links,
locks, sessions. Nobody gets in who may not, whoever may does, and what was ended is over (threats T19, T24).
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final, TypeVar

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from booking.operating import Role
from handlers.console import operating, second_factor
from handlers.console.entry import Enrolled, Enrolling, Entry, In, NotIn
from storage import sessions
from storage.crypto import Vault, token_hash
from storage.db import Database
from tests.guards import guards
from tests.handlers.console.site import PASSWORD, CountedPasswords
from tests.handlers.path.place import MONDAY, Place, furnished

T = TypeVar("T")
NAMES: Final = ("anna", "otto")
BY: Final = "operator:test"
WAITS: Final = [timedelta(), timedelta(), timedelta(), timedelta(), *(timedelta(minutes=n) for n in (1, 2, 4, 8, 15))]
STEP: Final = second_factor.STEP
Who = st.sampled_from(NAMES)


@dataclass
class Session:
    token: str
    made: datetime
    seen: datetime
    over: bool = False

    def lives(self, now: datetime) -> bool:
        return not self.over and now - self.seen < sessions.IDLE and now - self.made < sessions.LONGEST


@dataclass
class Known:
    """What is true of an operator, by the rules alone."""

    id: str
    link: str
    until: datetime  # the link's
    secret: str = ""
    old_secret: str = ""
    has_password: bool = False
    suspended: bool = False
    used: int = 0  # the last half minute whose code was taken
    papers: list[str] = field(default_factory=list)
    spent: list[str] = field(default_factory=list)
    sessions: list[Session] = field(default_factory=list)

    def out(self) -> None:
        for each in self.sessions:
            each.over = True


class Door(RuleBasedStateMachine):
    runner: ClassVar[asyncio.Runner]
    db: ClassVar[Database]
    place: ClassVar[Place]

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    @initialize(enrolled=st.sampled_from([NAMES, NAMES, NAMES[:1], ()]))
    def open(self, enrolled: tuple[str, ...]) -> None:
        self.run(self.emptied())
        self.place.clock.now = MONDAY
        self.numbers = itertools.count(1)
        self.entry = Entry(self.place.parts, CountedPasswords(), self.chance)
        self.tries: dict[str, tuple[int, datetime, datetime]] = {}
        self.known: dict[str, Known] = {}
        for name in NAMES:
            link = self.run(operating.add(self.place.parts, self.chance, name, Role.DESK, BY))
            self.known[name] = Known("", *self.token(link))
            self.learn(name)
        for name in enrolled:
            self.enrols(name, right=True)

    async def emptied(self) -> None:
        async with self.db.transaction() as tx:
            for table in ("session", "recovery_code", "login", "token", "operator", "audit"):
                await tx.execute(f"DELETE FROM {table}")

    def chance(self, size: int) -> bytes:
        return next(self.numbers).to_bytes(size)

    @property
    def now(self) -> datetime:
        return self.place.clock.now

    def token(self, link: operating.Link) -> tuple[str, datetime]:
        return link.url.rpartition("/")[2], self.now + operating.ENROL_WITHIN

    def learn(self, name: str) -> None:
        """What the page of the link shows, which their app keeps."""
        who = self.known[name]
        shown = self.run(self.entry.enrolling(who.link))
        assert isinstance(shown, Enrolling)
        who.old_secret, who.secret = who.secret, shown.secret
        found = self.run(self.db.fetch("SELECT id FROM operator ORDER BY id"))
        who.id = who.id or next(row["id"] for row in found if row["id"] not in {k.id for k in self.known.values()})

    # ------------------------------------------------------------ what may happen

    @rule(by=st.sampled_from([0, 15, 31, 61, 300, 901, 3600, 8 * 3600, 25 * 3600]))
    def time_passes(self, by: int) -> None:
        self.place.clock.now += timedelta(seconds=by)

    @rule(name=Who, right=st.booleans())
    def enrols(self, name: str, right: bool) -> None:
        who = self.known[name]
        code = second_factor.code_at(who.secret, self.now)
        done = self.run(self.entry.enrol(who.link, PASSWORD, PASSWORD if right else "another", code))
        may = right and bool(who.link) and self.now < who.until
        assert isinstance(done, Enrolled) == may
        if isinstance(done, Enrolled):
            who.link, who.has_password, who.used = "", True, int(self.now.timestamp()) // STEP
            who.papers, who.spent = list(done.codes), []

    @rule(
        name=st.sampled_from([*NAMES, "nobody"]),
        password=st.sampled_from([PASSWORD, PASSWORD, PASSWORD, "une autre phrase"]),
        second=st.sampled_from(["app", "app", "app", "old app", "paper", "spent paper", "of another", "000 000"]),
    )
    def logs_in(self, name: str, password: str, second: str) -> None:
        who, now = self.known.get(name), self.now
        code = self.shown(name, second)
        until, counted = self.counted(name)
        done = self.run(self.entry.log_in(name, password, code))
        if until is not None:
            assert done == NotIn(until), "nothing is compared before then"
            return
        may = who is not None and password == PASSWORD and self.may(who, second, code)
        assert isinstance(done, In) == may, (name, password == PASSWORD, second, who)
        if not isinstance(done, In) or who is None:
            assert done == NotIn(), "the same answer, whatever was wrong"
            self.tries[name] = counted
            return
        self.tries.pop(name, None)
        if second == "paper":
            who.papers.remove(code)
            who.spent.append(code)
        else:
            who.used = int(now.timestamp()) // STEP
        who.sessions.append(Session(done.token, now, now))

    @rule(name=Who, waits=st.sampled_from([0, 31, 61]))
    def comes_in(self, name: str, waits: int) -> None:
        """As they do every day."""
        self.time_passes(waits)
        self.logs_in(name, PASSWORD, "app")

    @rule(name=Who, by=st.sampled_from([29, 31, 300, 899]))
    def works(self, name: str, by: int) -> None:
        self.time_passes(by)
        self.uses_a_session(name, -1)

    @rule(name=Who)
    def hammers(self, name: str) -> None:
        """Somebody guesses."""
        for _ in range(3):
            self.logs_in(name, "une autre phrase", "000 000")

    @rule(name=Who, which=st.integers(0, 3))
    def uses_a_session(self, name: str, which: int) -> None:
        who, now = self.known[name], self.now
        if not who.sessions:
            return
        session = who.sessions[which % len(who.sessions)]
        may = session.lives(now) and who.has_password and not who.suspended
        live = self.run(sessions.find(self.db, session.token, now))
        assert (live is not None) == may
        if live is not None and now - session.seen >= sessions.TOUCHED:
            session.seen = now

    @rule(name=Who, which=st.integers(0, 5))
    def logs_out(self, name: str, which: int) -> None:
        who = self.known[name]
        if who.sessions:
            session = who.sessions[which % len(who.sessions)]
            self.run(self.entry.log_out(token_hash(session.token), who.id))
            session.over = True

    @rule(name=Who)
    def all_are_ended(self, name: str) -> None:
        self.run(operating.end_sessions(self.place.parts, self.known[name].id, BY))
        self.known[name].out()

    @rule(name=Who)
    def is_suspended(self, name: str) -> None:
        who = self.known[name]
        assert self.run(operating.suspend(self.place.parts, who.id, BY)) == (not who.suspended)
        if not who.suspended:
            who.suspended, who.link = True, ""
            who.out()

    @rule(name=Who)
    def is_let_in_again(self, name: str) -> None:
        who = self.known[name]
        assert self.run(operating.lift(self.place.parts, who.id, BY)) == who.suspended
        who.suspended = False

    @rule(name=Who)
    def is_reset(self, name: str) -> None:
        who = self.known[name]
        who.link, who.until = self.token(self.run(operating.reset(self.place.parts, self.chance, who.id, BY)))
        self.learn(name)
        who.has_password, who.used, who.spent, who.papers = False, 0, [*who.spent, *who.papers], []
        who.out()

    # ------------------------------------------------------------ what always holds

    @invariant()
    def who_is_in_is_known(self) -> None:
        for who in self.known.values():
            found = self.run(sessions.of(self.db, who.id, self.now))
            may = who.has_password and not who.suspended
            expected = {token_hash(each.token) for each in who.sessions if may and each.lives(self.now)}
            assert {live.hash for live in found} == expected

    # ------------------------------------------------------------ by the rules

    def shown(self, name: str, second: str) -> str:
        who = self.known.get(name) or self.known["anna"]
        other = self.known["otto" if name == "anna" else "anna"]
        match second:
            case "app":
                return second_factor.code_at(who.secret, self.now)
            case "old app" if who.old_secret:
                return second_factor.code_at(who.old_secret, self.now)
            case "paper" if who.papers:
                return who.papers[0]
            case "spent paper" if who.spent:
                return who.spent[0]
            case "of another" if other.papers:
                return other.papers[0]
        return "000 000"

    def may(self, who: Known, second: str, code: str) -> bool:
        if not who.has_password or who.suspended or code == "000 000":
            return False
        fresh = int(self.now.timestamp()) // STEP > who.used
        return (second == "app" and fresh) or second == "paper"

    def counted(self, name: str) -> tuple[datetime | None, tuple[int, datetime, datetime]]:
        """Until when nothing is compared, or how often they have tried by now."""
        before, tried, free = self.tries.get(name, (0, self.now, self.now))
        if free > self.now:
            return free, (before, tried, free)
        count = 1 if self.now - tried >= timedelta(days=1) else before + 1
        return None, (count, self.now, self.now + WAITS[min(count, len(WAITS)) - 1])


@pytest.fixture
def door(sqlite_url: str, vault: Vault) -> Iterator[type[Door]]:
    with asyncio.Runner() as runner:
        Door.runner, Door.db = runner, runner.run(Database.open(sqlite_url, vault))
        Door.place = runner.run(furnished(Door.db))
        yield Door
        runner.run(Door.db.close())


FEW = settings(max_examples=30, stateful_step_count=30, deadline=None, phases=[Phase.generate, Phase.shrink])


@guards("T24", partly=True)
def test_nobody_gets_in_who_may_not(door: type[Door]) -> None:
    run_state_machine_as_test(door, settings=FEW)


@pytest.mark.many
def test_nobody_gets_in_who_may_not_whatever_happens(door: type[Door]) -> None:
    run_state_machine_as_test(door, settings=settings(max_examples=400, stateful_step_count=60, deadline=None))
