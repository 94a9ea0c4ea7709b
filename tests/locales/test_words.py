"""The word lists: every language has the same, whole messages hold no marks, and an installed copy says the same."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from conversations.commands import COMMANDS, WORKER_COMMANDS
from conversations.normal import fold
from conversations.phrases import pattern
from locales import HERE, catalogue, languages, read
from locales import words as lists
from tests.guards import guards

LANGUAGES = lists.word_languages()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_language_can_be_talked_in(lang: str) -> None:
    own = lists._lists(lang)
    needed = {
        key
        for key in lists._lists(lists.ROOT)
        if key.split(".")[1] in {"command", "option", "wish", "motive", "danger"}
    }
    assert needed <= set(own)
    assert all(own[key] for key in needed)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_whole_messages_hold_no_marks(lang: str) -> None:
    whole = ("words.command.", "words.option.", "words.number.", "words.weekday.", "words.month.")
    for key, phrases in lists._lists(lang).items():
        if key.startswith(whole):
            assert [phrase for phrase in phrases if fold(phrase) != phrase] == [], key


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_phrase_can_be_looked_for(lang: str) -> None:
    for key, phrases in lists._lists(lang).items():
        assert not pattern(phrases).fullmatch(""), key


@pytest.mark.parametrize("commands", [COMMANDS, WORKER_COMMANDS], ids=["people", "workers"])
def test_no_command_means_two_things(commands: Mapping[str, object]) -> None:
    for lang in LANGUAGES:
        seen: dict[str, str] = {}
        for name in (*commands, "stop", "start"):
            for phrase in lists._lists(lang).get(f"words.command.{name}", ()):
                assert seen.setdefault(phrase, name) == name, phrase


@guards("G12", partly=True)
@pytest.mark.parametrize("lang", languages())
def test_no_text_asks_for_a_health_card(lang: str) -> None:
    """Nor for the number on it; nor for a birth date (G02)."""
    asked = re.compile(
        r"vitale|carte de santé|carte de mutuelle|sécurité sociale|\bsécu\b|health card|insurance (card|number)|"
        r"social security|naissance|birth|\bnée? le\b",
        re.IGNORECASE,
    )
    assert [msgid for msgid, said in catalogue(lang).items() if asked.search(said)] == []


def test_an_installed_package_says_the_same(tmp_path: Path) -> None:
    source = HERE / "fr" / "LC_MESSAGES"
    with (source / "words.po").open("rb") as text, (tmp_path / "words.mo").open("wb") as compiled:
        write_mo(compiled, read_po(text, locale="fr"))
    assert read(tmp_path, "words") == read(source, "words") != {}


def test_an_unknown_language_hears_french() -> None:
    assert lists.words("xx")("words.command.cancel") == lists.words("fr")("words.command.cancel")
    assert lists.words("fr")("words.nothing.of.that.name") == ()
