"""The tour before anybody has written: a client is loaded, its kit is printed, and somebody scans the poster."""

from __future__ import annotations

import io
from typing import Final
from zipfile import ZipFile

import pypdfium2
from PIL import Image
from playwright.async_api import expect

from bot.demo_people import SMS_NUMBER
from scripts.tour.stage import ROOT, SCREEN, Stage
from tests.handlers.kits.scanning import codes_in, tapped

FILE: Final = ROOT / "docs" / "phare.toml"
CODE: Final = "PHARE-7KQM-4XTD"
LOADED: Final = ("new client      phare", "new code        of phare")
PRINTED: Final = "leads to   sms +33199000001, whatsapp +33199000002, telegram social_direct_bot"


async def load(stage: Stage) -> None:
    """What the file would change is shown; then it is changed, by the command."""
    page = await stage.console(SCREEN)
    await page.goto(f"{stage.demo.url}/console/directory")
    await page.get_by_label("Fichier d'annuaire").set_input_files(FILE)
    await page.get_by_role("button", name="Voir ce qui changerait").click()
    await expect(page.get_by_role("heading", name="Client Mutuelle du Phare (nouveau)")).to_be_visible()
    await expect(page.get_by_role("button", name="Faire ces changements")).to_be_visible()
    await stage.picture(page, "tour-client")
    assert tuple(await stage.command("load", str(FILE))) == LOADED
    await page.goto(f"{stage.demo.url}/console/directory")
    await expect(page.get_by_role("listitem").filter(has_text="Mutuelle du Phare").first).to_contain_text(CODE)
    await page.context.close()


async def kit(stage: Stage) -> None:
    """Downloaded in the console; by the command it is the same. Shown as its PDFs print."""
    downloaded = await by_hand(stage)
    lines = await stage.command("invite", "phare", "--lang", "fr", "--out", "kit")
    assert lines[0] == "written to kit: 10 files", lines
    assert PRINTED in lines, lines
    for kind, part in (("poster", 1), ("cards", 0.41)):
        pdf = downloaded.read(f"kit-phare/fr/{kind}.pdf")
        assert pdf == (stage.folder / "kit" / "fr" / f"{kind}.pdf").read_bytes()
        stage.camera.keep(f"tour-{kind}", on_paper(pdf, part))


async def by_hand(stage: Stage) -> ZipFile:
    """What an administrator downloads, in French."""
    page = await stage.console(SCREEN)
    await page.goto(f"{stage.demo.url}/console/directory")
    await page.get_by_role("link", name=f"Imprimer le kit du code {CODE}").click()
    await page.get_by_label("anglais").uncheck()
    async with page.expect_download() as coming:
        await page.get_by_role("button", name="Télécharger le kit").click()
    zipped = await (await coming.value).path()
    with zipped.open("rb") as file:
        body = file.read()
    await page.context.close()
    return ZipFile(io.BytesIO(body))


def on_paper(pdf: bytes, part: float) -> bytes:
    """So much of the first page, from its top, at 84 dots an inch."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        page = document[0].render(scale=84 / 72).to_pil()
    finally:
        document.close()
    out = io.BytesIO()
    page.crop((0, 0, page.width, round(page.height * part))).save(out, "PNG")
    return out.getvalue()


async def scan(stage: Stage) -> None:
    """The poster's picture is read, and what a telephone then has in its field is sent."""
    grey = Image.open(io.BytesIO(stage.camera.taken["tour-poster"])).convert("L")
    scanned = tapped(codes_in(grey.tobytes(), grey.width, grey.height, grey.width)[0])
    assert scanned.to == SMS_NUMBER
    assert CODE in scanned.text
    await stage.phones.locator("#sms textarea").fill(scanned.text)
    await stage.shot("sms", "tour-scanned")
    await stage.send("sms", "Ni employeur ni assurance", "De quoi voulez-vous parler ?")
    await stage.shot("sms", "tour-answered")
