"""Whatever people do with codes, links and channels, nobody comes into an account that is not theirs (safety G03;
threats T5, T7 and T20). Beside the core the machine keeps its own book: whose each address is, and of each code which
account is reached where it lies.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from booking.core import Booking
from booking.memory import MemoryStore
from booking.model import ClientId, CodeId, ContactId, Person, PersonId, Rules
from booking.proofs import LASTS, LINK_LASTS, Medium, Proof, ProofId, ProofSent, ProofToSend, Proven, Way
from tests.booking.made import MONDAY, run
from tests.guards import guards

NUMBERS = ("+33639980011", "+33639980012")
MAILS = ("ann@example.org", "ben@example.org")
PLACES: dict[ContactId, tuple[Medium, str | None]] = {
    **{
        ContactId(f"{medium}{n}"): (medium, number)
        for n, number in enumerate(NUMBERS)
        for medium in ("sms", "whatsapp")
    },
    ContactId("telegram0"): ("telegram", None),
    ContactId("telegram1"): ("telegram", NUMBERS[1]),
}
CONTACTS, TARGETS = sorted(PLACES), (*NUMBERS, *MAILS)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
places = st.sampled_from(CONTACTS)


@dataclass
class Sent:
    """A code on its way back. `owners`: whose address it lies at; `given`: it came back in time."""

    proof: Proof
    code: str
    at: datetime
    owners: set[PersonId]
    wrong: int = 0
    given: datetime | None = None


class Town(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.store, self.now, self.ids = MemoryStore(), MONDAY, count(1)
        self.sent: dict[ProofId, Sent] = {}
        self.asked: list[tuple[datetime, ContactId, str]] = []
        self.theirs: dict[ContactId, PersonId] = {}  # by the machine's own book
        self.joined: dict[ContactId, datetime] = {}
        for id, (medium, number) in PLACES.items():
            self.store.rows.addresses[id] = Way(medium, None, id, number, heard=self.now)

    def core(self) -> Booking:
        return Booking(self.store, Rules(), self.now, lambda: f"id{next(self.ids)}")

    @initialize(mail=st.sampled_from(MAILS), confirmed=st.booleans())
    def somebody_is_there(self, mail: str, confirmed: bool) -> None:
        self.signs_up(ContactId("sms0"), mail, confirmed)
        self.signs_up(ContactId("whatsapp1"), MAILS[0], confirmed=True)

    # ------------------------------------------------------------ what people do

    @rule(who=places, mail=st.sampled_from(MAILS), confirmed=st.booleans())
    def signs_up(self, who: ContactId, mail: str, confirmed: bool) -> None:
        """As a talk does: with a number that has an account it offers to join."""
        if who in self.theirs or run(self.core().is_taken(who, PLACES[who][1])):
            return
        person = PersonId(f"p{next(self.ids)}")
        alone = confirmed and all(other.email != mail for other in self.store.rows.persons.values())
        made = Person(person, ClientId("c"), CodeId("k"), "Ann", "Lee", mail, alone, PLACES[who][1])
        run(self.store.add_person(made, who))
        self.theirs[who] = person

    @rule(who=places, named=st.sampled_from(TARGETS))
    def asks(self, who: ContactId, named: str) -> None:
        core = self.core()
        answer = run(core.ask_proof(who, None, "join", named))
        if isinstance(answer, ProofSent):
            self.asked.append((self.now, who, named))
            for event in core.events:
                if isinstance(event, ProofToSend):
                    self.sent[answer.id] = Sent(event.proof, event.code, self.now, self.owners(event.proof))

    @rule(data=st.data(), right=st.booleans())
    def types(self, data: st.DataObject, right: bool) -> None:
        typed = sorted(id for id, sent in self.sent.items() if sent.proof.way == "code")
        if typed:
            self.writes_back(self.sent[data.draw(st.sampled_from(typed))], right=right)

    def writes_back(self, sent: Sent, *, right: bool) -> None:
        typed = sent.code if right else f"{(int(sent.code) + 1) % 10**6:06}"
        answer = run(self.core().check_proof(sent.proof.id, typed))
        fresh = self.now - sent.at <= LASTS and sent.wrong < Rules().tries_a_code and sent.given is None
        if isinstance(answer, Proven):
            assert right, "a wrong code proves nothing"
            assert fresh, "nor does an old one, one that was used, or one tried too often"
            sent.given = self.now
        elif not right:
            sent.wrong += 1

    @rule(data=st.data())
    def presses(self, data: st.DataObject) -> None:
        """A link that lies in a mailbox."""
        mailed = sorted(id for id, sent in self.sent.items() if sent.proof.way == "mail")
        if mailed:
            self.opens(self.sent[data.draw(st.sampled_from(mailed))])

    def opens(self, sent: Sent) -> None:
        if run(self.core().confirm_email(sent.proof.id)):
            assert sent.given is None
            assert self.now - sent.at <= LINK_LASTS
            sent.given = self.now

    @rule(data=st.data(), who=places)
    def joins(self, data: st.DataObject, who: ContactId) -> None:
        """Anybody, with the id of any proof: only who asked, and only what was given."""
        if self.sent:
            self.tries_to_join(self.sent[data.draw(st.sampled_from(sorted(self.sent)))], who)

    @rule(who=places, named=st.sampled_from(TARGETS), thief=places)
    def goes_all_the_way(self, who: ContactId, named: str, thief: ContactId) -> None:
        """Whoever asks reads the code, too; and somebody else tries to be first."""
        before = set(self.sent)
        self.asks(who, named)
        for id in set(self.sent) - before:
            sent = self.sent[id]
            self.opens(sent) if sent.proof.way == "mail" else self.writes_back(sent, right=True)
            self.tries_to_join(sent, thief)
            self.tries_to_join(sent, who)

    def tries_to_join(self, sent: Sent, who: ContactId) -> None:
        done = run(self.core().join_channel(who, sent.proof.id))
        if isinstance(done, Person):
            assert (sent.proof.contact, sent.given is not None) == (who, True)
            assert who not in self.theirs, "nobody is moved from one account to another"
            assert done.id in sent.owners, "whose address the code lay at"
            self.theirs[who], self.joined[who] = done.id, self.now

    @precondition(lambda self: self.joined)
    @rule(who=places, data=st.data())
    def parts(self, who: ContactId, data: st.DataObject) -> None:
        core, other = self.core(), data.draw(st.sampled_from(sorted(self.joined)))
        same = who in self.theirs and self.theirs[who] == self.theirs.get(other)
        lately = other in self.joined and self.now - self.joined[other] <= 7 * DAY
        parted = run(core.part_channel(who, other))
        assert not parted or lately
        if parted and same:
            run(self.store.link_contact(other, None))  # by its own turn
            del self.theirs[other]

    @rule(hours=st.sampled_from((0, 1, 1, 3, 24, 24, 24 * 50)))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(minutes=5, hours=hours)
        if hours < 24:
            for id, way in self.store.rows.addresses.items():
                self.store.rows.addresses[id] = Way(way.channel, None, id, way.number, heard=self.now)

    # ------------------------------------------------------------ what holds

    @invariant()
    def who_is_known_is_at_home(self) -> None:
        for who in CONTACTS:
            known = run(self.core().known(who)).person
            assert (known.id if known else None) == self.theirs.get(who)

    @invariant()
    def caps_hold(self) -> None:
        for column in (1, 2):
            for key in {each[column] for each in self.asked}:
                times = [each[0] for each in self.asked if each[column] == key]
                for at in times:
                    assert sum(at <= other < at + HOUR for other in times) <= Rules().codes_an_hour
                    assert sum(at <= other < at + DAY for other in times) <= Rules().codes_a_day

    def owners(self, proof: Proof) -> set[PersonId]:
        """Of a contact, of a mailbox that was confirmed, of a number's SMS or what was proven by it."""
        people = self.store.rows.persons.values()
        if proof.sent_to is not None:
            at = {proof.sent_to}
        elif proof.way == "mail":
            return {one.id for one in people if one.email == proof.target and one.email_confirmed}
        else:
            at = {who for who, (medium, number) in PLACES.items() if number == proof.target and medium != "whatsapp"}
        return {self.theirs[who] for who in at if who in self.theirs}


@guards("G03")
def test_nobody_comes_into_an_account_that_is_not_theirs() -> None:
    run_state_machine_as_test(Town, settings=settings(max_examples=60, stateful_step_count=30, deadline=None))


@pytest.mark.many
def test_nor_in_the_long_run() -> None:
    run_state_machine_as_test(Town, settings=settings(max_examples=2000, stateful_step_count=60, deadline=None))
