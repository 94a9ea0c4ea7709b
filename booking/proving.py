"""One-time codes: sent within the caps, counted, compared. What they prove is others' to act on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from typing import Final, Literal

from booking import policy
from booking.answers import TooManyTries
from booking.channels import PARTED_WITHIN
from booking.events import CodesRanOut, Event
from booking.model import ContactId, PersonId, Rules
from booking.proofs import (
    DIGITS,
    LASTS,
    LINK_LASTS,
    AskProof,
    CheckProof,
    NoOtherWay,
    Outcome,
    Proof,
    ProofId,
    ProofOver,
    ProofSent,
    ProofSettled,
    ProofToSend,
    Proven,
    Purpose,
    Way,
    WrongProof,
)
from booking.store import BookingStore

CODES: Final = "one-time codes"  # the key under which all of them are counted
RAN_OUT: Final = "one-time codes ran out"  # when that was told
WINDOW: Final = timedelta(hours=24) - timedelta(minutes=5)  # WhatsApp lets no code of ours in after that


class Proving:
    """Use cases of `core.Booking`."""

    _store: BookingStore
    _rules: Rules
    _now: datetime
    _new_id: Callable[[], str]
    events: list[Event]

    async def ask_proof(
        self, contact: ContactId, person: PersonId | None, purpose: Purpose, target: str | None = None
    ) -> AskProof:
        """Throttled per destination, per contact and overall, in the store; fails closed, as guesses do. A new code
        ends the one that was open for the same purpose. `target`: E.164; without one, another way of the person's than
        `contact`.
        """
        to = await self._way(contact, person, purpose, target)
        return NoOtherWay() if to is None else await self._send_proof(contact, to, purpose, target)

    async def _send_proof(
        self, contact: ContactId, to: Way, purpose: Purpose, target: str | None = None
    ) -> ProofSent | TooManyTries:
        shown = to if target is None else _aimed(target)
        if (until := await self._code_counted(contact, shown)) is not None:
            return TooManyTries(until)
        before = await self._store.open_proof(contact, purpose)
        if before is not None:
            await self._settle(before, "replaced")
        id, code = ProofId(self._new_id()), self._code()
        way: Literal["code", "mail"] = "mail" if to.channel == "email" else "code"
        hidden = self._hidden(id, code)
        until = self._now + (LINK_LASTS if to.email is not None and purpose == "join" else LASTS)
        aim = target or to.number or to.email
        proof = Proof(id, contact, to.person, purpose, way, hidden, aim, to.contact, self._now, until)
        await self._store.add_proof(proof)
        await self._goes_out(proof, to, code)
        return ProofSent(id, way, shown.ends, shown.channel, until)

    async def _way(
        self,
        contact: ContactId,
        person: PersonId | None,
        purpose: Purpose,  # noqa: ARG002 - joining a channel has its own ways
        target: str | None,
    ) -> Way | None:
        if target is not None:
            return Way("sms", person, number=target)
        return await self._other_way(contact, person)

    async def _goes_out(self, proof: Proof, to: Way, code: str) -> None:
        """To nowhere, where there is no account to be joined: who asked is told the same."""
        if to.contact is not None or to.number is not None or (to.email is not None and to.person is not None):
            mine = await self._store.way_of(proof.contact)
            self.events.append(ProofToSend(proof, code, mine.channel if mine is not None else None))

    async def check_proof(self, id: ProofId, typed: str) -> CheckProof:
        """Counted first, then compared: a turn that dies over it is rolled back whole, and answered nothing. Fails
        closed.
        """
        proof = await self._store.try_proof(id)
        if proof is None:
            return ProofOver()
        most = self._rules.tries_a_code
        if proof.tries > most or self._now > proof.expires_at:
            await self._settle(proof, "wrong" if proof.tries > most else "late")
            return ProofOver()
        if compare_digest(self._hidden(id, typed).encode("utf-8", "replace"), proof.code.encode()):
            await self._settle(proof, "proven")
            return Proven(proof.purpose, proof.person, proof.target)
        if proof.tries == most:
            await self._settle(proof, "wrong")
        return WrongProof(most - proof.tries)

    async def is_proven(self, contact: ContactId, purpose: Purpose) -> bool:
        """About the account that they have here now, not about one that they had."""
        proven = await self._store.proven_since(contact, purpose, self._now - LASTS)
        own = await self._store.person_of(contact)
        return any(proof.person == (own.id if own is not None else None) for proof in proven)

    async def _other_way(self, contact: ContactId, person: PersonId | None) -> Way | None:
        """One that does not hang on the same number: whoever was given that by its operator has both (threats T3, T5).
        Nor does a channel of this week count beside what it was joined by: that would be the same proof twice. An app
        before a mailbox, and that before another number.
        """
        if person is None:
            return None
        ways, joined = await self._store.ways(person), await self._joined(person)
        own = {way.number for way in ways if way.contact == contact and way.number is not None}
        before = joined.get(contact)
        if before is not None:
            own.add(before.target or "")
        good = [way for way in ways if way.contact != contact and not {way.number, way.email} & own]
        return self._best_way(
            way
            for way in good
            if way.contact not in joined and (before is None or way.contact is None or way.contact != before.sent_to)
        )

    async def _joined(self, person: PersonId) -> dict[ContactId, Proof]:
        """Channels that a word still parts, the latest first, and what joined them. They prove nothing yet (T3)."""
        found: dict[ContactId, Proof] = {}
        for proof in await self._store.joined_since(person, self._now - PARTED_WITHIN):
            found.setdefault(proof.contact, proof)
        return found

    def _best_way(self, ways: Iterable[Way]) -> Way | None:
        good = [way for way in ways if self._way_is_open(way)]
        order = ("telegram", "whatsapp", "email", "sms")
        return min(good, key=lambda way: order.index(way.channel), default=None)

    def _way_is_open(self, way: Way) -> bool:
        return way.channel != "whatsapp" or (way.heard is not None and self._now - way.heard < WINDOW)

    async def _code_counted(self, contact: ContactId, to: Way) -> datetime | None:
        """None: it may go, and is counted. Asked twice, so that of all who are refused nobody waits for the lock."""
        keys = (f"code-to:{self._destination(to)}", f"code-by:{contact}")
        until = await self._next_code(keys)
        if until is None:
            await self._store.alone(CODES)
            until = await self._next_code(keys)
        if until is None:
            for key in (*keys, CODES):
                await self._store.add_try(key, self._now)
            await self._alarm_of_codes()
        return until

    async def _alarm_of_codes(self) -> None:
        """When as many went out within an hour as may: the next one waits. Once an hour while it lasts."""
        hour_ago = self._now - timedelta(hours=1)
        if await self._store.nth_try(CODES, hour_ago, self._rules.codes_overall) is None:
            return
        if not await self._store.tries(RAN_OUT, hour_ago + timedelta.resolution, 1):
            await self._store.add_try(RAN_OUT, self._now)
            self.events.append(CodesRanOut(self._rules.codes_overall))

    def _destination(self, to: Way) -> str:
        """One for a number, on whichever channel the code goes to it."""
        if to.number is not None:
            return self._store.keyed("phone", to.number)
        if to.email is not None:
            return self._store.keyed("email", to.email.casefold())
        return str(to.contact)

    async def _next_code(self, keys: Sequence[str]) -> datetime | None:
        day_ago, hour_ago = self._now - timedelta(days=1), self._now - timedelta(hours=1)
        own = [await self._store.tries(key, day_ago, self._rules.codes_a_day) for key in keys]
        overall = await self._store.nth_try(CODES, hour_ago, self._rules.codes_overall)
        return policy.next_code(own, overall, self._rules, self._now)

    async def _settle(self, proof: Proof, outcome: Outcome) -> None:
        await self._store.settle_proof(proof.id, outcome, self._now)
        self.events.append(ProofSettled(replace(proof, settled_at=self._now, outcome=outcome)))

    def _hidden(self, id: ProofId, code: str) -> str:
        return self._store.keyed("proof", f"{id}:{code}")

    def _code(self) -> str:
        """Digits out of a fresh id, which holds 80 bits of chance."""
        number = int.from_bytes(sha256(self._new_id().encode()).digest()) % 10**DIGITS
        return f"{number:0{DIGITS}}"


def _aimed(target: str) -> Way:
    """As they named it: it is counted, and shown, by that alone."""
    return Way("email", None, email=target) if "@" in target else Way("sms", None, number=target)
