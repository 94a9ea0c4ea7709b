"""A client's kit, made in the console: as the command makes it, for administrators, and not of a code that is over."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace
from zipfile import ZipFile

import pytest

from booking.operating import Role
from handlers import joining, loading
from handlers.console import importing
from handlers.kits.doors import Senders
from handlers.kits.ordering import Order, ordered
from handlers.web.console.kits import zipped
from storage import audit, directory, flags
from tests.handlers.console.site import ORIGIN, Site, Visitor
from tests.handlers.console.test_directory import boss
from tests.handlers.kits.scanning import codes_on, tapped
from tests.handlers.path.place import Place

pytestmark = pytest.mark.sampled

__all__ = ["boss"]

CODE = "PORTS-7KQM-4XTD"
NAMES = {"poster.pdf", "cards.pdf", "intranet.html", "links.txt"}
PICTURES = {f"qr-{channel}.{kind}" for channel in ("sms", "whatsapp", "telegram") for kind in ("svg", "png")}
OURS = Senders("+33199000001", "+33199000002", "social_direct_bot")
ALL = dict.fromkeys(("lang.fr", "lang.en", "channel.sms", "channel.whatsapp", "channel.telegram"), "true")
ENDED = "ref;name;kind;code;valid_until\nports;Mutuelle des Ports;insurer;PORTS-7KQM-4XTD;2026-03-01\n"
FULL = "ref;name;kind;code;max_accounts\nports;Mutuelle des Ports;insurer;PORTS-7KQM-4XTD;1\n"


async def addressed(place: Place) -> None:
    """Our addresses on all three channels."""
    place.parts = replace(place.parts, languages=("fr", "en"), sms_number=OURS.sms, whatsapp_number=OURS.whatsapp)
    await flags.keep(place.parts.db, joining.BOT_NAME, "social_direct_bot", place.clock.now)


@pytest.fixture
async def place(place: Place) -> Place:
    await addressed(place)
    return place


async def id_of(site: Site, code: str = CODE, ref: str = "ports") -> str:
    found = await directory.invited(site.place.parts.db, ref)
    assert found
    return found[1][code].id


async def load(site: Site, table: str) -> None:
    """As `socialdirect load` does."""
    assert (await loading.load(site.place.parts, importing.read(table), site.chance, "operator:test")).written


async def path(site: Site) -> str:
    return f"/console/directory/clients/ports/codes/{await id_of(site)}/kit"


async def downloaded(visitor: Visitor, at: str, form: Mapping[str, str]) -> tuple[str, dict[str, bytes]]:
    """The file's name, and what is in it."""
    sent = {"csrf": visitor.csrf, **form}
    headers = {"Origin": ORIGIN, "Cookie": f"__Host-console={visitor.cookie}"}
    async with visitor.http.post(visitor.base + at, data=sent, headers=headers) as answer:
        assert answer.status == 200, await answer.text()
        assert answer.content_type == "application/zip"
        assert answer.headers["Cache-Control"] == "no-store"
        with ZipFile(io.BytesIO(await answer.read())) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
        return answer.headers["Content-Disposition"], files


async def test_it_is_the_kit_that_the_command_makes(site: Site, boss: Visitor) -> None:
    parts = site.place.parts
    page = (await boss.get(await path(site))).text
    assert CODE in page
    assert "01 99 00 00 01" in page
    assert "@social_direct_bot" in page
    name, files = await downloaded(boss, await path(site), ALL)
    assert name == 'attachment; filename="kit-ports.zip"'
    wanted = {f"kit-ports/{lang}/{name}" for lang in ("fr", "en") for name in NAMES | PICTURES}
    assert set(files) == wanted
    theirs = await ordered(parts, Order("ports", CODE, ("fr", "en"), OURS), "operator:test")
    assert files == {f"kit-ports/{name}": content for name, content in theirs.files.items()}
    scanned = [tapped(code).text for code in codes_on(files["kit-ports/fr/poster.pdf"])]
    assert scanned[0] == f"Bonjour, mon code est {CODE}"


async def test_that_it_was_made_is_kept(site: Site, boss: Visitor) -> None:
    await boss.get(await path(site))
    assert [deed.action for deed in await audit.of(site.place.parts.db, f"code:{await id_of(site)}")] == []
    await downloaded(boss, await path(site), {"lang.fr": "true", "channel.sms": "true"})
    [deed] = await audit.of(site.place.parts.db, f"code:{await id_of(site)}")
    assert (deed.actor, deed.action) == (f"operator:{await site.id('boss')}", "invite")


async def test_one_language_and_one_channel(site: Site, boss: Visitor) -> None:
    await boss.get(await path(site))
    _, files = await downloaded(boss, await path(site), {"lang.en": "true", "channel.whatsapp": "true"})
    assert {name.split("/")[1] for name in files} == {"en"}
    links = files["kit-ports/en/links.txt"].decode()
    assert "https://wa.me/33199000002" in links
    assert "sms:" not in links
    assert "t.me" not in links


@pytest.mark.parametrize(
    ("left_out", "why"), [("lang.", "au moins une langue"), ("channel.", "au moins un endroit où écrire")]
)
async def test_nothing_chosen_is_said(site: Site, boss: Visitor, left_out: str, why: str) -> None:
    await boss.get(await path(site))
    form = {name: value for name, value in ALL.items() if not name.startswith(left_out)}
    assert why in (await boss.post(await path(site), 422, **form)).text


# ------------------------------------------------------------ what is over


async def test_a_code_that_ended_has_no_kit_any_more(site: Site, boss: Visitor) -> None:
    await boss.get(await path(site))
    await load(site, ENDED)
    for answer in (await boss.get(await path(site), 422), await boss.post(await path(site), 422, **ALL)):
        assert "Ce code a pris fin le 1er mars 2026" in answer.text
    listed = (await boss.get("/console/directory")).text
    assert "a pris fin le 1er mars 2026" in listed
    assert f"codes/{await id_of(site)}/kit" not in listed
    assert await audit.of(site.place.parts.db, f"code:{await id_of(site)}") == []


async def test_a_client_that_is_suspended_has_none_until_it_is_lifted(site: Site, boss: Visitor) -> None:
    for suspended, status in ((True, 422), (False, 200)):
        await loading.suspend(site.place.parts, "ports", "client", "operator:test", suspended=suspended)
        page = await boss.get(await path(site), status)
        assert ("Ce client est suspendu" in page.text) == suspended
        listed = (await boss.get("/console/directory")).text
        assert (f"codes/{await id_of(site)}/kit" in listed) != suspended


async def test_of_nobody_and_of_another_clients_code_there_is_none(site: Site, boss: Visitor) -> None:
    other = await id_of(site, "LAVANDE-R2VG-8MEK", "lavande")
    for at in (f"nobody/codes/{await id_of(site)}", f"ports/codes/{other}", "ports/codes/x"):
        await boss.get(f"/console/directory/clients/{at}/kit", 404)
        await boss.post(f"/console/directory/clients/{at}/kit", 404, **ALL)


async def test_who_may_not_see_codes_is_shown_no_way_to_it(site: Site) -> None:
    for role in (Role.DESK, Role.AUDITOR):
        visitor = await site.operator(role)
        assert "/kit" not in (await visitor.get("/console/directory")).text
        await visitor.get(await path(site), 403)


# ------------------------------------------------------------ what cannot be made


@pytest.mark.parametrize(
    ("name", "code", "why"),
    [
        ("Les Quais \U0001f6a2", "QUAIS-2026", "Le nom du client ne s&#39;imprime pas"),
        ("Les Quais", "SOLIDAIRE", "Un lien ne peut pas porter ce code"),
    ],
)
async def test_what_to_change_is_said(site: Site, boss: Visitor, name: str, code: str, why: str) -> None:
    await load(site, f"ref;name;kind;code\nquais;{name};company;{code}\n")
    at = f"/console/directory/clients/quais/codes/{await id_of(site, code, 'quais')}/kit"
    await boss.get(at)
    assert why in (await boss.post(at, 422, **ALL)).text


class TestOurAddresses:
    """Where they are not all known."""

    @pytest.fixture
    async def place(self, place: Place, request: pytest.FixtureRequest) -> Place:
        """Without these channels, and without a number that a messaging service would not tell."""
        place.without(*request.param)
        place.parts = replace(place.parts, sms_number=None)
        return place

    @pytest.mark.parametrize("place", [()], indirect=True)
    async def test_the_number_of_a_messaging_service_is_asked_for(self, site: Site, boss: Visitor) -> None:
        at, form = await path(site), {"lang.fr": "true", "channel.sms": "true"}
        await boss.get(at)
        for wrong in ("", "06", "+33 1 99 00 00 09 ext", "javascript:1"):
            assert "Donnez le numéro" in (await boss.post(at, 422, **form, number=wrong)).text
        _, files = await downloaded(boss, at, form | {"number": "+33 1 99 00 00 09"})
        assert "sms:+33199000009?" in files["kit-ports/fr/links.txt"].decode()
        form = {"lang.fr": "true", "channel.whatsapp": "true"}
        _, files = await downloaded(boss, at, form)
        assert "sms:" not in files["kit-ports/fr/links.txt"].decode()

    @pytest.mark.parametrize("place", [("sms", "whatsapp", "telegram")], indirect=True)
    async def test_where_nothing_is_set_up_there_is_nothing_to_print(self, site: Site, boss: Visitor) -> None:
        page = (await boss.get(await path(site))).text
        assert "un kit n&#39;inviterait nulle part" in page
        assert "Télécharger" not in page
        await boss.post(await path(site), 422, **ALL)


async def test_a_code_without_seats_is_warned_of(site: Site, boss: Visitor) -> None:
    await load(site, FULL)
    assert "Toutes les places" not in (await boss.get(await path(site))).text
    await site.place.books()
    assert "Toutes les places" in (await boss.get(await path(site))).text


def test_the_same_files_are_the_same_zip() -> None:
    files = {"fr/links.txt": b"x", "fr/poster.pdf": b"y"}
    assert zipped("kit-ports", files) == zipped("kit-ports", dict(files))
    with ZipFile(io.BytesIO(zipped("kit-ports", files))) as archive:
        assert {one.date_time for one in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
