"""Makes the pictures of docs/tour.md: one person's way from the poster to the figures, on a fresh demo.

python -m scripts.tour      # needs a Chromium and port 8080; overwrites docs/pictures/tour-*.png, or changes nothing
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping

from bot.failures import CommandFailed
from scripts.tour.camera import Camera
from scripts.tour.stage import ROOT, stage
from scripts.tour.steps import TourBroken, play
from tests.servers.browser import browser
from tests.servers.process import NotHere

PICTURES = ROOT / "docs" / "pictures"
PORT = 8080  # as of the reader's own demo: it stands in every link


async def taken() -> Mapping[str, bytes]:
    camera = Camera()
    async with browser() as chromium, stage(chromium, camera, PORT) as opened:
        await play(opened)
    return camera.taken


def main() -> None:
    try:
        pictures = asyncio.run(taken())
    except (TourBroken, NotHere, CommandFailed) as reason:
        sys.exit(str(reason))
    for old in PICTURES.glob("tour-*.png"):
        old.unlink()
    for name, png in pictures.items():
        (PICTURES / f"{name}.png").write_bytes(png)
        print(f"{len(png) // 1024:4} KiB  {name}.png")


if __name__ == "__main__":
    main()
