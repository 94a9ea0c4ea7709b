"""The report of a period: what was gathered, told of one client or of everybody, as far as it may be told.

await report(parts, period("2026-Q1", parts.zone), prices, client=None) -> Report
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from statistics import median, quantiles
from typing import Final

from booking.model import Client, Motive, Wish
from booking.search import Search
from handlers.figures.gathered import FUNNEL, QUESTIONS, WROTE, Gathered, gather
from handlers.figures.grid import ALL, Column, Told
from handlers.figures.kinds import (
    BUCKETS,
    OUTCOMES,
    SCORES,
    ClientRow,
    Cost,
    Deliveries,
    Funnel,
    Outcomes,
    Reminders,
    Report,
    Scores,
    Spread,
    ToBooking,
    Understanding,
    Wait,
)
from handlers.figures.nested import nested
from handlers.figures.period import Period
from handlers.figures.withholding import FEW
from handlers.parts import Parts
from storage import figures
from storage.booking import RowStore
from storage.figures import Fate, Sent

CHANNELS: Final = ("sms", "whatsapp", "telegram", "email")


async def report(parts: Parts, period: Period, prices: Mapping[str, Decimal], client: Client | None = None) -> Report:
    """`prices`: of a segment, by channel; of WhatsApp, whose messages have no parts, of a message."""
    db, now = parts.db, parts.clock()
    clients = await figures.clients(db)
    all_ = await gather(db, period, [each.id for each in clients])
    told, messages = await asyncio.to_thread(_told, period, all_)
    row = client.id if client else ALL
    free = {motive: await first_free(parts, motive, now) for motive in Motive}
    if client:
        spent = costs_of(all_, messages, client, prices)
        fates: Sequence[Fate] = ()
    else:
        spent = costs(await figures.sent(db, period.starts_at, period.ends_at), prices)
        fates = await figures.fates(db, period.starts_at, period.ends_at)
    return Report(
        period=period,
        made_at=now,
        client=client,
        people=told(row, WROTE),
        funnel=funnel(told, row),
        understanding=understanding(told, row),
        to_booking=to_booking(all_, told, row),
        waits=tuple(wait(all_, told, row, motive, free[motive]) for motive in Motive),
        outcomes=outcomes(told, row, "hours"),
        reminders=Reminders(outcomes(told, row, "reminded"), outcomes(told, row, "alone")),
        scores=scores(told, row),
        deliveries=deliveries(fates),
        costs=spent,
        clients=() if client else tuple(client_row(told, each) for each in clients),
    )


def _told(period: Period, all_: Gathered) -> tuple[Told, Told]:
    """Of everything but messages, and of those."""
    judged = [nested(period, months) for months in (all_.grids, all_.messages)]
    told, messages = [each.grid.told(each.hidden) for each in judged]
    return told, messages


def funnel(told: Told, row: str) -> Funnel:
    """Who begins has mostly given no code yet, and is no client's: a client's funnel starts with the code."""
    return Funnel(tuple((name, told(row, ("step", name))) for name in FUNNEL[row != ALL :]))


def understanding(told: Told, row: str) -> Understanding:
    def of(question: str, which: str) -> int | None:
        return told(row, ("heard", question, which))

    return Understanding(tuple((name, of(name, "understood"), of(name, "missed")) for name in QUESTIONS))


def to_booking(all_: Gathered, told: Told, row: str) -> ToBooking:
    total: Column = ("first", "all")
    people = told(row, total)
    return ToBooking(
        people=people,
        buckets=tuple((name, told(row, ("first", name))) for name in BUCKETS),
        minutes=spread(all_.values[row, total], people),
        messages=spread(all_.values[row, ("first", "messages")], people),
    )


def wait(all_: Gathered, told: Told, row: str, motive: Motive, free: timedelta | None) -> Wait:
    column: Column = ("motive", motive.value)
    booked = told(row, column)
    return Wait(motive, free, booked, spread(all_.values[row, column], booked))


def spread(values: Sequence[tuple[str, float]], count: int | None) -> Spread | None:
    """None of fewer than ten people, and of what is withheld."""
    if count is None or len({person for person, _ in values}) < FEW:
        return None
    numbers = [value for _, value in values]
    return Spread(median(numbers), quantiles(numbers, n=10, method="inclusive")[8])


def outcomes(told: Told, row: str, group: str) -> Outcomes:
    return Outcomes(told(row, (group, "all")), {which: told(row, (group, which)) for which in OUTCOMES})


def scores(told: Told, row: str) -> Scores:
    return Scores(told(row, ("score", "all")), {score: told(row, ("score", str(score))) for score in SCORES})


def client_row(told: Told, client: Client) -> ClientRow:
    return ClientRow(client, told(client.id, WROTE), outcomes(told, client.id, "hours"))


async def first_free(parts: Parts, motive: Motive, now: datetime) -> timedelta | None:
    """In any mode, with anybody, from now, within the horizon: what somebody would be offered first."""
    store = RowStore(parts.db, parts.directories)
    found = await Search(await store.directory(), store, parts.rules, now).slots(Wish(motive), 1)
    return found.slots[0].start - now if found.slots else None


# ---------------------------------------------------------------- messages


def deliveries(fates: Sequence[Fate]) -> Deliveries:
    rows: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for fate in fates:
        rows[fate.channel][fate.status] = fate.count
    return Deliveries(tuple((channel, rows[channel]) for channel in ordered(rows)))


def costs(sent: Sequence[Sent], prices: Mapping[str, Decimal]) -> tuple[Cost, ...]:
    """Of everybody: people, workers, who never gave a code."""
    by = {each.channel: each for each in sent}
    return tuple(
        Cost(channel, by[channel].messages, by[channel].segments, price(by[channel].segments, channel, prices))
        for channel in ordered(by)
    )


def costs_of(all_: Gathered, told: Told, client: Client, prices: Mapping[str, Decimal]) -> tuple[Cost, ...]:
    """Of a client's people with an account."""
    found = []
    for channel in ordered({channel: None for of, channel in all_.segments if of == client.id}):
        messages = told(client.id, ("sent", channel))
        segments = None if messages is None else all_.segments[client.id, channel]
        found.append(Cost(channel, messages, segments, price(segments, channel, prices)))
    return tuple(found)


def price(segments: int | None, channel: str, prices: Mapping[str, Decimal]) -> Decimal | None:
    return None if segments is None or channel not in prices else segments * prices[channel]


def ordered(channels: Mapping[str, object]) -> list[str]:
    return sorted(channels, key=lambda name: (CHANNELS.index(name) if name in CHANNELS else len(CHANNELS), name))
