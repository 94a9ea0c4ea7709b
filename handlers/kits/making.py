"""All files of a kit, by their paths in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from handlers.kits import page, paper, qr
from handlers.kits.leaflet import Leaflet


def kit(leaflets: Iterable[Leaflet]) -> dict[str, bytes]:
    """A folder a language. Raises CannotPrint."""
    return {f"{leaflet.lang}/{name}": content for leaflet in leaflets for name, content in _files(leaflet)}


def _files(leaflet: Leaflet) -> Iterator[tuple[str, bytes]]:
    yield "poster.pdf", paper.pdf("poster", leaflet)
    yield "cards.pdf", paper.pdf("cards", leaflet)
    yield "intranet.html", page.html(leaflet).encode()
    yield "links.txt", page.links(leaflet).encode()
    for way in leaflet.ways:
        yield f"qr-{way.channel}.svg", qr.svg(way.scanned).encode()
        yield f"qr-{way.channel}.png", qr.png(way.scanned)
