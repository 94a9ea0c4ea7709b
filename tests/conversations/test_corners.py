"""Corners of the talk that no talk walks into."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from conversations.days import in_month, on
from conversations.flows.answers import email_in, full_name
from conversations.flows.terms import FORMER
from conversations.model import Again, Ask, Context, Finish, Flow, Input, News, Option, Outcome, Step, fill
from conversations.normal import slips_allowed
from conversations.recognise import by_words
from conversations.text import t, text_from_json
from conversations.understand import Understood, understand
from handlers.effects import Kept
from locales.words import words
from tests.conversations.scenes import KNOWN, STRANGER, TELEGRAM, WORKER, reached
from tests.conversations.script import answer, raised
from tests.guards import guards

FR = words("fr")
TODAY = date(2026, 3, 2)  # a Monday


def heard(text: str) -> Understood:
    return understand(text, FR, datetime(2026, 3, 2, 9, tzinfo=UTC))


# ---------------------------------------------------------------- news and circles


def test_news_begins_its_flow() -> None:
    stage = raised(WORKER)
    stage.says(News("joined"))
    assert stage.turn is not None
    assert stage.turn.reply is not None
    assert [text.msgid for text in stage.turn.reply.texts] == ["worker.joined", "trial.notice", "worker.words"]


def test_a_flow_that_goes_round_in_circles_fails_loudly() -> None:
    async def again(c: Context) -> Outcome:
        return fill(seen=True)

    stage = raised(STRANGER)
    stage.flows = {**stage.flows, "menu": Flow("menu", version=1, steps=(), finish=again)}
    with pytest.raises(RuntimeError, match="circles: menu"):
        stage.says(Input(text="menu"))


def test_a_step_that_says_nothing_of_its_miss_gets_the_engines_words() -> None:
    async def ask(c: Context) -> Ask:
        return Ask(t("name.ask"), free=True)

    async def got(c: Context, said: Input) -> Outcome:
        return Again()

    async def finish(c: Context) -> Outcome:
        return Finish()

    stage = raised(KNOWN)
    stage.flows = {**stage.flows, "menu": Flow("menu", version=1, steps=(Step("x", ask, got),), finish=finish)}
    assert answer(stage, "> menu") == [stage.voice()(t("name.ask"))]
    assert answer(stage, "> qsdf")[0] == stage.voice()(t("miss.again"))


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize(("channel", "numbers"), [("sms", True), ("whatsapp", False), ("telegram", False)])
def test_numbers_are_spoken_of_where_there_are_some_to_see(channel: str, numbers: bool, lang: str) -> None:
    stage = raised(f"{STRANGER}\nchannel: {channel}\nlang: {lang}")
    answer(stage, "> PORTS-7KQM-4XTD")
    for said in ("qsdfgh", "aide"):
        [first, *_] = answer(stage, f"> {said}")
        assert bool(re.search("chiffre|number", first)) is numbers


@pytest.mark.parametrize(
    ("scene", "typed", "then"),
    [
        ("refuse.which", "Sam", "refuse.sure"),
        ("further.which", "jeudi 5 mars à 9 h", "further.when"),
        ("further.which", "jeu. 5 mars à 9 h", "further.when"),
        ("further.which", "jeudi 5 mars à 8 h", "further.which"),
        ("further.which", "jeudi 6 mars à 9 h", "further.which"),
        ("replaced.choice", "jeudi 5 mars à 10 h", ""),
    ],
)
def test_the_first_line_of_a_choice_is_an_answer(scene: str, typed: str, then: str) -> None:
    stage = reached(scene)
    answer(stage, f"> {typed}")
    assert stage.step == then


def test_a_first_line_that_two_choices_share_chooses_none() -> None:
    at = datetime(2026, 3, 5, 9, tzinfo=UTC)
    both = [Option(worker, t("replaced.label", start=at, worker=worker)) for worker in ("Claire", "Nadia")]
    stage = reached("replaced.choice")
    assert by_words("jeudi 5 mars à 10 h", both, stage.context(stage.core())) is None
    assert by_words("jeudi 5 mars à 10 h", both[:1], stage.context(stage.core())) == both[0]
    assert by_words("jeudi 5 mars à 10 h avec Nadia", both, stage.context(stage.core())) == both[1]


# ---------------------------------------------------------------- names and addresses


@pytest.mark.parametrize(
    "text", ["", "merci", "Camille", "x" * 30 + " " + "y" * 30, "Bob <b>", "Camille -", "Li 4", "Li at ex point fr"]
)
def test_no_name(text: str) -> None:
    assert full_name(text, FR) is None


@pytest.mark.parametrize("text", ["", "camille", "@", "a@b@c", "a@example.org b@example.org", "camille@example"])
def test_no_address(text: str) -> None:
    assert email_in(text, FR) is None


@pytest.mark.parametrize(
    "text",
    ["lea.martin arobase example point org", "c'est lea.martin@example point org", "lea.martin@example.org point"],
)
def test_an_address_in_letters(text: str) -> None:
    assert email_in(text, FR) == "lea.martin@example.org"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Jean-Pierre de La Tour", ("Jean-Pierre", "de La Tour")),
        ("DUBOIS Camille", ("Camille", "Dubois")),
        ("CAMILLE DUBOIS", ("Camille", "Dubois")),
        ("je m'appelle sean o’neil, merci", ("Sean", "O’Neil")),
        ("Bonjour, moi c'est Anne-Lise d'Arc.", ("Anne-Lise", "d'Arc")),
        ("Mme Zoé Lœw", ("Zoé", "Lœw")),
        ("Yo-Yo Ma", ("Yo-Yo", "Ma")),
    ],
)
def test_names(text: str, name: tuple[str, str]) -> None:
    assert full_name(text, FR) == name


# ---------------------------------------------------------------- days and hours


def test_there_is_no_hour_27() -> None:
    assert heard("à 27h").earliest is None


def test_an_end_before_the_beginning_is_left_out() -> None:
    assert (heard("entre 16h et 10h").earliest, heard("entre 16h et 10h").latest) == (time(16), None)


def test_two_weekdays_of_next_week() -> None:
    assert heard("mardi ou jeudi de la semaine prochaine").days == (date(2026, 3, 10), date(2026, 3, 12))


def test_the_hour_that_is_moved_is_not_the_one_that_is_wanted() -> None:
    assert heard("déplacer mon rdv de mardi à jeudi").days == (date(2026, 3, 5),)


def test_this_month() -> None:
    assert heard("ce mois-ci").days[-1] == date(2026, 3, 31)


def test_dates_that_do_not_exist() -> None:
    assert on(TODAY, 31, 2) is None
    assert on(TODAY, 5, 13) is None
    assert in_month(TODAY, 13, 1, 31) == ()
    assert on(TODAY, 5, 3, 2031) is None


def test_short_words_bear_no_slip() -> None:
    assert [slips_allowed(word) for word in ("oui", "mardi", "logements")] == [0, 1, 2]


def test_a_texts_value_is_one_of_four_kinds() -> None:
    with pytest.raises(KeyError):
        text_from_json({"id": "slot.label", "args": {"start": 1.5}})


# ---------------------------------------------------------------- what the core may answer meanwhile


def test_an_appointment_that_ended_before_the_yes() -> None:
    stage = reached("cancel.sure")
    stage.cancelled_elsewhere()
    assert answer(stage, "> 2") == [stage.voice()(t("cancel.over"))]


def test_the_desk_without_a_number() -> None:
    stage = raised(STRANGER)
    desk = stage.desk
    stage.desk = lambda: replace(desk(), phone=None)  # type: ignore[method-assign]
    half_past_ten = stage.now + timedelta(minutes=30)
    assert answer(stage, "> humain")[-2] == stage.voice()(t("human.open_no_phone", until=half_past_ten))
    answer(stage, "> menu")
    answer(stage, "! it is 2026-03-02 20:00")
    tuesday = stage.now + timedelta(hours=13)
    assert stage.voice()(t("human.closed", opens=tuesday)) in answer(stage, "> humain")


def test_a_message_that_they_change_in_a_talk_with_the_desk_is_told_to_it() -> None:
    stage = raised(TELEGRAM)
    answer(stage, "> humain")
    effects = stage.says(Input(text="je veux dire demain", edited="5"))
    assert stage.turn is not None
    assert stage.turn.reply is None
    assert [effect.words for effect in effects if isinstance(effect, Kept)] == ["je veux dire demain"]


@guards("T31", partly=True)
def test_words_of_danger_are_heard_in_a_message_that_they_change() -> None:
    stage = reached("move.sure")
    stage.says(Input(text="je veux mourir", edited="5"))
    assert stage.turn is not None
    assert stage.turn.reply is not None
    assert stage.turn.reply.texts[0] == t("danger.suicide")


def test_a_number_that_is_shared_in_a_talk_with_the_desk_is_ours_too() -> None:
    stage = raised(TELEGRAM)
    answer(stage, "> humain")
    assert answer(stage, "> (contact)") == ["* desk: « phone »"]
    assert stage.state.facts["phone"] == "+33639980011"


def test_danger_is_asked_of_by_buttons_in_a_talk_with_the_desk() -> None:
    stage = raised(TELEGRAM)
    for cue in ("> humain", "> j'en peux plus"):
        answer(stage, cue)
    assert answer(stage.fork(), "> [1]") == [stage.voice()(t("danger.suicide")), "* desk: desk_danger"]
    assert answer(stage, "> 7") == ["* desk: « 7 »"], "no answer to that question: for the desk"
    assert stage.state.mode == "human"


def test_the_hour_of_a_move_that_went_before_the_yes() -> None:
    stage = reached("move.sure")
    for cue in ("! 20 minutes pass", "! somebody takes 2026-03-03 09:00"):
        answer(stage, cue)
    assert answer(stage, "> oui")[0] == stage.voice()(t("slot.gone"))
    assert stage.step == "move.slot"


def test_a_move_that_is_begun_after_the_end_says_so() -> None:
    stage = reached("move.slot")
    stage.cancelled_elsewhere()
    assert answer(stage, "> 1") == [stage.voice()(t("cancel.over"))]


def test_terms_that_change_before_the_yes_are_asked_again() -> None:
    stage = reached("book.summary")
    answer(stage, "! the terms change")
    assert answer(stage, "> je confirme")[0] == stage.voice()(t("refused.consent"))
    assert stage.step == "book.terms"


@guards("G01", partly=True)
@pytest.mark.parametrize(("kept", "step"), [("former words", "book.terms"), ("no versions", "book.name")])
def test_a_yes_to_the_question_of_a_release_before(kept: str, step: str) -> None:
    """In other words it is none; of what a release before asked in these words, the versions are not known."""
    stage = reached("book.terms")
    saved = json.loads(stage.saved)
    assert saved["prompt"]["documents"] == [stage.rules.terms_version, stage.rules.policy_version]
    if kept == "former words":
        saved["prompt"]["shown"]["msgid"] = FORMER[0].msgid
    else:
        del saved["prompt"]["documents"]
    stage.saved = json.dumps(saved)
    answer(stage, "> 1")
    assert stage.step == step


def test_a_stranger_has_no_appointments_to_list() -> None:
    stage = raised(STRANGER)
    assert stage.voice()(t("appointments.none")) in answer(stage, "> mes rendez-vous")


@guards("G02", partly=True)
def test_a_minor_is_let_go_and_nothing_is_kept() -> None:
    stage = reached("book.terms")
    answer(stage, "> j'ai 16 ans")
    assert (dict(stage.state.facts), stage.state.frames) == ({}, ())
