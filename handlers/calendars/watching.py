"""Workers' own calendars, read every quarter of an hour by one of all workers: what they do then is not offered.

Only when somebody is busy is kept, and only when that changed: a change is a new version of the directory for all. A
calendar that cannot be read leaves what was known of it, and its owner is told after a day. Nothing of it is logged but
whose it is and a word of ours for what went wrong.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import Final, TypeAlias
from urllib.parse import urlsplit

import structlog

from booking.model import Span, Worker, WorkerId
from conversations.text import Text, t
from handlers.calendars.fetching import Fetched, Fetcher, Unchanged, Unfetched
from handlers.calendars.reading import MOST
from handlers.effects import Notice, ToWorker
from handlers.parts import Parts
from handlers.writing import write
from storage import directory, spans, worker_calendars
from storage.booking import RowStore
from storage.db import Tx
from storage.worker_calendars import CalendarRow

EVERY: Final = timedelta(minutes=15)
AT_ONCE: Final = 8  # of one look; the next comes at once while there are more
PATIENCE: Final = 20.0  # seconds that reading one may take; the process has narrower limits of its own
LOST: Final = timedelta(days=1)  # its owner is told then
BEYOND: Final = timedelta(days=2)  # read a little further than may be booked

Fetch: TypeAlias = Callable[[str, str | None], Awaitable[Fetched | Unchanged]]

log = structlog.get_logger()


async def read_due(parts: Parts, fetch: Fetch | None = None) -> int:
    """Those that are due, one after the other. How many."""
    rows = await worker_calendars.take_due(parts.db, parts.clock(), EVERY, AT_ONCE)
    for row in rows:
        try:
            await _read(parts, row, fetch or Fetcher())
        except Unfetched as error:
            await _unread(parts, row, str(error))
    return len(rows)


async def _read(parts: Parts, row: CalendarRow, fetch: Fetch) -> None:
    """The same calendar is read once a day all the same: the days that may be booked have moved on."""
    now = parts.clock()
    store = RowStore(parts.db, parts.directories)
    worker = (await store.directory()).worker(WorkerId(row.worker))
    if worker is None:
        return
    day, _, tag = (row.tag or "").partition("|")
    known = tag if day == f"{now:%Y%m%d}" else None
    found = await fetch(row.address, known)
    if isinstance(found, Unchanged):
        await worker_calendars.settle(parts.db, row, row.tag)
        return
    new_tag = found.tag or f"D{_digest(found.body)}"
    if new_tag == known:
        await worker_calendars.settle(parts.db, row, row.tag)
        return
    times = await expand(parts, found.body, worker, now)
    async with parts.db.transaction() as tx:
        if await _keep(tx, row, times, f"{now:%Y%m%d}|{new_tag}", now) and row.tag is None:
            hours = round(sum((span.end - span.start for span in times), timedelta()) / timedelta(hours=1))
            await _tell(
                tx, parts, row, t("calendar.read", count=hours), f"calendar-read:{row.worker}:{now:%Y%m%dT%H%M%S}", now
            )


def _digest(body: bytes) -> str:
    """Google writes the moment of asking into each event: that is no change."""
    lines = (line for line in body.splitlines() if not line.upper().startswith(b"DTSTAMP"))
    return sha256(b"\n".join(lines)).hexdigest()


async def expand(parts: Parts, body: bytes, worker: Worker, now: datetime) -> list[Span]:
    """When they are busy, by a process of its own: see `handlers.calendars.reading`."""
    job = {
        "zone": worker.time_zone,
        "since": now.isoformat(),
        "until": (now + parts.rules.horizon + BEYOND).isoformat(),
        "ours": urlsplit(parts.pages.public_url).hostname or "",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "handlers.calendars.reading",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={name: os.environ[name] for name in ("PATH", "PYTHONPATH", "TZDIR") if name in os.environ},  # no secret
    )
    try:
        async with asyncio.timeout(PATIENCE):
            said, _ = await process.communicate(json.dumps(job).encode() + b"\n" + body)
    except TimeoutError:
        raise Unfetched("too_much") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        raise Unfetched("no_calendar" if process.returncode == 1 else "too_much")
    return [
        Span(datetime.fromisoformat(start), datetime.fromisoformat(end), "calendar", parts.new_id())
        for start, end in json.loads(said)[:MOST]
    ]


async def _keep(tx: Tx, row: CalendarRow, times: list[Span], tag: str, now: datetime) -> bool:
    """False: they gave another address, or none, while we read this one."""
    before = await spans.of_calendar(tx, row.worker)
    # What has passed since it was read is no change; nobody books there.
    ahead = [(max(span.start, now), span.end) for span in before if span.end > now]
    changed = ahead != [(span.start, span.end) for span in times]
    if changed:
        await directory.raise_version(tx, [row.worker])  # in the order that everybody keeps to
    if not await worker_calendars.settle(tx, row, tag):
        return False
    if changed:
        await spans.drop(tx, row.worker, [span.id for span in before])
        await spans.add(tx, row.worker, times, now)
        tx.after_commit(partial(log.info, "calendar changed", worker=row.worker, times=len(times)))
    return True


async def _unread(parts: Parts, row: CalendarRow, why: str) -> None:
    """Told at once when it never could be read, else once it has been so for a day; once."""
    now = parts.clock()
    log.info("calendar not read", worker=row.worker, reason=why)
    async with parts.db.transaction() as tx:
        if not await worker_calendars.failed(tx, row, now):
            return
        since = row.failed_at or now
        key = f"calendar-lost:{row.worker}:{since:%Y%m%dT%H%M%S}"
        if row.tag is None:
            await _tell(tx, parts, row, t("calendar.unread"), key, now)
        elif now - since >= LOST:
            await _tell(tx, parts, row, t("calendar.lost"), key, now)


async def _tell(tx: Tx, parts: Parts, row: CalendarRow, text: Text, cause: str, now: datetime) -> None:
    to, at_once = ToWorker(WorkerId(row.worker)), row.tag is None  # they have just given it, and wait for this
    notice = Notice(to, "calendar", (text,), expires_at=now + LOST, urgent=at_once)
    await write(tx, parts, RowStore(tx, parts.directories), [notice], cause, now)
    tx.after_commit(partial(parts.bell.ring, "outbox"))
