"""One client or worker changed by hand: what stands is in the form, an unchanged form changes nothing, and the checks
are those of the file.
"""

from __future__ import annotations

import html
import re

import pytest

from booking import directory_file
from booking.model import Worker
from handlers.console import editing
from storage import directory
from tests.handlers.console.site import ORIGIN, Answer, Site, Visitor
from tests.handlers.console.test_directory import boss, version
from tests.handlers.path.place import sample

pytestmark = pytest.mark.sampled

__all__ = ["boss"]

FIELD = re.compile(r'<input id="([^"]+)" name="[^"]+" type="[^"]+" value="([^"]*)"')
TICKED = re.compile(r'<input type="checkbox" name="([^"]+)" value="true" checked')
CHOSEN = re.compile(r'<select id="([^"]+)".*?<option value="([^"]+)" selected', re.DOTALL)
LINES = re.compile(r'<textarea id="([^"]+)"[^>]*>\n?(.*?)</textarea>', re.DOTALL)
SEEN = re.compile(r'name="seen" value="(\d+)"')


def filled(page: Answer) -> dict[str, str]:
    """What a browser would send of the form as it stands."""
    found = FIELD.findall(page.text) + CHOSEN.findall(page.text) + LINES.findall(page.text)
    form = {name: html.unescape(value) for name, value in found} | dict.fromkeys(TICKED.findall(page.text), "true")
    seen = SEEN.search(page.text)
    assert seen
    return form | {"seen": seen[1]}


async def save(visitor: Visitor, path: str, form: dict[str, str], status: int = 200) -> Answer:
    answer = await visitor.ask("POST", path, {"csrf": visitor.csrf, **form}, {"Origin": ORIGIN})
    assert answer.status == status, answer.text
    return answer


async def worker(site: Site, ref: str) -> Worker:
    return next(one for one in await directory.workers(site.place.parts.db) if one.ref == ref)


def test_every_worker_and_client_of_the_sample_goes_through_the_form_unchanged() -> None:
    file = sample()
    for entry in file.workers:
        values = editing.worker(editing.of_worker(entry.worker), entry.worker.ref)
        assert directory_file.check(values, {}).workers[0].worker == entry.worker


async def test_a_form_that_is_sent_as_it_stands_changes_nothing(site: Site, boss: Visitor) -> None:
    before = await version(site)
    paths = [f"clients/{ref}" for ref in ("ports", "lavande", "brume")]
    paths += [f"workers/{one.ref}" for one in await directory.workers(site.place.parts.db)]
    for path in paths:
        page = await boss.get(f"/console/directory/{path}")
        assert "Rien ne change" in (await save(boss, f"/console/directory/{path}", filled(page))).text, path
    assert await version(site) == before


async def test_hours_and_subjects_of_a_worker_are_changed(site: Site, boss: Visitor) -> None:
    path = "/console/directory/workers/claire"
    form = filled(await boss.get(path))
    form |= {
        "hours": "mon 09:00-12:00\n\ntue wed 14:00-18:00\n",
        "closed": "2026-12-24 2027-01-02",
        "mode.phone": "true",
    }
    del form["motive.finance"]
    done = (await save(boss, path, form)).text
    assert "<ins>lundi de 9 h à 12 h · mardi, mercredi de 14 h à 18 h</ins>" in done
    changed = await worker(site, "claire")
    assert "finance" not in changed.motives
    assert [sorted(block.days) for block in changed.hours] == [[0], [1, 2]]
    assert str(changed.closed[0].last) == "2027-01-02"
    form = filled(await boss.get(path))
    await save(boss, path, form | {"closed": "", "bio.fr": "", "address": "Ailleurs"})
    emptied = await worker(site, "claire")
    assert (emptied.closed, emptied.bio.get("fr"), emptied.address) == ((), None, "Ailleurs")


async def test_a_code_gets_a_last_day_and_loses_it_again(site: Site, boss: Visitor) -> None:
    path = "/console/directory/clients/ports"
    for day in ("2027-12-31", ""):
        form = filled(await boss.get(path))
        [place] = [name.partition(".")[2] for name, value in form.items() if value == "PORTS-7KQM-4XTD"]
        await save(boss, path, form | {f"valid_until.{place}": day})
        found = await directory.invited(site.place.parts.db, "ports")
        assert found
        assert str(found[1]["PORTS-7KQM-4XTD"].valid_until or "") == day


async def test_new_ones_are_added(site: Site, boss: Visitor) -> None:
    form = filled(await boss.get("/console/directory/clients/"))
    done = await save(boss, "/console/directory/clients/", form | {"ref": "quai", "name": "Le Quai", "kind": "company"})
    assert re.search(r"<code>QUAI-[0-9A-Z-]+</code>", done.text), "a code is made for it, and shown"
    form = filled(await boss.get("/console/directory/workers/"))
    form |= {"ref": "noor", "first_name": "Noor", "last_name": "Haddad", "phone": "+33639980180"}
    form |= {"email": "noor@example.org", "notify_by": "sms", "languages": "fr ar", "motive.finance": "true"}
    await save(boss, "/console/directory/workers/", form | {"mode.phone": "true", "hours": "mon 09:00-12:00"})
    assert (await worker(site, "noor")).languages == ("fr", "ar")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"phone": "06"}, "pas un numéro"),
        ({"email": "x"}, "pas une"),
        ({"first_name": " "}, "manque"),
        ({"hours": "monday 9-12"}, "<strong>Heures</strong>"),
        ({"hours": "mon 09:00-12:00\nmon 11:00-13:00"}, "se chevauchent"),
        ({"closed": "noël"}, "<strong>Jours fermés</strong>"),
        ({"languages": "français"}, "deux ou trois lettres"),
        ({"time_zone": "Paris"}, "pas un fuseau"),
        ({"notify_by": "pigeon"}, "doit être parmi"),
    ],
)
async def test_what_is_wrong_is_said_and_the_form_kept(
    site: Site, boss: Visitor, change: dict[str, str], why: str
) -> None:
    path, before = "/console/directory/workers/claire", await version(site)
    answer = await save(boss, path, filled(await boss.get(path)) | change | {"bio.en": "Kept <b>"}, 422)
    assert why in answer.text
    assert "Kept &lt;b&gt;" in answer.text
    assert await version(site) == before


async def test_two_who_change_at_once_do_not_overwrite_each_other(site: Site, boss: Visitor) -> None:
    path = "/console/directory/clients/ports"
    form = filled(await boss.get(path))
    await save(boss, path, form | {"name": "Mutuelle du Port"})
    late = await save(boss, path, form | {"name": "Autre"}, 422)
    assert "a changé entre-temps" in late.text
    await save(boss, path, filled(late))
    assert "Autre" in (await boss.get("/console/directory")).text


async def test_nobody_and_odd_forms(site: Site, boss: Visitor) -> None:
    await boss.get("/console/directory/clients/nobody", 404)
    await boss.get("/console/directory/workers/nobody", 404)
    for seen in ("", "x", "²"):
        await save(boss, "/console/directory/clients/ports", {"seen": seen}, 400)
    await save(boss, "/console/directory/clients/ports", {f"a{n}": "1" for n in range(200)}, 400)
    assert (await save(boss, "/console/directory/workers/claire", {"seen": "1"}, 422)).text.count("manque") >= 4
