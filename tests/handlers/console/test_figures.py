"""Figures in the console: of everybody and of one client, nobody in them, each look noted."""

from __future__ import annotations

import io
import threading
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook

from booking.operating import Role
from handlers.figures.tables import TABLES
from handlers.web.console import figures as pages
from handlers.web.console.figures import chosen
from storage import audit, figures
from tests.handlers.console.site import Site, Visitor
from tests.handlers.path.place import MONDAY
from tests.journeys.served import WORDS, serve

pytestmark = pytest.mark.sampled

PARIS = ZoneInfo("Europe/Paris")


async def client(site: Site, ref: str) -> str:
    return next(each.id for each in await figures.clients(site.place.parts.db) if each.ref == ref)


async def content(visitor: Visitor, path: str) -> tuple[str, bytes]:
    """What is downloaded: under which name, and its bytes."""
    headers = {"Cookie": f"__Host-console={visitor.cookie}"}
    async with visitor.http.get(visitor.base + path, headers=headers) as response:
        assert response.status == 200
        return response.headers["Content-Disposition"], await response.read()


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR])
async def test_of_everybody_and_of_one_client(site: Site, role: Role) -> None:
    await serve(site.place.parts)
    visitor = await site.operator(role, "somebody")
    page = (await visitor.get("/console/figures")).text
    assert "Du 1er février 2026 au 28 février 2026" in page
    assert page.count("<svg") == len(TABLES)
    assert "Courtage Brume" in page
    ports = await client(site, "ports")
    page = (await visitor.get(f"/console/figures?client={ports}&of=2025-Q4")).text
    assert "Chiffres : Mutuelle des Ports" in page
    assert "Du 1er octobre 2025 au 31 décembre 2025" in page
    assert page.count("<svg") == len(TABLES) - 3, "nothing was sent then"
    for hidden in ("Martin", "ports-1", "639980", "06 39 98"):
        assert hidden not in page
    deeds = await audit.latest(site.place.parts.db, 10, by=f"operator:{await site.id('somebody')}")
    seen = [(deed.action, deed.object) for deed in deeds if deed.action.startswith("figures")]
    assert seen == [
        ("figures 2025-Q4", f"client:{ports}"),
        ("figures 2026-02", "service"),
    ]


async def test_words_that_people_added_are_of_a_month_and_of_ten_at_least(site: Site) -> None:
    await serve(site.place.parts)
    db, visitor = site.place.parts.db, await site.operator(Role.AUDITOR)
    few = "Moins de dix personnes"
    page = (await visitor.get("/console/figures")).text
    assert (page.count(WORDS), few in page) == (27, False)
    for other in (f"?client={await client(site, 'ports')}", "?of=2025-Q4", "?of=2025"):
        page = (await visitor.get(f"/console/figures{other}")).text
        assert (WORDS in page, few in page) == (False, False)
    page = (await visitor.get("/console/figures?of=2026-01")).text
    assert (WORDS in page, few in page) == (False, True)
    rows = await db.fetch("SELECT id FROM feedback WHERE words IS NOT NULL ORDER BY id")
    for row in rows[9:]:
        await db.execute("UPDATE feedback SET words = NULL WHERE id = ?", row["id"])
    page = (await visitor.get("/console/figures")).text
    assert (WORDS in page, few in page) == (False, True)
    _, body = await content(visitor, "/console/figures/workbook")
    assert WORDS not in str([[*sheet.values] for sheet in load_workbook(io.BytesIO(body))])


async def test_as_a_workbook(site: Site) -> None:
    await serve(site.place.parts)
    visitor = await site.operator(Role.AUDITOR)
    name, body = await content(visitor, f"/console/figures/workbook?client={await client(site, 'ports')}")
    assert name == 'attachment; filename="figures-ports-2026-02.xlsx"'
    assert set(load_workbook(io.BytesIO(body)).sheetnames) == set(TABLES) - {"deliveries", "clients"}


async def test_a_client_whose_name_would_break_a_page_or_a_header(site: Site) -> None:
    ports = await client(site, "ports")
    db = site.place.parts.db
    await db.execute("UPDATE client SET ref = ?, name = ? WHERE id = ?", 'a"\r\nX-Y: z', "<script>x</script>", ports)
    visitor = await site.operator(Role.AUDITOR)
    page = (await visitor.get("/console/figures")).text
    assert "<script>" not in page
    name, _ = await content(visitor, f"/console/figures/workbook?client={ports}")
    assert name == 'attachment; filename="figures-a___X-Y__z-2026-02.xlsx"'


async def test_who_is_no_client_has_none(site: Site) -> None:
    visitor = await site.operator(Role.AUDITOR)
    await visitor.get("/console/figures?client=nobody", 404)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", "2026-02"),
        ("2025-11", "2025-11"),
        ("2025-Q4", "2025-Q4"),
        ("2025", "2025"),
        ("2026-03", "2026-02"),
        ("2026-Q1", "2026-02"),
        ("2026", "2026-02"),
        ("2027-01", "2026-02"),
        ("<b>", "2026-02"),
        ("2026-1", "2026-02"),
    ],
)
def test_only_what_is_over(text: str, found: str) -> None:
    assert str(chosen(text, MONDAY, PARIS)) == found


@pytest.mark.parametrize(("path", "draws"), [("", "fragment"), ("/workbook", "workbook")])
async def test_what_takes_long_is_drawn_beside_the_loop(
    site: Site, monkeypatch: pytest.MonkeyPatch, path: str, draws: str
) -> None:
    """The same process answers people's messages meanwhile."""
    threads: list[int] = []
    really = getattr(pages, draws)

    def noted(*args: Any) -> Any:
        threads.append(threading.get_ident())
        return really(*args)

    monkeypatch.setattr(pages, draws, noted)
    visitor = await site.operator(Role.AUDITOR)
    headers = {"Cookie": f"__Host-console={visitor.cookie}"}
    async with visitor.http.get(f"{visitor.base}/console/figures{path}", headers=headers) as response:
        assert response.status == 200
    assert len(threads) == 1
    assert threading.get_ident() not in threads
