"""`socialdirect person`: warned, suspended, lifted, as it is typed and printed; the person is told."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from bot.clock import system_clock
from bot.opening import on_app
from handlers.privacy import closing
from tests.bot.conftest import BOOKS, Desk

WHY = ("Vos", "messages", "étaient", "blessants.")
DECIDED = re.compile(r"(\w{26})  (warning|suspension): decided; the person is told as soon as a worker runs")


@pytest.fixture
def known(open_desk: Desk) -> Desk:
    """Somebody has booked by the terminal; they are found by their address."""
    open_desk.ok("chat", "--name", "camille", typed=BOOKS)
    return open_desk


EMAIL = "camille@example.org"


def test_suspended_until_lifted(known: Desk) -> None:
    last = (system_clock() + timedelta(days=10)).date()
    made = DECIDED.fullmatch(known.ok("person", "suspend", EMAIL, "disrespect", *WHY, "--until", str(last)).lines[0])
    assert made
    assert made[2] == "suspension"
    again = known("person", "suspend", EMAIL, "disrespect", *WHY)
    assert (again.status, "already" in again.err) == (1, True)
    [listed] = known.ok("person", "decisions", EMAIL).lines
    assert re.fullmatch(rf"{made[1]}  \S+ \S+  suspension  disrespect     until \S+ \S+ +not read yet", listed)
    assert "blessants" not in listed
    seen = known.ok("person", "see", made[1]).lines
    assert seen[0] == listed
    assert seen[1].endswith(": « Vos messages étaient blessants. »")
    assert known("person", "see", "nowhere").status == 1
    assert DECIDED.fullmatch(known.ok("person", "lift", made[1], "Nous", "en", "avons", "parlé.").lines[0])
    assert known.ok("person", "decisions", EMAIL).lines[0].split()[-4:] == ["over", "not", "read", "yet"]
    assert known("person", "lift", made[1], *WHY).status == 1


def test_warned(known: Desk) -> None:
    assert known.ok("person", "decisions", EMAIL).lines == ["nothing was decided about them"]
    assert DECIDED.fullmatch(known.ok("person", "warn", EMAIL, "missed", *WHY).lines[0])
    assert known.ok("person", "decisions", EMAIL).lines[0].split()[-4:] == ["stands", "not", "read", "yet"]


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("suspend", EMAIL, "nonsense", *WHY), 2, "GROUND"),
        (("suspend", EMAIL, "other", "non"), 2, "between 10 and 300"),
        (("suspend", EMAIL, "other", *WHY, "--until", "2020-01-01"), 2, "--until"),
        (("suspend", EMAIL, "other", *WHY, "--until", "demain"), 2, "--until"),
        (("suspend", "nobody@example.org", "other", *WHY), 1, "nobody has an account"),
        (("warn", EMAIL, "other", "non"), 2, "between 10 and 300"),
        (("lift", "none", *WHY), 1, "no such person"),
        (("review", "01m8c0t7", "uphold", *WHY), 1, "log in there, /console/decisions/01m8c0t7"),
    ],
)
def test_wrong_use_is_told_and_changes_nothing(known: Desk, words: tuple[str, ...], status: int, said: str) -> None:
    done = known("person", *words)
    assert (done.status, said in done.err) == (status, True), done
    assert known.ok("person", "decisions", EMAIL).lines == ["nothing was decided about them"]


def test_held_while_a_dispute_is_open(known: Desk) -> None:
    day = soon()
    assert known.ok("person", "holds").lines == ["none"]
    made = known.ok("person", "hold", EMAIL, "RG 26/00123", "Devant", "le", "médiateur.", "--review", day).lines[0]
    id = made.split()[0]
    [listed] = known.ok("person", "holds").lines
    assert re.fullmatch(rf"{id}  \S+ \S+  review {day} \S+ +person \w{{26}}  RG 26/00123", listed)
    assert "médiateur" not in listed
    assert known.ok("person", "release", id).lines[0].startswith(id)
    assert known("person", "release", id).status == 1
    assert "lifted" in known.ok("person", "holds", EMAIL).lines[0]
    late = str((system_clock() + timedelta(days=200)).date())
    for words, said in (
        ((EMAIL, "RG 1", "why", "--review", late), "half a year"),
        ((EMAIL, "RG 1", "why", "--review", "soon"), "--review"),
        ((EMAIL, "x", "why", "--review", day), "REFERENCE"),
    ):
        wrong = known("person", "hold", *words)
        assert (wrong.status, said in wrong.err) == (2, True), wrong


def test_a_dispute_about_a_closed_account_is_listed_by_the_id_that_it_had(known: Desk) -> None:
    [person] = re.findall(r"person (\w{26})", known("person", "erase", EMAIL, typed="\n").out)
    on_app(lambda opened: closing.close(opened.parts, person, "operator:anna"))
    id = known.ok("person", "hold", person, "RG 1", "Un", "litige.", "--review", soon()).lines[0].split()[0]
    known.ok("person", "release", id)
    assert "lifted" in known.ok("person", "holds", person).lines[0]
    assert "nobody has an account" in known("person", "holds", EMAIL).err


def test_erased_on_their_word(known: Desk) -> None:
    id = known.ok("person", "hold", EMAIL, "RG 1", "Un", "litige.", "--review", soon()).lines[0].split()[0]
    person = known.ok("person", "holds").lines[0].split(" person ")[1].split()[0]
    assert "legal hold" in known("person", "erase", EMAIL, "--confirm", person).err
    known.ok("person", "release", id)
    for wrong in (known("person", "erase", EMAIL, "--confirm", "me"), known("person", "erase", EMAIL, typed="\n")):
        assert (wrong.status, f"type {person} to go on" in wrong.err) == (2, True), wrong
    assert known.ok("person", "erasures").out == ""
    done = known.ok("person", "erase", EMAIL, typed=f"{person}\n").out
    assert f"{person}  erased, number 1 in the ledger; 1 coming appointments cancelled" in done
    assert known("person", "erase", EMAIL, "--confirm", person).status == 1
    assert known.ok("person", "erasures", "--out", "ledger").lines == ["1 lines in ledger"]
    [line] = known.ok("person", "erasures").lines
    assert re.fullmatch(rf'{{"id":1,"person":"{person}","contacts":\["\w+"(,"\w+")*\],"at":"[^"]+"}}', line)


def test_closed_by_a_decision_and_the_archive_asks_who_looks(known: Desk) -> None:
    made = known.ok("person", "close", EMAIL, "other", "Vos", "messages", "étaient", "blessants.").lines[0]
    id = made.split()[0]
    assert "closing: decided" in made
    assert known("person", "close", EMAIL, "other", "Vos messages étaient blessants.").status == 1
    [line] = known.ok("person", "decisions", EMAIL).lines
    assert re.search(rf"{id}  .*  closing .* until ", line), line
    assert "closing: decided" in known.ok("person", "lift", id, "Nous", "en", "avons", "parlé.").out
    short = known("person", "archive", EMAIL, "vite", "--administrator", "boss", "--code", "123456")
    assert (short.status, "the reason" in short.err) == (2, True)
    nobody = known("person", "archive", EMAIL, "une réclamation", "--administrator", "boss", "--code", "123456")
    assert (nobody.status, "no administrator of this name" in nobody.err) == (1, True)


def soon() -> str:
    return str((system_clock() + timedelta(days=90)).date())
