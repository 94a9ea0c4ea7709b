"""Whether a message may still leave, now: judged again at the moment of sending, since much may have changed since it
was meant. An answer is never held back here (`spending.py` may, for what it costs); a notice may be dropped, or wait.
Each verdict keeps its reason, for `why`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final, Literal, TypeAlias
from zoneinfo import ZoneInfo

from booking import phones, policy
from booking.model import AppointmentId, PersonId
from handlers.parts import Parts
from handlers.reminders import wake
from storage import contacts, decisions, fates, messages
from storage.booking import RowStore
from storage.contacts import ContactRow
from storage.db import Sql
from storage.outbox import OutboxRow


@dataclass(frozen=True, slots=True)
class Send:
    """Now."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Not yet: somebody sleeps, or had enough for today."""

    until: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Leave:
    """Never."""

    status: Literal["suppressed", "expired", "failed"]
    reason: str
    alarm: bool = False


Verdict: TypeAlias = Send | Wait | Leave

CAPPED: Final = frozenset(
    {"reminder", "booked", "moved", "cancelled", "question", "offer", "freed", "feedback", "message", "undelivered"}
)  # kinds that MAX_UNASKED may hold back
WRITTEN: Final = frozenset({"message", "undelivered"})  # of these; the day's last is left to what is about an hour
TOLD: Final = timedelta(hours=6)  # who was told so lately that something waits, and has not read it, is not told again
MATTERS: Final = frozenset(
    {"booked", "moved", "cancelled", "turned", "missed_call", "question", "offer", "waiting", "digest", "message"}
    | {"decision", "channel"}
)  # who is not told of these is called by a human (I8)

# Who is discreet gets no other mail: what they asked for, and that their account is to end, which any word undoes.
BY_MAIL: Final = frozenset({"confirm_email", "one_time_code", "closing"})
ASKS_MORE: Final = frozenset({"feedback", "freed", "offer"})  # that serve no hour which stands
QUIETLY: Final = frozenset(
    {
        *("answer", "freed", "reminder", "soon", "feedback", "digest", "test", "calendar", "undelivered"),
        *("access", "stopped"),
    }
)  # too late is no harm


async def judge(  # noqa: PLR0911 - one line a reason
    parts: Parts, row: OutboxRow, contact: ContactRow, now: datetime
) -> Verdict:
    """In order: is it still of use, still wanted, still true, and is this the hour for it?"""
    if row.content is None:
        return Leave("expired", "content_gone")
    if row.expires_at is not None and row.expires_at <= now:
        return Leave("expired", "too_late", alarm=row.kind not in QUIETLY)
    if contact.parted_at is not None:
        return Leave("suppressed", "parted", alarm=row.kind in MATTERS)  # its address may be somebody else's by now
    if row.answer:
        return Send()
    if (barred := _barred(row, contact)) is not None:
        return barred
    if row.appointment_id is not None and not await still_true(parts.db, parts, row):
        return Leave("suppressed", "appointment_changed")
    if (known := await _known(parts, row, contact, now) or await _unwanted(parts, row, contact)) is not None:
        return Leave("suppressed", known)
    if not row.content.get("urgent") and (until := wake(parts.quiet, contact.time_zone, now)) is not None:
        return later(row, until, "quiet_hours")
    near = row.kind in WRITTEN and row.content.get("urgent")  # it is of no use tomorrow
    if contact.worker_id is None and row.kind in CAPPED and contact.channel != "email" and not near:
        return await _within_cap(parts, row, contact, now)
    return Send()


def _barred(row: OutboxRow, contact: ContactRow) -> Leave | None:
    """What does not go there at all, at any hour."""
    if contact.opted_out_at is not None:
        return Leave("suppressed", "opted_out", alarm=row.kind in MATTERS)
    if contact.channel == "sms" and contact.worker_id is None and phones.abroad(contact.address):
        return Leave("suppressed", "number_abroad", alarm=row.kind in MATTERS)
    if contact.discreet and contact.channel == "email" and row.kind not in BY_MAIL:
        return Leave("suppressed", "discreet")
    return None


async def _known(parts: Parts, row: OutboxRow, contact: ContactRow, now: datetime) -> str | None:
    """Why a person knows of what it announces: they have read it; of a message also that they were told since that
    there are some, or a while ago, and have not read that one either. Near the hour they are told of each.
    """
    assert row.content is not None
    if (id := row.content.get("decision")) is not None:
        decision = await decisions.get(parts.db, id)
        return None if decision is not None and decision.unread else "read_already"
    if not row.content.get("message") or contact.worker_id is not None:
        return None
    if await messages.is_read(parts.db, row.content["message"]):
        return "read_already"
    told = await messages.announced(parts.db, row) or (
        not row.content.get("urgent") and await messages.waits_told(parts.db, row, now - TOLD)
    )
    return "told_already" if told else None


async def _unwanted(parts: Parts, row: OutboxRow, contact: ContactRow) -> str | None:
    """Why somebody is not asked for more, although nothing stops us from writing: they froze their account, or object
    (safety G7)."""
    if row.kind not in ASKS_MORE or contact.person_id is None:
        return None
    person = await RowStore(parts.db, parts.directories).person(PersonId(contact.person_id))
    if person is None:
        return None
    if person.frozen is not None:
        return "frozen"
    return "objected" if person.no_feedback and row.kind == "feedback" else None


async def still_true(db: Sql, parts: Parts, row: OutboxRow) -> bool:
    """Each appointment that it speaks of stands; of a reminder's, also as it was when it was written."""
    store = RowStore(db, parts.directories)
    for id in row.of or (row.appointment_id,):
        found = await store.appointment(AppointmentId(str(id)))
        if found is None or not policy.took_place(found) or row.of.get(found.id, found.version) != found.version:
            return False
    return True


async def _within_cap(parts: Parts, row: OutboxRow, contact: ContactRow, now: datetime) -> Verdict:
    """A person gets so many messages a local day that they did not ask for, all kinds together; the rest wait or are
    dropped.
    """
    zone = ZoneInfo(contact.time_zone)
    midnight = day_began(now, zone)
    theirs = await contacts.of_person(parts.db, contact.person_id) if contact.person_id else [contact]
    phones = [each.id for each in theirs if each.channel != "email"] or [contact.id]
    most = max(1, parts.max_unasked - 1) if row.kind in WRITTEN else parts.max_unasked
    if await fates.unasked(parts.db, row, phones, midnight) < most:
        return Send()
    tomorrow = datetime.combine(midnight.date() + timedelta(days=1), parts.quiet.ends, zone)
    return later(row, tomorrow.astimezone(UTC), "daily_cap")


def day_began(now: datetime, zone: ZoneInfo) -> datetime:
    """By the clock of that place."""
    return datetime.combine(now.astimezone(zone).date(), time(), zone)


def later(row: OutboxRow, until: datetime, reason: str) -> Wait | Leave:
    """Wait, unless it would be of no use by then."""
    if row.expires_at is not None and row.expires_at <= until:
        return Leave("suppressed", reason, alarm=row.kind not in QUIETLY)
    return Wait(until, reason)
