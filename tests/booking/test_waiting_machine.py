"""The waiting list under anything that may happen, in any order: every offer keeps the rules, and nothing is lost."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from booking.events import HourOffered
from booking.model import HOUR, ContactId, Hold, HoldId, Hours, Person, PersonId, Rules, Wish, slot_id
from booking.ports import Booked, Held
from booking.waiting import OPEN, may_be_offered
from tests.booking.made import CODE, MONEY, PORTS, Desk, consent, run, worker

EVERY_DAY = frozenset(range(7))
START = datetime(2026, 3, 2, 6, tzinfo=UTC)
RULES = Rules(horizon=timedelta(days=6), max_appointments=2)
CONTACTS = [ContactId(f"c{number}") for number in range(5)]
HOURS = [START.replace(hour=8) + timedelta(days=day, hours=hour) for day in range(5) for hour in range(3)]
WISHES = [
    MONEY,
    replace(MONEY, days=(date(2026, 3, 3), date(2026, 3, 4))),
    replace(MONEY, latest=time(9)),
    replace(MONEY, zone="Pacific/Noumea"),
]
Contacts = st.sampled_from(CONTACTS)


class List(RuleBasedStateMachine):
    @initialize(knows=st.sets(Contacts))
    def open(self, knows: set[ContactId]) -> None:
        """One worker, all of whose hours somebody has; some of the people have an account."""
        self.desk = Desk([worker("claire", Hours(EVERY_DAY, time(9), time(12)))], RULES)
        self.now = START
        self.told: defaultdict[str, list[tuple[datetime, Hold]]] = defaultdict(list)
        for contact in sorted(knows):
            person = Person(PersonId(f"p-{contact}"), PORTS.id, CODE.id, "Ann", "Martin", None)
            run(self.desk.store.add_person(person, contact))
            run(self.desk.store.add_consent(person.id, contact, consent(RULES)))
        for number, start in enumerate(HOURS):
            run(self.desk.store.take(HoldId(f"x{number}"), ["w:claire"], start, self.now))

    def core(self) -> Any:
        return self.desk.turn(self.now)

    # ------------------------------------------------------------ what may happen

    @rule(contact=Contacts, wish=st.sampled_from(WISHES))
    def waits(self, contact: ContactId, wish: Wish) -> None:
        place = run(self.core().wait(contact, wish))
        assert run(self.core().waiting(contact)) == place

    @rule(contact=Contacts)
    def leaves(self, contact: ContactId) -> None:
        waited = run(self.core().waiting(contact)) is not None
        assert run(self.core().leave_waiting(contact)) is waited
        assert run(self.core().waiting(contact)) is None

    @rule(number=st.integers(0, len(HOURS) - 1))
    def an_hour_becomes_free(self, number: int) -> None:
        run(self.desk.store.free(HoldId(f"x{number}")))

    @rule()
    def the_list_is_served(self) -> None:
        async def due() -> list[Any]:
            return [one.id async for one in self.core().waiting_list.due()]

        for id in run(due()):
            before = run(self.desk.store.waiting_list())
            core = self.core()
            run(core.waiting_list.serve(id))
            for event in core.events:
                if isinstance(event, HourOffered):
                    self.offered(event, before)

    def offered(self, event: HourOffered, before: Any) -> None:
        hold, place = event.hold, event.waiting
        assert hold.start - self.now > RULES.waiting_notice
        assert self.now < hold.until <= hold.start - RULES.waiting_notice
        assert hold.until - self.now <= RULES.offer_time
        zone = ZoneInfo(place.wish.zone)
        days = [at.astimezone(zone).date() for at, _ in self.told[place.id]]
        assert self.now.astimezone(zone).date() not in days
        assert hold.start not in [earlier.start for _, earlier in self.told[place.id]]
        self.told[place.id].append((self.now, hold))
        assert len(self.told[place.id]) == place.offers <= RULES.waiting_offers
        for other in before[: [one.id for one in before].index(place.id)]:
            assert not self.would_have_it(other, hold), "somebody waited longer for it"

    def would_have_it(self, other: Any, hold: Hold) -> bool:
        """Somebody ahead in the list, with the same wish, who may be offered an hour, has none and chooses none."""
        rows = self.desk.memory.rows
        busy = [h for h in rows.holds.values() if h.contact == other.contact and h.until > self.now]
        taken = [a for a in rows.appointments.values() if a.contact == other.contact and a.status == "booked"]
        near = any(abs(a.start - hold.start) < HOUR for a in taken)
        full = sum(a.start > self.now for a in taken) >= RULES.max_appointments
        return (
            other.wish == MONEY
            and may_be_offered(other, RULES, self.now)
            and hold.start not in other.offered
            and not (busy or near or full)
        )

    @rule(contact=Contacts)
    def accepts(self, contact: ContactId) -> None:
        holds = [h for h in run(self.desk.store.offers_of(contact)) if h.kind == "waiting"]
        if not holds:
            return
        hold, live = holds[0], holds[0].until > self.now
        place = run(self.desk.store.waiting(holds[0].about or ""))  # type: ignore[arg-type]
        known = run(self.desk.store.person_of(contact)) is not None
        assert place is not None
        done = run(self.core().accept_waiting(place.id, slot_id(hold.start, hold.worker), contact))
        if isinstance(done, Booked):
            assert known
            assert done.appointment.start == hold.start
            assert run(self.core().waiting(contact)) is None
        elif isinstance(done, Held):
            assert not known
            assert (done.hold.start, done.hold.kind) == (hold.start, "chosen")
        else:
            assert not live or known, "what is kept for them is theirs"

    @rule(contact=Contacts)
    def declines(self, contact: ContactId) -> None:
        place = run(self.core().waiting(contact))
        if place is None:
            return
        left = run(self.core().decline_waiting(place.id))
        assert run(self.desk.store.offers_about(place.id)) == []
        assert left is not None
        assert (left.status == "over") is (run(self.core().waiting(contact)) is None)

    @rule(contact=Contacts, hour=st.sampled_from(HOURS))
    def books_by_themself(self, contact: ContactId, hour: datetime) -> None:
        if run(self.desk.store.person_of(contact)) is not None:
            run(self.core().book(_any(hour), MONEY, contact, None, None))

    @rule(minutes=st.sampled_from([1, 14, 60, 119, 121, 600, 1440]))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    # ------------------------------------------------------------ what always holds

    @invariant()
    def nobody_has_two_offers(self) -> None:
        live = [h for h in self.desk.memory.rows.holds.values() if h.until > self.now and h.kind == "waiting"]
        assert len({h.contact for h in live}) == len(live)
        open_ids = {place.id for place in self.desk.memory.rows.waiting.values() if place.status in OPEN}
        assert {h.about for h in live} <= open_ids

    @invariant()
    def an_hour_is_kept_for_one(self) -> None:
        rows = self.desk.memory.rows
        live = [h.start for h in rows.holds.values() if h.until > self.now]
        live += [a.start for a in rows.appointments.values() if a.status == "booked" and a.start >= START]
        assert len(set(live)) == len(live)

    @invariant()
    def nobody_waits_twice(self) -> None:
        still = run(self.desk.store.waiting_list())
        assert len({place.contact for place in still}) == len(still)
        assert all(place.offers <= RULES.waiting_offers for place in still)


def _any(start: datetime) -> Any:
    return slot_id(start, None)


TestList = List.TestCase
TestList.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
