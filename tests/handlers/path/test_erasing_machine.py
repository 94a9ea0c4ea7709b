"""Two people, a worker and an operator, in any order: wishes to be erased, accounts that close, legal holds, messages
in between, backups that are read back. Whoever was erased stays so, whoever is held is kept, whose account closed is in
the archive and nowhere else, and nobody else loses anything (safety G6, G11, G17).
"""

from __future__ import annotations

import asyncio
import itertools
import shutil
from collections.abc import Coroutine, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar, Final, TypeVar

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from handlers import provider_copies
from handlers.channels.base import Channel, ChannelName
from handlers.channels.copies import End
from handlers.documents.judging import Judge
from handlers.documents.keeping import Keeping
from handlers.documents.stores import Folder
from handlers.privacy import closing, disputes, erasing, ledger
from handlers.privacy.erasing import Erased, Held, Nobody
from handlers.privacy.restoring import erase_again
from storage import backup, contacts, erasures, flags, holds
from storage.booking import Directories
from storage.crypto import Vault
from storage.db import Database, Tx
from tests.guards import guards
from tests.handlers.path import all_rows
from tests.handlers.path.erased import everything
from tests.handlers.path.place import CAMILLE, CLAIRE, LATER, SAM, Clock, Line, Place, furnished

T = TypeVar("T")
BY: Final = "operator:anna"
NUMBERS: Final = {"Camille": CAMILLE, "Sam": SAM}
Who = st.sampled_from(sorted(NUMBERS))


@dataclass
class Known:
    """`asked`: they said so themself, and nobody has begun. `closed`: gone but for the archive."""

    person: str
    gone: bool = False
    closed: bool = False
    asked: bool = False
    hold: str = ""


class Provider:
    """What lies there is deleted at once."""

    async def empty(self, ref: str) -> End:
        return "emptied"

    async def delete(self, ref: str) -> End:
        return "deleted"

    async def find(self, to: str, since: Any) -> Sequence[str]:
        return []


@dataclass(frozen=True)
class World:
    """Both have an appointment; everything that a town of two begins with, in one file."""

    runner: asyncio.Runner
    folder: Path
    empty: Path
    vault: Vault
    start: Path
    place: Place
    people: dict[str, str]


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
        self.store = Folder(self.folder / "papers")
        self.known = {name: Known(person) for name, person in self.world.people.items()}
        self.saved: tuple[Path, tuple[int, int], dict[str, Known]] | None = None
        clock = Clock(self.world.place.clock.now)
        names: tuple[ChannelName, ...] = ("sms", "whatsapp", "telegram", "email")
        lines: dict[str, Channel] = {name: Line(name, clock) for name in names}
        parts = replace(self.world.place.parts, clock=clock, channels=lines, directories=Directories())
        self.place = Place(parts, clock, [])
        self.run(self.opened(self.world.start))

    async def opened(self, rows: Path) -> None:
        """On a copy of these rows, as another process would."""
        if self.db is not None:
            await self.db.close()
        path = self.folder / f"{next(self.numbers)}.sqlite3"
        shutil.copy(rows, path)
        self.db = await Database.open(f"sqlite://{path}?synchronous=OFF", self.world.vault)
        parts = self.place.parts
        self.place.parts = replace(
            parts,
            db=self.db,
            documents=Keeping(Judge(), self.store),
            copies={name: Provider() for name in ("sms", "whatsapp", "telegram")},
        )

    # ------------------------------------------------------------ what may happen

    @rule(name=Who, text=st.sampled_from(["mes rdv", "menu"]))
    def somebody_writes(self, name: str, text: str) -> None:
        self.run(self.place.says("sms", NUMBERS[name], text))

    @rule()
    def the_worker_looks(self) -> None:
        self.run(self.place.says("sms", CLAIRE, "agenda semaine"))

    @rule(name=Who)
    def they_ask_for_it(self, name: str) -> None:
        """As the flow does at its end; a dispute stops it there."""
        who = self.known[name]
        if not who.gone and not who.hold:
            self.run(self.asked(who.person))
            who.asked = True

    async def asked(self, person: str) -> None:
        async with self.place.parts.db.transaction() as tx:
            await contacts.lock_person(tx, person)
            await erasures.ask(tx, person, f"person:{person}", self.place.clock.now)

    @rule(name=Who)
    def an_operator_erases(self, name: str) -> None:
        who = self.known[name]
        done = self.run(erasing.erase(self.place.parts, who.person, BY))
        assert isinstance(done, Nobody if who.gone else Held if who.hold else Erased)
        if isinstance(done, Erased):
            who.gone, who.asked = True, False

    @rule(name=Who)
    def an_account_closes(self, name: str) -> None:
        """Whoever wants to be erased meanwhile is."""
        who = self.known[name]
        done = self.run(closing.close(self.place.parts, who.person, BY))
        assert isinstance(done, Nobody if who.gone else Held if who.hold else Erased)
        if isinstance(done, Erased):
            who.gone, who.asked, who.closed = True, False, not who.asked

    @rule(name=Who)
    def a_dispute_begins(self, name: str) -> None:
        who, day = self.known[name], (self.place.clock.now + timedelta(days=90)).date()
        done = self.run(disputes.hold(self.place.parts, who.person, BY, f"RG {name}", "un litige", day))
        assert isinstance(done, disputes.NotHeld) == (who.gone and not who.closed)
        if not isinstance(done, disputes.NotHeld):
            who.hold = who.hold or done.id

    @rule(name=Who)
    def it_is_over(self, name: str) -> None:
        who = self.known[name]
        for each in self.run(holds.of_person(self.place.parts.db, who.person)):
            self.run(disputes.release(self.place.parts, each.id, BY))
        who.hold = ""

    @rule()
    def a_worker_process_looks(self) -> None:
        self.run(self.looks())
        for who in self.known.values():
            if who.asked:
                who.gone, who.asked = not who.hold, False

    async def looks(self) -> None:
        await asyncio.gather(erasing.look(self.place.parts), erasing.look(self.place.parts))
        await self.place.settle()
        while await provider_copies.look(self.place.parts):
            pass

    @rule(by=st.sampled_from([1, 11, 8 * 60, 25 * 60]))
    def time_passes(self, by: int) -> None:
        self.run(self.place.passes(minutes=by))

    @rule()
    def a_backup_is_made(self) -> None:
        path = self.folder / f"{next(self.numbers)}.backup"
        self.run(backup.backup(self.place.parts.db, path, self.place.clock.now))
        assert self.run(ledger.publish(self.place.parts))
        self.saved = (path, backup.erased_until(path), {name: replace(who) for name, who in self.known.items()})

    @precondition(lambda self: self.saved is not None)
    @rule()
    def it_is_read_back(self) -> None:
        """Whoever was erased since is erased again, whatever was disputed then; a dispute that began since is not in
        it; who has asked waits for a worker's next look."""
        assert self.saved is not None
        path, known, then = self.saved
        asked = self.run(self.restored(path, known))
        for name, who in then.items():
            gone = self.known[name].gone or who.gone
            closed = self.known[name].closed or who.closed
            held = who.hold if who.closed or not gone else ""
            self.known[name] = replace(who, gone=gone, closed=closed, asked=who.person in asked and not gone, hold=held)

    async def restored(self, path: Path, known: tuple[int, int]) -> set[str]:
        """Of whom the ledger says that they asked for it."""
        lines = await ledger.after(self.store, *known)
        await self.opened(self.world.empty)
        now, zone = self.place.clock.now, self.place.parts.zone

        async def then(tx: Tx) -> None:
            await erase_again(tx, lines, zone, now)

        await backup.restore(self.place.parts.db, path, now, None, then)
        await flags.resume(self.place.parts.db)
        return {line.person for line in lines if line.asked_by}

    # ------------------------------------------------------------ in the end

    def teardown(self) -> None:
        if getattr(self, "db", None) is None:
            return
        self.a_worker_process_looks()
        for _ in range(4):
            self.run(self.place.passes(hours=8))
            self.a_worker_process_looks()
        self.run(self.judged())
        assert self.db is not None
        self.run(self.db.close())
        shutil.rmtree(self.folder)

    async def judged(self) -> None:
        db = self.place.parts.db
        assert await erasures.open_(db) == []
        assert await db.fetch("SELECT id FROM provider_copy WHERE act = 'delete'") == []
        found = await everything(db)
        for name, who in self.known.items():
            there = await db.fetch("SELECT id FROM person WHERE id = ?", who.person)
            hours = await db.fetch("SELECT id FROM appointment WHERE person_id = ?", who.person)
            assert (len(there), len(hours)) == ((0, 0) if who.gone else (1, 1)), name
            mail = f"{name.lower()}@example.org"
            said = (mail, f"canary {name}", f'"{name}"')
            left = {table for table, texts in found.items() for text in texts if _names(text, name, said)}
            kept = {"archive"} if who.closed else set()
            assert (left - {"legal_hold"} == kept) == who.gone, "nothing of them is left"
            assert await holds.holds(db, who.person) == bool(who.hold), "a dispute stands until it is over"
            heard = [text for to, text in self.place.line("sms").sent_to if to == NUMBERS[name]]
            assert sum(text.startswith("C'est fait : votre compte") for text in heard) <= who.gone


def _names(text: str, name: str, said: Sequence[str]) -> bool:
    return text == name or any(words in text for words in said)


async def _world(db: Database, runner: asyncio.Runner, folder: Path, empty: Path, vault: Vault, path: Path) -> World:
    place = await furnished(db)
    people = {}
    for name, number in NUMBERS.items():
        talk = (text.replace("Camille", name).replace("camille", name.lower()) for text in LATER)
        await place.says("sms", number, *talk)
        person = (await place.contact("sms", number)).person_id
        assert person is not None
        people[name] = person
        await all_rows.fill(place, person, (await place.contact("sms", number)).id, f"canary {name}")
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


@guards("G06", partly=True)
@guards("G17", partly=True)
def test_who_is_erased_stays_so_and_who_is_held_is_kept(town: type[Town]) -> None:
    run_state_machine_as_test(town, settings=FEW)


@pytest.mark.many
def test_who_is_erased_stays_so_whatever_happens(town: type[Town]) -> None:
    run_state_machine_as_test(town, settings=settings(max_examples=200, stateful_step_count=30, deadline=None))
