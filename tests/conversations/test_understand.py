"""What must hold for any text, and the edges that a corpus does not show."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from conversations.danger import KINDS, Kind, danger
from conversations.flows.danger import NUMBERS
from conversations.understand import Understood, understand
from locales.voice import Voice
from locales.words import words
from tests.guards import guards

FR = words("fr")
EN = words("en")
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

_PIECES = st.sampled_from(
    re.findall(
        r"\S+",
        """le la mardi prochain 12 mars 31 février 99 à partir de pas avant après 15h 3pm entre et du au semaine soir
        prochaine demain matin sauf ni je veux annuler mourir il me frappe 29/02 0/0 12:75 25h 2026-13-40 début fin
        next in two weeks""",
    )
)
TEXTS = st.one_of(
    st.text(alphabet=st.characters(), max_size=80),  # lone surrogates, NUL and all
    st.lists(_PIECES, max_size=14).map(" ".join),
)
MOMENTS = st.integers(0, 6 * 365 * 24 * 60).map(
    lambda minutes: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@example("in 52 weeks", datetime(2025, 1, 1, tzinfo=UTC), "Europe/Paris")
@given(TEXTS, MOMENTS, st.sampled_from(["Europe/Paris", "Indian/Reunion", "America/Guadeloupe"]))
def test_whatever_comes_the_answer_is_sound(text: str, now: datetime, zone: str) -> None:
    heard = understand(text, EN, now, zone, {"claire": "Claire"})
    today = now.astimezone(ZoneInfo(zone)).date()
    assert list(heard.days) == sorted(set(heard.days))
    assert len(heard.days) <= 31
    assert all(today <= day <= today + timedelta(days=366) for day in heard.days)
    if heard.earliest and heard.latest:
        assert heard.earliest <= heard.latest
    json.dumps(heard.to_json())


def test_json_has_the_keys_of_the_contract_and_null_for_what_is_not_there() -> None:
    keys = ["intent", "motive", "mode", "worker", "days", "from", "to", "code", "language", "danger"]
    assert Understood().to_json() == dict.fromkeys(keys)


def test_today_is_the_persons_own() -> None:
    late = datetime(2026, 3, 2, 22, 30, tzinfo=UTC)  # past midnight in La Réunion, not in Guadeloupe
    assert understand("demain", FR, late, "Indian/Reunion").days == (date(2026, 3, 4),)
    assert understand("demain", FR, late, "America/Guadeloupe").days == (date(2026, 3, 3),)


def test_a_weekday_said_on_that_day_is_next_weeks() -> None:
    assert understand("lundi", FR, NOW).days == (date(2026, 3, 9),)


def test_a_day_that_is_not_in_a_month_is_in_the_next() -> None:
    assert understand("le 31", FR, datetime(2026, 4, 2, 9, tzinfo=UTC)).days == (date(2026, 5, 31),)
    assert understand("le 30 février", FR, NOW).days == ()


def test_long_past_dates_are_memories() -> None:
    assert understand("le 12 janvier", FR, NOW).days == ()
    assert understand("le 12 janvier", FR, datetime(2025, 12, 2, 9, tzinfo=UTC)).days == (date(2026, 1, 12),)


def test_bounds_in_fields() -> None:
    heard = understand("mardi entre 9h et 11h30", FR, NOW)
    assert (heard.earliest, heard.latest) == (time(9), time(11, 30))


def test_two_workers_of_one_name_are_nobody() -> None:
    assert understand("avec Claire", FR, NOW, workers={"a": "Claire", "b": "Claire"}).worker is None
    assert understand("avec Claire", FR, NOW, workers={"a": "Claire", "b": "Ali"}).worker == "a"


def test_a_name_is_no_misspelt_subject() -> None:
    assert understand("Camille Dubois", FR, NOW) == Understood()


STOPS = [
    "STOP",
    "stop",
    "Stop.",
    "STOP !",
    " stop ",
    "ＳＴＯＰ",
    "st\u200bop",
    "ARRET",
    "arrêt",
    "ARRÊT",
    "Arrêtez",
    "STOPALL",
    "stop all",
    "UNSUBSCRIBE",
    "unsubscribe.",
    "DESABONNER",
    "désabonner",
    "desinscrire",
    "DÉSINSCRIRE",
    "me désinscrire",
    "optout",
    "opt-out",
    "REVOKE",
    "stop sms",
    "Stop SVP",
    "ne m'écrivez plus",
    "stop texting me",
    "no more messages",
]
NO_STOPS = [
    "stopper mon crédit",
    "stop à mon loyer trop cher",
    "je veux arrêter mon contrat",
    "arrêt maladie",
    "arrêt de travail",
    "non stop",
    "stop ou encore ?",
    "je veux annuler",
    "ANNULER",
    "CANCEL",
    "END",
    "QUIT",
    "fin",
    "le bus ne s'arrête plus",
    "one stop shop",
    "i can't stop crying",
    "stop my loan",
    "don't stop",
    "j'arrête la cigarette",
]


@pytest.mark.parametrize("typed", STOPS)
@pytest.mark.parametrize("lang", ["fr", "en", "xx"])
def test_stop_words_count_in_every_language(typed: str, lang: str) -> None:
    assert understand(typed, words(lang), NOW).intent == "stop"


@pytest.mark.parametrize("typed", NO_STOPS)
def test_only_a_whole_message_is_a_stop(typed: str) -> None:
    assert understand(typed, EN, NOW).intent != "stop"
    assert understand(typed, FR, NOW).intent != "stop"


def test_cancel_never_unsubscribes() -> None:
    assert understand("CANCEL", EN, NOW).intent == "cancel"
    assert understand("ANNULER", FR, NOW).intent == "cancel"


@pytest.mark.parametrize("typed", ["mes donées", "suprimer mon conpte", "rgdp"])
def test_nothing_is_erased_by_a_misspelling(typed: str) -> None:
    assert understand(typed, FR, NOW).intent != "my_data"


def test_danger_words_count_in_every_language() -> None:
    for lang in ("fr", "en", "xx"):
        for text in ("i want to die", "je veux mourir"):
            found = danger(text, words(lang))
            assert found is not None
            assert (found.level, found.kind) == ("now", "suicide")


@pytest.mark.parametrize(
    "text", ["JE VEUX MOURIR!!!", "j e\u0301tais... je veux   mourir", "jveux mourir", "Je veux\nmourir"]
)
def test_danger_in_any_dress(text: str) -> None:
    found = danger(text, FR)
    assert found is not None
    assert found.level == "now"


def test_danger_after_an_idiom_is_danger() -> None:
    found = danger("je suis mort de fatigue et mon mari me frappe", FR)
    assert found is not None
    assert (found.level, found.kind) == ("now", "violence")


# 114 takes texts, for those who cannot speak or must not be heard.
NUMBERS_OF: Mapping[Kind, tuple[str, set[str]]] = {
    "suicide": ("3114", {"15", "112", "114"}),
    "violence": ("17", {"114", "3919", "112"}),
    "child": ("119", {"17", "114", "112"}),
    "medical": ("15", {"112", "114", "18"}),
    "fire": ("18", {"112", "114"}),
    "shelter": ("115", {"112"}),
}


@guards("T31", partly=True)
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_kind_has_words_and_the_number_that_fits_comes_first(lang: str) -> None:
    assert set(NUMBERS_OF) == set(KINDS)
    for kind, (leads, others) in NUMBERS_OF.items():
        first, *more = re.findall(r"\d{2,}", Voice(lang)(NUMBERS[kind]))
        assert first == leads, kind
        assert set(more) == others, kind
        assert words(lang)(f"words.danger.now.{kind}")
