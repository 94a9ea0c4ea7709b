"""`figures`: what it writes, of when and of whom, and what it refuses."""

from __future__ import annotations

import stat
from datetime import date

import pytest

from handlers.figures.files import NAMES
from tests.bot.conftest import BOOKS, Desk
from tests.bot.test_sending import deeds

ALONE = {"deliveries.csv", "deliveries.svg", "clients.csv", "clients.svg"}  # of the whole service


def names(desk: Desk, folder: str) -> set[str]:
    return {path.name for path in (desk.folder / folder).iterdir()}


def refused(desk: Desk, *words: str) -> str:
    done = desk("figures", *words)
    assert (done.status, done.out, done.err.count("\n")) == (2, "", 1)
    return done.err


def test_the_last_month_for_its_owners_eyes(open_desk: Desk) -> None:
    done = open_desk.ok("figures", "--out", "made")
    assert done.out.startswith("written to made: ")
    # No message was sent, so there is nothing to draw of messages.
    assert names(open_desk, "made") == NAMES - {"costs.svg", "deliveries.svg"}
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (open_desk.folder / "made").iterdir()}
    assert modes == {0o600}
    assert stat.S_IMODE((open_desk.folder / "made").stat().st_mode) == 0o700
    assert [deed.action.split()[0] for deed in deeds("service")] == ["figures"]


def test_of_one_client_in_another_language(open_desk: Desk) -> None:
    open_desk.ok("figures", "--client", "ports", "--lang", "en", "--of", "2025-Q4")
    folder = "figures-ports-2025-Q4"
    assert names(open_desk, folder) == NAMES - ALONE - {"costs.svg"}
    page = (open_desk.folder / folder / "figures.html").read_text()
    assert "Figures: Mutuelle des Ports" in page
    assert "From 1 October 2025 to 31 December 2025" in page


def test_a_booking_of_this_month_is_in_no_figures_yet(open_desk: Desk) -> None:
    open_desk.ok("chat", typed=BOOKS)
    this = f"{date.today():%Y-%m}"  # noqa: DTZ011, TID251 - the command's own clock is the machine's
    assert "last month that is over" in refused(open_desk, "--of", this)
    assert "last month that is over" in refused(open_desk, "--of", this[:4])


def test_they_are_replaced_only_where_that_is_asked_for(open_desk: Desk) -> None:
    open_desk.ok("figures", "--out", "made")
    assert "--force replaces them" in refused(open_desk, "--out", "made")
    (open_desk.folder / "made" / "costs.svg").write_text("of another month")
    assert open_desk.ok("figures", "--out", "made", "--force").out.startswith("replaced made: ")
    assert names(open_desk, "made") == NAMES - {"costs.svg", "deliveries.svg"}
    (open_desk.folder / "made" / "thesis.txt").write_text("of years")
    assert "holds other things" in refused(open_desk, "--out", "made", "--force")
    assert (open_desk.folder / "made" / "thesis.txt").read_text() == "of years"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--client", "nobody"), "no client has the ref"),
        (("--lang", "pt"), "expected one of fr, en"),
        (("--of", "2026-1"), "expected a month such as"),
        (("--out", "not/there"), "there is no folder"),
    ],
)
def test_what_cannot_be(open_desk: Desk, words: tuple[str, ...], said: str) -> None:
    assert said in refused(open_desk, *words)
