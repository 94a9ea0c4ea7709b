"""Somebody is erased (regulation 2016/679, article 17): nothing of them is kept but a line of ids in a ledger, by which
no backup brings them back, and their past hours in the figures, as counts without a person.

    erase(parts, person, by) -> Erased | Held | Nobody     by an operator, on the person's word
    erase(…, closes=True)      their account is closed: who they were goes into the archive first (`closing.py`)
    look(parts) -> int                                     what is asked for, or was begun: a worker's loop

    asked -> begun -> done

`begun` is one transaction under the lock of all their addresses: what is to come is cancelled and its workers are told
(without a name and without a reason; their agendas, too), holds, offers and places on the waiting list go, every row of
theirs goes, and a last word is left for the address they used last. What no transaction can end follows, step by step,
until a look finds nothing more to do: `afterwards.py`. Whoever dies over it leaves the ledger's row open.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final, TypeAlias

import structlog

from booking.authority import DeskActor, PersonDeed, may_about
from booking.model import Appointment, ContactId, PersonId
from conversations.model import Reply
from conversations.text import Text, t, text_from_json, text_to_json
from handlers import content, provider_copies
from handlers.acting import Acting
from handlers.alone import one_by_one
from handlers.calendars.inviting import remembered
from handlers.effects import Alarm, ToPerson
from handlers.figures.gathered import folded
from handlers.following import follow
from handlers.parts import Parts
from handlers.privacy import afterwards
from handlers.writing import recipient, window_open, write
from storage import archives, audit, contacts, erasures, figures, holds, outbox, past_hours, periods, requests, silences
from storage.booking import RowStore
from storage.contacts import ContactRow
from storage.db import Tx
from storage.erasures import Erasure
from storage.outbox import OutboxRow
from storage.theirs import forget, gather

CLOCK: Final = "timer"  # who closes an account of which nobody was heard, as the audit trail calls it
OF_NOBODY: Final = "erased:"  # before the ledger's number: whose rows wait for their new address
# What a worker is told of an hour that goes, and what they are told instead when its person is erased.
NAMELESS: Final = {
    "notice.gone": t("notice.gone_alone"),
    "cancel.mail_worker": t("cancel.mail_worker_alone"),
}

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Erased:
    """`number`: in the ledger; `gone`: how many coming appointments were cancelled; `told`: whether a last word goes to
    them."""

    number: int
    gone: int
    told: bool


@dataclass(frozen=True, slots=True)
class Held:
    """A legal hold stands: nothing was erased."""


@dataclass(frozen=True, slots=True)
class Nobody:
    """There is no such person (any more), or no reason any more."""


Still: TypeAlias = Callable[[Tx], Awaitable[bool]]


async def erase(
    parts: Parts, person: str, by: str, *, closes: bool = False, still: Still | None = None
) -> Erased | Held | Nobody:
    """`by`: who of the desk does it, on the person's own word, as the audit trail names them. `still`: whether its
    reason stands, asked under the person's lock.
    """
    deed = PersonDeed.CLOSE if closes else PersonDeed.ERASE
    if not may_about(DeskActor(), deed, PersonId(person), proven=True):
        return Nobody()
    async with parts.db.transaction() as tx:
        await contacts.lock_person(tx, person)
        if await RowStore(tx, parts.directories).person(PersonId(person)) is None:
            return Nobody()
        if still is not None and not await still(tx):
            return Nobody()
        if await holds.holds(tx, person):
            return Held()
        asked = await erasures.ask(tx, person, by, parts.clock(), closes=closes)
    begun = await begin(parts, asked)
    await afterwards.look(parts)
    return begun


async def look(parts: Parts) -> int:
    """How many were begun."""

    async def see_to(each: Erasure) -> bool:
        return isinstance(await begin(parts, each), Erased)

    asked = [each for each in await erasures.open_(parts.db) if each.begun_at is None]
    count = await one_by_one("erasing", asked, see_to)
    await afterwards.look(parts)
    return count


async def begin(parts: Parts, asked: Erasure) -> Erased | Held | Nobody:
    """One transaction; of two who begin at once, one does it."""
    now, person = parts.clock(), asked.person
    async with parts.db.transaction() as tx:
        rows = await contacts.lock_person(tx, person)
        await contacts.hold_off(tx, [row.id for row in rows])
        asked = await erasures.get(tx, asked.id) or asked  # who was to be closed may want to be erased meanwhile
        store = RowStore(tx, parts.directories)
        if asked.begun_at is not None:  # by somebody else, just now; or it was withdrawn, and names nobody any more
            return Nobody()
        if await store.person(PersonId(person)) is None:
            await erasures.withdraw(tx, asked)
            return Nobody()
        if asked.asked_by == CLOCK and not await _still_silent(tx, person, now):
            await erasures.withdraw(tx, asked)
            return Nobody()
        if await holds.holds(tx, person):
            await _kept(tx, parts, store, asked, rows, now)
            return Held()
        work = Work(tx, parts, store, asked, now)
        # Of whom nobody has heard for years, the telephone may be somebody else's: they were told twice before.
        addressee = None if asked.asked_by == CLOCK else await work.addressee(rows)
        gone = await work.cancelled()
        letters = await work.set_aside([row.id for row in rows])
        if asked.closes:
            await archives.keep(tx, person, asked.asked_by, parts.zone, now)
        theirs = await gather(tx, person)
        await work.counted()
        await provider_copies.all_of(tx, rows, theirs.appointments, now, asked.id)
        await forget(tx, theirs)
        byes = await work.parted(addressee, letters)
        await erasures.begun(tx, asked.id, theirs, byes, now)
        deed = PersonDeed.CLOSE if asked.closes else PersonDeed.ERASE
        await audit.add(tx, asked.asked_by, deed, f"person:{person}", now)
        for topic in ("waiting", "outbox", "documents", "copies"):
            tx.after_commit(partial(parts.bell.ring, topic))
    log.info("closed" if asked.closes else "erased", number=asked.id)
    return Erased(asked.id, len(gone), addressee is not None)


async def _kept(
    tx: Tx, parts: Parts, store: RowStore, asked: Erasure, rows: Sequence[ContactRow], now: datetime
) -> None:
    """A dispute began since they asked, or since it was asked after their death: the desk tells them."""
    await erasures.withdraw(tx, asked)
    await requests.not_erased(tx, asked.person)
    told = [Alarm("desk_privacy", ContactId(row.id)) for row in rows[:1]]
    await write(tx, parts, store, told, f"{OF_NOBODY}{asked.id}:held", now)
    refused = "close account refused" if asked.closes else "erase refused"
    await audit.add(tx, asked.asked_by, refused, f"person:{asked.person}", now)


@dataclass(frozen=True, slots=True)
class Work:
    """The steps of one erasing, in its transaction."""

    tx: Tx
    parts: Parts
    store: RowStore
    asked: Erasure
    now: datetime

    @property
    def cause(self) -> str:
        return f"{OF_NOBODY}{self.asked.id}"

    async def addressee(self, theirs: list[ContactRow]) -> ContactRow | None:
        """Who is told that it is done; nobody, where nothing may be written: they stopped us, or WhatsApp is shut."""
        found = await recipient(self.tx, self.parts, self.store, ToPerson(PersonId(self.asked.person)), self.now)
        row = next((each for each in theirs if each.id == found), None)
        if row is None or row.opted_out_at is not None or row.channel not in self.parts.channels:
            return None
        return row if row.channel != "whatsapp" or window_open(row, self.now) else None

    async def cancelled(self) -> list[Appointment]:
        """Their workers are told, and agendas: in rows that name nobody, and that outlive the appointments."""
        core = Acting(
            self.tx,
            self.store,
            self.parts.rules,
            self.now,
            self.parts.new_id,
            actor=DeskActor(),
            called=self.asked.asked_by,
        )
        gone = list(await core.end_with_account(PersonId(self.asked.person)))
        await follow(self.tx, self.parts, self.store, core, self.cause, self.now)
        by_id = {each.id: each for each in gone}
        for row in await outbox.by_cause(self.tx, self.cause):
            assert row.content is not None
            await outbox.rewrite(self.tx, row, _nameless(row.content, by_id))
        return gone

    async def set_aside(self, theirs: list[str]) -> list[tuple[OutboxRow, ContactRow]]:
        """What goes to themselves, to take an hour out of their own agenda: it is nobody's until they are."""
        letters = []
        for row in await outbox.by_cause(self.tx, self.cause):
            contact = await contacts.get(self.tx, row.contact_id) if row.contact_id in theirs else None
            if contact is not None:
                await outbox.rewrite(self.tx, row, row.content or {}, self.cause)
                letters.append((row, contact))
        return letters

    async def counted(self) -> None:
        hours = await figures.hours_of(self.tx, self.asked.person)
        for each in folded(hours, self.parts.zone):
            await past_hours.add(self.tx, each)

    async def parted(
        self, row: ContactRow | None, letters: list[tuple[OutboxRow, ContactRow]]
    ) -> list[tuple[str, str]]:
        """The last words, at addresses that know nothing of them; these go when it has left, unless they write."""
        byes = []
        for letter, to in letters:
            byes.append((await self.stranger(to), to.id))
            await outbox.rewrite(self.tx, letter, letter.content or {}, byes[-1][0])
        if row is not None:
            byes.append((await self.stranger(row), row.id))
            theirs = (t("erased.telegram"),) if row.channel == "telegram" else ()
            said = content.to_json(Reply((t("closed.done") if self.asked.closes else t("erased.done"), *theirs)))
            out = outbox.Outgoing(f"{self.cause}:bye", byes[-1][0], "answer", said, self.now, answer=True)
            await outbox.add(self.tx, out, self.now)
        return list(dict.fromkeys(byes))

    async def stranger(self, row: ContactRow) -> str:
        tx = self.tx
        made = await contacts.make(
            tx, row.channel, row.address, self.now, self.parts.new_id, row.lang, str(self.parts.zone)
        )
        if row.last_inbound_at is not None:
            await tx.execute("UPDATE contact SET last_inbound_at = ? WHERE id = ?", row.last_inbound_at, made)
        return made


async def _still_silent(tx: Tx, person: str, now: datetime) -> bool:
    """Whoever has written meanwhile keeps their account."""
    heard = await silences.last_contact(tx, person)
    return (heard is None or periods.SILENT.after(heard) <= now) and not await silences.unread(tx, person)


def _nameless(written: dict[str, Any], gone: dict[Any, Appointment]) -> dict[str, Any]:
    """A worker's notice: when and how, nothing of whom."""
    said = [text_from_json(each) for each in written["texts"]]
    texts = [Text(NAMELESS[each.msgid].msgid, _when(each)) for each in said if each.msgid in NAMELESS]
    out = {**written, "texts": [text_to_json(text) for text in texts or said]}
    asked = written.get("calendar")
    if asked is not None and asked["appointment"] in gone:
        out["calendar"] = {**asked, "was": remembered(gone[asked["appointment"]])}
    return out


def _when(text: Text) -> dict[str, Any]:
    return {name: text.args[name] for name in ("start", "mode") if name in text.args}
