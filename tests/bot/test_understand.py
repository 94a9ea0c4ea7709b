"""`socialdirect understand`: lines in, objects out."""

import io
import json
from pathlib import Path

import pytest

from bot import cli

NOW = "2026-03-02T10:00"


def test_a_file_of_phrases(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "phrases"
    file.write_bytes("mes dettes, mardi après-midi\n\nje veux mourir\n".encode() + b"\xff\n")
    assert cli.start(["understand", "--now", NOW, str(file)]) == 0
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(told) == 4
    assert told[0] == {
        "intent": None,
        "motive": "finance",
        "mode": None,
        "worker": None,
        "days": ["2026-03-03"],
        "from": "12:00",
        "to": "18:00",
        "code": None,
        "language": None,
        "danger": None,
    }
    assert set(told[1].values()) == {None}
    assert told[2]["danger"] == "now"


def test_standard_input_in_english(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("tomorrow by phone\n"))
    assert cli.start(["understand", "--lang", "en", "--now", f"{NOW}:00+01:00"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["days"], told["mode"]) == (["2026-03-03"], "phone")


def test_without_a_moment_it_is_now(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("annuler\n"))
    assert cli.start(["understand"]) == 0
    assert json.loads(capsys.readouterr().out)["intent"] == "cancel"


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--lang", "tlh"], "--lang tlh"),
        (["--now", "tomorrow"], "--now tomorrow"),
        (["/no/such/file"], "/no/such/file"),
    ],
)
def test_wrong_use_is_named(arguments: list[str], named: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.start(["understand", *arguments]) == 2
    assert named in capsys.readouterr().err
