"""What must hold at every step of every flow, generated from the tables: words, options, buttons, saved states."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

import pytest

from conversations.commands import COMMANDS, WORKER_COMMANDS
from conversations.flows import FLOWS
from conversations.flows.terms import unagreed
from conversations.model import Input, Option, Press
from conversations.recognise import by_words
from conversations.state import from_json, to_json
from locales.words import words
from tests.conversations.scenes import ALL, SCENES, STEPS, WORKER, reached
from tests.conversations.script import answer, raised
from tests.conversations.stage import Stage

LANGUAGES: Final = ("fr", "en")
TAKES_ALL: Final = {
    "feedback.words",
    "message.text",
    "message.sure",
    "contest.words",
    "my_data.words",
    "death.trusted",
}  # whatever they write is an answer there

# By which of its words a reply shows what was meant; where several may be, each shows it.
SIGNS: Final[dict[str, set[str]]] = {
    "help": {"help.text", "help.choices"},
    "show": set(),
    "menu": {"menu.ask"},
    "back": set(),
    "undo": set(),
    "oops": set(),
    "appointments": {"appointments.none", "appointments.coming"},
    "cancel": {
        "appointments.none",
        "cancel.ask",
        "cancel.ask_late",
        "cancel.begun",
        "cancel.rather",
        "cancel.rather_late",
    }
    | {"which.ask", "draft.left", "cancel.kept", "message.left"},
    "move": {"appointments.none", "slot.ask", "slot.ask_worker", "slot.none_so", "which.ask", "move.ask"}
    | {"dates.ask", "mode.ask", "worker.ask"},
    "earlier": {
        "appointments.none",
        "earlier.waiting",
        "which.ask",
        "slot.ask",
        "slot.ask_worker",
        "slot.none",
        "move.ask",
    },
    "waiting": {"waiting.none", "waiting.ask"},
    "leave_list": {"waiting.none", "waiting.left"},
    "call_back": {"call_back.soon", "call_back.later", "call_back.ask"},
    "documents": {"documents.nobody", "documents.page", "documents.page_several"},
    "human": {"human.open", "human.closed"},
    "language": {"language.ask"},
    "private": {"private.text"},
    "join": {"join.ask", "join.already", "profile.number_ask"},
    "not_me": {"not_me.done", "not_me.ask", "channel.taken_off"},
    "still_me": {"still_me.nothing", "join.ask", "still_me.ask", "still_me.code", "still_me.how"},
    "discreet": {"discreet.nobody", "discreet.on"},
    "discreet_off": {"discreet.nobody", "discreet.off"},
    "profile": {
        *("profile.nobody", "profile.ask", "profile.name_ask", "profile.email_which", "profile.password_mailed"),
        "profile.number_ask",
        *("name.ask", "email.ask"),  # in a booking, what was said of it just before
    },
    "my_data": {
        "my_data.noted",
        "my_data.ask",
        "object.ask",
        "erase.ask",
        "freeze.ask",
        "freeze.free",
        "proof.why",
        "death.ask",
    },
    "erase": {"erase.nobody", "erase.ask"},
    "close": {"close.nobody", "close.ask"},
    "contest": {"contest.nothing", "contest.ask"},
    "who": {"welcome.chat", "welcome.sms"},
    "nobody": {"nobody.none", "nobody.early", "nobody.ask"},
    "read": {"read.none"},
    "message": {"message.nobody", "message.ask", "message.whom"},
    "messages": {"read.none", "messages.none", "messages.whom"},
}

# What waits until somebody with an account has accepted the terms in force.
AFTER_TERMS: Final = {"menu", "appointments", "move", "earlier", "waiting", "documents", "read", "message", "messages"}

# The same of a worker who has no appointment.
WORKER_SIGNS: Final[dict[str, set[str]]] = {
    "help": {"worker.help"},
    "back": {"agenda.none_today"},
    "report": {"report.nobody"},
    "reply": {"message.nobody_worker"},
    "messages": {"read.none"},
    "read": {"read.none"},
    "today": {"agenda.none_today"},
    "tomorrow": {"agenda.none_tomorrow"},
    "week": {"agenda.none_week"},
    "next": {"agenda.none_next"},
    "notices": {"notices.ask"},
    "trial": {"trial.coming"},
    "cancel": {"worker.none_coming"},
    "absent": {"absent.when"},
    "propose": {"worker.none_coming"},
    "further": {"further.nobody"},
    "move": {"worker.none_coming"},
    "refuse": {"refuse.nobody"},
    "accept": {"refuse.nobody"},
    "refusals": {"refusals.none"},
    "unblock": {"unblock.when"},
    "times": {"times.none"},
    "block": {"block.when"},
    "open": {"open.when"},
    "calendar_forget": {"calendar.none"},
    "calendar": {"calendar.feed"},
    "telegram": {"worker.join_telegram"},
    "whatsapp": {"worker.join_closed"},
    "language": {"language.ask"},
    "human": {"human.open"},
    "call_back": {"call_back.soon"},
}


def test_there_is_a_scene_for_every_step() -> None:
    steps = {f"{flow.name}.{step.name}" for flow in FLOWS.values() for step in flow.steps}
    assert steps == set(STEPS)


def test_there_are_signs_for_every_command() -> None:
    assert set(SIGNS) == set(COMMANDS)
    assert set(WORKER_SIGNS) == set(WORKER_COMMANDS)


def said(stage: Stage) -> set[str]:
    assert stage.turn is not None
    assert stage.turn.reply is not None
    return {text.msgid for text in stage.turn.reply.texts}


def options(stage: Stage) -> tuple[Option, ...]:
    prompt = stage.state.prompt
    assert prompt is not None
    return prompt.options


def outcomes(stage: Stage) -> list[str]:
    assert stage.turn is not None
    return [outcome for _, _, outcome in stage.turn.trace]


# ---------------------------------------------------------------- global words


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("scene", SCENES)
def test_global_words_work(scene: str, lang: str, pytestconfig: pytest.Config) -> None:
    """Each command, typed at this step, but for words that are answers to its very question: by its first word, and by
    every tenth of the others, a different one at each step; by all of them with --many.
    """
    stage = reached(scene, lang)
    c = stage.context(stage.core())
    many, turn = pytestconfig.getoption("--many"), list(SCENES).index(scene)
    for name, signs in SIGNS.items():
        for number, word in enumerate(words(lang)(f"words.command.{name}")):
            if number and (number + turn) % 10 and not many:
                continue
            if by_words(word, options(stage), c) is not None:
                continue
            tried = stage.fork()
            tried.says(Input(text=word))
            assert "again" not in outcomes(tried), word
            prompt = tried.state.prompt
            assert prompt is None or prompt.misses == 0, word
            first = {"terms.ask_all"} if name in AFTER_TERMS and unagreed(c) else set()
            assert not signs or said(tried) & (first or signs), (word, said(tried))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("scene", SCENES)
def test_stop_is_heard(scene: str, lang: str) -> None:
    stage = reached(scene, lang)
    for word in words(lang)("words.command.stop"):
        tried = stage.fork()
        tried.says(Input(text=word))
        assert tried.contact.opted_out
        assert said(tried) == {"stop.done"}
    stage.says(Input(text="stop"))
    for word in words(lang)("words.command.start"):
        back = stage.fork()
        back.says(Input(text=word))
        assert not back.contact.opted_out


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_workers_words_work(lang: str) -> None:
    stage = raised(f"{WORKER}\nlang: {lang}")
    for name, signs in WORKER_SIGNS.items():
        for word in words(lang)(f"words.command.{name}"):
            tried = stage.fork()
            tried.says(Input(text=word))
            assert said(tried) & signs, (word, said(tried))


# ---------------------------------------------------------------- options


def ways(stage: Stage, number: int, option: Option) -> Iterator[Input]:
    """Every way to choose an option but its button."""
    label = stage.voice()(option.label)
    yield Input(text=str(number))
    yield Input(text=f" {number}. ")
    yield Input(text=label)
    yield Input(text=label.upper())
    yield Input(text=f"{number}. {label}")
    for synonym in words(stage.contact.lang)(f"words.option.{option.label.msgid}"):
        yield Input(text=synonym)


def outcome(stage: Stage, came: Input) -> dict[str, Any]:
    """What a choice leads to; the proof of a consent keeps the very words, so it is left out."""
    tried = stage.fork()
    tried.says(came)
    assert tried.turn is not None
    saved = json.loads(tried.saved)
    for frame in saved["frames"]:
        frame["answers"].pop("terms", None)
    texts = tried.turn.reply and [text.msgid for text in tried.turn.reply.texts]
    return {"saved": saved, "texts": texts, "flags": tried.turn.flags}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("scene", ALL)
def test_options_are_reached_by_digit_label_synonym_and_button(scene: str, lang: str) -> None:
    stage = reached(scene, lang)
    for number, option in enumerate(options(stage), 1):
        pressed = outcome(stage, Input(press=Press(stage.prompts[-1], number)))
        for way in ways(stage, number, option):
            assert outcome(stage, way) == pressed, way.text


@pytest.mark.parametrize("scene", ALL)
def test_what_cannot_be_undone_is_not_chosen_by_a_misspelling(scene: str) -> None:
    stage = reached(scene)
    c = stage.context(stage.core())
    for option in options(stage):
        label = stage.voice()(option.label)
        for phrase in (label, *words("fr")(f"words.option.{option.label.msgid}")):
            for slip in (phrase[:2] + phrase[3:], phrase[:3] + "x" + phrase[3:]):
                chosen = by_words(slip, options(stage), c)
                exactly = {*words("fr")(f"words.option.{chosen.label.msgid}")} if chosen else set()
                assert chosen is None or not chosen.exact or slip in exactly, slip


@pytest.mark.parametrize("scene", ALL)
def test_buttons_that_are_not_of_this_question_are_said_to_be_stale(scene: str) -> None:
    stage = reached(scene)
    count = len(options(stage))
    for press in (Press("0000000000", 1), Press(stage.prompts[-1], 0), Press(stage.prompts[-1], count + 1)):
        tried = stage.fork()
        tried.says(Input(press=press))
        assert "button.stale" in said(tried)
        assert tried.step == stage.step


@pytest.mark.parametrize("scene", ALL)
def test_the_last_line_says_how_to_answer(scene: str) -> None:
    """A question's last text asks, or its options follow."""
    stage = reached(scene)
    assert stage.turn is not None
    assert stage.turn.reply is not None
    last = stage.voice()(stage.turn.reply.texts[-1])
    assert stage.turn.reply.options or stage.turn.reply.contact or "?" in last


# ---------------------------------------------------------------- saved states


@pytest.mark.parametrize("scene", ALL)
def test_a_state_goes_to_json_and_back(scene: str) -> None:
    state = reached(scene).state
    assert from_json(json.loads(json.dumps(to_json(state))), FLOWS) == state


@pytest.mark.parametrize("scene", sorted(set(STEPS) - TAKES_ALL))
def test_misses_climb_and_never_repeat_a_message(scene: str) -> None:
    stage = reached(scene)
    before: list[str] = []
    for _ in range(6):
        answer(stage, "> qsdf")
        # A third wrong code asks for the number again, or whether another one is to go.
        assert stage.step in {scene, scene.replace(".proof", ".phone"), scene.replace(".proven", ".proof_sent")}
        assert stage.turn is not None
        assert stage.turn.reply is not None
        heard = stage.reads(stage.turn.reply)
        assert heard != before
        before = heard
