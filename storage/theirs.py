"""All that is one person's, by ids, and its end: the rows, and what hangs on them without naming anybody.

theirs = await gather(tx, person)           under the person's lock
await forget_matter(tx, person)             why they came; who they are stays
await forget(tx, theirs); await forget_late(tx, theirs)     what came in the meantime
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from string import Formatter
from typing import Any, Final

from storage import contacts, conversations, inbox, outbox, parting
from storage.db import Sql, Tx
from storage.sql import marks
from storage.whose import WHOSE

MATTER: Final = ("call", "message", "report", "conversation", "appointment")
PIECE: Final = 500  # ids in one statement


@dataclass(frozen=True, slots=True)
class Theirs:
    """Ids; `person` is empty of an address that is nobody's. `batches`: of documents that were handed over; `copies`:
    that they asked for; `workers`: whose talks and messages may name them; `records`: of reports and decisions, with
    their kinds, as tickets are about them; `mailed`: links that prove an address; `former`: addresses by which they
    once did something, and which are somebody else's now, or to which we wrote in their place."""

    person: str
    contacts: tuple[str, ...] = ()
    appointments: tuple[str, ...] = ()
    series: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    batches: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    workers: tuple[str, ...] = ()
    records: tuple[str, ...] = ()
    mailed: tuple[str, ...] = ()
    former: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {each.name: getattr(self, each.name) for each in fields(self)}

    @classmethod
    def from_json(cls, person: str, data: Mapping[str, Any]) -> Theirs:
        """What an older line of the ledger lacks is empty."""
        known = {each.name for each in fields(cls)} - {"person"}
        return cls(person, **{name: tuple(data[name]) for name in known & data.keys()})

    def with_(self, others: Theirs) -> Theirs:
        """What is in either; of one person."""
        names = [each.name for each in fields(self) if each.name != "person"]
        both = {name: tuple(dict.fromkeys([*getattr(self, name), *getattr(others, name)])) for name in names}
        return Theirs(self.person, **both)

    @property
    def all(self) -> tuple[str, ...]:
        """Each id that a link or a counter may lead to."""
        ids = (self.person, *self.contacts, *self.appointments, *self.series, *self.documents, *self.batches)
        return tuple(dict.fromkeys(id for id in (*ids, *self.mailed, *self.copies) if id))

    @property
    def lists(self) -> dict[str, tuple[str, ...]]:
        """As `whose.WHOSE` names them."""
        return {
            "people": (self.person,),
            "contacts": self.contacts,
            "appointments": self.appointments,
            "series": self.series,
            "subjects": (*self.records, *(f"appointment:{id}" for id in self.appointments)),
            "owners": (f"p:{self.person}", *(f"c:{id}" for id in self.contacts)),
        }


async def gather(tx: Tx, person: str, also: Sequence[str] = ()) -> Theirs:
    """`also`: contacts that were theirs, whether they still are or not."""

    async def ids(sql: str) -> list[str]:
        return [row["id"] for row in await tx.fetch(f"{sql} WHERE person_id = ?", person) if row["id"] is not None]

    series = await ids("SELECT DISTINCT series AS id FROM appointment")
    records = [f"{kind}:{id}" for kind in ("report", "decision") for id in await ids(f"SELECT id FROM {kind}")]
    workers = [
        id
        for table in ("appointment", "message", "report", "refusal")
        for id in await ids(f"SELECT DISTINCT worker_id AS id FROM {table}")
    ]
    mine = dict.fromkeys([*await ids("SELECT id FROM contact"), *also])
    used = [
        id for table in ("consent", "document") for id in await ids(f"SELECT DISTINCT contact_id AS id FROM {table}")
    ]
    used += [*await _heirs(tx, list(mine)), *await _unjoined(tx, person, list(mine))]
    return Theirs(
        person,
        contacts=tuple(mine),
        appointments=tuple(await ids("SELECT id FROM appointment")),
        series=tuple(series),
        documents=tuple(await ids("SELECT id FROM document")),
        batches=tuple(await ids("SELECT DISTINCT batch AS id FROM document")),
        copies=tuple(await ids("SELECT id FROM data_copy")),
        workers=tuple(dict.fromkeys(workers)),
        records=tuple(records),
        mailed=tuple(await ids("SELECT id FROM email_proof")),
        former=tuple(id for id in dict.fromkeys(used) if id not in mine),
    )


async def _heirs(tx: Tx, mine: Sequence[str]) -> list[str]:
    """Who has the addresses that were taken from theirs: somebody else, or they themself, who have not proven it."""
    parted = [row for row in (await contacts.get_many(tx, mine)).values() if row.parted_at is not None]
    return [id for id in [await parting.now_at(tx, row) for row in parted] if id is not None]


async def _unjoined(tx: Tx, person: str, mine: Sequence[str]) -> list[str]:
    """Of nobody: their number's SMS, where went what WhatsApp shut out (`handlers/unjoined.py`), or a code."""
    rows = await tx.fetch(
        "SELECT id FROM contact WHERE channel = 'sms' AND person_id IS NULL AND worker_id IS NULL AND (phone_index IN "
        "(SELECT phone_index FROM person WHERE id = ? UNION ALL "
        f"SELECT phone_index FROM contact WHERE id IN ({_in(mine)})) "
        "OR id IN (SELECT sent_to FROM proof WHERE person_id = ?)) ORDER BY id",
        person,
        *mine,
        person,
    )
    return [row["id"] for row in rows]


async def forget(tx: Tx, theirs: Theirs) -> int:
    """Every row of theirs. Files, and what workers were told of them, are others' to see to. How many rows."""
    count = await forget_rows(tx, theirs)
    await _forget_answers(tx, theirs)
    return count


async def forget_late(tx: Tx, theirs: Theirs) -> None:
    """What came when their rows had gone. A dispute that began since is about what the archive keeps: it stands."""
    await forget_rows(tx, theirs, {"legal_hold"})
    await _forget_answers(tx, theirs)


async def forget_rows(tx: Tx, theirs: Theirs, stays: Collection[str] = ()) -> int:
    """All but those of the tables `stays`.

    What lies at a provider is still to be deleted there: those rows stay until it is, of nobody and for no document.
    """
    await tx.execute(
        "UPDATE media SET contact_id = 'erased', document_id = NULL, status = 'here', attempts = 0, told_at = NULL "
        f"WHERE ref IS NOT NULL AND contact_id IN ({_in(theirs.contacts)})",
        *theirs.contacts,
    )
    await _forget_claims(tx, theirs.person)
    await _forget_counted(tx, theirs)
    count = 0
    for table, condition in WHOSE.items():
        if table in stays:
            continue
        where, values = filled(condition, theirs.lists)
        count += await tx.execute(f"DELETE FROM {table} WHERE {where}", *values)
    for ids in _pieces(theirs.all):
        await tx.execute(f"DELETE FROM token WHERE object IN ({marks(len(ids))})", *ids)
    for id in theirs.contacts:  # of a page to send papers by: it holds for a contact and some days
        await tx.execute("DELETE FROM token WHERE purpose = 'upload' AND object LIKE ?", f"{id}.%")
    return count


async def _forget_claims(tx: Tx, person: str) -> None:
    """Whoever claims an address of theirs waits for a human all the same; nothing there says whose it was."""
    about = f"person:{person}"
    entries = "ticket_id IN (SELECT t.id FROM ticket t WHERE t.subject = ?)"
    await tx.execute(f"UPDATE ticket_entry SET words = NULL WHERE {entries}", about)
    await tx.execute(f"UPDATE ticket_entry SET detail = NULL WHERE detail = ? AND {entries}", about, about)
    await tx.execute("UPDATE ticket SET subject = NULL WHERE subject = ?", about)


async def forget_matter(tx: Tx, person: str) -> None:
    """Why they came, and what was said: not who they are. Files go by their own clock."""
    theirs = await gather(tx, person)
    for table in MATTER:
        where, values = filled(WHOSE[table], theirs.lists)
        await tx.execute(f"DELETE FROM {table} WHERE {where}", *values)


async def _forget_answers(tx: Tx, theirs: Theirs) -> None:
    """What callers of the API were answered of them within a day; asked again, they hear that it is gone."""
    names = [id.encode() for id in (theirs.person, *theirs.appointments)]
    for row in await tx.fetch("SELECT id, body FROM api_answer WHERE body IS NOT NULL"):
        if any(name in tx.vault.unseal("api_answer.body", row["id"], row["body"]) for name in names):
            await tx.execute("UPDATE api_answer SET status = 410, body = NULL WHERE id = ?", row["id"])


async def others(db: Sql, theirs: Theirs) -> list[str]:
    """Addresses that are not theirs, and whose talks may name them: their workers', and those that they once had."""
    workers, former = _in(theirs.workers), _in(theirs.former)
    rows = await db.fetch(
        f"SELECT id FROM contact WHERE worker_id IN ({workers}) OR id IN ({former}) ORDER BY id",
        *theirs.workers,
        *theirs.former,
    )
    return [row["id"] for row in rows]


async def named_until(db: Sql, theirs: Theirs, contact: str, until: datetime) -> datetime:
    """Until when what was said at somebody else's address may name them: of one that they once had, until it led to
    another account, which nothing of theirs came to. What that person wrote since, and was told, is their own.
    """
    row = await contacts.get(db, contact)
    if row is None or row.worker_id is not None or row.person_id in {None, theirs.person}:
        return until
    talks = [f"talk:{id}" for id in theirs.contacts]
    rows = await db.fetch(
        "SELECT min(given_at) AS since_at, 1 AS way FROM consent WHERE contact_id = ? AND person_id = ? UNION ALL "
        "SELECT max(done_at) AS since_at, 2 AS way FROM audit WHERE action IN ('let go', 'unlink') "
        f"AND object IN ({_in(talks)}) ORDER BY way",  # where another's account was joined there
        contact,
        row.person_id,
        *talks,
    )
    since = next((each["since_at"] for each in rows if each["since_at"] is not None), None)
    return until if since is None else min(until, since - timedelta(microseconds=1))


async def other_forgets(tx: Tx, theirs: Theirs, contact: str, until: datetime) -> None:
    """Somebody else's talk, what was said to them and what they wrote until then, as far as it may name them."""
    saved = await conversations.load(tx, contact)
    if saved.state and any(id in json.dumps(saved.state) for id in theirs.all):
        await conversations.forget(tx, contact)
    await inbox.empty(tx, contact, until)
    await outbox.empty(tx, contact, until)


async def _forget_counted(tx: Tx, theirs: Theirs) -> None:
    """What is counted by their ids, and of their numbers and mailboxes by keyed hashes. Before the rows go that say
    which these are. The keys are read once, whatever there is of them: there are many after an attack (threat T1).
    """
    rows = await tx.fetch(
        "SELECT phone_index AS hash FROM person WHERE id = ? UNION SELECT email_index FROM person WHERE id = ? UNION "
        "SELECT email_index FROM email_proof WHERE person_id = ? UNION "
        f"SELECT phone_index FROM contact WHERE person_id = ? OR id IN ({_in(theirs.contacts)})",
        *[theirs.person] * 4,
        *theirs.contacts,
    )
    names = {*theirs.all, *(row["hash"].hex() for row in rows if row["hash"] is not None)}
    counted = [row["key"] for row in await tx.fetch("SELECT DISTINCT key FROM tries")]
    for keys in _pieces([key for key in counted if not names.isdisjoint(key.split(":"))]):
        await tx.execute(f"DELETE FROM tries WHERE key IN ({marks(len(keys))})", *keys)


def filled(condition: str, lists: dict[str, tuple[str, ...]]) -> tuple[str, list[str]]:
    """The statement with its marks, and the values in their order."""
    sql = ""
    values: list[str] = []
    for text, name, _, _ in Formatter().parse(condition):
        sql += text
        if name is not None:
            sql += _in(lists[name])
            values += lists[name]
    return sql, values


def _in(ids: Sequence[str]) -> str:
    return marks(len(ids)) if ids else "NULL"


def _pieces(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[n : n + PIECE] for n in range(0, len(ids), PIECE))
