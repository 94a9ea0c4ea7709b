"""What people sent by WhatsApp, Telegram or MMS, brought here outside the turn: fetched, judged like an upload, sealed
and laid down; then deleted at its provider, and told of in the talk of who sent it.

A row of `media` says what is to be done, so whoever dies takes nothing along: what was not said to be here is fetched
again, what is here is deleted again. No transaction is open while a provider is asked.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

import structlog

from booking.documents import Document, DocumentId, DocumentStatus
from booking.model import ContactId
from conversations.model import Input, News
from handlers.acting import Acting
from handlers.alarms import hour, raise_alarm
from handlers.channels.downloading import TooLarge, Unfetched
from handlers.documents import sealing
from handlers.documents.keeping import Keeping, Source
from handlers.documents.scanning import ScannerAway
from handlers.documents.stores import StoreAway
from handlers.documents.taking import Taken, record, take_in
from handlers.parts import Parts
from storage import contacts, documents, inbox, media
from storage.booking import RowStore
from storage.contacts import ContactRow
from storage.db import Tx
from storage.media import MediaRow, NewMedia

GATHER: Final = timedelta(seconds=3)  # after the last of several that come together, the first is fetched
LEASE: Final = timedelta(minutes=5)  # longer than fetching and judging take, as a rule: who is late does no harm
AT_ONCE: Final = 4  # each holds a file in memory
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
# After the first, the second … try in vain; after the last they are told that it could not be had.
WAITS: Final = tuple(SECOND * each for each in (10, 30, 60, 120, 300, 600, 600))
# The same of deleting it at the provider: within 48 hours, or a human has to.
DELETING: Final = tuple(HOUR * each for each in (0.1, 0.5, 1, 4, 10, 14, 16))

log = structlog.get_logger()


async def note(
    tx: Tx, parts: Parts, who: ContactRow, came: Input | News, wanted: Mapping[str, str], now: datetime
) -> None:
    """In the turn's transaction. `wanted`: which document each file becomes; the others are only deleted, where they
    stay at their provider until somebody does.
    """
    files = came.files if isinstance(came, Input) else ()
    source = parts.documents.sources.get(who.channel) if parts.documents is not None else None
    stays = source is not None and source.stays
    named = [file for file in files if file.id and (file.id in wanted or stays)]
    new = [NewMedia(parts.new_id(), who.id, who.channel, file.id, wanted.get(file.id)) for file in named]
    await media.note(tx, new, now, now + GATHER)


async def fetch_due(parts: Parts) -> int:
    """Those that are due, beside each other. How many."""
    now = parts.clock()
    rows = await media.take_due(parts.db, now, now + LEASE, AT_ONCE)
    await asyncio.gather(*(_see_to(parts, row) for row in rows))
    return len(rows)


async def _see_to(parts: Parts, row: MediaRow) -> None:
    keeping = parts.documents
    source = keeping.sources.get(row.channel) if keeping is not None else None
    if row.status == "waiting":
        if not await _comes(parts, source, row):
            return
        row = replace(row, status="here", attempts=1)
    try:
        if source is not None:
            await source.drop(row.ref)
    except Unfetched as error:
        await _stays(parts, row, error)
    else:
        await media.gone(parts.db, row, parts.clock())


# ------------------------------------------------------------ fetching


async def _comes(parts: Parts, source: Source | None, row: MediaRow) -> bool:
    """Whether it need not be fetched any more: it is here, or refused, or nobody wants it."""
    keeping = parts.documents
    if source is None or keeping is None:
        return await _ends(parts, row, Taken("refused", "unfetched"))
    if row.attempts > len(WAITS) + 1:  # whoever tried died over it, each time
        return await _ends(parts, row, Taken("refused", "unfetched"), alarm=True)
    key = await _wanted(parts, row)
    if key is None:
        return await _ends(parts, row, None)
    try:
        taken = await _brought(source, keeping, row, key)
    except (Unfetched, StoreAway, ScannerAway) as error:
        return await _failed(parts, row, error)
    return await _ends(parts, row, taken)


async def _brought(source: Source, keeping: Keeping, row: MediaRow, key: bytes) -> Taken:
    assert row.document_id is not None
    try:
        data = await source.fetch(row.ref)
    except TooLarge:
        return Taken("refused", "too_big")
    return await take_in(keeping, row.document_id, data, key)


async def _wanted(parts: Parts, row: MediaRow) -> bytes | None:
    """The key to seal it with, the same at each try: whoever wakes late and lays it down again does no harm."""
    async with parts.db.transaction() as tx:
        if not await _still(tx, parts, row, await contacts.lock(tx, row.contact_id)):
            return None
        return await documents.key_to_be(tx, row.document_id or "", sealing.new_key())


async def _still(tx: Tx, parts: Parts, row: MediaRow, who: ContactRow) -> bool:
    """Whether they may still send it: they have not stopped us since, nor did the telephone change hands."""
    if who.opted_out_at is not None and who.opted_out_at >= row.came_at:
        return False
    store = RowStore(tx, parts.directories)
    document = await store.document(DocumentId(row.document_id or ""))
    return document is not None and document.status == "coming" and document.person == who.person_id


async def _failed(parts: Parts, row: MediaRow, error: Exception) -> bool:
    """Later, or never: then they are told."""
    why = str(error) if isinstance(error, Unfetched) else type(error).__name__
    lost = isinstance(error, Unfetched) and error.lost
    log.info("media not fetched", media=row.id, channel=row.channel, reason=why)
    if lost or row.attempts > len(WAITS):
        return await _ends(parts, row, Taken("refused", "unfetched"), alarm=not lost)
    now, asked = parts.clock(), error.after if isinstance(error, Unfetched) else None
    async with parts.db.transaction() as tx:
        await contacts.lock(tx, row.contact_id)
        await media.later(tx, row, why, now + _wait(WAITS, row, asked))
        await _tell(tx, parts, row.contact_id, now)  # the others do not wait for this one
    return False


def _wait(waits: Sequence[timedelta], row: MediaRow, asked: timedelta | None) -> timedelta:
    """As long as the provider asks for, but no longer than we ever wait: somebody waits to be told."""
    return max(waits[row.attempts - 1], min(asked or timedelta(), waits[-1]))


async def _ends(parts: Parts, row: MediaRow, taken: Taken | None, *, alarm: bool = False) -> bool:
    """`taken`: None where nobody wants it. Always true."""
    now = parts.clock()
    async with parts.db.transaction() as tx:
        who = await contacts.lock(tx, row.contact_id)
        if not await media.here(tx, row.id, now):
            await _unwanted(tx, parts, row, who)  # where it was deleted meanwhile, we have just laid it down again
            return True
        assert row.document_id is not None
        if taken is not None and await _still(tx, parts, row, who):
            await record(tx, parts, row.document_id, taken)
        else:
            await _unwanted(tx, parts, row, who)
        await _tell(tx, parts, row.contact_id, now)
        if alarm:
            await raise_alarm(tx, parts, "media_unfetched", hour(now), now, media=row.id)
    return True


async def _unwanted(tx: Tx, parts: Parts, row: MediaRow, who: ContactRow) -> None:
    """A document that is still coming, or is over, ends; what was laid down for it goes with it."""
    core = Acting(tx, RowStore(tx, parts.directories), parts.rules, parts.clock(), parts.new_id, contact=who)
    await core.document_not_coming(DocumentId(row.document_id or ""))


# ------------------------------------------------------------ what they hear of it


async def _tell(tx: Tx, parts: Parts, contact: str, now: datetime) -> None:
    """Once for all that came together: their talk asks of what is here, and says what is not."""
    if await media.awaited(tx, contact):
        return
    ids = await media.untold(tx, contact, now)
    store = RowStore(tx, parts.directories)
    told = [one for id in ids if (one := await store.document(DocumentId(id))) is not None]
    core = Acting(tx, store, parts.rules, now, parts.new_id)
    data = arrived(await core.documents_of(ContactId(contact)), [(one.status, one.reason) for one in told])
    if data is not None:
        await inbox.add_news(tx, f"media:{ids[-1]}", contact, "handing", data, now)
        tx.after_commit(partial(parts.bell.ring, "inbox"))


def arrived(theirs: Sequence[Document], told: Sequence[tuple[DocumentStatus, str | None]]) -> dict[str, Any] | None:
    """What their talk is told: of all that waits for their yes, not only of what came now."""
    refused = [reason for status, reason in told if status in {"refused", "set_aside"} and reason is not None]
    kept = [one.id for one in theirs if one.status == "kept"]
    if not refused and not any(status == "kept" for status, _ in told):
        return None
    return {"ids": kept, "refused": refused}


# ------------------------------------------------------------ the end at the provider


async def _stays(parts: Parts, row: MediaRow, error: Unfetched) -> None:
    now, why = parts.clock(), str(error)
    log.info("media not deleted", media=row.id, channel=row.channel, reason=why)
    if row.attempts <= len(DELETING):
        await media.later(parts.db, row, why, now + _wait(DELETING, row, error.after))
        return
    async with parts.db.transaction() as tx:
        await media.left(tx, row, why, now)
        await raise_alarm(tx, parts, "media_undeleted", row.id, now, media=row.id)
