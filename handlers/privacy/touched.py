"""After a breach (regulation 2016/679, articles 33 and 34; safety G22): whose data an actor saw or changed in a span of
time, and which, out of the trail of deeds. So the CNIL is told within 72 hours, and the people.

    touched(parts, actor, since, until) -> Touched

A deed names its object by its id. What leads to people who are not in it (an hour, a ticket, a day's list) is looked up
as it is now; a person who was erased since is counted by the id that is left. Who has no account is named by their
talk, who works for us as such. A deed on a list that no more can be told is counted as such: it may have shown anybody
who was on it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from handlers.console.talks import LISTED
from handlers.parts import Parts
from storage import audit
from storage import touched as rows
from storage.audit import Deed

# What somebody may have seen or changed by a deed on an object of this kind.
ACCOUNT: Final = ("name", "number", "e-mail address", "client", "channels", "appointments", "tickets")
FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "person": ACCOUNT,
    "archive": ("name", "number", "from when to when", "acceptances"),
    "appointment": ("name", "number", "client", "hour", "worker", "messages' fate"),
    "ticket": ("name", "number", "what they wrote to the desk", "matter"),
    "talk": ("name", "number", "what was written on both sides"),
    "report": ("name", "messages that were reported"),
    "decision": ("name", "reasons", "what they say against it"),
    "document": ("that there was a file",),
    "day": ("name", "hour", "worker"),
    "week": ("name", "hour"),
    "tickets": ("name", "that they asked the desk"),
    "conversations": ("name", "when they wrote"),
    "holds": ("name", "that a dispute is open"),
}
# A deed that shows less of its object.
INSTEAD: Final[Mapping[str, tuple[str, ...]]] = {LISTED: FIELDS["conversations"]}
# What a deed shows besides.
DEEDS: Final[Mapping[str, tuple[str, ...]]] = {
    "export": ("everything that the file held",),
    "read": ("messages between person and worker",),
    "read documents": ("documents",),
    "see documents": ("that there are documents",),
    "see": (),
}
LISTS: Final = frozenset({"tickets", "conversations", "holds"})  # not all who were on them then can be told now
OF_NOBODY: Final = frozenset(
    {"operator", "code", "codes", "directory", "worker", "client", "key", "hook", "inbox", "database", "sending"}
    | {"console", "service", "export"}  # an export notes each person in it besides
)


@dataclass(frozen=True, slots=True)
class One:
    """A person, as far as the actor touched their data. `person`: the account's id; else `talk:ID` or `worker:ID`."""

    person: str
    fields: tuple[str, ...]
    deeds: tuple[str, ...]
    first: datetime
    last: datetime
    count: int


@dataclass(frozen=True, slots=True)
class Touched:
    """`lists`: looks at lists on which anybody may have stood; `unknown`: deeds on what is not there any more."""

    people: Sequence[One]
    lists: int
    unknown: int
    deeds: int


async def touched(parts: Parts, actor: str, since: datetime, until: datetime) -> Touched:
    """`since` counts, `until` does not. A look is noted once in ten minutes, so one from shortly before counts too."""
    deeds = await audit.between(parts.db, actor, since - audit.LOOK, until)
    of: dict[str, list[Deed]] = defaultdict(list)
    lists = unknown = 0
    for deed in deeds:
        kind, _, id = deed.object.partition(":")
        if kind in LISTS and not id:
            lists += 1
            on_it = rows.with_holds if kind == "holds" else rows.with_tickets
            for each in await on_it(parts.db, deed.done_at):
                of[each].append(deed)
        elif kind not in OF_NOBODY:
            found = await _whose(parts, kind, id)
            unknown += not found
            for each in found:
                of[each].append(deed)
    people = [_one(person, theirs) for person, theirs in sorted(of.items())]
    return Touched(people, lists, unknown, len(deeds))


def _one(person: str, deeds: Sequence[Deed]) -> One:
    fields: dict[str, None] = {}
    for deed in deeds:
        seen = INSTEAD.get(deed.action, FIELDS.get(deed.object.partition(":")[0], ()))
        shown = (*seen, *DEEDS.get(deed.action, ()))
        fields |= dict.fromkeys(shown)
    acts = tuple(dict.fromkeys(deed.action for deed in deeds))
    return One(person, tuple(fields), acts, deeds[0].done_at, deeds[-1].done_at, len(deeds))


async def _whose(parts: Parts, kind: str, id: str) -> list[str]:
    """The people whom a deed on this object touched."""
    if kind == "day":
        return await _of_days(parts, date.fromisoformat(id), 1)
    if kind == "week":
        worker, _, monday = id.rpartition(":")
        return await _of_days(parts, date.fromisoformat(monday), 7, worker)
    return await rows.people(parts.db, kind, id)


async def _of_days(parts: Parts, first: date, days: int, worker: str | None = None) -> list[str]:
    start, end = (datetime.combine(first + timedelta(days=n), time(), parts.zone).astimezone(UTC) for n in (0, days))
    return await rows.with_hours(parts.db, start, end, worker)
