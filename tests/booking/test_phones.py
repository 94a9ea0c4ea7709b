"""Mobile numbers as they are typed. Where no invented overseas number exists, the digits are from those ranges."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.phones import Mobile, read
from tests.guards import guards

PARIS = Mobile("+33639980011", "Europe/Paris")


@pytest.mark.parametrize(
    "typed",
    [
        "0639980011",
        "06 39 98 00 11",
        "06.39.98.00.11",
        "06-39-98-00-11",
        "06/39/98/00/11",
        " 06\u00a039\u202f98 00 11 ",
        "\u202a+33639980011\u202c",
        "+33 6 39 98 00 11",
        "+33 (0)6 39 98 00 11",
        "+33 (0) 6 39 98 00 11",
        "+33 06 39 98 00 11",
        "0033 6 39 98 00 11",
        "33639980011",
        "639980011",
        "０６３９９８００１１",
        "٠٦٣٩٩٨٠٠١١",
    ],
)
def test_one_number_in_every_dress(typed: str) -> None:
    assert read(typed) == PARIS


@pytest.mark.parametrize(
    ("typed", "e164", "zone"),
    [
        ("07 39 98 00 11", "+33739980011", "Europe/Paris"),
        ("0690 00 00 11", "+590690000011", "America/Guadeloupe"),
        ("0691 00 00 11", "+590691000011", "America/Guadeloupe"),
        ("0709 00 00 11", "+590709000011", "America/Guadeloupe"),
        ("0696 00 00 11", "+596696000011", "America/Martinique"),
        ("0697 00 00 11", "+596697000011", "America/Martinique"),
        ("0709 10 00 11", "+596709100011", "America/Martinique"),
        ("0694 00 00 11", "+594694000011", "America/Cayenne"),
        ("0709 30 00 11", "+594709300011", "America/Cayenne"),
        ("0692 00 00 11", "+262692000011", "Indian/Reunion"),
        ("0693 00 00 11", "+262693000011", "Indian/Reunion"),
        ("0709 20 00 11", "+262709200011", "Indian/Reunion"),
        ("0639 00 00 11", "+262639000011", "Indian/Mayotte"),
        ("0639 97 00 11", "+262639970011", "Indian/Mayotte"),
        ("0709 36 00 11", "+262709360011", "Indian/Mayotte"),
        ("0708 45 00 11", "+508708450011", "America/Miquelon"),
        ("+262 692 00 00 11", "+262692000011", "Indian/Reunion"),
        ("+262 639 00 00 11", "+262639000011", "Indian/Mayotte"),
        ("+33 692 00 00 11", "+262692000011", "Indian/Reunion"),
        ("+590 0690 00 00 11", "+590690000011", "America/Guadeloupe"),
        ("+508 55 12 34", "+508551234", "America/Miquelon"),
        ("+687 75 12 34", "+687751234", "Pacific/Noumea"),
        ("+689 87 12 34 56", "+68987123456", "Pacific/Tahiti"),
        ("+681 82 12 34", "+681821234", "Pacific/Wallis"),
    ],
)
def test_overseas(typed: str, e164: str, zone: str) -> None:
    assert read(typed) == Mobile(e164, zone)


@guards("T20")
@pytest.mark.parametrize(
    "typed",
    [
        "",
        "06 39 98 00",
        "06 39 98 00 11 12",
        "01 99 00 00 01",  # a landline, if ours
        "+33 1 99 00 00 01",
        "0262 00 00 11",
        "0700 00 00 11",  # machines
        "0709 40 00 11",
        "+262 612 34 56 78",
        "+590 696 00 00 11",
        "+351 912 345 678",
        "+1 202 555 0100",
        "75 12 34",  # which island's?
        "+687 25 12 34",  # a landline
        "15",
        "38000",
        "06 39 98 00 1²",
        "mon numéro",
        "06 39 98 00 11 ou 06 39 98 00 12",
        "++33639980011",
    ],
)
def test_what_is_no_mobile_that_we_serve(typed: str) -> None:
    assert read(typed) is None


@given(
    st.text(st.sampled_from("0123456789+ ().-６٦²a\u202a"), max_size=20)
    | st.from_regex(r"\+(508|681|687|689)[0-9]{0,14}", fullmatch=True)
    | st.text(max_size=70)
)
def test_any_text_gives_a_whole_number_or_none(typed: str) -> None:
    found = read(typed)
    if found:
        assert re.fullmatch(r"\+[1-9][0-9]{8,13}", found.e164)
        assert read(found.e164) == found
