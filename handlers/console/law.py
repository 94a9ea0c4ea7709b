"""What the console shows of the law's own matters: which legal holds stand, and how far the erasing of people is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal, TypeAlias

from handlers.parts import Parts
from storage import archives, audit, erasures, holds, operators, provider_copies
from storage.erasures import Erasure
from storage.holds import LegalHold

LATEST: Final = 50
LATE: Final = timedelta(hours=24)
State: TypeAlias = Literal["asked", "begun", "done", "not_done"]


@dataclass(frozen=True, slots=True)
class Erasing:
    """By its number alone: nobody is named. `left`: messages that still lie at providers; `late`: it takes longer than
    a day."""

    number: int
    asked_at: datetime
    done_at: datetime | None
    state: State
    left: int
    late: bool


@dataclass(frozen=True, slots=True)
class LawSeen:
    """`due`: ids of the holds that are to be reviewed; `archived`: of people whose account is closed, and who have no
    page; `names`: of operators, as the rows call them."""

    holds: Sequence[LegalHold]
    due: frozenset[str]
    archived: frozenset[str]
    erasings: Sequence[Erasing]
    names: Mapping[str, str]


async def seen(parts: Parts, actor: str) -> LawSeen:
    """That they looked at the disputes is noted."""
    db, now = parts.db, parts.clock()
    standing = await holds.standing(db)
    if standing:
        await audit.looked(db, actor, "holds", now)
    return LawSeen(
        standing,
        frozenset(each.id for each in standing if each.review_at <= now),
        frozenset([each.person for each in standing if await archives.there(db, each.person)]),
        [await _erasing(parts, each, now) for each in await erasures.latest(db, LATEST)],
        await operators.called(db),
    )


async def _erasing(parts: Parts, each: Erasure, now: datetime) -> Erasing:
    left = await provider_copies.left(parts.db, each.id)
    late = each.done_at is None and now - each.asked_at > LATE
    return Erasing(each.id, each.asked_at, each.done_at, _state(each), left, late)


def _state(each: Erasure) -> State:
    if each.done_at is not None:
        return "done" if each.person else "not_done"
    return "asked" if each.begun_at is None else "begun"
