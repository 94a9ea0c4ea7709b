"""Looks into one file, in a process of its own: bytes on standard input, verdict and clean bytes on standard output.

Whoever breaks Pillow, libheif or qpdf breaks into a process that knows no secret, has an empty environment and little
time and memory, and ends after this one file. What it is, its first bytes say, never its name nor what the sender
claimed. What is handed on was drawn or written anew: whatever else the file was (a web page, an archive) stays behind.

Statuses: 0 judged; 1 the library met what it does not understand (Python's own, for an exception): broken; 3 no memory.
"""

from __future__ import annotations

import json
import resource
import sys

from handlers.documents.verdict import MIB, MOST_BYTES, MOST_CLEAN, Kind, Refused, SetAside, Verdict

NO_MEMORY = 3
SECONDS = 40  # of the processor
MEMORY = 1536 * MIB
HEIF = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
BEFORE_PDF = b"\xef\xbb\xbf \t\r\n"  # what scanners put before it; nothing else may stand there


def sniff(data: bytes) -> str | None:
    """`pdf`, `jpeg`, `png`, `webp`, `heif`, or nothing that we take."""
    if data.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    if data[4:8] == b"ftyp" and data[8:12] in HEIF:
        return "heif"
    return "pdf" if data[:64].lstrip(BEFORE_PDF).startswith(b"%PDF-") else None


def judge(data: bytes) -> Verdict:
    """The verdict on these bytes. Raises what a library raises on what it does not understand."""
    try:
        kind, pages, clean = _clean(data)
    except Refused as refused:
        return Verdict("refused", reason=refused.reason)
    except SetAside as aside:
        return Verdict("set_aside", reason=aside.reason)
    return Verdict("clean", kind=kind, pages=pages, data=clean)


def _clean(data: bytes) -> tuple[Kind, int, bytes]:
    if not data:
        raise Refused("empty")
    if len(data) > MOST_BYTES:
        raise Refused("too_big")
    match sniff(data):
        case None:
            raise Refused("unknown_type")
        case "pdf":
            from handlers.documents.papers import rewrite

            pages, clean = rewrite(data.lstrip(BEFORE_PDF))
            kind: Kind = "pdf"
        case found:
            from handlers.documents.pictures import redraw

            pages, (kind, clean) = 1, redraw(found, data)
    if len(clean) > MOST_CLEAN:
        raise Refused("too_heavy")
    return kind, pages, clean


def confine() -> None:
    """This process may think and use memory for a while, and write no file."""
    for what, most in (
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def main() -> None:
    confine()
    try:
        verdict = judge(sys.stdin.buffer.read(MOST_BYTES + 1))
    except MemoryError:
        sys.exit(NO_MEMORY)
    head = {"outcome": verdict.outcome, "kind": verdict.kind, "reason": verdict.reason, "pages": verdict.pages}
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + verdict.data)
    sys.stdout.buffer.flush()
