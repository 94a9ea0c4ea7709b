"""Clients and workers in the console: who sees codes, and a file that is looked at before it changes anything."""

from __future__ import annotations

import ast
import io
import re
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from booking.operating import Role
from handlers.web.console.problems import in_words
from storage import audit, directory
from tests.handlers.console.site import ORIGIN, Answer, Site, Visitor
from tests.handlers.console.test_people import booked

pytestmark = pytest.mark.sampled

QUAI = '[[client]]\nref = "quai"\nname = "Le Quai <b>"\nkind = "company"\n'
CLOSED = "ref;suspended\nclaire;oui\n"


@pytest.fixture
async def boss(site: Site) -> Visitor:
    boss = await site.operator(Role.ADMINISTRATOR, "boss")
    await boss.get("/console/directory")
    return boss


async def upload(visitor: Visitor, file: bytes | str, **more: str) -> Answer:
    form = aiohttp.FormData({"csrf": visitor.csrf, **more})
    data = io.BytesIO(file.encode() if isinstance(file, str) else file)
    form.add_field("file", data, filename="directory.toml", content_type="application/octet-stream")
    return await visitor.ask("POST", "/console/directory/preview", form, {"Origin": ORIGIN})


async def version(site: Site) -> int:
    return await directory.version(site.place.parts.db)


def seen(answer: Answer) -> str:
    found = re.search(r'name="seen" value="(\d+)"', answer.text)
    assert found
    return found[1]


@pytest.mark.parametrize("role", Role)
async def test_codes_are_shown_to_administrators_and_it_is_noted(site: Site, role: Role) -> None:
    visitor = await site.operator(role, "somebody")
    page = (await visitor.get("/console/directory")).text
    assert "Mutuelle des Ports" in page
    assert "Claire Morel" in page
    assert ("PORTS-7KQM-4XTD" in page) == (role is Role.ADMINISTRATOR)
    assert "+3363998" not in page, "workers' numbers are not needed here"
    assert ("see" in [deed.action for deed in await audit.of(site.place.parts.db, "codes")]) == (
        role is Role.ADMINISTRATOR
    )


async def test_a_file_is_looked_at_and_then_carried_out(site: Site, boss: Visitor) -> None:
    before = await version(site)
    shown = await upload(boss, QUAI)
    assert shown.status == 200
    assert "Le Quai &lt;b&gt;" in shown.text
    assert await version(site) == before
    done = await boss.post("/console/directory/apply", 200, text=QUAI, seen=seen(shown))
    code = re.search(r"<code>(QUAI-[0-9A-Z-]+)</code>", done.text)
    assert code, "a code that we made is shown once"
    assert code[1] in (await boss.get("/console/directory")).text
    again = await boss.post("/console/directory/apply", 200, text=QUAI, seen=str(await version(site)))
    assert "Rien ne change" in again.text
    by = (await audit.of(site.place.parts.db, f"directory:{before + 1}"))[0]
    assert (by.actor, by.action) == (f"operator:{await site.id('boss')}", "load")


async def test_each_changed_field_is_shown_before_and_after(site: Site, boss: Visitor) -> None:
    text = "ref;name;kind\nports;Mutuelle du Port;insurer\n"
    shown = (await upload(boss, text)).text
    assert "<del>Mutuelle des Ports</del>" in shown
    assert "<ins>Mutuelle du Port</ins>" in shown
    assert shown.count("<del>") == 1


async def test_appointments_outside_the_new_hours_are_listed(site: Site, boss: Visitor) -> None:
    _, appointment = await booked(site)
    [row] = await site.place.parts.db.fetch("SELECT worker_id FROM appointment")
    [worker] = [one for one in await directory.workers(site.place.parts.db) if one.id == row["worker_id"]]
    cells = {
        "ref": worker.ref,
        "first_name": worker.first_name,
        "last_name": worker.last_name,
        "phone": worker.phone,
        "email": worker.email,
        "notify_by": worker.notify_by,
        "motives": " ".join(worker.motives),
        "modes": " ".join(worker.modes),
        "languages": " ".join(worker.languages),
        "address": worker.address,
        "hours": "sun 09:00-10:00",
    }
    shown = (await upload(boss, ";".join(cells) + "\n" + ";".join(f'"{cell}"' for cell in cells.values()))).text
    assert f"/console/appointments/{appointment}" in shown


async def test_nothing_is_written_when_the_directory_changed_meanwhile(site: Site, boss: Visitor) -> None:
    shown = await upload(boss, QUAI)
    other = "ref;name;kind\nports;Mutuelle du Port;insurer\n"
    await boss.post("/console/directory/apply", 200, text=other, seen=seen(shown))
    late = await boss.post("/console/directory/apply", 409, text=QUAI, seen=seen(shown))
    assert "a changé entre-temps" in late.text
    assert "Le Quai" not in (await boss.get("/console/directory")).text
    await boss.post("/console/directory/apply", 200, text=QUAI, seen=seen(late))
    assert "Le Quai" in (await boss.get("/console/directory")).text


@pytest.mark.parametrize(
    "file", [b"\xff\xfe\x00", b"[[client]]\nref = 1\n", b"ref;kind\nx\n", b"\x00" * 100, CLOSED.encode(), b"[" * 10_000]
)
async def test_a_bad_file_changes_nothing_and_names_its_lines(site: Site, boss: Visitor, file: bytes) -> None:
    before = await version(site)
    answer = await upload(boss, file)
    assert answer.status == 422
    assert "Ligne" in answer.text
    assert await version(site) == before


async def test_what_a_spreadsheet_writes_without_being_asked_is_read(site: Site, boss: Visitor) -> None:
    answer = await upload(boss, "ref;name;kind\r\nete;Été à Sète;company\r\n".encode("windows-1252"))
    assert "Été à Sète" in answer.text


async def test_no_file_and_too_much_are_told(site: Site, boss: Visitor) -> None:
    assert "Choisissez un fichier" in (await upload(boss, b"")).text
    assert (await upload(boss, b"#" * (300 * 1024))).status == 422
    assert (await upload(boss, b"#" * (1100 * 1024))).status == 413


@pytest.mark.parametrize("seen_", ["", "x", "-1", "²", "9" * 40])
async def test_an_odd_version_is_refused(site: Site, boss: Visitor, seen_: str) -> None:
    await boss.post("/console/directory/apply", 400, text=QUAI, seen=seen_)


KINDS = (
    "multipart/form-data",
    "multipart/form-data; boundary=",
    "multipart/form-data; boundary=x; boundary=y",
    "text/plain",
    'multipart/form-data; boundary="é"',
    "multipart/form-data; boundary=" + "b" * 500,
)
BODIES = (
    b"",
    b"--x\r\n\r\n--x--",
    b"--x\r\nContent-Disposition: form-data; name*=utf-8''%ff\r\n\r\na\r\n--x--",
    b"--x\r\nContent-Transfer-Encoding: base64\r\n\r\n%%%\r\n--x--",
    b"--x\r\n" * 500,
    b"\xff" * 1000,
    b"--x\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\n--x--",
    b'--x\r\nContent-Disposition: form-data; name="\xff"\r\n\r\na\r\n--x--',
)


async def test_no_upload_makes_a_500(site: Site, boss: Visitor) -> None:
    for kind in KINDS:
        for raw in BODIES:
            headers = {"Origin": ORIGIN, "Content-Type": kind}
            answer = await boss.ask("POST", "/console/directory/preview", raw, headers)
            assert answer.status in {400, 403}, (kind, raw)


async def test_a_client_and_a_worker_are_suspended_and_come_back(site: Site, boss: Visitor) -> None:
    for of, ref in (("clients", "ports"), ("workers", "claire")):
        await boss.post(f"/console/directory/{of}/{ref}/suspend")
        standing = await directory.standing(site.place.parts.db, site.place.clock.now)
        found = standing.clients[ref] if of == "clients" else standing.workers[ref]
        assert found.suspended
        before = await version(site)
        await boss.post(f"/console/directory/{of}/{ref}/suspend")
        assert await version(site) == before, "it is suspended already"
        [deed] = await audit.of(site.place.parts.db, f"{of[:-1]}:{found.id}")
        assert (deed.actor, deed.action) == (f"operator:{await site.id('boss')}", "suspend")
    assert "suspendu" in (await boss.get("/console/directory")).text
    texts = await site.place.says("sms", "+33639980201", "bonjour", "PORTS-7KQM-4XTD")
    await boss.post("/console/directory/clients/ports/lift")
    await boss.post("/console/directory/workers/claire/lift")
    assert texts != await site.place.says("sms", "+33639980202", "bonjour", "PORTS-7KQM-4XTD")
    await boss.post("/console/directory/clients/nobody/suspend")


SOURCES = ("booking/fields.py", "booking/directory_file.py", "booking/directory_csv.py", "booking/loading.py")


def sentences() -> Iterator[str]:
    """What the checks say, with something harmless in their gaps: the last argument of each call that reports."""
    root = Path(__file__).parents[3]
    for source in SOURCES:
        for node in ast.walk(ast.parse((root / source).read_text())):
            if not isinstance(node, ast.Call):
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            number = {"wrong": 1, "problem": 1, "Problem": 2, "_get": 2}.get(called)
            if number is None or len(node.args) <= number:
                continue
            for said in spoken(node.args[number]):
                yield f"must be {said}" if called == "_get" else said


def spoken(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(words)):
            yield words
        case ast.JoinedStr(values=values):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "7" for part in values)
        case ast.IfExp(body=one, orelse=other):
            yield from (*spoken(one), *spoken(other))
        case ast.BinOp(left=left):
            yield from spoken(left)


def test_every_problem_of_a_file_has_words() -> None:
    said = {words for words in sentences() if words != "must be 7"}
    assert len(said) > 30
    assert [words for words in sorted(said) if in_words(words) is None] == []
