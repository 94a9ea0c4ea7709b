"""What is wrong with the service, as the console shows it: to every role, without anybody's data."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from booking.documents import UNSENT, Document, DocumentId
from booking.operating import Role
from handlers import standing
from handlers.privacy import disputes
from handlers.privacy.disputes import NotHeld
from storage import audit, documents, flags, inbox
from storage.booking import RowStore
from tests.guards import guards
from tests.handlers.console.site import Site
from tests.handlers.path.place import CAMILLE, Place, refused

pytestmark = pytest.mark.sampled


async def test_all_is_well(site: Site) -> None:
    page = (await (await site.operator(Role.AUDITOR)).get("/console/deliveries")).text
    assert page.count("Rien.") == 1
    assert page.count("Aucun message.") == 2
    assert page.count("Aucun.") == 1


@pytest.mark.parametrize("role", Role)
async def test_what_is_wrong_is_shown_and_nobody_is(site: Site, role: Role) -> None:
    place, db = site.place, site.place.parts.db
    await place.books()
    place.line("sms").down = refused("30006")
    await place.says("sms", CAMILLE, "bonjour")
    place.line("sms").down = None
    await standing.raised(place.parts, "webhook_unset", "telegram", place.clock.now)
    await flags.pause(db, place.clock.now, "test")
    await place.comes("sms", CAMILLE, text="12345 secret")
    row = await inbox.next_row(db, (await place.contact("sms", CAMILLE)).id)
    assert row
    await inbox.park(db, row.id, "odd", place.clock.now)
    await place.comes("sms", CAMILLE, text="bonjour")
    await place.settle()
    await aside(place)
    visitor = await site.operator(role)
    place.clock.now += timedelta(minutes=6)
    page = (await visitor.get("/console/deliveries")).text
    for shown in (
        "PDF avec un programme",
        "Ce canal ne sait plus où nous envoyer les messages",
        "webhook_unset",
        "Tous les envois sont arrêtés",
        "30006",
        "odd",
        "les envois sont suspendus",
    ):
        assert shown in page, shown
    for hidden in ("Camille", "Dubois", "639980011", "06 39 98 00 11", "secret", "example.org"):
        assert hidden not in page
    if role is Role.AUDITOR:
        assert "/console/appointments/" not in page
    assert ("La personne</a>" in page) == (role is not Role.AUDITOR)


async def test_an_administrator_ends_what_was_set_aside_and_nobody_opens_it(site: Site) -> None:
    place, db = site.place, site.place.parts.db
    await place.books()
    await aside(place)
    id = "0" * 26
    await db.execute("UPDATE document SET key = ? WHERE id = ?", b"sealed", id)
    delete = f"/console/deliveries/aside/{id}/delete"
    desk, boss = await site.operator(Role.DESK, "anna"), await site.operator(Role.ADMINISTRATOR, "boss")
    assert delete not in (await desk.get("/console/deliveries")).text
    await desk.post(delete, 403)
    assert delete in (await boss.get("/console/deliveries")).text
    assert (await boss.post(delete)).to == "/console/deliveries?said=deleted"
    page = (await boss.get("/console/deliveries?said=deleted")).text
    assert "Le document est effacé." in page
    assert delete not in page
    [row] = await db.fetch("SELECT status, key FROM document WHERE id = ?", id)
    assert (row["status"], row["key"]) == ("ending", None), "unreadable at once; its file goes with the next look"
    assert [deed.action for deed in await audit.of(db, f"document:{id}")] == ["delete document"]
    assert (await boss.post(delete)).to == "/console/deliveries?said=gone"


@guards("G17", partly=True)
async def test_what_a_dispute_keeps_is_not_ended_by_hand(site: Site) -> None:
    place, db = site.place, site.place.parts.db
    await place.books()
    await aside(place)
    id = "0" * 26
    await db.execute("UPDATE document SET key = ? WHERE id = ?", b"sealed", id)
    [row] = await db.fetch("SELECT person_id FROM document WHERE id = ?", id)
    boss, auditor = await site.operator(Role.ADMINISTRATOR, "boss"), await site.operator(Role.AUDITOR, "ada")
    delete = f"/console/deliveries/aside/{id}/delete"
    hold = await disputes.hold(
        place.parts, row["person_id"], "operator:otto", "RG 26/00123", "devant le juge", date(2026, 6, 1)
    )
    assert not isinstance(hold, NotHeld)
    page = (await boss.get("/console/deliveries")).text
    assert delete not in page
    assert "gardé : un litige est ouvert" in page
    assert "effacé le" not in page, "it is not, on that day"
    seen = (await auditor.get("/console/deliveries")).text
    assert ("litige" in seen, "effacé le" in seen) == (False, False), "who has a dispute is not theirs to see"
    # From a page that was open before.
    refused = await boss.post(delete, 409)
    assert "Un litige est ouvert à propos de cette personne : le document n&#39;est pas effacé" in refused.text
    assert "RG 26/00123" not in refused.text
    [kept] = await db.fetch("SELECT status, key FROM document WHERE id = ?", id)
    assert (kept["status"], kept["key"]) == ("set_aside", b"sealed")
    assert [deed.action for deed in await audit.of(db, f"document:{id}")] == ["delete document refused"]
    place.clock.now += timedelta(days=30)
    assert await documents.begin_to_end(db, place.clock.now, 10) == []
    await disputes.release(place.parts, hold.id, "operator:otto")
    boss = await site.operator(Role.ADMINISTRATOR, "bea")
    assert delete in (await boss.get("/console/deliveries")).text
    assert (await boss.post(delete)).to == "/console/deliveries?said=deleted"


async def aside(place: Place) -> None:
    """A document of the one person's, in which something acts."""
    [row, *_] = await place.parts.db.fetch("SELECT id, person_id FROM contact WHERE person_id IS NOT NULL")
    now = place.clock.now
    made = Document(DocumentId("0" * 26), row["id"], row["person_id"], now, now + UNSENT, "set_aside", "script")
    await RowStore(place.parts.db, place.parts.directories).save_document(made)
