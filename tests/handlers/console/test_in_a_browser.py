"""The console's pages in a real browser: at 390 px, in the dark, by keyboard, without scripts, and by axe."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from booking.operating import Role
from storage import stuck
from tests.handlers.console.browsing import logged_in, menu, window
from tests.handlers.console.site import PASSWORD, Site, opened_site
from tests.handlers.console.test_people import booked
from tests.handlers.path.place import CAMILLE, SAM, Place
from tests.journeys.served import serve
from tests.servers.browser import photograph
from tests.servers.looks import judge
from tests.servers.ports import unused_port

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def database_url(sqlite_url: str) -> str:
    """What a page looks like does not depend on the database."""
    return sqlite_url


@pytest.fixture
async def site(place: Place) -> AsyncIterator[Site]:
    async with opened_site(place, unused_port()) as site:
        yield site


@pytest.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    async with window(browser) as page:
        yield page


async def test_the_first_visit_and_the_door(site: Site, page: Page, tmp_path: Path) -> None:
    path = await site.added("camille", Role.ADMINISTRATOR)
    await page.goto(site.base + path)
    await judge(page, tmp_path / "enrol.png")
    await page.get_by_label("Le code à six chiffres").fill(await site.code("camille"))
    await page.get_by_label("Mot de passe", exact=True).fill("court")
    await page.get_by_label("encore une fois").fill("court")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("trop court")
    await page.get_by_label("Le code à six chiffres").fill(await site.code("camille"))
    await page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
    await page.get_by_label("encore une fois").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.locator(".codes li")).to_have_count(8)
    await judge(page, tmp_path / "enrolled.png")
    async with page.expect_event("load"):
        await page.get_by_role("link", name="C'est noté").click()
    await judge(page, tmp_path / "login.png")
    await page.get_by_label("Identifiant").fill("camille")
    await page.get_by_label("Mot de passe").fill("autre chose")
    await page.get_by_label("Code à six chiffres").fill("123456")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("n'est pas le bon")
    await judge(page, tmp_path / "wrong.png")


@pytest.mark.parametrize("path", ["own", "operators", "deeds", "deliveries", "directory"])
async def test_pages_are_accessible(site: Site, page: Page, tmp_path: Path, path: str) -> None:
    await site.enrolled("claire")
    await site.added("sacha", Role.AUDITOR)
    await logged_in(page, site, Role.ADMINISTRATOR)
    await page.goto(f"{site.base}/console/{path}")
    await judge(page, tmp_path / f"{path}.png")


async def test_figures_are_accessible(site: Site, page: Page, tmp_path: Path) -> None:
    await serve(site.place.parts)
    await logged_in(page, site, Role.AUDITOR)
    await menu(page, "Chiffres")
    await judge(page, tmp_path / "figures.png")
    await page.get_by_label("Client", exact=True).select_option("Mutuelle des Ports")
    await page.get_by_role("button", name="Afficher").click()
    await expect(page.get_by_text("Chiffres : Mutuelle des Ports")).to_be_visible()
    await judge(page, tmp_path / "figures-of-one.png")


async def test_peoples_pages_are_accessible(site: Site, page: Page, tmp_path: Path) -> None:
    person, appointment = await booked(site)
    await logged_in(page, site, Role.ADMINISTRATOR)
    paths = {
        "today": "today?on=2026-03-09",
        "none": "today?on=2026-03-10",
        "people": "people",
        "person": f"people/{person}",
        "appointment": f"appointments/{appointment}",
        "move": f"appointments/{appointment}/move",
    }
    for name, path in paths.items():
        await page.goto(f"{site.base}/console/{path}")
        await judge(page, tmp_path / f"{name}.png")


async def test_tickets_are_accessible_and_answered_by_keyboard(site: Site, page: Page, tmp_path: Path) -> None:
    await booked(site)
    await site.place.says("sms", CAMILLE, "HUMAIN", "Je ne comprends pas le lien.\nMerci.")
    await site.place.says("sms", SAM, "bonjour", "je vais me tuer")
    await logged_in(page, site, Role.ADMINISTRATOR)
    await page.goto(f"{site.base}/console/today")
    await judge(page, tmp_path / "today.png")
    await menu(page, "Tickets")
    await judge(page, tmp_path / "tickets.png")
    async with page.expect_event("load"):
        await page.get_by_role("link", name="Demande quelqu'un").press("Enter")
    await judge(page, tmp_path / "ticket.png")
    await page.get_by_label("Votre réponse").fill("Bonjour, je vous envoie un autre lien.")
    await page.get_by_role("button", name="Envoyer la réponse").press("Enter")
    await expect(page.get_by_role("status")).to_contain_text("Votre réponse part")
    await site.place.settle()
    assert "je vous envoie un autre lien" in site.place.new("sms", CAMILLE)[-1]
    await judge(page, tmp_path / "answered.png")
    await page.get_by_label("Résultat").select_option("réglé")
    await page.get_by_role("button", name="Fermer le ticket").press("Enter")
    await expect(page.get_by_role("status")).to_contain_text("Le ticket est fermé")
    async with page.expect_event("load"):
        await page.get_by_role("link", name="Tickets fermés").press("Enter")
    await judge(page, tmp_path / "closed.png")
    await page.get_by_role("link", name="Camille Dubois").press("Enter")
    await page.get_by_role("button", name="Prendre la conversation : SMS").press("Enter")
    await expect(page.get_by_role("status")).to_contain_text("Ce ticket est à vous")


async def test_talks_are_accessible_and_taken_over_by_keyboard(site: Site, page: Page, tmp_path: Path) -> None:
    await site.place.says("sms", CAMILLE, "bonjour", "PORTS-7KQM-4XTD", "bzzt", "grmbl")
    await site.place.says("sms", SAM, "bonjour", "je vais me tuer")
    site.place.clock.now += stuck.QUIET
    await logged_in(page, site, Role.DESK)
    await menu(page, "Conversations")
    await judge(page, tmp_path / "talks.png")
    await page.get_by_role("link", name="Bloquées (1)").press("Enter")
    await expect(page.locator(".rows > li")).to_have_count(1)
    await judge(page, tmp_path / "talks-stuck.png")
    async with page.expect_event("load"):
        await page.get_by_role("link", name="SMS").press("Enter")
    await judge(page, tmp_path / "talk.png")
    await page.get_by_role("button", name="Prendre la conversation").press("Enter")
    await expect(page.get_by_role("status")).to_contain_text("Ce ticket est à vous")
    await site.place.settle()
    assert "Une personne de notre équipe" in site.place.new("sms", CAMILLE)[-1]
    await menu(page, "Conversations")
    await judge(page, tmp_path / "talks-mine.png")
    await page.get_by_role("button", name="Rendre la conversation au robot", exact=True).press("Enter")
    await expect(page.get_by_role("status")).to_contain_text("La conversation est rendue")
    await judge(page, tmp_path / "talks-back.png")


async def test_the_menu_is_one_line_on_a_telephone(site: Site, browser: Browser, tmp_path: Path) -> None:
    """Folded, opened by keyboard, without scripts; on a wide screen all of it stands there."""
    async with window(browser, script=False) as page:
        await logged_in(page, site, Role.ADMINISTRATOR)
        header = await page.locator("header").bounding_box()
        assert header
        assert header["height"] < 100
        summary = page.locator("summary", has_text="Menu")
        await summary.focus()
        await page.keyboard.press("Enter")
        await page.keyboard.press("Tab")
        await expect(page.get_by_role("link", name="Aujourd'hui").first).to_be_focused()
        await photograph(page, tmp_path / "menu.png", full_page=False)
    async with window(browser) as page:
        await page.goto(f"{site.base}/console/login")
        site.place.clock.now += timedelta(minutes=1)
        await logged_in(page, site, Role.DESK, "ben")
        await page.locator("summary", has_text="Menu").click()
        await judge(page, tmp_path / "menu-judged.png")


async def test_somebody_on_the_phone_is_helped_by_keyboard(site: Site, browser: Browser, tmp_path: Path) -> None:
    """Found, moved, and cancelled after all; without scripts."""
    await booked(site)
    async with window(browser, script=False) as page:
        await logged_in(page, site, Role.DESK)
        await menu(page, "Personnes")
        await page.get_by_label("De qui s'agit-il ?").fill("06 39 98 00 11")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="Camille Dubois")).to_be_visible()
        await page.get_by_role("link", name="lun. 9 mars 2026").press("Enter")
        await page.get_by_role("link", name="Déplacer").press("Enter")
        await page.get_by_role("radio").nth(2).press("Space")
        await page.get_by_role("button", name="Déplacer à cette heure").press("Enter")
        await expect(page.get_by_role("status")).to_contain_text("est déplacé")
        await page.get_by_text("Annuler ce rendez-vous").first.press("Enter")
        await page.get_by_label("La personne elle-même").press("Space")
        await page.get_by_role("checkbox").press("Space")
        await page.get_by_role("button", name="Annuler ce rendez-vous").press("Enter")
        await expect(page.get_by_role("status")).to_contain_text("est annulé")


async def test_an_hour_and_an_account_for_a_caller(site: Site, page: Page, tmp_path: Path) -> None:
    await logged_in(page, site, Role.DESK)
    await menu(page, "Au téléphone")
    await judge(page, tmp_path / "call.png")
    await page.get_by_label("Son numéro de mobile").fill("06 39 98 02 01")
    await page.get_by_label("Sujet").select_option("Logement")
    await page.get_by_label("Comment").select_option("par téléphone")
    await page.get_by_role("button", name="Voir les heures libres").press("Enter")
    await page.get_by_role("radio").nth(1).press("Space")
    for label, value in {"Prénom": "Ann", "Nom": "Martin", "Code de connexion": "lavande r2vg 8mek"}.items():
        await page.get_by_label(label, exact=True).fill(value)
    await judge(page, tmp_path / "call-hours.png")
    await page.get_by_role("button", name="Prendre ce rendez-vous").press("Enter")
    await expect(page.get_by_role("status")).to_contain_text("Le rendez-vous est pris")


async def test_a_file_is_looked_at_and_carried_out(site: Site, page: Page, tmp_path: Path) -> None:
    file = tmp_path / "clients.csv"
    file.write_text("ref;name;kind\nquai;Le Quai;company\nports;Mutuelle du Port;insurer\n")
    await logged_in(page, site, Role.ADMINISTRATOR)
    await menu(page, "Annuaire")
    await page.get_by_label("Fichier d'annuaire").set_input_files(file)
    await page.get_by_role("button", name="Voir ce qui changerait").press("Enter")
    await expect(page.get_by_role("heading", name="Client Le Quai (nouveau)")).to_be_visible()
    await judge(page, tmp_path / "preview.png")
    await page.get_by_role("button", name="Faire ces changements").press("Enter")
    await expect(page.get_by_role("status")).to_contain_text("C'est fait")
    await judge(page, tmp_path / "applied.png")
    file.write_text("ref;kind\nquai;nothing\n")
    await page.get_by_role("link", name="Retour").click()
    await page.get_by_label("Fichier d'annuaire").set_input_files(file)
    await page.get_by_role("button", name="Voir ce qui changerait").press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("Rien n'a été changé")
    await judge(page, tmp_path / "wrong.png")


@pytest.mark.parametrize("path", ["clients/ports", "workers/claire", "workers/"])
async def test_forms_of_the_directory_are_accessible(site: Site, page: Page, tmp_path: Path, path: str) -> None:
    await logged_in(page, site, Role.ADMINISTRATOR)
    await page.goto(f"{site.base}/console/directory/{path}")
    await judge(page, tmp_path / "edit.png")
    if path == "workers/claire":
        await page.get_by_label("Heures").fill("mon 09:30-12:30")
        await page.get_by_role("button", name="Enregistrer").press("Enter")
        await expect(page.locator("ins")).to_have_text("lundi de 9 h 30 à 12 h 30")


async def test_a_week_is_worked_by_keyboard(site: Site, page: Page, tmp_path: Path) -> None:
    _, appointment = await booked(site)
    await logged_in(page, site, Role.DESK)
    await page.goto(f"{site.base}/console/appointments/{appointment}/move")
    async with page.expect_event("load"):
        await page.get_by_role("link", name="Choisir dans l'agenda").press("Enter")
    await judge(page, tmp_path / "calendar-move.png")
    await page.get_by_role("button", name="Déplacer à").nth(3).press("Enter")
    await expect(page.get_by_role("status")).to_contain_text("est déplacé")
    await menu(page, "Agendas")
    [row] = await site.place.parts.db.fetch("SELECT worker_id FROM appointment WHERE id = ?", appointment)
    await page.get_by_label("Travailleur social").select_option(row["worker_id"])
    await page.get_by_role("button", name="Montrer").press("Enter")
    await page.get_by_role("link", name="Semaine suivante").press("Enter")
    await expect(page.get_by_role("link", name="Camille Dubois")).to_be_visible()
    await judge(page, tmp_path / "calendar.png")
    await page.get_by_role("link", name="libre").first.press("Enter")
    await expect(page.get_by_role("radio")).to_be_checked()


async def test_works_without_scripts_and_by_keyboard(site: Site, browser: Browser) -> None:
    await site.enrolled("claire")
    async with window(browser, script=False) as page:
        await logged_in(page, site, Role.ADMINISTRATOR)
        await menu(page, "Opérateurs")
        await page.get_by_role("button", name="Suspendre claire").focus()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("button", name="Laisser claire revenir")).to_be_visible()
        await page.get_by_role("button", name="Se déconnecter").focus()
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("Vous êtes déconnecté.")).to_be_visible()
