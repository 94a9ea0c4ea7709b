"""The API's page: its operations on a screen, one of them on a telephone.

python -m scripts.pictures_of_api      # these alone; scripts.pictures makes all
"""

import asyncio
import os
import tempfile
from pathlib import Path
from typing import Final

from playwright.async_api import Browser

from bot.demo import Demo, running
from tests.servers.browser import browser

PICTURES: Final = Path(__file__).resolve().parent.parent / "docs" / "pictures"
VIEWS: Final = (("api", "", 1200, 1000), ("api-small", "#book_appointment", 390, 1000))


async def photograph(demo: Demo, chromium: Browser, pictures: Path) -> None:
    for name, anchor, width, height in VIEWS:
        context = await chromium.new_context(
            viewport={"width": width, "height": height}, reduced_motion="reduce", device_scale_factor=1.5
        )
        page = await context.new_page()
        await page.goto(f"{demo.url}/api{anchor}")
        await page.screenshot(path=pictures / f"{name}.png")
        await context.close()


async def main() -> None:
    os.environ["PORT"] = "8081"
    with tempfile.TemporaryDirectory() as folder:
        async with running(Path(folder)) as demo, browser() as chromium:
            await photograph(demo, chromium, PICTURES)


if __name__ == "__main__":
    asyncio.run(main())
