"""`channels setup` without what it needs. What it does at the providers: `tests/standins/test_channels_setup.py`."""

from __future__ import annotations

import pytest

from tests.bot.conftest import Desk


def test_without_a_channel_there_is_nothing_to_set_up(desk: Desk) -> None:
    done = desk("channels", "setup")
    assert (done.status, done.err.count("\n")) == (2, 1)
    assert "TELEGRAM_BOT_TOKEN" in done.err


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8080", "https://10.0.0.7", "https://chat.example.org/sd", "https://chat.example.org:9443"]
)
def test_an_address_that_providers_cannot_call_is_refused(desk: Desk, url: str) -> None:
    desk.set(TELEGRAM_BOT_TOKEN="1:made-up", PUBLIC_URL=url)
    done = desk("channels", "setup")
    assert done.status == 2
    assert "PUBLIC_URL" in done.err


@pytest.mark.parametrize("words", [["channels", "--help"], ["channels", "setup", "--help"]])
def test_help_needs_no_settings(desk: Desk, words: list[str]) -> None:
    (desk.folder / ".env").unlink()
    assert "setup" in desk.ok(*words).out
