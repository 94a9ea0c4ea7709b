"""The judge of agendas: every mail with an event is read by another maker's parser and done as an agenda does it, by
UID and SEQUENCE (RFC 5546, 2.1.5). In the end each agenda shows the hours that stand, and no others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

import vobject

from tests.journeys.year.clocks import HOUR, when_awake
from tests.journeys.year.evidence import SOON, Case
from tests.journeys.year.history import Life
from tests.journeys.year.phones import PUBLIC_URL, Said
from tests.journeys.year.verdict import Verdict

HOST: Final = PUBLIC_URL.removeprefix("https://")
EVER: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Shown:
    """An event as it stands in an agenda; `start` None: it was taken out."""

    sequence: int
    stamp: datetime
    start: datetime | None


@dataclass
class Agenda:
    """One mailbox. `worker` has only the hours that are theirs; `since`: from then on events are sent there."""

    zone: str
    since: datetime | None
    series: set[str]
    worker: str | None = None
    events: dict[str, Shown] = field(default_factory=dict)


def agendas(case: Case, verdict: Verdict) -> None:
    found: dict[str, Agenda] = {}
    for person in case.people.values():
        series = {life.series for life in case.lives_of(person)}
        found[person.email] = Agenda(person.zone, person.confirmed_at, series)
    for id, worker in case.workers.items():
        found[worker.email] = Agenda(worker.zone, EVER, {life.series for life in case.lives if life.worker == id}, id)
    versions: dict[str, list[Life]] = defaultdict(list)
    for life in sorted(case.lives, key=lambda life: life.version):
        versions[life.series].append(life)
    for said in case.said:
        if said.event:
            _arrives(found[said.address], versions, said, verdict)
    for address, agenda in found.items():
        for each in agenda.series:
            _in_the_end(case, agenda, versions[each][-1], address, verdict)


def _arrives(agenda: Agenda, versions: Mapping[str, list[Life]], said: Said, verdict: Verdict) -> None:
    file = vobject.readOne(said.event)
    event = file.vevent
    series, _, host = event.uid.value.partition("@")
    what = f"{file.method.value} to {said.address} at {said.at:%F %R}, {event.dtstart.value:%F %R} UTC"
    verdict.counts[f"agendas: mails {file.method.value}"] += 1
    verdict.that(host == HOST and event.dtend.value == event.dtstart.value + HOUR, "another event", what)
    start = None if file.method.value == "CANCEL" else event.dtstart.value
    if start is not None:
        stands = any(life.start == start and life.stood(said.at) for life in versions[series])
        verdict.that(stands, "an agenda was told of an hour that does not stand", what)
    held, new = agenda.events.get(series), Shown(int(event.sequence.value), event.dtstamp.value, start)
    if held is not None and held.start != new.start:
        # One that comes late, after the next, is lower, and the agenda rightly leaves it.
        verdict.that(new.sequence != held.sequence, "an agenda would not take it", f"{what}, {new} after {held}")
    if held is None or (new.sequence, new.stamp) >= (held.sequence, held.stamp):
        agenda.events[series] = new


def _in_the_end(case: Case, agenda: Agenda, last: Life, address: str, verdict: Verdict) -> None:
    """Of one appointment, whatever became of it."""
    there = last.status not in {"moved", "cancelled"} and agenda.worker in {None, last.worker}
    shown = agenda.events.get(last.series)
    what = f"{address}: {last.start:%F %R} UTC, made {last.made_at:%F %R}, {last.status}: {shown}"
    if agenda.since is None:
        verdict.that(shown is None, "sent to an address that nobody confirmed", what)
        return
    changed = max(last.ended_at or last.made_at, agenda.since)
    if agenda.since > last.start or when_awake(changed, agenda.zone) + SOON > min(last.start, case.ends):
        verdict.counts["agendas: over before a mail could leave"] += 1
        return
    verdict.counts[f"agendas: {'show it' if there else 'do not show it any more'}"] += 1
    if there:
        verdict.that(shown is not None and shown.start == last.start, "an agenda does not show it", what)
    else:
        verdict.that(shown is None or shown.start is None, "an agenda still shows it", what)
