"""The directory file: what is read, and that everything wrong is named with its line, field and reason, all at once."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date, time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.directory_file import BadDirectory, read
from booking.fields import Problem
from booking.model import ClientKind, Closure, Hours, Mode, Motive, NotifyBy, Worker
from booking.toml_lines import line_at, lines_of
from tests.guards import guards

ROOT = Path(__file__).parents[2]

WHOLE = """\
[[client]]
ref = "ports"
name = "Mutuelle des Ports"
kind = "insurer"

[[client.code]]
code = "PORTS-7KQM-4XTD"
valid_from = 2026-01-01
valid_until = 2027-12-31
max_accounts = 500

[[worker]]
ref = "claire"
first_name = "Claire"
last_name = "Morel"
phone = "+33639980101"
email = "claire@example.org"
notify_by = "sms"
motives = ["finance", "housing"]
modes = ["video", "in_person"]
address = "1 place de la Mairie, 56000 Vannes"
languages = ["fr", "en"]
time_zone = "Indian/Reunion"
works_on_holidays = true
bio.fr = "Budget, droits."
bio.en = "Budget, rights."

[[worker.hours]]
days = ["mon", "sun"]
from = 22:00:00
to = 02:00:00

[[worker.closed]]
from = 2026-12-24
to = 2027-01-02
"""


def problems(text: str) -> tuple[Problem, ...]:
    with pytest.raises(BadDirectory) as caught:
        read(text)
    return caught.value.problems


def test_everything_is_read() -> None:
    file = read(WHOLE)
    client = file.clients[0]
    assert (client.client.ref, client.client.kind, client.client.suspended) == ("ports", ClientKind.INSURER, False)
    code = client.codes[0]
    assert (code.normal, code.valid_from, code.max_accounts) == ("P0RTS7KQM4XTD", date(2026, 1, 1), 500)
    worker = file.workers[0].worker
    assert worker == Worker(
        id=worker.id,
        ref="claire",
        first_name="Claire",
        last_name="Morel",
        phone="+33639980101",
        email="claire@example.org",
        notify_by=NotifyBy.SMS,
        motives=frozenset({Motive.FINANCE, Motive.HOUSING}),
        modes=frozenset({Mode.VIDEO, Mode.IN_PERSON}),
        languages=("fr", "en"),
        hours=(Hours(frozenset({0, 6}), time(22), time(2)),),
        closed=(Closure(date(2026, 12, 24), date(2027, 1, 2)),),
        time_zone="Indian/Reunion",
        address="1 place de la Mairie, 56000 Vannes",
        works_on_holidays=True,
        bio={"fr": "Budget, droits.", "en": "Budget, rights."},
    )
    assert "suspended" not in file.workers[0].given


def test_the_sample_of_the_demo_is_right() -> None:
    file = read((ROOT / "bot" / "sample_directory.toml").read_text("utf-8"))
    assert not file.warnings
    assert sum(entry.client.suspended for entry in file.clients) == 1
    assert {"Europe/Paris", "Indian/Reunion", "America/Guadeloupe"} == {e.worker.time_zone for e in file.workers}
    assert {motive for e in file.workers for motive in e.worker.motives} == set(Motive)
    assert all(re.fullmatch(r"\+336399801\d\d", e.worker.phone) for e in file.workers)


WRONG = [
    # what is written in place of what, where it is reported, and why
    ('ref = "ports"', 'ref = "Ports!"', 2, "client.ref", "a-z"),
    ('ref = "claire"', 'ref = "any"', 13, "worker.ref", "not be 'any'"),
    ('name = "Mutuelle des Ports"', "", 1, "client.name", "missing"),
    ('name = "Mutuelle des Ports"', "name = 3", 3, "client.name", "text in quotes"),
    ('name = "Mutuelle des Ports"', 'name = " "', 3, "client.name", "between 1 and 500"),
    ('name = "Mutuelle des Ports"', 'name = "a\\u0000b"', 3, "client.name", "on one line"),
    ('kind = "insurer"', 'kind = "bank"', 4, "client.kind", "company insurer broker branch"),
    ('kind = "insurer"', 'kind = "insurer"\nsuspended = "no"', 5, "client.suspended", "true or false"),
    ('kind = "insurer"', 'kind = "insurer"\nsuspendd = true', 5, "client.suspendd", "did you mean 'suspended'?"),
    ('kind = "insurer"', 'kind = "insurer"\nxyz = true', 5, "client.xyz", "unknown key"),
    ('code = "PORTS-7KQM-4XTD"', 'code = "ПОРТ-7KQM-4XTD"', 7, "client.code.code", "letters A-Z"),
    ('code = "PORTS-7KQM-4XTD"', "", 6, "client.code.code", "missing"),
    ("valid_from = 2026-01-01", 'valid_from = "2026-01-01"', 8, "client.code.valid_from", "without quotes"),
    ("valid_from = 2026-01-01", "valid_from = 2026-01-01T00:00:00", 8, "client.code.valid_from", "a date such as"),
    ("valid_until = 2027-12-31", "valid_until = 2025-12-31", 9, "client.code.valid_until", "before valid_from"),
    ("max_accounts = 500", "max_accounts = 0", 10, "client.code.max_accounts", "between 1"),
    ("max_accounts = 500", "max_accounts = true", 10, "client.code.max_accounts", "whole number"),
    ("max_accounts = 500", "max_accounts = 1.5", 10, "client.code.max_accounts", "whole number"),
    ('phone = "+33639980101"', 'phone = "0639980101"', 16, "worker.phone", "begin with +"),
    ('phone = "+33639980101"', 'phone = "+33 6 39 98 01 01"', 16, "worker.phone", "digits only"),
    ('phone = "+33639980101"', 'phone = "+3363998"', 16, "worker.phone", "no such number"),
    ('phone = "+33639980101"', "", 12, "worker.phone", "missing"),
    ('email = "claire@example.org"', 'email = "claire"', 17, "worker.email", "not an e-mail address"),
    ('email = "claire@example.org"', "", 12, "worker.email", "missing"),
    ('notify_by = "sms"', 'notify_by = "fax"', 18, "worker.notify_by", "sms whatsapp telegram email"),
    ('notify_by = "sms"', "notify_by = 1", 18, "worker.notify_by", "text in quotes"),
    ('motives = ["finance", "housing"]', 'motives = ["money"]', 19, "worker.motives", "finance caregiver"),
    ('motives = ["finance", "housing"]', "motives = []", 19, "worker.motives", "at least one"),
    ('motives = ["finance", "housing"]', 'motives = ["finance", 2]', 19, "worker.motives", "at least one text"),
    ('motives = ["finance", "housing"]', 'motives = "finance"', 19, "worker.motives", "a list"),
    ('modes = ["video", "in_person"]', 'modes = ["video", "video"]', 20, "worker.modes", "twice"),
    ('address = "1 place de la Mairie, 56000 Vannes"', "", 12, "worker.address", "required with in_person"),
    ('languages = ["fr", "en"]', 'languages = ["french"]', 22, "worker.languages", "two or three letters"),
    ('time_zone = "Indian/Reunion"', 'time_zone = "Indian/Vannes"', 23, "worker.time_zone", "no time zone"),
    ('time_zone = "Indian/Reunion"', 'time_zone = "../etc"', 23, "worker.time_zone", "no time zone"),
    ('bio.en = "Budget, rights."', 'bio.english = "Budget"', 26, "worker.bio.english", "two or three letters"),
    ('bio.en = "Budget, rights."', "bio.en = 2", 26, "worker.bio.en", "text in quotes"),
    ('bio.fr = "Budget, droits."\nbio.en = "Budget, rights."', 'bio = "Budget"', 25, "worker.bio", "bio.fr"),
    ('days = ["mon", "sun"]', 'days = ["monday"]', 29, "worker.hours.days", "mon tue wed"),
    ("from = 22:00:00", "from = 22:10:00", 30, "worker.hours.from", "quarter of an hour"),
    ("from = 22:00:00", "from = 22:00:01", 30, "worker.hours.from", "quarter of an hour"),
    ("from = 22:00:00", 'from = "22:00"', 30, "worker.hours.from", "without quotes"),
    ("to = 02:00:00", "", 28, "worker.hours.to", "missing"),
    ("to = 02:00:00", "to = 22:45:00", 31, "worker.hours.to", "less than one hour"),
    ('days = ["mon", "sun"]', 'days = ["mon", "sun"]\nat = 1', 30, "worker.hours.at", "unknown key"),
    ("from = 2026-12-24", "", 33, "worker.closed.from", "missing"),
    ("to = 2027-01-02", "to = 2026-12-23", 35, "worker.closed.to", "before from"),
    ("[[worker.closed]]", "[worker.closed]", 33, "worker.closed", "[[worker.closed]]"),
    ('kind = "insurer"', 'kind = "insurer"\ncodes = 1', 5, "client.codes", "did you mean 'code'?"),
]


@pytest.mark.parametrize(("old", "new", "line", "field", "reason"), WRONG, ids=lambda v: str(v)[:40])
def test_what_is_wrong_is_named_with_its_line(old: str, new: str, line: int, field: str, reason: str) -> None:
    assert WHOLE.count(old) == 1
    found = problems(WHOLE.replace(old, new))
    assert [(p.line, p.field) for p in found] == [(line, field)]
    assert reason in found[0].reason


def test_all_problems_are_told_at_once_in_order() -> None:
    text = WHOLE.replace('kind = "insurer"', 'kind = "bank"').replace("22:00:00", "22:01:00").replace("2026-12-24", "9")
    assert [p.line for p in problems(text)] == [4, 30, 34]


@pytest.mark.parametrize(
    ("text", "line"),
    [('a = 1\nb = "\n', 2), ("a = 1\n\n[[worker", 3), ("a = 1\na = 2\n", 2), ("[a]\n[a]\n", 2)],
)
def test_what_is_not_toml_is_named_with_its_line(text: str, line: int) -> None:
    found = problems(text)
    assert [(p.line, p.field) for p in found] == [(line, "")]
    assert "(at" not in found[0].reason


def test_what_is_nested_without_end_is_not_toml() -> None:
    assert "not TOML" in problems("a = " + "[" * 100_000)[0].reason


def test_unknown_tables_are_refused() -> None:
    assert problems("[[clients]]\n") == (Problem(1, "clients", "unknown key; did you mean 'client'?"),)
    assert problems("client = 3\n") == (Problem(1, "client", "must be written as [[client]]"),)
    assert problems("x = 1\nclient = [3]\n") == (
        Problem(1, "x", "unknown key"),
        Problem(2, "client", "must be written as [[client]]"),
    )


def test_refs_are_used_once() -> None:
    assert problems(WHOLE + "\n" + WHOLE.replace("PORTS", "DOCKS")) == (
        Problem(38, "client.ref", "is used by another one before"),
        Problem(49, "worker.ref", "is used by another one before"),
    )


@guards("T18")
@pytest.mark.parametrize("alike", ["p0rts7kqm4xtd", "PÔRTS 7KQM 4XTD", "PORTS-7KQM-4XTD"])
def test_codes_that_read_alike_are_refused(alike: str) -> None:
    """Another client's, and the same client's second one."""
    other = f'\n[[client]]\nref = "quays"\nname = "Quays"\nkind = "branch"\n[[client.code]]\ncode = "{alike}"\n'
    assert problems(WHOLE + other) == (Problem(42, "client.code.code", "cannot be told from the code of line 7"),)
    second = WHOLE.replace("[[worker]]", f'[[client.code]]\ncode = "{alike}"\n\n[[worker]]')
    assert problems(second) == (Problem(13, "client.code.code", "cannot be told from the code of line 7"),)


def test_weak_codes_are_warned_of_and_loaded() -> None:
    file = read(WHOLE.replace("PORTS-7KQM-4XTD", "PORTS2026"))
    assert [(w.line, w.field) for w in file.warnings] == [(7, "client.code.code")]
    assert "PORTS2026" not in file.warnings[0].reason


@pytest.mark.parametrize(
    ("days", "begin", "end", "overlaps"),
    [
        ("mon", "09:00:00", "10:00:00", False),
        ("tue", "01:00:00", "03:00:00", True),  # Monday's night runs until 2
        ("tue", "02:00:00", "03:00:00", False),
        ("mon", "01:45:00", "03:00:00", True),  # Sunday's night runs into Monday
        ("mon", "21:00:00", "22:15:00", True),
    ],
)
def test_hours_do_not_overlap(days: str, begin: str, end: str, overlaps: bool) -> None:
    text = WHOLE.replace(
        "[[worker.closed]]", f'[[worker.hours]]\ndays = ["{days}"]\nfrom = {begin}\nto = {end}\n\n[[worker.closed]]'
    )
    if overlaps:
        assert [p.field for p in problems(text)] == ["worker.hours"]
    else:
        assert len(read(text).workers[0].worker.hours) == 2


def test_an_error_holds_no_value_of_the_file() -> None:
    with pytest.raises(BadDirectory) as caught:
        read(WHOLE.replace("+33639980101", "0639980101"))
    assert "0639980101" not in str(caught.value) + str(caught.value.problems)


def test_lines_are_found_in_strings_arrays_comments_and_quoted_keys() -> None:
    text = (
        'a = """\n[[worker]]\nb = 1\n"""\n'  # lines 1-4
        "# c = 1\n[[worker]] # [x]\n"  # 5, 6
        "d = [\n  1, # ]\n  2,\n]\n"  # 7-10
        "\"e\".f = '#'\n"  # 11
        "[[worker.hours]]\n[[worker.hours]]\nfrom = 1\n"  # 12-14
        "[[worker]]\n[[worker.hours]]\n  from = {x = [\n1]}"  # 15-18
    )
    lines = lines_of(text)
    assert lines["a",] == 1
    assert ("b",) not in lines
    assert ("c",) not in lines
    assert lines["worker", 0] == 6
    assert lines["worker", 0, "d"] == 7
    assert lines["worker", 0, "e", "f"] == 11
    assert lines["worker", 0, "hours", 1] == 13
    assert lines["worker", 0, "hours", 1, "from"] == 14
    assert lines["worker", 1, "hours", 0, "from"] == 17
    assert line_at(lines, ("worker", 1, "hours", 0, "from", "x")) == 17
    assert line_at(lines, ("nowhere",)) == 1


@given(st.text(st.sampled_from("[]{}=\"'#\n\\.a1- "), max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    lines_of(text)
    with suppress(BadDirectory):
        read(text)
