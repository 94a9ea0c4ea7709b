"""The core's rows: `booking.ports.BookingStore` on one open transaction.

    store = RowStore(tx, directories)      `directories` is one per process: the compiled directory of the last version

The port is one, and so is the class; its parts have a file for each subject, and share nothing but the transaction.
What stands here remembers something besides: the directory, as this transaction sees it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from booking.directory import Directory
from booking.model import Feedback, NoticeLevel, Span, WorkerId
from storage import directory, feedback, spans, workday, worker_calendars
from storage.appointments import appointment_of, next_start
from storage.claims import ClaimRows
from storage.codes import CodeRows
from storage.db import Sql
from storage.decisions import DecisionRows
from storage.directory import client_of
from storage.documents import DocumentRows
from storage.email_proofs import EmailProofRows
from storage.hours import QUARTERS, HourRows, quarter_of
from storage.messages import MessageRows
from storage.people import person_of
from storage.requests import RequestRows
from storage.waiting import WaitingRows

__all__ = [
    "QUARTERS",
    "Directories",
    "RowStore",
    "appointment_of",
    "client_of",
    "next_start",
    "person_of",
    "quarter_of",
]


class Directories:
    """The compiled directory of this process.

    Reading a version is one statement; compiling thousands of workers is not.
    """

    def __init__(self) -> None:
        self._last: Directory | None = None

    async def current(self, db: Sql, *, keep: bool = True) -> Directory:
        """`keep` is false for whoever changed the directory and has not committed: nobody else may see that."""
        last, version = self._last, await directory.version(db)
        if last is not None and last.version == version and keep:
            return last
        if last is None or last.version > version:  # never read, or restored from a backup
            found = Directory(await directory.workers(db), version)
        else:
            changed = {worker.id: worker for worker in await directory.workers(db, last.version)}
            workers = {worker.id: worker for worker in last.workers} | changed
            found = Directory(workers.values(), version, before=last)
        if keep:
            self._last = found
        return found


class RowStore(
    CodeRows,
    HourRows,
    ClaimRows,
    EmailProofRows,
    WaitingRows,
    MessageRows,
    DocumentRows,
    DecisionRows,
    RequestRows,
):
    def __init__(self, tx: Sql, directories: Directories) -> None:
        self._tx = tx
        self._directories = directories
        self._directory: Directory | None = None
        self._settled = False
        self._changed = False

    async def directory(self) -> Directory:
        if self._directory is None:
            self._directory = await self._directories.current(self._tx, keep=not self._changed)
        return self._directory

    async def settled_directory(self) -> Directory:
        if not self._settled and self._tx.dialect == "postgres":  # SQLite has the only write lock already
            rows = await self._tx.fetch("SELECT version FROM directory_version WHERE id = 1 FOR SHARE")
            if self._directory is not None and rows and rows[0]["version"] != self._directory.version:
                self._directory = None
        self._settled = True
        return await self.directory()

    async def change_spans(self, worker: WorkerId, gone: Sequence[str], new: Sequence[Span], now: datetime) -> None:
        self._directory, self._changed = None, True
        await directory.raise_version(self._tx, [worker])
        await spans.drop(self._tx, worker, gone)
        await spans.add(self._tx, worker, new, now)

    async def calendar_of(self, worker: WorkerId) -> str:
        return await worker_calendars.address(self._tx, worker)

    async def set_calendar(self, worker: WorkerId, address: str, now: datetime) -> None:
        read = [] if address else await spans.of_calendar(self._tx, worker)
        if read:
            await self.change_spans(worker, [span.id for span in read], [], now)
        await worker_calendars.keep(self._tx, worker, address)

    # ------------------------------------------------------------ what workers set, what people thought

    async def notices(self, worker: WorkerId) -> NoticeLevel:
        return await workday.notices(self._tx, worker)

    async def save_notices(self, worker: WorkerId, level: NoticeLevel) -> None:
        await workday.save_notices(self._tx, worker, level)

    async def save_feedback(self, given: Feedback) -> None:
        await feedback.save(self._tx, given)
