"""Article 5.3 of the terms: when the worker cancels, another hour is there at once.

The same hour with another worker and the next one with the same, both kept for the person while they think; where
there is neither, the nearest hours of anybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from booking import policy
from booking.events import Event, NoHourToOffer
from booking.model import Appointment, AppointmentId, ContactId, Hold, Person, Rules, SlotId, Wish, slot_id
from booking.offering import Offering, hours_offered
from booking.ports import BookingStore, Offered
from booking.refusing import without_refusing
from booking.search import Search

PLACES = 2  # hours that replace one
DRAWN = 8  # free hours that are tried for each of them


class Replacing:
    def __init__(
        self, store: BookingStore, rules: Rules, now: datetime, events: list[Event], offering: Offering
    ) -> None:
        self.store = store
        self.rules = rules
        self.now = now
        self.events = events
        self._offering = offering

    async def replacements(self, about: AppointmentId, contact: ContactId) -> Sequence[Offered]:
        """Those that are kept already are kept; empty when there is no hour, or no need."""
        old = await self.store.appointment(about)
        person = None if old is None else await self.store.person(old.person)
        if old is None or person is None or not policy.is_offerable("replacement", old, self.now):
            return ()
        kept = await self._offering.offered(about)
        if kept:
            return kept
        made = [
            *await self._first(old, person, contact, [slot_id(old.start, None)], besides=True),
            *await self._first(
                old, person, contact, await self._later(old, replace(_as(old, person), worker=old.worker))
            ),
        ]
        if not made:
            nearest = await self._later(old, _as(old, person))
            made = await self._first(old, person, contact, nearest, most=PLACES)
        if made:
            self.events.append(hours_offered(made, contact))
        else:
            self.events.append(NoHourToOffer(about, contact, self.now + self.rules.offer_time))
        return await self._offering.offered(about)

    async def _first(
        self,
        old: Appointment,
        person: Person,
        contact: ContactId,
        slots: Sequence[SlotId],
        *,
        most: int = 1,
        besides: bool = False,
    ) -> list[Hold]:
        """The first of some hours that can be kept. `besides`: with another worker."""
        wish = _as(old, person)
        if besides:
            wish = replace(wish, without=wish.without | {old.worker})
        made: list[Hold] = []
        for slot in slots:
            hold = await self._offering.offer("replacement", old.id, contact, person.id, slot, wish)
            if isinstance(hold, Hold):
                made.append(hold)
            if len(made) == most:
                break
        return made

    async def _later(self, old: Appointment, wish: Wish) -> list[SlotId]:
        """Free hours after the old one, else the soonest there are."""
        search = Search(await self.store.directory(), self.store, self.rules, self.now)
        wish = await without_refusing(self.store, wish, old.person, self.now)
        found = (await search.slots(replace(wish, after=max(old.start, self.now)), DRAWN)).slots
        return [slot.id for slot in found or (await search.slots(wish, DRAWN)).slots]


def _as(old: Appointment, person: Person) -> Wish:
    """The wish that the old appointment met, with anybody."""
    return Wish(old.motive, old.mode, None, person.language, zone=person.time_zone)
