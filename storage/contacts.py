"""Contacts: an address on a channel, who is behind it, and the lock that gives a turn its contact alone.

make(tx, channel, address, now, new_id, lang, time_zone, alias) -> id    find it, or make it
lock(tx, contact) -> ContactRow                    the first statement of a turn; then the person's row, if one is known
lock_person(tx, person) -> rows                    all addresses of a person, then the person
lease_waiting(db, owner, now, until, limit) -> ids contacts with unread inbox rows; keeps idle workers from queueing
release(db, contact, owner, served); postpone(db, contact, until)    until: a back-off after a failed row
get, get_many, of_person, of_worker, number_of, first_wrote, find    read
link_person, link_worker, trust, set_phone, set_language, opt_out, opt_in, forget_at, inbound, dead, alive    write
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from storage.db import Sql, Tx, claim
from storage.sql import Row, marks

# A person lives by one clock, whichever of their addresses is written to.
_COLUMNS = (
    "id, channel, address, phone, lang, COALESCE((SELECT p.time_zone FROM person p WHERE p.id = contact.person_id), "
    "contact.time_zone) AS time_zone, person_id, worker_id, turns, received, failures, "
    "opted_out_at, dead_at, last_inbound_at, trusted_at, parted_at, heir_id, forget_at, "
    "COALESCE((SELECT p.changed_at FROM person p WHERE p.id = contact.person_id), "
    "(SELECT w.changed_at FROM worker w WHERE w.id = contact.worker_id)) AS changed_at, "
    "(SELECT p.discreet FROM person p WHERE p.id = contact.person_id) AS discreet, "
    "EXISTS (SELECT 1 FROM contact o WHERE o.heir_id = contact.id) AS claims, created_at"
)


@dataclass(frozen=True, slots=True)
class ContactRow:
    """A contact, opened. `time_zone` is its person's, where it has one. `received` counts its messages. `trusted_at`,
    `changed_at`: see `booking.trust`; `parted_at`, `heir_id`: see `storage.parting`.
    """

    id: str
    channel: str
    address: str
    phone: str | None
    lang: str
    time_zone: str
    person_id: str | None
    worker_id: str | None
    turns: int
    received: int
    failures: int
    opted_out_at: datetime | None
    dead_at: datetime | None
    last_inbound_at: datetime | None
    forget_at: datetime | None
    trusted_at: datetime | None
    parted_at: datetime | None
    heir_id: str | None
    changed_at: datetime | None
    discreet: bool  # nothing of its person's shows unasked
    claims: bool  # its address was another contact's, which it may prove to be
    created_at: datetime


# Of contact `o` and its worker `w`; a number that was replaced is parted at the instant of the change.
DISOWNED = (
    "FROM contact o JOIN worker w ON w.id = o.worker_id "
    "WHERE o.parted_at IS NOT NULL AND (w.changed_at IS NULL OR o.parted_at > w.changed_at)"
)


async def find(db: Sql, channel: str, address: str, person: str | None = None) -> str | None:
    """By its address, else by another address of the same person on this channel (see `Alias`). `person`: see
    `mailbox`."""
    index = _address_index(db, channel, address, person)
    rows = await db.fetch(
        "SELECT id, 1 AS nearness FROM contact WHERE channel = ? AND address_index = ? UNION ALL "
        "SELECT contact_id AS id, 2 AS nearness FROM alias WHERE channel = ? AND address_index = ? ORDER BY nearness",
        channel,
        index,
        channel,
        index,
    )
    return rows[0]["id"] if rows else None


async def make(
    tx: Tx,
    channel: str,
    address: str,
    now: datetime,
    new_id: Callable[[], str],
    lang: str,
    time_zone: str,
    alias: str | None = None,
) -> str:
    """The contact of an address, or of its `alias`; both lead to it from then on.

    Does not touch one that is there: a turn may hold its row, and a webhook must not wait.
    """
    found = await find(tx, channel, address)
    same = await find(tx, channel, alias) if alias else None
    if found is None and same is not None:
        await _also(tx, same, channel, address, new_id)
        return same
    contact = found or await _made(tx, channel, address, now, new_id, lang, time_zone)
    if alias and same is None:
        await _also(tx, contact, channel, alias, new_id)
    return contact


async def mailbox(
    tx: Tx, person: str, address: str, now: datetime, new_id: Callable[[], str], lang: str, time_zone: str
) -> str:
    """Where a person's mail goes, as a contact of theirs alone: a family may have one mailbox, and anyone may give a
    worker's or the desk's as theirs. What went there to another is not given out, kept or erased with them.

    Older ones were found by the address alone, and were of whoever was written to last.
    """
    older = await get(tx, found) if (found := await find(tx, "email", address)) else None
    if older is not None and older.person_id == person:
        if older.worker_id is None:
            index = _address_index(tx, "email", address, person)
            await tx.execute("UPDATE contact SET address_index = ? WHERE id = ?", index, older.id)
        else:
            await link_person(tx, older.id, None)
    own = await find(tx, "email", address, person)
    if own is None:
        own = await _made(tx, "email", address, now, new_id, lang, time_zone, person)
        await link_person(tx, own, person)
    await set_language(tx, own, lang)
    return own


async def _also(tx: Tx, contact: str, channel: str, address: str, new_id: Callable[[], str]) -> None:
    alias = new_id()
    await tx.execute(
        "INSERT INTO alias (id, channel, address, address_index, contact_id) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (channel, address_index) DO NOTHING",
        alias,
        channel,
        tx.vault.seal("alias.address", alias, address),
        _address_index(tx, channel, address),
        contact,
    )


async def _made(
    tx: Tx,
    channel: str,
    address: str,
    now: datetime,
    new_id: Callable[[], str],
    lang: str,
    time_zone: str,
    person: str | None = None,
) -> str:
    contact = new_id()
    phone = address if channel in {"sms", "whatsapp"} and address.startswith("+") else None  # the channel proves it
    made = await tx.fetch(
        "INSERT INTO contact (id, channel, address, address_index, phone, phone_index, lang, time_zone, worker_id, "
        "turns, received, failures, created_at) "
        f"VALUES (?, ?, ?, ?, ?, ?, ?, ?, {_WORKER_OF_PHONE}, 0, 0, 0, ?) "
        "ON CONFLICT (channel, address_index) DO NOTHING RETURNING id",
        contact,
        channel,
        tx.vault.seal("contact.address", contact, address),
        _address_index(tx, channel, address, person),
        tx.vault.seal("contact.phone", contact, phone),
        tx.vault.index("phone", phone) if phone else None,
        lang,
        time_zone,
        tx.vault.index("phone", address) if channel == "sms" else None,
        now,
    )
    if made:
        return contact
    other = await find(tx, channel, address, person)  # made by another webhook between our two statements
    if other is None:
        raise LookupError("a contact vanished while it was made")
    return other


# A worker's own number, as the directory gives it, is theirs by SMS. Other channels are joined by a link (threat T5).
# A number
# that two workers share is nobody's.
_WORKER_OF_PHONE = "(SELECT CASE WHEN count(*) = 1 THEN max(id) END FROM worker WHERE phone_index = ?)"


# ------------------------------------------------------------ a turn's lock


async def lock(tx: Tx, contact: str) -> ContactRow:
    """Waits for the turn that holds this contact, then holds it until the transaction ends. Always the contact, then
    the person.

    PostgreSQL locks the row; on SQLite the transaction has had the database's only write lock since it began.
    """
    rows = await tx.fetch(f"UPDATE contact SET turns = turns + 1 WHERE id = ? RETURNING {_COLUMNS}", contact)
    if not rows:
        raise LookupError(f"no contact {contact}")
    row = _open(tx, rows[0])
    if row.person_id:
        await tx.execute("UPDATE person SET turns = turns + 1 WHERE id = ?", row.person_id)
    return row


async def lock_person(tx: Tx, person: str) -> list[ContactRow]:
    """All addresses of a person, and then the person: no turn of theirs runs until the transaction ends. Always in the
    order of their ids, so that two who want all of them wait for each other in no ring.
    """
    rows = await tx.fetch("SELECT id FROM contact WHERE person_id = ? ORDER BY id", person)
    for row in rows:
        await tx.execute("UPDATE contact SET turns = turns + 1 WHERE id = ?", row["id"])
    await tx.execute("UPDATE person SET turns = turns + 1 WHERE id = ?", person)
    return await of_person(tx, person)


async def lease_waiting(
    db: Sql, owner: str, now: datetime, until: datetime, limit: int, channels: Sequence[str] | None = None
) -> list[str]:
    """Contacts with unread inbox rows that no worker has leased, the longest waiting first: since their oldest row
    came, or since they were served last, if not all was taken. So a flood's turn comes after all others' (threat T28).

    `channels`: only of these; the others' messages could not be read here.
    """
    only = "" if channels is None else f" AND channel IN ({marks(len(channels))})"
    if channels is not None and not channels:
        return []
    first = "FROM inbox i WHERE i.contact_id = contact.id AND i.status = 'new' ORDER BY i.id LIMIT 1"
    oldest, came = f"(SELECT i.id {first})", f"(SELECT i.received_at {first})"
    since = f"CASE WHEN lease_ends_at > {came} THEN lease_ends_at ELSE {came} END"
    rows = await claim(
        db,
        "contact",
        set_to="lease_owner = ?, lease_ends_at = ?",
        where="id IN (SELECT contact_id FROM inbox WHERE status = 'new') "
        f"AND (lease_ends_at IS NULL OR lease_ends_at <= ?){only}",
        order=f"{since}, {oldest}",
        limit=limit,
        args=(owner, until, now, *(channels or ())),
        returning=f"id, {oldest} AS oldest",
    )
    return [row["id"] for row in sorted(rows, key=lambda row: row["oldest"] or 0)]


async def release(db: Sql, contact: str, owner: str, served: datetime | None = None) -> None:
    """`served`: not all was taken, and they wait since then."""
    await db.execute(
        "UPDATE contact SET lease_owner = NULL, lease_ends_at = ? WHERE id = ? AND lease_owner = ?",
        served,
        contact,
        owner,
    )


async def postpone(db: Sql, contact: str, until: datetime) -> None:
    """Nobody looks at this contact's inbox before `until`: its next row has just failed."""
    await db.execute("UPDATE contact SET lease_owner = NULL, lease_ends_at = ? WHERE id = ?", until, contact)


async def pin(tx: Tx, contact: str) -> bool:
    """It stays until the transaction ends: whoever deletes it waits, no turn does. False: it has just gone. On SQLite
    there is one writer."""
    if tx.dialect == "postgres":
        return bool(await tx.fetch("SELECT id FROM contact WHERE id = ? FOR KEY SHARE", contact))
    return True


async def pinned(tx: Tx, contact: str) -> ContactRow | None:
    """To be deleted: nothing comes in by it until the transaction ends (see `pin`), and no turn runs."""
    await hold_off(tx, [contact])
    return await get(tx, contact)


async def hold_off(tx: Tx, ids: Sequence[str]) -> None:
    """What is coming in by these addresses has come when this returns, and nothing else does before the end."""
    if tx.dialect == "postgres" and ids:
        await tx.fetch(f"SELECT id FROM contact WHERE id IN ({marks(len(ids))}) ORDER BY id FOR UPDATE", *ids)


async def end(tx: Tx, contact: str) -> None:
    """An address that is nobody's, and all that was said there. Under `pinned`."""
    for table in ("outbox", "inbox", "timer", "conversation", "alias"):
        await tx.execute(f"DELETE FROM {table} WHERE contact_id = ?", contact)
    await tx.execute("DELETE FROM contact WHERE id = ?", contact)


# ------------------------------------------------------------ reading


async def get(db: Sql, contact: str) -> ContactRow | None:
    found = await get_many(db, [contact])
    return found.get(contact)


async def get_many(db: Sql, contacts: Sequence[str]) -> dict[str, ContactRow]:
    if not contacts:
        return {}
    rows = await db.fetch(f"SELECT {_COLUMNS} FROM contact WHERE id IN ({marks(len(contacts))})", *contacts)
    return {row["id"]: _open(db, row) for row in rows}


async def of_person(db: Sql, person: str) -> list[ContactRow]:
    """The person's addresses, the one that was used last first; last what was taken from them."""
    return await _where(db, "person_id = ?", person)


async def of_worker(db: Sql, worker: str) -> list[ContactRow]:
    return await _where(db, "worker_id = ?", worker)


async def of_phone(db: Sql, phone: str) -> list[ContactRow]:
    """Every address for which this number (E.164) was proven, on any channel."""
    return await _where(db, "phone_index = ?", db.vault.index("phone", phone))


async def disowned(db: Sql, worker: str, channel: str) -> bool:
    """Whether this worker's address there was taken from them since the directory named it: whoever has it said that
    they are somebody else, or has not shown to be the worker."""
    return bool(await db.fetch(f"SELECT 1 AS one {DISOWNED} AND o.worker_id = ? AND o.channel = ?", worker, channel))


async def first_wrote(db: Sql, contact: str) -> datetime | None:
    """Since when we know an address that has written more than once: what it writes now is not its first word (T1)."""
    rows = await db.fetch("SELECT created_at FROM contact WHERE id = ? AND received > 1", contact)
    return rows[0]["created_at"] if rows else None


async def number_of(db: Sql, contact: str) -> str | None:
    """The number among a contact's other addresses, the latest: WhatsApp may show one after messages without."""
    rows = await db.fetch("SELECT id, address FROM alias WHERE contact_id = ? ORDER BY id DESC", contact)
    found = (db.vault.read("alias.address", row["id"], row["address"]) for row in rows)
    return next((address for address in found if address.startswith("+")), None)


# ------------------------------------------------------------ writing


async def link_person(tx: Sql, contact: str, person: str | None) -> None:
    """What a stranger gave up or refused there, before it was an account's, ends no account."""
    anew = ", forget_at = NULL" if person is not None else ""
    await tx.execute(f"UPDATE contact SET person_id = ?{anew} WHERE id = ?", person, contact)
    if person is not None:
        await _said_for_others(tx, contact, person)


async def _said_for_others(tx: Sql, contact: str, person: str) -> None:
    """While it was nobody's, what could not be said on somebody's WhatsApp was said there (`handlers/unjoined.py`): it
    is with that address from now on. What is still on its way settles where it is.
    """
    rows = await tx.fetch(
        "SELECT id, key FROM outbox WHERE contact_id = ? AND key LIKE '%>%' "
        "AND status NOT IN ('queued', 'sending', 'unknown')",
        contact,
    )
    for row in rows:
        whose = await tx.fetch(
            "SELECT o.contact_id FROM outbox o JOIN contact c ON c.id = o.contact_id "
            "WHERE o.key = ? AND c.person_id <> ?",
            row["key"].partition(">")[0],
            person,
        )
        for origin in whose:
            await tx.execute("UPDATE outbox SET contact_id = ? WHERE id = ?", origin["contact_id"], row["id"])


async def link_worker(tx: Tx, contact: str, worker: str | None) -> None:
    await tx.execute("UPDATE contact SET worker_id = ? WHERE id = ?", worker, contact)


async def trust(tx: Sql, contact: str, at: datetime) -> None:
    """It is known whose this is: whoever writes there proved it, or nobody doubts it (`booking.trust`)."""
    await tx.execute("UPDATE contact SET trusted_at = ? WHERE id = ?", at, contact)


async def set_phone(tx: Tx, contact: str, phone: str) -> None:
    """A number that the channel vouches for (Telegram's contact button) or that a code proved."""
    await tx.execute(
        "UPDATE contact SET phone = ?, phone_index = ? WHERE id = ?",
        tx.vault.seal("contact.phone", contact, phone),
        tx.vault.index("phone", phone),
        contact,
    )


async def set_language(tx: Tx, contact: str, lang: str) -> None:
    await tx.execute("UPDATE contact SET lang = ? WHERE id = ?", lang, contact)


async def set_zone(tx: Tx, contact: str, time_zone: str) -> None:
    await tx.execute("UPDATE contact SET time_zone = ? WHERE id = ?", time_zone, contact)


async def opt_out(db: Sql, contact: str, now: datetime) -> None:
    await db.execute("UPDATE contact SET opted_out_at = COALESCE(opted_out_at, ?) WHERE id = ?", now, contact)


async def opt_in(db: Sql, contact: str) -> None:
    await db.execute("UPDATE contact SET opted_out_at = NULL WHERE id = ?", contact)


async def forget_at(tx: Tx, contact: str, at: datetime | None) -> None:
    """When nothing of them is kept any more (`storage/forgetting.py`); None: they are here after all."""
    await tx.execute("UPDATE contact SET forget_at = ? WHERE id = ?", at, contact)


async def inbound(tx: Tx, contact: str, at: datetime, trusted: datetime | None = None) -> None:
    """They wrote: the address lives, WhatsApp's window is open for 24 hours from then. `trusted`: it is known now whose
    it is.
    """
    await tx.execute(
        "UPDATE contact SET received = received + 1, failures = 0, dead_at = NULL, "
        "last_inbound_at = CASE WHEN last_inbound_at > ? THEN last_inbound_at ELSE ? END, "
        "trusted_at = COALESCE(?, trusted_at) WHERE id = ?",
        at,
        at,
        trusted,
        contact,
    )


async def close_window(db: Sql, contact: str, told: datetime, at: datetime) -> None:
    """WhatsApp says that their last message is longer ago than we believe: it was before `at`. What they wrote after
    `told`, when the message was meant that WhatsApp refused, opens the window all the same.
    """
    await db.execute(
        "UPDATE contact SET last_inbound_at = ? WHERE id = ? AND last_inbound_at > ? AND last_inbound_at <= ?",
        at,
        contact,
        at,
        told,
    )


async def failed(db: Sql, contact: str, now: datetime, *, dead: bool, hard_failures: int = 3) -> None:
    """A message could not reach them.

    Dead at once where the provider says so, else after so many in a row (threat T4).
    """
    await db.execute(
        "UPDATE contact SET failures = failures + 1, "
        "dead_at = CASE WHEN dead_at IS NULL AND failures + 1 >= ? THEN ? ELSE dead_at END WHERE id = ?",
        0 if dead else hard_failures,
        now,
        contact,
    )


async def reached(db: Sql, contact: str) -> None:
    """A message was delivered: earlier failures no longer count."""
    await db.execute("UPDATE contact SET failures = 0 WHERE id = ? AND failures > 0", contact)


# ------------------------------------------------------------


def _address_index(db: Sql, channel: str, address: str, person: str | None = None) -> bytes:
    """As `rotation` makes it anew."""
    return db.vault.index(f"address:{channel}" if person is None else f"address:{channel}:{person}", address)


async def _where(db: Sql, where: str, value: str | bytes) -> list[ContactRow]:
    order = (
        "CASE WHEN parted_at IS NULL THEN 0 ELSE 1 END, CASE WHEN last_inbound_at IS NULL THEN 1 ELSE 0 END, "
        "last_inbound_at DESC, id"
    )
    rows = await db.fetch(f"SELECT {_COLUMNS} FROM contact WHERE {where} ORDER BY {order}", value)
    return [_open(db, row) for row in rows]


def _open(db: Sql, row: Row) -> ContactRow:
    row["address"] = db.vault.read("contact.address", row["id"], row["address"])
    row["phone"] = db.vault.read_if("contact.phone", row["id"], row["phone"])
    row["claims"], row["discreet"] = bool(row["claims"]), bool(row["discreet"])
    return ContactRow(**row)
