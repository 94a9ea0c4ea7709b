"""The rules of the terms and of the operator, one small function each, with its article.

Pure: the caller brings the facts.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from booking.authority import AFTERWARDS
from booking.model import HOUR, Appointment, Client, Code, Consent, HoldKind, Mode, NoticeLevel, Person, Rules

LATE = timedelta(hours=24)
TURN = timedelta(hours=24)  # so long before, a video may become a call at the same hour: the day on which people try it
NEAR = timedelta(hours=2)  # so long before, "I am late" can only mean this appointment
AWAITED = timedelta(minutes=10)  # so long before, who is there for a call or a video is waited for
NOBODY_UNTIL = timedelta(hours=4)  # after the start: so long 'nobody came' is about this hour
FREE_TRIES = 2  # guesses at a connection code within a day, after which there is no wait
HISTORY = timedelta(hours=24)  # so long before an attack began, an address that wrote is no part of it
ATTENDANCE_CLOSES = time(9)  # the next day, on the worker's clock: before the person is asked how it was


def first_start(rules: Rules, now: datetime) -> datetime:
    """The earliest start that may be taken: the worker needs notice."""
    return now + rules.notice


def last_start(rules: Rules, now: datetime) -> datetime:
    """The furthest start that may be taken."""
    return now + rules.horizon


def in_window(rules: Rules, now: datetime, start: datetime) -> bool:
    """Notice and horizon; both edges are allowed."""
    return first_start(rules, now) <= start <= last_start(rules, now)


def is_late(start: datetime, now: datetime) -> bool:
    """Article 5.1: under 24 hours before the start.

    Elapsed hours, whatever the clocks do meanwhile; at 24 it is not late.
    """
    return start.astimezone(UTC) - now.astimezone(UTC) < LATE  # two times of one zone would subtract wall clocks


def is_over(appointment: Appointment, now: datetime) -> bool:
    """What has begun, or does not stand any more, can neither be cancelled nor moved."""
    return appointment.status != "booked" or appointment.start <= now


def goes_on(appointment: Appointment, now: datetime) -> bool:
    """It stands, and has not ended: a call at half past helps, too."""
    return appointment.status == "booked" and now < appointment.end


def may_turn(appointment: Appointment, now: datetime) -> bool:
    """How they meet may change at the same hour, from a day before to the end."""
    return goes_on(appointment, now) and appointment.start.astimezone(UTC) - now.astimezone(UTC) <= TURN


def is_near(appointment: Appointment, now: datetime) -> bool:
    return goes_on(appointment, now) and appointment.start.astimezone(UTC) - now.astimezone(UTC) <= NEAR


def awaited(appointment: Appointment, now: datetime) -> bool:
    """Whether the worker is to hear that the person is there: at a door at once, on a line shortly before the hour."""
    return appointment.mode is Mode.IN_PERSON or appointment.start.astimezone(UTC) - now.astimezone(UTC) <= AWAITED


def offered_until(kind: HoldKind, start: datetime, rules: Rules, now: datetime) -> datetime:
    """Until when an hour that we offer is kept: the worker still needs notice, less where it is their own proposal."""
    notice = rules.notice if kind == "replacement" else rules.waiting_notice
    return min(now + rules.offer_time, start - notice)


def proposable(rules: Rules, now: datetime) -> tuple[datetime, datetime]:
    """The hours that a worker may propose begin after the first of these, and at the second or before."""
    return now + rules.waiting_notice, last_start(rules, now)


def is_offerable(kind: HoldKind, old: Appointment | None, now: datetime) -> bool:
    """Article 5.3: what the worker cancelled is replaced, once; another hour is proposed for what is still to come; a
    further one after any hour that the worker still sees.
    """
    if old is None:
        return False
    if kind == "further":
        return took_place(old) and now <= old.end + AFTERWARDS
    if kind == "proposal":
        return not is_over(old, now)
    return old.status == "cancelled" and old.ended_by == "worker"


def took_place(appointment: Appointment) -> bool:
    """It was neither cancelled nor moved: its hour came, whoever was there."""
    return appointment.status in {"booked", "done", "missed"}


def attendance_closes(start: datetime, zone: ZoneInfo) -> datetime:
    """Until then the worker may say, and correct, who came. In UTC."""
    next_day = start.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(next_day, ATTENDANCE_CLOSES, zone).astimezone(UTC)


def told_at_once(level: NoticeLevel, kind: str, start: datetime, now: datetime) -> bool:
    """Whether a worker hears of a booking, a move or a cancellation now, or the next morning.

    all: everything. changes: every move and cancellation, and a booking that starts within 48 hours. urgent, digest:
    what starts within 24 hours, which the next morning's message might come too late for.
    """
    ahead = start - now
    match level:
        case NoticeLevel.ALL:
            return True
        case NoticeLevel.CHANGES:
            return kind != "booked" or ahead < 2 * LATE
        case _:
            return ahead < LATE


def may_request(person: Person) -> bool:
    """Articles 4.1.7 and 5.2: no new request while a dispute is open."""
    return not person.in_dispute


def is_suspended(person: Person, client: Client | None) -> bool:
    """Article 4.1.7; and a client that is suspended brings no new appointments.

    A client that is gone counts as suspended.
    """
    return person.suspended or client is None or client.suspended


def why_shut(person: Person, client: Client | None) -> Literal["suspended", "frozen"] | None:
    """Why no further hour may be booked for them, whoever wants it. None: it may."""
    return "suspended" if is_suspended(person, client) else person.shut


def code_opens(code: Code, client: Client | None, accounts: int, rules: Rules, now: datetime) -> bool:
    """Articles 1 and 4.1.1: the code opens an account on its days (the operator's calendar), while seats are left."""
    today = now.astimezone(ZoneInfo(rules.time_zone)).date()
    return (
        client is not None
        and not client.suspended
        and (code.valid_from is None or code.valid_from <= today)
        and (code.valid_until is None or today <= code.valid_until)
        and (code.max_accounts is None or accounts < code.max_accounts)
    )


def consents(consent: Consent, rules: Rules) -> bool:
    """Articles 2.4 and 4.1.2: it is the current terms that are accepted, and the current privacy policy."""
    return (consent.terms_version, consent.policy) == (rules.terms_version, rules.policy_version)


def at_cap(coming: Sequence[Appointment], rules: Rules, now: datetime) -> bool:
    """The operator's cap on appointments that have not begun yet."""
    return sum(appointment.start > now for appointment in coming) >= rules.max_appointments


def overlaps(appointments: Sequence[Appointment], start: datetime) -> bool:
    """Nobody is in two consultations at once."""
    return any(abs(appointment.start - start) < HOUR for appointment in appointments)


def next_code(
    tries: Sequence[Sequence[datetime]], overall: datetime | None, rules: Rules, now: datetime
) -> datetime | None:
    """When a one-time code may go out again, or None for now: codes cost money, and a stranger's peace.

    `tries`: those of the last day to this number, and of this contact, latest first. `overall`: the oldest of as many
    as may go out in an hour, None while they were fewer.
    """
    until = [end for own in tries for end in _ends(own, rules.codes_an_hour, rules.codes_a_day, now)]
    if overall is not None:
        until.append(overall + HOUR)
    return _after(until, now)


def next_guess(own: Sequence[datetime], rules: Rules, now: datetime) -> datetime | None:
    """Article 4.1.5, the code is a secret: when a contact may guess again, or None for now.

    `own`: the contact's tries of the last day, latest first.
    """
    until = _ends(own, rules.tries_an_hour, rules.tries_a_day, now)
    if own:
        until.append(own[0] + wait_after(len(own)))
    return _after(until, now)


def wait_after(tries: int) -> timedelta:
    """After so many within a day. The first two are slips of the finger; then it doubles, up to an hour."""
    return min(timedelta(minutes=2 ** (tries - 3)), HOUR) if tries > FREE_TRIES else timedelta()


def next_guess_of_a_stranger(everybody: datetime, now: datetime) -> datetime | None:
    """While somebody tries codes at large. `everybody`: the oldest of as many as are looked at in an hour."""
    return _after([everybody + HOUR], now)


def has_history(first_wrote: datetime, attack: datetime) -> bool:
    """Whether an address is let through while codes are tried at large: whoever tries them came with that."""
    return first_wrote <= attack - HISTORY


def _ends(own: Sequence[datetime], an_hour: int, a_day: int, now: datetime) -> list[datetime]:
    """When the limits of an hour and of a day, where they are reached, let the next one through."""
    within_hour = [at for at in own if at > now - HOUR]
    until = [within_hour[an_hour - 1] + HOUR] if len(within_hour) >= an_hour else []
    return [*until, own[a_day - 1] + timedelta(days=1)] if len(own) >= a_day else until


def _after(until: Sequence[datetime], now: datetime) -> datetime | None:
    """The latest of them, if it is still to come. It ends with a minute, as it is told in hours and minutes."""
    last = max((end for end in until if end > now), default=None)
    if last is None or not (last.second or last.microsecond):
        return last
    return last.replace(second=0, microsecond=0) + timedelta(minutes=1)
