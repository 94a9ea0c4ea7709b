"""`socialdirect person export`: a copy for the desk to hand over, on a request alone."""

from __future__ import annotations

import re
import stat
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.bot.conftest import BOOKS, Desk
from tests.guards import guards

EMAIL = "camille@example.org"


@pytest.fixture
def known(open_desk: Desk) -> Desk:
    """Somebody has booked by the terminal, and asks for something of their data."""
    open_desk.ok("chat", "--name", "camille", typed=f"{BOOKS}\nmes données\n7\n")
    return open_desk


@guards("G04", "G10", partly=True)
def test_a_copy_for_the_desk_on_a_request(known: Desk, tmp_path: Path) -> None:
    (ticket,) = (line.split()[0] for line in known.ok("tickets").lines if re.search("privacy|donn", line))
    others = BOOKS.replace("camille", "sam").replace("Camille Dubois", "Sam Leroy")
    known.ok("chat", "--name", "sam", typed=f"{others}\nmes données\n7\n")
    known.ok("chat", "--name", "camille", typed="retour\nhumain\n")
    (_, *rest) = (line.split()[0] for line in known.ok("tickets").lines if ticket not in line)
    assert len(rest) == 2, "another's request, and something else of theirs"
    folder = tmp_path / "handed"
    folder.mkdir()
    for wrong in ("nowhere", ticket[:-1], *rest):
        refused = known("person", "export", EMAIL, "--ticket", wrong, "--out", str(folder))
        assert (refused.status, "no request of theirs" in refused.err) == (1, True)
    assert list(folder.iterdir()) == []
    known.ok("person", "export", EMAIL, "--ticket", ticket, "--out", str(folder))
    (file,) = folder.iterdir()
    assert file.name == f"{ticket}.zip", "it names nobody"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert ZipFile(file).namelist() == ["data.json", "data.html"]
    again = known("person", "export", EMAIL, "--ticket", ticket, "--out", str(folder))
    assert again.status == 1
    file.unlink()
    known.ok("tickets", "close", ticket, "solved")
    over = known("person", "export", EMAIL, "--ticket", ticket, "--out", str(folder))
    assert (over.status, "no request of theirs" in over.err) == (1, True)
    assert list(folder.iterdir()) == []
    assert known("person", "export", EMAIL, "--ticket", ticket, "--out", str(tmp_path / "none")).status == 2


def test_whom_a_breach_touched_is_asked_by_a_name_that_somebody_has(open_desk: Desk) -> None:
    """A name that is typed in another way, or a day that cannot be, would tell that it was nobody."""
    open_desk.ok("operator", "add", "anna", "--role", "desk")
    found = open_desk.ok("person", "touched", "Anna", "--since", "2026-03-20").lines
    assert re.fullmatch(r"operator:\w{26}: 0 deeds, 0 people", found[0]), found
    unknown = open_desk("person", "touched", "ana", "--since", "2026-03-20")
    assert (unknown.status, "nobody of this name" in unknown.err) == (1, True), unknown
    for since, until in (
        ("0001-01-01", "2026-03-20"),
        ("2026-03-20", "9999-12-31 23:59"),
        ("2026-03-20", "2026-03-19"),
    ):
        done = open_desk("person", "touched", "anna", "--since", since, "--until", until)
        assert (done.status, done.err.count("\n")) == (2, 1), done
