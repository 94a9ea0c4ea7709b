"""The judge of changes: whoever did it has the answer, the other side has a notice, within a quarter of an hour of the
moment at which it may be sent.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from tests.journeys.year.clocks import DAY, is_night, when_awake
from tests.journeys.year.evidence import SOON, Case
from tests.journeys.year.history import Change, Life
from tests.journeys.year.phones import Said
from tests.journeys.year.verdict import Verdict, crowded, lawful_double, times, told

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
A_HUMAN: Final = {"notice_not_sent", "nobody_to_tell", "message_unknown"}
ANSWERS: Final = {
    "booked": {"confirmed.phone", "confirmed.video", "confirmed.in_person", "replaced.taken"},
    "moved": {"moved.phone", "moved.video", "moved.in_person", "undo.phone", "undo.video", "undo.in_person"},
    "cancelled": {"cancel.done"},
    "restored": {"undo.phone", "undo.video", "undo.in_person"},
}


def both_sides(case: Case, change: Change, verdict: Verdict) -> None:
    verdict.counts[f"changes: {change.kind}"] += 1
    life = change.new or change.old
    assert life is not None
    if change.kind == "restored":
        taken_back = [
            one for one in case.changes if one.old and one.old.series == life.series and one.kind == "cancelled"
        ]
        by_worker = any(one.by == "worker" and one.old.version == life.version - 1 for one in taken_back if one.old)
        verdict.that(not by_worker, "an hour is kept that its worker had cancelled", _change(change))
    if change.at + DAY > case.ends:
        return
    worker_side(case, change, verdict)
    person = case.person(life)
    by_them = change.by == "person"
    wanted = (ANSWERS if by_them else TO_PERSON)[change.kind]
    if change.by == "worker":
        wanted = OTHERS  # their own cancellation comes with other hours (terms, article 5.3)
    at_once = by_them or life.start - change.at < DAY
    since = change.at if at_once else when_awake(change.at, person.zone)
    found = told(case, person, change.at, since + SOON, wanted, [life.start], person.zone, person.lang, answer=by_them)
    side = "their own answer" if by_them else "a notice"
    if not found and not by_them and crowded(case, person, change.at):
        found = told(
            case, person, change.at, change.at + DAY, wanted, [life.start], person.zone, person.lang, answer=by_them
        )
    if not found and not by_them and person.silent(change.at):
        verdict.counts["persons not told, since they wanted silence: a human is"] += 1
        alarmed = any(code in A_HUMAN and change.at <= at <= since + SOON for at, code, _ in case.alarms)
        verdict.that(alarmed, "neither the person nor a human was told", _change(change))
        return
    verdict.counts[f"persons told of what was {change.kind}: {side}"] += bool(found)
    verdict.that(bool(found), "the person was not told", _change(change))
    found = [said for said in found if said.at < done_again(case, change, life)]
    once = len(found) <= 1 or lawful_double(case, found)
    verdict.that(once, "the person was told twice", f"{_change(change)} {times(found)}")


def done_again(case: Case, change: Change, life: Life) -> datetime:
    """When the same was done once more, after it was taken back: that is confirmed, too. Whose hour was moved, and then
    cancelled and put back, reads "undo.…" of the same hour for the last of it: these words belong to that change.
    """
    later = (
        other.at
        for other in case.changes
        if other.at > change.at
        and ANSWERS[other.kind] & ANSWERS[change.kind]
        and (made := other.new or other.old) is not None
        and (made.series, made.start) == (life.series, life.start)
    )
    return min(later, default=case.ends + DAY)


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
            shown = case.on_screens(worker, change.at, change.at + SOON)
            answered = any(case.files.outbox[said.outbox]["answer"] for said in shown)
            verdict.that(answered, "a worker was not answered", f"{worker.ref}: {_change(change)}")
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
        once = len(found) <= 1 or lawful_double(case, found)
        verdict.that(once, "the worker was told twice", f"{worker.ref}: {_change(change)} {times(found)}")
        early = [said for said in found if not urgent and is_night(said.at, worker.zone)]
        verdict.that(not early, "a worker was woken", f"{worker.ref}: {_change(change)} {times(early)}")


def superseded(case: Case, change: Change, life: Life, until: datetime) -> bool:
    """It changed again before it could be told: the next change is told instead, and the row says so."""
    reasons = {row["reason"] for row in case.rows_of(life) if row["kind"] in {"booked", "moved"}}
    return life.ended_at is not None and life.ended_at <= until and "appointment_changed" in reasons


def about(case: Case, said: Said, life: Life) -> bool:
    """A notice of the next change may name the same hours."""
    return case.files.outbox[said.outbox]["appointment_id"] in {None, life.id}


def _change(change: Change) -> str:
    starts = [f"{life.start:%F %R}" for life in (change.old, change.new) if life]
    return f"{change.kind} by {change.by} at {change.at:%F %R:%S}: {' to '.join(starts)}"
