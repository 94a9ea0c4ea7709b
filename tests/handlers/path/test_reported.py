"""A worker's report at the desk (terms, article 6.2): what an operator reads of it, and who learns that they do."""

from __future__ import annotations

from handlers import tickets as desk
from handlers.tickets import Done, Seen
from storage import audit, tickets
from storage.tickets import TicketRow
from tests.handlers.path.place import CAMILLE, CLAIRE, Place

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
    seen = await desk.see(place.parts, ticket.id, ANNA)
    assert isinstance(seen, Seen)
    (said,) = seen.reports
    assert (said.worker, said.person, said.made_at) == ("Claire Morel", "Camille Dubois", place.clock.now)
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
    assert await desk.take(place.parts, ticket.id, BEN) == desk.OfAnother(ANNA)
    await place.settle()
    assert place.new("sms", CAMILLE) == []
    assert [entry.kind for entry in await tickets.entries(place.parts.db, ticket.id)] == ["opened", "taken"]
    await desk.say(place.parts, ticket.id, ANNA, "Bonjour, restons polis s'il vous plaît.")
    await place.settle()
    (said,) = place.new("sms", CAMILLE)
    assert said.startswith("Une personne de notre équipe vous écrit.")
    await desk.close(place.parts, ticket.id, ANNA, "solved")
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
    seen = await desk.see(place.parts, ticket.id, ANNA)
    assert isinstance(seen, Seen)
    assert len(seen.reports) == 1


async def test_what_is_gone_is_said_to_be_gone(place: Place) -> None:
    ticket = await the_report(place)
    await place.parts.db.execute("DELETE FROM message")
    seen = await desk.see(place.parts, ticket.id, ANNA)
    assert isinstance(seen, Seen)
    assert [report.messages for report in seen.reports] == [()]
    await place.parts.db.execute("DELETE FROM report")
    seen = await desk.see(place.parts, ticket.id, ANNA)
    assert isinstance(seen, Seen)
    assert list(seen.reports) == []
