"""What a camera sees: pages and pictures as pixels, and what QR codes on them hold, read by other makers' programs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import pypdfium2 as pdfium
import zxingcpp

DOTS = 150  # an inch: a camera at some distance, not a scanner
MM = 72 / 25.4  # points


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of a page, in points from its lower left corner."""

    left: float
    bottom: float
    right: float
    top: float


@dataclass(frozen=True, slots=True)
class Tapped:
    """What a phone does with a link or a scanned code: to whom, and what stands in the field to be sent."""

    to: str
    text: str


@contextmanager
def opened(pdf: bytes) -> Iterator[pdfium.PdfDocument]:
    document = pdfium.PdfDocument(pdf)
    try:
        yield document
    finally:
        document.close()


def codes_on(pdf: bytes) -> list[str]:
    """What the QR codes of a one-page document hold, from left to right and top to bottom."""
    with opened(pdf) as document:
        page = document[0].render(scale=DOTS / 72, grayscale=True)
        return codes_in(bytes(page.buffer), page.width, page.height, page.stride)


def codes_in(grey: bytes, width: int, height: int, stride: int) -> list[str]:
    """Of a picture of one byte a pixel."""
    rows = b"".join(grey[row * stride : row * stride + width] for row in range(height))
    formats = zxingcpp.barcode_formats_from_str("QRCode")
    found = zxingcpp.read_barcodes(memoryview(rows).cast("B", (height, width)), formats=formats)
    return [
        code.text for code in sorted(found, key=lambda code: (code.position.top_left.y // 40, code.position.top_left.x))
    ]


def text_of(pdf: bytes) -> str:
    """As it is selected and copied."""
    with opened(pdf) as document:
        return str(document[0].get_textpage().get_text_range())


def boxes_of(pdf: bytes) -> list[Box]:
    """Where text stands."""
    with opened(pdf) as document:
        text = document[0].get_textpage()
        return [Box(*text.get_rect(number)) for number in range(text.count_rects())]


def tapped(address: str) -> Tapped:
    """As phones read them; Telegram hands over what stands behind `start=`."""
    if address.startswith("SMSTO:"):
        _, number, text = address.split(":", 2)
        return Tapped(number, text)
    if address.startswith("sms:"):
        number, _, query = address.removeprefix("sms:").partition("?")
        return Tapped(number, parse_qs(query.lstrip("&"))["body"][0])
    found = urlsplit(address)
    asked = parse_qs(found.query)
    match found.hostname:
        case "wa.me":
            return Tapped("+" + found.path.lstrip("/"), asked["text"][0])
        case "t.me":
            return Tapped(found.path.lstrip("/"), asked["start"][0])
    raise AssertionError("no address of a messenger")
