"""Two numbers, a worker and an operator, in any order: wishes to be erased or closed, accounts that close (also after
two silent years), instructions after a death, legal holds, messages in between, whoever comes again as somebody new; a
documents' store that is away, a worker that dies over it, backups that are read back, the older ones, too. Whoever was
erased stays so, whoever is held is kept, whose account closed is in the archive and nowhere else, nobody else loses
anything, and the ledger beside the documents says what the database says (safety G6, G8, G11, G17).
"""

from __future__ import annotations

import asyncio
import itertools
import shutil
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar, Final, TypeVar

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from handlers import provider_copies
from handlers.documents.judging import Judge
from handlers.documents.keeping import Keeping
from handlers.documents.stores import Folder, StoreAway
from handlers.privacy import after_death, closing, disputes, erasing, ledger
from handlers.privacy.after_death import NotCarried
from handlers.privacy.erasing import Erased, Held, Nobody
from handlers.privacy.restoring import erase_again
from storage import archives, backup, contacts, erasures, flags, holds, oracle, purge
from storage.booking import Directories
from storage.crypto import Vault
from storage.db import Database, Tx
from storage.erasures import Line as Told
from storage.periods import FIRST_WARNING, LAST_WARNING
from tests.guards import guards
from tests.handlers.path import all_rows
from tests.handlers.path.erased import everything
from tests.handlers.path.machines import lines, providers
from tests.handlers.path.place import CAMILLE, CLAIRE, LATER, SAM, Clock, Place, furnished

T = TypeVar("T")
BY: Final = "operator:anna"
# Each number's people, one after the other.
NUMBERS: Final = {CAMILLE: ("Camille", "Dominique", "Alix"), SAM: ("Sam", "Maxime", "Louison")}
Number = st.sampled_from(sorted(NUMBERS))
Who = st.integers(0, 5)  # of all whom we ever knew
OTHERS: Final = {  # rules of the oracle that are a human's to follow, or `purge`'s, which nobody runs here
    "a legal hold is reviewed in time (G17)",
    "nobody heard of for two years keeps their account (I18)",
}


@dataclass
class Known:
    """`asked`: to be erased or to be closed, and nobody has begun. `closed`: gone but for the archive. `hours`: how
    many appointments are theirs."""

    person: str
    name: str
    number: str
    gone: bool = False
    closed: bool = False
    asked: str = ""
    hold: str = ""
    instructed: bool = False
    hours: int = 1


class Papers(Folder):
    away = False

    async def put(self, id: str, sealed: bytes) -> None:
        self._there()
        await super().put(id, sealed)

    async def get(self, id: str) -> bytes | None:
        self._there()
        return await super().get(id)

    async def drop(self, id: str) -> None:
        self._there()
        await super().drop(id)

    def _there(self) -> None:
        if self.away:
            raise StoreAway("away")


@dataclass(frozen=True)
class Saved:
    """A backup, and what it knows of the ledger."""

    path: Path
    until: tuple[int, int]
    then: dict[str, Known]


@dataclass(frozen=True)
class World:
    """Both have an appointment; everything that a town of two begins with, in one file."""

    runner: asyncio.Runner
    folder: Path
    empty: Path
    vault: Vault
    start: Path
    place: Place
    people: list[Known]


class Town(RuleBasedStateMachine):
    world: ClassVar[World]
    numbers: ClassVar[itertools.count[int]] = itertools.count(1)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.world.runner.run(work)

    @initialize()
    def open(self) -> None:
        self.db: Database | None = None
        self.folder = self.world.folder / f"{next(self.numbers)}"
        self.folder.mkdir()
        self.store = Papers(self.folder / "papers")
        self.known = {who.person: replace(who) for who in self.world.people}
        self.ever: dict[str, Known] = {}  # everybody who was ever erased, as they were then
        self.saved: list[Saved] = []
        self.silent = False
        clock = Clock(self.world.place.clock.now)
        parts = replace(self.world.place.parts, clock=clock, channels=lines(clock), directories=Directories())
        self.place = Place(parts, clock, [], itertools.count(1000))  # what has come is not taken in a second time
        self.run(self.opened(self.world.start))

    async def opened(self, rows: Path) -> None:
        """On a copy of these rows, as another process would."""
        if self.db is not None:
            await self.db.close()
        path = self.folder / f"{next(self.numbers)}.sqlite3"
        shutil.copy(rows, path)
        self.db = await Database.open(f"sqlite://{path}?synchronous=OFF", self.world.vault)
        self.place.parts = replace(
            self.place.parts,
            db=self.db,
            documents=Keeping(Judge(), self.store),
            copies=providers(),
            directories=Directories(),
        )

    def who(self, index: int) -> Known:
        return list(self.known.values())[index % len(self.known)]

    def at(self, number: str) -> Known | None:
        """Who has it, if we know them."""
        return next((who for who in self.known.values() if who.number == number and not who.gone), None)

    def goes(self, who: Known, *, closed: bool) -> None:
        who.gone, who.asked, who.closed = True, "", closed
        self.ever[who.person] = who

    # ------------------------------------------------------------ what may happen

    @rule(number=Number, text=st.sampled_from(["mes rdv", "menu"]))
    def somebody_writes(self, number: str, text: str) -> None:
        self.run(self.place.says("sms", number, text))

    @rule()
    def the_worker_looks(self) -> None:
        self.run(self.place.says("sms", CLAIRE, "agenda semaine"))

    @rule(number=Number)
    def somebody_comes_again(self, number: str) -> None:
        """Who is new to us: whatever the one before has left at their number is nothing of theirs."""
        names = {who.name for who in [*self.known.values(), *self.ever.values()]}
        name = next((each for each in NUMBERS[number] if each not in names), None)
        if self.at(number) is None and name is not None:
            came = self.run(_comes(self.place, number, name))
            self.known[came.person] = came

    @rule(index=Who, closes=st.booleans())
    def they_ask_for_it(self, index: int, closes: bool) -> None:
        """As the flow does at its end; a dispute stops it there. Who wants to be erased after all is."""
        who = self.who(index)
        if not who.gone and not who.hold:
            self.run(self.asked(who.person, closes=closes))
            who.asked = who.asked if who.asked == "erase" else "close" if closes else "erase"

    async def asked(self, person: str, *, closes: bool) -> None:
        async with self.place.parts.db.transaction() as tx:
            await contacts.lock_person(tx, person)
            await erasures.ask(tx, person, f"person:{person}", self.place.clock.now, closes=closes)

    @rule(index=Who)
    def an_operator_erases(self, index: int) -> None:
        who = self.who(index)
        done = self.run(erasing.erase(self.place.parts, who.person, BY))
        assert isinstance(done, Nobody if who.gone else Held if who.hold else Erased)
        if isinstance(done, Erased):
            self.goes(who, closed=False)

    @rule(index=Who)
    def an_account_closes(self, index: int) -> None:
        """Whoever wants to be erased meanwhile is."""
        who = self.who(index)
        done = self.run(closing.close(self.place.parts, who.person, BY))
        assert isinstance(done, Nobody if who.gone else Held if who.hold else Erased)
        if isinstance(done, Erased):
            self.goes(who, closed=who.asked != "erase")

    @rule(index=Who, erase=st.booleans())
    def they_died(self, index: int, erase: bool) -> None:
        """What they said of it is carried out once."""
        who = self.who(index)
        if erase:
            self.run(
                self.place.parts.db.execute("UPDATE instruction SET wish = 'erase' WHERE person_id = ?", who.person)
            )
        wish = self.run(self.wish(who.person))
        done = self.run(after_death.carry_out(self.place.parts, who.person, BY, "acte 12"))
        if who.gone or who.instructed:
            assert done == NotCarried("nothing")
        elif wish == "erase" and who.hold:
            assert done == NotCarried("held")
        else:
            assert not isinstance(done, NotCarried)
            who.instructed, who.asked = True, "erase" if wish == "erase" else who.asked

    async def wish(self, person: str) -> str:
        rows = await self.place.parts.db.fetch("SELECT wish FROM instruction WHERE person_id = ?", person)
        return str(rows[0]["wish"]) if rows else ""

    @rule(index=Who)
    def a_dispute_begins(self, index: int) -> None:
        who, day = self.who(index), (self.place.clock.now + timedelta(days=90)).date()
        done = self.run(disputes.hold(self.place.parts, who.person, BY, f"RG {who.name}", "un litige", day))
        assert isinstance(done, disputes.NotHeld) == (who.gone and not who.closed)
        if not isinstance(done, disputes.NotHeld):
            who.hold = who.hold or done.id

    @rule(index=Who)
    def it_is_over(self, index: int) -> None:
        who = self.who(index)
        for each in self.run(holds.of_person(self.place.parts.db, who.person)):
            self.run(disputes.release(self.place.parts, each.id, BY))
        who.hold = ""

    @rule()
    def a_worker_process_looks(self) -> None:
        self.run(self.looks())
        self.all_begun()
        if not self.store.away:
            assert self.run(self.told()) == self.run(self.lines()), "the store knows what the database knows"

    @rule()
    def it_dies_over_it(self) -> None:
        """Their rows are gone, and nothing else."""
        self.run(self.begins())
        self.all_begun()

    def all_begun(self) -> None:
        for who in self.known.values():
            if who.asked and not who.hold:
                self.goes(who, closed=who.asked == "close")
            elif who.asked and self.run(self.wish(who.person)) == "erase":
                who.instructed = False
            who.asked = ""

    async def begins(self) -> None:
        for each in await erasures.open_(self.place.parts.db):
            if each.begun_at is None:
                await erasing.begin(self.place.parts, each)

    async def looks(self) -> None:
        await asyncio.gather(erasing.look(self.place.parts), erasing.look(self.place.parts))
        await self.place.settle()
        while await provider_copies.look(self.place.parts):
            pass

    async def lines(self) -> list[Told]:
        return list(await erasures.lines(self.place.parts.db, 0))

    async def told(self) -> list[Told]:
        return list(await ledger.after(self.store, 0)) if await ledger.last(self.store) is not None else []

    @rule(by=st.sampled_from([1, 11, 8 * 60, 25 * 60]))
    def time_passes(self, by: int) -> None:
        self.run(self.place.passes(minutes=by))

    @precondition(lambda self: not self.silent)
    @rule()
    def two_silent_years_pass(self) -> None:
        """Everybody is warned twice; whom no dispute keeps is closed, or erased if they had asked for that."""
        self.silent = True
        for days in (2, 2 * 366):  # what waits to be sent is sent, and ends by its own time
            self.run(self.place.passes(days=days))
            self.run(purge.purge(self.place.parts.db, self.place.clock.now))
        for by in (FIRST_WARNING - LAST_WARNING, LAST_WARNING, timedelta(days=1)):
            self.run(closing.silent(self.place.parts))
            self.run(self.place.passes(days=by.days))
        self.run(closing.silent(self.place.parts))
        for who in self.known.values():
            if not who.gone and not who.hold:
                self.goes(who, closed=who.asked != "erase")

    @rule()
    def the_store_goes_or_comes(self) -> None:
        self.store.away = not self.store.away

    @rule()
    def a_backup_is_made(self) -> None:
        path = self.folder / f"{next(self.numbers)}.backup"
        self.run(backup.backup(self.place.parts.db, path, self.place.clock.now))
        assert self.run(ledger.publish(self.place.parts)) != self.store.away
        then = {who.person: replace(who) for who in self.known.values()}
        self.saved = [*self.saved[-1:], Saved(path, backup.erased_until(path), then)]

    @precondition(lambda self: bool(self.saved))
    @rule(last=st.booleans(), by_file=st.booleans())
    def it_is_read_back(self, last: bool, by_file: bool) -> None:
        """Whoever was erased since is erased again, whatever was disputed then; a dispute that began since is not in
        it; who has asked waits for a worker's next look; who came since is not known any more."""
        saved = self.saved[-1 if last else 0]
        asked = self.run(self.restored(saved, by_file=by_file))
        self.known = {}
        for person, then in saved.then.items():
            ever = self.ever.get(person, Known(person, "", ""))
            gone, closed = ever.gone or then.gone, ever.closed or then.closed
            self.known[person] = replace(
                then,
                gone=gone,
                closed=closed,
                asked="" if gone else asked.get(person, ""),
                hold=then.hold if then.closed or not gone else "",
            )

    async def restored(self, saved: Saved, *, by_file: bool) -> dict[str, str]:
        """Of whom the ledger says that they asked, and for what. Where the store lags behind, it is the file's to say:
        no human knows who was erased in between."""
        file = [Told.from_json(line.to_json()) for line in await self.lines()]
        if by_file or self.store.away or await self.told() != file:
            lines = ledger.of_file(file, *saved.until)
        else:
            lines = await ledger.after(self.store, *saved.until)
        await self.opened(self.world.empty)
        now, zone = self.place.clock.now, self.place.parts.zone

        async def then(tx: Tx) -> None:
            await erase_again(tx, lines, zone, now)

        await backup.restore(self.place.parts.db, saved.path, now, None, then)
        await flags.resume(self.place.parts.db)
        return {line.person: "close" if line.closes else "erase" for line in lines if line.asked_by}

    # ------------------------------------------------------------ in the end

    def teardown(self) -> None:
        if getattr(self, "db", None) is None:
            return
        self.store.away = False
        try:
            self.a_worker_process_looks()
            for _ in range(4):
                self.run(self.place.passes(hours=8))
                self.a_worker_process_looks()
            self.run(self.judged())
        finally:
            assert self.db is not None
            self.run(self.db.close())
            shutil.rmtree(self.folder)

    async def judged(self) -> None:
        db = self.place.parts.db
        assert await erasures.open_(db) == []
        assert await db.fetch("SELECT id FROM provider_copy WHERE act = 'delete'") == []
        assert {broken.rule for broken in await oracle.judge(db, self.place.clock.now)} <= OTHERS
        found = await everything(db)
        for who in [*self.known.values(), *(who for who in self.ever.values() if who.person not in self.known)]:
            there = await db.fetch("SELECT id FROM person WHERE id = ?", who.person)
            hours = await db.fetch("SELECT id FROM appointment WHERE person_id = ?", who.person)
            assert (len(there), len(hours)) == ((0, 0) if who.gone else (1, who.hours)), who
            left = {table for table, texts in found.items() for text in texts if _names(text, who.name)}
            kept = {"archive"} if who.closed and who.person in self.known else set()
            assert (left - {"legal_hold"} == kept) == who.gone, f"nothing is left of {who}: {left}"
            if who.person in self.known:
                assert await archives.there(db, who.person) == who.closed
                assert await holds.holds(db, who.person) == bool(who.hold), "a dispute stands until it is over"
        for number in NUMBERS:
            heard = [text for to, text in self.place.line("sms").sent_to if to == number]
            gone = sum(who.number == number for who in self.ever.values())
            assert sum(text.startswith("C'est fait : votre compte") for text in heard) <= gone


def _names(text: str, name: str) -> bool:
    return text == name or any(each in text for each in (f"{name.lower()}@example.org", f"canary {name}", f'"{name}"'))


async def _comes(place: Place, number: str, name: str) -> Known:
    """They book an hour, and have a row in every table."""
    talk = (text.replace("Camille", name).replace("camille", name.lower()) for text in LATER)
    await place.says("sms", number, *talk)
    row = await place.contact("sms", number)
    assert row.person_id is not None
    await all_rows.fill(place, row.person_id, row.id, f"canary {name}")
    stands = "UPDATE instruction SET revoked_at = NULL, done_at = NULL, done_by = '' WHERE person_id = ?"
    await place.parts.db.execute(stands, row.person_id)
    hours = await place.parts.db.fetch("SELECT id FROM appointment WHERE person_id = ?", row.person_id)
    return Known(row.person_id, name, number, hours=len(hours))


async def _world(db: Database, runner: asyncio.Runner, folder: Path, empty: Path, vault: Vault, path: Path) -> World:
    place = await furnished(db)
    people = [await _comes(place, number, names[0]) for number, names in NUMBERS.items()]
    await place.says("sms", CLAIRE, "agenda semaine")
    await db.leave_no_trace(())
    return World(runner, folder, empty, vault, path, place, people)


@pytest.fixture
def town(sqlite_template: Path, tmp_path: Path, vault: Vault) -> Iterator[type[Town]]:
    path = tmp_path / "start.sqlite3"
    shutil.copy(sqlite_template, path)
    with asyncio.Runner() as runner:
        db = runner.run(Database.open(f"sqlite://{path}?synchronous=OFF", vault))
        Town.world = runner.run(_world(db, runner, tmp_path, sqlite_template, vault, path))
        runner.run(db.close())
        yield Town


FEW = settings(max_examples=6, stateful_step_count=12, deadline=None, phases=[Phase.generate])
MANY = settings(max_examples=100, stateful_step_count=30, deadline=None, phases=[Phase.generate, Phase.shrink])


@guards("G06", partly=True)
@guards("G17", partly=True)
def test_who_is_erased_stays_so_and_who_is_held_is_kept(town: type[Town]) -> None:
    run_state_machine_as_test(town, settings=FEW)


@pytest.mark.many
def test_who_is_erased_stays_so_whatever_happens(town: type[Town]) -> None:
    run_state_machine_as_test(town, settings=MANY)
