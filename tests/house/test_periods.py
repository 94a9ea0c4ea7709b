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
from tests.guards import guards

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


HOUR, DAY, MONTH, YEAR = timedelta(hours=1), timedelta(days=1), timedelta(days=30), timedelta(days=365)
# Said again, in numbers: a lifetime that goes by another period of the table is no slip that the page would show.
LIVES: Final[dict[str, Period]] = {
    "inbox bodies": 2 * DAY,
    "parked inbox bodies": MONTH,
    "inbox rows": YEAR,
    "outbox contents": 7 * DAY,
    "one-time codes": HOUR,
    "outbox rows": YEAR,
    "timers": MONTH,
    "tries": MONTH,
    "proofs": MONTH,
    "calls": YEAR,
    "words of closed tickets": 90 * DAY,
    "contexts of closed tickets": 90 * DAY,
    "entries of closed tickets": YEAR,
    "closed tickets": YEAR,
    "exports asked for": Years(5),
    "copies of their data that people asked for": YEAR,
    "ended sessions": MONTH,
    "tries to log in": DAY,
    "answers of the API": DAY,
    "former secrets of hooks": timedelta(),
    "news of hooks": MONTH,
    "mailed links": 60 * DAY,
    "link tokens": MONTH,
    "lapsed hours": HOUR,
    "documents that are gone": MONTH,
    "fetched media": MONTH,
    "ended waits": MONTH,
    "lapsed holds": 7 * DAY,
    "lapsed refusals": MONTH,
    "workers' past times": MONTH,
    "messages": Years(2),
    "decisions": Years(2),
    "reports": Years(2),
    "talks": Years(2),
    "archives": timedelta(),
    "disputes that are over": Years(5),
    "looks and logins": YEAR,
    "deeds": Years(5),
}
# What stays for five years, by what it proves.
PROVEN: Final[dict[str, set[str]]] = {
    "decided of a person": {
        *("warn", "suspend", "end suspension", "suspension over", "lift suspension", "decide closing", "contest"),
        *("uphold decision", "take decision back", "declare another decided"),
        *("settle report: no_ground", "settle report: warning", "settle report: suspension"),
    },
    "asked for, and erased": {"ask erasure", "erase", "erase refused"},
    "ended before its time": {"delete document"},
    "asked for, and closed": {"ask closing", "close account", "close account refused"},
    "disputed, restricted, corrected": {
        *("hold", "release hold", "restrict", "instruct"),
        *("correct name", "correct language", "change address", "change number"),
    },
    "given out": {
        *("see archive", "ask export", "approve export", "refuse export", "fetch export", "export"),
        *("backup", "restore"),
    },
}


@guards("G14")
def test_each_lifetime_is_what_we_said() -> None:
    assert {each.what: each.after for each in LIFETIMES} == LIVES


@guards("G14")
def test_what_proves_something_is_all_of_it() -> None:
    assert set(PROOFS) == set().union(*PROVEN.values())


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
