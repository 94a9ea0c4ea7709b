"""What the platform's password has to be (terms, article 4.1.1), at its edges."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.accounts.common import WORDS, fold, is_common
from handlers.accounts.rule import SHORTEST, WANTED, faults
from handlers.passwords import LONGEST, plain
from tests.guards import guards

LENGTH, UPPER, DIGIT, SPECIAL = (text.msgid for text in WANTED)
THEIRS = ("Camille", "Lê-Dubois", "c.dubois@example.org")


def wrong(password: str) -> list[str]:
    return [text.msgid for text in faults(password, THEIRS)]


@guards("T19", partly=True)
@pytest.mark.parametrize(
    ("password", "found"),
    [
        ("Vélo7-ab", []),
        ("Vélo7-a", [LENGTH]),
        ("vélo7-ab", [UPPER]),
        ("Vélos-ab", [DIGIT]),
        ("Vélos7ab", [SPECIAL]),
        ("Vélos7 ab", [SPECIAL]),  # a space is none
        ("ÉLAN-vif7", []),
        ("Élan²-vif", []),  # plain: Élan2-vif
        ("Élan٣-vif", []),  # a digit of another script is one
        ("", [LENGTH, UPPER, DIGIT, SPECIAL]),
        ("        ", [UPPER, DIGIT, SPECIAL]),
        ("Vélo7-" + "a" * (LONGEST - 6), []),
        ("Vélo7-" + "a" * (LONGEST - 5), ["page.password.long"]),
        ("Camille7-vif", ["page.password.yours"]),
        ("C4m1LLe7-vif", ["page.password.yours"]),
        ("Vif-dubois7", ["page.password.yours"]),
        ("Vif-Le-velo7", []),  # of two letters is no name
        ("Azerty123!", ["page.password.common"]),
        ("P@ssw0rd1!", ["page.password.common"]),
        ("Motdepasse-2024", ["page.password.common"]),
        ("S0le1l2024*", ["page.password.common"]),
        ("Aaaaaaa1!", ["page.password.common"]),
        ("A1234567!", ["page.password.common"]),
        ("Abcdefg1!", ["page.password.common"]),
        ("Tg7!kQ2z", []),
    ],
)
def test_each_edge(password: str, found: list[str]) -> None:
    assert wrong(password) == found


@given(st.text(max_size=2 * LONGEST))
def test_any_text_has_an_answer_and_none_that_lacks_something_will_do(typed: str) -> None:
    found, kept = wrong(typed), plain(typed)
    assert (len(kept) < SHORTEST) <= bool(found)
    if not found:
        assert kept != kept.lower()
        assert any(sign.isdecimal() for sign in kept)
        assert any(not sign.isalnum() for sign in kept)
        assert len(kept) <= LONGEST


@given(
    st.lists(st.sampled_from("bcdfghjklmnpqrtvwxz"), min_size=6, max_size=40, unique=False),
    st.sampled_from("BCDFG"),
    st.sampled_from("0123456789"),
    st.sampled_from("!?*-%&;:,."),
)
def test_what_keeps_the_rule_is_taken_or_is_one_that_others_take(
    letters: list[str], upper: str, digit: str, special: str
) -> None:
    typed = upper + "".join(letters) + digit + special
    assert set(wrong(typed)) <= {"page.password.common", "page.password.yours"}
    lacking = {typed.lower(): UPPER, typed.replace(digit, ""): DIGIT, typed.replace(special, ""): SPECIAL}
    for less, name in lacking.items():
        assert name in wrong(less)


@given(st.sampled_from(sorted(WORDS)), st.integers(0, 9999), st.sampled_from("!?*-%$@"), st.booleans())
def test_a_word_that_many_take_is_refused_with_any_year_and_sign(word: str, number: int, sign: str, swap: bool) -> None:
    leet = word.translate(str.maketrans("oeas", "03@$")) if swap else word
    assert is_common(f"{leet.capitalize()}{number}{sign}")
    assert is_common(f"{sign}{number}{leet.upper()}")


def test_the_words_are_as_they_are_looked_up() -> None:
    assert all(fold(word) == word and word.isalpha() for word in WORDS)
