"""An address that is taken from its contact, since it may be somebody else's by now (`booking.trust`).

    part(tx, who, now, new_id, lang, zone) -> row      a new contact, which knows nothing, has the address from now on
    of_heir(db, contact) -> ContactRow | None          whose address it was, while that may still be proven
    reunite(tx, old, heir, now) -> ContactRow          the address goes back, with all that was said meanwhile
    let_go(tx, old)                                    it does not belong to the old one any more, for good
    is_over(tx, old)                                   it need not be proven any more, and goes to nobody else

Whatever hangs on a contact stays with the old one, which is no way to anybody any more: account, talk, drafts, kept
hours, places on lists, tickets, news, messages that wait. So there is nothing that the new one could be shown, by this
or by any later code. The old one's address is kept behind a mark: found by nobody, and given back if it is proven.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from storage import contacts
from storage.contacts import ContactRow
from storage.db import Sql, Tx

MARK: Final = "parted:"


async def part(
    tx: Tx, who: ContactRow, now: datetime, new_id: Callable[[], str], lang: str, time_zone: str
) -> ContactRow:
    """Under the contact's lock. What has come in and was not read yet is read by the new one."""
    made = new_id()
    await _set_address(tx, who.id, who.channel, f"{MARK}{who.id}:{who.address}")
    await tx.execute(
        "UPDATE contact SET parted_at = ?, dead_at = ?, opted_out_at = NULL, heir_id = ? WHERE id = ?",
        now,
        now,
        made,
        who.id,
    )
    await tx.execute(
        "INSERT INTO contact (id, channel, address, address_index, lang, time_zone, turns, received, failures, "
        "opted_out_at, last_inbound_at, trusted_at, created_at) "
        "VALUES (?, ?, ?, ?, ?, ?, 0, 0, 0, ?, ?, ?, ?)",
        made,
        who.channel,
        tx.vault.seal("contact.address", made, who.address),
        tx.vault.index(f"address:{who.channel}", who.address),
        lang,
        time_zone,
        who.opted_out_at,  # a STOP is of the address
        who.last_inbound_at,
        now,
        now,
    )
    await _set_phone(tx, made, who.channel, who.address)
    await _hand_on(tx, who.id, made)
    await tx.execute(
        "UPDATE inbox SET contact_id = ? WHERE contact_id = ? AND status = 'new' AND kind = 'message'", made, who.id
    )
    return await contacts.lock(tx, made)


async def of_heir(db: Sql, contact: str) -> ContactRow | None:
    rows = await db.fetch("SELECT id FROM contact WHERE heir_id = ?", contact)
    return await contacts.get(db, rows[0]["id"]) if rows else None


async def now_at(db: Sql, old: ContactRow) -> str | None:
    """The contact that has the address of a parted one now."""
    return await contacts.find(db, old.channel, address_of(old))


def address_of(who: ContactRow) -> str:
    """As a provider knows it."""
    return who.address.removeprefix(f"{MARK}{who.id}:")


async def reunite(tx: Tx, old: str, heir: ContactRow, now: datetime) -> ContactRow:
    """Under the heir's lock. What it said and was told is the old one's from now on; the heir is nobody's, and
    goes with the next round of `storage.forgetting`: it has their address still, which nothing else would end."""
    before = await contacts.lock(tx, old)
    address = heir.address
    await _set_address(tx, heir.id, heir.channel, f"{MARK}{heir.id}:{address}")
    await _set_address(tx, old, heir.channel, address)
    await tx.execute(
        "UPDATE contact SET parted_at = NULL, dead_at = NULL, heir_id = NULL, failures = 0, trusted_at = ?, "
        "last_inbound_at = ?, opted_out_at = ? WHERE id = ?",
        now,
        heir.last_inbound_at,
        heir.opted_out_at,
        old,
    )
    await tx.execute(
        "UPDATE contact SET parted_at = ?, dead_at = ?, opted_out_at = NULL, forget_at = ? WHERE id = ?",
        now,
        now,
        now,
        heir.id,
    )
    await _hand_on(tx, heir.id, before.id)
    for table in ("inbox", "outbox"):
        await tx.execute(f"UPDATE {table} SET contact_id = ? WHERE contact_id = ?", before.id, heir.id)
    await tx.execute(
        "UPDATE ticket SET contact_id = ?, person_id = ? WHERE contact_id = ? AND kind NOT IN "
        "(SELECT t.kind FROM ticket t WHERE t.contact_id = ? AND t.status IN ('open', 'taken'))",
        before.id,
        before.person_id,
        heir.id,
        before.id,
    )
    found = await contacts.get(tx, before.id)
    assert found is not None, "it is locked"
    return found


async def is_over(tx: Tx, old: ContactRow) -> None:
    """Whoever has the address now has shown by another way that they are the same."""
    await tx.execute("UPDATE contact SET heir_id = NULL WHERE id = ?", old.id)


async def let_go(tx: Tx, old: ContactRow) -> None:
    """Whoever has the address now is somebody else, or proves in another way who they are. Their own number is not
    called any more.
    """
    await tx.execute("UPDATE contact SET heir_id = NULL, phone = NULL, phone_index = NULL WHERE id = ?", old.id)
    if old.person_id is not None and (address := address_of(old)).startswith("+"):
        await tx.execute(
            "UPDATE person SET phone = NULL, phone_index = NULL WHERE id = ? AND phone_index = ?",
            old.person_id,
            tx.vault.index("phone", address),
        )


async def _hand_on(tx: Tx, giver: str, taker: str) -> None:
    await tx.execute("UPDATE alias SET contact_id = ? WHERE contact_id = ?", taker, giver)


async def _set_address(tx: Tx, contact: str, channel: str, address: str) -> None:
    await tx.execute(
        "UPDATE contact SET address = ?, address_index = ? WHERE id = ?",
        tx.vault.seal("contact.address", contact, address),
        tx.vault.index(f"address:{channel}", address),
        contact,
    )
    await _set_phone(tx, contact, channel, address)


async def _set_phone(tx: Tx, contact: str, channel: str, address: str) -> None:
    """Where the channel proves a number, it goes with the address."""
    if channel not in {"sms", "whatsapp"}:
        return
    phone = address if address.startswith("+") else None
    await tx.execute(
        "UPDATE contact SET phone = ?, phone_index = ? WHERE id = ?",
        tx.vault.seal("contact.phone", contact, phone),
        tx.vault.index("phone", phone) if phone else None,
        contact,
    )
