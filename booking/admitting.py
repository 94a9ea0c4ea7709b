"""Who writes: what is known of a contact, the code that opens an account, the number and the e-mail that are proven.

Guesses are counted per contact and overall, in the store; refusals say nothing that could be learnt from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from booking import codes, policy
from booking.agreeing import agreed
from booking.decisions import suspension, unread
from booking.events import CodesGuessed, DeskNeeded, Event
from booking.hoarding import cancels_often
from booking.model import Appointment, ClientId, CodeId, ContactId, Person, PersonId, Rules
from booking.ports import (
    BookingStore,
    CodeAccepted,
    CodeRefused,
    Known,
    Refused,
    TooManyTries,
)

EVERYBODY = "everybody"  # the key under which all contacts' guesses are counted
ALARMS = "codes guessed"  # when they were told to be many
ATTACK = "codes guessed since"  # when that began
TRIES_KEPT = timedelta(days=30)  # as long as storage/purge.py keeps them


def _guesses_of(contact: ContactId) -> str:
    return f"contact:{contact}"


class Admitting:
    """Use cases of `core.Booking`."""

    _store: BookingStore
    _rules: Rules
    _now: datetime
    events: list[Event]

    async def known(self, contact: ContactId) -> Known:
        person = await self._store.person_of(contact)
        if person is None:
            return Known()
        coming = await self._store.upcoming(person.id, self._now)
        decided = await self._store.decisions(person.id)
        latest = list(coming)[-1:] or await self._store.past(person.id, self._now, 1)
        return Known(
            person,
            terms_accepted=await agreed(self._store, self._rules, person.id, None),
            agreed_before=await self._store.agreed_ever(person.id),
            last_mode=latest[0].mode if latest else None,
            upcoming=tuple(a for a in coming if not policy.is_over(a, self._now)),
            refused=await self._refused(person, coming),
            refused_by=frozenset(r.worker for r in await self._store.refusals(person.id, self._now)),
            suspension=suspension(decided) if person.suspended else None,
            unread=unread(decided, self._now),
        )

    async def _refused(self, person: Person, coming: Sequence[Appointment]) -> Refused | None:
        """Why no further hour could be booked, whichever it were: told before any question is asked."""
        if (why := policy.why_shut(person, await self._store.client(person.client))) is not None:
            return Refused(why)
        if policy.at_cap(coming, self._rules, self._now):
            return Refused("max_appointments")
        if await cancels_often(self._store, person.id, self._rules, self._now):
            return Refused("cancellations")
        return None if policy.may_request(person) else Refused("dispute")

    async def redeem_code(
        self, typed: str, contact: ContactId, *, vouched: bool = False
    ) -> CodeAccepted | CodeRefused | TooManyTries:
        """One answer and the same questions to the store, whatever is wrong with the code (invariant I12).

        Fails closed: what cannot be counted is not looked at. Asked twice, so that of all who are refused nobody waits
        for the lock, nor keeps it from the others. `vouched`: an operator types it for somebody, who is no stranger.
        """
        wait = await self._wait(contact, vouched)
        if wait is None:
            await self._store.alone(EVERYBODY)
            wait = await self._wait(contact, vouched)
        if wait is not None:
            return wait
        for key in (_guesses_of(contact), EVERYBODY):
            await self._store.add_try(key, self._now)
        hour_ago = self._now - timedelta(hours=1)
        if await self._store.nth_try(EVERYBODY, hour_ago, self._rules.tries_overall) is not None:
            await self._alarm()
        own = len(await self._store.tries(_guesses_of(contact), hour_ago, self._rules.tries_an_hour))
        code = await self._store.code_typed(codes.normal(typed) or "")
        client = await self._store.client(code.client if code else ClientId(""))
        accounts = await self._store.accounts(code.id if code else CodeId(""))
        if code is not None and policy.code_opens(code, client, accounts, self._rules, self._now):
            return CodeAccepted(code.id)
        if own == self._rules.tries_an_hour:
            self.events.append(DeskNeeded(contact, "too_many_tries"))
        return CodeRefused()

    async def _wait(self, contact: ContactId, vouched: bool) -> TooManyTries | None:
        own = await self._store.tries(_guesses_of(contact), self._now - timedelta(days=1), self._rules.tries_a_day)
        until = policy.next_guess(own, self._rules, self._now)
        if until is not None or vouched:
            return TooManyTries(until) if until else None
        hour_ago = self._now - timedelta(hours=1)
        everybody = await self._store.nth_try(EVERYBODY, hour_ago, self._rules.tries_overall)
        if everybody is None or await self._has_history(contact):
            return None
        until = policy.next_guess_of_a_stranger(everybody, self._now)
        return TooManyTries(until, everybody=True) if until else None

    async def _has_history(self, contact: ContactId) -> bool:
        """Who has an account is asked for no code, so it is about strangers: whether they wrote before it began.

        An attack that is older than the rows of tries began before the oldest of them.
        """
        first_wrote = await self._store.first_wrote(contact)
        if first_wrote is None or not policy.has_history(first_wrote, self._now):
            return False  # it began before now: most newcomers cost no further question
        kept = self._now - TRIES_KEPT
        began = next(iter(await self._store.tries(ATTACK, kept, 1)), kept)
        return policy.has_history(first_wrote, began)

    async def _alarm(self) -> None:
        """Once an hour while it lasts. An attack begins with the first alarm after a day without."""
        hour_ago, day_ago = self._now - timedelta(hours=1), self._now - timedelta(days=1)
        if await self._store.tries(ALARMS, hour_ago + timedelta.resolution, 1):
            return
        if not await self._store.tries(ALARMS, day_ago, 1):
            await self._store.add_try(ATTACK, self._now)
        await self._store.add_try(ALARMS, self._now)
        self.events.append(CodesGuessed(self._rules.tries_overall))

    async def set_discreet(self, person: PersonId, *, discreet: bool) -> None:
        """Whether only that there is a message may show on their telephone (threat T6)."""
        found = await self._store.person(person)
        if found is not None and found.discreet != discreet:
            await self._store.save_person(replace(found, discreet=discreet))

    async def set_language(self, person: PersonId, language: str) -> None:
        found = await self._store.person(person)
        if found is not None:
            await self._store.save_person(replace(found, language=language))
