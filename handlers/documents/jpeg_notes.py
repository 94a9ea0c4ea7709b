"""Takes a camera's notes (place, time, owner) out of a JPEG without drawing it anew: for photos that lie in a PDF.

A JPEG is a row of segments, `FF` kind length(2) bytes, until the picture itself begins (ITU-T T.81, annex B):
APP1 holds EXIF and XMP, APP13 press notes, COM words. What says how the colours are meant (APP0, APP2, APP14) stays.
"""

from __future__ import annotations

from typing import Final

START_OF_SCAN: Final = 0xDA
KEPT_APPS: Final = (0xE0, 0xE2, 0xEE)
COMMENT: Final = 0xFE


def without_notes(jpeg: bytes) -> bytes:
    """The same picture. Bytes that are not a JPEG as expected come back as they are: the reader decides."""
    if not jpeg.startswith(b"\xff\xd8"):
        return jpeg
    kept, at = [jpeg[:2]], 2
    while at + 4 <= len(jpeg) and jpeg[at] == 0xFF and jpeg[at + 1] != START_OF_SCAN:
        kind, end = jpeg[at + 1], at + 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
        if end < at + 4:
            break
        if not (kind == COMMENT or 0xE0 <= kind <= 0xEF) or kind in KEPT_APPS:
            kept.append(jpeg[at:end])
        at = end
    return b"".join([*kept, jpeg[at:]])
