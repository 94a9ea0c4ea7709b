"""The piece of intranet page in a real browser: nothing that axe objects to, nothing fetched, and its codes scan."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page

from handlers.kits import page as pages
from handlers.kits import qr
from handlers.kits.leaflet import Leaflet
from locales import languages
from tests.handlers.kits.leaflets import longest, made
from tests.handlers.kits.scanning import codes_on, tapped
from tests.servers.browser import photograph

pytestmark = pytest.mark.browser

# What manages an intranet's pages has a look of its own, and other headings around what is pasted.
LANGUAGES = tuple(enumerate(languages()))  # in the gate the first; the pieces are the same in each
ELSEWHERE = (
    "<!doctype html><html lang=de><meta charset=utf-8><title>Intranet</title>"
    "<style>body{{font:14px serif;background:#222;color:#eee}} a{{color:#f0f}}</style>"
    "<main><h1>Intranet</h1>{0}</main></html>"
)


@pytest.fixture(params=[320, 1280])
async def page(browser: Browser, request: pytest.FixtureRequest) -> AsyncIterator[Page]:
    context = await browser.new_context(viewport={"width": request.param, "height": 844})
    yield await context.new_page()
    await context.close()


def piece(leaflet: Leaflet) -> str:
    """What is copied: between the two lines of dashes."""
    return re.split(r"<!-- -{20,} -->", pages.html(leaflet))[1]


@pytest.mark.parametrize("lang", [pytest.param(lang, marks=pytest.mark.many if n else ()) for n, lang in LANGUAGES])
@pytest.mark.parametrize("make", [made, longest], ids=["usual", "longest"])
@pytest.mark.parametrize("around", ["its own page", "an intranet"])
async def test_it_is_accessible_wherever_it_is_put(
    page: Page, tmp_path: Path, lang: str, make: Callable[[str], Leaflet], around: str
) -> None:
    html = pages.html(make(lang)) if around == "its own page" else ELSEWHERE.format(piece(make(lang)))
    await page.set_content(html)
    await photograph(page, tmp_path / "piece.png")
    found = await Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.viewport_size
    assert await page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


@pytest.mark.parametrize("lang", languages())
async def test_it_asks_nobody_for_anything(page: Page, lang: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.set_content(pages.html(made(lang)), wait_until="networkidle")
    assert asked == []
    for name in ("script", "link", "style", "iframe", "img", "[onclick]", "[src]"):
        assert await page.locator(f"section {name}").count() == 0, name


@pytest.mark.parametrize("lang", languages())
async def test_touched_or_scanned_it_leads_to_the_same(page: Page, lang: str) -> None:
    leaflet = made(lang)
    await page.set_content(pages.html(leaflet))
    links = [await link.get_attribute("href") or "" for link in await page.locator("section a").all()]
    assert links == [way.link for way in leaflet.ways]  # SMSTO: is for cameras, no phone follows it as a link
    codes = codes_on(await page.pdf(print_background=True))
    assert codes == [way.scanned for way in leaflet.ways]
    assert [tapped(link) for link in links] == [tapped(code) for code in codes]
    alts = [await each.get_attribute("aria-label") for each in await page.get_by_role("img").all()]
    assert alts == [way.alt for way in leaflet.ways]


@pytest.mark.parametrize(("draw", "kind"), [(qr.svg, "svg+xml"), (qr.png, "png")], ids=["svg", "png"])
async def test_a_picture_of_its_own_scans(page: Page, draw: Callable[[str], str | bytes], kind: str) -> None:
    way = made("fr").ways[0]
    drawn = draw(way.scanned)
    data = b64encode(drawn if isinstance(drawn, bytes) else drawn.encode()).decode()
    await page.set_content(f'<img alt="" width="200" src="data:image/{kind};base64,{data}">')
    assert codes_on(await page.pdf()) == [way.scanned]


def test_a_clients_name_is_text_in_it() -> None:
    from dataclasses import replace

    html = pages.html(replace(made("fr"), offered='<script>"&'))
    assert "&lt;script&gt;&#34;&amp;" in html
    assert "<script" not in html
