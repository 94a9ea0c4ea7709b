"""`invite`: what it writes and for whose eyes, what it refuses and how it says so, and that it is all or nothing."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.bot.conftest import BOOKS, SAMPLE, Desk
from tests.handlers.kits.scanning import codes_on, tapped

CODE = "PORTS-7KQM-4XTD"
TWILIO = {"TWILIO_ACCOUNT_SID": "AC" + "1".zfill(32), "TWILIO_AUTH_TOKEN": "made-up"}
NUMBERS = {"TWILIO_SMS_FROM": "+33199000001", "TWILIO_WHATSAPP_FROM": "+33199000002"}
NAMES = {"poster.pdf", "cards.pdf", "intranet.html", "links.txt"}
PICTURES = {f"qr-{channel}.{kind}" for channel in ("sms", "whatsapp") for kind in ("svg", "png")}
OWN_FORM = '[[client]]\nref = "quais"\nname = "Les Quais"\nkind = "company"\n[[client.code]]\ncode = "{0}"\n'


@pytest.fixture
def inviting(open_desk: Desk) -> Desk:
    """The sample directory, and two channels."""
    open_desk.set(**TWILIO, **NUMBERS, SWITCHBOARD_PHONE="+33199000000")
    return open_desk


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def refused(desk: Desk, *words: str) -> str:
    """Status 2, one line on standard error, nothing on standard output, nothing written."""
    before = files(desk.folder)
    done = desk("invite", *words)
    assert (done.status, done.out, done.err.count("\n")) == (2, "", 1)
    assert files(desk.folder) == before
    assert "PORTS" not in done.err
    return done.err.removeprefix("socialdirect: ")


def test_a_folder_a_language_with_all_of_it(inviting: Desk) -> None:
    done = inviting.ok("invite", "ports")
    folder = inviting.folder / "invitation-ports"
    assert files(folder) == {f"{lang}/{name}" for lang in ("fr", "en") for name in NAMES | PICTURES}
    scanned = [tapped(code) for code in codes_on((folder / "fr" / "poster.pdf").read_bytes())]
    assert [each.to for each in scanned] == list(NUMBERS.values())
    assert {each.text for each in scanned} == {f"Bonjour, mon code est {CODE}"}
    assert "a secret of the client" in done.out
    assert CODE not in done.out + done.err


def test_it_is_for_its_owners_eyes(inviting: Desk) -> None:
    previous = os.umask(0)
    try:
        inviting.ok("invite", "ports")
    finally:
        os.umask(previous)
    folder = inviting.folder / "invitation-ports"
    modes = {stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*") if path.is_file()}
    assert modes == {0o600}
    assert {stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.glob("*"))} == {0o700}


def test_the_links_as_text(inviting: Desk) -> None:
    inviting.ok("invite", "ports", "--lang", "en", "--out", "kit")
    lines = (inviting.folder / "kit" / "en" / "links.txt").read_text().splitlines()
    assert f"sms:+33199000001?&body=Hello%2C%20my%20code%20is%20{CODE}" in lines
    assert f"https://wa.me/33199000002?text=Hello%2C%20my%20code%20is%20{CODE}" in lines
    assert any("01\u00a099\u00a000\u00a000\u00a000" in line for line in lines)
    assert not (inviting.folder / "kit" / "fr").exists()


def test_it_is_kept_who_made_it(inviting: Desk) -> None:
    import sqlite3

    inviting.ok("invite", "ports")
    with sqlite3.connect(inviting.folder / "var" / "socialdirect.sqlite3") as db:
        deeds = db.execute("SELECT actor, object FROM audit WHERE action = 'invite'").fetchall()
    assert [(actor.partition(":")[0], object_.partition(":")[0]) for actor, object_ in deeds] == [("operator", "code")]


# ------------------------------------------------------------ all or nothing


def test_a_second_time_nothing_changes(inviting: Desk) -> None:
    inviting.ok("invite", "ports")
    assert inviting.ok("invite", "ports").lines[0].startswith("nothing changed in invitation-ports")


def test_another_kit_is_replaced_only_when_asked(inviting: Desk) -> None:
    inviting.ok("invite", "ports", "--out", "kit")
    before = {name: (inviting.folder / "kit" / name).read_bytes() for name in files(inviting.folder / "kit")}
    assert refused(inviting, "lavande", "--out", "kit").startswith("--out: kit holds another kit: --force replaces it")
    assert {name: (inviting.folder / "kit" / name).read_bytes() for name in before} == before
    inviting.ok("invite", "lavande", "--out", "kit", "--force", "--lang", "fr")
    assert "LAVANDE" in (inviting.folder / "kit" / "fr" / "links.txt").read_text()
    assert not (inviting.folder / "kit" / "en").exists()
    assert [path.name for path in inviting.folder.glob(".invitation-*")] == []


@pytest.mark.parametrize("what", ["a file", "a folder of something else", "a link", "a kit and a file more"])
def test_what_is_no_kit_is_never_replaced(inviting: Desk, what: str) -> None:
    kit = inviting.folder / "kit"
    match what:
        case "a file":
            kit.write_text("mine")
        case "a folder of something else":
            (kit / "fr").mkdir(parents=True)
            (kit / "fr" / "letter.txt").write_text("mine")
        case "a link":
            kit.symlink_to(inviting.folder / "var")
        case "a kit and a file more":
            inviting.ok("invite", "lavande", "--out", "kit")
            (kit / "fr" / "notes.txt").write_text("mine")
    assert "holds other things than a kit" in refused(inviting, "ports", "--out", "kit", "--force")


def test_a_disk_that_fails_leaves_what_was_there(inviting: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    inviting.ok("invite", "ports", "--out", "kit")
    before = files(inviting.folder)
    monkeypatch.setattr(os, "fsync", full)
    done = inviting("invite", "lavande", "--out", "kit", "--force")
    assert (done.status, done.err) == (1, "socialdirect: kit cannot be written (No space left on device)\n")
    assert files(inviting.folder) == before
    assert CODE in (inviting.folder / "kit" / "fr" / "links.txt").read_text()


def full(_: int) -> None:
    raise OSError(28, "No space left on device")


def test_a_name_that_no_font_can_print_is_what_to_change(inviting: Desk, write: Callable[[str], str]) -> None:
    inviting.ok("load", write(OWN_FORM.format("Quais 2026").replace("Les Quais", "Les Quais \U0001f6a2")))
    before = files(inviting.folder)
    done = inviting("invite", "quais")
    assert (done.status, done.out, done.err.count("\n")) == (1, "", 1)
    assert done.err.startswith("socialdirect: cannot be laid out: poster (fr): ")
    assert done.err.endswith("; give quais a shorter name, or one without that sign\n")
    assert files(inviting.folder) == before


# ------------------------------------------------------------ which client, which code


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nobody"], "CLIENT: no client"),
        (["brume"], "CLIENT: brume is suspended"),
        (["ports", "--code", "PORTS-9WZ3-HNBA"], "--code: this code ended on 2024-12-31"),
        (["ports", "--code", "LAVANDE-R2VG-8MEK"], "--code: ports has no such code"),
        (["ports", "--lang", "xx"], "--lang: expected one of fr, en (LOCALES), not 'xx'"),
        (["ports", "--without", "fax"], "--without: expected one of sms, whatsapp, telegram, not 'fax'"),
        (["ports", "--out", "no/where"], "--out: there is no folder "),
        (["ports", "--sms-number", "12x"], "--sms-number: "),
        (["ports", "--without", "sms", "--without", "whatsapp"], "TWILIO_SMS_FROM, TWILIO_WHATSAPP_FROM, "),
    ],
)
def test_what_is_wrong_is_named(inviting: Desk, words: list[str], said: str) -> None:
    assert refused(inviting, *words).startswith(said)


def test_the_code_may_be_typed_as_people_do(inviting: Desk) -> None:
    inviting.ok("invite", "ports", "--code", "ports 7kqm4xtd")


def test_of_several_codes_one_is_asked_for_by_its_id(inviting: Desk, write: Callable[[str], str]) -> None:
    more = '[[client]]\nref = "lavande"\nname = "Transports Lavande"\nkind = "company"\n'
    later = '[[client.code]]\ncode = "LAVANDE-7HHM-2QWE"\nvalid_from = 2099-01-01\nvalid_until = 2099-12-31\n'
    inviting.ok("load", write(more + later))
    asked = refused(inviting, "lavande")
    assert asked.startswith("--code: lavande has 2 codes")
    assert "LAVANDE" not in asked
    [id_] = [part.split()[0] for part in asked.split("its id: ")[1].split("; ") if "2099" in part]
    inviting.ok("invite", "lavande", "--code", id_)
    said = (inviting.folder / "invitation-lavande" / "fr" / "links.txt").read_text()
    assert "LAVANDE-7HHM-2QWE" in said
    assert "Code valable du 1er\u00a0janvier\u00a02099 au 31\u00a0décembre\u00a02099." in said


def test_a_client_whose_codes_have_all_ended(inviting: Desk, write: Callable[[str], str]) -> None:
    ended = '[[client.code]]\ncode = "QUAIS-7HHM-2QWE"\nvalid_until = 2024-12-31\n'
    inviting.ok("load", write('[[client]]\nref = "quais"\nname = "Les Quais"\nkind = "company"\n' + ended))
    assert refused(inviting, "quais").startswith("CLIENT: no code of quais is valid any more")


@pytest.mark.parametrize("code", ["Quais 2026", "QUAIS-2026", "quais2026é"])
def test_a_code_of_a_clients_own_form_is_carried(inviting: Desk, write: Callable[[str], str], code: str) -> None:
    inviting.ok("load", write(OWN_FORM.format(code)))
    inviting.ok("invite", "quais", "--lang", "fr")
    poster = (inviting.folder / "invitation-quais" / "fr" / "poster.pdf").read_bytes()
    [_, text] = [tapped(each).text for each in codes_on(poster)]
    assert text == f"Bonjour, mon code est {code}"
    assert "Merci." in inviting.ok("chat", typed=f"{text}\n").out


@pytest.mark.parametrize("code", ["SOLIDAIRE", "7000", "UN CODE EN BEAUCOUP DE MOTS 2026"])
def test_a_code_that_a_sentence_does_not_give_away_is_refused(
    inviting: Desk, write: Callable[[str], str], code: str
) -> None:
    inviting.ok("load", write(OWN_FORM.format(code)))
    assert refused(inviting, "quais").startswith("--code: a link cannot carry this code")


def test_a_code_without_seats_is_warned_of(inviting: Desk, write: Callable[[str], str]) -> None:
    text = SAMPLE.read_text().replace('code = "PORTS-7KQM-4XTD"', 'code = "PORTS-7KQM-4XTD"\nmax_accounts = 1')
    inviting.ok("load", write(text))
    assert inviting.ok("invite", "ports").err == ""
    inviting.ok("chat", typed=BOOKS)
    assert inviting.ok("invite", "ports").err.startswith("warning: all 1 seats of this code are taken")


# ------------------------------------------------------------ our addresses


def test_without_a_channel_there_is_nowhere_to_invite_to(open_desk: Desk) -> None:
    assert refused(open_desk, "ports").startswith(
        "TWILIO_SMS_FROM, TWILIO_WHATSAPP_FROM, TELEGRAM_BOT_TOKEN: no channel"
    )


def test_a_messaging_service_does_not_tell_its_number(open_desk: Desk) -> None:
    open_desk.set(**TWILIO, TWILIO_MESSAGING_SERVICE_SID="MG" + "1".zfill(32))
    assert refused(open_desk, "ports").startswith("--sms-number: TWILIO_MESSAGING_SERVICE_SID does not tell")
    assert "sms +33199000009" in open_desk.ok("invite", "ports", "--sms-number", "+33199000009").out
    open_desk.set(TWILIO_WHATSAPP_FROM="+33199000002")
    assert "leads to   whatsapp +33199000002" in open_desk.ok("invite", "ports", "--without", "sms", "--out", "b").out


def test_a_number_that_nobody_answers_is_refused(inviting: Desk) -> None:
    assert refused(inviting, "ports", "--sms-number", "+33199000009").startswith(
        "--sms-number: people write to TWILIO_SMS_FROM"
    )
    inviting.set(TWILIO_SMS_FROM="")
    assert refused(inviting, "ports", "--sms-number", "+33199000009").startswith("--sms-number: SMS is not set up")


def test_a_short_code_is_written_to(open_desk: Desk) -> None:
    open_desk.set(**TWILIO, TWILIO_SMS_FROM="38123")
    open_desk.ok("invite", "ports", "--lang", "fr")
    text = (open_desk.folder / "invitation-ports" / "fr" / "links.txt").read_text()
    assert "sms:38123?&body=" in text


def test_a_telegram_that_does_not_answer_is_named(inviting: Desk) -> None:
    inviting.set(
        TELEGRAM_BOT_TOKEN="1:made-up", TELEGRAM_WEBHOOK_SECRET="x" * 16, TELEGRAM_API_URL="http://127.0.0.1:9"
    )
    done = inviting("invite", "ports")
    assert (done.status, done.out, done.err.count("\n")) == (1, "", 1)
    assert done.err.startswith("socialdirect: TELEGRAM_BOT_TOKEN: the bot's name is not told")
    assert "made-up" not in done.err
    assert "telegram" not in inviting.ok("invite", "ports", "--without", "telegram").out


def test_what_draws_is_imported_only_to_draw() -> None:
    """Help, and every refusal, come without the typesetter's 80 MB."""
    program = "import bot.invite, sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert {"typst", "segno", "jinja2", "telegram", "twilio", "phonenumbers"}.isdisjoint(done.stdout.split())
