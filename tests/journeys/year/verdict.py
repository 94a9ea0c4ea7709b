"""What the judges share: the verdict, what counts as told, as crowded, as a lawful repetition."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from tests.journeys.year import clocks
from tests.journeys.year.clocks import folded, slot_in_words
from tests.journeys.year.evidence import Case
from tests.journeys.year.people import Person
from tests.journeys.year.phones import Said
from tests.journeys.year.staff import Worker

MOST_UNASKED: Final = 4  # a day, of a person
CAPPED: Final = frozenset({"reminder", "booked", "moved", "cancelled", "question", "offer", "freed", "feedback"})
NO_LOG: Final = frozenset({"telegram", "email"})  # where nobody can be asked whether a message arrived


@dataclass
class Verdict:
    """What was found, and the figures."""

    wrong: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def that(self, holds: bool, rule: str, what: str) -> None:
        if not holds:
            self.wrong.append(f"{rule}: {what}")


def told(
    case: Case,
    who: Person | Worker,
    since: datetime,
    until: datetime,
    msgids: Iterable[str],
    starts: Sequence[datetime],
    zone: str,
    lang: str,
    *,
    answer: bool = False,
) -> list[Said]:
    """Messages of such a kind that name these hours, in this order, in the reader's words and clock. `answer`: to what
    they typed; else those that came unasked.
    """
    words = re.compile(".*".join(re.escape(slot_in_words(start, zone, lang)) for start in starts), re.DOTALL)
    wanted = set(msgids)
    return [
        said
        for said in case.on_screens(who, since, until)
        if wanted & set(said.msgids)
        and words.search(folded(said.text))
        and case.files.outbox[said.outbox]["answer"] is answer
    ]


def lawful_double(case: Case, found: Sequence[Said]) -> bool:
    """After a call whose answer was lost, where no log can tell, one marked repetition is right (invariant I7)."""
    rows = {said.outbox for said in found}
    return len(found) == 2 and len(rows) == 1 and marked(case, found[0])


def marked(case: Case, said: Said) -> bool:
    return said.channel in NO_LOG and bool(case.files.outbox[said.outbox]["possible_duplicate"])


def crowded(case: Case, person: Person, at: datetime) -> bool:
    since = clocks.on_the_wall(person.local(at), 0)
    return len(unasked(case, person, since, at)) >= MOST_UNASKED


def unasked(case: Case, person: Person, since: datetime, until: datetime) -> list[Said]:
    """What counts against the day's measure, by the kinds that the rows are of."""
    shown = [(said, case.files.outbox[said.outbox]) for said in case.on_screens(person, since, until)]
    return [said for said, row in shown if row["kind"] in CAPPED and not row["answer"]]


def times(found: Sequence[Said]) -> str:
    return ", ".join(f"{said.at:%F %R:%S} by {said.channel}" for said in found)
