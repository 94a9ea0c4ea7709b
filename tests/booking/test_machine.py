"""Anything that people may do to the core, in any order and with time passing: nobody is ever in two places at once.

After each step: no two live hours of a worker or of a person overlap; every live hour has its quarters and no quarter
is without one; what was answered is what stands; the events tell exactly what changed; a refusal changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import combinations
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from booking.core import Booking
from booking.directory import Directory
from booking.events import (
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentConfirmed,
    AppointmentMoved,
    AppointmentRestored,
    DeskNeeded,
    EmailToProve,
    HourProposed,
    OffersDeclined,
    OffersTaken,
    PersonJoined,
)
from booking.memory import Rows
from booking.model import HOUR, Appointment, AppointmentId, ContactId, Hold, Hours, Rules, Wish, WorkerId, slot_id
from booking.policy import in_window
from booking.ports import (
    AlreadyOver,
    Booked,
    Cancelled,
    CannotUndo,
    Confirmed,
    Moved,
    NothingToUndo,
    Offered,
    Refused,
    SlotGone,
    Undone,
)
from tests.booking.made import MONEY, Desk, consent, joining, run, worker
from tests.booking.test_calendar import publishes

CONTACTS = [ContactId(name) for name in ("ann-sms", "ann-telegram", "ben", "cleo")]
EVERY_DAY = frozenset(range(7))
WORKERS = [
    worker("ali", Hours(EVERY_DAY, time(9), time(12))),
    worker("claire", Hours(EVERY_DAY, time(9, 30), time(12, 30)), languages=("fr", "ar")),
]
START = datetime(2026, 3, 2, 6, tzinfo=UTC)
SLOTS = [
    slot_id(START.replace(hour=0) + timedelta(days=day, minutes=15 * quarter), who)
    for day in (0, 1)
    for quarter in range(32, 46, 2)
    for who in (None, WorkerId("ali"), WorkerId("claire"))
]
Slots = st.sampled_from(SLOTS)
Contacts = st.sampled_from(CONTACTS)


class Front(RuleBasedStateMachine):
    @initialize()
    def open(self) -> None:
        self.desk = Desk(WORKERS, Rules(notice=timedelta(minutes=30), horizon=timedelta(days=2), max_appointments=3))
        self.now = START
        self.told: dict[AppointmentId, str] = {}

    # ------------------------------------------------------------ what is done

    def turn(self) -> Booking:
        self.before = self.desk.memory.snapshot()
        return self.desk.turn(self.now)

    def unchanged(self) -> None:
        """But for holds that had lapsed anyway, and for whether a hold also keeps its person from booking elsewhere."""
        assert self.alive(self.desk.memory.rows) == self.alive(self.before)

    def alive(self, rows: Rows) -> list[object]:
        holds = {id: hold for id, hold in rows.holds.items() if hold.until > self.now}
        busy = {p: h for p, h in rows.busy.items() if (h.id in holds and p[0][0] != "p") or h.id in rows.appointments}
        return [holds, busy, rows.appointments, rows.persons, rows.consents]

    @rule(slot=Slots, contact=Contacts, language=st.sampled_from(["fr", "ar"]))
    def hold(self, slot: Any, contact: ContactId, language: str) -> None:
        result = run(self.turn().hold(slot, contact, replace(MONEY, language=language)))
        if isinstance(result, SlotGone):
            self.unchanged()
            return
        assert publishes(result.worker, result.hold.start)
        assert in_window(self.desk.rules, self.now, result.hold.start)
        assert run(self.desk.turn(self.now).held(contact)) == result

    @rule(slot=Slots, contact=Contacts, knows=st.booleans())
    def book(self, slot: Any, contact: ContactId, knows: bool) -> None:
        """Ann's second channel is joined to her account once she has one."""
        turn = self.turn()
        mine = self.before.holds.values()
        held = next((h for h in mine if h.contact == contact and h.kind == "chosen" and h.until > self.now), None)
        is_new = run(self.desk.store.person_of(contact)) is None
        result = run(turn.book(slot, MONEY, contact, joining(), consent() if knows else None))
        if not isinstance(result, Booked):
            assert isinstance(result, SlotGone | Refused)
            assert not turn.events
            self.unchanged()
            return
        made = result.appointment
        assert [type(e) for e in turn.events] == [PersonJoined, EmailToProve] * is_new + [AppointmentBooked]
        assert publishes(result.worker, made.start)
        kept = held is not None and held.start == made.start
        assert (kept and made.start > self.now) or in_window(self.desk.rules, self.now, made.start)
        if kept and held is not None and slot.endswith("any"):
            assert made.worker == held.worker, "the worker whose hour was kept"
        assert run(self.desk.turn(self.now).held(contact)) is None
        assert run(self.desk.store.appointment(made.id)) == made
        self.told[made.id] = "booked"
        if contact == CONTACTS[0]:
            self.desk.memory.rows.contacts.setdefault(CONTACTS[1], made.person)

    @precondition(lambda self: self.told)
    @rule(data=st.data(), slot=Slots, contact=st.none() | Contacts, by=st.sampled_from(["person", "worker", "desk"]))
    def move(self, data: st.DataObject, slot: Any, contact: ContactId | None, by: Any) -> None:
        old = self.desk.memory.rows.appointments[data.draw(st.sampled_from(sorted(self.told)))]
        turn = self.turn()
        result = run(turn.move(old.id, slot, Wish(), by, contact))
        if not isinstance(result, Moved):
            assert isinstance(result, AlreadyOver) == (self.told[old.id] != "booked" or old.start <= self.now)
            assert not turn.events
            self.unchanged()
            return
        new = result.appointment
        late = by != "worker" and old.start - self.now < timedelta(hours=24)
        ended = replace(old, status="moved", late=late, ended_at=self.now, ended_by=by)
        assert turn.events == [AppointmentMoved(new, ended, late, by)]
        assert (new.series, new.version, new.person, new.motive) == (
            old.series,
            old.version + 1,
            old.person,
            old.motive,
        )
        self.told[old.id] = "moved"
        self.told[new.id] = "booked"

    @precondition(lambda self: self.told)
    @rule(data=st.data(), by=st.sampled_from(["person", "worker", "desk"]))
    def cancel(self, data: st.DataObject, by: Any) -> None:
        old = self.desk.memory.rows.appointments[data.draw(st.sampled_from(sorted(self.told)))]
        turn = self.turn()
        result = run(turn.cancel(old.id, by))
        if isinstance(result, AlreadyOver):
            assert self.told[old.id] != "booked" or old.start <= self.now
            assert not turn.events
            self.unchanged()
            return
        assert isinstance(result, Cancelled)
        assert turn.events == [AppointmentCancelled(result.appointment, by)]
        self.told[old.id] = "cancelled"

    # ------------------------------------------------------------ hours that are offered

    @precondition(lambda self: self.told)
    @rule(data=st.data(), contact=Contacts)
    def replace(self, data: st.DataObject, contact: ContactId) -> None:
        """Only what the worker cancelled is replaced, with hours that can be kept; asked again, they are the same."""
        made = self.desk.memory.rows.appointments.values()
        open_ones = [a.id for a in made if a.status == "cancelled" and a.ended_by == "worker"]
        old = self.desk.memory.rows.appointments[data.draw(st.sampled_from(open_ones or sorted(self.told)))]
        turn = self.turn()
        offers = run(turn.replacements(old.id, contact))
        if old.status != "cancelled" or old.ended_by != "worker":
            assert not offers
            self.unchanged()
            return
        assert len(offers) <= 2
        for offered in offers:
            assert publishes(offered.worker, offered.hold.start)
            assert self.now < offered.hold.until <= offered.hold.start - self.desk.rules.notice
            assert offered.hold.until <= self.now + self.desk.rules.offer_time
        assert run(self.desk.turn(self.now).replacements(old.id, contact)) == offers

    @precondition(lambda self: self.told)
    @rule(data=st.data(), minutes=st.integers(1, 160))
    def propose(self, data: st.DataObject, minutes: int) -> None:
        """Any hour that is free for both; a newer proposal takes the place of the older one."""
        old = self.one_of_mine(data)
        turn = self.turn()
        made = run(turn.propose(old.id, START + 15 * timedelta(minutes=minutes)))
        if not isinstance(made, Offered):
            assert isinstance(made, AlreadyOver) == (old.status != "booked" or old.start <= self.now)
            assert not turn.events
            self.unchanged()
            return
        assert [type(event) for event in turn.events] == [HourProposed]
        assert [o.hold for o in run(self.desk.turn(self.now).offered(old.id))] == [made.hold]

    @precondition(lambda self: self.offers())
    @rule(data=st.data(), knows=st.booleans())
    def take_offer(self, data: st.DataObject, knows: bool) -> None:
        hold = data.draw(st.sampled_from(self.offers()))
        old = self.desk.memory.rows.appointments[AppointmentId(hold.about or "")]
        turn = self.turn()
        result = run(turn.accept(hold.id, consent() if knows else None))
        if not isinstance(result, Booked | Moved):
            # A proposal in a time that the worker closed meanwhile is dropped: they are told as if it were declined.
            closed = isinstance(result, SlotGone) and hold.kind == "proposal" and hold.until > self.now
            assert turn.events == [OffersDeclined("proposal", old.id, hold.contact)] * closed
            if isinstance(result, SlotGone | AlreadyOver):  # at most, it is free now
                assert self.alive(self.desk.memory.rows)[2:] == self.alive(self.before)[2:]
            else:
                self.unchanged()
            return
        new = result.appointment
        assert hold.until > self.now
        assert (new.start, new.worker, new.series, new.version) == (
            hold.start,
            hold.worker,
            old.series,
            old.version + 1,
        )
        assert isinstance(result, Moved) == (old.status == "booked") == (hold.kind == "proposal")
        assert not run(self.desk.turn(self.now).offered(old.id)), "the others are free"
        told = [AppointmentMoved] if old.status == "booked" else [AppointmentBooked]
        assert [type(event) for event in turn.events] == [OffersTaken, *told]
        self.told[old.id] = "moved"
        self.told[new.id] = "booked"

    @precondition(lambda self: self.offers())
    @rule(data=st.data())
    def decline(self, data: st.DataObject) -> None:
        hold = data.draw(st.sampled_from(self.offers()))
        run(self.turn().decline(hold.contact, hold.about or ""))
        assert not run(self.desk.turn(self.now).offered(hold.about or ""))
        assert self.alive(self.desk.memory.rows)[2:] == self.alive(self.before)[2:]

    @precondition(lambda self: self.offers())
    @rule(data=st.data())
    def choose(self, data: st.DataObject) -> None:
        hold = data.draw(st.sampled_from(self.offers()))
        result = run(self.turn().choose(hold.id))
        if isinstance(result, SlotGone):
            self.unchanged()
            return
        assert run(self.desk.turn(self.now).held(hold.contact)) == result
        assert result.hold.until >= min(hold.until, hold.start)

    def offers(self) -> list[Hold]:
        return [hold for hold in self.desk.memory.rows.holds.values() if hold.kind != "chosen"]

    def one_of_mine(self, data: st.DataObject) -> Appointment:
        return self.desk.memory.rows.appointments[data.draw(st.sampled_from(sorted(self.told)))]

    @rule(contact=Contacts)
    def undo(self, contact: ContactId) -> None:
        """Only their own last deed, within ten minutes: the same hour with the same worker, or nothing changes."""
        person = run(self.desk.store.person_of(contact))
        if person is None:
            return
        turn = self.turn()
        promised = run(turn.undoable(person.id))
        result = run(turn.undo(person.id, contact))
        if not isinstance(result, Undone):
            assert isinstance(result, NothingToUndo | CannotUndo)
            nothing = isinstance(result, NothingToUndo) or result.why in {"late", "suspended", "frozen"}
            assert (promised is None) == nothing
            assert not turn.events
            self.unchanged()
            return
        assert promised is not None
        back, was = result.appointment, self.before.appointments[promised.ended.id]
        (event,) = turn.events
        assert isinstance(event, AppointmentMoved if result.moved else AppointmentRestored)
        assert event == replace(event, appointment=back)
        assert (back.series, back.start, back.worker, back.mode) == (was.series, was.start, was.worker, was.mode)
        assert was.ended_by == "person"
        assert was.ended_at is not None
        assert self.now - was.ended_at < timedelta(minutes=10)
        assert not self.desk.memory.rows.appointments[was.id].late
        assert back.version == max(a.version for a in self.before.appointments.values() if a.series == was.series) + 1
        self.told[back.id] = "booked"
        if result.moved:
            self.told[event.old.id] = "moved"

    @precondition(lambda self: self.told)
    @rule(data=st.data())
    def confirm(self, data: st.DataObject) -> None:
        old = self.desk.memory.rows.appointments[data.draw(st.sampled_from(sorted(self.told)))]
        turn = self.turn()
        result = run(turn.confirm(old.id))
        if isinstance(result, AlreadyOver):
            assert self.told[old.id] != "booked" or old.start <= self.now
            assert not turn.events
            self.unchanged()
            return
        assert result == Confirmed(replace(old, confirmed_at=self.now))
        assert turn.events == [AppointmentConfirmed(result.appointment)]

    @rule(contact=Contacts)
    def release(self, contact: ContactId) -> None:
        run(self.turn().release(contact))
        assert run(self.desk.turn(self.now).held(contact)) is None

    @rule(contact=Contacts)
    def no_email(self, contact: ContactId) -> None:
        turn = self.turn()
        held = run(turn.held(contact))
        run(turn.ask_desk(contact, "no_email"))
        (event,) = turn.events
        assert isinstance(event, DeskNeeded)
        until = self.now + timedelta(hours=24)
        if event.hold is not None:  # a day, or to its own start; a hold that already lives longer stays
            until = min(until, event.hold.start)
        kept = run(self.desk.turn(until - timedelta(seconds=1)).held(contact))
        assert (kept and kept.hold) == event.hold
        assert kept is not None or held is None

    @rule(minutes=st.sampled_from([5, 15, 16, 60, 600]))
    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(closes=st.booleans())
    def the_directory_changes(self, closes: bool) -> None:
        ali = replace(WORKERS[0], suspended=closes)
        self.desk.memory.set_directory(Directory([ali, WORKERS[1]]))

    # ------------------------------------------------------------ what always holds

    @invariant()
    def nobody_is_in_two_places(self) -> None:
        hours: defaultdict[str, list[datetime]] = defaultdict(list)
        people: defaultdict[str, list[datetime]] = defaultdict(list)
        for live in self.live():
            hours[live.worker].append(live.start)
            if isinstance(live, Appointment):
                people[live.person].append(live.start)
            elif live.kind == "replacement":
                people[self.desk.memory.rows.appointments[AppointmentId(live.about or "")].person].append(live.start)
        for starts in [*hours.values(), *people.values()]:
            assert all(abs(one - two) >= HOUR for one, two in combinations(starts, 2))

    @invariant()
    def quarters_are_owned_by_what_lives(self) -> None:
        busy = self.desk.memory.rows.busy
        for live in self.live():
            owned = [owner for (owner, _), hour in busy.items() if hour.id == live.id and hour.start == live.start]
            assert owned.count(f"w:{live.worker}") == 4
            alone = (
                isinstance(live, Hold) and live.kind == "proposal"
            )  # the person's own hour may stand there meanwhile
            assert len(owned) in {8, 12} or (alone and len(owned) == 4)
        known = {*self.desk.memory.rows.holds, *(a.id for a in self.live() if isinstance(a, Appointment))}
        assert {hour.id for hour in busy.values()} <= known

    @invariant()
    def what_was_told_stands(self) -> None:
        assert {a.id: a.status for a in self.desk.memory.rows.appointments.values()} == self.told

    @invariant()
    def a_contact_holds_one_hour(self) -> None:
        contacts = [hold.contact for hold in self.desk.memory.rows.holds.values() if hold.kind == "chosen"]
        assert len(contacts) == len(set(contacts))

    def live(self) -> list[Appointment | Hold]:
        rows = self.desk.memory.rows
        booked = [a for a in rows.appointments.values() if a.status == "booked"]
        return [*booked, *(h for h in rows.holds.values() if h.until > self.now)]


TestFront = Front.TestCase
TestFront.settings = settings(max_examples=100, stateful_step_count=30, deadline=None)
