"""A real browser: Debian's Chromium, driven by playwright. Nothing is downloaded, and it talks to nobody on its own."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, Error, Page, async_playwright, expect

from tests.servers.process import NotHere

PATIENCE = 30_000  # milliseconds: a busy machine is no bug
QUIET = (
    "--no-sandbox",  # root has none
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",  # containers give it 64 MB
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def program() -> str:
    """$CHROMIUM, else what a system calls it."""
    for name in filter(None, (os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome")):
        if found := shutil.which(name):
            return found
    raise NotHere("no Chromium: set CHROMIUM, or install Debian's `chromium`")


@asynccontextmanager
async def browser() -> AsyncIterator[Browser]:
    """Up in about a second. Raises NotHere."""
    executable = program()
    expect.set_options(timeout=PATIENCE)
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=executable, args=list(QUIET))
        try:
            yield running
        finally:
            await running.close()


async def photograph(page: Page, picture: Path, *, full_page: bool = True) -> None:
    """A picture of the page, tried twice: on a busy machine Chromium at times has no frame to give, and says so."""
    try:
        await page.screenshot(path=picture, full_page=full_page)
    except Error as error:
        if "Unable to capture screenshot" not in error.message:
            raise
        await page.screenshot(path=picture, full_page=full_page)
