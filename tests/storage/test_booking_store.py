"""What every store of the core must do: one suite, played on each. A `House` says how one is opened and filled.

To add a store: an async context manager in `HOUSES` that yields a `House`, empty.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Protocol

import pytest

from booking.codes import normal
from booking.directory import Directory
from booking.memory import MemoryStore
from booking.model import (
    HOUR,
    QUARTER,
    Appointment,
    AppointmentId,
    Client,
    Code,
    CodeId,
    ContactId,
    Hold,
    HoldId,
    Mode,
    Motive,
    Person,
    PersonId,
    Worker,
    WorkerId,
)
from booking.ports import BookingStore
from tests.booking.made import CODE, LETTERS, PORTS, consent, worker

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
NINE = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)
ALI, CLAIRE = WorkerId("ali"), WorkerId("claire")
H1, H2, A1, A2 = HoldId("h1"), HoldId("h2"), AppointmentId("a1"), AppointmentId("a2")
ANN = Person(PersonId("p1"), PORTS.id, CODE.id, "Ann", "Martin", "ann@example.org")


class House(Protocol):
    def transaction(self) -> AbstractAsyncContextManager[BookingStore]:
        """Committed at the end, rolled back by any exception."""

    async def put(self, workers: Sequence[Worker], clients: Sequence[Client], codes: Mapping[str, Code]) -> None:
        """Replace the directory; `codes` by their letters."""

    async def contact(self, name: str) -> ContactId:
        """A contact that rows may point to."""


class MemoryHouse:
    def __init__(self) -> None:
        self.store = MemoryStore()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[BookingStore]:
        before = self.store.snapshot()
        try:
            yield self.store
        except BaseException:
            self.store.restore(before)
            raise

    async def put(self, workers: Sequence[Worker], clients: Sequence[Client], codes: Mapping[str, Code]) -> None:
        self.store.set_directory(Directory(workers, (await self.store.directory()).version + 1))
        for client in clients:
            self.store.put_client(client)
        for letters, code in codes.items():
            self.store.put_code(code, letters)

    async def contact(self, name: str) -> ContactId:
        return ContactId(name)


@asynccontextmanager
async def memory(request: pytest.FixtureRequest) -> AsyncIterator[House]:
    yield MemoryHouse()


HOUSES: dict[str, Callable[[pytest.FixtureRequest], AbstractAsyncContextManager[House]]] = {"memory": memory}


@pytest.fixture(params=list(HOUSES))
async def house(request: pytest.FixtureRequest) -> AsyncIterator[House]:
    async with HOUSES[request.param](request) as opened:
        await opened.put([worker("ali"), worker("claire")], [PORTS], {LETTERS: CODE})
        yield opened


def appointment(id: AppointmentId = A1, start: datetime = NINE, person: Person = ANN) -> Appointment:
    return Appointment(
        id, person.id, PORTS.id, CLAIRE, Motive.FINANCE, Mode.VIDEO, start, ContactId("ann"), series=AppointmentId("a1")
    )


async def hold(tx: BookingStore, contact: ContactId, id: HoldId = H1, until: timedelta = QUARTER) -> Hold:
    kept = Hold(id, contact, CLAIRE, NINE, NOW + until)
    assert await tx.take(id, [f"w:{CLAIRE}", f"c:{contact}"], NINE, NOW) is None
    await tx.save_hold(kept)
    return kept


# ------------------------------------------------------------ directory and codes


async def test_the_directory_comes_whole_and_changes_its_version(house: House) -> None:
    async with house.transaction() as tx:
        first = await tx.directory()
        assert [w.ref for w in first.workers] == ["ali", "claire"]
        assert first.worker(CLAIRE) == worker("claire")
    await house.put([worker("ali"), worker("claire"), worker("zoe", languages=("fr", "ar"))], [], {})
    async with house.transaction() as tx:
        second = await tx.directory()
        assert second.version != first.version
        assert second.named("zoe") == worker("zoe", languages=("fr", "ar"))
        assert await tx.directory() is second, "compiled once per version"


async def test_clients_and_codes_are_found(house: House) -> None:
    dated = Code(CodeId("dated"), PORTS.id, date(2026, 1, 1), date(2026, 12, 31), 500)
    await house.put([], [replace(PORTS, suspended=True)], {"PORTS-0000-TEST": dated})
    async with house.transaction() as tx:
        assert await tx.client(PORTS.id) == replace(PORTS, suspended=True)
        assert await tx.code(dated.id) == dated
        assert await tx.code_typed(normal(LETTERS) or "") == CODE
        assert await tx.code_typed("P0RTS") is None
        assert await tx.code(CodeId("")) is None
        assert await tx.accounts(CODE.id) == 0
        assert await tx.accounts(CodeId("")) == 0


async def test_tries_are_counted_per_key_and_come_latest_first(house: House) -> None:
    moments = [NOW + timedelta(minutes=n) for n in range(5)]
    async with house.transaction() as tx:
        for moment in moments:
            await tx.add_try("contact:ann", moment)
        await tx.add_try("contact:ben", NOW)
    async with house.transaction() as tx:
        assert list(await tx.tries("contact:ann", NOW, 9)) == moments[::-1]
        assert list(await tx.tries("contact:ann", moments[3], 9)) == [moments[4], moments[3]]
        assert list(await tx.tries("contact:ann", NOW, 2)) == [moments[4], moments[3]]
        assert list(await tx.tries("contact:cleo", NOW, 9)) == []


# ------------------------------------------------------------ hours


async def test_an_hour_is_taken_once(house: House) -> None:
    async with house.transaction() as tx:
        assert await tx.take(A1, ["w:claire", "p:p1"], NINE, NOW) is None
        for quarters in range(-3, 4):
            start = NINE + quarters * QUARTER
            assert await tx.take(A2, ["p:p2", "w:claire"], start, NOW) == "w:claire"
            assert await tx.take(A2, ["p:p1"], start, NOW) == "p:p1"
        assert await tx.take(A2, ["w:claire", "p:p1"], NINE - HOUR, NOW) is None
        assert await tx.take(AppointmentId("a3"), ["w:claire", "p:p1"], NINE + HOUR, NOW) is None


async def test_what_is_refused_takes_nothing(house: House) -> None:
    async with house.transaction() as tx:
        assert await tx.take(A1, ["w:claire"], NINE, NOW) is None
        assert await tx.take(A2, ["w:ali", "w:claire"], NINE, NOW) == "w:claire"
        assert await tx.take(A2, ["w:ali"], NINE, NOW) is None


async def test_a_second_call_adds_owners(house: House) -> None:
    async with house.transaction() as tx:
        assert await tx.take(A1, ["w:claire"], NINE, NOW) is None
        assert await tx.take(A1, ["p:p1"], NINE, NOW) is None
        assert await tx.take(A2, ["p:p1"], NINE, NOW) == "p:p1"
        await tx.free(A1)
        assert await tx.take(A2, ["w:claire", "p:p1"], NINE, NOW) is None
        await tx.free(A1)
        assert await tx.take(HoldId("h"), ["w:claire"], NINE, NOW) == "w:claire"


async def test_a_lapsed_hold_makes_room_and_is_gone(house: House) -> None:
    ann = await house.contact("ann")
    async with house.transaction() as tx:
        await hold(tx, ann)
    async with house.transaction() as tx:
        end = NOW + QUARTER
        assert await tx.take(A1, ["w:claire"], NINE, end - timedelta(seconds=1)) == "w:claire"
        assert await tx.hold_of(ann) == Hold(H1, ann, CLAIRE, NINE, end)
        assert await tx.take(A1, ["w:claire"], NINE + QUARTER, end) is None
        assert await tx.hold_of(ann) is None
        assert await tx.take(A2, [f"c:{ann}"], NINE, end) is None, "all its quarters went, of each owner"


async def test_a_hold_may_be_kept_longer(house: House) -> None:
    ann = await house.contact("ann")
    async with house.transaction() as tx:
        kept = await hold(tx, ann)
        await tx.save_hold(replace(kept, until=NOW + HOUR))
    async with house.transaction() as tx:
        later = NOW + QUARTER
        assert await tx.take(A1, ["w:claire"], NINE, later) == "w:claire"
        assert list(await tx.taken(NINE, NINE + HOUR, later)) == [(CLAIRE, NINE)]
        await tx.free(H1)
        await tx.delete_hold(H1)
        assert await tx.hold_of(ann) is None
        assert await tx.take(A1, ["w:claire"], NINE, later) is None


async def test_taken_and_load_count_what_lives(house: House) -> None:
    ann = await house.contact("ann")
    async with house.transaction() as tx:
        await hold(tx, ann)
        assert await tx.take(A1, ["w:ali", "p:p1"], NINE + 2 * HOUR, NOW) is None
    async with house.transaction() as tx:
        both = [(ALI, NINE + 2 * HOUR), (CLAIRE, NINE)]
        assert sorted(await tx.taken(NINE, NINE + 3 * HOUR, NOW)) == both
        assert sorted(await tx.taken(NINE, NINE + 3 * HOUR, NOW, [CLAIRE])) == both[1:]
        assert sorted(await tx.taken(NINE, NINE + 3 * HOUR, NOW, [])) == []
        assert sorted(await tx.taken(NINE, NINE + 3 * HOUR, NOW + QUARTER)) == both[:1]
        assert sorted(await tx.taken(NINE + 3 * QUARTER, NINE + HOUR, NOW)) == both[1:], "it overlaps"
        assert sorted(await tx.taken(NINE + HOUR, NINE + 2 * HOUR, NOW)) == []
        load = await tx.load([ALI, CLAIRE], NINE, NINE + 2 * HOUR, NOW)
        assert {w: load.get(w, 0) for w in (ALI, CLAIRE)} == {ALI: 0, CLAIRE: 1}
        load = await tx.load([ALI, CLAIRE], NINE, NINE + 3 * HOUR, NOW + QUARTER)
        assert {w: load.get(w, 0) for w in (ALI, CLAIRE)} == {ALI: 1, CLAIRE: 0}


async def test_an_exception_rolls_back(house: House) -> None:
    ann = await house.contact("ann")

    async def fails() -> None:
        async with house.transaction() as tx:
            await hold(tx, ann)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fails()
    async with house.transaction() as tx:
        assert await tx.hold_of(ann) is None
        assert await tx.take(A1, ["w:claire"], NINE, NOW) is None


# ------------------------------------------------------------ people and appointments


async def test_a_person_is_kept_and_found_by_contact(house: House) -> None:
    ann = await house.contact("ann")
    full = replace(ANN, phone="+33639980201", language="ar", time_zone="Indian/Reunion", in_dispute=True)
    async with house.transaction() as tx:
        assert await tx.person_of(ann) is None
        await tx.add_person(full, ann)
    async with house.transaction() as tx:
        assert await tx.person_of(ann) == full
        assert await tx.person(full.id) == full
        assert await tx.person(PersonId("p9")) is None
        assert await tx.accounts(CODE.id) == 1
        changed = replace(full, email=None, email_confirmed=True, suspended=True, in_dispute=False)
        await tx.save_person(changed)
    async with house.transaction() as tx:
        assert await tx.person(full.id) == changed


async def test_consent_is_to_one_version(house: House) -> None:
    ann = await house.contact("ann")
    async with house.transaction() as tx:
        await tx.add_person(ANN, ann)
        assert not await tx.consented(ANN.id, "2024-10-15")
        await tx.add_consent(ANN.id, ann, consent())
    async with house.transaction() as tx:
        assert await tx.consented(ANN.id, "2024-10-15")
        assert not await tx.consented(ANN.id, "2027-01-01")
        assert not await tx.consented(PersonId("p9"), "2024-10-15")


async def test_appointments_are_coming_or_past(house: House) -> None:
    ann = await house.contact("ann")
    first = replace(appointment(A1, NINE), contact=ann)
    second = replace(appointment(A2, NINE + 24 * HOUR), contact=ann, version=1, late=True, mode=Mode.IN_PERSON)
    async with house.transaction() as tx:
        await tx.add_person(ANN, ann)
        await tx.add_appointment(second)
        await tx.add_appointment(first)
    async with house.transaction() as tx:
        assert await tx.appointment(A2) == second
        assert await tx.appointment(AppointmentId("a9")) is None
        assert list(await tx.upcoming(ANN.id, NOW)) == [first, second]
        just_before_its_end = first.end - timedelta(seconds=1)
        assert list(await tx.upcoming(ANN.id, just_before_its_end)) == [first, second]
        assert list(await tx.past(ANN.id, just_before_its_end, 9)) == []
        assert list(await tx.upcoming(ANN.id, first.end)) == [second]
        assert list(await tx.past(ANN.id, first.end, 9)) == [first]
        assert list(await tx.past(ANN.id, second.end, 9)) == [second, first]
        assert list(await tx.past(ANN.id, second.end, 1)) == [second]
        assert list(await tx.agenda(CLAIRE, NINE, second.start)) == [first]
        assert list(await tx.agenda(CLAIRE, NINE, second.end)) == [first, second]
        assert list(await tx.agenda(ALI, NINE, second.end)) == []
        await tx.save_appointment(replace(second, status="cancelled"))
        await tx.save_appointment(replace(first, status="missed"))
    async with house.transaction() as tx:
        assert list(await tx.upcoming(ANN.id, NOW)) == []
        assert list(await tx.past(ANN.id, second.end, 9)) == [replace(first, status="missed")]
        assert list(await tx.agenda(CLAIRE, NINE, second.end)) == [replace(first, status="missed")]
