"""One suite over the three booking stores: memory, SQLite, PostgreSQL; and races that only rows can lose."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from random import Random  # noqa: TID251 - seeded
from typing import Literal

import pytest

from booking.addresses import EmailProof, EmailProofId
from booking.core import Booking
from booking.loading import NewCode, Plan
from booking.memory import MemoryStore
from booking.model import (
    HOUR,
    QUARTER,
    Appointment,
    AppointmentId,
    ClientId,
    Closure,
    CodeId,
    Consent,
    ContactId,
    Hold,
    HoldId,
    Hours,
    Mode,
    Motive,
    Person,
    PersonId,
    Rules,
    SlotId,
    Span,
    Waiting,
    WaitingId,
    Wish,
    WorkerId,
    slot_id,
)
from booking.ports import Booked, BookingStore, Held, SlotGone
from storage import contacts, directory
from storage.booking import Directories, RowStore
from storage.db import Database, Tx
from tests.booking.made import ANN, BEN, CODE, LETTERS, MONDAY, MONEY, PORTS, consent, joining, worker

NOW = MONDAY
NINE = MONDAY + timedelta(days=1, hours=2)
CLAIRE, ALI = worker("claire"), worker("ali", phone="+33639980102")


def plan(*workers: object, changed: tuple[object, ...] = ()) -> Plan:
    return Plan((PORTS,), (), (NewCode(CODE, LETTERS),), (), workers, changed, (), ())  # type: ignore[arg-type]


async def load(db: Database, *workers: object) -> None:
    async with db.transaction() as tx:
        await directory.write(tx, plan(*workers))


async def known(tx: Tx, contact: str) -> None:
    """A contact with this id."""
    await contacts.make(tx, "telegram", contact, NOW, lambda: contact, "fr", "Europe/Paris")


@pytest.fixture(params=["memory", "rows"])
async def store(request: pytest.FixtureRequest, db: Database) -> AsyncIterator[BookingStore]:
    if request.param == "memory":
        memory = MemoryStore([CLAIRE, ALI])
        memory.put_client(PORTS)
        memory.put_code(CODE, LETTERS)
        yield memory
        return
    await load(db, CLAIRE, ALI)
    tx = db.transaction()
    opened = await tx.__aenter__()
    await known(opened, ANN)
    await known(opened, BEN)
    yield RowStore(opened, Directories())
    await tx.__aexit__(None, None, None)


def hold(id: str = "h1", contact: ContactId = ANN, start: datetime = NINE, until: timedelta = QUARTER) -> Hold:
    return Hold(HoldId(id), contact, CLAIRE.id, start, NOW + until)


PERSON = Person(PersonId("ann-person"), PORTS.id, CODE.id, "Ann", "Martin", "Ann@example.org", phone="+33639980201")


def appointment(id: str = "a1", start: datetime = NINE, **more: object) -> Appointment:
    made = Appointment(
        AppointmentId(id), PERSON.id, PORTS.id, CLAIRE.id, Motive.HOUSING, Mode.VIDEO, start, ANN, AppointmentId(id)
    )
    return replace(made, **more)  # type: ignore[arg-type]


# ------------------------------------------------------------ one suite over three


async def test_what_ended_lately_and_what_became_of_it(store: BookingStore) -> None:
    first = appointment("a1", status="moved", ended_at=NOW, ended_by="person", late=True)
    second = appointment("a2", series=AppointmentId("a1"), version=1, made_at=NOW, confirmed_at=NOW)
    older = appointment("a3", NINE + HOUR, status="cancelled", ended_at=NOW - HOUR, ended_by="worker")
    other = appointment("a4", person=PersonId("somebody"), status="cancelled", ended_at=NOW, ended_by="person")
    for each in (first, second, older, other):
        await store.add_appointment(each)
    assert list(await store.series(AppointmentId("a1"))) == [first, second]
    assert list(await store.ended(PERSON.id, NOW - HOUR)) == [first, older]
    assert list(await store.ended(PERSON.id, NOW)) == [first]
    await store.save_appointment(replace(first, late=False))
    assert list(await store.series(AppointmentId("a1"))) == [replace(first, late=False), second]


async def test_codes_are_found_by_their_normal_form(store: BookingStore) -> None:
    assert await store.code_typed("P0RTS7KQM4XTD") == CODE
    assert await store.code(CODE.id) == CODE
    assert await store.code_typed("N0B0DY") is None
    assert await store.client(PORTS.id) == PORTS
    assert await store.client(ClientId("nobody")) is None


async def test_the_directory_is_the_same_object_while_nothing_changed(store: BookingStore) -> None:
    first = await store.directory()
    assert await store.directory() is first
    assert first.named("claire") == CLAIRE
    assert [w.ref for w in first.able(Motive.FINANCE, Mode.VIDEO)] == ["ali", "claire"]


async def test_an_hour_is_taken_whole_or_not_at_all(store: BookingStore) -> None:
    assert await store.take(HoldId("h1"), ["w:claire", "c:ann"], NINE, NOW) is None
    assert await store.take(HoldId("h2"), ["w:claire", "c:ben"], NINE + QUARTER, NOW) == "w:claire"
    assert await store.take(HoldId("h3"), ["w:ali", "c:ann"], NINE - 3 * QUARTER, NOW) == "c:ann"
    assert await store.take(HoldId("h4"), ["w:claire", "c:ann"], NINE + HOUR, NOW) is None
    assert await store.take(HoldId("h5"), ["w:ali"], NINE, NOW) is None, "nothing was left of the refused ones"
    await store.free(HoldId("h1"))
    assert await store.take(HoldId("h6"), ["w:claire"], NINE, NOW) is None


async def test_lapsed_holds_make_way_whole(store: BookingStore) -> None:
    await store.take(HoldId("h1"), ["w:claire", "c:ann"], NINE, NOW)
    await store.save_hold(hold())
    assert await store.take(HoldId("h2"), ["w:claire"], NINE, NOW) == "w:claire"
    assert await store.hold_of(ANN) == hold()
    later = NOW + QUARTER
    assert await store.take(HoldId("h2"), ["w:claire"], NINE + 2 * QUARTER, later) is None
    assert await store.take(HoldId("h3"), ["c:ann"], NINE, later) is None
    assert await store.hold_of(ANN) is None


async def test_an_extended_hold_stays(store: BookingStore) -> None:
    await store.take(HoldId("h1"), ["w:claire", "c:ann"], NINE, NOW)
    await store.save_hold(hold())
    await store.save_hold(hold(until=HOUR))
    await store.take(HoldId("h1"), ["p:x"], NINE, NOW)
    later = NOW + QUARTER
    assert await store.take(HoldId("h2"), ["w:claire"], NINE, later) == "w:claire"
    assert await store.take(HoldId("h2"), ["p:x"], NINE, later) == "p:x"
    assert await store.take(HoldId("h2"), ["p:x"], NINE, NOW + HOUR) is None


async def test_what_is_taken_and_how_loaded_they_are(store: BookingStore) -> None:
    await store.take(AppointmentId("a1"), ["w:claire", "p:x"], NINE, NOW)
    await store.take(HoldId("h1"), ["w:ali", "c:ann"], NINE + HOUR, NOW)
    await store.save_hold(replace(hold(start=NINE + HOUR), worker=ALI.id))

    async def taken(since: datetime, until: datetime, now: datetime = NOW, **more: object) -> set[tuple[str, datetime]]:
        return set(await store.taken(since, until, now, **more))  # type: ignore[arg-type]

    assert await taken(NINE, NINE + 2 * HOUR) == {("claire", NINE), ("ali", NINE + HOUR)}
    assert await taken(NINE, NINE + HOUR) == {("claire", NINE)}
    assert await taken(NINE + 3 * QUARTER, NINE + HOUR) == {("claire", NINE)}
    assert await taken(NINE + HOUR, NINE + 2 * HOUR) == {("ali", NINE + HOUR)}
    assert await taken(NINE, NINE + 2 * HOUR, workers=[ALI.id]) == {("ali", NINE + HOUR)}
    assert await taken(NINE, NINE + 2 * HOUR, workers=[]) == set()
    assert await taken(NINE, NINE + 2 * HOUR, NOW + QUARTER) == {("claire", NINE)}
    everybody = [CLAIRE.id, ALI.id, WorkerId("nobody")]
    assert await store.load(everybody, NINE, NINE + HOUR, NOW) == {"claire": 1, "ali": 0, "nobody": 0}
    assert await store.load(everybody, NINE, NINE + 2 * HOUR, NOW) == {"claire": 1, "ali": 1, "nobody": 0}


async def test_many_workers_are_told_apart_too(store: BookingStore) -> None:
    await store.take(AppointmentId("a1"), ["w:claire"], NINE, NOW)
    await store.take(AppointmentId("a2"), ["w:ali"], NINE, NOW)
    crowd = [WorkerId(f"w{n}") for n in range(3000)] + [ALI.id]
    assert set(await store.taken(NINE, NINE + HOUR, NOW, crowd)) == {("ali", NINE)}
    assert sum((await store.load(crowd, NINE, NINE + HOUR, NOW)).values()) == 1


async def test_people_and_their_consent(store: BookingStore) -> None:
    assert await store.person_of(ANN) is None
    await store.add_person(PERSON, ANN)
    assert await store.person_of(ANN) == await store.person(PERSON.id) == PERSON
    assert await store.person_of(BEN) is None
    assert await store.accounts(CODE.id) == 1
    assert await store.accounts(CodeId("other")) == 0
    changed = replace(PERSON, email=None, language="en", email_confirmed=True, phone=None)
    await store.save_person(changed)
    assert await store.person(PERSON.id) == changed
    one, other = "2024-10-15", "2025-01-01"
    assert not await store.consented(PERSON.id, one, one)
    await store.add_consent(PERSON.id, ANN, Consent(one, "fr", "sms", "oui", NOW))
    assert await store.consented(PERSON.id, one, one)
    assert not await store.consented(PERSON.id, other, one)
    assert not await store.consented(PERSON.id, one, other)
    await store.add_consent(PERSON.id, ANN, Consent(one, "fr", "sms", "oui", NOW, policy_version=other))
    assert await store.consented(PERSON.id, one, other)
    assert not await store.consented(PERSON.id, other, other)


async def test_links_that_prove_an_address(store: BookingStore) -> None:
    first = EmailProof(EmailProofId("one"), PersonId("ann"), "Ann@example.org", "join", NOW)
    later = EmailProof(
        EmailProofId("two"), PersonId("ann"), "new@example.org", "change", NOW + HOUR, asked_by=ContactId("sms1")
    )
    for proof in (first, later, replace(first, id=EmailProofId("ben"), person=PersonId("ben"))):
        await store.save_email_proof(proof)
    assert await store.email_proof(first.id) == first
    assert await store.email_proof(EmailProofId("none")) is None
    assert await store.email_proofs(PersonId("ann")) == [later, first]
    ended = replace(first, confirmed=NOW + HOUR, ended=NOW + 2 * HOUR)
    await store.save_email_proof(ended)
    assert await store.email_proofs(PersonId("ann")) == [later, ended]


async def test_appointments_ahead_and_behind(store: BookingStore) -> None:
    soon, later, over, off = (
        appointment("soon", NOW + HOUR),
        appointment("later", NOW + 2 * HOUR),
        appointment("over", NOW - HOUR),
        appointment("off", NOW + 3 * HOUR, status="cancelled", late=True),
    )
    running = appointment("running", NOW - QUARTER)
    for each in (later, soon, over, off, running):
        await store.add_appointment(each)
    assert await store.appointment(off.id) == off
    assert await store.appointment(AppointmentId("nobody")) is None
    assert list(await store.upcoming(PERSON.id, NOW)) == [running, soon, later]
    assert list(await store.past(PERSON.id, NOW, 5)) == [over]
    assert list(await store.agenda(CLAIRE.id, NOW, NOW + 2 * HOUR)) == [soon]
    await store.save_appointment(replace(soon, status="cancelled", contact=BEN))
    assert list(await store.upcoming(PERSON.id, NOW)) == [running, later]
    done = replace(soon, status="done", contact=BEN)  # said while the hour is under way: its link is still of use
    await store.save_appointment(done)
    assert list(await store.upcoming(PERSON.id, NOW)) == [running, done, later]
    assert list(await store.past(PERSON.id, NOW + 2 * HOUR, 1)) == [done]


async def test_tries_are_counted_in_a_window(store: BookingStore) -> None:
    for minutes in (0, 1, 2):
        await store.add_try("code:ann", NOW + timedelta(minutes=minutes))
    await store.add_try("code:ben", NOW)
    found = await store.tries("code:ann", NOW + timedelta(minutes=1), 5)
    assert list(found) == [NOW + timedelta(minutes=2), NOW + timedelta(minutes=1)]
    assert list(await store.tries("code:ann", NOW, 1)) == [NOW + timedelta(minutes=2)]
    assert await store.nth_try("code:ann", NOW, 3) == NOW
    assert await store.nth_try("code:ann", NOW + timedelta(minutes=1), 3) is None


# ------------------------------------------------------------ rows mean what the dictionaries mean


@pytest.mark.parametrize("seed", range(6))
async def test_any_order_of_commands_leaves_the_same_hours(db: Database, seed: int) -> None:
    dice = Random(seed)
    memory = MemoryStore([CLAIRE, ALI])
    async with db.transaction() as tx:
        rows = RowStore(tx, Directories())
        for n in range(60):
            now = NOW + n * timedelta(minutes=1)
            start = NINE + dice.randrange(8) * QUARTER
            who = dice.choice(["ann", "ben"])
            by, id = dice.choice(["claire", "ali"]), f"h{n}"
            old = await memory.hold_of(ContactId(who))
            assert await rows.hold_of(ContactId(who)) == old
            for store in (memory, rows):
                if old is not None:
                    await store.free(old.id)
                    await store.delete_hold(old.id)
            answers = [await store.take(HoldId(id), [f"w:{by}", f"c:{who}"], start, now) for store in (memory, rows)]
            assert answers[0] == answers[1]
            if answers[0] is None and dice.random() < 0.8:
                made = Hold(HoldId(id), ContactId(who), WorkerId(by), start, now + dice.randrange(20) * QUARTER / 15)
                for store in (memory, rows):
                    await store.save_hold(made)
            since = NINE + dice.randrange(10) * QUARTER
            spans = [set(await store.taken(since, since + HOUR, now)) for store in (memory, rows)]
            assert spans[0] == spans[1]


# ------------------------------------------------------------ the directory


async def test_a_load_is_read_back_as_it_was_written(db: Database) -> None:
    rich = worker(
        "rich",
        Hours(frozenset({0, 4}), time(22), time(2)),
        closed=(Closure(date(2026, 12, 24), date(2027, 1, 2)),),
        bio={"fr": "Budget", "en": "Budget"},
        address="1 place de la Mairie",
        modes=frozenset(Mode),
        languages=("fr", "en"),
        time_zone="Indian/Reunion",
        works_on_holidays=True,
    )
    await load(db, rich)
    standing = await directory.standing(db, NOW)
    assert standing.workers == {"rich": rich}
    assert standing.clients == {"ports": PORTS}
    assert list(standing.codes.values()) == [CODE]
    assert await directory.letters(db, CODE.id) == LETTERS
    assert await directory.version(db) == 1


async def test_a_clients_codes_are_read_with_their_letters(db: Database) -> None:
    await load(db, CLAIRE)
    assert await directory.invited(db, "ports") == (PORTS, {LETTERS: CODE})
    assert await directory.invited(db, "nobody") is None
    assert await directory.accounts(db, CODE.id) == 0


async def test_another_process_sees_the_next_version(db: Database, another: Database) -> None:
    await load(db, CLAIRE)
    seen = Directories()
    before = await seen.current(another)
    assert await seen.current(another) is before
    async with db.transaction() as tx:
        await directory.write(
            tx, replace(plan(changed=(replace(CLAIRE, suspended=True),)), new_clients=(), new_codes=())
        )
    after = await seen.current(another)
    assert after is not before
    assert after.able(None, None) == ()


async def test_a_workers_number_is_theirs_by_sms(db: Database, new_id: Callable[[], str]) -> None:
    async with db.transaction() as tx:
        early = await contacts.make(tx, "sms", CLAIRE.phone, NOW, new_id, "fr", "Europe/Paris")
        shared = await contacts.make(tx, "sms", ALI.phone, NOW, new_id, "fr", "Europe/Paris")
    await load(db, CLAIRE, ALI, worker("bob", phone=ALI.phone), worker("dan", phone="+33639980104"))
    async with db.transaction() as tx:
        late = await contacts.make(tx, "sms", "+33639980104", NOW, new_id, "fr", "Europe/Paris")
        elsewhere = await contacts.make(tx, "whatsapp", CLAIRE.phone, NOW, new_id, "fr", "Europe/Paris")
    found = await contacts.get_many(db, [early, shared, late, elsewhere])
    assert [found[c].worker_id for c in (early, shared, late, elsewhere)] == ["claire", None, "dan", None]


# ------------------------------------------------------------ a worker's own times


def span(hours: float = 1, start: datetime = NINE, kind: Literal["closed", "open", "calendar"] = "closed") -> Span:
    return Span(start, start + hours * HOUR, kind, f"{kind}-{start:%d%H%M}")


async def test_own_times_are_in_the_next_version_of_the_directory(store: BookingStore) -> None:
    first = await store.directory()
    claire = first.bit(CLAIRE.id)
    assert first.timetable.at(NINE) & claire
    late = span(2, NINE + 12 * HOUR, "open")
    await store.change_spans(CLAIRE.id, [], [late, span()], NOW)
    second = await store.directory()
    assert second.version > first.version
    found = second.worker(CLAIRE.id)
    assert found is not None
    assert found.spans == (span(), late)
    assert not second.timetable.at(NINE) & claire
    assert second.timetable.at(NINE + 13 * HOUR) == claire
    await store.change_spans(CLAIRE.id, [span().id, "nonsense"], [], NOW)
    assert (await store.settled_directory()).timetable.at(NINE) & claire


async def test_a_calendars_address_is_kept_and_forgotten_with_its_times(store: BookingStore) -> None:
    assert await store.calendar_of(CLAIRE.id) == ""
    await store.set_calendar(CLAIRE.id, "https://calendar.example.org/private-1.ics", NOW)
    assert await store.calendar_of(CLAIRE.id) == "https://calendar.example.org/private-1.ics"
    assert await store.calendar_of(ALI.id) == ""
    await store.change_spans(CLAIRE.id, [], [span(kind="calendar"), span(kind="closed")], NOW)
    await store.set_calendar(CLAIRE.id, "", NOW)
    assert await store.calendar_of(CLAIRE.id) == ""
    found = (await store.directory()).worker(CLAIRE.id)
    assert found is not None
    assert [each.kind for each in found.spans] == ["closed"]


async def test_what_was_rolled_back_is_nobodys_directory(db: Database, another: Database) -> None:
    """Two transactions make the same version; only one of them commits."""
    await load(db, CLAIRE)
    seen = Directories()

    async def fails() -> None:
        async with db.transaction() as tx:
            store = RowStore(tx, seen)
            await store.directory()
            await store.change_spans(CLAIRE.id, [], [span()], NOW)
            assert not (await store.directory()).timetable.at(NINE)
            raise KeyError

    with pytest.raises(KeyError):
        await fails()
    async with another.transaction() as tx:
        await RowStore(tx, Directories()).change_spans(CLAIRE.id, [], [span(start=NINE + HOUR)], NOW)
    async with db.transaction() as tx:
        timetable = (await RowStore(tx, seen).directory()).timetable
        assert timetable.at(NINE)
        assert not timetable.at(NINE + HOUR)


# ------------------------------------------------------------ races


async def test_hours_are_closed_while_somebody_holds_one(db: Database, another: Database) -> None:
    """Their booking hears that the hour went; the next search has the nearest ones."""
    await load(db, CLAIRE, ALI)
    async with db.transaction() as tx:
        await known(tx, ANN)
    seen = Directories()
    wish = Wish(Motive.FINANCE, Mode.VIDEO, worker=CLAIRE.id)
    async with core(db, seen, ANN) as booking:
        assert isinstance(await booking.hold(slot_id(NINE, CLAIRE.id), ANN, wish), Held)
    async with core(another, Directories(), ANN) as elsewhere:
        assert await elsewhere.close(CLAIRE.id, NINE, NINE + HOUR) == []
    async with core(db, seen, ANN) as booking:
        assert isinstance(await booking.book(slot_id(NINE, CLAIRE.id), wish, ANN, joining(), consent()), SlotGone)
        wish = replace(wish, days=(NINE.date(),))
        assert [slot.start for slot in (await booking.open_slots(wish, 1)).slots] == [NINE + HOUR]


async def test_a_booking_and_a_closing_at_once_know_of_each_other(db: Database, another: Database) -> None:
    """Either the booking is in the list of who closes, or it hears that the hour went: never neither (F14)."""
    await load(db, CLAIRE)
    names = await crowd(db, 12)
    seen = Directories()
    for number, name in enumerate(names):
        start = NINE + (number % 3) * HOUR + (number // 3) * timedelta(days=1)
        slot, wish = slot_id(start, CLAIRE.id), Wish(Motive.FINANCE, Mode.VIDEO)

        async def books(slot: SlotId = slot, name: ContactId = name, wish: Wish = wish) -> object:
            async with core(db, seen, name) as booking:
                return await booking.book(slot, wish, name, joining(), consent())

        async def closes(start: datetime = start) -> Sequence[Appointment]:
            async with another.transaction() as tx:
                booking = Booking(RowStore(tx, Directories()), Rules(), NOW, lambda: f"close-{start:%d%H}")
                return await booking.close(CLAIRE.id, start, start + HOUR)

        booked, hit = await asyncio.gather(books(), closes())
        assert isinstance(booked, Booked if hit else SlotGone)


@asynccontextmanager
async def core(db: Database, seen: Directories, contact: str, now: datetime = NOW) -> AsyncIterator[Booking]:
    async with db.transaction() as tx:
        await contacts.lock(tx, contact)
        numbers = iter(range(100))
        yield Booking(RowStore(tx, seen), Rules(), now, lambda: f"{contact}-{next(numbers)}")


async def crowd(db: Database, count: int) -> list[ContactId]:
    names = [ContactId(f"c{n}") for n in range(count)]
    async with db.transaction() as tx:
        for name in names:
            await known(tx, name)
    return names


async def overlaps(db: Database) -> int:
    rows = await db.fetch(
        "SELECT count(*) AS n FROM (SELECT 1 FROM busy GROUP BY owner, quarter HAVING count(*) > 1) b"
    )
    return int(rows[0]["n"])


async def test_sixty_four_race_for_one_slot(db: Database, another: Database) -> None:
    await load(db, CLAIRE)
    names = await crowd(db, 64)
    seen = Directories()
    slot = slot_id(NINE, CLAIRE.id)

    async def try_it(where: Database, name: ContactId) -> object:
        async with core(where, seen, name) as booking:
            return await booking.hold(slot, name, MONEY)

    came = await asyncio.gather(*(try_it(where, name) for where, name in zip([db, another] * 32, names, strict=True)))
    assert [type(each) for each in came].count(Held) == 1
    assert [type(each) for each in came].count(SlotGone) == 63
    assert await overlaps(db) == 0


async def test_sixty_four_race_for_a_slot_whose_hold_lapses(db: Database, another: Database) -> None:
    await load(db, CLAIRE, ALI)
    names = await crowd(db, 64)
    seen = Directories()
    for name, by in ((names[0], CLAIRE), (names[1], ALI)):
        async with core(db, seen, name) as booking:
            assert isinstance(await booking.hold(slot_id(NINE, by.id), name, MONEY), Held)
    later = NOW + Rules().hold_time

    async def try_it(where: Database, name: ContactId) -> object:
        async with core(where, seen, name, later) as booking:
            return await booking.hold(slot_id(NINE, None), name, MONEY)

    came = await asyncio.gather(
        *(try_it(where, name) for where, name in zip([db, another] * 31, names[2:], strict=True))
    )
    assert [type(each) for each in came].count(Held) == 2, "two workers, two winners"
    assert await overlaps(db) == 0
    assert await db.fetch("SELECT count(*) AS n FROM hold") == [{"n": 2}]


async def test_places_on_the_waiting_list(store: BookingStore) -> None:
    """In order, whole, and gone from the list when they end; a person's place is found from any of their channels."""
    wish = Wish(
        Motive.HOUSING, Mode.PHONE, CLAIRE.id, "en", (date(2026, 3, 4),), time(9), time(11, 30), zone="Europe/Rome"
    )
    first = Waiting(WaitingId("w1"), ANN, None, replace(wish, before=NINE), NOW, moves=AppointmentId("a1"))
    second = Waiting(WaitingId("w2"), BEN, PERSON.id, Wish(), NOW + HOUR)
    await store.save_waiting(second)
    await store.save_waiting(first)
    assert await store.waiting_list() == [first, second]
    assert await store.waiting_of(ANN, None) == first
    assert await store.waiting_of(ANN, PERSON.id) == first
    assert await store.waiting_of(ContactId("cleo"), PERSON.id) == second
    offered = replace(second, offers=1, offered_at=NOW, offered=(NINE,), status="offered", contact=ContactId("cleo"))
    await store.save_waiting(offered)
    assert await store.waiting(offered.id) == offered
    await store.save_waiting(replace(first, status="left", ended_at=NOW))
    assert await store.waiting_list() == [offered]
    assert await store.waiting_of(ANN, None) is None
