"""STOP came from one of somebody's addresses: their other ones are told, as whoever forges a sender could silence them
(threat T21). Nothing but the confirmation goes to the address that stopped, and START from there undoes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from booking.model import ContactId, PersonId, WorkerId
from booking.ports import BookingStore
from conversations.text import Text, t
from handlers.channels.sms import RESTART
from handlers.effects import Notice, Recipient, ToContact, ToMail, ToWorker
from handlers.parts import Parts
from handlers.writing import takes_notices, window_open, write
from storage import contacts
from storage.contacts import ContactRow
from storage.db import Tx

CHATS: Final = {"whatsapp": "WhatsApp", "telegram": "Telegram"}


async def others_are_told(
    tx: Tx, parts: Parts, store: BookingStore, who: ContactRow, cause: str, now: datetime
) -> None:
    """`who` as it was before it stopped. Said again on an address that was silent already, it tells nobody anything."""
    if who.opted_out_at is None:
        to = await _others(tx, parts, store, who, now)
        await write(tx, parts, store, [Notice(each, "stopped", (_words(who),)) for each in to], f"{cause}:stop", now)


def _words(who: ContactRow) -> Text:
    """Which number, by its end alone: others may see the screen."""
    if who.channel in CHATS:
        return t("notice.stopped_chat", service=CHATS[who.channel], word=RESTART)
    return t("notice.stopped_number", ends=who.address[-2:], word=RESTART)


async def _others(tx: Tx, parts: Parts, store: BookingStore, who: ContactRow, now: datetime) -> Sequence[Recipient]:
    """A worker's next way; all of a person's that may be written to now, else their mail once it is confirmed."""
    if who.worker_id is not None:
        return [ToWorker(WorkerId(who.worker_id))]
    if who.person_id is None:
        return []
    theirs = [row for row in await contacts.of_person(tx, who.person_id) if row.id != who.id]
    open_ = [
        row for row in theirs if takes_notices(row, parts) and (row.channel != "whatsapp" or window_open(row, now))
    ]
    if open_:
        return [ToContact(ContactId(row.id)) for row in open_]
    person = await store.person(PersonId(who.person_id))
    by_mail = person is not None and person.email_confirmed and "email" in parts.channels
    return [ToMail(PersonId(who.person_id))] if by_mail else []
