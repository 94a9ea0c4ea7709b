"""Files as people send them, and as their enemies do. All made here but one: a HEIC needs an encoder; we have none.

`small.heic`: 64 x 64, a red corner on blue, camera "SampleCam", at 48° 51' 30'' N; made once with pillow-heif.
"""

from __future__ import annotations

import base64
import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name, String
from PIL import Image

CAMERA = "SampleCam"
PAYLOAD = b"<script>alert('planted')</script>"
BLUE, RED = (20, 60, 200), (220, 30, 30)


def picture(size: tuple[int, int] = (64, 48)) -> Image.Image:
    made = Image.new("RGB", size, BLUE)
    made.paste(RED, (0, 0, size[0] // 2, size[1] // 2))
    return made


def camera_notes(orientation: int = 1) -> Image.Exif:
    notes = Image.Exif()
    notes[0x010F], notes[0x0112] = CAMERA, orientation
    place = notes.get_ifd(0x8825)
    place[1], place[2], place[3], place[4] = "N", (48.0, 51.0, 30.0), "E", (2.0, 17.0, 40.0)
    return notes


def saved(image: Image.Image, form: str, **how: object) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **how)
    return out.getvalue()


def photo(orientation: int = 1) -> bytes:
    return saved(picture(), "JPEG", exif=camera_notes(orientation), comment=b"taken by SampleCam")


def heic() -> bytes:
    return Path(__file__).with_name("small.heic").read_bytes()


def flat_png(width: int, height: int) -> bytes:
    """One bit a pixel, all the same: fifty million pixels are some kilobytes."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = zlib.compress((b"\0" + b"\xff" * ((width + 7) // 8)) * height, 9)
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def png_that_lies(width: int, height: int) -> bytes:
    """Says that it is small, unfolds to gigabytes."""
    body = flat_png(64, 64)
    folded = zlib.compress(b"\0" * (64 * 1024 * 1024), 9)
    at = body.index(b"IDAT") - 4
    long = struct.pack(">I", len(folded)) + b"IDAT" + folded + struct.pack(">I", zlib.crc32(b"IDAT" + folded))
    return body[:at] + long + body[-12:]


def note_bomb() -> bytes:
    """A PNG whose compressed text unfolds to 200 MiB."""
    text = b"zTXt", b"note\0\0" + zlib.compress(b"a" * (200 * 1024 * 1024), 9)
    made = struct.pack(">I", len(text[1])) + text[0] + text[1] + struct.pack(">I", zlib.crc32(text[0] + text[1]))
    return flat_png(64, 64)[:33] + made + flat_png(64, 64)[33:]


# ------------------------------------------------------------ papers


def paper(change: Callable[[pikepdf.Pdf], None] | None = None, pages: int = 1, **how: object) -> bytes:
    pdf = pikepdf.new()
    for _ in range(pages):
        pdf.add_blank_page(page_size=(595, 842))
    pdf.docinfo["/Author"] = CAMERA
    if change is not None:
        change(pdf)
    out = io.BytesIO()
    if "encryption" not in how:  # pikepdf takes one or the other
        how |= {"stream_decode_level": pikepdf.StreamDecodeLevel.none, "compress_streams": False}
    pdf.save(out, **how)  # type: ignore[arg-type]
    return out.getvalue()


def cut(pages: int, kept: int) -> bytes:
    """A paper whose download ended within page `kept`, counted from 0."""
    whole = paper(pages=pages)
    return whole[: [at for at in range(len(whole)) if whole.startswith(b"/Type /Page >>", at)][kept]]


def acting(action: Dictionary) -> Callable[[pikepdf.Pdf], None]:
    def change(pdf: pikepdf.Pdf) -> None:
        pdf.Root.OpenAction = pdf.make_indirect(action)

    return change


def linked(action: Dictionary) -> Callable[[pikepdf.Pdf], None]:
    """A rectangle on the page, and what a click on it does."""

    def change(pdf: pikepdf.Pdf) -> None:
        link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9], A=action)
        pdf.pages[0].Annots = Array([pdf.make_indirect(link)])

    return change


def script(text: str = "app.alert('planted')") -> Dictionary:
    return Dictionary(S=Name.JavaScript, JS=String(text))


def attached(pdf: pikepdf.Pdf) -> None:
    pdf.attachments["planted.html"] = PAYLOAD


def named_script(pdf: pikepdf.Pdf) -> None:
    tree = Dictionary(Names=Array([String("x"), pdf.make_indirect(script())]))
    pdf.Root.Names = Dictionary(JavaScript=tree)


def hidden_script(pdf: pikepdf.Pdf) -> None:
    """Reached by no page's action, deep in a form's field, the key spelt with a number sign when written."""
    field = Dictionary(FT=Name.Tx, T=String("x"), AA=Dictionary(K=script()))
    pdf.Root.AcroForm = Dictionary(Fields=Array([pdf.make_indirect(field)]))


def xfa(pdf: pikepdf.Pdf) -> None:
    pdf.Root.AcroForm = Dictionary(Fields=Array([]), XFA=pdf.make_stream(b"<xdp:xdp/>"))


def outside_stream(pdf: pikepdf.Pdf) -> None:
    stream = pdf.make_stream(b"")
    stream.F = String("\\\\198.51.100.7\\share\\x")
    pdf.pages[0].Contents = stream


def folded(pdf: pikepdf.Pdf) -> None:
    """A page whose content unfolds to 300 MiB."""
    stream = pdf.make_stream(b"")
    stream.write(zlib.compress(b" " * (300 * 1024 * 1024), 9), filter=Name.FlateDecode)
    pdf.pages[0].Contents = stream


def folded_twice(pdf: pikepdf.Pdf) -> None:
    inner = zlib.compress(b" " * (64 * 1024 * 1024), 9)
    stream = pdf.make_stream(zlib.compress(inner, 9))
    stream.Filter = Array([Name.FlateDecode, Name.FlateDecode])
    pdf.pages[0].Contents = stream


def folded_in_letters(pdf: pikepdf.Pdf) -> None:
    """A bomb written in letters first."""
    stream = pdf.make_stream(base64.a85encode(zlib.compress(b" " * (300 * 1024 * 1024), 9)) + b"~>")
    stream.Filter = Array([Name.ASCII85Decode, Name.FlateDecode])
    pdf.pages[0].Contents = stream


def huge_picture(pdf: pikepdf.Pdf) -> None:
    image = pdf.make_stream(b"\0")
    image.Type, image.Subtype, image.Width, image.Height = Name.XObject, Name.Image, 10_000, 5_001
    pdf.pages[0].Resources = Dictionary(XObject=Dictionary(x=image))


def with_photo(pdf: pikepdf.Pdf) -> None:
    image = pdf.make_stream(b"")
    image.write(photo(), filter=Name.DCTDecode)
    image.Type, image.Subtype, image.Width, image.Height = Name.XObject, Name.Image, 64, 48
    image.ColorSpace, image.BitsPerComponent = Name.DeviceRGB, 8
    pdf.pages[0].Resources = Dictionary(XObject=Dictionary(x=image))
    pdf.pages[0].Contents = pdf.make_stream(b"q 64 0 0 48 0 0 cm /x Do Q")


def in_word() -> bytes:
    """A text document with macros: DOCM is a zip."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("[Content_Types].xml", "<Types/>")
        made.writestr("word/document.xml", "<w:document/>")
        made.writestr("word/vbaProject.bin", b"\xd0\xcf\x11\xe0")
    return out.getvalue()


def nested_pages(deep: int) -> bytes:
    """Arrays in arrays, as deep as asked: readers that recurse fall over."""
    body = b"%PDF-1.4\n1 0 obj <</Type/Catalog/Pages 2 0 R/X " + b"[" * deep + b"]" * deep + b">> endobj\n"
    return body + b"2 0 obj <</Type/Pages/Kids[]/Count 0>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF\n"
