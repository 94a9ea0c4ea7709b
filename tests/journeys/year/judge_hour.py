"""The judge of the hour itself: both are told ten minutes before it, the worker is asked ten minutes after it began who
came, and the person the day after how it was, once.
"""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta
from typing import Final

from tests.journeys.year.clocks import folded, on_the_wall, slot_in_words, when_awake
from tests.journeys.year.evidence import SOON, Case
from tests.journeys.year.history import Life
from tests.journeys.year.phones import Said
from tests.journeys.year.verdict import Verdict, crowded, lawful_double, times

TEN: Final = timedelta(minutes=10)
TO_PERSON: Final = frozenset({"soon.phone", "soon.phone_own", "soon.video", "soon.in_person"})
AFTER: Final = {"done": "feedback.ask", "missed": "missed.ask"}


def the_hour(case: Case, life: Life, verdict: Verdict) -> None:
    """Of every hour that came, whoever was there."""
    if not life.stood(life.start) or life.start + timedelta(days=3) > case.ends:
        return
    verdict.counts["hours that came"] += 1
    verdict.counts[f"of these {life.status}"] += 1
    due = life.start - TEN
    person_before(case, life, due, verdict)
    worker_before(case, life, due, verdict)
    who_came(case, life, verdict)
    day_after(case, life, verdict)


def person_before(case: Case, life: Life, due: datetime, verdict: Verdict) -> None:
    person = case.person(life)
    words = slot_in_words(life.start, person.zone, person.lang).split(" a ")[0].split(" at ")[0]
    found = [said for said in _naming(case, life, due, life.start) if said.msgids[0] in TO_PERSON]
    _once(case, life, found, "persons told 10 minutes before", verdict, silent=person.silent(due))
    hour = f"{person.local(life.start).hour}"
    for said in found:
        shown = folded(said.text)
        verdict.that(words in shown or hour in shown, "another hour stands on the screen", f"{words}: {shown}")


def worker_before(case: Case, life: Life, due: datetime, verdict: Verdict) -> None:
    shown = case.on_screens(case.worker(life), due, life.start)
    found = [
        said
        for said in shown
        if said.msgids[0] == "soon.worker" and _start(said) == life.start and case.person(life).first in said.text
    ]
    _once(case, life, found, "workers told 10 minutes before", verdict)


def who_came(case: Case, life: Life, verdict: Verdict) -> None:
    """Asked in time; once more only when nobody answered or they try again, so never twice within nine minutes."""
    began = life.start + TEN
    shown = case.on_screens(case.worker(life), began, began + timedelta(hours=2))
    asked = [
        said
        for said in shown
        if "attend.ask" in said.msgids
        and life.start in {text.args.get("start") for text in said.reply.texts}
        and not case.files.outbox[said.outbox]["answer"]
    ]
    verdict.counts["workers asked who came"] += bool(asked)
    in_time = bool(asked) and asked[0].at <= began + SOON
    verdict.that(in_time, "the worker was not asked who came", f"{life.start:%F %R}: {times(asked)}")
    once_each = sorted({said.outbox: said for said in reversed(asked)}.values(), key=lambda said: said.at)
    near = [b.at - a.at for a, b in itertools.pairwise(once_each)]  # a marked second copy is no second question
    verdict.that(all(gap >= TEN - SOON / 15 for gap in near), "asked too often who came", times(asked))


def day_after(case: Case, life: Life, verdict: Verdict) -> None:
    person, worker = case.person(life), case.worker(life)
    theirs = on_the_wall(person.local(life.start) + timedelta(days=1), 10)
    final = on_the_wall(life.start.astimezone(worker.place) + timedelta(days=1), 9)
    due = when_awake(max(theirs, final), person.zone)
    wanted = AFTER.get(life.status)
    verdict.that(wanted is not None, "an hour that came was never settled", f"{life.start:%F %R}: {life.status}")
    found = [
        said
        for said in case.on_screens(person, due, due + SOON)
        if wanted in said.msgids and not case.files.outbox[said.outbox]["answer"]
    ]
    if found:
        verdict.counts[f"persons asked the day after: {wanted}"] += 1
        verdict.that(len(found) == 1 or lawful_double(case, found), "asked twice how it was", times(found))
        return
    why = ""
    if person.silent(due):
        why = "they wanted silence"
    elif crowded(case, person, due):
        why = "daily cap"
    elif wanted == "missed.ask" and any(life.stood(due) and life.start > due for life in case.lives_of(person)):
        why = "they have another hour"
    elif any("feedback.ask" in s.msgids or "missed.ask" in s.msgids for s in _that_day(case, life, due)):
        why = "asked that day already"
    verdict.counts[f"persons not asked the day after: {why}"] += 1
    verdict.that(bool(why), "not asked how it was", f"{life.start:%F %R} UTC, {life.status}, due {due:%F %R}")


def _that_day(case: Case, life: Life, due: datetime) -> list[Said]:
    return case.on_screens(case.person(life), due - timedelta(hours=15), due + timedelta(hours=1))


def _naming(case: Case, life: Life, since: datetime, until: datetime) -> list[Said]:
    return [said for said in case.on_screens(case.person(life), since, until) if _start(said) == life.start]


def _start(said: Said) -> object:
    return said.args.get("start")


def _once(case: Case, life: Life, found: list[Said], what: str, verdict: Verdict, *, silent: bool = False) -> None:
    about = f"{what}: {life.start:%F %R} UTC, made {life.made_at:%F %R}: {times(found)}"
    verdict.counts[what] += bool(found)
    if silent:
        verdict.counts[f"{what}, or silent"] += 1
    verdict.that(bool(found) or silent, "not told", about)
    verdict.that(len(found) <= 1 or lawful_double(case, found), "told twice", about)
