"""Hooks, made, listed and ended by command."""

from __future__ import annotations

import pytest

from tests.bot.conftest import Desk

URL = "https://platform.example.org/hooks"


def test_a_hook_is_made_listed_without_its_address_and_ended(open_desk: Desk) -> None:
    assert open_desk.ok("hook", "list").lines == ["no hook: nobody is told"]
    said, secret = open_desk.ok("hook", "add", URL, "--kind", "appointment.booked").lines
    assert secret.startswith("whsec_")
    (listed,) = open_desk.ok("hook", "list").lines
    id = listed.split()[0]
    assert id in said
    assert listed == f"{id}  appointment.booked  0 waiting"
    said, other = open_desk.ok("hook", "rotate", id).lines
    assert id in said
    assert "24" in said
    assert other.startswith("whsec_")
    assert other != secret
    assert open_desk("hook", "rotate", "nobody").status == 1
    assert open_desk.ok("hook", "end", id).out == f"ended {id}\n"
    assert "(operator)" in open_desk.ok("hook", "list").out
    assert open_desk("hook", "end", id).status == 1
    assert open_desk("hook", "rotate", id).status == 1


@pytest.mark.parametrize("words", [["http://platform.example.org/"], ["https://127.0.0.1/"], [URL, "--kind", "all"]])
def test_wrong_use_is_said_in_one_line(open_desk: Desk, words: list[str]) -> None:
    done = open_desk("hook", "add", *words)
    assert (done.status, done.err.count("\n")) == (2, 1)
