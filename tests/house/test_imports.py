"""The import rules are kept, and they can be broken: a rule that nothing could break would guard nothing."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("bot", "handlers", "storage", "locales", "conversations", "booking")


def lint(where: Path) -> subprocess.CompletedProcess[str]:
    command: list[str | Path] = [Path(sys.executable).parent / "lint-imports", "--no-cache", "--no-logo"]
    return subprocess.run(command, cwd=where, capture_output=True, text=True, check=False)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The rooms and the rules, elsewhere."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for room in ROOMS:
        shutil.copytree(ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__", "*.mo"))
    return tmp_path


@pytest.mark.parametrize(
    ("file", "line", "rule"),
    [
        ("booking/extra.py", "import conversations", "doors open downwards only"),
        ("locales/extra.py", "import storage", "doors open downwards only"),
        ("conversations/extra.py", "import asyncio", "the inner rooms know no machinery"),
        ("handlers/channels/extra.py", "import storage", "a channel knows no storage"),
        ("handlers/extra.py", "import telegram", "the providers' packages stay with channels and calls"),
        ("storage/extra.py", "from twilio import rest", "the providers' packages stay with channels and calls"),
    ],
)
def test_a_broken_rule_is_found(copy: Path, file: str, line: str, rule: str) -> None:
    (copy / file).write_text(f'"""Where it may not be."""\n\n{line}\n')
    done = lint(copy)
    assert done.returncode == 1
    assert f"{rule} BROKEN" in done.stdout


def test_a_channel_may_import_its_provider(copy: Path) -> None:
    (copy / "handlers/channels/extra.py").write_text('"""Where it belongs."""\n\nimport telegram\nimport twilio\n')
    assert lint(copy).returncode == 0


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("from datetime import UTC, datetime\n\nNOW = datetime.now(UTC)", True),
        ("from datetime import date\n\nTODAY = date.today()", True),
        ("import time\n\nNOW = time.time()", True),
        ("import uuid\n\nNEW = uuid.uuid4()", True),
        ("import random\n\nDICE = random.random()", True),
        ("import time\n\nSTARTED = time.monotonic()", False),
    ],
)
@pytest.mark.parametrize(("name", "free"), [("booking/extra.py", False), ("bot/app.py", True)])
def test_only_the_one_clock_reads_the_time(line: str, found: bool, name: str, free: bool) -> None:
    ruff = Path(sys.executable).parent / "ruff"
    command: list[str | Path] = [ruff, "check", "--select", "TID251", "--stdin-filename", ROOT / name, "-"]
    source = f'"""A module."""\n\n{line}\n'
    done = subprocess.run(command, cwd=ROOT, input=source, capture_output=True, text=True, check=False)
    assert done.returncode == int(found and not free), done.stdout
