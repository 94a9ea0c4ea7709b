"""What answers a reminder, and what does not: the words that people send back."""

from __future__ import annotations

from typing import Final

import pytest

from conversations import reminded
from tests.booking.made import run
from tests.conversations.scenes import KNOWN
from tests.conversations.script import answer, raised
from tests.conversations.stage import Stage

YES: Final = (
    *("OUI", "oui", "ok", "Ok !", "OK merci", "ok merci beaucoup", "d'accord", "d'accord merci", "c'est bon", "c bon"),
    *("je serai là", "oui je serai là", "j'y serai", "J'y serai sans faute", "je viens", "oui je viens", "je confirme"),
    *("ça marche", "parfait", "parfait merci", "bien reçu", "noté", "c'est noté merci", "pas de souci", "entendu"),
    *("oui jeudi", "ok pour jeudi", "oui jeudi 9h", "comptez sur moi", "bonjour oui je serai présente", "oui oui"),
    *("je serai bien là", "je maintiens le rdv", "je confirme ma présence", "nickel", "bonjour, c'est bon pour moi"),
)
CANCEL: Final = (
    *("ANNULER", "annuler svp", "non", "non merci", "je peux pas", "je peux pas venir", "je ne peux pas venir jeudi"),
    *("je peux plus venir", "finalement non", "j'ai un empêchement", "je suis malade", "je pourrai pas", "pas dispo"),
    *("désolé je peux pas", "Désolée, je ne peux pas jeudi", "bonjour je ne pourrai pas être là", "je viendrai pas"),
    *("je peux pas finalement", "je pourrai pas finalement", "ok mais pas jeudi", "oui mais pas à 9h"),
    *("je veux annuler mon rdv", "impossible", "je serai pas là", "je ne viens pas", "je viens pas"),
)
MOVE: Final = (
    *(
        "DEPLACER",
        "déplacer",
        "reporter",
        "changer l'heure",
        "plutôt vendredi",
        "vendredi plutôt",
        "plutôt l'après-midi",
    ),
    *("je peux pas venir, plutôt vendredi", "non plutôt lundi", "oui mais plutôt à 10h", "en fait vendredi"),
    *("ok pour vendredi", "je voudrais changer de date", "à la place mardi prochain", "si possible le matin"),
)
NOTHING: Final = (
    *("merci", "merci beaucoup", "bonjour", "aide", "menu", "HUMAIN", "mes rdv", "retour", "1", "2"),
    *("j'ai des dettes", "je peux pas payer mon loyer", "PORTS-7KQM-4XTD", "c'est quand ?", "avec qui ?", "langue"),
    *("qui êtes-vous", "je serai en retard", "je suis en retard", "english please", "pas moi", "rdv", "?", "☺"),
    *("est-ce que je peux venir avec ma soeur ?", "vous appelez sur quel numéro ?", "oui ?"),
)
ENGLISH: Final = {
    "OK": "yes",
    "ok thanks": "yes",
    "I'll be there": "yes",
    "see you then": "yes",
    "yes": "yes",
    "MOVE": "move",
    "Friday instead": "move",
    "rather Friday": "move",
    "DROP": "cancel",
    "I can't make it": "cancel",
    "can't come Thursday": "cancel",
    "sorry, I can't": "cancel",
    "no": "cancel",
    "thanks": None,
    "my rent": None,
    "human": None,
}


def reminded_of(lang: str = "fr") -> Stage:
    """Thursday 5 March at 9, on the Tuesday before."""
    stage = raised(f"{KNOWN}\nlang: {lang}")
    assert answer(stage, "! it is 2026-03-03 12:00")
    return stage


def heard(stage: Stage, text: str) -> str | None:
    c = stage.context(stage.core())
    found = reminded.heard(text, c, run(reminded.told(c)))
    return found.wanted if found else None


@pytest.mark.parametrize(("wanted", "phrases"), [("yes", YES), ("cancel", CANCEL), ("move", MOVE), (None, NOTHING)])
def test_free_words(wanted: str | None, phrases: tuple[str, ...]) -> None:
    stage = reminded_of()
    assert {text: found for text in phrases if (found := heard(stage, text)) != wanted} == {}


def test_in_english() -> None:
    stage = reminded_of("en")
    assert {text: heard(stage, text) for text in ENGLISH} == ENGLISH


def test_nothing_is_cancelled_by_a_word() -> None:
    """Each leads to a question, which offers other hours first."""
    for text in CANCEL:
        stage = reminded_of()
        said = answer(stage, f"> {text}")
        assert stage.step == "cancel.sure", (text, said)
        assert [a.status for a in stage.store.rows.appointments.values()] == ["booked"]


def test_a_yes_is_kept_with_the_appointment() -> None:
    for text in YES:
        stage = reminded_of()
        answer(stage, f"> {text}")
        (appointment,) = stage.store.rows.appointments.values()
        assert appointment.confirmed_at == stage.now, text
        assert stage.step == "", text


def test_thanks_and_other_matters_confirm_nothing() -> None:
    for text in NOTHING:
        stage = reminded_of()
        answer(stage, f"> {text}")
        (appointment,) = stage.store.rows.appointments.values()
        assert appointment.confirmed_at is None, text


def test_a_reminder_of_somebody_elses_hour_binds_nothing() -> None:
    """The telephone changed hands, or the account was parted: what was reminded of is not theirs."""
    stage = reminded_of()
    answer(stage, "! Ann Martin has an appointment at 2026-03-06 09:00")
    other = stage.company.talk(next(id for id in stage.company.talks if id == "ann"))
    stage.company.reminded[other.contact.id] = stage.company.reminded[stage.contact.id]
    c = other.context(other.core())
    assert c.reminded
    assert run(reminded.told(c)) == []
