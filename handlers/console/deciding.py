"""What the console shows of decisions about people, and what was typed into its form. `handlers/deciding.py` acts.

seen(parts, id, actor)          one decision, whose, and who decided; noted
of_person(parts, id)            a person's decisions, the latest first
wanted(fields), chosen(…)       the form, and what it says
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from booking.decisions import Decision, DecisionKind, Ground, Verdict
from booking.model import Person
from booking.operating import why_not_review
from handlers.console.forms import filled
from handlers.deciding import Chosen
from handlers.parts import Parts
from storage import audit, decisions, looking, operators

LONGEST: Final = 2000  # characters of a field that are looked at


@dataclass(frozen=True, slots=True)
class DecisionSeen:
    """`names`: of operators, as the decision calls them. `judges`: who looks may judge what is contested; `declares`:
    once they declare that it was not they who decided.
    """

    decision: Decision
    person: Person | None
    names: Mapping[str, str]
    judges: bool
    declares: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """The form as it was filled in; shown again as it was. `until`: the last day, ISO 8601; empty with `lasts` open."""

    kind: str = ""
    ground: str = ""
    words: str = ""
    lasts: str = ""
    until: str = ""
    appointments: str = ""


@dataclass(frozen=True, slots=True)
class NotRead:
    """Which field is missing, or is none of its choices."""

    field: str


def wanted(fields: Mapping[str, str]) -> Wanted:
    return filled(Wanted, fields, LONGEST)


def chosen(form: Wanted, day: date | None, verdicts: Collection[Verdict | DecisionKind]) -> Chosen | NotRead:
    """`day`: the last one, read from the form; `verdicts`: those that there are to choose from. Nothing is chosen for
    who chose nothing."""
    verdict = next((each for each in verdicts if each == form.kind), None)
    if verdict is None:
        return NotRead("kind")
    if verdict == "no_ground":
        return Chosen(verdict)
    ground = next((each for each in Ground if each.value == form.ground), None)
    if ground is None:
        return NotRead("ground")
    return _suspension(form, ground, day) if verdict == "suspension" else Chosen(verdict, ground, form.words)


def _suspension(form: Wanted, ground: Ground, day: date | None) -> Chosen | NotRead:
    if form.lasts not in {"until", "open"} or (form.lasts == "until" and day is None):
        return NotRead("until")
    if form.appointments not in {"stand", "go"}:
        return NotRead("appointments")
    last = day if form.lasts == "until" else None
    return Chosen("suspension", ground, form.words, last, form.appointments == "go")


async def seen(parts: Parts, id: str, actor: str) -> DecisionSeen | None:
    async with parts.db.transaction() as tx:
        found = await decisions.get(tx, id)
        if found is None:
            return None
        await audit.looked(tx, actor, f"decision:{id}", parts.clock())
        person = (await looking.people(tx, [found.person])).get(found.person)
        names = await operators.called(tx)
        judges = why_not_review(actor, found.by, names, declares=True) is None
        return DecisionSeen(found, person, names, judges, judges and found.by not in names)


async def of_person(parts: Parts, id: str) -> Sequence[Decision]:
    return await decisions.of_person(parts.db, id)
