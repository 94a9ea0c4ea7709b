"""Poster and cards as PDF: tagged (PDF/UA-1), text that can be selected and read aloud, fonts in the file.

The same words give the same bytes: no dates and no chance are in a file.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Final, Literal, TypeAlias

import typst

from handlers.kits import qr
from handlers.kits.leaflet import Leaflet
from handlers.kits.refusals import CannotPrint

HERE: Final = Path(__file__).parent
Kind: TypeAlias = Literal["poster", "cards"]


def pdf(kind: Kind, leaflet: Leaflet) -> bytes:
    """Raises CannotPrint."""
    words = asdict(leaflet)
    for way in words["ways"]:
        way["svg"] = qr.svg(way["scanned"])
    try:
        made = typst.compile(
            HERE / f"{kind}.typ",
            root=HERE,
            font_paths=[HERE / "fonts"],
            ignore_system_fonts=True,
            format="pdf",
            pdf_standards=["ua-1"],
            sys_inputs={"leaflet": json.dumps(words)},
        )
    except typst.TypstError as error:
        raise CannotPrint(f"{kind} ({leaflet.lang}): {error.message}") from None
    assert isinstance(made, bytes)
    return made
