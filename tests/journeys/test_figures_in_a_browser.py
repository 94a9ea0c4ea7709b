"""The page of figures in a real browser: nothing that axe objects to, nothing fetched, and it fits a telephone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page

from handlers.figures.files import files
from handlers.figures.period import period
from handlers.figures.report import report
from handlers.figures.tables import tables
from locales import languages
from locales.voice import Voice
from tests.handlers.console.browsing import window
from tests.journeys.served import serve
from tests.journeys.town import built
from tests.servers.looks import LOOKS

pytestmark = pytest.mark.browser

PARIS = ZoneInfo("Europe/Paris")
LANGUAGES = tuple(enumerate(languages()))  # in the gate the first; the pieces are the same in each


@pytest.fixture(scope="module")
async def written(sqlite_url: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the figures of many people in each language."""
    folder = tmp_path_factory.mktemp("figures")
    async with built(sqlite_url) as town:
        await serve(town.parts)
        found = await report(town.parts, period("2026-02", PARIS), {})

    def write() -> None:
        for lang in languages():
            (folder / lang).mkdir()
            for name, content in files(found, tables(found), Voice(lang)).items():
                (folder / lang / name).write_bytes(content)

    await asyncio.to_thread(write)
    return folder


@pytest.fixture(params=LOOKS, ids=lambda look: f"{look[0]}-{look[1]}")
async def page(browser: Browser, request: pytest.FixtureRequest) -> AsyncIterator[Page]:
    """Also for who reads in the dark: a page that is mailed and printed stays white, and must say so."""
    async with window(browser, *request.param) as page:
        yield page


@pytest.mark.parametrize("lang", [pytest.param(lang, marks=pytest.mark.many if n else ()) for n, lang in LANGUAGES])
async def test_it_is_accessible_and_fits(page: Page, written: Path, lang: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.goto(f"file://{written}/{lang}/figures.html")
    found = await Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.viewport_size
    assert await page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    assert await page.locator("svg").count() == await page.locator("table").count()
    assert asked == [f"file://{written}/{lang}/figures.html"]


@pytest.mark.parametrize("lang", languages())
async def test_no_word_of_a_plot_leaves_it_or_lies_on_another(page: Page, written: Path, lang: str) -> None:
    await page.goto(f"file://{written}/{lang}/figures.html")
    wrong = await page.evaluate(
        """() => [...document.querySelectorAll("svg")].flatMap(svg => {
             const frame = svg.getBoundingClientRect();
             const words = [...svg.querySelectorAll("text")].map(it => [it.textContent, it.getBoundingClientRect()]);
             const leaves = ([, at]) =>
               at.left < frame.left || at.right > frame.right || at.bottom > frame.bottom;
             const meets = ([, a], [, b]) =>
               a.left < b.right && b.left < a.right && a.top < b.bottom - 2 && b.top < a.bottom - 2;
             const on = words.filter((one, n) => words.slice(n + 1).some(other => meets(one, other)));
             return [...words.filter(leaves), ...on].map(([text]) => text);
           })"""
    )
    assert wrong == []
