"""How long things are kept is said in one table: what purging goes by, what people read, and what docs/privacy.md shows
are the same.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from booking.authority import AFTERWARDS
from booking.decisions import CONTESTABLE
from booking.documents import UNSENT
from handlers import provider_copies
from handlers.web.console.deed_words import ACTS
from handlers.web.legal_pages import KEPT
from locales import catalogue
from storage import periods
from storage.periods import Period, Years, before
from storage.purge import LIFETIMES, PROOFS

PRIVACY: Final = Path(__file__).resolve().parents[2] / "docs" / "privacy.md"
# How each line of the page begins, and the periods in it.
LINES: Final[dict[str, tuple[Period, ...]]] = {
    "bodies of messages": (periods.BODIES, periods.PARKED),
    "contents of what we sent": (periods.CONTENTS,),
    "rows of both": (periods.CONNECTION,),
    "documents that were": (UNSENT, AFTERWARDS),
    "messages with a worker": (periods.SILENT,),
    "an account of which": (periods.SILENT, periods.FIRST_WARNING, periods.LAST_WARNING),
    "an account that an operator": (CONTESTABLE,),
    "who had an account": (periods.ARCHIVE,),
    "that something was decided": (periods.DEEDS,),
    "words of messages at Twilio": (provider_copies.AFTER,),
    "words of closed tickets": (periods.TICKET_WORDS, periods.CONNECTION),
    "decisions": (periods.DECISIONS,),
    "words added": (periods.SILENT,),
    "links' tokens": (periods.SHORT, periods.MAILED),
}


def read(text: str) -> Period:
    count, unit = text.split()
    return Years(int(count)) if unit == "years" else timedelta(**{unit: int(count)})


def test_the_page_for_the_officer_says_what_purging_goes_by() -> None:
    table = PRIVACY.read_text().split("## What ends when\n")[1].split("**Closing")[0]
    rows = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("| ")][1:]
    assert [what for what, _ in rows if not any(what.startswith(begins) for begins in LINES)] == []
    assert len(rows) == len(LINES)
    for what, after in rows:
        [found] = [found for begins, found in LINES.items() if what.startswith(begins)]
        said = [read(each) for each in re.findall(r"\d+ (?:hours|days|years)", after)]
        assert said == list(found), what


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_people_read_the_same(lang: str) -> None:
    words, holes = catalogue(lang), set()
    for msgid in ("identity", "written", "silent", "documents", "traces", "feedback", "decisions", "deeds"):
        text = words[f"page.legal.kept_{msgid}"]
        holes |= set(re.findall(r"\{(\w+)\}", text))
        assert not re.search(r"\d", text), "numbers come from the table"
    assert holes == {"years", "first", "last", "days", "hours"}
    assert KEPT == {
        "archive": 5,
        "silent": 2,
        "first": 30,
        "last": 7,
        "traces": 365,
        "decisions": 2,
        "deeds": 5,
        "handed": 30,
        "unsent": 72,
    }, "the terms say so"
    for msgid in ("close.what", "closed.done", "erase.close"):
        assert re.search(rf"\b{periods.ARCHIVE.count} (ans|years)", words[msgid]), msgid


def test_every_lifetime_is_one_of_the_table() -> None:
    table = {value for name, value in vars(periods).items() if isinstance(value, timedelta | Years)}
    assert {each.what for each in LIFETIMES if each.after not in table | {timedelta()}} == set()


def test_what_proves_something_is_a_deed() -> None:
    assert {act for act in PROOFS if act not in ACTS and act.removesuffix(" refused") not in ACTS} == set()
    assert not {"see", "log in", "refuse log in", "ticket see", "cancel", "move"} & set(PROOFS)


def test_years_are_the_calendars() -> None:
    leap = datetime(2028, 2, 29, 10, tzinfo=UTC)
    assert Years(1).after(leap) == datetime(2029, 3, 1, tzinfo=UTC)
    assert Years(1).before(leap) == datetime(2027, 3, 1, tzinfo=UTC)
    assert Years(4).after(leap) == datetime(2032, 2, 29, 10, tzinfo=UTC)


@pytest.mark.parametrize("years", [Years(1), Years(2), Years(5)])
def test_what_began_before_is_what_is_over(years: Years) -> None:
    """By the hour, over the end of each February of some years."""
    hours = [datetime(year, 2, 27, tzinfo=UTC) + timedelta(hours=n) for year in (2027, 2028, 2029) for n in range(96)]
    for at in hours[::7]:
        end = years.after(at)
        for now in (end - timedelta(hours=1), end + timedelta(hours=1), end + timedelta(days=1)):
            assert (at < before(years, now)) is (end < now), (at, now)
