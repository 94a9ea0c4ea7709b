"""Who says that they are under 18 has no account here; who speaks of somebody else, or of years, is no minor."""

from __future__ import annotations

import pytest

from booking.model import Motive, Waiting, WaitingId, Wish
from conversations.model import Input
from tests.booking.made import run
from tests.conversations.scenes import KNOWN, STRANGER, reached
from tests.conversations.script import raised
from tests.conversations.stage import PERSON
from tests.guards import guards

MINORS = (
    ("fr", "Bonjour j'ai que 15 ans, je peux venir ?"),
    ("fr", "je suis mineur"),
    ("fr", "j'ai pas encore 18 ans"),
    ("en", "hi, I'm 16"),
    ("en", "i am only 17 years old"),
    ("en", "im not 18 yet"),
)
OTHERS = (
    ("fr", "j'ai 15 ans d'ancienneté"),
    ("fr", "mon fils mineur a 16 ans"),
    ("fr", "j'ai 12 ans de retard de loyer"),
    ("fr", "j'ai 18 ans"),
    ("en", "i'm 15 minutes late"),
    ("en", "my son is 16 and i need help"),
    ("en", "I am 12 months behind with rent"),
)


def told(text: str, lang: str, scene: str = STRANGER) -> tuple[list[str], bool]:
    """The msgids that are said, and whether a day is set."""
    stage = raised(f"{scene}\nlang: {lang}" if lang != "fr" else scene)
    stage.says(Input(text="bonjour" if lang == "fr" else "hello"))
    stage.says(Input(text=text))
    assert stage.turn is not None
    assert stage.turn.reply is not None
    return [text.msgid for text in stage.turn.reply.texts], "forgotten" in stage.turn.flags


@pytest.mark.parametrize(("lang", "text"), MINORS)
def test_a_minor_is_heard_however_it_is_said(lang: str, text: str) -> None:
    assert told(text, lang) == (["terms.minor"], True)


@pytest.mark.parametrize(("lang", "text"), OTHERS)
def test_others_ages_and_years_of_something_are_no_age(lang: str, text: str) -> None:
    said, forgotten = told(text, lang)
    assert "terms.minor" not in said
    assert not forgotten


@guards("G02", partly=True)
@pytest.mark.parametrize("step", ["book.code", "book.motive", "book.slot", "book.terms", "book.name", "book.email"])
def test_at_every_step_the_hour_is_free_again_and_nothing_is_remembered(step: str) -> None:
    stage = reached(step)
    waits = Waiting(WaitingId("w"), PERSON, None, Wish(motive=Motive.FINANCE), stage.now)
    run(stage.store.save_waiting(waits))
    stage.says(Input(text="en fait j'ai 16 ans"))
    assert stage.turn is not None
    assert "forgotten" in stage.turn.flags
    assert (stage.state.facts, stage.state.frames) == ({}, ())
    assert not stage.store.rows.holds
    assert not run(stage.store.waiting_list())


@guards("G02", partly=True)
@pytest.mark.parametrize("text", ["mineure", "moins de 18 ans", "pas majeur"])
def test_asked_whether_they_are_18_a_word_is_enough(text: str) -> None:
    stage = reached("book.terms")
    stage.says(Input(text=text))
    assert stage.turn is not None
    assert stage.turn.reply is not None
    assert [said.msgid for said in stage.turn.reply.texts] == ["terms.minor"]
    assert "forgotten" in stage.turn.flags
    assert not stage.store.rows.holds


def test_somebody_with_an_account_has_declared_their_age() -> None:
    said, forgotten = told("mon code a 4 signes, j'ai 16 ans de maison", "fr", KNOWN)
    assert "terms.minor" not in said
    assert not forgotten
