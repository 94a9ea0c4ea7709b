"""PDFs are read whole, by qpdf: what acts in them sets them aside, what is passive is written anew.

A page's own link to a web address, and where the reader opens, are no acts: every word processor writes them. Whoever
protected a PDF against changes only (it opens without a password) sends one like any other.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from typing import Final

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Stream

from handlers.documents.jpeg_notes import without_notes
from handlers.documents.verdict import MIB, MOST_PAGES, MOST_PIXELS, MOST_UNFOLDED, Reason, Refused, SetAside

DEEP: Final = 50  # of what lies within one object; writers reach five
PER_PIXEL: Final = 4
FLATE: Final = ("/FlateDecode", "/Fl")
FOLDS: Final = (*FLATE, "/LZWDecode", "/LZW", "/RunLengthDecode", "/RL")
# ISO 32000-1: 12.6 actions, 12.5.6 annotations, 7.11.4 files within, 12.7.8 XFA, 7.3.8 streams kept elsewhere.
BY_KEY: Final[dict[str, Reason]] = {
    "/JS": "script",
    "/JavaScript": "script",
    "/AA": "script",
    "/XFA": "form",
    "/EmbeddedFiles": "attachment",
    "/EF": "attachment",
    "/RichMediaContent": "outward",
    "/FFilter": "outward",
    "/Ref": "outward",
}
BY_ACTION: Final[dict[str, Reason]] = {
    "/JavaScript": "script",
    "/Launch": "outward",
    "/SubmitForm": "outward",
    "/ImportData": "outward",
    "/GoToR": "outward",
    "/GoToE": "outward",
    "/Rendition": "outward",
    "/Movie": "outward",
    "/Sound": "outward",
    "/RichMediaExecute": "outward",
    "/GoTo3DView": "outward",
}
BY_SUBTYPE: Final[dict[str, Reason]] = {
    "/FileAttachment": "attachment",
    "/Movie": "outward",
    "/Sound": "outward",
    "/Screen": "outward",
    "/RichMedia": "outward",
    "/3D": "outward",
}
PEACEFUL: Final = ("http:", "https:", "mailto:", "tel:")
ORDER: Final[tuple[Reason, ...]] = ("script", "outward", "form", "attachment")  # which one is told of several


def rewrite(data: bytes) -> tuple[int, bytes]:
    """Count of pages and the new file."""
    # qpdf mends what it can; but where the end went missing, nobody is to believe that they have the whole.
    if data.rfind(b"%%EOF") < data.rfind(b"endobj"):
        raise Refused("broken")
    try:
        with pikepdf.open(io.BytesIO(data), suppress_warnings=True) as pdf:
            pages = _pages(pdf)
            found = {reason for thing in pdf.objects for reason in _acts(thing, DEEP)}
            for reason in ORDER:
                if reason in found:
                    raise SetAside(reason)
            _measure(pdf)
            return pages, _written(pdf)
    except pikepdf.PasswordError:
        raise Refused("locked") from None
    except pikepdf.PdfError:
        raise Refused("broken") from None


def _pages(pdf: pikepdf.Pdf) -> int:
    pages = len(pdf.pages)
    if pages > MOST_PAGES:
        raise Refused("too_many_pages")
    if pages == 0:
        raise Refused("broken")
    return pages


def _acts(thing: Object, deep: int) -> Iterator[Reason]:
    """What acts in an object and in what lies directly within; what it points to has its own turn."""
    if deep == 0:
        raise Refused("too_heavy")
    if isinstance(thing, Array):
        for item in thing.as_list():
            yield from _within(item, deep)
    elif isinstance(thing, (Dictionary, Stream)):
        yield from _named(thing)
        for key in thing.keys():  # noqa: SIM118 - iterating a stream itself is an error
            yield from _within(thing[key], deep)


def _within(item: object, deep: int) -> Iterator[Reason]:
    if isinstance(item, Object) and not item.is_indirect:
        yield from _acts(item, deep - 1)


def _named(thing: Dictionary | Stream) -> Iterator[Reason]:
    for key in thing.keys():  # noqa: SIM118
        if key in BY_KEY:
            yield BY_KEY[key]
    for key, reasons in (("/S", BY_ACTION), ("/Subtype", BY_SUBTYPE)):
        value = thing.get(key)
        if isinstance(value, Name) and (reason := reasons.get(str(value))):
            yield reason
    address = thing.get("/URI") if thing.get("/S") == Name.URI else None
    if address is not None and not str(address).lstrip().lower().startswith(PEACEFUL):
        yield "outward"
    if isinstance(thing, Stream) and "/F" in thing.keys():  # noqa: SIM118
        yield "outward"


def _measure(pdf: pikepdf.Pdf) -> None:
    """Refuses what unfolds beyond measure in the reader of whoever opens it."""
    unfolded = 0
    for thing in pdf.objects:
        if not isinstance(thing, Stream):
            continue
        width, height = thing.get("/Width", 0), thing.get("/Height", 0)
        if isinstance(width, int) and isinstance(height, int) and width * height > MOST_PIXELS:
            raise Refused("too_many_pixels")
        filters = thing.get("/Filter")
        names = [str(filters)] if isinstance(filters, Name) else [str(name) for name in filters or ()]
        if sum(name in FOLDS for name in names) > 1:
            raise Refused("too_heavy")  # folded twice: no writer does it, bombs do
        if any(name in FOLDS for name in names):
            # Not by pieces where letters come first, but in one: memory has its own limit.
            length = _length(thing.read_raw_bytes()) if names[0] in FLATE else len(thing.read_bytes())
            unfolded += length
            if length > PER_PIXEL * MOST_PIXELS or unfolded > MOST_UNFOLDED:
                raise Refused("too_heavy")


def _length(folded: bytes) -> int:
    """How long a stream becomes, a piece at a time, to just above the limit."""
    unfolding, total = zlib.decompressobj(), 0
    while folded and total <= PER_PIXEL * MOST_PIXELS:
        try:
            total += len(unfolding.decompress(folded, MIB))
        except zlib.error:
            return total  # readers show what came until there
        folded = unfolding.unconsumed_tail
    return total


def _written(pdf: pikepdf.Pdf) -> bytes:
    for thing in pdf.objects:
        if isinstance(thing, (Dictionary, Stream)) and "/Metadata" in thing.keys():  # noqa: SIM118
            del thing["/Metadata"]
        if isinstance(thing, Stream) and thing.get("/Filter") == Name.DCTDecode:
            thing.write(without_notes(thing.read_raw_bytes()), filter=Name.DCTDecode)
    if "/Info" in pdf.trailer:
        del pdf.trailer["/Info"]
    out = io.BytesIO()
    as_they_are = pikepdf.StreamDecodeLevel.none
    pdf.save(out, encryption=False, stream_decode_level=as_they_are, compress_streams=False, preserve_pdfa=False)
    return out.getvalue()
