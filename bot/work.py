"""The loops of a worker: unread inboxes, due timers, the outbox, unknown fates, what is late and what is daily. Woken
by the bell, else every few seconds.

Any number of workers may run: leases keep them off each other's rows, and what one leaves by dying, another takes up.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Final

import structlog

from handlers import digest, holding, joining, provider_copies, undelivered, unheard
from handlers.alone import one_by_one
from handlers.calendars.watching import read_due
from handlers.channels.base import SendError
from handlers.deciding import end_due
from handlers.delivery import settle_unknown, warn
from handlers.documents.ending import end_documents
from handlers.documents.fetching import fetch_due
from handlers.free_hours import look_for_free_hours
from handlers.hooks.sending import send_due
from handlers.lanes import Lane
from handlers.parts import Parts
from handlers.privacy import closing, deadlines, erasing, forgetting, watching
from handlers.turns import drain
from handlers.waiting import serve_waiting
from storage import audit, contacts, flags, inbox, purge, timers
from storage.faults import is_transient

POLL: Final = timedelta(seconds=2)  # between two looks when no bell rings
LONGEST: Final = timedelta(seconds=30)  # while the database is away
INBOX_LEASE: Final = timedelta(seconds=60)
AT_ONCE: Final = 16  # contacts served beside each other by one worker
ROWS: Final = 5  # of one contact, before the others who wait; people write one or two at a time
TIMERS: Final = 100
SERVE: Final = timedelta(minutes=1)  # between two looks at the waiting list, which is rung when an hour becomes free
CALENDARS: Final = timedelta(seconds=20)  # between two looks for workers' calendars that are due
WATCH: Final = timedelta(seconds=30)  # between two looks for what is late, or due once a day
FORGET: Final = timedelta(minutes=10)  # between two looks for strangers whose day is over
DAY: Final = timedelta(hours=24)

log = structlog.get_logger()


async def work(parts: Parts, owner: str, outside: Sequence[Callable[[], Awaitable[int]]] = ()) -> None:
    """Runs until it is cancelled. `owner` names this worker in leases; `outside`: what looks at the providers, each
    when it finds that it is time to."""
    async with asyncio.TaskGroup() as group:
        group.create_task(_loop(parts, "inbox", lambda: drain_all(parts, owner)))
        for channel in parts.channels:
            group.create_task(Lane(parts, owner, channel, POLL).run())
        group.create_task(_loop(parts, "timers", lambda: fire(parts)))
        group.create_task(_loop(parts, "unknown", lambda: settle_unknown(parts, owner)))
        group.create_task(_loop(parts, "states", lambda: unheard.ask(parts), WATCH))
        for look in outside:
            group.create_task(_loop(parts, "outside", look, WATCH))
        group.create_task(_loop(parts, "waiting", lambda: serve_waiting(parts), SERVE))
        group.create_task(_loop(parts, "calendars", lambda: read_due(parts), CALENDARS))
        group.create_task(_loop(parts, "documents", lambda: end_documents(parts), WATCH))
        group.create_task(_loop(parts, "media", lambda: fetch_due(parts)))
        group.create_task(_loop(parts, "suspensions", lambda: end_due(parts), SERVE))
        group.create_task(_loop(parts, "closing", lambda: closing.look(parts), SERVE))
        group.create_task(_loop(parts, "erasing", lambda: erasing.look(parts), SERVE))
        group.create_task(_loop(parts, "copies", lambda: provider_copies.look(parts), WATCH))
        group.create_task(_loop(parts, "forgetting", lambda: forgetting.look(parts), FORGET))
        group.create_task(_loop(parts, "requests", lambda: deadlines.look(parts), WATCH))
        group.create_task(_loop(parts, "hooks", lambda: send_due(parts)))
        group.create_task(_loop(parts, "watch", lambda: watch(parts, owner), WATCH))


async def _loop(parts: Parts, topic: str, step: Callable[[], Awaitable[int]], poll: timedelta = POLL) -> None:
    """Again at once while there is work; a database that is away is waited for."""
    pause, ear = poll, parts.bell.ear(topic)
    while True:
        try:
            did = await step()
            pause = poll
        except Exception as error:
            did = 0
            pause = min(pause * 2, LONGEST)
            log.warning("work failed", loop=topic, transient=is_transient(error), exc_info=error)
        if not did:
            await ear.heard(pause)


async def drain_all(parts: Parts, owner: str) -> int:
    """Each contact that has something unread, under a lease, so that idle workers do not queue for it."""
    now = parts.clock()
    # A terminal's messages are for the process that it belongs to.
    waiting = await contacts.lease_waiting(parts.db, owner, now, now + INBOX_LEASE, AT_ONCE, list(parts.channels))
    await asyncio.gather(*(_serve(parts, contact, owner) for contact in waiting))
    if waiting:
        parts.bell.ring("outbox")
    return len(waiting)


async def _serve(parts: Parts, contact: str, owner: str) -> None:
    try:
        served = parts.clock() if await drain(parts, contact, ROWS) == ROWS else None
        await contacts.release(parts.db, contact, owner, served)
    except Exception as error:
        if not is_transient(error):
            raise
        await contacts.postpone(parts.db, contact, parts.clock() + timedelta(seconds=1))


async def fire(parts: Parts) -> int:
    """Due timers become news in their contact's inbox, where they wait their turn like everything else."""
    now = parts.clock()
    for dropped in await timers.drop_useless(parts.db, now):
        parts.metrics.reminders.labels(dropped.kind, "too_late").inc()
    async with parts.db.transaction() as tx:
        due = await timers.take_due(tx, now, TIMERS)
        for timer in due:
            event, data = timer.news
            await inbox.add_news(tx, f"timer:{timer.id}", timer.contact_id, event, data, now)
    if due:
        parts.bell.ring("inbox")
    return len(due)


async def watch(parts: Parts, owner: str) -> int:
    """What nobody rings for."""
    looks: Sequence[Callable[[], Awaitable[object]]] = (
        lambda: name_the_bot(parts),
        lambda: tidy(parts, owner),
        lambda: digest.plan(parts),
        lambda: warn(parts),
        lambda: holding.tell(parts),
        lambda: undelivered.look(parts),
        lambda: look_for_free_hours(parts),
        lambda: watching.look(parts),
    )

    async def see_to(look: Callable[[], Awaitable[object]]) -> int:
        await look()
        return 0

    return await one_by_one("watch", looks, see_to)


async def tidy(parts: Parts, owner: str) -> None:
    """Once a day, by one of all workers: machine rows whose lifetime is over end (invariant I18)."""
    now = parts.clock()
    if await flags.turn(parts.db, "purged", DAY, now):
        ended = await purge.purge(parts.db, now)
        await audit.add(parts.db, f"process:{owner}", "purge", "database", now)
        log.info("purged", **{what.replace(" ", "_"): count for what, count in ended.items()})


async def name_the_bot(parts: Parts) -> None:
    """Telegram tells our bot's public name, for links that workers join by. Asked once a day, by one of all workers."""
    if "telegram" not in parts.channels or not await flags.turn(parts.db, "asked_bot_name", DAY, parts.clock()):
        return
    from handlers.channels.telegram import TelegramChannel

    channel = parts.channels["telegram"]
    assert isinstance(channel, TelegramChannel)
    try:
        await flags.keep(parts.db, joining.BOT_NAME, await channel.bot.username(), parts.clock())
    except SendError as error:
        await flags.forget(parts.db, "asked_bot_name")  # asked again at the next look
        log.info("telegram does not tell the bot's name", code=error.code)
