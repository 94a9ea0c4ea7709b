"""Operators, sessions and tries to log in, as rows."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from booking.operating import Role
from storage import logins, operators, purge, rotation, sessions
from storage.crypto import Vault
from storage.db import Database
from storage.faults import Refused
from tests.storage.conftest import KEYS, NOW, SECRET

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


async def made(db: Database, name: str = "camille") -> operators.OperatorRow:
    async with db.transaction() as tx:
        await operators.add(tx, f"id-{name}", name, Role.DESK, "A" * 32, NOW)
        await operators.enrol(tx, f"id-{name}", "$argon2id$", 7, [f"{name}1", f"{name}2"])
    found = await operators.by_name(db, name)
    assert found
    return found


async def test_a_name_is_one_operators(db: Database) -> None:
    await made(db)
    with pytest.raises(Refused):
        await operators.add(db, "other", "camille", Role.AUDITOR, "B" * 32, NOW)
    assert [row.name for row in await operators.all_of(db)] == ["camille"]


async def test_a_code_of_the_second_factor_works_once_however_many_try(db: Database, another: Database) -> None:
    operator = await made(db)
    assert not await operators.use_step(db, operator, 7), "the one that was shown at enrolment"
    tried = [operators.use_step(place, operator, 8) for place in (db, another, db, another)]
    assert sorted(await asyncio.gather(*tried)) == [False, False, False, True]
    assert not await operators.use_step(db, operator, 6)


async def test_a_recovery_code_works_once_and_for_its_owner(db: Database, another: Database) -> None:
    operator, other = await made(db), await made(db, "claire")
    assert not await operators.use_recovery(db, other, "camille1", NOW)
    tried = [operators.use_recovery(place, operator, "camille1", NOW) for place in (db, another, db, another)]
    assert sorted(await asyncio.gather(*tried)) == [False, False, False, True]
    assert await operators.codes_left(db, operator.id) == 1


@pytest.mark.parametrize("how", ["suspended", "reset"])
async def test_who_was_put_out_meanwhile_does_not_get_in(db: Database, how: str) -> None:
    operator = await made(db)
    if how == "suspended":
        assert await operators.suspend(db, operator.id, NOW)
        assert not await operators.suspend(db, operator.id, NOW)
    else:
        assert await operators.renew(db, operator.id, "B" * 32) == 1
    assert not await operators.use_step(db, operator, 9)
    assert not await operators.use_recovery(db, operator, "camille1", NOW)


async def test_tries_are_counted_one_after_the_other(db: Database, another: Database) -> None:
    async def once(place: Database) -> bool:
        async with place.transaction() as tx:
            return await logins.try_once(tx, "camille", NOW) is None

    went_on = await asyncio.gather(*[once(place) for place in [db, another] * 10])
    assert sum(went_on) == logins.FREE


async def test_waits_grow_and_end(db: Database) -> None:
    assert [logins.wait(tries) // MINUTE for tries in range(1, 13)] == [0, 0, 0, 0, 1, 2, 4, 8, 15, 15, 15, 15]

    async def once(later: timedelta) -> timedelta | None:
        async with db.transaction() as tx:
            until = await logins.try_once(tx, "camille", NOW + later)
        return until - NOW if until else None

    for _ in range(logins.FREE):
        assert await once(timedelta()) is None
    for _ in range(10):
        assert await once(timedelta()) == MINUTE, "who waits is not counted"
    assert await once(MINUTE) is None
    assert await once(MINUTE) == 3 * MINUTE
    for _ in range(logins.FREE):
        assert await once(2 * DAY) is None, "a day later it begins anew"


def test_so_few_guesses_a_day() -> None:
    """Against a password and one of a million codes, of which three are good."""
    now, count = timedelta(), 0
    while now < DAY:
        count += 1
        now += logins.wait(count)
    assert count < 110


async def test_sessions_and_tries_go_in_time(db: Database) -> None:
    operator = await made(db)
    await sessions.begin(db, "x" * 43, operator.id, NOW)
    async with db.transaction() as tx:
        await logins.try_once(tx, "nobody", NOW)
    assert await purge.purge(db, NOW + DAY) == {}
    assert await purge.purge(db, NOW + DAY + MINUTE) == {"tries to log in": 1}
    assert await purge.purge(db, NOW + 30 * DAY + MINUTE) == {"ended sessions": 1}


async def test_new_keys_leave_operators_as_they_are(db: Database) -> None:
    """Names are found by the new SECRET_KEY, second factors open under the new encryption key."""
    await made(db)
    db.vault = Vault("another secret of more than 32 characters", KEYS[::-1])
    try:
        assert await operators.by_name(db, "camille") is None
        await rotation.reindex(db, NOW, ())
        await rotation.reseal(db)
        db.vault = Vault("another secret of more than 32 characters", KEYS[1:])
        found = await operators.by_name(db, "camille")
        assert found
        assert found.totp == "A" * 32
    finally:
        db.vault = Vault(SECRET, KEYS)
        await db.execute("UPDATE flag SET value = ? WHERE name = 'index_key'", db.vault.index_fingerprint)
        await db.execute("DELETE FROM operator")
