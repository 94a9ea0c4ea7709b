"""What is given in a copy of somebody's data: each column of each table is told about."""

from __future__ import annotations

from storage.given import GIVEN, KEPT
from storage.whose import OTHERWISE, WHOSE
from tests.guards import guards
from tests.storage.test_whose import tables


@guards("G04")
def test_every_column_is_given_or_has_a_reason() -> None:
    for table in (*WHOSE, *OTHERWISE):
        given, kept = set(GIVEN.get(table, ())), set(KEPT.get(table, {}))
        assert not given & kept, table
        assert given | kept == tables()[table], table
    assert {*GIVEN, *KEPT} == {*WHOSE, *OTHERWISE}


def test_each_reason_is_one() -> None:
    assert all(len(why) > 10 for columns in KEPT.values() for why in columns.values())
