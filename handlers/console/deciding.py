"""What the console shows of decisions about people, and what was typed into its form. `handlers/deciding.py` acts.

seen(parts, id, actor)          one decision, whose, and who decided; noted
of_person(parts, id)            a person's decisions, the latest first
wanted(fields), decide(…)       the form, and what comes of it
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from booking.decisions import DecideAnswer, Decision, Ground
from booking.model import Person
from booking.operating import may_judge
from handlers import deciding
from handlers.console import people
from handlers.parts import Parts
from storage import decisions, looking, operators
from storage.db import Sql

LONGEST: Final = 2000  # characters of a field that are looked at


@dataclass(frozen=True, slots=True)
class DecisionSeen:
    """`names`: of operators, as the decision calls them. `judges`: who looks may judge what is contested."""

    decision: Decision
    person: Person | None
    names: Mapping[str, str]
    judges: bool


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
    read = {name: fields.get(name, "").strip()[:LONGEST] for name in Wanted.__dataclass_fields__}
    return Wanted(**{**read, "words": read["words"].replace("\r\n", "\n")})


async def decide(parts: Parts, person: str, actor: str, form: Wanted, day: date | None) -> DecideAnswer | NotRead:
    """`day`: the last one, read from the form. Nothing is chosen for who chose nothing."""
    ground = next((each for each in Ground if each.value == form.ground), None)
    if form.kind not in {"warning", "suspension"} or ground is None:
        return NotRead("ground" if ground is None else "kind")
    if form.kind == "warning":
        return await deciding.warn(parts, person, actor, ground, form.words)
    if form.lasts not in {"until", "open"} or (form.lasts == "until" and day is None):
        return NotRead("until")
    if form.appointments not in {"stand", "go"}:
        return NotRead("appointments")
    last, cancels = (day if form.lasts == "until" else None), form.appointments == "go"
    return await deciding.suspend(parts, person, actor, ground, form.words, last_day=last, cancels=cancels)


async def seen(parts: Parts, id: str, actor: str) -> DecisionSeen | None:
    async with parts.db.transaction() as tx:
        found = await decisions.get(tx, id)
        if found is None:
            return None
        await people.note(tx, actor, f"decision:{id}", parts.clock())
        person = (await looking.people(tx, [found.person])).get(found.person)
        return DecisionSeen(found, person, await names(tx), may_judge(actor, found.by))


async def of_person(parts: Parts, id: str) -> Sequence[Decision]:
    return await decisions.of_person(parts.db, id)


async def names(db: Sql) -> dict[str, str]:
    return {f"operator:{row.id}": row.name for row in await operators.all_of(db)}
