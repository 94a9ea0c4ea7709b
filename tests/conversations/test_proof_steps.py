"""The second proof as a flow uses it: asked while it is wanted, good for ten minutes, and only for what it was for."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from booking.model import ContactId
from booking.proofs import Way
from conversations.flows import FLOWS, proof
from conversations.model import Context, Finish, Flow, Input, News, Outcome, State
from conversations.state import to_json
from conversations.text import t
from handlers.effects import Notice, ToContact
from tests.booking.made import run
from tests.conversations.stage import Stage

ELSEWHERE = ContactId("elsewhere")
WRONG = "000000"


async def _finish(c: Context) -> Outcome:
    assert await c.booking.is_proven(c.contact.id, "export"), "the core has the row"
    return Finish(t("my_data.none"))


COPY = Flow("copy", version=1, finish=_finish, steps=proof.steps("export", lambda _: True))
OTHER = Flow("other", version=1, finish=_finish, steps=proof.steps("history", lambda _: True))


@pytest.fixture
def stage() -> Stage:
    made = Stage(datetime(2026, 3, 2, 9, tzinfo=UTC))
    made.flows = {**FLOWS, "copy": COPY, "other": OTHER}
    made.joins_only("Camille", "Dubois")
    person = run(made.core().known(made.contact.id)).person
    assert person is not None
    made.store.rows.addresses[ELSEWHERE] = Way("telegram", None, ELSEWHERE)
    made.store.rows.contacts[ELSEWHERE] = person.id
    made.saved = json.dumps(to_json(State(met=True)))
    return made


def hears(stage: Stage, text: str) -> str:
    """What they are told; the code that goes out is kept."""
    for effect in stage.says(Input(text)):
        if isinstance(effect, Notice) and effect.kind == "one_time_code":
            assert effect.to == ToContact(ELSEWHERE)
            stage.company.code = str(effect.texts[0].args["code"])
    return said(stage)


def said(stage: Stage) -> str:
    assert stage.turn is not None
    assert stage.turn.reply is not None
    return " ".join(text.msgid for text in stage.turn.reply.texts)


def test_it_is_asked_once_and_holds_for_ten_minutes(stage: Stage) -> None:
    stage.says(News("copy", {}))
    assert said(stage) == "proof.why"
    assert hears(stage, "1") == "proof.ask_telegram"
    assert hears(stage, WRONG) == "proof.wrong"
    assert hears(stage, stage.code) == "my_data.none"
    stage.now += timedelta(minutes=9)
    stage.says(News("copy", {}))
    assert said(stage) == "my_data.none", "not asked again"
    stage.says(News("other", {}))
    assert said(stage) == "proof.why", "it was for something else"
    stage.now += timedelta(minutes=2)
    stage.says(News("copy", {}))
    assert said(stage) == "proof.why"


def test_three_wrong_codes_and_another_goes(stage: Stage) -> None:
    stage.says(News("copy", {}))
    hears(stage, "1")
    first = stage.code
    assert [hears(stage, typed) for typed in (WRONG, "111111", "222222")][-1] == "proof.wrong proof.why"
    assert hears(stage, first) != "my_data.none"
    hears(stage, "1")
    assert stage.code != first
    assert hears(stage, stage.code) == "my_data.none"


def test_help_between_two_tries_gives_no_further_one(stage: Stage) -> None:
    stage.says(News("copy", {}))
    hears(stage, "1")
    told = [hears(stage, typed) for typed in (WRONG, "aide", "111111", "aide", "222222")]
    assert told[-1] == "proof.wrong proof.why"


def test_nothing_happens_to_who_does_not_want_it(stage: Stage) -> None:
    stage.says(News("copy", {}))
    assert hears(stage, "2") == "proof.kept"
    assert not stage.store.rows.proofs


def test_who_has_no_other_way_is_told_of_the_desk(stage: Stage) -> None:
    del stage.store.rows.contacts[ELSEWHERE]
    stage.says(News("copy", {}))
    assert hears(stage, "1") == "proof.no_other_way"


def test_so_many_codes_and_no_more(stage: Stage) -> None:
    """Another one is asked for too early: the one that went out still counts."""
    stage.rules = replace(stage.rules, codes_an_hour=1)
    stage.says(News("copy", {}))
    hears(stage, "1")
    assert hears(stage, "1") == "code.slow proof.ask_telegram"
    assert hears(stage, stage.code) == "my_data.none"
