"""Every command is explained to operators."""

from pathlib import Path

import pytest

from bot.cli import COMMANDS

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "operating.md").read_text()


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_the_page_tells_what_a_command_is_for(name: str) -> None:
    assert f"`{name}`" in PAGE or f"`{name} " in PAGE
