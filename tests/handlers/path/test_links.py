"""What a link that leaks is good for: one purpose, and a time (threat T25)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from conversations.model import Link
from handlers import links
from storage import tokens
from tests.guards import guards
from tests.handlers.path.place import Place

pytestmark = pytest.mark.sampled

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
# Of an hour: from the furthest one that can be booked.
GOOD_FOR = {
    "appointment": 60 * DAY,
    "worker": 60 * DAY,
    "email": 30 * DAY,
    "calendar": 3650 * DAY,
    "upload": 2 * DAY,
    "handed": 14 * DAY,
    "export": DAY,
}


@guards("T25", partly=True)
async def test_each_opens_one_kind_of_page_and_ends_in_its_time(place: Place) -> None:
    db, now = place.parts.db, place.clock.now
    assert set(GOOD_FOR) == set(links.PATHS)
    for kind, lasts in GOOD_FOR.items():
        named: Any = kind
        link = Link(named, "one")
        async with place.parts.db.transaction() as tx:
            await links.give(tx, place.parts, link, now)
        token = links.url(place.parts, link).rsplit("/", 1)[1].removesuffix(".ics")
        ends = now + lasts + (place.parts.rules.horizon if kind in {"appointment", "worker"} else timedelta())
        assert await tokens.look(db, token, kind, ends - SECOND) == tokens.Good("one"), kind
        assert await tokens.look(db, token, kind, ends) == tokens.Over(used=False), kind
        for other in {*GOOD_FOR, "call", "enrol"} - {kind}:
            assert await tokens.look(db, token, other, now) is None, (kind, other)
            assert await tokens.use(db, token, other, now) is None, (kind, other)
        assert await tokens.look(db, token, kind, now) == tokens.Good("one"), "what was not its purpose used nothing up"
