"""`socialdirect operator`: links and standing, as they are typed and printed."""

from __future__ import annotations

import re

from tests.bot.conftest import Desk

LINK = re.compile(r"http://127\.0\.0\.1:8080/console/enrol/[0-9A-Za-z]{22}")


def test_an_operator_from_the_first_link_to_the_last_day(open_desk: Desk) -> None:
    assert open_desk.ok("operator", "list").lines == ["nobody yet: `socialdirect operator add`"]
    added = open_desk.ok("operator", "add", "Camille", "--role", "desk").lines
    assert LINK.fullmatch(added[0])
    assert "good once, for a day" in added[1]
    assert re.fullmatch(r"camille +desk +not enrolled  since .*", open_desk.ok("operator", "list").lines[0])
    again = open_desk.ok("operator", "reset", "camille").lines
    assert LINK.fullmatch(again[0])
    assert again[0] != added[0]
    assert "ended" in open_desk.ok("operator", "suspend", "CAMILLE").out
    assert "already" in open_desk.ok("operator", "suspend", "camille").out
    assert " suspended " in open_desk.ok("operator", "list").out
    refused = open_desk("operator", "reset", "camille")
    assert (refused.status, "lift" in refused.err) == (1, True)
    assert "may log in" in open_desk.ok("operator", "lift", "camille").out
    assert "were not" in open_desk.ok("operator", "lift", "camille").out


def test_wrong_use_is_told(open_desk: Desk) -> None:
    open_desk.ok("operator", "add", "camille", "--role", "auditor")
    taken = open_desk("operator", "add", "camille", "--role", "desk")
    assert (taken.status, "already" in taken.err) == (2, True)
    for name in ("x", "é" * 5, "a b", "-ab", "a" * 40):
        assert open_desk("operator", "add", "--role", "desk", "--", name).status == 2
    assert open_desk("operator", "add", "claire", "--role", "boss").status == 2
    for what in ("reset", "suspend", "lift"):
        assert open_desk("operator", what, "nobody").status == 1
