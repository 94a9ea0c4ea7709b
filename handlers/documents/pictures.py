"""Pictures are drawn anew: pixels go on, all else stays behind (a photo's place and time, what hides after its end)."""

from __future__ import annotations

import io
from typing import Final

from PIL import Image, ImageOps

from handlers.documents.verdict import MOST_PIXELS, Kind, Refused

FORMATS: Final = {"jpeg": ("JPEG",), "png": ("PNG",), "webp": ("WEBP",), "heif": ("HEIF",)}
QUALITY: Final = 85  # small print of a photographed letter stays readable
KEPT_MODES: Final = ("1", "L", "LA", "P", "RGB", "RGBA")  # of PNG; the rest (16 bits) becomes RGB


def redraw(found: str, data: bytes) -> tuple[Kind, bytes]:
    """What it is kept as, and the new file. PNG stays PNG (screens, scans), the rest becomes JPEG: any machine of a
    worker's shows that, which is not so of HEIC and WebP.
    """
    if found == "heif":
        from pi_heif import register_heif_opener

        register_heif_opener(thumbnails=False)
    with Image.open(io.BytesIO(data), formats=FORMATS[found]) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            raise Refused("too_many_pixels")
        try:
            picture.load()
        except OSError:  # Pillow's word for an end that came too early
            raise Refused("broken") from None
        upright = ImageOps.exif_transpose(picture)
    return ("png", _png(upright)) if found == "png" else ("jpeg", _jpeg(upright))


def _png(picture: Image.Image) -> bytes:
    return _saved(picture if picture.mode in KEPT_MODES else picture.convert("RGB"), "PNG", compress_level=6)


def _jpeg(picture: Image.Image) -> bytes:
    if picture.has_transparency_data:
        over = picture.convert("RGBA")
        paper = Image.new("RGB", over.size, "white")  # what was see-through is paper, not black
        paper.paste(over, mask=over.getchannel("A"))
        picture = paper
    if picture.mode not in {"L", "RGB"}:
        picture = picture.convert("RGB")
    return _saved(picture, "JPEG", quality=QUALITY)


def _saved(picture: Image.Image, form: str, **how: int) -> bytes:
    """A copy without `info`: writers take comments, profiles and camera data from there."""
    picture = picture.copy()
    transparency = picture.info.get("transparency") if form == "PNG" else None
    picture.info = {} if transparency is None else {"transparency": transparency}
    out = io.BytesIO()
    picture.save(out, form, **how)
    return out.getvalue()
