"""Every talk reads as it is written. `pytest --update` rewrites the answers, for review."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conversations.script import play

TALKS = sorted((Path(__file__).parent / "talks").glob("*.talk"))


@pytest.mark.parametrize("talk", TALKS, ids=lambda path: path.stem)
def test_talk(talk: Path, request: pytest.FixtureRequest) -> None:
    written = talk.read_text()
    played = play(written)
    if request.config.getoption("--update"):
        talk.write_text(played)
    else:
        assert played == written
