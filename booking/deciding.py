"""Deciding about a person: the use cases. Whoever calls them has asked whether the operator may, and holds the person's
lock.

A suspension takes nothing back that was agreed unless the operator says so: appointments stand, as they do when a
client is suspended, or are cancelled with it. What is only kept for them goes in any case: holds, offers, places on the
waiting list. Meanwhile they book, move and write to no worker; they may cancel, and reach the desk, their data and the
emergency numbers as before.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from booking import policy
from booking.decisions import (
    LASTS_AT_MOST,
    LONGEST,
    LONGEST_CONTEST,
    SHORTEST,
    DecideAnswer,
    Decided,
    Decision,
    DecisionContested,
    DecisionId,
    DecisionReviewed,
    Ground,
    NotDecided,
    ReportSettled,
    SuspensionEnded,
    Verdict,
    contestable,
    suspension,
    unread,
)
from booking.events import Event
from booking.messages import Report
from booking.messaging import cleaned
from booking.model import Appointment, AppointmentId, ContactId, Person, PersonId
from booking.operating import may_judge
from booking.ports import BookingStore, Offered


class Keeps(Protocol):
    """What `core.Booking` keeps for somebody, and how it is given back."""

    async def release(self, contact: ContactId) -> None: ...
    async def leave_waiting(self, contact: ContactId) -> bool: ...
    async def offers(self, contact: ContactId) -> Sequence[Offered]: ...
    async def decline(self, contact: ContactId, about: str) -> None: ...


class Shutting(Keeps, Protocol):
    """What `core.Booking` has, as far as shutting an account needs it: a suspension, a closing, a rest."""

    _store: BookingStore
    _now: datetime
    _new_id: Callable[[], str]
    events: list[Event]

    async def cancel_for_them(self, ids: Sequence[AppointmentId]) -> Sequence[Appointment]: ...


class Deciding:
    """Use cases of `core.Booking`."""

    _store: BookingStore
    _now: datetime
    _new_id: Callable[[], str]
    events: list[Event]

    async def warn(self, person: PersonId, ground: Ground, words: str, by: str) -> DecideAnswer:
        """A word to the person. Nothing else changes for them."""
        found, said = await self._store.person(person), reason(words)
        if found is None or said is None:
            return NotDecided("nobody" if found is None else "words")
        made = Decision(DecisionId(self._new_id()), person, "warning", ground, said, by, self._now)
        await self._store.save_decision(made)
        self.events.append(Decided(made))
        return made

    async def suspend(
        self: Shutting,
        person: PersonId,
        ground: Ground,
        words: str,
        by: str,
        *,
        last_day: date | None,
        cancels: bool,
        contacts: Sequence[ContactId],
    ) -> DecideAnswer:
        """`last_day`: by the person's own calendar, inclusive; None: until somebody ends it. `contacts`: all of theirs,
        on which something may be kept for them."""
        found, said = await self._store.person(person), reason(words)
        if found is None or said is None:
            return NotDecided("nobody" if found is None else "words")
        if found.suspended or suspension(await self._store.decisions(person)) is not None:
            return NotDecided("already")
        until = _midnight(found, last_day, self._now)
        if last_day is not None and until is None:
            return NotDecided("until")
        id = DecisionId(self._new_id())
        made = Decision(id, person, "suspension", ground, said, by, self._now, until, cancels)
        await self._store.save_decision(made)
        await self._store.save_person(replace(found, suspended=True))
        await nothing_is_kept(self, contacts)
        coming = [a for a in await self._store.upcoming(person, self._now) if not policy.is_over(a, self._now)]
        gone = await self.cancel_for_them([a.id for a in coming]) if cancels else []
        self.events.append(Decided(made, coming=len(coming) - len(gone), gone=len(gone)))
        return made

    async def end_suspension(self, id: DecisionId, by: str, words: str) -> DecideAnswer:
        """Or that the account is to close. By an operator, who writes to the person why."""
        decision, said = await self._store.decision(id), reason(words)
        if decision is None or decision.kind == "warning":
            return NotDecided("nobody")
        if not decision.stands:
            return NotDecided("already")
        if said is None:
            return NotDecided("words")
        ended = await self._end(replace(decision, ended_words=said, news=True), by)
        self.events.append(SuspensionEnded(ended))
        return ended

    async def expire(self, id: DecisionId) -> DecideAnswer:
        """Its day came, as was decided."""
        decision = await self._store.decision(id)
        if decision is None or decision.kind != "suspension" or not decision.stands:
            return NotDecided("already")
        if decision.until is None or decision.until > self._now:
            return NotDecided("already")
        ended = await self._end(decision, "")
        self.events.append(SuspensionEnded(ended))
        return ended

    async def contestable(self, person: PersonId) -> Decision | None:
        return contestable(await self._store.decisions(person), self._now)

    async def contest(self, person: PersonId, contact: ContactId, words: str) -> DecideAnswer:
        """What the person says against it, once; whoever did not decide it is to judge."""
        decision, said = await self.contestable(person), cleaned(words)
        if decision is None:
            return NotDecided("nobody")
        if decision.contested is not None:
            return NotDecided("already")
        if not said or len(said) > LONGEST_CONTEST:
            return NotDecided("words")
        contested = replace(decision, contested=self._now, contest=said)
        await self._store.save_decision(contested)
        self.events.append(DecisionContested(contested, contact))
        return contested

    async def decisions_read(self, person: PersonId) -> None:
        for each in unread(await self._store.decisions(person), self._now):
            await self._store.save_decision(replace(each, read=each.read or self._now, news=False))

    async def review(self, id: DecisionId, by: str, words: str, *, upheld: bool) -> DecideAnswer:
        """Not upheld, a suspension ends, an account stays open, and a warning is taken back."""
        decision, said = await self._store.decision(id), reason(words)
        if decision is None or decision.contested is None:
            return NotDecided("nobody")
        if not may_judge(by, decision.by):
            return NotDecided("own")
        if not decision.to_review:
            return NotDecided("already")
        if said is None:
            return NotDecided("words")
        if not upheld and decision.stands:
            decision = await self._end(decision, by)
        reviewed = replace(decision, reviewed=self._now, reviewed_by=by, upheld=upheld, answer=said, news=True)
        await self._store.save_decision(reviewed)
        self.events.append(DecisionReviewed(reviewed))
        return reviewed

    async def settle_reports(self, person: PersonId, verdict: Verdict, by: str) -> Sequence[Report]:
        """Article 6.2: all that workers reported of this person until now is settled by one verdict."""
        waiting = await self._store.open_reports(person)
        settled = [replace(each, settled_at=self._now, settled_by=by, verdict=verdict) for each in waiting]
        for each in settled:
            await self._store.save_report(each)
            self.events.append(ReportSettled(each))
        return settled

    # ------------------------------------------------------------ inside

    async def _end(self, decision: Decision, by: str) -> Decision:
        ended = replace(decision, ended=self._now, ended_by=by)
        await self._store.save_decision(ended)
        person = await self._store.person(decision.person)
        if person is not None and decision.kind != "warning":
            await self._store.save_person(replace(person, suspended=False))
        return ended


async def nothing_is_kept(core: Keeps, contacts: Sequence[ContactId]) -> None:
    """Holds, offers and places on the waiting list, of somebody for whom nothing new is done."""
    for contact in contacts:
        await core.release(contact)
        await core.leave_waiting(contact)
        for about in dict.fromkeys(offer.hold.about for offer in await core.offers(contact)):
            if about is not None:
                await core.decline(contact, about)


def _midnight(person: Person, last_day: date | None, now: datetime) -> datetime | None:
    """The midnight after that day, on the person's clock; None where the day is not to come, or too far."""
    if last_day is None:
        return None
    zone = ZoneInfo(person.time_zone)
    today = now.astimezone(zone).date()
    if not today < last_day <= today + LASTS_AT_MOST:
        return None
    return datetime.combine(last_day + timedelta(days=1), time(), zone).astimezone(UTC)


def reason(words: str) -> str | None:
    """As the person will read it; None: too short to be one, or too long."""
    said = cleaned(words)
    return said if SHORTEST <= len(said) <= LONGEST else None
