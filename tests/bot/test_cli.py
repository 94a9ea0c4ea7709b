"""The console script: what it prints, where, its exit status, and that it starts lean."""

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from bot import cli
from bot.failures import CommandFailed, WrongUse
from bot.settings import read_settings

ROOT = Path(cli.__file__).resolve().parent.parent


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.start(["--help"]) == 0
    shown = capsys.readouterr().out
    assert all(f"\n  {name} " in shown for name in cli.COMMANDS)
    assert cli.start([]) == 0
    assert capsys.readouterr().out == shown


@pytest.mark.parametrize("name", sorted(cli.COMMANDS))
def test_every_command_has_its_file_and_its_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    module = import_module(cli.module_of(name))
    assert hasattr(module, "run") != hasattr(module, "app")
    assert cli.start([name, "--help"]) == 0
    assert f"socialdirect {name}" in capsys.readouterr().out


@pytest.mark.parametrize("words", [["nonsense"], ["--nonsense"], ["secrets", "extra"], ["secrets", "--nonsense"]])
def test_wrong_use_is_one_line_and_status_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.start(words) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert words[-1] in err


@pytest.mark.parametrize(("failure", "status"), [(CommandFailed("it\nbroke"), 1), (WrongUse("no such file"), 2)])
def test_a_failure_is_one_line_and_its_status(
    failure: CommandFailed, status: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run() -> None:
        raise failure

    monkeypatch.setattr(import_module("bot.secrets"), "run", run)
    assert cli.start(["secrets"]) == status
    assert capsys.readouterr().err == f"socialdirect: {' '.join(str(failure).split())}\n"


def test_what_a_command_returns_is_the_status(monkeypatch: pytest.MonkeyPatch) -> None:
    def run() -> int:
        return 1

    monkeypatch.setattr(import_module("bot.secrets"), "run", run)
    assert cli.start(["secrets"]) == 1


def test_secrets_are_fresh_and_fit_for_the_settings(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    printed = []
    for _ in range(2):
        assert cli.start(["secrets"]) == 0
        printed.append(capsys.readouterr().out)
    names = [line.partition("=")[0] for line in printed[0].splitlines()]
    assert names == ["SECRET_KEY", "ENCRYPTION_KEYS", "TELEGRAM_WEBHOOK_SECRET"]
    assert not set(printed[0].splitlines()) & set(printed[1].splitlines())
    file = tmp_path / ".env"
    file.write_text(printed[0])
    assert len(read_settings(env_file=file).encryption_keys) == 1


def test_help_imports_nothing_heavy() -> None:
    """A second would not be kept for long if `--help` imported what commands use: so it is measured in modules."""
    code = "import sys; from bot.cli import start; start(['--help']); print(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    heavy = {"aiohttp", "pydantic", "tortoise", "telegram", "twilio", "babel", "redis", "structlog", "asyncio", "rich"}
    assert not heavy & set(done.stderr.split())
