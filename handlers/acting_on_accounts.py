"""Deciding about people in the name of one actor: a part of `handlers.acting.Acting`. The desk decides, the person
contests; to everybody else there is nothing there. Each is noted by ids, under the person (invariant I11).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from booking.authority import PersonDeed, may_contest, may_decide
from booking.decisions import DecideAnswer, Decision, DecisionId, Ground, NotDecided, Verdict
from booking.messages import Report
from booking.model import ContactId, PersonId
from booking.proofs import CheckProof, ProofId, ProofOver, Proven
from handlers.acting_on_rights import ActingOnRights
from storage import audit
from storage.booking import RowStore
from storage.contacts import ContactRow

EXPIRED = "suspension over"  # what is noted when its day came


class ActingOnAccounts(ActingOnRights):
    """`_noted` is the actor as the audit trail calls them."""

    _rows: RowStore
    _contact: ContactRow | None

    async def warn(self, person: PersonId, ground: Ground, words: str, by: str) -> DecideAnswer:
        if not await self._is_desk():
            return NotDecided("nobody")
        return await self._kept("warn", await super().warn(person, ground, words, by))

    async def suspend(
        self,
        person: PersonId,
        ground: Ground,
        words: str,
        by: str,
        *,
        last_day: date | None,
        cancels: bool,
        contacts: Sequence[ContactId],
    ) -> DecideAnswer:
        if not await self._is_desk():
            return NotDecided("nobody")
        done = await super().suspend(person, ground, words, by, last_day=last_day, cancels=cancels, contacts=contacts)
        return await self._kept("suspend", done)

    async def end_suspension(self, id: DecisionId, by: str, words: str) -> DecideAnswer:
        if not await self._is_desk():
            return NotDecided("nobody")
        return await self._kept("end suspension", await super().end_suspension(id, by, words))

    async def expire(self, id: DecisionId) -> DecideAnswer:
        """By the clock: nobody acts."""
        return await self._kept(EXPIRED, await super().expire(id), "timer")

    async def review(self, id: DecisionId, by: str, words: str, *, upheld: bool) -> DecideAnswer:
        if not await self._is_desk():
            return NotDecided("nobody")
        done = await super().review(id, by, words, upheld=upheld)
        return await self._kept("uphold decision" if upheld else "take decision back", done)

    async def settle_reports(self, person: PersonId, verdict: Verdict, by: str) -> Sequence[Report]:
        if not await self._is_desk():
            return ()
        settled = await super().settle_reports(person, verdict, by)
        for each in settled:
            await audit.add(self._tx, await self._noted(), f"settle report: {verdict}", f"report:{each.id}", self._at)
        return settled

    async def contestable(self, person: PersonId) -> Decision | None:
        return await super().contestable(person) if await self._is_theirs(person) else None

    async def contest(self, person: PersonId, contact: ContactId, words: str) -> DecideAnswer:
        if not await self._is_theirs(person):
            return NotDecided("nobody")
        return await self._kept("contest", await super().contest(person, contact, words))

    async def decisions_read(self, person: PersonId) -> None:
        if await self._is_theirs(person):
            await super().decisions_read(person)

    async def ask_erasure(self, person: PersonId) -> bool:
        """Proven: they wrote back the code that stood in the question (threat T2)."""
        if not await self._about(PersonDeed.ERASE, person, proven=True):
            return False
        asked = await super().ask_erasure(person)
        await audit.add(
            self._tx, await self._noted(), "ask erasure" if asked else "erase refused", f"person:{person}", self._at
        )
        return asked

    async def check_proof(self, id: ProofId, typed: str) -> CheckProof:
        """Only by the contact that asked for it."""
        asked = await self._rows.proof(id)
        if self._contact is None or asked is None or asked.contact != self._contact.id:
            return ProofOver()
        done = await super().check_proof(id, typed)
        if isinstance(done, Proven) and done.person is not None:
            await audit.add(self._tx, await self._noted(), "prove", f"person:{done.person}", self._at)
        return done

    async def _is_desk(self) -> bool:
        return may_decide(await self._actor())

    async def _is_theirs(self, person: PersonId) -> bool:
        return may_contest(await self._actor(), person)

    async def _kept(self, action: str, done: DecideAnswer, actor: str | None = None) -> DecideAnswer:
        if isinstance(done, Decision):
            await audit.add(self._tx, actor or await self._noted(), action, f"person:{done.person}", self._at)
        return done
