"""The demo starts alone, on this machine only, and goes on where it was; a real browser plays it to the end."""

import asyncio
import os
import re
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import aiohttp
import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from booking import directory_file
from bot import cli, demo_settings
from bot.demo import SAMPLE, Demo, running
from bot.demo_machine import MovingClock
from bot.failures import CommandFailed, WrongUse
from bot.settings import read_settings
from conversations.model import Link
from handlers import links
from handlers.web.demo import NotPossible
from tests.guards import guards
from tests.servers.browser import photograph
from tests.servers.ports import unused_port

ROOT = Path(__file__).resolve().parents[2]
KEYS = ("secret_key", "encryption_keys", "twilio_account_sid", "twilio_auth_token", "telegram_webhook_secret")


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder and a port of its own, and nothing of the operator's environment."""
    monkeypatch.chdir(tmp_path)
    for name in (*demo_settings.CREDENTIALS, "HOST", "LOG_LEVEL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PORT", str(unused_port()))


MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)  # 10 h in Paris


def up() -> AbstractAsyncContextManager[Demo]:
    return running(real=lambda: MONDAY)


@pytest.fixture(scope="session")
async def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which a demo was up once, and nobody did anything: its database is made."""
    folder = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as settings:
        settings.setenv("PORT", str(unused_port()))
        async with running(folder, real=lambda: MONDAY):
            pass
    return folder


@pytest.fixture
async def demo(begun: Path, alone: None) -> AsyncIterator[Demo]:
    shutil.copytree(begun, demo_settings.FOLDER)
    async with up() as started:
        yield started


# How it starts


@guards("T29")
@pytest.mark.parametrize(
    "name",
    [
        *("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_API_KEY", "TWILIO_API_SECRET"),
        *("TELEGRAM_BOT_TOKEN", "SMTP_URL", "VIDEO_SECRET"),
    ],
)
@pytest.mark.parametrize("where", ["environment", ".env"])
def test_refuses_to_run_beside_real_credentials(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, where: str
) -> None:
    if where == "environment":
        monkeypatch.setenv(name, "something")
    else:
        Path(".env").write_text(f"{name}=something\n")
    assert cli.start(["demo"]) == 2
    told = capsys.readouterr().err
    assert name in told
    assert "something" not in told
    assert not Path("var").exists()


@guards("T29")
@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.7", "example.org"])
def test_listens_on_this_machine_only(host: str) -> None:
    with pytest.raises(WrongUse, match="HOST"):
        demo_settings.check({"HOST": host})


@guards("T29")
def test_keys_are_made_once_and_are_their_owners(tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    first = demo_settings.keep(folder)
    assert set(first.values) == set(KEYS)
    assert demo_settings.keep(folder) == first
    assert (folder / "keys.json").stat().st_mode & 0o077 == 0
    assert demo_settings.keep(tmp_path / "other") != first


def test_operators_own_addresses_do_not_reach_the_demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://somewhere/real")
    monkeypatch.setenv("REDIS_URL", "redis://somewhere")
    monkeypatch.setenv("TWILIO_MESSAGING_SERVICE_SID", "MG" + "1" * 32)
    kept = demo_settings.keep(tmp_path)
    named = demo_settings.own(kept, dict(os.environ), "http://127.0.0.1:1", "http://127.0.0.1:2", tmp_path)
    made = read_settings(**named)
    assert made.database_url.get_secret_value().startswith("sqlite://")
    assert (made.redis_url, made.twilio_messaging_service_sid) == (None, None)


def test_the_clock_goes_forward_only_and_is_kept(tmp_path: Path) -> None:
    real = datetime(2026, 11, 23, 9, tzinfo=UTC)
    clock = MovingClock(lambda: real, tmp_path / "clock.json")
    clock.forward(timedelta(days=1))
    with pytest.raises(ValueError, match="back"):
        clock.forward(timedelta(seconds=-1))
    assert MovingClock(lambda: real, tmp_path / "clock.json")() == real + timedelta(days=1)


async def test_a_port_that_is_taken_is_said(demo: Demo) -> None:
    with pytest.raises(CommandFailed, match="PORT"):
        async with up():
            raise AssertionError("two demos on one port")


async def test_a_second_run_goes_on_where_the_first_was() -> None:
    async with up() as first:
        await first.hub.say("sms", "bonjour")
        await first.engine.settle()
        await first.twilio.settle()
        assert "code" in said(first)[-1]
    async with up() as second:
        await second.hub.say("sms", second.code)
        await second.engine.settle()
        await second.twilio.settle()
        assert "De quoi voulez-vous parler" in said(second)[-1]


def said(demo: Demo) -> list[str]:
    return [bubble.text for bubble in demo.twilio.ledger.delivered if bubble.to == "+33639980011"]


async def test_who_is_erased_is_told_when_it_is_done(demo: Demo) -> None:
    """What only a worker's slower loops do comes here, too: an account was asked to be erased, and is."""
    for telephone in demo.hub._telephones.values():
        telephone.pace = 10_000

    async def says(text: str) -> str:
        await demo.hub.say("sms", text)
        await demo.engine.settle()
        await demo.twilio.settle()
        return said(demo)[-1]

    for text in (*BOOK[:-1], "1", "1", *SIGN, "1", "effacer mon compte"):
        await says(text)
    assert "Un dernier message" in await says(re.findall(r"EFFACER [0-9]{6}", await says("1"))[0])
    await demo.hub.move_clock("10m")
    await demo.twilio.settle()
    assert "C'est fait" in said(demo)[-1]
    assert not await demo.app.parts.db.fetch("SELECT id FROM person")


async def test_commands_that_are_run_in_its_folder_work_on_it(demo: Demo, tmp_path: Path) -> None:
    """Whatever is in the way of a file's name, and by another process, as in a second terminal."""
    folder = demo_settings.FOLDER
    assert (folder / ".env").stat().st_mode & 0o077 == 0
    command = [sys.executable, "-m", "bot", "invite", "ports", "--lang", "fr", "--out", str(tmp_path / "kit")]
    clean = {name: value for name, value in os.environ.items() if name != "PORT"} | {"PYTHONPATH": str(ROOT)}
    ran = await asyncio.create_subprocess_exec(*command, cwd=folder, env=clean, stdout=asyncio.subprocess.PIPE)
    out, _ = await ran.communicate()
    assert ran.returncode == 0
    leads = "sms +33199000001, whatsapp +33199000002, telegram"
    assert leads in out.decode(), "to this demo's numbers, and its Telegram was asked for the bot's name"


def test_what_is_left_for_commands_is_read_as_it_was_meant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PORT")
    folder = tmp_path / "Camille's \\ folder"
    folder.mkdir()
    named = demo_settings.own(demo_settings.keep(folder), {}, "http://127.0.0.1:1", "http://127.0.0.1:2", folder)
    demo_settings.leave(named, folder)
    assert read_settings(env_file=folder / ".env") == read_settings(**named, env_file=None)


async def test_every_page_is_there(demo: Demo) -> None:
    async with aiohttp.ClientSession() as http:
        for path in ("/demo", "/healthz", "/readyz", "/metrics", "/static/demo.css", "/static/page.css"):
            async with http.get(demo.url + path) as response:
                assert response.status == 200


@pytest.mark.parametrize("day", [date(2026, 1, 12), date(2026, 7, 13)], ids=["winter", "summer"])
def test_nobody_in_paris_is_offered_an_hour_of_the_night(day: date) -> None:
    """The demo is played from there, and the soonest hour comes first: an overseas worker's morning is their night."""
    file = directory_file.read(SAMPLE.read_text())
    for worker in (entry.worker for entry in file.workers):
        for hours in worker.hours:
            begin = datetime.combine(day, hours.start, ZoneInfo(worker.time_zone)).astimezone(ZoneInfo("Europe/Paris"))
            assert 8 <= begin.hour < 21, (worker.ref, begin)


# Played by hand

BOOK = ["bonjour", "PORTS-7KQM-4XTD", "argent", "choisir la personne", "Claire", "jeudi"]
SIGN = ["Camille Martin", "camille@example.org"]


@pytest.fixture
async def page(browser: Browser, demo: Demo) -> AsyncIterator[Page]:
    context = await browser.new_context(
        locale="fr-FR", viewport={"width": 1440, "height": 900}, reduced_motion="reduce"
    )
    context.set_default_timeout(30_000)
    page = await context.new_page()
    await page.goto(f"{demo.url}/demo")
    yield page
    await context.close()


async def say(page: Page, phone: str, text: str, *expected: str) -> None:
    """Type, and wait for the answer."""
    before = await page.locator(f"#{phone} .row.us").count()
    await page.locator(f"#{phone} textarea").fill(text)
    await page.locator(f"#{phone} textarea").press("Enter")
    await expect(page.locator(f"#{phone} .row.us")).to_have_count(before + 1)
    for words in expected:
        await expect(page.locator(f"#{phone} .row.us").last).to_contain_text(words)


async def tap(page: Page, phone: str, label: str) -> None:
    """Press a button of the last message, and wait for the answer."""
    before = await page.locator(f"#{phone} .row.us").count()
    await page.locator(f"#{phone} .row.us").last.get_by_role("button", name=label).click()
    await expect(page.locator(f"#{phone} .row.us")).to_have_count(before + 1)


@pytest.mark.browser
@pytest.mark.parametrize("phone", ["sms", "whatsapp", "telegram"])
async def test_books_is_reminded_and_cancels(page: Page, phone: str) -> None:
    for text in BOOK:
        await say(page, phone, text)
    await say(page, phone, "1", "conditions")
    if phone == "telegram":  # it proves no number by itself
        await say(page, phone, "1", "numéro")
        await page.locator("#telegram .keys").get_by_role("button", name="Envoyer mon numéro").click()
        await expect(page.locator("#telegram .row.us").last).to_contain_text("prénom")
    else:
        await say(page, phone, "1", "prénom")
    for text in SIGN:
        await say(page, phone, text)
    await say(page, phone, "1", "C'est réservé", "/a/")
    await expect(page.locator("#worker .row.us").last).to_contain_text("Nouveau rendez-vous")
    await expect(page.locator("#mail .letter", has_text="/e/")).to_have_count(1)

    async with page.context.expect_page() as opened:
        await page.locator(f"#{phone} .row.us").last.get_by_role("link").click()
    await expect((await opened.value).get_by_role("heading", level=1)).to_have_text("Votre rendez-vous")

    await page.get_by_role("button", name="Prochain rappel").click()
    await expect(page.get_by_role("status")).to_contain_text("Nouveaux messages")
    await expect(page.locator(f"#{phone} .row.us, #sms .row.us").filter(has_text="Rappel")).to_have_count(1)

    told = await page.locator("#worker .row.us").count()
    await say(page, phone, "annuler")
    await say(page, phone, "l'annuler")
    await expect(page.locator("#worker .row.us")).to_have_count(told + 1)
    await expect(page.locator("#worker .row.us").last).to_contain_text("annulé")


@pytest.mark.browser
async def test_time_stops_wherever_something_is_due(page: Page) -> None:
    """From the booking to ten minutes before the hour in one step, and both reminders came at their own time."""
    await page.get_by_role("button", name="10 min avant le RDV").click()
    await expect(page.get_by_role("status")).to_contain_text("Aucun rendez-vous n'est à venir")
    for text in (*BOOK[:-1], "la semaine prochaine", "1", "1", *SIGN, "1"):
        await say(page, "sms", text)
    await page.get_by_role("button", name="10 min avant le RDV").click()
    await expect(page.get_by_role("status")).to_contain_text("Nouveaux messages")
    await expect(page.locator("#sms .row.us").filter(has_text="ANNULER").filter(has_text="Rappel")).to_have_count(1)
    await expect(page.locator("#now")).to_contain_text("lundi 9 mars à 08:50")
    await page.get_by_role("button", name="Demain 10 h").click()
    await expect(page.locator("#now")).to_contain_text("mardi 10 mars à 10:00")


@pytest.mark.browser
async def test_the_life_of_an_appointment(page: Page) -> None:
    """Both phones talk: reminded and coming, cancelled by the worker, another hour taken, ten minutes before, who came,
    and the next day how it was.
    """

    async def time_moves(button: str, phone: str, *expected: str) -> None:
        await page.get_by_role("button", name=button).click()
        for words in expected:
            await expect(page.locator(f"#{phone} .row.us").last).to_contain_text(words)

    for text in (*BOOK[:-1], "la semaine prochaine", "1", "1", *SIGN, "1"):
        await say(page, "sms", text)
    await time_moves("Prochain rappel", "sms", "Rappel : votre rendez-vous est lundi 9 mars à 9 h", "OUI")
    await say(page, "sms", "oui", "C'est noté")
    await say(page, "worker", "annuler", "Camille", "Oui, annuler")
    heard = await page.locator("#sms .row.us").count()
    await say(page, "worker", "1", "C'est annulé")
    await expect(page.locator("#sms .row.us")).to_have_count(heard + 1)
    await expect(page.locator("#sms .row.us").last).to_contain_text("1. lundi 9 mars à 9 h avec Vanessa")
    await say(page, "sms", "1", "C'est réservé : lundi 9 mars à 9 h")
    # By her own clock, in La Réunion.
    await expect(page.locator("#worker .row.us").last).to_contain_text("Nouveau rendez-vous : lundi 9 mars à 12 h")
    await time_moves("10 min avant le RDV", "sms", "Vanessa vous appelle dans 10 minutes")
    await time_moves("+ 10 min", "worker", "Dans 10 minutes : Camille")
    await time_moves("+ 10 min", "worker", "Camille est là ?")
    await say(page, "worker", "oui", "Noté : Camille")
    await time_moves("Demain 10 h", "sms", "de 1 à 5")
    await say(page, "sms", "5", "Un mot à ajouter")
    await say(page, "sms", "1", "Merci")


async def choose(page: Page, label: str) -> None:
    """A line of the last message's list on WhatsApp, and wait for the answer."""
    before = await page.locator("#whatsapp .row.us").count()
    await page.locator("#whatsapp .row.us").last.get_by_role("button", name="Choisir").click()
    await page.locator("#whatsapp").get_by_role("dialog").get_by_role("button", name=label).first.click()
    await expect(page.locator("#whatsapp .row.us")).to_have_count(before + 1)
    await expect(page.locator("#whatsapp").get_by_role("dialog")).to_have_count(0)


@pytest.mark.browser
async def test_books_on_whatsapp_by_lists_and_buttons_and_is_reminded_by_a_template(page: Page) -> None:
    await say(page, "whatsapp", "PORTS-7KQM-4XTD")
    for label in ("Argent et dettes", "Autres dates", "La semaine prochaine", "mars à"):
        await choose(page, label)
    await tap(page, "whatsapp", "J'accepte")
    for text in SIGN:
        await say(page, "whatsapp", text)
    await tap(page, "whatsapp", "Je confirme")
    await expect(page.locator("#whatsapp .row.us").last).to_contain_text("C'est réservé")
    await page.get_by_role("button", name="Prochain rappel").click()
    last = page.locator("#whatsapp .row.us").last
    await expect(last).to_contain_text("Rappel")
    await expect(last.get_by_role("button")).to_have_text(["OUI", "DEPLACER", "ANNULER"])
    await expect(page.locator("#sms .row.us")).to_have_count(0)
    await tap(page, "whatsapp", "OUI")
    await expect(page.locator("#whatsapp .row.us").last).to_contain_text("C'est noté")


@pytest.mark.browser
async def test_a_list_on_whatsapp_is_left_by_the_keyboard(page: Page) -> None:
    await say(page, "whatsapp", "PORTS-7KQM-4XTD")
    opener = page.locator("#whatsapp .row.us").last.get_by_role("button", name="Choisir")
    await opener.press("Enter")
    sheet = page.locator("#whatsapp").get_by_role("dialog", name="Choisir")
    await expect(sheet.get_by_role("button", name="Argent et dettes")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(sheet).to_have_count(0)
    await expect(opener).to_be_focused()


@pytest.mark.browser
async def test_books_on_telegram_by_buttons_alone_where_nothing_must_be_typed(page: Page) -> None:
    await say(page, "telegram", "bonjour")
    await say(page, "telegram", "PORTS-7KQM-4XTD")
    await tap(page, "telegram", "Argent et dettes")
    before = await page.locator("#telegram .row.us").count()
    await page.locator("#telegram .row.us").last.get_by_role("button").first.click()
    await expect(page.locator("#telegram .row.us")).to_have_count(before + 1)
    await tap(page, "telegram", "J'accepte")
    await page.locator("#telegram .keys").get_by_role("button", name="Envoyer mon numéro").click()
    await expect(page.locator("#telegram .row.us").last).to_contain_text("prénom")
    for text in SIGN:
        await say(page, "telegram", text)
    await tap(page, "telegram", "Je confirme")
    await expect(page.locator("#telegram .row.us").last).to_contain_text("C'est réservé")


async def at_the_hour(page: Page, demo: Demo) -> Page:
    """An hour by telephone was booked, it is ten minutes before, and the worker has their page open."""
    for telephone in demo.hub._telephones.values():
        telephone.pace = 10_000  # what is said is read at once
    for text in (*BOOK[:-1], "la semaine prochaine", "1", "1", *SIGN, "1"):
        await say(page, "sms", text)
    await page.get_by_role("button", name="10 min avant le RDV").click()
    await expect(page.locator("#sms .row.us").last).to_contain_text("du 01 99 00 00 03")
    parts = demo.app.parts
    async with parts.db.transaction() as tx:
        [row] = await tx.fetch("SELECT id FROM appointment")
        link = Link("worker", row["id"])
        await links.give(tx, parts, link, parts.clock())
    desk = await page.context.new_page()
    await desk.goto(links.url(parts, link))
    return desk


async def act(page: Page, phone: str, label: str) -> None:
    await page.locator(f"#{phone} .ring").get_by_role("button", name=label).click()


@pytest.mark.browser
async def test_a_call_is_played_on_both_telephones(page: Page, demo: Demo) -> None:
    """The worker's page rings the worker's telephone; a key rings Camille's. She refuses, is asked by text, and answers
    the second call."""
    desk = await at_the_hour(page, demo)
    await desk.get_by_role("button", name="Appeler Camille").click()
    await expect(page.locator("#worker .ring")).to_contain_text("Appel du 01 99 00 00 03")
    await act(page, "worker", "Décrocher")
    await expect(page.locator("#worker .ring")).to_contain_text("appuyez sur 1")
    await act(page, "worker", "Touche 1")
    await expect(page.locator("#sms .ring")).to_contain_text("Appel du 01 99 00 00 03")
    await act(page, "sms", "Refuser")
    await expect(page.locator("#sms .row.us").last).to_contain_text("a essayé de vous appeler")
    await expect(desk.get_by_role("status")).to_contain_text("occupée")

    told = await page.locator("#worker .row.us").count()
    await say(page, "sms", "1", "C'est noté")
    await expect(page.locator("#worker .row.us")).to_have_count(told + 1)
    await expect(page.locator("#worker .ring")).to_be_hidden()  # what it came to was said to the end
    await desk.get_by_role("button", name="Rappeler Camille").click()
    await act(page, "worker", "Décrocher")
    await act(page, "worker", "Touche 1")
    await act(page, "sms", "Décrocher")
    await expect(page.locator("#sms .ring")).to_contain_text("En conversation")
    await page.get_by_role("button", name="+ 10 min").click()  # time goes by while they speak
    await act(page, "sms", "Raccrocher")
    await expect(page.locator("#worker .ring")).to_be_hidden()
    await expect(desk.get_by_role("status")).to_contain_text("L'appel est terminé")


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1440])
async def test_a_ringing_telephone_is_accessible(page: Page, demo: Demo, tmp_path: Path, width: int) -> None:
    desk = await at_the_hour(page, demo)
    await page.set_viewport_size({"width": width, "height": 844})
    await desk.get_by_role("button", name="Appeler Camille").click()
    if width < 1000:
        await page.locator("[data-show=worker]").click()
    for label in ("Décrocher", "Touche 1"):
        await expect(page.locator("#worker .ring").get_by_role("button", name=label)).to_be_visible()
        await photograph(page, tmp_path / f"{label}.png", full_page=False)
        found = await Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        await act(page, "worker", label)


async def test_buttons_that_do_not_fit_the_call_do_nothing(demo: Demo) -> None:
    for wrong in ("answer", "hang_up", "1", "sing"):
        with pytest.raises(NotPossible):
            await demo.hub.call("sms", wrong)
