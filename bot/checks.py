"""What `socialdirect doctor` looks at on our own side: each check gives findings, and says how what is not well is
mended.

`DATABASE` need an open database. `settings_checks.py` looks at the settings alone, `account_checks.py` asks the
providers; the channels have checks of their own.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from booking.fullness import fullness
from booking.model import Mode
from bot.findings import well, wrong
from bot.progress import progress
from bot.settings import Settings
from handlers.channels.base import Finding
from handlers.judging import day_began
from handlers.spending import UNNEEDED_UNTIL
from storage import (
    directory,
    erasures,
    flags,
    holds,
    inbox,
    oracle,
    outbox,
    provider_copies,
    rotation,
    schema,
    senders,
    spending,
    worker_calendars,
)
from storage.booking import Directories, RowStore
from storage.db import Database
from storage.redis_link import RedisLink

SLOW: Final = timedelta(minutes=15)
LATE: Final = timedelta(hours=24)


# ------------------------------------------------------------ the database


async def migrated(db: Database, settings: Settings, now: datetime) -> Sequence[Finding]:  # noqa: ARG001
    try:
        await schema.check(db)
    except schema.NotMigrated as error:
        return [wrong("database", str(error))]
    kind = "SQLite, for one machine" if db.dialect == "sqlite" else "PostgreSQL"
    return [well("database", f"{kind}; migrated, its {len(schema.INDEXES)} indexes stand")]


async def sending(db: Database, settings: Settings, now: datetime) -> Sequence[Finding]:  # noqa: ARG001
    paused, figures = await flags.paused(db), await outbox.figures(db, now)
    if paused:
        return [wrong("sending", f"paused ({paused[1]}): `socialdirect resume` starts it again")]
    if held := [one for one in (await senders.held(db)).values() if one.stopped or one.storm]:
        why = ", ".join(
            f"{one.channel} {'stands still' if one.stopped else 'goes slowly'} ({one.reason})" for one in held
        )
        return [wrong("sending", f"{why}: docs/outcomes.md says what it means; once mended, `socialdirect resume`")]
    if figures.oldest_at is not None and now - figures.oldest_at > SLOW:
        return [wrong("sending", f"{figures.pending} messages are overdue: does a worker run, is each channel set up?")]
    return [well("sending", f"{figures.pending} messages are due, {figures.unknown} of unknown fate")]


async def spent(db: Database, settings: Settings, now: datetime) -> Sequence[Finding]:
    if not settings.sms_enabled:
        return []
    used, most = await spending.used(db, day_began(now, settings.time_zone)), settings.max_segments_a_day
    words = f"{used} of {most} segments are used today"
    if used <= most * UNNEEDED_UNTIL:
        return [well("spending", words)]
    return [wrong("spending", f"{words}: what is needed least has stopped (MAX_SEGMENTS_A_DAY, docs/settings.md)")]


async def taken_in(db: Database, settings: Settings, now: datetime) -> Sequence[Finding]:  # noqa: ARG001
    figures = await inbox.figures(db)
    if figures.parked:
        return [wrong("inbox", f"{figures.parked} messages are parked: `socialdirect parked` lists them")]
    if figures.oldest_at is not None and now - figures.oldest_at > SLOW:
        return [wrong("inbox", f"{figures.unread} messages are unread: does a worker run?")]
    return [well("inbox", f"{figures.unread} messages are unread, none is parked")]


async def people(db: Database, settings: Settings, now: datetime) -> Sequence[Finding]:
    standing = await directory.standing(db, now)
    working = [worker for worker in standing.workers.values() if not worker.suspended and worker.hours]
    if not working or not standing.codes:
        return [
            wrong("directory", "no worker with hours, or no client with a code: `socialdirect load` a directory file")
        ]
    found = [well("directory", f"{len(standing.clients)} clients, {len(standing.codes)} codes, {len(working)} workers")]
    if settings.video_url is None and any(Mode.VIDEO in worker.modes for worker in working):
        found.append(
            wrong(
                "video",
                "workers offer video and VIDEO_URL is not set: there is no room to meet in; set it, or take video away",
            )
        )
    return found


async def free_hours(db: Database, settings: Settings, now: datetime) -> Sequence[Finding]:
    """For each subject of the menu: somebody who helps with it, and an hour to be had soon."""
    found = await fullness(RowStore(db, Directories()), settings.rules, now)
    within = f"no hour is free within {settings.free_within.days} days (FREE_WITHIN)"
    nobody = "no worker helps with it, and people can choose it: add it to the motives of one in the directory file"
    why = {"nobody": nobody, "full": f"{within}: more hours, or workers"}
    told = [wrong("hours", f"{motive}: {why[state]}") for motive, state in found.items() if state != "free"]
    return told or [well("hours", f"each subject has a free hour within {settings.free_within.days} days")]


async def keys(db: Database, settings: Settings, now: datetime) -> Sequence[Finding]:  # noqa: ARG001
    first, *former = db.vault.key_ids
    sealed = await rotation.census(db)
    old = sum(sealed.get(id, 0) for id in former)
    found = []
    if strange := sum(sealed.values()) - sealed.get(first, 0) - old:
        found.append(
            wrong("keys", f"{strange} values are sealed with a key that ENCRYPTION_KEYS does not name: add it")
        )
    if old:
        found.append(wrong("keys", f"{old} values are still sealed with an old key: run `socialdirect rotate`"))
    elif former:
        unused = f"{', '.join(former)} can be dropped from ENCRYPTION_KEYS"
        found.append(well("keys", f"all is sealed with the first ({first}); {unused}"))
    return found or [well("keys", f"all is sealed with the first of ENCRYPTION_KEYS ({first})")]


async def calendars(db: Database, settings: Settings, now: datetime) -> Sequence[Finding]:  # noqa: ARG001
    """Workers' own; each of them was told by then, and may not have looked."""
    failing = await worker_calendars.failing(db, now - timedelta(days=1))
    if failing:
        return [wrong("calendars", f"{failing} workers' own calendars cannot be read for a day or more: ask them")]
    return [well("calendars", "workers' own calendars are read, where they gave one")]


async def copies(db: Database, settings: Settings, now: datetime) -> Sequence[Finding]:  # noqa: ARG001
    """What lies at the providers and should not any more."""
    waiting = await provider_copies.waiting(db)
    late = [channel for channel, each in waiting.items() if each.oldest_at < now - LATE]
    if late:
        why = f"{', '.join(late)}: messages should have been deleted at the provider a day ago"
        return [wrong("copies", f"{why}: does a worker run, may its API key update and delete messages?")]
    return [well("copies", f"{sum(each.count for each in waiting.values())} messages wait to be deleted at providers")]


async def law(db: Database, settings: Settings, now: datetime) -> Sequence[Finding]:  # noqa: ARG001
    standing = await holds.standing(db)
    late = len([each for each in await erasures.open_(db) if each.asked_at < now - LATE])
    if late:
        return [wrong("erasing", f"{late} people should have been erased a day ago: does a worker run?")]
    if due := len([each for each in standing if each.review_at <= now]):
        return [wrong("holds", f"{due} legal holds are to be reviewed: `person holds` lists them")]
    return [well("holds", f"{len(standing)} legal holds stand, none is to be reviewed; nobody waits to be erased")]


DATABASE: Final[Sequence[Callable[[Database, Settings, datetime], Awaitable[Sequence[Finding]]]]] = (
    migrated,
    keys,
    sending,
    spent,
    taken_in,
    people,
    free_hours,
    calendars,
    copies,
    law,
)


async def deep(db: Database, now: datetime) -> Sequence[Finding]:
    """The rules between rows."""
    with progress("rules") as tell:
        broken = await oracle.judge(db, now, tell)
    if not broken:
        return [well("rules", f"{len(oracle.CHECKS) + 2} rules between rows hold, all that is sealed opens")]
    return [wrong("rules", f"broken: {one.rule}: {one.count} ({', '.join(one.ids)})") for one in broken]


# ------------------------------------------------------------ what is elsewhere


async def redis(settings: Settings) -> Finding:
    if settings.redis_url is None:
        return well("redis", "none: other processes are woken by polling")
    link = RedisLink(settings.redis_url.get_secret_value())
    try:
        answered = await link.call(lambda server: server.ping())
    finally:
        await link.close()
    if answered is None:
        return wrong("redis", "REDIS_URL does not answer, and all goes on more slowly: is it up, is the address right?")
    return well("redis", "answers")
