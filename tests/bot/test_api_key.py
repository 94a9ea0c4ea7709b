"""Keys of the API, made, listed and ended by command."""

from __future__ import annotations

import pytest

from tests.bot.conftest import Desk


def test_a_key_is_shown_once_and_listed_without_itself(open_desk: Desk) -> None:
    assert open_desk.ok("api-key", "list").lines == ["no key: nobody may call the API"]
    made = open_desk.ok("api-key", "add", "web platform", "--scope", "catalogue", "--scope", "persons:read")
    said, secret = made.lines
    assert secret.startswith("sd_")
    assert len(secret) > 40
    (listed,) = open_desk.ok("api-key", "list").lines
    assert "web platform  catalogue persons:read  never used" in listed
    assert secret not in listed
    id = listed.split()[0]
    assert id in said
    assert secret not in open_desk.ok("api-key", "add", "another").out


def test_a_revoked_key_stays_in_the_list(open_desk: Desk) -> None:
    open_desk.ok("api-key", "add", "web platform")
    id = open_desk.ok("api-key", "list").lines[0].split()[0]
    assert open_desk.ok("api-key", "revoke", id).out == f"revoked {id}\n"
    assert "catalogue  revoked 20" in open_desk.ok("api-key", "list").out
    again = open_desk("api-key", "revoke", id)
    assert (again.status, again.out) == (1, "")


@pytest.mark.parametrize("words", [[""], ["two\nlines"], ["x" * 81], ["platform", "--scope", "everything"]])
def test_wrong_use_is_said_in_one_line(open_desk: Desk, words: list[str]) -> None:
    done = open_desk("api-key", "add", *words)
    assert (done.status, done.err.count("\n")) == (2, 1)
