"""What people typed is a value, whatever it looks like: never a pattern, never read a second time (threat T15)."""

from __future__ import annotations

import string
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.text import Text
from locales import catalogue, languages, voice
from locales.voice import Voice
from tests.guards import guards

NASTY = "{0} {name} {start:when} {x.__class__} {x[0]} {{}} { } %s %(name)s $name \\n <b> & \ud800"
# Pieces of patterns, as people type them who try; and any text at all.
TYPED = st.lists(
    st.sampled_from(["{", "}", "{{", "}}", "{0}", "{name}", "{name!r}", "{name:>9999}", "{name.x}", "%s", "$", ":"])
    | st.text(max_size=8),
    max_size=6,
).map("".join)


def pieces(pattern: str) -> Sequence[tuple[str, str | None]]:
    """Its words, each with the field after them."""
    return [(words, field) for words, field, _, _ in string.Formatter().parse(pattern)]


def filled(lang: str, msgid: str, values: Sequence[str]) -> tuple[str, str]:
    """As it is said; and its words with the values between, each as it is."""
    parts = pieces(catalogue(lang)[msgid])
    names = sorted({field for _, field in parts if field})
    given = {name: values[number % len(values)] for number, name in enumerate(names)}
    said = Voice(lang)(Text(msgid, given))
    return said, "".join(words + (given[field] if field else "") for words, field in parts)


@guards("L13")
@guards("T15")
@pytest.mark.parametrize("lang", languages())
def test_no_field_of_any_text_is_read_as_a_pattern(lang: str) -> None:
    with_fields = [msgid for msgid, words in catalogue(lang).items() if "{" in words]
    assert len(with_fields) > 200
    for msgid in with_fields:
        said, expected = filled(lang, msgid, [NASTY])
        assert said == expected, msgid


@guards("L13")
@pytest.mark.parametrize("field", ["{name.__class__}", "{name[0]}", "{name!r}", "{0}", "{}"])
def test_a_field_is_a_plain_name(field: str) -> None:
    """No attribute, index, conversion or place: by these a text would show what nobody gave it to say."""
    voice = Voice("fr")
    with pytest.raises(ValueError, match="a text of the catalogue"):
        voice._formatter.vformat(field, ("given",), {"name": "Camille"})


@guards("T15")
@given(st.data(), st.lists(TYPED, min_size=1, max_size=4), st.sampled_from(languages()))
def test_whatever_is_filled_in_stands_there_as_it_is(data: st.DataObject, values: list[str], lang: str) -> None:
    texts = sorted(msgid for msgid, words in catalogue(lang).items() if "{" in words)
    said, expected = filled(lang, data.draw(st.sampled_from(texts)), values)
    assert said == expected


@guards("T15")
@given(TYPED, TYPED)
def test_a_text_within_a_text_is_said_and_not_read_again(one: str, other: str) -> None:
    """A value may be a text of ours that holds what somebody typed."""
    msgid = next(m for m, words in catalogue("fr").items() if [f for _, f in pieces(words) if f] == ["name"])
    inner = Text(msgid, {"name": one})
    outer = Text(msgid, {"name": inner})
    say = Voice("fr")
    assert say(outer) == "".join(w + (say(inner) if f else "") for w, f in pieces(catalogue("fr")[msgid]))
    assert one in say(outer)
    assert other in say(Text(msgid, {"name": other}))


@guards("L13")
@guards("T15")
@pytest.mark.parametrize(
    "pattern", ["{name.__class__}", "{name[0]}", "{0}", "{}", "{name!r}", "{name!s}", "{name:{form}}", "{name.x:day}"]
)
def test_a_catalogue_that_reaches_into_a_value_is_not_said(pattern: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever translates fills in whole values by their names: no attribute, no index, no conversion."""
    monkeypatch.setattr(voice, "catalogue", lambda _: {"x": f"Bonjour {pattern}"})
    with pytest.raises((ValueError, KeyError)):
        Voice("fr")(Text("x", {"name": "Camille", "0": "Camille"}))
