"""A desk: a folder of its own with settings and a database, and the commands as they are typed there."""

from __future__ import annotations

import io
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog

from bot import cli
from bot.secrets import fresh
from bot.settings import Settings

SAMPLE = Path(cli.__file__).with_name("sample_directory.toml")
BOOKS = """bonjour
PORTS-7KQM-4XTD
1
1
1
Camille Dubois
camille@example.org
1
"""


@dataclass(frozen=True)
class Done:
    """What a command did: its exit status, and what it printed."""

    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


class Desk:
    """`desk("why", "0639980011")`; settings by name in capitals stay for the commands that follow."""

    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        self._capsys, self._monkeypatch, self.folder = capsys, monkeypatch, folder

    def __call__(self, *words: str, typed: str = "") -> Done:
        self._monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        self._capsys.readouterr()
        status = cli.start(words)
        return Done(status, *self._capsys.readouterr())

    def ok(self, *words: str, typed: str = "") -> Done:
        done = self(*words, typed=typed)
        assert done.status == 0, done
        return done

    def set(self, **settings: str) -> None:
        for name, value in settings.items():
            self._monkeypatch.setenv(name, value)


@pytest.fixture
def quiet_logs() -> Iterator[None]:
    """Commands set up logs on the standard error of their process: here it is one that ends with the test."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    structlog.reset_defaults()
    root.handlers[:], root.level = handlers, level


@pytest.fixture
def desk(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, quiet_logs: None) -> Desk:
    """Nothing is loaded; the database is a file that is not there yet."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    (tmp_path / ".env").write_text("".join(f"{name}={value}\n" for name, value in fresh().items()))
    return Desk(capsys, monkeypatch, tmp_path)


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the sample directory was loaded, once for all tests."""
    folder = tmp_path_factory.mktemp("loaded")
    (folder / ".env").write_text("".join(f"{name}={value}\n" for name, value in fresh().items()))
    names = {name.upper() for name in Settings.model_fields}
    environment = {name: value for name, value in os.environ.items() if name not in names}
    environment["PYTHONPATH"] = str(SAMPLE.parents[1])
    command = [sys.executable, "-m", "bot", "load", str(SAMPLE)]
    subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
    return folder


@pytest.fixture
def open_desk(desk: Desk, loaded: Path) -> Desk:
    """The sample directory is loaded."""
    shutil.copytree(loaded, desk.folder, dirs_exist_ok=True)
    return desk


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], str]:
    """A directory file of these lines; its name."""

    def write(text: str) -> str:
        (tmp_path / "directory.toml").write_text(text, encoding="utf-8")
        return "directory.toml"

    return write
