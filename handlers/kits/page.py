"""What goes on a screen: the piece of HTML for an intranet page, and the links as plain text for a mail.

The piece stands alone: no script, no style sheet, no picture from elsewhere, styles in the elements, since what manages
an intranet's pages throws the rest away. A page around it lets it be looked at before it is copied.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from handlers.kits import qr
from handlers.kits.leaflet import Leaflet

HERE: Final = Path(__file__).parent


def html(leaflet: Leaflet) -> str:
    """A whole page; between its two lines of dashes is what is copied."""
    codes = {way.channel: _named(qr.svg(way.scanned), way.alt) for way in leaflet.ways}
    return _templates().get_template("page.html").render(leaflet=leaflet, codes=codes)


def _named(svg: str, alt: str) -> Markup:
    """A picture that a screen reader says by its name. The drawing is ours, the name is escaped."""
    return Markup('<svg role="img" aria-label="{}" {}').format(alt, Markup(svg.removeprefix("<svg ")))  # noqa: S704


def links(leaflet: Leaflet) -> str:
    """One link a paragraph, and to whom they may be given."""
    ways = [f"{way.tap} ({way.address})\n{way.link}" for way in leaflet.ways]
    about = "\n".join(filter(None, (leaflet.code_title, leaflet.code, leaflet.valid)))
    paragraphs = [leaflet.headline, leaflet.lead, *ways, about, f"{leaflet.promise} {leaflet.figures}", leaflet.human]
    return "\n\n".join([*paragraphs, leaflet.secret]) + "\n"


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
