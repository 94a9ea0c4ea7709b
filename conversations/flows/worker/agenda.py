"""The worker's agenda by text: today, tomorrow, the week, the next one. Their own hours, in their own zone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from booking.ports import AgendaEntry
from conversations.flows.names import MODES, MOTIVES
from conversations.model import Context, Finish, Flow, Link, Outcome
from conversations.text import Text, t

LINES: Final = 12  # of one message; the calendar feed has them all


def line(entry: AgendaEntry) -> Text:
    """When, who, how and what about: the worker's view names the motive (conversation with a chosen worker)."""
    a = entry.appointment
    return t("agenda.line", start=a.start, name=entry.first_name, mode=MODES[a.mode], motive=MOTIVES[a.motive])


def agenda(first: int, days: int, heading: str, empty: str) -> Callable[[Context], Awaitable[Outcome]]:
    """The appointments of `days` local days from today + `first`.

    Midnight is the worker's own, also on clock changes.
    """

    async def finish(c: Context) -> Outcome:
        assert c.contact.worker is not None
        zone = ZoneInfo(c.contact.zone)
        today = c.now.astimezone(zone).date()
        since, until = (_midnight(today + timedelta(days=n), zone) for n in (first, first + days))
        entries = await c.booking.agenda(c.contact.worker, since, until)
        if not entries:
            return Finish(Text(empty), more=(t("worker.words"),))
        more = [line(entry) for entry in entries[:LINES]]
        if len(entries) > LINES:
            more.append(t("agenda.more", count=len(entries) - LINES))
        return Finish(Text(heading), more=tuple(more))

    return finish


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


async def next_one(c: Context) -> Outcome:
    """The next appointment, or the one under way, with the page from which it is held."""
    assert c.contact.worker is not None
    entry = await c.booking.next_of(c.contact.worker)
    if entry is None:
        return Finish(t("agenda.none_next"), more=(t("worker.words"),))
    return Finish(t("agenda.next"), more=(line(entry),), link=Link("worker", entry.appointment.id))


AGENDA = Flow("agenda", version=1, steps=(), finish=agenda(0, 1, t("agenda.today").msgid, t("agenda.none_today").msgid))
AGENDA_TOMORROW = Flow(
    "agenda_tomorrow",
    version=1,
    steps=(),
    finish=agenda(1, 1, t("agenda.tomorrow").msgid, t("agenda.none_tomorrow").msgid),
)
AGENDA_WEEK = Flow(
    "agenda_week", version=1, steps=(), finish=agenda(0, 7, t("agenda.week").msgid, t("agenda.none_week").msgid)
)
AGENDA_NEXT = Flow("agenda_next", version=1, steps=(), finish=next_one)
