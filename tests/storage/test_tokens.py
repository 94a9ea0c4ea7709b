"""Links that were given out: good until they are over, once where that is what they are for."""

from __future__ import annotations

from datetime import timedelta

from storage import tokens
from storage.db import Database
from tests.storage.conftest import NOW

DAY = timedelta(days=1)


async def test_a_link_is_good_until_it_is_over(db: Database) -> None:
    token = await tokens.give(db, "appointment", "a1", NOW + DAY)
    assert await tokens.give(db, "appointment", "a1", NOW + DAY) == token
    assert await tokens.look(db, token, "appointment", NOW) == tokens.Good("a1")
    assert await tokens.look(db, token, "email", NOW) is None
    assert await tokens.look(db, "x" * 22, "appointment", NOW) is None
    assert await tokens.look(db, token, "appointment", NOW + DAY) == tokens.Over(used=False)
    assert await tokens.revoke(db, "appointment", "a1", NOW) == 1
    assert await tokens.look(db, token, "appointment", NOW) == tokens.Over(used=False)


async def test_what_may_be_done_once_is_done_once(db: Database) -> None:
    token = await tokens.give(db, "email", "p1", NOW + DAY)
    assert await tokens.use(db, token, "email", NOW) == tokens.Good("p1")
    assert await tokens.use(db, token, "email", NOW) == tokens.Over(used=True)
    assert await tokens.use(db, "\ud800", "email", NOW) is None
