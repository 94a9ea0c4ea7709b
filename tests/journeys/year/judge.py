"""The judge: what should have been said, worked out from what happened, and held against what was. It asks nothing of
the program's own reasoning; only where something was *not* said does it want to see the reason on a row.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from tests.journeys.year import clocks
from tests.journeys.year.clocks import DAY, HOUR, folded, is_night, slot_in_words, when_awake
from tests.journeys.year.evidence import SOON, Case
from tests.journeys.year.history import Change, Life
from tests.journeys.year.people import Person
from tests.journeys.year.phones import Said
from tests.journeys.year.staff import Worker

JUST_AGREED: Final = timedelta(hours=6)
MOST_UNASKED: Final = 4  # a day, of a person
CAPPED: Final = frozenset({"reminder", "booked", "moved", "cancelled", "question", "offer", "feedback"})
EARLY, LATE = "reminder.early", "reminder.late"
NO_LOG: Final = frozenset({"telegram", "email"})  # where nobody can be asked whether a message arrived
# What tells a worker of a change, and what tells a person of one that was not their own doing.
TO_WORKER: Final = {
    "booked": {"notice.booked"},
    "moved": {"notice.moved", "notice.moved_late"},
    "cancelled": {"notice.gone", "notice.gone_late"},
    "restored": {"notice.restored"},
}
TO_PERSON: Final = {
    "booked": {"notice.yours_phone", "notice.yours_video", "notice.yours_in_person"},
    "moved": {"notice.yours_phone", "notice.yours_video", "notice.yours_in_person"},
    "cancelled": {"notice.cancelled_for_you"},
}
OTHERS: Final = {"replaced.sorry"}
ANSWERS: Final = {
    "booked": {"confirmed.phone", "confirmed.video", "confirmed.in_person"},
    "moved": {"moved.phone", "moved.video", "moved.in_person", "undo.phone", "undo.video", "undo.in_person"},
    "cancelled": {"cancel.done"},
    "restored": {"undo.phone", "undo.video", "undo.in_person"},
}


@dataclass
class Verdict:
    wrong: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def that(self, holds: bool, rule: str, what: str) -> None:
        if not holds:
            self.wrong.append(f"{rule}: {what}")


def judged(case: Case) -> Verdict:
    verdict = Verdict(wrong=[f"between rows: {one}" for one in case.files.unsound])
    for life in case.lives:
        reminders(case, life, verdict)
    for change in case.changes:
        both_sides(case, change, verdict)
    for said in case.said:
        spoken_rightly(case, said, verdict)
    nobody_twice(case, verdict)
    not_too_many(case, verdict)
    count(case, verdict)
    return verdict


# ------------------------------------------------------------ reminders


def reminders(case: Case, life: Life, verdict: Verdict) -> None:
    """Each reminder of each row of an appointment: due or not, and said once or not at all."""
    for name, msgid in (("48h", EARLY), ("2h", LATE)):
        due = due_at(case, life, name)
        found = naming(case, life, msgid)
        what = f"{name} of {life.id[-6:]} ({life.start:%F %R} UTC, made {life.made_at:%F %R:%S}), due {due:%F %R:%S}"
        why_not = excused(life, name, due, case.ends)
        if why_not:
            verdict.counts[f"reminder {name} not due: {why_not}"] += 1
            alone = [said for said in found if len(hours_of(said)) == 1]
            verdict.that(not alone, "said although not due", f"{what}: {why_not}, said {_times(alone)}")
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
        verdict.that(first <= found[0].at, "too early", f"{what}: said {_times(found)}")
        on_time = found[0].at <= due + SOON or crowded(case, case.person(life), due)
        verdict.that(on_time, "too late", f"{what}: said {_times(found)}")
        verdict.that(len(found) == 1 or excused_double(case, found), "said twice", f"{what}: {_times(found)}")


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
    return "the year is over" if due + SOON > ends else ""


def not_sent(case: Case, life: Life, name: str, due: datetime) -> str:
    """The reason that stands on a row, if the facts bear it out."""
    person = case.person(life)
    hours = (life, *same_day(case, life))  # one message may tell of all of them
    reasons = {row["reason"] for each in hours for row in case.rows_of(each, "reminder")}
    timers = {row["reason"] for row in case.files.timers.values() if row["subject"] == life.id}
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


def excused_double(case: Case, found: Sequence[Said]) -> bool:
    """After a call whose answer was lost, where no log can tell, one marked repetition is right (invariant I7)."""
    rows = {said.outbox for said in found}
    return len(found) == 2 and len(rows) == 1 and marked(case, found[0])


def marked(case: Case, said: Said) -> bool:
    return said.channel in NO_LOG and bool(case.files.outbox[said.outbox]["possible_duplicate"])


# ------------------------------------------------------------ changes reach both sides


def both_sides(case: Case, change: Change, verdict: Verdict) -> None:
    verdict.counts[f"changes: {change.kind}"] += 1
    life = change.new or change.old
    assert life is not None
    if change.at + DAY > case.ends:
        return
    worker_side(case, change, verdict)
    person = case.person(life)
    by_them = change.by == "person"
    wanted = (ANSWERS if by_them else TO_PERSON)[change.kind]
    since = change.at
    if change.by == "worker":
        wanted = OTHERS  # their own cancellation comes with other hours (terms, article 5.3)
        since = change.at if life.start - change.at < DAY else when_awake(change.at, person.zone)
    found = told(case, person, change.at, since + SOON, wanted, [life.start], person.zone, person.lang)
    side = "their own answer" if by_them else "a notice"
    if not found and not by_them and crowded(case, person, change.at):
        found = told(case, person, change.at, change.at + DAY, wanted, [life.start], person.zone, person.lang)
    if not found and not by_them and person.silent(change.at):
        verdict.counts["persons not told, since they wanted silence: a human is"] += 1
        return
    verdict.counts[f"persons told of what was {change.kind}: {side}"] += bool(found)
    verdict.that(bool(found), "the person was not told", _change(change))
    twice = len(found) > 1 and not (len(found) == 2 and marked(case, found[0]))
    verdict.that(not twice, "the person was told twice", f"{_change(change)} {_times(found)}")


def worker_side(case: Case, change: Change, verdict: Verdict) -> None:
    """Whom it concerns: the worker of the row that ended, the worker of the one that stands."""
    old, new = change.old, change.new
    if change.kind == "moved" and old and new and old.worker != new.worker:
        parts: list[tuple[str, Life, list[datetime]]] = [("cancelled", old, [old.start]), ("booked", new, [new.start])]
    elif change.kind == "moved" and old and new:
        parts = [("moved", new, [old.start, new.start])]
    else:
        life = new or old
        assert life is not None
        parts = [(change.kind, life, [life.start])]
    for kind, life, starts in parts:
        worker = case.worker(life)
        if change.by == "worker" and life is change.old:
            continue
        urgent = life.start - change.at < DAY
        sendable = change.at if urgent else when_awake(change.at, worker.zone)
        until = sendable + SOON
        found = told(case, worker, change.at, until, TO_WORKER[kind], starts, worker.zone, "fr")
        found = [said for said in found if case.person(life).first in said.text and about(case, said, life)]
        if not found and superseded(case, change, life, until):
            verdict.counts["workers: told of the next change instead"] += 1
            continue
        verdict.counts[f"workers told of what was {kind}"] += bool(found)
        verdict.that(bool(found), "the worker was not told", f"{worker.ref}: {_change(change)}")
        twice = len(found) > 1 and not (len(found) == 2 and marked(case, found[0]))
        verdict.that(not twice, "the worker was told twice", f"{worker.ref}: {_change(change)} {_times(found)}")
        early = [said for said in found if not urgent and is_night(said.at, worker.zone)]
        verdict.that(not early, "a worker was woken", f"{worker.ref}: {_change(change)} {_times(early)}")


def superseded(case: Case, change: Change, life: Life, until: datetime) -> bool:
    """It changed again before it could be told: the next change is told instead, and the row says so."""
    reasons = {row["reason"] for row in case.rows_of(life) if row["kind"] in {"booked", "moved"}}
    return life.ended_at is not None and life.ended_at <= until and "appointment_changed" in reasons


def about(case: Case, said: Said, life: Life) -> bool:
    """A notice of the next change may name the same hours."""
    return case.files.outbox[said.outbox]["appointment_id"] in {None, life.id}


def told(
    case: Case,
    who: Person | Worker,
    since: datetime,
    until: datetime,
    msgids: Iterable[str],
    starts: Sequence[datetime],
    zone: str,
    lang: str,
) -> list[Said]:
    """Messages of such a kind that name these hours, in this order, in the reader's words and clock."""
    words = re.compile(".*".join(re.escape(slot_in_words(start, zone, lang)) for start in starts), re.DOTALL)
    wanted = set(msgids)
    return [
        said
        for said in case.on_screens(who, since, until)
        if wanted & set(said.msgids) and words.search(folded(said.text))
    ]


# ------------------------------------------------------------ whatever is said


def spoken_rightly(case: Case, said: Said, verdict: Verdict) -> None:
    """A reminder: to its person alone, of hours that stand, by day, in the words of their clock."""
    verdict.counts[f"said by {said.channel}"] += 1
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


def crowded(case: Case, person: Person, at: datetime) -> bool:
    since = clocks.on_the_wall(person.local(at), 0)
    return len(unasked(case, person, since, at)) >= MOST_UNASKED


def unasked(case: Case, person: Person, since: datetime, until: datetime) -> list[Said]:
    return [
        said for said in case.on_screens(person, since, until) if said.msgids[0].startswith(("reminder.", "notice."))
    ]


def not_too_many(case: Case, verdict: Verdict) -> None:
    """No more unasked messages a local day than agreed, all kinds together; a marked repetition is none."""
    for person in case.people.values():
        days: dict[str, set[str]] = defaultdict(set)
        for said in unasked(case, person, datetime.min.replace(tzinfo=case.ends.tzinfo), case.ends):
            days[f"{person.local(said.at):%F}"].add(said.outbox)
        for day, rows in days.items():
            verdict.that(
                len(rows) <= MOST_UNASKED, "too many on one day", f"person {person.number}, {day}: {len(rows)}"
            )


def nobody_twice(case: Case, verdict: Verdict) -> None:
    """No two live appointments share a minute, of a worker or of a person."""
    for owner in ("worker", "person"):
        theirs: dict[str, list[Life]] = defaultdict(list)
        for life in case.lives:
            theirs[getattr(life, owner)].append(life)
        for lives in theirs.values():
            lives.sort(key=lambda life: life.start)
            for n, one in enumerate(lives):
                for other in lives[n + 1 :]:
                    if other.start >= one.start + HOUR:
                        break
                    both = max(one.made_at, other.made_at)
                    verdict.that(
                        not (one.stood(both) and other.stood(both)),
                        f"an hour taken twice, of a {owner}",
                        f"{one.start:%F %R} and {other.start:%F %R}",
                    )


# ------------------------------------------------------------ figures


def count(case: Case, verdict: Verdict) -> None:
    counts = verdict.counts
    counts["appointments"] = len({life.series for life in case.lives})
    counts["cancelled late"] = sum(life.late for life in case.lives if life.status == "cancelled")
    counts["on the day of a clock change"] = sum(
        case.person(life).local(life.start).date().isoformat() in {"2026-03-29", "2026-10-25"} for life in case.lives
    )
    counts["messages"] = len(case.said)
    for row in case.files.outbox.values():
        counts[f"rows {row['kind']} {row['status']}{': ' + row['reason'] if row['reason'] else ''}"] += 1


def _times(found: Sequence[Said]) -> str:
    return ", ".join(f"{said.at:%F %R:%S} by {said.channel}" for said in found)


def _change(change: Change) -> str:
    starts = [f"{life.start:%F %R}" for life in (change.old, change.new) if life]
    return f"{change.kind} by {change.by} at {change.at:%F %R:%S}: {' to '.join(starts)}"
