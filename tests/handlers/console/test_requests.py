"""Requests about data in the console: by when, more time, a refusal; what is carried out after a death."""

from __future__ import annotations

from datetime import timedelta

import pytest

from booking.operating import Role
from handlers.privacy import disputes, erasing
from storage import audit, tickets
from storage.holds import LegalHold
from tests.guards import guards
from tests.handlers.console.site import Site
from tests.handlers.console.test_people import booked
from tests.handlers.path.place import CAMILLE

pytestmark = pytest.mark.sampled

WHY = "Il faut demander vos papiers aux archives."


async def requested(site: Site, *texts: str) -> tuple[str, str]:
    """A person, and their request."""
    person, _ = await booked(site)
    await site.place.says("sms", CAMILLE, "mes données", *texts)
    (ticket,) = [row for row in await tickets.listed(site.place.parts.db) if row.kind == "privacy"]
    return person, ticket.id


@guards("G09")
async def test_a_request_shows_its_day_and_is_extended_then_refused(site: Site) -> None:
    anna = await site.operator(Role.DESK, "anna")
    _, id = await requested(site, "7")
    page = (await anna.get(f"/console/tickets/{id}")).text
    for words in ("Autre demande", "À répondre", "au plus tard le", "Pourquoi cela prend plus de temps"):
        assert words in page
    short = (await anna.post(f"/console/tickets/{id}/extend", 422, words="trop")).text
    assert "Entre 10 et 600" in short
    assert ">trop</textarea>" in short, "what was typed is not lost"
    site.place.new("sms", CAMILLE)
    await anna.post(f"/console/tickets/{id}/extend", words=WHY)
    await site.place.settle()
    assert WHY in "\n".join(await site.place.says("sms", CAMILLE, "lire"))
    page = (await anna.get(f"/console/tickets/{id}")).text
    assert "prolongée le" in page
    assert "Pourquoi cela prend plus de temps" not in page
    assert "déjà été prolongée" in (await anna.post(f"/console/tickets/{id}/extend", 409, words=WHY)).text
    await anna.post(f"/console/tickets/{id}/refuse", words=WHY)
    await site.place.settle()
    assert "cnil.fr/plaintes" in "\n".join(await site.place.says("sms", CAMILLE, "lire"))
    assert "refusée, avec ses raisons" in (await anna.get(f"/console/tickets/{id}")).text


async def instructed(site: Site, *texts: str) -> str:
    person, _ = await booked(site)
    await site.place.says("sms", CAMILLE, "mes données", "6", *texts)
    return person


@guards("G08")
async def test_what_is_handed_over_is_a_copy_once_on_a_named_proof(site: Site) -> None:
    person = await instructed(site, "2", "Ma soeur Anne")
    boss, path = await site.operator(Role.ADMINISTRATOR, "boss"), f"/console/people/{person}/instruction"
    assert "Ma soeur Anne" in (await boss.get(path)).text
    for names_none in (" ", "ab", "x" * 301):
        assert "preuve du décès" in (await boss.post(path, 422, words=names_none)).text
    answer = await boss.post(path, 200, words="acte 2026-114 de Lille")
    assert answer.headers["Content-Type"] == "application/zip"
    assert answer.text.startswith("PK")
    assert "data.html" in answer.text
    await boss.post(path, 409, words="acte 2026-114 de Lille")
    db = site.place.parts.db
    done = [deed.action for deed in await audit.of(db, f"person:{person}") if deed.actor.startswith("operator:")]
    assert {"instruct", "export"} <= set(done)
    (row,) = await db.fetch("SELECT reference, done_by FROM instruction")
    assert b"Lille" not in bytes(row["reference"])
    assert row["done_by"] == f"operator:{await site.id('boss')}"


@guards("G08")
async def test_erased_after_a_death_unless_a_dispute_is_open(site: Site) -> None:
    person = await instructed(site, "1")
    boss, path = await site.operator(Role.ADMINISTRATOR, "boss"), f"/console/people/{person}/instruction"
    parts = site.place.parts
    review = (site.place.clock.now + timedelta(days=30)).date()
    await boss.get(path)
    placed = await disputes.hold(parts, person, "operator:anna", "REF-1", "Un litige", review)
    assert isinstance(placed, LegalHold)
    assert "litige est ouvert" in (await boss.post(path, 409, words="acte 2026-114")).text
    await disputes.release(parts, placed.id, "operator:anna")
    await boss.post(path, words="acte 2026-114")
    placed = await disputes.hold(parts, person, "operator:anna", "REF-2", "Encore un litige", review)
    assert isinstance(placed, LegalHold)
    await erasing.look(parts)
    await disputes.release(parts, placed.id, "operator:anna")
    assert await erasing.look(parts) == 0
    await boss.get(path)  # it came first: the instruction stands again
    await boss.post(path, words="acte 2026-114")
    await erasing.look(parts)
    assert await parts.db.fetch("SELECT id FROM person WHERE id = ?", person) == []
    await boss.get(path, 404)


@guards("G08")
@pytest.mark.parametrize("role", [Role.DESK, Role.AUDITOR])
async def test_only_an_administrator_carries_it_out(site: Site, role: Role) -> None:
    person = await instructed(site, "1")
    visitor, path = await site.operator(role), f"/console/people/{person}/instruction"
    await visitor.get(path, 403)
    await visitor.post(path, 403, words="acte 2026-114")
