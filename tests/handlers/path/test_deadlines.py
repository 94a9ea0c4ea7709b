"""A request about data waits, in virtual time: alarms, more time with its reasons, a refusal; the person is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from booking import deadlines as months
from handlers import tickets as desk
from handlers.privacy import deadlines
from handlers.privacy.deadlines import NotSo
from handlers.ticket_answers import BadWords, Done, NoTalk
from storage import tickets
from storage.tickets import TicketRow
from tests.guards import guards
from tests.handlers.path.place import CAMILLE, LATER, Place

pytestmark = pytest.mark.sampled

ANNA = "operator:anna"
NEUTRAL = "Vous avez un message de notre part. Écrivez LIRE pour le lire."
WHY = "Il faut demander vos papiers aux archives."
DAY = timedelta(days=1)


async def asked(place: Place) -> TicketRow:
    await place.says("sms", CAMILLE, *LATER)
    await place.says("sms", CAMILLE, "mes données", "7")
    (ticket,) = [row for row in await tickets.listed(place.parts.db) if row.kind == "privacy"]
    return ticket


async def days(place: Place, ticket: TicketRow, most: int) -> list[int]:
    """On which days after its arrival there was an alarm, looked for twice a day."""
    found: list[int] = []
    for number in range(most):
        place.clock.now = ticket.opened_at + number * DAY + timedelta(minutes=1)
        found += [number] * sum([await deadlines.look(place.parts), await deadlines.look(place.parts)])
    return found


@guards("G09")
async def test_a_request_that_waits_is_an_alarm_three_times(place: Place) -> None:
    ticket = await asked(place)
    assert ticket.due_at == months.due(ticket.opened_at, place.parts.zone)
    late = (months.extended(ticket.opened_at, place.parts.zone) - ticket.opened_at).days + 1
    assert await days(place, ticket, 26) == [20]
    async with place.parts.db.transaction() as tx:
        assert await tickets.take(tx, ticket.id, ANNA, place.clock.now), "whoever took it may forget it"
    assert await days(place, ticket, 120) == [27, late]
    assert place.alarm_codes().count("request_due") == 3


@guards("G09")
async def test_one_that_is_answered_or_extended_raises_none(place: Place) -> None:
    ticket = await asked(place)
    place.clock.now += 10 * DAY
    place.new("sms", CAMILLE)
    assert isinstance(await deadlines.extend(place.parts, ticket.id, ANNA, WHY), Done)
    await place.settle()
    assert place.new("sms", CAMILLE) == [NEUTRAL]
    (told,) = await place.says("sms", CAMILLE, "lire")
    assert "prend plus de temps" in told
    assert WHY in told
    row = await tickets.get(place.parts.db, ticket.id)
    assert row is not None
    assert row.due_at == months.extended(ticket.opened_at, place.parts.zone)
    assert await days(place, ticket, 60) == []
    assert await deadlines.extend(place.parts, ticket.id, ANNA, WHY) == NotSo("already")
    assert isinstance(await desk.close(place.parts, ticket.id, ANNA, "solved"), Done)
    assert await days(place, ticket, 120) == []


@guards("G09")
async def test_what_is_asked_after_more_time_was_taken_has_a_month_of_its_own(place: Place) -> None:
    ticket = await asked(place)
    await place.says("sms", CAMILLE, "menu", "mes données", "7")
    first = await tickets.get(place.parts.db, ticket.id)
    assert first is not None
    assert (first.due_at, place.alarm_codes().count("request_due")) == (ticket.due_at, 0), "the earlier one counts"
    assert isinstance(await deadlines.extend(place.parts, ticket.id, ANNA, WHY), Done)
    place.clock.now += 29 * DAY
    await place.says("sms", CAMILLE, "menu", "mes données", "7")
    row = await tickets.get(place.parts.db, ticket.id)
    assert row is not None
    assert row.due_at == months.due(place.clock.now, place.parts.zone)
    assert place.alarm_codes().count("request_due") == 1
    place.clock.now += 25 * DAY
    await place.says("sms", CAMILLE, "menu", "mes données", "7")
    later = await tickets.get(place.parts.db, ticket.id)
    assert later is not None
    assert later.due_at == row.due_at, "no request puts off another"


@guards("G09")
async def test_more_time_is_only_given_inside_the_first_month(place: Place) -> None:
    ticket = await asked(place)
    assert ticket.due_at is not None
    place.clock.now = ticket.due_at
    assert await deadlines.extend(place.parts, ticket.id, ANNA, WHY) == NotSo("late")
    assert await deadlines.extend(place.parts, ticket.id, ANNA, "trop") == BadWords()


@guards("G09")
async def test_a_refusal_has_its_reason_and_the_way_to_complain(place: Place) -> None:
    ticket = await asked(place)
    place.new("sms", CAMILLE)
    assert isinstance(await deadlines.refuse(place.parts, ticket.id, ANNA, WHY, once="form"), Done)
    await place.settle()
    assert place.new("sms", CAMILLE) == [NEUTRAL]
    (told,) = await place.says("sms", CAMILLE, "lire")
    assert WHY in told
    assert "cnil.fr/plaintes" in told
    row = await tickets.get(place.parts.db, ticket.id)
    assert row is not None
    assert (row.status, row.outcome) == ("closed", "refused")
    kinds = [entry.kind for entry in await tickets.entries(place.parts.db, ticket.id)]
    assert kinds == ["opened", "refused"]


async def test_who_cannot_be_written_to_is_told_otherwise_first(place: Place) -> None:
    ticket = await asked(place)
    await place.says("sms", CAMILLE, "stop")
    for deed in (deadlines.extend, deadlines.refuse):
        assert await deed(place.parts, ticket.id, ANNA, WHY) == NoTalk("stopped")
    place.new("sms", CAMILLE)
    assert isinstance(await deadlines.refuse(place.parts, ticket.id, ANNA, WHY, told=True), Done)
    await place.settle()
    assert place.new("sms", CAMILLE) == []
    (*_, entry) = await tickets.entries(place.parts.db, ticket.id)
    assert (entry.kind, entry.detail, entry.words) == ("refused", "told", WHY)


async def test_only_a_request_is_extended(place: Place) -> None:
    await place.says("sms", CAMILLE, "bonjour", "un humain")
    (ticket,) = await tickets.listed(place.parts.db)
    deeds: list[Callable[..., object]] = [deadlines.extend, deadlines.refuse]
    for deed in deeds:
        assert await deed(place.parts, ticket.id, ANNA, WHY) == NotSo("no_request")  # type: ignore[misc]


async def test_one_of_an_older_release_has_its_day_from_its_arrival(place: Place) -> None:
    ticket = await asked(place)
    async with place.parts.db.transaction() as tx:
        await tx.execute("UPDATE ticket SET due_at = NULL")
    await deadlines.look(place.parts)
    row = await tickets.get(place.parts.db, ticket.id)
    assert row is not None
    assert row.due_at == ticket.due_at
