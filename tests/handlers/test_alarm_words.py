"""Every alarm that the code raises says to a human what happened and what to do; and the guide lists it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from booking.events import DeskNeeded
from handlers.alarm_words import ALARMS, alarm_words
from locales.voice import Voice

ROOT = Path(__file__).resolve().parents[2]
RAISING = {"raise_alarm", "alarm_of", "give_up", "raised", "Alarm", "alarm"}  # what is called with a code
BESIDE = {"unknown", "inbox"}  # a reason and a part of ours, given beside a code
CODE = re.compile(r"[a-z]+(_[a-z]+)*")
DESK = {f"desk_{reason}" for reason in get_args(get_type_hints(DeskNeeded)["reason"])} | {"desk_contest"}


def texts(node: ast.AST | None) -> Iterator[str]:
    """What an expression may be, of a condition both; of a table, its keys."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from (*texts(node.body), *texts(node.orelse))
    elif isinstance(node, ast.Dict):
        yield from (text for key in node.keys for text in texts(key))


def codes(node: ast.AST) -> Iterator[str]:
    """Given to what raises; kept in a `code`, or in the table of what stands; what a notice says it is for nobody."""
    match node:
        case ast.Call():
            if RAISING & set(re.findall(r"\w+", ast.unparse(node.func))):
                yield from (text for each in node.args for text in texts(each))
            yield from (text for each in node.keywords if each.arg == "nobody" for text in texts(each.value))
        case ast.Assign(targets=[ast.Name(id="code" | "stand")]) | ast.AugAssign(target=ast.Name(id="stand")):
            yield from texts(node.value)
        case ast.AnnAssign(target=ast.Name(id="nobody")):
            yield from texts(node.value)


def raised() -> set[str]:
    trees = [ast.parse(path.read_text()) for path in (ROOT / "handlers").rglob("*.py")]
    found = {code for tree in trees for node in ast.walk(tree) for code in codes(node)}
    return {code for code in found if CODE.fullmatch(code)} - BESIDE | DESK


def test_every_alarm_of_the_code_has_words_and_no_other() -> None:
    assert raised() == set(ALARMS)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_each_says_what_happened_and_what_to_do(lang: str) -> None:
    say = Voice(lang)
    for code in ALARMS:
        words = say(alarm_words(code))
        assert len(re.findall(r"[.:!](?:\s|$)", words)) >= 2, words
        assert "_" not in words, words
        assert "`" not in words, words
    assert "unheard_of" in say(alarm_words("unheard_of"))


def test_the_guide_lists_each() -> None:
    guide = (ROOT / "docs" / "operating.md").read_text()
    assert {code for code in ALARMS if f"`{code}`" not in guide and not code.startswith("desk_")} == set()
