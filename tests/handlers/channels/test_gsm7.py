"""The SMS alphabet against vectors that three other counters agree on, and the properties of packing and folding."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.channels import gsm7

VECTORS: list[dict[str, Any]] = json.loads((Path(__file__).parent / "data" / "gsm7_vectors.json").read_text("utf-8"))[
    "vectors"
]

# Weighted towards what decides: two-unit characters of both encodings, letters that fold, letters that must not.
TEXTS = st.text(
    st.one_of(st.sampled_from("abc €[]~éàêçœ’«»…\u00a0\u202f"), st.sampled_from("🙂ışЖم"), st.characters()),
    max_size=400,
)
FRENCH = st.text(st.sampled_from("abcdefghij éàèùêâîôûëïçœÀÈ’«»…°\u00a0\u202f–0123456789"), min_size=1, max_size=400)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: v["id"])
def test_counts_as_other_counters_do(vector: dict[str, Any]) -> None:
    found = gsm7.size(vector["text"])
    assert found.encoding == vector["encoding"]
    assert found.segments == vector["segments"]
    assert found.units == vector["units"]
    assert list(found.part_units) == vector["segment_units"]
    assert list(gsm7.outside(vector["text"])) == sorted(vector["non_gsm"])


def test_all_vectors_are_there() -> None:
    assert len(VECTORS) == 95


def test_the_table_has_its_127_characters_and_the_extension_its_ten() -> None:
    assert len(gsm7.BASIC) == 127
    assert len(gsm7.EXTENSION) == 10
    assert not gsm7.BASIC & gsm7.EXTENSION


def test_the_empty_text_has_no_part() -> None:
    assert gsm7.split("") == ()
    assert gsm7.size("") == gsm7.Size("GSM-7", ())


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Ça y est, reçu à l’hôtel de la Plaine-Haÿ", "Ça y est, recu à l'hotel de la Plaine-Hay"),
        ("«\u00a0Le\u00a0cœur\u00a0» à 9\u202fh\u00a0?", '"Le coeur" à 9 h ?'),
        ("« Test »", '"Test"'),
        ("ŒUVRE À BIENTÔT, TRÈS TÔT… n°\u00a012 – 30 m²", "OEUVRE A BIENTOT, TRES TOT... no 12 - 30 m2"),
        ("• oui\tusager·e `x` 3×2", "- oui usager.e 'x' 3x2"),
        ("confirme\u0301, août, févr.", "confirmé, aout, févr."),
        ("zéro\u200blargeur", "zérolargeur"),
        ("Łukasz, Ștefan, Zoë, Đorđe, reunião, ¡Sí!", "Lukasz, Stefan, Zoe, Dorde, reuniao, ¡Si!"),
        ("Ä Ö Ü ñ ß å stay, 10 € too", "Ä Ö Ü ñ ß å stay, 10 € too"),
    ],
)
def test_folds_what_french_and_its_typography_put_outside_the_table(text: str, folded: str) -> None:
    assert gsm7.fold(text) == folded
    assert gsm7.outside(folded) == ""


@pytest.mark.parametrize(
    "text",
    [
        "Randevunuz onaylandı, reçete",
        "Ayşe, être",
        "موعدك مؤكد يوم الثلاثاء",
        "Ваш запис підтверджено, être",
        "您的预约已确认",
        "Merci d’être là 🙂",
        "Αθήνα",
        "\u200b",
    ],
)
def test_keeps_every_letter_of_a_text_that_stays_outside_anyway(text: str) -> None:
    assert gsm7.fold(text) == text


@pytest.mark.parametrize("lang", ["tr", "tr_TR", "tr-TR"])
def test_keeps_the_letters_of_a_language_that_cannot_bear_it(lang: str) -> None:
    assert gsm7.fold("için", lang) == "için"
    assert gsm7.fold("için", "fr") == "icin"


def test_does_not_fold_into_more_parts() -> None:
    assert gsm7.fold("…" * 70) == "…" * 70  # one part in UCS-2, two as 210 full stops
    assert gsm7.fold("…" * 53) == "." * 159


@given(TEXTS)
def test_parts_join_back_to_the_text(text: str) -> None:
    assert "".join(gsm7.split(text)) == text


@given(TEXTS)
def test_parts_fit_and_each_is_as_full_as_it_can_be(text: str) -> None:
    found = gsm7.size(text)
    room = gsm7.ALONE[found.encoding] if found.segments <= 1 else gsm7.TOGETHER[found.encoding]
    assert all(0 < units <= room for units in found.part_units)
    # Only a two-unit character can leave a gap, of one unit.
    assert all(units >= room - 1 for units in found.part_units[:-1])


@given(TEXTS)
def test_units_are_those_of_the_encoding(text: str) -> None:
    found = gsm7.size(text)
    if found.encoding == "UCS-2":
        assert found.units == len(text.encode("utf-16-be", "surrogatepass")) // 2
    else:
        assert found.units == len(text) + sum(text.count(char) for char in gsm7.EXTENSION)


@given(TEXTS)
def test_folding_again_changes_nothing(text: str) -> None:
    once = gsm7.fold(text)
    assert gsm7.fold(once) == once


@given(TEXTS, st.sampled_from(["", "fr", "tr"]))
def test_folding_never_costs_more_parts(text: str, lang: str) -> None:
    assert gsm7.size(gsm7.fold(text, lang)).segments <= gsm7.size(text).segments


@given(FRENCH)
def test_french_ends_in_the_alphabet_or_cost_no_more_outside_it(text: str) -> None:
    folded = gsm7.fold(text)
    if gsm7.encoding(folded) == "UCS-2":
        assert gsm7.size(folded).segments <= gsm7.size(text).segments
        assert "…" in text or "œ" in text  # all that grows


@given(st.text(st.sampled_from(sorted(gsm7.ALPHABET)), max_size=400))
def test_what_is_in_the_alphabet_is_left_alone(text: str) -> None:
    assert gsm7.fold(text) == text
