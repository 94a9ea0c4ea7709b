"""Joining a channel to an account, parting it again, and the booking that goes along. See `booking.channels`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from booking.addresses import EmailProof, EmailProofId
from booking.channels import (
    ChannelJoined,
    ChannelParted,
    DraftPassed,
    DraftStep,
    JoinMailed,
    Lately,
    NotJoined,
)
from booking.confirming import Confirming
from booking.events import Event
from booking.model import ContactId, Person, PersonId
from booking.proofs import LASTS, Medium, Proof, ProofId, Purpose, Way
from booking.proving import Proving
from booking.store import BookingStore
from booking.trust import counts, is_silent

APPS: Final[frozenset[Medium]] = frozenset({"telegram", "whatsapp"})
SMS: Final[frozenset[Medium]] = frozenset({"sms"})
NOBODY: Final = PersonId("nobody")


class JoiningChannels(Proving, Confirming):
    """Use cases of `core.Booking`."""

    _store: BookingStore
    _now: datetime
    events: list[Event]

    async def is_taken(self, contact: ContactId, number: str | None) -> bool:
        return number is not None and bool(await self._accounts(contact, number))

    async def join_channel(self, contact: ContactId, id: ProofId) -> Person | NotJoined:
        """By a proof that this contact asked for and that was given just now; it is used up."""
        proof = await self._store.proof(id)
        if proof is None or proof.contact != contact or not self._joins(proof):
            return NotJoined("nobody")
        assert proof.person is not None
        await self._store.hold_person(proof.person)
        person, own = await self._store.person(proof.person), await self._store.person_of(contact)
        if person is None:
            return NotJoined("nobody")
        if own is not None:
            return NotJoined("already" if own.id == person.id else "another")
        if not await self._is_theirs_still(proof):
            return NotJoined("nobody")
        others = tuple(way.contact for way in await self._store.ways(person.id) if way.contact is not None)
        mine = await self._store.way_of(contact)
        assert mine is not None, "it has just written"
        await self._store.link_contact(contact, person.id)
        await self._store.settle_proof(id, "used", self._now)
        self.events.append(ChannelJoined(person, contact, mine.channel, others))
        return person

    def _joins(self, proof: Proof) -> bool:
        given = proof.settled_at is not None and self._now - proof.settled_at <= LASTS
        return proof.purpose == "join" and proof.outcome == "proven" and given and proof.person is not None

    async def _is_theirs_still(self, proof: Proof) -> bool:
        """The number or mailbox: they may have given it up since the code, or the link, was asked for."""
        found = await self._accounts(proof.contact, proof.target) if proof.target is not None else ()
        return proof.person in {way.person for way in found}

    async def joined_lately(self, contact: ContactId) -> Lately | None:
        person = await self._store.person_of(contact)
        if person is None:
            return None
        ways = {way.contact: way for way in await self._store.channels_of(person.id)}
        found = next((each for each in await self._joined_after(contact, person.id) if each in ways), None)
        return None if found is None else Lately(found, ways[found].channel)

    async def part_channel(self, contact: ContactId, other: ContactId) -> bool:
        """Its own turn takes it off: a turn locks its own contact, then the person, and no second contact."""
        person = await self._store.person_of(contact)
        if person is None or other == contact:
            return False
        if other not in await self._joined_after(contact, person.id):
            return False
        self.events.append(ChannelParted(other))
        return True

    async def _joined_after(self, contact: ContactId, person: PersonId) -> list[ContactId]:
        """Within the week, the latest first. Whoever came last has nobody parted who was there before them."""
        joined = [*await self._joined(person)]
        return joined[: joined.index(contact)] if contact in joined else joined

    # ------------------------------------------------------------ the booking under way

    async def pass_draft(self, contact: ContactId, to: ContactId, step: DraftStep, draft: Mapping[str, Any]) -> bool:
        """`given`: the hour that was held goes with it; one that was held there is free again."""
        mine, theirs = await self._store.person_of(contact), await self._store.person_of(to)
        way = await self._store.way_of(contact)
        if mine is None or theirs is None or mine.id != theirs.id or way is None:
            return False
        if step == "given":
            await self._hold_goes(contact, to, mine.id)
        self.events.append(DraftPassed(step, to, contact, way.channel, draft))
        return True

    async def _hold_goes(self, contact: ContactId, to: ContactId, person: PersonId) -> None:
        """Freed and taken in one breath: nobody comes between. The worker's quarters first: those are the hour."""
        hold = await self._store.hold_of(contact)
        if hold is None or hold.until <= self._now:
            return
        for each in (hold, await self._store.hold_of(to)):
            if each is not None:
                await self._store.free(each.id)
                await self._store.delete_hold(each.id)
        for owner in (f"w:{hold.worker}", f"c:{to}", f"p:{person}"):
            await self._store.take(hold.id, [owner], hold.start, self._now)
        await self._store.save_hold(replace(hold, contact=to))

    # ------------------------------------------------------------ by mail

    async def email_to_prove(self, id: str) -> EmailProof | None:
        joins = await self._store.proof(ProofId(id))
        if joins is not None and (joins.settled_at is not None or self._now > joins.expires_at):
            return None
        proof = await super().email_to_prove(id)
        if proof is None or proof.why == "join_channel":
            return proof
        others = [way for way in await self._store.accounts_at(proof.email) if way.person != proof.person]
        return None if others else proof  # the mailbox has an account: it is joined, and no second one confirmed (G03)

    async def confirm_email(self, id: str) -> bool:
        """Of a link that joins a channel: the talk that asked for it goes on."""
        if not await super().confirm_email(id):
            return False
        joins = await self._store.proof(ProofId(id))
        if joins is not None:
            await self._settle(joins, "proven")
            self.events.append(JoinMailed(joins.id, joins.contact))
        return True

    async def _goes_out(self, proof: Proof, to: Way, code: str) -> None:
        if proof.purpose == "join" and proof.way == "mail" and proof.person is not None:
            await self._store.save_email_proof(link_of(proof))
        await super()._goes_out(proof, to, code)

    # ------------------------------------------------------------ which account, which way

    async def _way(
        self, contact: ContactId, person: PersonId | None, purpose: Purpose, target: str | None
    ) -> Way | None:
        if purpose == "join" and target is not None:
            return await self._join_way(contact, target)
        return await super()._way(contact, person, purpose, target)

    async def _join_way(self, contact: ContactId, target: str) -> Way:
        """Where a code for this number goes, or a link for this mailbox. It is of nobody where there is no account, or
        where it is not clear whose: who asks learns nothing of that.
        """
        found, mine = await self._accounts(contact, target), await self._store.way_of(contact)
        if "@" in target:
            return _sole(found) or Way("email", None, email=target)
        apps = [way for way in found if way.channel != "sms" and self._way_is_open(way)]
        if mine is not None and mine.channel == "sms" and mine.number == target:
            return _sole(apps) or Way("sms", None)  # what is sent there would prove what is known
        by_sms = [way for way in found if way.channel == "sms"]
        if by_sms:
            sole = _sole(by_sms)
            return Way("sms", sole.person if sole is not None else None, number=target)
        return _sole(apps) or Way("sms", None, number=target)

    async def _accounts(self, contact: ContactId, target: str) -> list[Way]:
        """Accounts that this leads to, by another address than this one. One that was silent so long that its number
        may have been given to somebody else is left alone: its mailbox leads to it, or the desk (threat T4).
        """
        ways = [way for way in await self._store.accounts_at(target) if way.contact != contact]
        own = await self._store.person_of(contact)
        people = {way.person for way in ways if way.person is not None and (own is None or way.person != own.id)}
        if "@" in target:
            return [way for way in ways if way.person in people]
        live = {person: await self._live(person, target) for person in people or {NOBODY}}  # the same work (T19)
        return [way for way in ways if way.person in people and way.channel in live[way.person]]

    async def _live(self, person: PersonId, number: str) -> frozenset[Medium]:
        """Where a code for this number reaches them. By SMS only where they were heard by SMS, or have an hour that
        speaks for it: that they write from an app, and book there, says nothing of who has its number now.
        """
        ways = await self._store.channels_of(person)
        by_sms = [way for way in ways if way.channel == "sms" and way.number == number]
        coming = any(counts(hour, self._now) for hour in await self._store.upcoming(person, self._now))
        return (APPS if coming or self._any_heard(ways) else frozenset()) | (
            SMS if self._any_heard(by_sms) or await self._any_awaits(by_sms) else frozenset()
        )

    async def _any_awaits(self, ways: Sequence[Way]) -> bool:
        found = [await self._store.awaits_hour(way.contact, self._now) for way in ways if way.contact is not None]
        return any(found)

    def _any_heard(self, ways: Sequence[Way]) -> bool:
        return any(way.heard is not None and not is_silent(way.heard, self._now) for way in ways)


def _sole(ways: Sequence[Way]) -> Way | None:
    """The one they used last, where all are one person's."""
    if len({way.person for way in ways}) != 1:
        return None
    return max(ways, key=lambda way: (way.heard.timestamp() if way.heard else 0.0, str(way.contact)))


def link_of(proof: Proof) -> EmailProof:
    """The row of a mailed link that joins a channel has the proof's own id."""
    assert proof.person is not None
    assert proof.target is not None
    return EmailProof(
        EmailProofId(proof.id), proof.person, proof.target, "join_channel", proof.made_at, asked_by=proof.contact
    )
