"""Bulk export by two people (T24): nobody alone, once, soon, noted, and no text of it becomes a formula (T14)."""

from __future__ import annotations

import asyncio
import csv
import io
from dataclasses import replace
from datetime import timedelta

import pytest

from booking.operating import Role
from handlers.console import exporting
from handlers.console.exporting import Asked, File, NotExported
from locales.voice import Voice
from storage import audit, exports
from storage.booking import RowStore
from tests.guards import guards
from tests.handlers.console.site import Site, Visitor
from tests.handlers.console.test_people import booked
from tests.handlers.path.place import MONDAY

SECOND = timedelta(seconds=1)
WHY = "Contrôle annuel, effacé le 31 mars."
ASKS = {"what": "appointments", "why": WHY, "from": "2026-03-01", "to": "2026-03-31"}


@pytest.fixture
async def anna(site: Site) -> Visitor:
    return await site.operator(Role.ADMINISTRATOR, "anna")


@pytest.fixture
async def otto(site: Site) -> Visitor:
    return await site.operator(Role.ADMINISTRATOR, "otto")


async def asked(site: Site, anna: Visitor, **other: str) -> str:
    await anna.get("/console/exports")
    assert (await anna.post("/console/exports", 303, **{**ASKS, **other})).to == "/console/exports?said=asked"
    return (await exports.latest(site.place.parts.db, 1))[0].id


async def approved(site: Site, anna: Visitor, otto: Visitor, **other: str) -> str:
    id = await asked(site, anna, **other)
    await otto.get("/console/exports")
    assert (await otto.post(f"/console/exports/{id}/approve")).to == "/console/exports?said=approved"
    return id


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


@guards("T24")
async def test_one_asks_another_approves_and_the_first_fetches_it_once(
    site: Site, anna: Visitor, otto: Visitor
) -> None:
    person, appointment = await booked(site)
    id = await asked(site, anna)
    page = (await otto.get("/console/exports")).text
    for shown in (
        WHY,
        "au 31 mars 2026",
        "demandé par anna",
        "attend une réponse",
        "Accepter la demande",
    ):
        assert shown.replace("'", "&#39;") in page, shown
    await anna.post(f"/console/exports/{id}/fetch", 409)
    await otto.post(f"/console/exports/{id}/approve")
    assert "Télécharger" not in (await otto.get("/console/exports")).text
    assert "Télécharger" in (await anna.get("/console/exports")).text
    await otto.post(f"/console/exports/{id}/fetch", 409)
    answer = await anna.post(f"/console/exports/{id}/fetch", 200)
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="appointments-2026-03-01-2026-03-31.csv"'
    assert (answer.headers["Cache-Control"], answer.headers["X-Content-Type-Options"]) == ("no-store", "nosniff")
    [head, line] = rows(answer.text)
    assert head[0] == "Rendez-vous"
    assert (line[0], line[4], line[6:]) == (appointment, "ports", [person, "Camille", "Dubois"])
    assert "finance" not in answer.text, "what it is about is for the worker"
    assert "déjà fait" in (await anna.post(f"/console/exports/{id}/fetch", 409)).text
    anna_, otto_ = f"operator:{await site.id('anna')}", f"operator:{await site.id('otto')}"
    noted = [(d.actor, d.action) for d in reversed(await audit.of(site.place.parts.db, f"export:{id}"))]
    assert noted == [(anna_, "ask export"), (otto_, "approve export"), (anna_, "fetch export")]
    assert (anna_, "export") in {(d.actor, d.action) for d in await audit.of(site.place.parts.db, f"person:{person}")}


@guards("T24")
async def test_nobody_answers_their_own(site: Site, anna: Visitor, otto: Visitor) -> None:
    id = await asked(site, anna)
    page = (await anna.get("/console/exports")).text
    assert "Accepter" not in page
    for deed in ("approve", "refuse"):
        assert "Vous l&#39;avez demandé" in (await anna.post(f"/console/exports/{id}/{deed}", 409)).text
    await otto.get("/console/exports")
    assert (await otto.post(f"/console/exports/{id}/refuse")).to == "/console/exports?said=refused"
    await otto.post(f"/console/exports/{id}/approve", 409)
    await anna.post(f"/console/exports/{id}/fetch", 409)


async def test_a_get_gives_nothing_and_does_nothing(site: Site, anna: Visitor, otto: Visitor) -> None:
    await booked(site)
    id = await approved(site, anna, otto)
    for deed in ("approve", "refuse", "fetch"):
        for _ in range(20):
            await anna.get(f"/console/exports/{id}/{deed}", 405)
    await anna.post(f"/console/exports/{id}/fetch", 200)


@pytest.mark.parametrize("role", [Role.DESK, Role.AUDITOR])
async def test_others_ask_for_none_and_fetch_none(site: Site, anna: Visitor, otto: Visitor, role: Role) -> None:
    id = await approved(site, anna, otto)
    other = await site.operator(role)
    await other.get("/console/own")
    await other.get("/console/exports", 403)
    await other.post("/console/exports", 403, **ASKS)
    for deed in ("approve", "refuse", "fetch"):
        await other.post(f"/console/exports/{id}/{deed}", 403)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"what": ""}, "Choisissez ce que"),
        ({"what": "messages"}, "Choisissez ce que"),
        ({"why": "audit"}, "Écrivez une raison"),
        ({"why": "x" * 301}, "Écrivez une raison"),
        ({"from": ""}, "Donnez deux jours"),
        ({"to": "2026-02-28"}, "Donnez deux jours"),
        ({"to": "2027-03-02"}, "Donnez deux jours"),
    ],
)
async def test_nothing_is_asked_for_by_half(site: Site, anna: Visitor, wrong: dict[str, str], said: str) -> None:
    await anna.get("/console/exports")
    assert said in (await anna.post("/console/exports", 422, **{**ASKS, **wrong})).text
    assert await exports.latest(site.place.parts.db, 9) == []
    await anna.post("/console/exports", 303, **{**ASKS, "to": "2027-03-01"})


async def test_people_and_deeds(site: Site, anna: Visitor, otto: Visitor) -> None:
    person, _ = await booked(site)
    id = await approved(site, anna, otto, what="people")
    [_, line] = rows((await anna.post(f"/console/exports/{id}/fetch", 200)).text)
    assert line == [person, "Camille", "Dubois", "'+33639980011", "camille@example.org", "ports", "fr"]
    id = await approved(site, anna, otto, what="deeds")
    found = rows((await anna.post(f"/console/exports/{id}/fetch", 200)).text)
    assert found[-1][2:] == ["approve export", f"export:{id}"]
    assert "Camille" not in str(found)
    id = await approved(site, anna, otto, **{"from": "2026-01-01", "to": "2026-01-31"})
    assert len(rows((await anna.post(f"/console/exports/{id}/fetch", 200)).text)) == 1


@guards("T14")
@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "＝1", " =1", 'a";=1'])
async def test_no_name_becomes_a_formula(site: Site, anna: Visitor, otto: Visitor, name: str) -> None:
    person, _ = await booked(site)
    async with site.place.parts.db.transaction() as tx:
        store = RowStore(tx, site.place.parts.directories)
        found = await store.person(person)  # type: ignore[arg-type]
        assert found
        await store.save_person(replace(found, first_name=name))
    id = await approved(site, anna, otto, what="people")
    [_, line] = rows((await anna.post(f"/console/exports/{id}/fetch", 200)).text)
    assert len(line) == 7
    assert all(cell.lstrip()[:1] not in set("=+-@\t\r＝＋－＠") for cell in line)


async def test_who_was_put_out_meanwhile_fetches_nothing(site: Site, anna: Visitor, otto: Visitor) -> None:
    """A lost laptop: suspended, the yes that they have is of no use to whoever holds it."""
    id = await approved(site, anna, otto)
    await otto.get("/console/operators")
    await otto.post(f"/console/operators/{await site.id('anna')}/suspend")
    assert (await anna.post(f"/console/exports/{id}/fetch")).to.startswith("/console/login")
    found = await exports.get(site.place.parts.db, id)
    assert found
    assert found.status == "approved"


# ---------------------------------------------------------------- by the functions: times to the second, and at once

VOICE = Voice("fr")
ANNA, OTTO = "operator:anna", "operator:otto"


async def made(site: Site) -> str:
    row = await exporting.ask(
        site.place.parts, ANNA, Asked("people", WHY, MONDAY.date(), MONDAY.date() + timedelta(days=30))
    )
    assert isinstance(row, exports.ExportRow)
    return row.id


@guards("T24", partly=True)
async def test_an_answer_comes_within_a_week_and_the_file_is_fetched_within_a_quarter_of_an_hour(site: Site) -> None:
    parts, clock = site.place.parts, site.place.clock
    late, soon = await made(site), await made(site)
    clock.now += timedelta(days=7)
    assert isinstance(await exporting.answer(parts, soon, OTTO, yes=True), exports.ExportRow)
    clock.now += SECOND
    assert await exporting.answer(parts, late, OTTO, yes=True) == NotExported("late")
    clock.now += timedelta(minutes=15) - 2 * SECOND
    again = await made(site)
    assert isinstance(await exporting.fetch(parts, soon, ANNA, VOICE), File)
    await exporting.answer(parts, again, OTTO, yes=True)
    clock.now += timedelta(minutes=15)
    assert await exporting.fetch(parts, again, ANNA, VOICE) == NotExported("late")
    for id in ("none", ""):
        assert await exporting.fetch(parts, id, ANNA, VOICE) == NotExported("nobody")
        assert await exporting.answer(parts, id, OTTO, yes=True) == NotExported("nobody")


async def test_of_two_at_once_one_has_the_file(site: Site) -> None:
    await booked(site)
    id = await made(site)
    both = await asyncio.gather(*(exporting.answer(site.place.parts, id, OTTO, yes=yes) for yes in (True, True)))
    assert sorted(type(each).__name__ for each in both) == ["ExportRow", "NotExported"]
    found = await asyncio.gather(*(exporting.fetch(site.place.parts, id, ANNA, VOICE) for _ in range(4)))
    assert [type(each).__name__ for each in found].count("File") == 1


async def test_more_rows_than_a_file_holds_are_not_cut(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    await booked(site)
    monkeypatch.setattr(exporting, "MOST", 0)
    id = await made(site)
    await exporting.answer(site.place.parts, id, OTTO, yes=True)
    assert await exporting.fetch(site.place.parts, id, ANNA, VOICE) == NotExported("too_many")
    monkeypatch.undo()
    assert isinstance(await exporting.fetch(site.place.parts, id, ANNA, VOICE), File), "it was not used up"
