"""What people ask of their data in words of their own: all of it leads to what they ask for, or is asked back; and what
an account that its person froze still does.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from booking.model import ContactId
from booking.proofs import Way
from conversations.commands import COMMANDS
from conversations.flows.my_data import FLOWS
from conversations.frozen import OPEN
from conversations.model import Input, State
from conversations.state import to_json
from handlers.effects import Alarm, Notice
from locales.words import words
from tests.booking.made import run
from tests.conversations.scenes import KNOWN
from tests.conversations.script import raised
from tests.conversations.stage import Stage
from tests.guards import guards

CORPUS: Final = Path(__file__).parent / "corpus" / "privacy.jsonl"
PHRASINGS: Final = [json.loads(line) for line in CORPUS.read_text().splitlines()]
ASKED: Final = "request:"
LEADS: Final = {**FLOWS, "close": "close"}  # which is in no menu: erasing offers it


def known(lang: str = "fr") -> Stage:
    return raised(f"{KNOWN}\nlang: {lang}")


def flow_of(stage: Stage) -> str:
    assert stage.turn is not None
    prompt = stage.turn.state.prompt
    return prompt.flow if prompt is not None else ""


def said(stage: Stage) -> set[str]:
    assert stage.turn is not None
    return {text.msgid for text in stage.turn.reply.texts} if stage.turn.reply else set()


def requests(stage: Stage, text: str) -> list[str]:
    """What comes to the desk of it."""
    return [e.subject or "" for e in stage.says(Input(text)) if isinstance(e, Alarm) and e.code == "desk_privacy"]


@guards("G10")
@pytest.mark.parametrize("phrasing", PHRASINGS, ids=[each["text"] for each in PHRASINGS])
def test_a_request_in_whatever_words_is_understood_or_asked_back(phrasing: dict[str, str]) -> None:
    stage, kind = known(phrasing["lang"]), phrasing["kind"]
    asked = requests(stage, phrasing["text"])
    if kind == "ask":
        assert flow_of(stage) == "my_data"
        assert requests(stage, "7") == [f"{ASKED}other"]
        assert {"my_data.noted", "my_data.address"} <= said(stage), "and the address is given"
    else:
        assert flow_of(stage) == LEADS[kind]
        assert asked == []


def test_what_is_asked_is_taken_whole_or_not_at_all() -> None:
    stage = known()
    for text in ("mes données", "7", "a" * 2001):
        stage.says(Input(text))
    assert "contest.too_long" in said(stage)
    stage.says(Input("a" * 2000))
    assert said(stage) == {"my_data.words_noted"}


def test_there_are_sixty_and_each_kind_has_some() -> None:
    assert len(PHRASINGS) >= 60
    assert {each["kind"] for each in PHRASINGS} == {*LEADS, "ask"}


@guards("G10")
def test_who_has_no_other_way_is_asked_by_a_human_who_they_are() -> None:
    stage = known()
    requests(stage, "je veux une copie de mes données")
    assert requests(stage, "1") == [f"{ASKED}copy"]
    assert {"copy.by_desk", "my_data.address"} <= said(stage)


@guards("G04")
def test_a_copy_needs_a_second_proof() -> None:
    stage = known()
    person = run(stage.core().known(stage.contact.id)).person
    assert person is not None
    elsewhere = ContactId("elsewhere")
    stage.store.rows.addresses[elsewhere] = Way("telegram", person.id, elsewhere)
    stage.store.rows.contacts[elsewhere] = person.id
    stage.saved = json.dumps(to_json(State(met=True)))
    requests(stage, "copie de mes données")
    (sent,) = (each for each in stage.says(Input("1")) if isinstance(each, Notice) and each.kind == "one_time_code")
    stage.says(Input("000000"))
    assert stage.store.rows.copies == {}
    stage.says(Input(str(sent.texts[0].args["code"])))
    ((id, (whose, _, _)),) = stage.store.rows.copies.items()
    assert whose == person.id
    assert stage.turn is not None
    assert stage.turn.reply is not None
    assert stage.turn.reply.link is not None
    assert (stage.turn.reply.link.kind, stage.turn.reply.link.id) == ("export", id)


# ------------------------------------------------------------ frozen

# What a frozen account does by each command: what they see, reach or end. All else tells them that it is frozen.
STILL: Final = frozenset(
    [
        "help",
        "show",
        "menu",
        "back",
        "oops",
        "appointments",
        "cancel",
        "waiting",
        "leave_list",
        "call_back",
        "human",
        "language",
        "private",
        "my_data",
        "erase",
        "close",
        "contest",
        "who",
        "join",
        "not_me",
        "read",
        "messages",
        "profile",
        "discreet",
        "discreet_off",
        "still_me",
    ]
)


def test_the_commands_that_stay_are_the_flows_that_stay() -> None:
    assert set(COMMANDS) > STILL
    assert {name for name in STILL if name in OPEN} >= {"menu", "appointments", "cancel", "human", "my_data", "read"}


@guards("G07")
@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_what_a_frozen_account_does(command: str) -> None:
    stage = known()
    stage.now = datetime(2026, 3, 2, 9, tzinfo=UTC)
    person = run(stage.core().known(stage.contact.id)).person
    assert person is not None
    run(stage.core().freeze(person.id, [stage.contact.id]))
    before = stage.store.snapshot()
    stage.says(Input(words("fr")(f"words.command.{command}")[0]))
    if command in STILL:
        assert "refused.frozen" not in said(stage) or flow_of(stage) == "menu"
    else:
        assert "refused.frozen" in said(stage)
        assert replace(stage.store.snapshot(), addresses=before.addresses) == before, "and nothing is changed"


@guards("G07")
def test_danger_comes_before_a_frozen_account() -> None:
    stage = known()
    person = run(stage.core().known(stage.contact.id)).person
    assert person is not None
    run(stage.core().freeze(person.id, [stage.contact.id]))
    stage.says(Input("je veux mourir"))
    assert stage.turn is not None
    assert "danger" in stage.turn.flags
    assert "danger.suicide" in said(stage)
    stage.says(Input("j'ai peur de mon mari"))
    assert "danger.ask" in said(stage), "near words, too"
    stage.says(Input("1"))
    assert "danger.violence" in said(stage)
