"""Decisions as rows mean what they mean in dictionaries; only one suspension stands; how long they are kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from booking.decisions import Decision, DecisionId, Ground
from booking.model import PersonId
from booking.ports import BookingStore
from storage import decisions, purge
from storage.booking import Directories, RowStore
from storage.db import Database
from storage.faults import Refused
from tests.storage.conftest import NOW as TODAY
from tests.storage.test_booking_store import NOW, PERSON
from tests.storage.test_booking_store import store as store  # noqa: PLC0414 - the fixture: memory, then rows

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MADE = Decision(DecisionId("d1"), PERSON.id, "suspension", Ground.DISRESPECT, "Des mots.", "operator:anna", NOW)


async def test_a_decision_from_making_to_reviewing(store: BookingStore) -> None:
    assert await store.decision(MADE.id) is None
    await store.save_decision(MADE)
    assert await store.decision(MADE.id) == MADE
    later = replace(MADE, id=DecisionId("d2"), kind="warning", at=NOW + HOUR, until=NOW + DAY, cancels=True)
    await store.save_decision(later)
    await store.save_decision(replace(MADE, id=DecisionId("d3"), person=PersonId("somebody")))
    assert list(await store.decisions(PERSON.id)) == [later, MADE]
    contested = replace(MADE, contested=NOW + HOUR, contest="Ce n'était pas moi.")
    await store.save_decision(contested)
    assert await store.decision(MADE.id) == contested
    for upheld in (True, False):
        done = replace(
            contested, reviewed=NOW + DAY, reviewed_by="operator:otto", upheld=upheld, answer="Relu.", ended=NOW + DAY
        )
        done = replace(done, ended_by="operator:otto", ended_words="Ouvert.", read=NOW + HOUR, news=upheld)
        await store.save_decision(done)
        assert await store.decision(MADE.id) == done


async def saved(db: Database, *made: Decision) -> None:
    async with db.transaction() as tx:
        for each in made:
            await RowStore(tx, Directories()).save_decision(each)


async def test_two_suspensions_of_one_person_never_stand(db: Database) -> None:
    await saved(db, MADE, replace(MADE, id=DecisionId("d2"), kind="warning"))
    with pytest.raises(Refused):
        await saved(db, replace(MADE, id=DecisionId("d3")))
    await saved(db, replace(MADE, ended=NOW), replace(MADE, id=DecisionId("d3")))


async def test_those_whose_day_came_the_longest_first(db: Database) -> None:
    people = [replace(MADE, id=DecisionId(f"d{n}"), person=PersonId(f"p{n}")) for n in range(5)]
    await saved(
        db,
        replace(people[0], until=NOW),
        replace(people[1], until=NOW - HOUR),
        replace(people[2], until=NOW + HOUR),
        replace(people[3], until=NOW - HOUR, ended=NOW - HOUR),
        people[4],
    )
    assert await decisions.due(db, NOW) == ["d1", "d0"]
    assert await decisions.due(db, NOW, 1) == ["d1"]


async def test_they_go_two_years_after_they_are_over(db: Database) -> None:
    stands = replace(MADE, at=TODAY)
    ended = replace(stands, id=DecisionId("d2"), ended=TODAY + DAY)
    warned = replace(stands, id=DecisionId("d3"), kind="warning")
    await saved(db, ended, stands, warned)
    over = TODAY.replace(year=TODAY.year + 2)
    assert await purge.purge(db, over) == {}
    assert await purge.purge(db, over + HOUR) == {"decisions": 1}
    assert await purge.purge(db, over + DAY + HOUR) == {"decisions": 1}
    assert await purge.purge(db, TODAY + 4000 * DAY) == {}, "what stands is not forgotten"
    assert await decisions.get(db, stands.id) is not None
