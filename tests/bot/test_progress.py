"""Progress is for people: on a terminal, wiped when the work is done; never in a pipe."""

from __future__ import annotations

import io

import pytest

from bot.progress import progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_on_a_terminal_it_is_shown_and_wiped(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    with progress("rows") as tell:
        tell(500)
        assert terminal.getvalue() == "\r500 rows …"
    assert terminal.getvalue().endswith("\r\x1b[K")


def test_elsewhere_nothing_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("rows") as tell:
        tell(500)
    assert capsys.readouterr() == ("", "")
