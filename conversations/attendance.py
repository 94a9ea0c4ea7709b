"""What a worker writes of who came, unasked: "Camille absente", "elle est là". And what a person writes when nobody
came.

A listener of `conversations/hear.py`, before the words that work everywhere: "absente" is about the worker's own day,
unless an hour is under way.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from booking import policy
from booking.ports import AgendaEntry
from conversations.model import Context, Input
from conversations.normal import fold
from conversations.phrases import has, padded, pattern
from conversations.talk import Talk
from conversations.understand import understand
from conversations.wishes import clauses, mentions


async def of_the_hour(talk: Talk, came: Input) -> bool:
    """False: it is no such thing, or there is no hour that it could be about."""
    if not came.text:
        return False
    if talk.c.contact.role == "worker":
        return await attendance(talk, came.text)
    return await alone(talk, came.text)


async def attendance(talk: Talk, text: str) -> bool:
    """Who came, of a worker's hour that has begun."""
    said, c = padded(text), talk.c
    there = _there(text, said, c)
    if there is None:
        return False
    heard = understand(text, c.words, now=c.now, zone=c.contact.zone)
    if heard.days or heard.earliest or heard.latest:
        return False  # "absente mardi" is about the worker
    entry = await _whom(said, c)
    if entry is None:
        return False
    await talk.push("attend", {"which": entry.appointment.id, "there": there})
    return True


def _there(text: str, said: str, c: Context) -> str | None:
    if has(said, pattern(c.words("words.attend.none"))):
        return None
    if has(said, pattern(c.words("words.attend.absent"))):
        return "absent"
    there = mentions(clauses(text, c.words), "there", c.words("words.attend.there"), c.words)
    return "there" if there else None  # "pas encore arrivée" says neither


async def _whom(said: str, c: Context) -> AgendaEntry | None:
    """Who is named, since yesterday, and those first of whom it may still be said; without a name whose hour it is."""
    assert c.contact.worker is not None
    zone = ZoneInfo(c.contact.zone)
    yesterday = c.now.astimezone(zone).date() - timedelta(days=1)
    since = datetime.combine(yesterday, time(), zone)
    entries = await c.booking.agenda(c.contact.worker, since, c.now + timedelta.resolution)
    named = [entry for entry in entries if has(said, pattern((fold(entry.first_name),)))]
    if not named and _names_somebody(said, c):
        return None
    found = named or [entry for entry in entries if c.now < entry.appointment.end]
    open_ = [entry for entry in found if c.now < policy.attendance_closes(entry.appointment.start, zone)]
    return next(reversed([*found, *open_]), None)


def _names_somebody(said: str, c: Context) -> bool:
    """A word that is none of ours may be a name that we do not know: then nobody is meant by default."""
    known = pattern((*c.words("words.attend.absent"), *c.words("words.attend.there"), *c.words("words.attend.filler")))
    return bool(known.sub("", said).strip())


async def alone(talk: Talk, text: str) -> bool:
    """The person says that nobody came, and their hour has just begun."""
    if not has(padded(text), pattern(talk.c.words("words.nobody"))):
        return False
    if await talk.c.booking.waiting_now(talk.c.contact.id) is None:
        return False
    await talk.push("nobody")
    return True
