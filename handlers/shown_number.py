"""A number that WhatsApp shows later: who began by a user id alone, and writes from the number now, can be texted and
called like everybody. A number that they proved by a code before stays.
"""

from __future__ import annotations

from booking import phones
from storage import contacts
from storage.contacts import ContactRow
from storage.db import Tx


async def shown(tx: Tx, who: ContactRow) -> ContactRow:
    """The contact, with its number and that number's clock where it had none."""
    if who.channel != "whatsapp" or who.phone is not None:
        return who
    number = await contacts.number_of(tx, who.id)
    if number is None:
        return who
    await contacts.set_phone(tx, who.id, number)
    if (mobile := phones.read(number)) is not None:
        await contacts.set_zone(tx, who.id, mobile.zone)
    return await contacts.get(tx, who.id) or who  # with a person's own clock, which goes before their number's
