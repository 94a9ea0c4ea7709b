"""What the figures say of a month: what is told is true, what is of few is not told, and a booking leaves its steps."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from booking.model import Appointment, AppointmentId, CodeId, ContactId, Mode, Motive, Person, PersonId, WorkerId
from handlers.figures.files import NAMES, files
from handlers.figures.kinds import OUTCOMES, Report
from handlers.figures.period import period
from handlers.figures.report import report
from handlers.figures.tables import WITHHELD, Table, tables
from locales.voice import Voice
from storage import figures, steps
from storage.booking import RowStore
from tests.journeys.booking import LATER, TODAY, booked_by_sms, booked_by_telegram
from tests.journeys.served import BECAME, SCORES, STEPS, people, serve
from tests.journeys.town import CAMILLE, MONDAY, SAM, Town, built

pytestmark = pytest.mark.sampled

PARIS = ZoneInfo("Europe/Paris")
FEBRUARY = period("2026-02", PARIS)
PRICES = {"sms": Decimal("0.07")}


@pytest.fixture
async def served(database_url: str) -> AsyncIterator[Town]:
    async with built(database_url) as town:
        await serve(town.parts)
        yield town


async def reported(town: Town, ref: str | None = None) -> Report:
    client = next((each for each in await figures.clients(town.parts.db) if each.ref == ref), None)
    return await report(town.parts, FEBRUARY, PRICES, client)


def of(report: Report, name: str) -> Table:
    return next(table for table in tables(report) if table.name == name)


async def test_of_everybody(served: Town) -> None:
    found = await reported(served)
    assert found.people == 67
    assert found.outcomes.total == 67
    told = {name: count for name, count in found.outcomes.of.items() if count}
    assert told.items() <= {"kept": 39, "missed": 14, "cancelled": 11}.items()
    assert found.outcomes.of["late"] is None, "three people"
    assert found.to_booking.people == 67
    assert found.to_booking.minutes is not None
    assert (found.to_booking.minutes.median, found.to_booking.minutes.ninth) == (8.0, 1440.0)
    assert found.to_booking.messages is not None
    assert found.to_booking.messages.median == 2
    assert dict(found.to_booking.buckets) == {"minutes": 44, "hour": 0, "day": 23, "week": 0, "more": 0}
    [sms] = found.costs
    assert (sms.channel, sms.messages, sms.segments, sms.price) == ("sms", 67, 134, Decimal("9.38"))
    assert found.deliveries.rows == (("sms", {"delivered": 67}),)
    assert next(wait for wait in found.waits if wait.motive == Motive.FINANCE).booked == 33
    assert all(wait.first_free is not None for wait in found.waits), "Claire and the others have hours"
    assert dict(found.funnel.steps) == {"begun": 90, **dict.fromkeys(STEPS, 67), "phone": 0, "booked": 67}
    heard = {name: (yes, no) for name, yes, no in found.understanding.rows}
    assert heard["start"] == (90, 11), "of people without a client yet"
    assert heard["motive"] == (67, 0)
    assert heard["slot"] == (67, 33)


async def test_of_the_clients_beside_each_other_nothing_small_is_told(served: Town) -> None:
    found = await reported(served)
    rows = {row.client.ref: row for row in found.clients}
    assert rows["brume"].people is None
    assert rows["brume"].outcomes.total is None
    assert all(not rows["brume"].outcomes.of[name] for name in OUTCOMES)
    assert rows["ports"].people == 50
    for ref, became in BECAME.items():
        for name in OUTCOMES:
            count = rows[ref].outcomes.of[name]
            assert count in {None, became.count(name)}, "what is told is so"
            assert count is None or count == 0 or count >= 10
    shown = [row.outcomes.of["kept"] for row in found.clients if row.outcomes.of["kept"] is not None]
    assert len(shown) <= 1, "the small one is not everybody less the others"


async def test_of_one_client_its_own(served: Town) -> None:
    found = await reported(served, "ports")
    assert found.people == 50
    assert found.clients == ()
    assert "begun" not in dict(found.funnel.steps), "whoever only began is nobody's yet"
    assert found.deliveries.rows == ()
    [sms] = found.costs
    assert (sms.messages, sms.segments, sms.price) == (50, 100, Decimal("7.00"))
    assert found.to_booking.people == 50
    assert [table.name for table in tables(found)][-1] == "costs"


async def test_of_a_client_with_few_people_nothing_but_noughts(served: Town) -> None:
    found = await reported(served, "brume")
    free = {wait.first_free for wait in found.waits}
    assert None not in free, "that is nobody's"
    for table in tables(found):
        for row in table.rows:
            numbers = row.values[1:] if table.name == "waits" else row.values
            assert all(value is None or value is WITHHELD or value == 0 for value in numbers), (table.name, row)


async def test_the_effect_of_reminders_adds_up(served: Town) -> None:
    found = await reported(served)
    reminded = sum(n % 2 for n, _ in enumerate(people()))
    assert (found.reminders.reminded.total, found.reminders.alone.total) == (reminded, 67 - reminded)
    assert of(found, "reminders").rows[0].values[0] in {WITHHELD, found.reminders.reminded.of["kept"]}


async def test_how_it_was(served: Town) -> None:
    """One person was unhappy, which nobody can work out of what is told."""
    for ref in (None, *SCORES):
        found = (await reported(served, ref)).scores
        given = Counter(score for client, scores in SCORES.items() for score in scores if ref in {None, client})
        assert found.of[1] is None or not given[1]
        untold = sum(given[score] for score in found.of if found.of[score] is None)
        assert found.total is None or untold not in range(1, 10)
        for score, count in found.of.items():
            assert count in {None, given[score]}, "what is told is so"
    everybody, ports = (await reported(served)).scores, (await reported(served, "ports")).scores
    assert (everybody.total, everybody.of[5]) == (39, 27)
    assert (ports.total, ports.of[5]) == (24, 12)


async def test_files_of_them(served: Town) -> None:
    """No id and no number of anybody is in one."""
    found = await reported(served)
    for lang in ("fr", "en"):
        made = files(found, tables(found), Voice(lang))
        assert set(made) == NAMES
        for name, content in made.items():
            assert b"33639980" not in content
            assert b"brume-1" not in content
            if name.endswith(".svg"):
                assert content.startswith(b"<svg")
                assert b"<script" not in content


async def test_a_booking_leaves_its_steps_and_nobody(town: Town) -> None:
    await booked_by_sms(town, CAMILLE, TODAY)
    counted = await steps.of_days(town.parts.db, date(2026, 3, 2), date(2026, 3, 3))
    client = next(each.id for each in await figures.clients(town.parts.db) if each.ref == "ports")
    answered = [each.what.step for each in counted if each.what.outcome == "answered"]
    assert sorted(answered) == ["code", "email", "motive", "name", "slot", "summary", "terms"]
    assert {each.count for each in counted if each.what.outcome in {"answered", "begun", "booked"}} == {1}
    assert {each.client for each in counted if each.what.outcome == "booked"} == {client}
    assert {each.client for each in counted if each.what.outcome == "begun"} == {""}, "before the code"
    assert not [each for each in counted if each.what.outcome == "missed"]


async def test_a_reminder_that_went_out_is_seen_and_one_that_is_to_come_is_not(town: Town) -> None:
    await booked_by_sms(town, SAM, LATER)
    march = MONDAY, MONDAY + timedelta(days=30)
    assert [hour.reminded for hour in await figures.hours(town.parts.db, *march)] == [False]
    await town.passes(days=5)
    assert town.new(SAM)[-1].startswith("Rappel")
    assert [hour.reminded for hour in await figures.hours(town.parts.db, *march)] == [True]


async def test_what_is_not_understood_stands_at_its_question(town: Town) -> None:
    await booked_by_telegram(town)
    for text in (*LATER[:2], "qsdfgh", "azerty zzz", *LATER[2:]):
        await town.sms(SAM, text)
    counted = await steps.of_days(town.parts.db, date(2026, 3, 2), date(2026, 3, 3))
    missed = {(each.what.flow, each.what.step): each.count for each in counted if each.what.outcome == "missed"}
    assert missed == {("book", "motive"): 2}
    asked = {each.what.step: each.count for each in counted if each.what.outcome == "asked"}
    assert asked["motive"] == 2, "put again, it is not another question"
    begun = sum(each.count for each in counted if each.what.outcome == "begun")
    booked = sum(each.count for each in counted if each.what.outcome == "booked")
    assert (begun, booked) == (2, 2)


# ------------------------------------------------------------ the edges of a period


async def test_of_a_service_that_nobody_used_yet(town: Town) -> None:
    """Noughts, nothing withheld, and a picture of each table that has rows."""
    for text in ("2026-02", "2025-Q4", "2025"):
        found = await report(town.parts, period(text, PARIS), PRICES)
        assert (found.people, found.outcomes.total, found.to_booking.people) == (0, 0, 0)
        assert found.costs == ()
        made = tables(found)
        assert WITHHELD not in {value for table in made for row in table.rows for value in row.values}
        assert {name for name in files(found, made, Voice("en")) if name.endswith(".svg")} == {
            f"{table.name}.svg" for table in made if table.rows
        }


async def hours_at(town: Town, *starts: datetime) -> None:
    """A person of each, who missed it."""
    async with town.parts.db.transaction() as tx:
        store = RowStore(tx, town.parts.directories)
        [client] = [each.id for each in await figures.clients(tx) if each.ref == "ports"]
        [claire] = await tx.fetch("SELECT id FROM worker WHERE ref = 'claire'")
        for n, start in enumerate(starts):
            person = Person(PersonId(f"p-{n}"), client, CodeId("code"), "Ann", "Martin", None)
            await store.add_person(person, ContactId("c"))
            hour = Appointment(
                AppointmentId(f"edge-{n}"),
                person.id,
                client,
                WorkerId(claire["id"]),
                Motive.FINANCE,
                Mode.PHONE,
                start,
                ContactId("c"),
                AppointmentId(f"edge-{n}"),
                status="missed",
                made_at=start - timedelta(days=3),
            )
            await store.add_appointment(hour)


async def test_an_hour_belongs_to_the_month_of_its_day_there(town: Town) -> None:
    """Also in the nights before the clocks change, and at the turn of a month."""
    await hours_at(
        town,
        datetime(2025, 9, 30, 21, 45, tzinfo=UTC),  # 23:45 on 30 September, in summer
        datetime(2025, 9, 30, 22, 0, tzinfo=UTC),  # midnight: October
        datetime(2025, 10, 26, 0, 30, tzinfo=UTC),  # 2:30, for the first time that night
        datetime(2025, 10, 26, 1, 30, tzinfo=UTC),  # 2:30 again
        datetime(2025, 10, 31, 22, 59, tzinfo=UTC),  # 23:59 on 31 October, in winter
        datetime(2025, 10, 31, 23, 0, tzinfo=UTC),  # November
    )
    for text, expected in (("2025-09", 1), ("2025-10", 4), ("2025-11", 1), ("2025-Q4", 5), ("2025", 6)):
        found = period(text, PARIS)
        assert len(await figures.hours(town.parts.db, found.starts_at, found.ends_at)) == expected, text


async def test_a_quarter_is_told_beside_its_months(town: Town) -> None:
    """By hand: October 12 missed, November 7, December 4. The quarter's 23 say 11 of two months: told. With 7 and 2
    they would say 9: not told.
    """
    months = [(10, 12), (11, 7), (12, 4)]
    await hours_at(
        town, *(datetime(2025, month, 6 + n, 9, 0, tzinfo=UTC) for month, count in months for n in range(count))
    )
    told = {
        text: (await report(town.parts, period(text, PARIS), PRICES)).outcomes.of["missed"]
        for text in ("2025-10", "2025-11", "2025-12", "2025-Q4", "2025")
    }
    assert told == {"2025-10": 12, "2025-11": None, "2025-12": None, "2025-Q4": 23, "2025": 23}
    await town.parts.db.execute("DELETE FROM appointment WHERE id IN ('edge-21', 'edge-22')")
    await town.parts.db.execute("DELETE FROM person WHERE id IN ('p-21', 'p-22')")
    again = await report(town.parts, period("2025-Q4", PARIS), PRICES)
    assert (again.outcomes.of["missed"], again.outcomes.total) == (None, None)
    waits = {wait.motive: wait for wait in again.waits}
    assert waits[Motive.FINANCE].booked is None, "nor what was booked"
