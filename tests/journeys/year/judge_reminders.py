"""The reminders' judge: the table of the days before an appointment, worked out anew from the facts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from tests.journeys.year import clocks
from tests.journeys.year.clocks import folded, is_night, slot_in_words
from tests.journeys.year.evidence import SOON, Case
from tests.journeys.year.history import Life
from tests.journeys.year.phones import Said
from tests.journeys.year.verdict import Verdict, crowded, lawful_double, times

JUST_AGREED: Final = timedelta(hours=6)
EARLY, LATE = "reminder.early", "reminder.late"
OVER: Final = "the year is over"
KINDS: Final = {"48h": "early-48h", "2h": "late-2h"}
YES: Final = frozenset({"yes.noted", "reminded.yes", "reminded.yes_several"})
# What stands on the row of a reminder that was never to come, for whoever asks why.
REASONS: Final = {
    "its time had passed when it was booked": "due_already",
    "just booked": "just_booked",
    "just confirmed": "just_confirmed",
}


def reminders(case: Case, life: Life, verdict: Verdict) -> None:
    """Each reminder of each row of an appointment: due or not, and said once or not at all."""
    for at in life.confirmed:
        shown = case.on_screens(case.person(life), at, at + SOON)
        verdict.that(
            any(YES & set(said.msgids) for said in shown), "confirmed by nobody", f"{life.start:%F %R} at {at:%F %R}"
        )
    for name, msgid in (("48h", EARLY), ("2h", LATE)):
        due = due_at(case, life, name)
        found = naming(case, life, msgid)
        what = f"{name} of {life.id[-6:]} ({life.start:%F %R} UTC, made {life.made_at:%F %R:%S}), due {due:%F %R:%S}"
        why_not = excused(life, name, due, case.ends)
        if why_not:
            verdict.counts[f"reminder {name} not due: {why_not}"] += 1
            reasons, on_row = case.reasons(life.id, KINDS[name]), REASONS.get(why_not)
            verdict.that(on_row is None or on_row in reasons, "no reason on a row", f"{what}: {why_not}, {reasons}")
            alone = [said for said in found if len(hours_of(said)) == 1]
            silent = not alone or why_not == OVER  # in its last minutes nobody waits for what is due
            verdict.that(silent, "said although not due", f"{what}: {why_not}, said {times(alone)}")
            continue
        verdict.counts[f"reminder {name} due"] += 1
        if not found:
            reason = not_sent(case, life, name, due)
            verdict.counts[f"reminder {name} not said: {reason}"] += 1
            verdict.that(bool(reason), "never said", what)
            continue
        together = len(hours_of(found[0])) > 1
        verdict.counts[f"reminder {name} said{' with another of that day' if together else ''}"] += 1
        first = min(due, *(due_at(case, other, name) for other in same_day(case, life)), due) if together else due
        verdict.that(first <= found[0].at, "too early", f"{what}: said {times(found)}")
        on_time = found[0].at <= due + SOON or crowded(case, case.person(life), due)
        verdict.that(on_time, "too late", f"{what}: said {times(found)}")
        verdict.that(len(found) == 1 or lawful_double(case, found), "said twice", f"{what}: {times(found)}")


def due_at(case: Case, life: Life, name: str) -> datetime:
    zone = case.person(life).zone
    return (clocks.early_reminder if name == "48h" else clocks.late_reminder)(life.start, zone)


def hours_of(said: Said) -> list[datetime]:
    """The hours that a reminder names: two of one day are named together."""
    starts = (text.args.get("start") for text in said.reply.texts)
    return [start for start in starts if isinstance(start, datetime)]


def naming(case: Case, life: Life, msgid: str) -> list[Said]:
    """The reminders of a kind that name this hour, while it stood."""
    shown = case.on_screens(case.person(life), life.made_at, life.start)
    return [s for s in shown if s.msgids[0].startswith(msgid) and life.start in hours_of(s) and life.stood(s.at)]


def same_day(case: Case, life: Life) -> list[Life]:
    """The person's other hours of that day of their calendar that stood at some time with this one."""
    person = case.person(life)
    day = person.local(life.start).date()
    return [
        other
        for other in case.lives_of(person)
        if other is not life
        and person.local(other.start).date() == day
        and (life.stood(max(life.made_at, other.made_at)) and other.stood(max(life.made_at, other.made_at)))
    ]


def excused(life: Life, name: str, due: datetime, ends: datetime) -> str:
    """Why a reminder is not due at all, from the facts alone."""
    if due <= life.made_at:
        return "its time had passed when it was booked"
    if due - life.made_at < JUST_AGREED:
        return "just booked"
    if life.ended_at is not None and life.ended_at <= due:
        return "moved or cancelled before"
    if any(timedelta(0) <= due - at < JUST_AGREED for at in life.confirmed):
        return "just confirmed"
    return OVER if due + SOON > ends else ""


def not_sent(case: Case, life: Life, name: str, due: datetime) -> str:
    """The reason that stands on a row, if the facts bear it out."""
    person = case.person(life)
    hours = (life, *same_day(case, life))  # one message may tell of all of them
    reasons = {row["reason"] for each in hours for row in case.rows_of(each, "reminder")}
    timers = case.reasons(life.id, KINDS[name])
    if life.ended_at is not None and life.ended_at <= due + SOON and "appointment_changed" in reasons | timers:
        return "changed meanwhile"
    if person.silent(due) and "opted_out" in reasons:
        return "they wanted silence"
    msgid = EARLY if name == "48h" else LATE
    others = [other for other in hours[1:] if naming(case, other, msgid)]
    merged = any(reason and reason.startswith("into ") for reason in reasons | timers)
    if merged and any(naming(case, other, msgid)[0].at <= life.made_at for other in others):
        return "another hour of that day was reminded of before this one was booked"
    return "daily cap" if "daily_cap" in reasons and crowded(case, person, due) else ""


def spoken_rightly(case: Case, said: Said, verdict: Verdict) -> None:
    """A reminder: to its person alone, of hours that stand, by day, in the words of their clock."""
    if not said.msgids[0].startswith((EARLY, LATE)):
        return
    what = f"{said.msgids[0]} to {said.channel} at {said.at:%F %R}"
    person = case.by_address.get((said.channel, said.address))
    verdict.that(person is not None, "a reminder to nobody", what)
    if person is None:
        return
    for start in hours_of(said):
        hour = f"{what} of {start:%F %R}"
        stands = [life for life in case.lives_of(person) if life.start == start and life.stood(said.at)]
        verdict.that(bool(stands) and said.at < start, "said of an hour that does not stand", hour)
        words = slot_in_words(start, person.zone, person.lang)
        verdict.that(words in folded(said.text), "another hour stands on the screen", f"{hour}: {words}")
    verdict.that(not is_night(said.at, person.zone), "a reminder at night", what)
    verdict.that(not person.silent(said.at), "said to somebody who wanted silence", what)
