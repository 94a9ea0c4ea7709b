"""Clients and workers as tables: what spreadsheets write, the same checks as in the directory file, and no crash."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking import directory_csv, directory_file
from booking.directory_file import BadDirectory

WORKERS = (
    "ref;first_name;last_name;phone;email;notify_by;motives;modes;languages;time_zone;works_on_holidays;hours;bio.fr\r\n"
    "noor;Noor;Haddad;+33639980180;noor@example.org;sms;finance housing;phone video;fr ar;;non;"
    "mon tue 9:00-12:00 | thu 14:00-18:00;Budget, dettes\r\n"
)
AS_TOML = """[[worker]]
ref = "noor"
first_name = "Noor"
last_name = "Haddad"
phone = "+33639980180"
email = "noor@example.org"
notify_by = "sms"
motives = ["finance", "housing"]
modes = ["phone", "video"]
languages = ["fr", "ar"]
works_on_holidays = false
bio.fr = "Budget, dettes"
[[worker.hours]]
days = ["mon", "tue"]
from = 09:00:00
to = 12:00:00
[[worker.hours]]
days = ["thu"]
from = 14:00:00
to = 18:00:00
"""
CLIENTS = (
    "ref,name,kind,code,valid_from,valid_until,max_accounts\n"
    'phare,"Le Phare, mutuelle",insurer,PHARE-7KQM-4XTD,2026-01-01,31/12/2027,500\n'
    'phare,"Le Phare, mutuelle",insurer,PHARE-9WQX-2HFN,,,\n'
    "quai,Le Quai,company,,,,\n"
)


def problems(text: str) -> list[tuple[int, str]]:
    with pytest.raises(BadDirectory) as caught:
        directory_csv.read(text)
    return [(problem.line, problem.field) for problem in caught.value.problems]


def test_a_table_of_workers_is_the_same_as_the_file() -> None:
    assert directory_csv.read(WORKERS) == directory_file.read(AS_TOML)
    assert directory_csv.read("\ufeff" + WORKERS) == directory_file.read(AS_TOML)


def test_a_table_of_clients_has_a_line_for_each_code() -> None:
    phare, quai = directory_csv.read(CLIENTS).clients
    assert (phare.client.name, [code.letters for code in phare.codes]) == (
        "Le Phare, mutuelle",
        ["PHARE-7KQM-4XTD", "PHARE-9WQX-2HFN"],
    )
    assert str(phare.codes[0].valid_until) == "2027-12-31"
    assert phare.codes[1].given == {"code"}, "an empty cell leaves what stands"
    assert quai.codes == ()


def test_problems_name_line_and_field_and_no_value() -> None:
    wrong = WORKERS.replace("+33639980180", "0639980180").replace("9:00-12:00", "9h-12h").replace("non;", "peut-être;")
    assert problems(wrong) == [(2, "worker.hours"), (2, "worker.phone"), (2, "worker.works_on_holidays")]
    assert problems(CLIENTS.replace("31/12/2027", "31/02/2027").replace("500", "many")) == [
        (2, "client.code.max_accounts"),
        (2, "client.code.valid_until"),
    ]
    assert problems(WORKERS.replace("phone;email", "telephone;email")) == [(2, "worker.phone"), (2, "worker.telephone")]


@pytest.mark.parametrize(
    "text", ["", "a;b\n", "ref;ref\n", 'ref;name\n"open', "ref\nx;y\n", "ref;kind\n" + "x;company\n" * 5001]
)
def test_what_is_no_such_table_is_refused_whole(text: str) -> None:
    assert problems(text)


def test_an_apostrophe_against_formulas_is_taken_off() -> None:
    read = directory_csv.read(WORKERS.replace("+33639980180", "'+33639980180"))
    assert read.workers[0].worker.phone == "+33639980180"


def test_what_a_spreadsheet_makes_of_a_number_and_of_a_day() -> None:
    """As LibreOffice saves them in France: `handlers/test_through_libreoffice.py` tries it where there is one."""
    assert directory_csv.read(WORKERS.replace("+33639980180", "33639980180")) == directory_csv.read(WORKERS)
    assert directory_csv.read(CLIENTS.replace("31/12/2027", "31/12/27")) == directory_csv.read(CLIENTS)
    for short in ("639980180", "0639980180", "3,36E+10"):
        assert problems(WORKERS.replace("+33639980180", short)) == [(2, "worker.phone")], "whose country is a guess"


@given(st.text(alphabet=st.characters(), max_size=200), st.sampled_from(["", "ref;kind\n", WORKERS, CLIENTS]))
def test_no_text_breaks_it(text: str, head: str) -> None:
    with contextlib.suppress(BadDirectory):
        directory_csv.read(head + text)
