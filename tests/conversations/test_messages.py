"""What goes to somebody else and what stays with us, tried with every phrase that we have: nothing that is for us goes
by accident, and no answer to a question of ours does.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import pytest

from conversations.meant_for_us import WISHES
from conversations.model import Input
from conversations.normal import fold
from conversations.understand import understand
from locales.words import words
from tests.conversations.scenes import KNOWN, SCENES, WORKERS, reached
from tests.conversations.script import answer, raised
from tests.conversations.stage import Stage

CORPUS: Final = Path(__file__).parent / "corpus"
LANGUAGES: Final = ("fr", "en")
WRITES: Final = "claire> écrire à Camille : avez-vous le bail ?"
# What people answer to questions, and write without being asked.
SAID: Final = (
    *("1", "2", "oui", "non", "ok", "merci", "bonjour", "mardi matin", "j'ai des dettes", "Camille Dubois"),
    *("réponse : 2", "réponse : oui", "rep 1", "message : 2"),
    *("je voudrais changer", "qsdf", "camille@example.org", "par téléphone", "je ne sais pas trop quoi dire"),
)


def phrases(lang: str) -> Iterator[str]:
    for line in (CORPUS / f"{lang}.jsonl").read_text().splitlines():
        yield json.loads(line)["text"]


def written(stage: Stage) -> Sequence[Any]:
    """By the one whose stage it is."""
    author = "worker" if stage.contact.worker else "person"
    return [message for message in stage.store.rows.messages.values() if message.author == author]


def sends(stage: Stage, text: str) -> bool:
    tried = stage.fork()
    before = len(written(tried))
    tried.says(Input(text=text))
    return len(written(tried)) > before


def known(lang: str) -> Stage:
    return raised(f"{KNOWN}\nlang: {lang}")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nobody_writes_who_did_not_begin_to(lang: str) -> None:
    stage = known(lang)
    assert [text for text in phrases(lang) if sends(stage, text)] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nobody_answers_what_they_have_not_read(lang: str) -> None:
    """Although a message waits: it is shown, and asked about."""
    stage = known(lang)
    answer(stage, WRITES)
    assert [text for text in phrases(lang) if sends(stage, text)] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_we_only_guess_goes_with_a_yes_alone(lang: str) -> None:
    stage = known(lang)
    answer(stage, "> est-ce que je peux venir avec ma soeur ?")
    assert stage.step == "message.sure"
    agrees = words(lang)("words.option.message.yes")
    assert [text for text in phrases(lang) if fold(text) not in agrees and sends(stage, text)] == []


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("by", ["asked", "read", "sent"])
def test_what_we_understand_as_a_wish_is_asked_about(lang: str, by: str) -> None:
    """When the text was asked for, after the answer was read, and after a message was sent."""
    stage = known(lang)
    if by == "asked":
        answer(stage, "> message")
    else:
        answer(stage, WRITES)
        answer(stage, "> read" if lang == "en" else "> lire")
    if by == "sent":
        answer(stage, "> il est chez ma sœur, je l'apporte jeudi")
        assert len(written(stage)) == 1
    astray = [
        text
        for text in phrases(lang)
        if understand(text, words(lang), stage.now, stage.contact.zone).intent in WISHES and sends(stage, text)
    ]
    assert astray == []


@pytest.mark.parametrize("scene", sorted(set(SCENES) - {"message.text", "message.sure"}))
def test_an_answer_to_a_question_is_never_a_message(scene: str) -> None:
    """Although their worker wrote in the middle of it, and they have just read that."""
    stage = reached(scene)
    if stage.company.talk(stage.contact.id).context(stage.core()).known.person is not None:
        answer(stage, WRITES)
        answer(stage, "> lire")
    if stage.step:
        assert [text for text in SAID if sends(stage, text)] == []


@pytest.mark.parametrize("scene", sorted(WORKERS))
def test_a_workers_answer_to_a_question_is_never_a_message(scene: str) -> None:
    """Although somebody wrote to them since it was asked."""
    stage = reached(scene)
    somebody = stage.company.talk(stage.contact.id).fork()
    answer(stage, "! Lou Petit has an appointment at 2026-03-09 09:00")
    answer(stage, "! 1 minute pass")
    answer(stage, "lou> message : où est-ce ?")
    assert len(stage.store.rows.messages) == 1
    assert somebody.step == stage.step == scene
    assert [text for text in SAID if sends(stage, text)] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_workers_commands_are_never_sent(lang: str) -> None:
    stage = raised(f"{KNOWN}\nrole: worker\nlang: {lang}")
    answer(stage, "! Lou Petit has an appointment at 2026-03-09 09:00")
    answer(stage, "lou> message : où est-ce ?")
    commands = [
        word for key, listed in words(lang).lists.items() if key.startswith("words.command.") for word in listed
    ]
    assert len(commands) > 200
    plain = [word for word in commands if " " not in word]
    assert [word for word in plain if sends(stage, word)] == []
    begun = [f"{word} mardi 14h" for word in ("bloquer", "ouvrir", "annuler", "absent", "proposer", "déplacer")]
    assert [text for text in begun if sends(stage, text)] == []
    assert sends(stage, "oui, au deuxième étage")


def test_a_message_that_is_changed_in_a_talk_with_the_desk_is_nobodys() -> None:
    """What was sent stands, the change goes neither to the other one nor to the desk; and that is said."""
    stage = known("fr")
    answer(stage, "> humain")
    answer(stage, "> message à Claire : je suis en retard")
    assert not stage.says(Input(text="message à Claire : je suis malade", edited="1"))
    assert stage.turn is not None
    assert stage.turn.reply is not None
    assert [text.msgid for text in stage.turn.reply.texts] == ["edited.unread"]
    assert [message.text for message in written(stage)] == ["je suis en retard"]
    assert answer(stage, "> je ne reçois rien") == ["* desk: « je ne reçois rien »"]


@pytest.mark.parametrize("scene", sorted(set(SCENES) - {"message.text", "message.sure"}))
def test_what_is_for_the_desk_is_never_a_message(scene: str) -> None:
    """Wherever they asked for a human, and whatever their worker wrote meanwhile: plain words are the desk's."""
    stage = reached(scene)
    answer(stage, "> humain")
    if stage.company.talk(stage.contact.id).context(stage.core()).known.person is not None:
        answer(stage, WRITES)
        answer(stage, "> lire")
    assert [text for text in SAID if sends(stage, text)] == []
