"""Every setting is explained to operators, with the default that it has, and nothing is explained that is not there."""

import re
from pathlib import Path

from bot.secrets import fresh
from bot.settings import Settings, read_settings

ROOT = Path(__file__).resolve().parents[2]
NAMES = {name.upper() for name in Settings.model_fields}
KEYS = {name: value for name, value in fresh().items() if name != "TELEGRAM_WEBHOOK_SECRET"}


def test_the_example_names_every_setting_once() -> None:
    lines = (ROOT / ".env.example").read_text().splitlines()
    told = [line.partition("=")[0] for line in lines if line and not line.startswith("#")]
    assert sorted(told) == sorted(NAMES)


def test_the_example_shows_the_defaults() -> None:
    """What it leaves empty is none; what it fills in is what holds without it."""
    assert read_settings(env_file=ROOT / ".env.example", **KEYS) == read_settings(env_file=None, **KEYS)


def test_the_page_explains_every_setting_once() -> None:
    rows = re.findall(r"^\| (`[A-Z].*?) \|", (ROOT / "docs" / "settings.md").read_text(), flags=re.MULTILINE)
    told = [name for row in rows for name in re.findall(r"`([A-Z_]+)`", row)]
    assert sorted(told) == sorted(NAMES)
