"""A page in a real browser, judged in every look that people have: narrow, dark, wide."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final, Literal

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

from tests.servers.browser import photograph

NARROW: Final = 390  # pixels
HERE: Final = Axe(axe_script="0")  # in the page already
EVERYTHING: Final = {"resultTypes": ["violations"]}
COLOURS: Final = {**EVERYTHING, "runOnly": ["color-contrast"]}  # all else is as by day
LOOKS: Final[tuple[tuple[Literal["light", "dark"], int], ...]] = (("dark", NARROW), ("light", 1440), ("light", NARROW))


async def judge(page: Page, picture: Path) -> None:
    """axe finds nothing, and nothing has to be scrolled sideways. The page is light and narrow afterwards: one that is
    loaded once and looked at thrice takes a third of the time, and is the same page. The picture is for people: under
    CI there is nobody to look at it.
    """
    await page.wait_for_load_state()  # what it says is there before its style sheet is
    for scheme, width in LOOKS:
        await page.emulate_media(color_scheme=scheme)
        await page.set_viewport_size({"width": width, "height": 844})
        # axe is put in from outside, once: the page's own policy lets no other script in.
        there = await page.evaluate("typeof axe") != "undefined"
        found = await (HERE if there else Axe()).run(page, options=COLOURS if scheme == "dark" else EVERYTHING)
        assert found.violations_count == 0, f"{scheme}, {width}: {found.generate_report()}"
        assert await page.evaluate("document.documentElement.scrollWidth") <= width, (scheme, width)
    if not os.environ.get("CI"):
        await photograph(page, picture)
