"""QR codes as pictures: SVG for print and pages, PNG for office programs.

Read at arm's length from a poster and from a card: level M (15 % may be dirty), four modules of white around, as ISO
18004 asks.
"""

from __future__ import annotations

import io
from typing import Final

import segno

QUIET: Final = 4
PIXELS: Final = 16  # a module of the PNG: about 650 pixels a side


def svg(content: str) -> str:
    """Without a size of its own: it fills what it is put into, be it a page or a file's own window."""
    out = io.BytesIO()
    segno.make_qr(content, error="m").save(
        out,
        kind="svg",
        border=QUIET,
        omitsize=True,
        xmldecl=False,
        svgclass=None,
        lineclass=None,
        nl=False,
        light="#fff",
    )
    return out.getvalue().decode()


def png(content: str) -> bytes:
    out = io.BytesIO()
    segno.make_qr(content, error="m").save(out, kind="png", border=QUIET, scale=PIXELS, light="#fff")
    return out.getvalue()
