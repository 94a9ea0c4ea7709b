"""Folding, numbers in any dress, near misspellings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.normal import fold, near, number
from locales.words import words
from tests.guards import guards

FR = words("fr")
EN = words("en")


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("  J’ai   des  DETTES…", "j ai des dettes"),
        ("ÇA MARCHE !!", "ca marche"),
        ("cœur", "coeur"),
        ("Straße", "strasse"),
        ("d\u0027accord", "d accord"),
        ("ar\u200brêt", "arret"),
        ("ST\u00adOP", "stop"),
        ("\ud83dstop\x00", "stop"),
        ("e\u0301te\u0301", "ete"),
        ("ＳＴＯＰ", "stop"),
        ("ﬁn", "fin"),
        ("ISTANBUL İıI", "istanbul iii"),
        ("😀", ""),
    ],
)
def test_what_a_telephone_left_out_does_not_matter(typed: str, folded: str) -> None:
    assert fold(typed) == folded


def test_marks_are_kept_between_digits_alone() -> None:
    assert fold("le 12/03, à 15:30 ou/et 9h.", keep="/:") == "le 12/03 a 15:30 ou et 9h"


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    "typed",
    [
        "2",
        "2.",
        " 2 ",
        "le 2",
        "deux",
        "②",
        "２",
        "2 - ",
        "n°2",
        "№ 2",
        "option 2",
        "2️⃣",
        "2eme",
        "le deuxième",
        "(2)",
        "2 svp",
        "٢",
    ],
)
def test_a_number_in_any_dress(typed: str) -> None:
    assert number(typed, FR) == 2


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "mardi 2",
        "2 change",
        "à 2h",
        "m2x",
        "2 ou 3",
        "1/2",
        "2.5",
        "deux fois",
        "½",
        "0",
        "-",
        "12345678901",
        "vingt ans",
        "-2-3",
    ],
)
def test_a_digit_inside_other_words_is_no_number(typed: str) -> None:
    assert number(typed, FR) is None


@pytest.mark.parametrize(("typed", "value"), [("1er", 1), ("vingt-et-un", 21), ("le 31", 31), ("premier", 1)])
def test_french_number_words(typed: str, value: int) -> None:
    assert number(typed, FR) == value


@pytest.mark.parametrize(("typed", "value"), [("the second", 2), ("3rd", 3), ("number one", 1), ("deux", 2)])
def test_english_hears_french_numbers_too(typed: str, value: int) -> None:
    assert number(typed, EN) == value


@guards("L12")
@given(st.text(alphabet=st.characters()))
def test_numbers_of_any_text_are_small_or_none(text: str) -> None:
    assert number(text, FR) in {None, *range(1, 100)}


@pytest.mark.parametrize(
    ("typed", "meant"), [("logment", "logement"), ("Retaite", "retraite"), ("LOGEMENT!", "logement")]
)
def test_one_slip_is_forgiven(typed: str, meant: str) -> None:
    assert near(typed, ["logement", "retraite", "argent"]) == meant


@pytest.mark.parametrize("typed", ["oui", "loyr", "logiciel", "argentin rigolo", "2logement"])
def test_far_is_not_near(typed: str) -> None:
    assert near(typed, ["oui bien", "loyer", "logement", "argent"]) is None


def test_never_a_guess_between_two() -> None:
    assert near("matin", ["matie", "matis"]) is None


def test_nothing_destructive_by_a_misspelling() -> None:
    assert near("anuler", ["annuler"]) == "annuler"
    assert near("anuler", ["annuler"], exact=True) is None
    assert near("Annuler.", ["annuler"], exact=True) == "annuler"
