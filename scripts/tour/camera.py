"""Keeps the tour's pictures small, and refuses those that show nothing."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import Final

from PIL import Image

COLOURS: Final = 256  # a palette: a third of the bytes, and no difference on a page of flat colours
WIDEST: Final = 1600  # pixels: a page of 1280 at a scale of 1.25
HEAVIEST: Final = 160 * 1024  # bytes
ALIKE: Final = 0.97  # of the pixels: more of one colour is an empty page


class Unfit(AssertionError):
    """A picture that nobody should be shown. Says why."""


@dataclass
class Camera:
    """`taken`: pictures by name, in the order in which they were taken."""

    taken: dict[str, bytes] = field(default_factory=dict)

    def keep(self, name: str, png: bytes) -> None:
        """With as few bytes as it needs. Raises Unfit."""
        small = shrunk(png)
        if why := fault(small):
            raise Unfit(f"{name}.png {why}")
        if name in self.taken:
            raise Unfit(f"{name}.png is taken twice")
        self.taken[name] = small


def shrunk(png: bytes) -> bytes:
    out = io.BytesIO()
    flat = Image.open(io.BytesIO(png)).convert("RGB")
    flat.quantize(COLOURS, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


def fault(png: bytes) -> str:
    """Why a picture should not be shown; empty: it is fine."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    pixels = picture.width * picture.height
    colours = picture.getcolors(pixels)
    assert colours is not None
    if max(count for count, _ in colours) > ALIKE * pixels:
        return "shows next to nothing"
    if picture.width > WIDEST:
        return f"is {picture.width} pixels wide, {WIDEST} are enough"
    if len(png) > HEAVIEST:
        return f"weighs {len(png) // 1024} KiB, {HEAVIEST // 1024} are enough"
    return ""
