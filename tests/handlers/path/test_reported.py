"""A worker's report at the desk (terms, article 6.2): what an operator reads of it, and who learns that they do."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

import pytest

from booking.decisions import Ground, NotDecided, Verdict
from handlers import deciding
from handlers import tickets as desk
from handlers.deciding import Chosen, Settled
from handlers.reported import NEXT
from handlers.ticket_answers import Done, OfAnother, Undecided
from handlers.ticket_seen import Seen, see
from storage import audit, decisions, tickets
from storage.tickets import TicketRow
from tests.guards import guards
from tests.handlers.path.place import CAMILLE, CLAIRE, SAM, Place

pytestmark = pytest.mark.sampled

ANNA, BEN = "operator:anna", "operator:ben"


async def the_report(place: Place) -> TicketRow:
    """Camille wrote, Claire answered and reports it."""
    await place.books()
    await place.says("sms", CAMILLE, "message", "vous ne servez à rien")
    await place.says("sms", CLAIRE, "Nous en parlerons jeudi.", "signaler", "oui")
    place.new("sms", CAMILLE)
    (ticket,) = await tickets.listed(place.parts.db)
    return ticket


async def test_the_desk_reads_who_reports_whom_and_what_they_wrote(place: Place) -> None:
    ticket = await the_report(place)
    assert (ticket.kind, ticket.live) == ("report", False)
    (report,) = await place.parts.db.fetch("SELECT id, series FROM report")
    assert ticket.subject == f"report:{report['id']}"
    seen = await see(place.parts, ticket.id, ANNA)
    assert isinstance(seen, Seen)
    (said,) = seen.reports
    assert (said.worker, said.person, said.report.made_at) == ("Claire Morel", "Camille Dubois", place.clock.now)
    assert [(m.author, m.text) for m in said.messages] == [
        ("person", "vous ne servez à rien"),
        ("worker", "Nous en parlerons jeudi."),
    ]
    assert [m.read_at is None for m in said.messages] == [False, True], "the desk's reading is not the person's"
    (deed, *_) = await audit.of(place.parts.db, f"appointment:{report['series']}")
    assert (deed.actor, deed.action) == (ANNA, "read")


async def test_who_is_reported_is_not_told_by_the_desks_looking_at_it(place: Place) -> None:
    ticket = await the_report(place)
    assert isinstance(await desk.take(place.parts, ticket.id, ANNA), Done)
    assert isinstance(await desk.take(place.parts, ticket.id, ANNA), Done)
    assert await desk.take(place.parts, ticket.id, BEN) == OfAnother(ANNA)
    await place.settle()
    assert place.new("sms", CAMILLE) == []
    assert [entry.kind for entry in await tickets.entries(place.parts.db, ticket.id)] == ["opened", "taken"]
    await desk.say(place.parts, ticket.id, ANNA, "Bonjour, restons polis s'il vous plaît.")
    await place.settle()
    (said,) = place.new("sms", CAMILLE)
    assert said.startswith("Une personne de notre équipe vous écrit.")
    await desk.hand_back(place.parts, ticket.id, ANNA)
    await place.settle()
    assert place.new("sms", CAMILLE)[0].startswith("Notre équipe vous a répondu.")


async def test_reported_again_it_is_the_same_ticket_and_shown_once(place: Place) -> None:
    ticket = await the_report(place)
    await place.says("sms", CLAIRE, "signaler Camille", "oui")
    (only,) = await tickets.listed(place.parts.db)
    assert only.id == ticket.id
    entries = await tickets.entries(place.parts.db, ticket.id)
    assert [entry.kind for entry in entries] == ["opened", "again"]
    assert len({entry.detail for entry in entries}) == 2
    seen = await see(place.parts, ticket.id, ANNA)
    assert isinstance(seen, Seen)
    assert len(seen.reports) == 1


async def test_what_is_gone_is_said_to_be_gone(place: Place) -> None:
    ticket = await the_report(place)
    await place.parts.db.execute("DELETE FROM message")
    seen = await see(place.parts, ticket.id, ANNA)
    assert isinstance(seen, Seen)
    assert [list(report.messages) for report in seen.reports] == [[]]
    await place.parts.db.execute("DELETE FROM report")
    seen = await see(place.parts, ticket.id, ANNA)
    assert isinstance(seen, Seen)
    assert list(seen.reports) == []


# ---------------------------------------------------------------- only what is reported, only while it is open


async def seen(place: Place, ticket: str) -> Seen:
    found = await see(place.parts, ticket, ANNA)
    assert isinstance(found, Seen)
    return found


async def test_the_desk_reads_the_reported_message_and_its_neighbours_alone(place: Place) -> None:
    await place.books()
    for n in range(8):
        place.clock.now += timedelta(minutes=11)
        await place.says("sms", CAMILLE, "message", f"phrase numéro {n}")
    await place.says("sms", CLAIRE, "signaler", "oui")
    [ticket] = await tickets.listed(place.parts.db)
    for n in range(8, 13):
        place.clock.now += timedelta(minutes=11)
        await place.says("sms", CAMILLE, "message", f"phrase numéro {n}")
    [said] = (await seen(place, ticket.id)).reports
    [reported] = [message for message in said.messages if message.id == said.report.message]
    assert reported.text == "phrase numéro 7"
    assert [m.text for m in said.messages] == [f"phrase numéro {n}" for n in range(7 - NEXT, 8 + NEXT)]


async def test_of_another_pair_nothing_is_read(place: Place) -> None:
    ticket = await the_report(place)
    await place.books(SAM)
    await place.says("sms", SAM, "message", "un secret de Sam")
    [said] = (await seen(place, ticket.id)).reports
    assert all("Sam" not in message.text for message in said.messages)


async def test_a_report_of_no_message_shows_none(place: Place) -> None:
    """What was said at the telephone is reported, too."""
    await place.books()
    await place.says("sms", CLAIRE, "signaler", "oui")
    [ticket] = await tickets.listed(place.parts.db)
    await place.says("sms", CAMILLE, "message", "écrit bien après")
    [said] = (await seen(place, ticket.id)).reports
    assert (said.report.message, said.messages) == (None, [])


async def test_each_look_is_noted_and_after_the_verdict_there_is_nothing_to_read(place: Place) -> None:
    ticket = await the_report(place)
    await seen(place, ticket.id)
    [said] = (await seen(place, ticket.id)).reports
    object_ = f"appointment:{said.report.series}"
    reads = [deed for deed in await audit.of(place.parts.db, object_) if (deed.actor, deed.action) == (ANNA, "read")]
    assert len(reads) == 2
    assert await desk.close(place.parts, ticket.id, ANNA, "solved") == Undecided()
    await deciding.settle(place.parts, ticket.id, ANNA, Chosen("no_ground"))
    [said] = (await seen(place, ticket.id)).reports
    assert (said.is_open, list(said.messages)) == (False, [])
    again = [deed for deed in await audit.of(place.parts.db, object_) if (deed.actor, deed.action) == (ANNA, "read")]
    assert len(again) == 2, "nothing was read"


# ---------------------------------------------------------------- what follows

WHY = "Vos messages étaient blessants."
CHOSEN = {
    "no_ground": Chosen("no_ground"),
    "warning": Chosen("warning", Ground.DISRESPECT, WHY),
    "suspension": Chosen("suspension", Ground.DISRESPECT, WHY, date(2026, 3, 20), cancels=True),
}


@guards("T22", "G18", partly=True)
@pytest.mark.parametrize("verdict", CHOSEN)
async def test_a_report_is_settled_and_its_worker_learns_that_and_no_more(place: Place, verdict: Verdict) -> None:
    ticket = await the_report(place)
    place.new("sms", CLAIRE)
    done = await deciding.settle(place.parts, ticket.id, ANNA, CHOSEN[verdict])
    assert isinstance(done, Settled)
    await place.settle()
    told = place.new("sms", CLAIRE)  # two notices leave in either order
    assert told.count("Votre signalement du lundi 2 mars est traité par notre équipe. Merci.") == 1
    assert len(told) == (2 if verdict == "suspension" else 1), "and her hour that is cancelled, without a reason"
    assert not any("suspend" in text or "averti" in text for text in told)
    heard = place.new("sms", CAMILLE)
    assert len(heard) == (verdict != "no_ground")
    assert all("LIRE" in text and WHY not in text for text in heard), "others may read the screen"
    row = await tickets.get(place.parts.db, ticket.id)
    assert row is not None
    assert (row.status, row.outcome, row.operator) == ("closed", "solved", ANNA)
    [report] = done.reports
    noted = [(deed.actor, deed.action) for deed in await audit.of(place.parts.db, f"report:{report.id}")]
    assert noted == [(ANNA, f"settle report: {verdict}")]
    assert [made.kind for made in await decisions.of_person(place.parts.db, report.person)] == (
        [] if verdict == "no_ground" else [verdict]
    )
    again = await deciding.settle(place.parts, ticket.id, ANNA, CHOSEN[verdict])
    assert again == NotDecided("already")


async def test_reported_twice_it_is_settled_at_once_and_told_of_each(place: Place) -> None:
    ticket = await the_report(place)
    await place.passes(days=1)
    await place.says("sms", CLAIRE, "signaler Camille", "oui")
    place.new("sms", CLAIRE)
    done = await deciding.settle(place.parts, ticket.id, ANNA, Chosen("no_ground"))
    assert isinstance(done, Settled)
    assert len(done.reports) == 2
    await place.settle()
    assert sorted(text[:36] for text in place.new("sms", CLAIRE)) == [
        "Votre signalement du lundi 2 mars es",
        "Votre signalement du mardi 3 mars es",
    ]
    await place.says("sms", CLAIRE, "signaler Camille", "oui")
    [new] = await tickets.listed(place.parts.db)
    assert new.id != ticket.id, "what comes afterwards is another one"


@guards("G18", partly=True)
async def test_what_cannot_be_decided_settles_nothing(place: Place) -> None:
    ticket = await the_report(place)
    parts = place.parts
    short = Chosen("warning", Ground.DISRESPECT, "non")
    assert await deciding.settle(parts, ticket.id, ANNA, short) == NotDecided("words")
    late = Chosen("suspension", Ground.DISRESPECT, WHY, date(2026, 3, 1))
    assert await deciding.settle(parts, ticket.id, ANNA, late) == NotDecided("until")
    row = await tickets.get(parts.db, ticket.id)
    assert row is not None
    assert row.status == "open"
    await desk.take(parts, ticket.id, BEN)
    assert await deciding.settle(parts, ticket.id, ANNA, CHOSEN["warning"]) == NotDecided("taken")
    assert await deciding.settle(parts, "none", ANNA, CHOSEN["warning"]) == NotDecided("nobody")
    await place.says("sms", SAM, "bonjour", "humain")
    [asked] = [one for one in await tickets.listed(parts.db) if one.kind == "human"]
    assert await deciding.settle(parts, asked.id, ANNA, CHOSEN["warning"]) == NotDecided("already")
    await place.settle()
    assert place.new("sms", CAMILLE) == []
    assert await parts.db.fetch("SELECT id FROM decision") == []


@pytest.mark.parametrize("_", range(5))
async def test_two_operators_settle_it_at_once(place: Place, _: int) -> None:
    ticket = await the_report(place)
    both = await asyncio.gather(
        *(deciding.settle(place.parts, ticket.id, who, CHOSEN["warning"]) for who in (ANNA, BEN))
    )
    assert sorted(type(each).__name__ for each in both) == ["NotDecided", "Settled"]
    await place.settle()
    assert len(place.new("sms", CAMILLE)) == 1
