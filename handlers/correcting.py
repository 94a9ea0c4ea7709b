"""Putting right what stands in an account, in the name of one actor: a part of `handlers.acting.Acting`. They themself
may, and the desk once it has asked who they are; each is noted by ids, and never what it was changed to (I11).
"""

from __future__ import annotations

from booking.authority import PersonDeed
from booking.model import ContactId, PersonId
from booking.profiles import LinkMailed, MailAnswer, NoLink, NumberAnswer
from handlers.acting_on_accounts import ActingOnAccounts
from storage import audit, looking, numbers


class Correcting(ActingOnAccounts):
    async def rename(self, person: PersonId, first: str, last: str) -> bool:
        if not await self._may_correct(person):
            return False
        done = await super().rename(person, first, last)
        if done:
            await self._corrected("correct name", person)
        return done

    async def change_email(self, person: PersonId, email: str, by: ContactId | None) -> MailAnswer:
        if not await self._may_correct(person):
            return NoLink("nobody")
        return await self._mailed("change address", person, await super().change_email(person, email, by))

    async def mail_again(self, person: PersonId, by: ContactId) -> MailAnswer:
        if not await self._may_correct(person):
            return NoLink("nobody")
        return await self._mailed("mail link", person, await super().mail_again(person, by))

    async def mail_password(self, person: PersonId, by: ContactId) -> MailAnswer:
        if not await self._may_correct(person):
            return NoLink("nobody")
        return await self._mailed("mail password link", person, await super().mail_password(person, by))

    async def change_phone(self, person: PersonId, contact: ContactId, number: str) -> NumberAnswer:
        if not await self._may_correct(person):
            return "nobody"
        before = await self._rows.person(person)
        others = [each for each in await looking.found(self._tx, phone=number) if each != person]
        if others or await numbers.is_a_workers(self._tx, number):
            return "taken"
        done = await super().change_phone(person, contact, number)
        if done == "changed" and before is not None:
            await numbers.change(self._tx, before, number, contact, self._at, self._new_id)
            await self._corrected("change number", person)
        return done

    async def set_language(self, person: PersonId, language: str) -> None:
        if await self._may_correct(person):
            await super().set_language(person, language)
            await self._corrected("correct language", person)

    async def _may_correct(self, person: PersonId) -> bool:
        return await self._about(PersonDeed.CORRECT, person, proven=self.vouched)

    async def _mailed(self, action: str, person: PersonId, done: MailAnswer) -> MailAnswer:
        if isinstance(done, LinkMailed):
            await self._corrected(action, person)
        return done

    async def _corrected(self, action: str, person: PersonId) -> None:
        await audit.add(self._tx, await self._noted(), action, f"person:{person}", self._at)
