"""Decisions about people, reports, exports and the audit trail in a real browser: at 390 px, in the dark, by keyboard,
and by axe.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from booking.decisions import Ground
from booking.operating import Role
from handlers import deciding
from handlers.console import exporting
from handlers.console.exporting import Asked
from storage import tickets
from tests.handlers.console.browsing import logged_in, menu
from tests.handlers.console.site import Site
from tests.handlers.console.test_in_a_browser import database_url, page, site
from tests.handlers.console.test_people import booked
from tests.handlers.console.test_reports import reported
from tests.handlers.path.place import CAMILLE, MONDAY
from tests.servers.looks import judge

__all__ = ["database_url", "page", "site"]

pytestmark = pytest.mark.browser

WHY = "Vos messages étaient blessants."


async def test_somebody_is_suspended_and_what_they_contest_is_judged(site: Site, page: Page, tmp_path: Path) -> None:
    person, _ = await booked(site)
    await logged_in(page, site, Role.DESK, "anna")
    await page.goto(f"{site.base}/console/people/{person}")
    async with page.expect_event("load"):
        await page.get_by_role("link", name="Avertir ou suspendre").press("Enter")
    await judge(page, tmp_path / "decide.png")
    await page.get_by_role("radio", name="Suspendre le compte").press("Space")
    await page.get_by_label("Raison").select_option("disrespect")
    await page.get_by_label("Ce que la personne lira").fill(WHY)
    await page.get_by_role("button", name="Décider").press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("jusqu'à quand")
    await expect(page.get_by_label("Ce que la personne lira")).to_have_value(WHY)
    await judge(page, tmp_path / "decide-wrong.png")
    await page.get_by_role("radio", name="Jusqu'à un jour").press("Space")
    await page.get_by_label("Dernier jour").fill("2026-03-20")
    await page.get_by_role("radio", name="Ils restent").press("Space")
    await page.get_by_role("button", name="Décider").press("Enter")
    await expect(page.get_by_text("en vigueur")).to_be_visible()
    await judge(page, tmp_path / "decision.png")
    await site.place.says("sms", CAMILLE, "contester", "Ce n'était pas moi, on m'a pris mon téléphone.")
    await page.reload()
    await expect(page.get_by_text("une autre personne de l'équipe doit la relire")).to_be_visible()
    await judge(page, tmp_path / "own.png")
    url = page.url
    await page.get_by_role("button", name="Se déconnecter").click()
    await logged_in(page, site, Role.ADMINISTRATOR, "otto")
    await page.goto(url)
    await judge(page, tmp_path / "contested.png")
    await page.get_by_role("radio", name="est retirée").press("Space")
    await page.get_by_label("Votre réponse").fill("Nous vous croyons, pardon.")
    await page.get_by_role("button", name="Décider et répondre").press("Enter")
    await expect(page.get_by_text("otto a relu la décision : elle est retirée")).to_be_visible()
    await judge(page, tmp_path / "judged.png")
    await page.goto(f"{site.base}/console/people/{person}")
    await judge(page, tmp_path / "person.png")
    await _requests(site, page, tmp_path)


async def _requests(site: Site, page: Page, tmp_path: Path) -> None:
    """What the same person asks of their data, and for after their death."""
    await site.place.says("sms", CAMILLE, "mes données", "6", "2", "Ma soeur Anne", "mes données", "7")
    await page.get_by_role("link", name="Après un décès").press("Enter")
    await expect(page.get_by_text("Ma soeur Anne")).to_be_visible()
    await judge(page, tmp_path / "instruction.png")
    (asked,) = [row for row in await tickets.listed(site.place.parts.db) if row.kind == "privacy"]
    await page.goto(f"{site.base}/console/tickets/{asked.id}")
    await expect(page.get_by_text("au plus tard le")).to_be_visible()
    await judge(page, tmp_path / "request.png")


async def test_a_report_is_read_and_settled(site: Site, page: Page, tmp_path: Path) -> None:
    _, ticket = await reported(site)
    await logged_in(page, site, Role.DESK)
    await page.goto(f"{site.base}/console/tickets/{ticket}")
    await expect(page.get_by_text("message signalé")).to_be_visible()
    await judge(page, tmp_path / "report.png")
    async with page.expect_event("load"):
        await page.get_by_role("link", name="Décider de la suite").press("Enter")
    await judge(page, tmp_path / "settle.png")
    await page.get_by_role("radio", name="Sans suite").press("Space")
    await page.get_by_role("button", name="Décider").press("Enter")
    await expect(page.get_by_text("Sans suite.")).to_be_visible()
    await judge(page, tmp_path / "settled.png")
    row = await tickets.get(site.place.parts.db, ticket)
    assert row is not None
    assert row.status == "closed"


async def test_an_export_is_asked_for_and_fetched(site: Site, page: Page, tmp_path: Path) -> None:
    await booked(site)
    parts = site.place.parts
    await exporting.ask(parts, "operator:otto", Asked("deeds", WHY, MONDAY.date(), MONDAY.date()))
    await logged_in(page, site, Role.ADMINISTRATOR)
    await menu(page, "Exports")
    await page.get_by_label("Quoi").select_option("people")
    await page.get_by_label("Premier jour").fill("2026-03-01")
    await page.get_by_label("Dernier jour").fill("2026-03-31")
    await page.get_by_label("Raison").fill("Contrôle annuel, effacé le 31 mars.")
    await page.get_by_role("button", name="Demander").press("Enter")
    await expect(page.get_by_text("Un autre administrateur doit l'accepter.")).to_be_visible()
    await judge(page, tmp_path / "exports.png")
    for row in (await exporting.latest(parts)).rows:
        await exporting.answer(parts, row.id, "operator:otto", yes=True)
    await page.reload()
    async with page.expect_download() as download:
        await page.get_by_role("button", name="Télécharger").click()
    file = await (await download.value).path()
    assert "Camille" in file.read_text(encoding="utf-8-sig")


async def test_a_dispute_is_kept_and_lifted(site: Site, page: Page, tmp_path: Path) -> None:
    person, _ = await booked(site)
    await logged_in(page, site, Role.ADMINISTRATOR)
    await page.goto(f"{site.base}/console/people/{person}")
    async with page.expect_event("load"):
        await page.get_by_role("link", name="Conserver pour un litige").press("Enter")
    await judge(page, tmp_path / "hold.png")
    await page.get_by_label("Référence").fill("RG 26/00123")
    await page.get_by_label("De quoi il s'agit").fill("Le médiateur demande les messages.")
    await page.get_by_label("Revoir le").fill("2026-06-15")
    await page.get_by_role("button", name="Conserver").press("Enter")
    await expect(page.get_by_text("jusqu'à ce que vous leviez")).to_be_visible()
    await menu(page, "Litiges")
    await judge(page, tmp_path / "law.png")
    await page.get_by_role("button", name="Lever").press("Enter")
    await expect(page.get_by_text("Aucun litige")).to_be_visible()


async def test_the_trail_reads_as_sentences(site: Site, page: Page, tmp_path: Path) -> None:
    person, _ = await booked(site)
    await deciding.warn(site.place.parts, person, "operator:otto", Ground.MISSED, WHY)
    await logged_in(page, site, Role.AUDITOR)
    await menu(page, "Journal")
    await expect(page.get_by_text("a averti").first).to_be_visible()
    await judge(page, tmp_path / "deeds.png")
