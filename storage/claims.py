"""Whose an address still is, and whose it was, a part of `storage.booking.RowStore`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from booking.claims import Former
from booking.model import HOUR, Appointment, ContactId, PersonId, WorkerId
from booking.proofs import Way
from booking.trust import Standing, Trace, counts, speaks_for, standing
from storage import audit, contacts, parting
from storage.appointments import AppointmentRows
from storage.contacts import ContactRow
from storage.proofs import MEDIA, ProofRows


def _trusted(who: ContactRow) -> datetime:
    """Of whoever never wrote from there: since it was made, and not since a detail of theirs was changed."""
    known = who.trusted_at or who.last_inbound_at
    if known is not None or who.changed_at is None:
        return known or who.created_at
    return min(who.created_at, who.changed_at - timedelta(microseconds=1))


def _parted_by_a_word(old: ContactRow) -> bool:
    """And not because it fell silent, or a detail of theirs was changed."""
    trace = Trace(linked=True, trusted=_trusted(old), changed=old.changed_at)
    return old.parted_at is not None and standing(trace, (), old.parted_at) == "known"


class ClaimRows(ProofRows, AppointmentRows):
    """Needs nothing but the transaction."""

    async def standing(self, who: ContactRow, now: datetime) -> Standing:
        """By what was known before whatever comes now."""
        trace = Trace(
            linked=who.person_id is not None or who.worker_id is not None,
            trusted=_trusted(who),
            changed=who.changed_at,
        )
        without = standing(trace, (), now)
        if without != "needs_proof":
            return without
        return standing(trace, await self._hours_of(who, now), now)

    async def vouch(self, person: PersonId, contact: ContactId, now: datetime) -> None:
        """They have shown that this and the address that they asked for there are theirs, and are not asked again
        there. Everywhere else the change is a reason to; so it is everywhere where the desk asked for it.
        """
        who = await contacts.get(self._tx, contact)
        if who is not None and who.person_id == person and who.parted_at is None and who.last_inbound_at is not None:
            await contacts.trust(self._tx, who.id, now)

    async def former(self, contact: ContactId, now: datetime) -> Former | None:
        old, heir = await parting.of_heir(self._tx, contact), await contacts.get(self._tx, contact)
        if old is None or heir is None:
            return None
        person = PersonId(old.person_id) if old.person_id is not None else None
        worker = WorkerId(old.worker_id) if old.worker_id is not None else None
        ways = await self.ways(person) if person is not None else ()
        ways = await self._ways_of(worker) if worker is not None else ways
        known = [way.contact for way in ways if way.contact is not None and way.channel in MEDIA]
        rows = (await contacts.get_many(self._tx, known)).values()
        heard = [ContactId(row.id) for row in rows if await self.standing(row, now) == "known"]
        if _parted_by_a_word(old):
            heard = []  # somebody did say no: that nobody says it again is no yes
        return Former(person, worker, heir.phone, ways, heard)

    async def awaits_hour(self, contact: ContactId, now: datetime) -> bool:
        who = await contacts.get(self._tx, contact)
        return who is not None and any(counts(hour, now) for hour in await self._hours_of(who, now))

    async def _hours_of(self, who: ContactRow, now: datetime) -> Sequence[Appointment]:
        """Of whom it belongs to, whatever became of them; a person's, as far as they speak for this address."""
        if who.worker_id is not None and who.channel == "whatsapp":
            return ()  # a day after their last word they are told of their hours elsewhere
        if who.worker_id is not None:
            return await self.since(WorkerId(who.worker_id), now - HOUR, worker=True)
        if who.person_id is None:
            return ()
        hours = await self.since(PersonId(who.person_id), now - HOUR)
        return [hour for hour in hours if counts(hour, now) and await self._speaks_for(hour, who)]

    async def _speaks_for(self, hour: Appointment, who: ContactRow) -> bool:
        first, *_ = await self.series(hour.series)
        booked_by = await audit.first(self._tx, "book", f"appointment:{first.id}") or ""
        return speaks_for(first, ContactId(who.id), _trusted(who), by_program=booked_by.startswith("key:"))

    async def _ways_of(self, worker: WorkerId) -> list[Way]:
        """A worker's addresses, as the directory gives them and as they joined them."""
        rows = await contacts.of_worker(self._tx, worker)
        good = [row for row in rows if row.dead_at is None and row.opted_out_at is None]
        return [
            Way(
                row.channel,  # type: ignore[arg-type]  # the column holds names of CHANNELS only
                None,
                ContactId(row.id),
                row.phone,
                row.address if row.channel == "email" else None,
                row.last_inbound_at,
            )
            for row in good
            if row.channel in {*MEDIA, "email"}
        ]
