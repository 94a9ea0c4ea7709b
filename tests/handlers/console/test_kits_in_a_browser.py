"""A kit is printed in a real browser, by keyboard: at each width, in the dark, and by axe."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.async_api import Browser, expect

from booking.operating import Role
from tests.handlers.console.browsing import logged_in, menu, window
from tests.handlers.console.site import opened_site
from tests.handlers.console.test_kits import CODE, addressed
from tests.handlers.path.place import Place
from tests.servers.looks import judge
from tests.servers.ports import unused_port

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def database_url(sqlite_url: str) -> str:
    """What a page looks like does not depend on the database."""
    return sqlite_url


async def test_a_kit_is_printed_by_keyboard(place: Place, browser: Browser, tmp_path: Path) -> None:
    await addressed(place)
    async with opened_site(place, unused_port()) as site, window(browser) as page:
        await logged_in(page, site, Role.ADMINISTRATOR)
        await menu(page, "Annuaire")
        await page.get_by_role("link", name=f"Imprimer le kit du code {CODE}").press("Enter")
        await expect(page.get_by_role("heading", name="Kit d'invitation : Mutuelle des Ports")).to_be_visible()
        await judge(page, tmp_path / "kit.png")
        await page.get_by_label("anglais").press("Space")
        async with page.expect_download() as coming:
            await page.get_by_role("button", name="Télécharger le kit").press("Enter")
        download = await coming.value
        assert download.suggested_filename == "kit-ports.zip"
        with ZipFile(await download.path()) as archive:
            assert {name.split("/")[1] for name in archive.namelist()} == {"fr"}
        await page.get_by_label("français").press("Space")
        await page.get_by_role("button", name="Télécharger le kit").press("Enter")
        await expect(page.get_by_role("alert")).to_contain_text("au moins une langue")
        await judge(page, tmp_path / "none.png")
