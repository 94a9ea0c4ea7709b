"""Every file of the corpus has one verdict; what is clean carries nothing on but its pages and pixels."""

from __future__ import annotations

import asyncio
import io
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Encryption, Name, ObjectStreamMode, String
from PIL import Image

from handlers.documents import examine, judging
from handlers.documents.judging import ROOT, Judge
from handlers.documents.verdict import MIB, MOST_CLEAN, Kind, Reason, Verdict
from tests.guards import guards
from tests.handlers.documents import corpus
from tests.handlers.documents.corpus import PAYLOAD, acting, linked, paper, saved

CLEAN: Mapping[str, tuple[Kind, bytes]] = {
    "a photo": ("jpeg", corpus.photo()),
    "a photo in greys": ("jpeg", saved(corpus.picture().convert("L"), "JPEG")),
    "a photo for print": ("jpeg", saved(corpus.picture().convert("CMYK"), "JPEG")),
    "a screen": ("png", saved(corpus.picture(), "PNG")),
    "a screen of few colours": ("png", saved(corpus.picture().convert("P"), "PNG")),
    "a screen of 16 bits": ("png", saved(Image.new("I;16", (40, 40), 40_000), "PNG")),
    "a picture from the web": ("jpeg", saved(corpus.picture(), "WEBP")),
    "a moving picture": ("jpeg", saved(corpus.picture(), "WEBP", save_all=True, append_images=[corpus.picture()])),
    "an iPhone's": ("jpeg", corpus.heic()),
    "the largest picture": ("png", corpus.flat_png(10_000, 5_000)),
    "a photo and a web page": ("jpeg", corpus.photo() + PAYLOAD),
    "a photo and an archive": ("jpeg", corpus.photo() + corpus.in_word()),
    "a photo and a paper": ("jpeg", corpus.photo() + paper(acting(corpus.script()))),
    "a web page in a photo's notes": ("jpeg", saved(corpus.picture(), "JPEG", comment=PAYLOAD)),
    "a paper": ("pdf", paper()),
    "a paper after a scanner's mark": ("pdf", b"\xef\xbb\xbf\r\n" + paper()),
    "a paper and an archive": ("pdf", paper() + corpus.in_word()),
    "a paper that may not be changed": ("pdf", paper(encryption=Encryption(owner="x", user=""))),
    "a paper of the most pages": ("pdf", paper(pages=200)),
    "a paper with a link": ("pdf", paper(linked(Dictionary(S=Name.URI, URI=String("https://example.org"))))),
    "a paper that opens at its top": ("pdf", paper(acting(Dictionary(S=Name.GoTo, D=Array([0, Name.Fit]))))),
    "a paper that lost its table alone": ("pdf", paper().replace(b"startxref\n", b"startxref\n9")),
    "a paper with a photo": ("pdf", paper(corpus.with_photo)),
}
REFUSED: Mapping[str, tuple[Reason, bytes]] = {
    "nothing": ("empty", b""),
    "a byte too much": ("too_big", b"\xff\xd8\xff" + b"\0" * (10 * MIB - 2)),
    "text": ("unknown_type", b"bonjour"),
    "a web page": ("unknown_type", b"<!doctype html><html>" + PAYLOAD),
    "a web page before a photo": ("unknown_type", PAYLOAD + corpus.photo()),
    "a web page before a paper": ("unknown_type", PAYLOAD + paper()),
    "a drawing with a script": ("unknown_type", b"<svg xmlns='http://www.w3.org/2000/svg'>" + PAYLOAD + b"</svg>"),
    "a text with macros": ("unknown_type", corpus.in_word()),
    "an old text": ("unknown_type", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600),
    "a program": ("unknown_type", b"MZ" + b"\0" * 600),
    "a GIF": ("unknown_type", saved(corpus.picture(), "GIF")),
    "a TIFF": ("unknown_type", saved(corpus.picture(), "TIFF")),
    "an AVIF": ("unknown_type", saved(corpus.picture(), "AVIF")),
    "a picture of a row too many": ("too_many_pixels", corpus.flat_png(10_000, 5_001)),
    "a picture of a side without end": ("too_many_pixels", corpus.flat_png(1_000_000, 60)),
    "a photo cut short": ("broken", saved(corpus.picture((640, 480)), "JPEG")[:1500]),
    "a screen cut short": ("broken", saved(corpus.picture(), "PNG")[:-60]),
    "an iPhone's cut short": ("broken", corpus.heic()[:-40]),
    "a WebP cut short": ("broken", saved(corpus.picture((640, 480)), "WEBP")[:-40]),
    "a photo's first bytes": ("broken", b"\xff\xd8\xff"),
    "a paper's first bytes": ("broken", b"%PDF-1.7\n"),
    "a paper without its last page": ("broken", corpus.cut(3, 2)),
    "a paper without pages at all": ("broken", paper()[:100]),
    "a paper without pages": ("broken", corpus.nested_pages(1)),
    "a bomb in a note": ("broken", corpus.note_bomb()),
    "a paper that needs a password": ("locked", paper(encryption=Encryption(owner="x", user="y"))),
    "a page too many": ("too_many_pages", paper(pages=201)),
    "a bomb in a page": ("too_heavy", paper(corpus.folded)),
    "a bomb in a bomb": ("too_heavy", paper(corpus.folded_twice)),
    "a bomb in letters": ("too_heavy", paper(corpus.folded_in_letters)),
    "a paper with a huge picture": ("too_many_pixels", paper(corpus.huge_picture)),
}
SET_ASIDE: Mapping[str, tuple[Reason, bytes]] = {
    "a script at the start": ("script", paper(acting(corpus.script()))),
    "a script by name": ("script", paper(corpus.named_script)),
    "a script in a field": ("script", paper(corpus.hidden_script)),
    "a script whose key is spelt otherwise": (
        "script",
        paper(acting(corpus.script()), object_stream_mode=ObjectStreamMode.disable).replace(
            b"/JavaScript", b"/J#61v#61Script"
        ),
    ),
    "a script in a folded object": (
        "script",
        paper(corpus.named_script, object_stream_mode=ObjectStreamMode.generate),
    ),
    "a script behind a protection": (
        "script",
        paper(acting(corpus.script()), encryption=Encryption(owner="x", user="")),
    ),
    "a program to start": ("outward", paper(acting(Dictionary(S=Name.Launch, F=String("cmd.exe"))))),
    "a form that sends itself": ("outward", paper(linked(Dictionary(S=Name.SubmitForm, F=String("http://x"))))),
    "another file": ("outward", paper(linked(Dictionary(S=Name.GoToR, F=String("\\\\198.51.100.7\\x"))))),
    "a link to the machine": ("outward", paper(linked(Dictionary(S=Name.URI, URI=String("file:///etc/passwd"))))),
    "a link that is a script": ("outward", paper(linked(Dictionary(S=Name.URI, URI=String("javascript:x"))))),
    "a page kept elsewhere": ("outward", paper(corpus.outside_stream)),
    "a form that is a program": ("form", paper(corpus.xfa)),
    "a file within": ("attachment", paper(corpus.attached)),
}


@pytest.fixture(scope="session")
def judge() -> Judge:
    return Judge()


@guards("T12")
@pytest.mark.parametrize("name", CLEAN)
async def test_what_is_taken(judge: Judge, name: str) -> None:
    kind, data = CLEAN[name]
    verdict = await judge(data)
    assert (verdict.outcome, verdict.kind, verdict.reason) == ("clean", kind, None)
    assert examine.sniff(verdict.data) == kind
    for left_behind in (PAYLOAD, corpus.CAMERA.encode(), b"Exif", b"vbaProject", b"app.alert", b"/Author"):
        assert left_behind not in verdict.data
    # What was handed on is itself taken, and does not change any more in kind or pages.
    again = await judge(verdict.data)
    assert (again.outcome, again.kind, again.pages) == ("clean", kind, verdict.pages)


@guards("T12")
@pytest.mark.parametrize("name", REFUSED)
async def test_what_is_refused(judge: Judge, name: str) -> None:
    reason, data = REFUSED[name]
    verdict = await judge(data)
    assert (verdict.outcome, verdict.kind, verdict.reason, verdict.data) == ("refused", None, reason, b"")


@guards("T12")
@pytest.mark.parametrize("name", SET_ASIDE)
async def test_what_is_set_aside(judge: Judge, name: str) -> None:
    reason, data = SET_ASIDE[name]
    verdict = await judge(data)
    assert (verdict.outcome, verdict.kind, verdict.reason, verdict.data) == ("set_aside", None, reason, b"")


KEYS = "JS JavaScript AA XFA EmbeddedFiles EF RichMediaContent FFilter Ref"
ACTIONS = (
    "JavaScript Launch SubmitForm ImportData GoToR GoToE Rendition Movie Sound RichMediaExecute GoTo3DView"  # 12.6.4
)
ANNOTATIONS = "FileAttachment Movie Sound Screen RichMedia 3D"


@guards("T12")
@pytest.mark.parametrize(
    ("kind", "name"),
    [(kind, name) for kind, names in (("", KEYS), ("S", ACTIONS), ("Subtype", ANNOTATIONS)) for name in names.split()],
)
def test_each_thing_that_acts_is_enough_alone(kind: str, name: str) -> None:
    """ISO 32000-1's own names, one a file: those that come together elsewhere hide each other's absence."""

    def change(pdf: pikepdf.Pdf) -> None:
        thing = Dictionary({f"/{kind}": Name(f"/{name}")} if kind else {f"/{name}": Dictionary()})
        pdf.pages[0].Annots = Array([pdf.make_indirect(thing)])

    assert examine.judge(paper(change)).outcome == "set_aside"


@guards("T12")
@pytest.mark.parametrize(
    ("end", "reason"),
    [("sys.exit(1)", "broken"), ("sys.exit(3)", "too_heavy"), ("os.kill(os.getpid(), 9)", "too_heavy")],
)
async def test_who_dies_over_a_file_has_said_nothing_good_of_it(
    end: str, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = b'{"outcome": "clean", "kind": "pdf", "reason": null, "pages": 1}\n%PDF-'
    died = f"import os, sys; sys.stdin.buffer.read(); sys.stdout.buffer.write({said!r}); sys.stdout.flush(); {end}"
    monkeypatch.setattr(judging, "START", died)
    verdict = await Judge()(b"abc")
    assert (verdict.outcome, verdict.reason, verdict.data) == ("refused", reason, b"")


async def test_a_photo_stays_upright_without_its_notes(judge: Judge) -> None:
    """6: the camera was held turned; the pixels are turned instead of the note."""
    verdict = await judge(corpus.photo(orientation=6))
    with Image.open(io.BytesIO(verdict.data)) as shown:
        assert shown.size == (48, 64)
        assert not shown.getexif()
        assert shown.info.keys() <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        red, blue = shown.getpixel((40, 5)), shown.getpixel((5, 60))
    assert isinstance(red, tuple)
    assert isinstance(blue, tuple)
    assert red[0] > 180
    assert blue[0] < 100


async def test_what_was_see_through_is_paper(judge: Judge) -> None:
    verdict = await judge(saved(Image.new("RGBA", (30, 30), (0, 0, 0, 0)), "WEBP", lossless=True))
    with Image.open(io.BytesIO(verdict.data)) as shown:
        assert shown.getpixel((10, 10)) == (255, 255, 255)


async def test_pages_keep_their_photo_and_lose_its_place(judge: Judge) -> None:
    verdict = await judge(paper(corpus.with_photo, pages=3))
    assert verdict.pages == 3
    with pikepdf.open(io.BytesIO(verdict.data)) as pdf:
        assert not pdf.is_encrypted
        assert "/Info" not in pdf.trailer or not pdf.docinfo.keys()
        kept = pdf.pages[0].Resources.XObject.x.read_raw_bytes()
    with Image.open(io.BytesIO(kept)) as shown:
        assert not shown.getexif()
        shown.load()
        assert shown.size == (64, 48)


async def test_deep_nesting_ends_nothing_of_ours(judge: Judge) -> None:
    verdict = await judge(corpus.nested_pages(100_000))
    assert verdict.outcome == "refused"


async def test_a_bomb_that_says_it_is_small_does_no_harm(judge: Judge) -> None:
    """Only as many rows are drawn as the picture says it has."""
    verdict = await judge(corpus.png_that_lies(64, 64))
    assert verdict.outcome == "clean"
    with Image.open(io.BytesIO(verdict.data)) as shown:
        assert shown.size == (64, 64)


@guards("T12")
async def test_who_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed, and gone before the next file is looked at. Nobody waits until it ends by itself, as this one would."""
    started: list[asyncio.subprocess.Process] = []
    start = asyncio.create_subprocess_exec

    async def noted(*args: Any, **kwargs: Any) -> asyncio.subprocess.Process:
        started.append(await start(*args, **kwargs))
        return started[-1]

    monkeypatch.setattr(asyncio, "create_subprocess_exec", noted)
    monkeypatch.setattr(judging, "START", "import signal; signal.alarm(30); signal.pause()")
    verdict = await Judge(patience=0.0)(corpus.photo())
    assert (verdict.outcome, verdict.reason) == ("refused", "too_heavy")
    assert [process.returncode for process in started] == [-signal.SIGKILL]


@guards("T12")
async def test_who_says_more_than_a_verdict_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """A library that was broken into has no more of our memory than a clean file may take."""
    said = b'{"outcome": "clean", "kind": "pdf", "reason": null, "pages": 1}\n'
    flood = f"import sys; sys.stdin.buffer.read(); sys.stdout.buffer.write({said!r} + bytes({MOST_CLEAN + 8 * MIB}))"
    monkeypatch.setattr(judging, "START", flood)
    verdict = await Judge()(b"abc")
    assert (verdict.outcome, verdict.reason, verdict.data) == ("refused", "too_heavy", b"")


@guards("T12")
async def test_one_file_after_the_other_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each may take 1.5 GiB: two at once would end the machine."""
    inside, most = 0, 0

    async def examined(_: Judge, data: bytes) -> Verdict:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        await asyncio.sleep(0)
        inside -= 1
        return Verdict("refused", reason="broken")

    monkeypatch.setattr(Judge, "_examined", examined)
    judge = Judge()
    assert len(await asyncio.gather(*(judge(b"abc") for _ in range(5)))) == 5
    assert most == 1


@guards("T12")
@pytest.mark.parametrize(
    ("deed", "expected"),
    [
        ("bytearray(4 * examine.MEMORY)", examine.NO_MEMORY),
        ("open('x', 'wb', buffering=0).write(b'x')", 1),
        ("all(n == 0 for n in iter(int, 1))", None),
    ],
)
async def test_the_process_is_confined(deed: str, expected: int | None, tmp_path: Path) -> None:
    """What a library that was broken into could still do: no memory beyond measure, no file, no time without end."""
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); from handlers.documents import examine; examine.SECONDS = 1\n"
        "examine.confine()\n"
        f"try: {deed}\n"
        "except MemoryError: sys.exit(examine.NO_MEMORY)\n"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-I", "-c", code, str(ROOT), cwd=tmp_path, env={}, stderr=asyncio.subprocess.DEVNULL
    )
    status = await process.wait()
    assert status == expected if expected is not None else status < 0, status


SPY = """
import os, resource, sys
sys.path.insert(0, sys.argv[1])
from handlers.documents import examine, judging
def judge(data):
    kinds = (resource.RLIMIT_CPU, resource.RLIMIT_AS, resource.RLIMIT_FSIZE, resource.RLIMIT_CORE)
    limits = [resource.getrlimit(kind) for kind in kinds]
    return examine.Verdict("refused", reason=[sorted(os.environ), limits, len(data), sys.flags.isolated])
examine.judge = judge
examine.main()
"""


@guards("T12")
async def test_the_process_that_looks_is_the_confined_one_and_knows_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked of itself, in the place of what judges: as it is started for every file."""
    monkeypatch.setenv("SECRET_KEY", "canary")
    monkeypatch.setattr(judging, "START", SPY)
    verdict = await Judge()(b"abc")
    names, limits, length, isolated = verdict.reason  # type: ignore[misc, str-unpack]
    assert {*names} <= {"LC_CTYPE"}, "Python's own"
    assert limits == [[40, 40], [1536 * MIB] * 2, [0, 0], [0, 0]]
    assert length == 3
    assert isolated == 1, "no folder and no setting of ours changes what it runs"
