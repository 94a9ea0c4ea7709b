"""What the tour is played on: a fresh demo with a clock and a chance of its own, its page, and windows beside it."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import json
import os
import sys
import tempfile
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from playwright.async_api import Browser, BrowserContext, Locator, Page, ViewportSize, expect

from bot import demo_settings
from bot.app import Chance, build
from bot.demo import Demo, load_sample, running
from bot.settings import read_settings
from scripts.tour.camera import Camera
from tests.journeys.served import serve

ROOT: Final = Path(__file__).resolve().parents[2]
MONDAY: Final = datetime(2026, 3, 2, 9, 41, tzinfo=UTC)
PATIENCE: Final = 20_000  # milliseconds, for what is on its way
PHONE: Final = (390, 844)
SCREEN: Final = (1280, 900)
# A link's letters come from these, so a picture of a link is the same at the next run. They protect nothing.
KEYS: Final = {
    "secret_key": "the-tour's-own-key-of-a-demo-that-lasts-a-minute",
    "encryption_keys": urlsafe_b64encode(bytes(range(32))).decode(),
    "twilio_account_sid": "AC" + "1".zfill(32),
    "twilio_auth_token": "1".zfill(32),
    "telegram_webhook_secret": "the-tours-own-secret",
}


@dataclass
class Stage:
    """`phones`: the demo's page. `folder`: where commands find the demo. `said`: the commands and what they printed."""

    demo: Demo
    chromium: Browser
    camera: Camera
    phones: Page
    folder: Path
    said: list[str] = field(default_factory=list)

    # ------------------------------------------------------------ what people do

    async def say(self, phone: str, text: str, *expected: str) -> None:
        """Types, sends, and waits for an answer that holds these words."""
        await self.phones.locator(f"#{phone} textarea").fill(text)
        await self.send(phone, *expected)

    async def send(self, phone: str, *expected: str) -> None:
        """What stands in the field."""
        rows = self.phones.locator(f"#{phone} .row.us")
        before = await rows.count()
        await self.phones.locator(f"#{phone} textarea").press("Enter")
        await expect(rows).to_have_count(before + 1)
        await self.rest()
        await self.shows(phone, *expected)

    async def move(self, button: str) -> None:
        """The clock, by a button of the page."""
        told = self.phones.locator("#told")
        await told.evaluate("it => it.textContent = ''")
        await self.phones.get_by_role("button", name=button, exact=True).click()
        await expect(told).not_to_be_empty()
        await self.rest()

    async def rest(self) -> None:
        """Until nothing is under way: what comes next is asked for in the same order each time."""
        for _ in range(2):
            await self.demo.engine.settle()
            await self.demo.twilio.settle()
            await self.demo.telegram.settle()

    # ------------------------------------------------------------ what is seen

    def last(self, phone: str) -> Locator:
        return self.phones.locator(f"#{phone} .row.us").last

    async def shows(self, phone: str, *words: str) -> None:
        for each in words:
            await expect(self.last(phone)).to_contain_text(each)

    async def link(self, phone: str, kind: str) -> str:
        """The newest of this kind, `a` for an appointment's, that stands on a phone."""
        found = await self.phones.locator(f"#{phone} .row.us a[href*='/{kind}/']").last.get_attribute("href")
        assert found, f"no link of kind {kind} on {phone}"
        return found

    async def shot(self, phone: str, name: str) -> None:
        """A phone as it is now."""
        await self.phones.evaluate("document.activeElement.blur()")
        self.camera.keep(name, await self.phones.locator(f"#{phone} .case").screenshot())

    async def window(self, size: tuple[int, int], scale: float = 1.5) -> Page:
        """Of somebody else, in French."""
        return await (await room(self.chromium, size, scale)).new_page()

    async def console(self, size: tuple[int, int]) -> Page:
        """An administrator's window."""
        page = await self.window(size, 1.25)
        await page.goto(f"{self.demo.url}/demo/console")
        await page.get_by_role("button", name="Administration").click()
        await page.get_by_role("button", name="Se déconnecter").wait_for()
        return page

    async def picture(self, page: Page, name: str, most: int = 2000) -> None:
        """A page to its end, or so many pixels of it."""
        assert page.viewport_size
        end = await page.evaluate("document.querySelector('footer').getBoundingClientRect().bottom + scrollY + 20")
        width, height = page.viewport_size["width"], min(end, most)
        png = await page.screenshot(full_page=True, clip={"x": 0, "y": 0, "width": width, "height": height})
        self.camera.keep(name, png)

    # ------------------------------------------------------------ commands

    async def command(self, *words: str) -> list[str]:
        """The lines that `socialdirect …` prints, run by a process of its own beside the demo."""
        ran = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", *words),
            cwd=self.folder,
            env={"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(ROOT)},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await ran.communicate()
        typed = f"socialdirect {' '.join(words)}".replace(str(ROOT), "../..")
        assert ran.returncode == 0, f"{typed}: {err.decode().strip()}"
        self.said.append(f"$ {typed}\n{out.decode()}")
        return out.decode().splitlines()


@asynccontextmanager
async def stage(chromium: Browser, camera: Camera, port: int) -> AsyncIterator[Stage]:
    """With a sample February behind it, on a Monday morning in March."""
    os.environ["PORT"] = str(port)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "keys.json").write_text(json.dumps(KEYS))
        bits = chance()
        await lived(folder, bits)
        async with running(folder, lambda: MONDAY, bits) as demo:
            context = await room(chromium, (1440, 900))
            phones = await context.new_page()
            await phones.goto(f"{demo.url}/demo")
            yield Stage(demo, chromium, camera, phones, folder)
            await context.close()


async def lived(folder: Path, bits: Chance) -> None:
    """A sample February, of other people. Before the demo is up: its engine would take their messages for new ones."""
    kept = demo_settings.keep(folder)
    named = demo_settings.own(kept, {}, "http://127.0.0.1:9", "http://127.0.0.1:9", folder)
    async with build(read_settings(**named), lambda: MONDAY, bits) as app:
        await load_sample(app)
        await serve(app.parts, first=2000)


async def room(chromium: Browser, size: tuple[int, int], scale: float = 1.5) -> BrowserContext:
    context = await chromium.new_context(
        locale="fr-FR", viewport=sized(size), reduced_motion="reduce", device_scale_factor=scale
    )
    context.set_default_timeout(PATIENCE)
    return context


def sized(size: tuple[int, int]) -> ViewportSize:
    return {"width": size[0], "height": size[1]}


def chance() -> Chance:
    """The same bits at each run."""
    numbers = itertools.count()

    def bits(count: int) -> int:
        return int.from_bytes(hashlib.sha256(b"tour %d" % next(numbers)).digest()) >> (256 - count)

    return bits
