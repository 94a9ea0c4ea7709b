"""Talks that were saved by released versions go on, whatever was deployed meanwhile.

`states/` holds a saved talk for each step, by the version that wrote it. Never rewrite one: add those of a new version.
`pytest --update` writes what is missing for today's version.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest

from conversations.flows import FLOWS
from conversations.model import State
from conversations.state import from_json, to_json
from tests.conversations.scenes import STEPS, reached
from tests.conversations.script import answer

STATES: Final = Path(__file__).parent / "states"


def name(scene: str) -> str:
    return f"{scene}-v{FLOWS[scene.split('.', maxsplit=1)[0]].version}.json"


@pytest.mark.parametrize("scene", STEPS)
def test_there_is_a_saved_talk_of_every_step(scene: str, request: pytest.FixtureRequest) -> None:
    kept = STATES / name(scene)
    if request.config.getoption("--update") and not kept.exists():
        kept.write_text(json.dumps(json.loads(reached(scene).saved), indent=1, ensure_ascii=False) + "\n")
    assert kept.exists()


@pytest.mark.parametrize("kept", sorted(STATES.glob("*.json")), ids=lambda path: path.stem)
def test_a_saved_talk_goes_on(kept: Path) -> None:
    """Help asks the same question again, and an answer to it is taken."""
    scene = kept.stem.rsplit("-v", 1)[0]
    stage = reached(scene)
    stage.saved = kept.read_text()
    answer(stage, "> aide")
    assert stage.step == scene
    if stage.state.prompt and stage.state.prompt.options:
        answer(stage, "> 1")
        assert stage.turn is not None
        assert "again" not in [outcome for _, _, outcome in stage.turn.trace]


def saved() -> dict[str, Any]:
    kept: dict[str, Any] = json.loads(reached("book.terms").saved)
    return kept


def test_a_flow_that_is_no_more_is_left_out() -> None:
    data = saved()
    data["frames"].append({"flow": "raffle", "v": 1, "answers": {"ticket": 7}, "trail": ["ticket"]})
    data["prompt"] |= {"flow": "raffle", "step": "ticket"}
    state = from_json(data, FLOWS)
    assert [frame.flow for frame in state.frames] == ["book"]
    assert state.prompt is None


def test_a_step_that_is_no_more_has_no_question() -> None:
    data = saved()
    data["prompt"]["step"] = "shoe_size"
    assert from_json(data, FLOWS).prompt is None


def test_an_older_version_goes_through_its_upgrades() -> None:
    book = replace(
        FLOWS["book"],
        version=3,
        upgrades={1: lambda answers: answers | {"one": 1}, 2: lambda answers: answers | {"two": 2}},
    )
    frame = from_json(saved(), {**FLOWS, "book": book}).frames[0]
    assert (frame.version, frame.answers["one"], frame.answers["two"]) == (3, 1, 2)


def test_a_version_from_the_future_keeps_its_answers() -> None:
    data = saved()
    data["frames"][0] |= {"v": 9, "answers": data["frames"][0]["answers"] | {"hat": "red"}}
    frame = from_json(data, FLOWS).frames[0]
    assert frame.version == FLOWS["book"].version
    assert frame.answers["motive"] == "finance"


def test_nothing_is_a_talk_that_has_not_begun() -> None:
    assert from_json({}, FLOWS) == State()
    assert from_json(to_json(State()), FLOWS) == State()
