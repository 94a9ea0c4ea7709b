"""Proving to be still whom an address belonged to: a code to another way of theirs; else a week, in which their other
channels may say no. Nobody is named: whoever asks learns no more than where a code went (threats T3, T4, T30).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from booking.claims import WAIT, ClaimAnswered, ClaimSettled, ClaimWaits
from booking.model import ContactId
from booking.proofs import AskProof, CheckProof, NoOtherWay, ProofId, ProofOver, Proven
from booking.proving import Proving


class Claiming(Proving):
    """Use cases of `core.Booking`. Where there is nothing to claim they answer as where there is no other way."""

    async def ask_claim(self, contact: ContactId) -> AskProof:
        former = await self._store.former(contact, self._now)
        if former is None:
            return NoOtherWay()
        joined = await self._joined(former.person) if former.person is not None else {}
        ways = [way for way in former.ways if way.contact not in joined]
        way = self._best_way(way for way in ways if way.number is None or way.number != former.number)
        return NoOtherWay() if way is None else await self._send_proof(contact, way, "former")

    async def prove_claim(self, contact: ContactId, id: ProofId, typed: str) -> CheckProof:
        """Only what was sent for this."""
        asked, former = await self._store.proof(id), await self._store.former(contact, self._now)
        if asked is None or former is None or (asked.contact, asked.purpose) != (contact, "former"):
            return ProofOver()
        checked = await self.check_proof(id, typed)
        if isinstance(checked, Proven):
            self.events.append(ClaimSettled(contact, former, proven=True))
        return checked

    async def may_wait(self, contact: ContactId) -> bool:
        former = await self._store.former(contact, self._now)
        return former is not None and bool(former.heard)

    async def wait_claim(self, contact: ContactId) -> datetime | None:
        """Until when; None where nobody could say no: then only a proof, or a human, helps."""
        former = await self._store.former(contact, self._now)
        if former is None or not former.heard:
            return None
        self.events.append(ClaimWaits(contact, former, self._now + WAIT))
        return self._now + WAIT

    async def share(self, contact: ContactId) -> None:
        """Nothing of them shows there from now on, whoever reads it."""
        former = await self._store.former(contact, self._now)
        person = await self._store.person(former.person) if former is not None and former.person is not None else None
        if person is not None:
            await self._store.save_person(replace(person, discreet=True))

    async def answer_claim(self, contact: ContactId, *, mine: bool) -> None:
        """Of whoever claims; said elsewhere, by whom we know."""
        self.events.append(ClaimAnswered(contact, mine))

    async def settle_claim(self, contact: ContactId, *, proven: bool) -> None:
        former = await self._store.former(contact, self._now)
        if former is not None:
            self.events.append(ClaimSettled(contact, former, proven))
