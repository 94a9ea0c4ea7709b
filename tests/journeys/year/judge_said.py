"""The judge of single messages: each that came unasked speaks of an hour that stands, at its time, and wakes nobody for
what can wait.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from tests.journeys.year.clocks import DAY, is_night
from tests.journeys.year.evidence import Case
from tests.journeys.year.history import Life
from tests.journeys.year.people import Person
from tests.journeys.year.phones import Said
from tests.journeys.year.verdict import Verdict

TEN: Final = timedelta(minutes=10)
AFTER: Final = {"feedback.ask": "done", "missed.ask": "missed"}


def rightly(case: Case, said: Said, verdict: Verdict) -> None:
    row = case.files.outbox[said.outbox]
    if row["answer"]:
        return
    what = f"{said.msgids[0]} to {said.channel} at {said.at:%F %R}"
    if row["appointment_id"] is not None:
        stands = case.life(row["appointment_id"]).stood(said.at)
        verdict.that(stands, "said of an hour that was changed before", what)
    who = case.whose(said)
    if who is None:
        return  # a person's mailbox: see the judge of agendas
    at_its_time(said, case.lives_of(who), what, verdict)
    if isinstance(who, Person):
        wakes_nobody(said, who, what, verdict)


def at_its_time(said: Said, theirs: list[Life], what: str, verdict: Verdict) -> None:
    """Ten minutes before, ten minutes after, the day after: of an hour that comes, or came."""
    starts = hours(said)
    if said.msgids[0].startswith("soon."):
        due = [life for life in theirs if life.start in starts and life.start - TEN <= said.at < life.start]
        verdict.that(any(life.stood(said.at) for life in due), "told of an hour that does not come", what)
    if "attend.ask" in said.msgids:
        began = [life for life in theirs if life.start in starts and life.start + TEN <= said.at]
        verdict.that(any(life.stood(life.start) for life in began), "asked about an hour that never was", what)
    for msgid in AFTER.keys() & set(said.msgids):
        came = [life for life in theirs if life.start < said.at < life.start + 4 * DAY and life.stood(life.start)]
        verdict.that(any(life.status == AFTER[msgid] for life in came), "asked about an hour that never was", what)


def wakes_nobody(said: Said, person: Person, what: str, verdict: Verdict) -> None:
    """At night only of an hour within a day."""
    soon = any(said.at <= start <= said.at + DAY for start in hours(said))
    verdict.that(soon or not is_night(said.at, person.zone), "a person was woken", what)


def hours(said: Said) -> list[datetime]:
    """All that it names, in its sentences and its options."""
    texts = (*said.reply.texts, *(option.label for option in said.reply.options))
    return [value for text in texts for value in text.args.values() if isinstance(value, datetime)]
