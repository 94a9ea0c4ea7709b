"""A worker's own calendar, from the message that gives its address to the hours that are no longer offered."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from handlers.calendars.fetching import Fetched, Unchanged, Unfetched
from handlers.calendars.watching import EVERY, read_due
from storage import directory, spans, worker_calendars
from storage.booking import RowStore
from tests.handlers.path.place import CLAIRE, Place

pytestmark = pytest.mark.sampled

ADDRESS = "https://calendar.example.org/private-5f3a/basic.ics"
LINES = ("BEGIN:VEVENT", "UID:{0}@elsewhere", "DTSTAMP:{1}", "SUMMARY:Dentiste", "DTSTART:{0}", "DURATION:PT2H")
EVENT = "\r\n".join((*LINES, "END:VEVENT", ""))


def calendar(*starts: str, stamp: str = "20260101T000000Z") -> bytes:
    events = "".join(EVENT.format(start, stamp) for start in starts)
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{events}END:VCALENDAR\r\n".encode()


@dataclass
class Shelf:
    """The outside: what it answers, and what it was asked."""

    body: bytes = b""
    tag: str | None = None
    trouble: str | None = None
    asked: list[tuple[str, str | None]] = field(default_factory=list)

    async def __call__(self, address: str, tag: str | None) -> Fetched | Unchanged:
        self.asked.append((address, tag))
        if self.trouble:
            raise Unfetched(self.trouble)
        return Unchanged() if self.tag is not None and tag == self.tag else Fetched(self.body, self.tag)


async def read(place: Place, shelf: Shelf, **after: float) -> int:
    place.clock.now += timedelta(**after)
    done = await read_due(place.parts, shelf)
    await place.settle()
    return done


async def times(place: Place) -> list[str]:
    worker = (await place.contact("sms", CLAIRE)).worker_id
    assert worker is not None
    return [f"{span.start:%dT%H}/{span.end:%H}" for span in await spans.of_calendar(place.parts.db, worker)]


async def gives(place: Place) -> None:
    said = await place.says("sms", CLAIRE, f"calendrier {ADDRESS}")
    assert said[-1].startswith("Merci. Je lis votre agenda")


async def test_an_address_that_is_given_is_read_at_once_and_again(place: Place) -> None:
    shelf = Shelf(calendar("20260303T080000Z"), tag="E1")
    await gives(place)
    assert await read(place, shelf) == 1
    assert await times(place) == ["03T08/10"]
    [told] = place.new("sms", CLAIRE)
    assert told.startswith("Votre agenda est lu. Heures occupées dans les 8 semaines : 2.")
    assert await read(place, shelf, minutes=14) == 0
    assert await read(place, shelf, minutes=1) == 1
    assert shelf.asked == [(ADDRESS, None), (ADDRESS, "E1")]
    assert place.new("sms", CLAIRE) == []


async def test_what_is_busy_is_not_offered(place: Place) -> None:
    async def offered() -> bool:
        async with place.parts.db.transaction() as tx:
            found = await RowStore(tx, place.parts.directories).directory()
        claire = found.named("claire")
        assert claire is not None
        return bool(found.timetable.at(datetime(2026, 3, 3, 8, tzinfo=UTC)) & found.bit(claire.id))

    assert await offered()
    await gives(place)
    await read(place, Shelf(calendar("20260303T080000Z")))
    assert not await offered()
    assert "n'est plus lu" in (await place.says("sms", CLAIRE, "oublier mon calendrier"))[-1]
    assert await offered()
    assert await read(place, Shelf(), days=1) == 0


async def test_only_a_change_makes_a_new_version(place: Place) -> None:
    """Google stamps each event anew at each asking: that is no change. The next day it is read in full once more."""
    shelf = Shelf(calendar("20260310T080000Z"))
    await gives(place)
    await read(place, shelf)
    version = await directory.version(place.parts.db)
    shelf.body = calendar("20260310T080000Z", stamp="20260302T101500Z")
    assert await read(place, shelf, minutes=15) == 1
    assert await directory.version(place.parts.db) == version
    assert await read(place, shelf, days=1) == 1
    assert await directory.version(place.parts.db) == version
    shelf.body = calendar("20260311T080000Z")
    await read(place, shelf, minutes=15)
    assert await times(place) == ["11T08/10"]
    assert await directory.version(place.parts.db) == version + 1


async def test_one_that_never_could_be_read_is_told_at_once(place: Place) -> None:
    await gives(place)
    for trouble in ("status_404", "status_404"):
        await read(place, Shelf(trouble=trouble), minutes=15)
    [told] = place.new("sms", CLAIRE)
    assert told.startswith("Je n'arrive pas à lire votre agenda.")
    await read(place, Shelf(b"<html>"), minutes=15)
    assert place.new("sms", CLAIRE) == []
    await read(place, Shelf(calendar()), minutes=15)
    assert "Heures occupées dans les 8 semaines : 0." in place.new("sms", CLAIRE)[0]


async def test_what_was_known_stays_and_after_a_day_it_is_told_once(place: Place) -> None:
    shelf = Shelf(calendar("20260310T080000Z"))
    await gives(place)
    await read(place, shelf)
    place.new("sms", CLAIRE)
    shelf.trouble = "unreached"
    await read(place, shelf, hours=1)
    assert place.new("sms", CLAIRE) == []
    await read(place, shelf, hours=24)
    [told] = place.new("sms", CLAIRE)
    assert told.startswith("Je n'arrive plus à lire votre agenda")
    await read(place, shelf, hours=1)
    assert place.new("sms", CLAIRE) == []
    assert await times(place) == ["10T08/10"]
    assert await worker_calendars.failing(place.parts.db, place.clock.now - timedelta(days=1)) == 1
    shelf.trouble = None
    await read(place, shelf, hours=1)
    assert await worker_calendars.failing(place.parts.db, place.clock.now) == 0


async def test_one_that_was_forgotten_while_it_was_read_is_not_kept(place: Place) -> None:
    await gives(place)
    (row,) = await worker_calendars.take_due(place.parts.db, place.clock.now, EVERY, 9)
    await place.says("sms", CLAIRE, "oublier mon calendrier")
    assert not await worker_calendars.settle(place.parts.db, row, "x")
    assert not await worker_calendars.failed(place.parts.db, row, place.clock.now)


async def test_two_readers_do_not_read_the_same(place: Place) -> None:
    await gives(place)
    assert len(await worker_calendars.take_due(place.parts.db, place.clock.now, EVERY, 9)) == 1
    assert await worker_calendars.take_due(place.parts.db, place.clock.now, EVERY, 9) == []


@pytest.mark.parametrize("trouble", [None, "unreached"])
async def test_neither_the_address_nor_what_stands_in_it_is_logged(place: Place, trouble: str | None) -> None:
    with capture_logs() as logs:
        await gives(place)
        await read(place, Shelf(calendar("20260310T080000Z"), trouble=trouble))
    assert "private-5f3a" not in str(logs)
    assert "Dentiste" not in str(logs)
    rows = await place.parts.db.fetch("SELECT calendar FROM worker_setting")
    assert b"private-5f3a" not in bytes(rows[0]["calendar"])
