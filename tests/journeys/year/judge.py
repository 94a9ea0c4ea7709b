"""The judge: what should have been said, worked out from what happened, and held against what was. It asks nothing of
the program's own reasoning; only where something was *not* said does it want to see the reason on a row.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from tests.journeys.year.clocks import HOUR
from tests.journeys.year.evidence import Case
from tests.journeys.year.history import Life
from tests.journeys.year.judge_agendas import agendas
from tests.journeys.year.judge_changes import both_sides
from tests.journeys.year.judge_hour import the_hour
from tests.journeys.year.judge_reminders import reminders, spoken_rightly
from tests.journeys.year.judge_said import rightly
from tests.journeys.year.verdict import MOST_UNASKED, Verdict, unasked


def judged(case: Case) -> Verdict:
    verdict = Verdict(wrong=[f"between rows: {one}" for one in case.files.unsound])
    for life in case.lives:
        reminders(case, life, verdict)
        the_hour(case, life, verdict)
    for change in case.changes:
        both_sides(case, change, verdict)
    for said in case.said:
        verdict.counts[f"said by {said.channel}"] += 1
        spoken_rightly(case, said, verdict)
        rightly(case, said, verdict)
    nobody_twice(case, verdict)
    agendas(case, verdict)
    not_too_many(case, verdict)
    count(case, verdict)
    return verdict


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
