"""`load`: what it prints, that a bad file changes nothing, and what it keeps."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.bot.conftest import BOOKS, SAMPLE, Desk

Write = Callable[[str], str]

CLIENT = '[[client]]\nref = "phare"\nname = "Mutuelle du Phare"\nkind = "insurer"\n'


def test_the_sample_is_loaded_once_and_then_nothing_changes(desk: Desk) -> None:
    first = desk.ok("load", str(SAMPLE))
    assert {"new client      ports", "new worker      claire", "new code        of ports"} <= {*first.lines}
    assert "PORTS" not in first.out  # a code that stands in the file need not stand on a screen
    assert desk.ok("load", str(SAMPLE)).lines == ["nothing changed"]


def test_a_client_without_a_code_is_given_one_which_opens_an_account(open_desk: Desk, write: Write) -> None:
    made = open_desk.ok("load", write(SAMPLE.read_text() + CLIENT)).lines
    line = next(line for line in made if "made now" in line)
    assert "of phare" in line
    code = line.rpartition(" ")[2]
    assert "Merci." in open_desk.ok("chat", typed=f"{code}\n").out
    assert open_desk.ok("load", write(SAMPLE.read_text() + CLIENT)).lines == ["nothing changed"]


def test_a_change_is_told_and_what_is_absent_stays(open_desk: Desk, write: Write) -> None:
    done = open_desk.ok("load", write('[[client]]\nref = "ports"\nname = "Ports et Quais"\nkind = "insurer"\n'))
    assert done.lines == ["changed client  ports"]
    assert "Merci." in open_desk.ok("chat", typed="PORTS-7KQM-4XTD\n").out


def test_a_bad_file_names_each_line_field_and_reason_and_writes_nothing(desk: Desk, write: Write) -> None:
    file = write(CLIENT + 'color = "red"\n\n[[worker]]\nref = "claire"\n')
    done = desk("load", file)
    assert (done.status, done.out) == (2, "")
    assert f"{file}:5: client.color: " in done.err
    assert f"{file}:7: worker.phone: " in done.err
    assert "wrong  directory" in "\n".join(desk("doctor").lines) or "lacks migration" in desk("doctor").out


def test_a_code_that_reads_like_one_that_stands_is_refused_and_nothing_of_the_file_is_written(
    open_desk: Desk, write: Write
) -> None:
    code = '[[client.code]]\ncode = "P0RTS 7KQM 4XTD"\n'
    done = open_desk("load", write(CLIENT + code))
    assert (done.status, done.out) == (2, "")
    assert "directory.toml:6: client.code.code: cannot be told from" in done.err
    assert "new client      phare" in open_desk.ok("load", write(CLIENT)).lines


def test_a_code_that_is_easily_guessed_is_warned_of(open_desk: Desk, write: Write) -> None:
    done = open_desk.ok("load", write(CLIENT + '[[client.code]]\ncode = "PHARE2026"\n'))
    assert "warning: directory.toml:6: client.code.code: easily guessed" in done.err


@pytest.mark.parametrize("words", [["load"], ["load", "nowhere.toml"], ["load", "."]])
def test_a_file_that_cannot_be_read_is_wrong_use(desk: Desk, words: list[str]) -> None:
    done = desk(*words)
    assert (done.status, done.err.count("\n")) == (2, 1)


def test_appointments_outside_new_hours_are_listed_and_kept(open_desk: Desk, write: Write) -> None:
    booked = open_desk.ok("chat", typed=BOOKS)
    assert "C'est réservé" in booked.out
    parts = SAMPLE.read_text().split("[[worker]]")
    workers = ["[[worker]]" + part.partition("[[worker.")[0] + _night() for part in parts[1:]]
    done = open_desk.ok("load", write("".join(workers)))
    assert "kept, though outside the new hours: 1" in done.out
    assert "Vos rendez-vous" in open_desk.ok("chat", typed="mes rdv\n").out


def _night() -> str:
    """Hours at which the bot has just offered nothing: one quarter past three in the morning, on Sundays."""
    return '[[worker.hours]]\ndays = ["sun"]\nfrom = 03:15:00\nto = 04:15:00\n\n'


def test_a_file_that_cannot_be_read_is_said_in_words(desk: Desk) -> None:
    gone = desk("load", "gone.toml")
    assert (gone.status, gone.err) == (2, "socialdirect: FILE cannot be read (No such file or directory): gone.toml\n")
    (desk.folder / "latin.toml").write_bytes("# é".encode("latin-1"))
    assert "(not UTF-8 text)" in desk("load", "latin.toml").err
