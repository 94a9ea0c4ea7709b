"""The worker's agenda by text: today, tomorrow, the week, the next one. Their own hours, in their own zone.

What one message does not hold comes with the next one, where they want it: by SMS two parts, elsewhere so many lines.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from booking.ports import AgendaEntry
from conversations.flows.names import MODES, MOTIVES
from conversations.model import Ask, Context, Finish, Flow, Input, Link, Option, Outcome, Step, fill
from conversations.text import Text, t

LINES: Final = 12  # of one message; the calendar feed has them all
# Characters of two SMS (306 septets), a few spared for signs that count twice.
ROOM: Final = 300


def line(entry: AgendaEntry) -> Text:
    """When, who, how and what about: the worker's view names the motive (conversation with a chosen worker)."""
    a = entry.appointment
    return t("agenda.line", start=a.start, name=entry.first_name, mode=MODES[a.mode], motive=MOTIVES[a.motive])


def line_of_day(entry: AgendaEntry) -> Text:
    """The same where its day is said above."""
    return Text(t("agenda.line_of_day").msgid, line(entry).args)


def room_for(say: Callable[[Text], str], heading: Text, lines: Sequence[Text], *, by_sms: bool) -> int:
    """How many of the lines, from the first on, a message holds: one at least, and all of them without more ado."""
    if not by_sms:
        return LINES
    sizes = [len(say(text)) + 1 for text in lines]
    left = ROOM - len(say(heading))
    if len(lines) <= LINES and sum(sizes) <= left:
        return len(lines)
    left -= sum(len(say(text)) + 4 for text in (t("agenda.left", count=len(lines)), t("agenda.rest")))
    return max(1, sum(sum(sizes[:count]) <= left for count in range(1, LINES + 1)))


def agenda(name: str, first: int, days: int, heading: str, empty: str) -> Flow:
    """The appointments of `days` local days from today + `first`.

    Midnight is the worker's own, also on clock changes.
    """

    async def ask(c: Context) -> Ask | Finish:
        assert c.contact.worker is not None
        zone = ZoneInfo(c.contact.zone)
        today = c.now.astimezone(zone).date()
        since, until = (_midnight(today + timedelta(days=n), zone) for n in (first, first + days))
        entries = list(await c.booking.agenda(c.contact.worker, since, until))
        if not entries:
            return Finish(Text(empty), more=(t("worker.words"),))
        if after := c.answers.get("after"):
            entries = [entry for entry in entries if entry.appointment.start > datetime.fromisoformat(after)]
        lines = [(line_of_day if days == 1 else line)(entry) for entry in entries]
        title = Text(heading, {"day": since} if days == 1 else {})
        room = room_for(c.say, title, lines, by_sms=c.contact.channel == "sms")
        if len(lines) <= room:
            return Finish(title, more=tuple(lines))
        last = entries[room - 1].appointment.start
        rest = (Option(last.isoformat(), t("agenda.rest")),)
        return Ask(t("agenda.left", count=len(lines) - room), (title, *lines[:room]), rest)

    return Flow(name, version=1, steps=(Step("rest", ask, _further),), finish=_over, fleeting=True)


async def _further(c: Context, heard: Input) -> Outcome:
    return fill(after=heard.choice)


async def _over(c: Context) -> Outcome:
    return Finish()


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


async def next_one(c: Context) -> Outcome:
    """The next appointment, or the one under way, with the page from which it is held."""
    assert c.contact.worker is not None
    entry = await c.booking.next_of(c.contact.worker)
    if entry is None:
        return Finish(t("agenda.none_next"), more=(t("worker.words"),))
    return Finish(t("agenda.next"), more=(line(entry),), link=Link("worker", entry.appointment.id))


AGENDA = agenda("agenda", 0, 1, t("agenda.today").msgid, t("agenda.none_today").msgid)
AGENDA_TOMORROW = agenda("agenda_tomorrow", 1, 1, t("agenda.tomorrow").msgid, t("agenda.none_tomorrow").msgid)
AGENDA_WEEK = agenda("agenda_week", 0, 7, t("agenda.week").msgid, t("agenda.none_week").msgid)
AGENDA_NEXT = Flow("agenda_next", version=1, steps=(), finish=next_one)
