"""Random walks: whatever people send, in whatever order, they get one answer, and a way on."""

from __future__ import annotations

from typing import Final

from hypothesis import given, settings
from hypothesis import strategies as st

from conversations.commands import COMMANDS
from conversations.flows import FLOWS
from conversations.model import FileRef, Input, Press
from locales.words import words
from tests.conversations.scenes import HELPED, HIDDEN, KNOWN, STRANGER, TELEGRAM, TWO, WORKER
from tests.conversations.script import direct, raised
from tests.conversations.stage import Stage

HEADERS: Final = (
    STRANGER,
    STRANGER + "\nlang: en",
    STRANGER + "\nzone: Indian/Reunion",
    TELEGRAM,
    HIDDEN,
    KNOWN,
    TWO,
    HELPED,
)
DIRECTIONS: Final = (
    "! 20 minutes pass",
    "! 7 hours pass",
    "! 2 days pass",
    "! 4 days pass",
    "! somebody takes 2026-03-03 09:00",
    "! nobody works any more",
    "! the terms change",
    "! 20 hours pass",
)
PHRASES: Final = (
    "PORTS-7KQM-4XTD",
    "ports 7kqm 4xtd merci",
    "PORTS-AAAA-BBBB",
    "Camille Dubois",
    "camille@example.org",
    "06 39 98 00 12",
    "123456",
    "bonjour",
    "merci",
    "oui",
    "non",
    "ok",
    "mardi",
    "mardi 9h",
    "lundi 14h",
    "jeudi matin",
    "dimanche",
    "plutôt en vidéo",
    "par téléphone",
    "avec Claire",
    "dettes",
    "logement mardi",
    "rdv",
    "j'en peux plus",
    "il me frappe",
    "j'ai 16 ans",
    "english please",
    "en français",
    "changer l'heure",
    "le sujet",
    "autre",
    "je sais plus mon code",
    "",
    "☺",
    *(words("fr")(f"words.command.{name}")[0] for name in (*COMMANDS, "stop", "start", "today", "week")),
)
LINES: Final = st.one_of(
    st.integers(0, 9).map(str),
    st.integers(0, 9).map(str),
    st.sampled_from(PHRASES),
    st.sampled_from(DIRECTIONS),
    st.integers(0, 8).map(lambda number: f"[{number}]"),
    st.sampled_from(("(voice)", "(image)", "(sticker)", "(contact)", "(the code)")),
    st.text(max_size=30),
)


def sent(stage: Stage, line: str) -> Input:
    """A line of the walk, as it comes in."""
    if line.startswith("[") and line[1:-1].isdigit() and stage.prompts:
        return Input(press=Press(stage.prompts[-1], int(line[1:-1])))
    if line == "(contact)":
        return Input(phone="+33639980011")
    if line == "(the code)":
        return Input(text=stage.code)
    if line in {"(voice)", "(image)", "(sticker)"}:
        return Input(files=(FileRef(line[1:-1]),))  # type: ignore[arg-type]
    return Input(text=line)


def walk(stage: Stage, lines: list[str]) -> None:
    asked: list[list[str]] = []
    for line in lines:
        if line in DIRECTIONS:
            direct(stage, line[2:])
            continue
        stage.says(sent(stage, line))
        assert stage.turn is not None
        reply = stage.turn.reply
        if reply is None:
            assert "kept" in stage.turn.flags, "only what is written to the desk has no answer"
            assert stage.state.mode == "human"
            continue
        heard = stage.reads(reply)
        assert all(text.strip() for text in heard)
        assert heard
        assert not any("{" in text or "}" in text for text in heard)
        assert len(stage.state.frames) <= len(FLOWS)
        assert [frame.flow for frame in stage.state.frames] == list(
            dict.fromkeys(frame.flow for frame in stage.state.frames)
        )
        asked = [*asked, heard] if reply.prompt else []
        assert len(asked) < 3 or not asked[-1] == asked[-2] == asked[-3], heard


@settings(max_examples=120)
@given(st.sampled_from(HEADERS), st.lists(LINES, min_size=1, max_size=25))
def test_a_person(header: str, lines: list[str]) -> None:
    walk(raised(header), lines)


@settings(max_examples=60)
@given(
    st.sampled_from(("1", "2")),
    st.lists(st.one_of(LINES, st.integers(1, 3).map(str)), min_size=1, max_size=25),
)
def test_a_person_far_into_a_booking(subject: str, lines: list[str]) -> None:
    walk(raised(STRANGER), ["PORTS-7KQM-4XTD", subject, "1", "1", "Camille Dubois", "camille@example.org", *lines])


@settings(max_examples=30)
@given(st.lists(LINES, min_size=1, max_size=15))
def test_a_worker(lines: list[str]) -> None:
    walk(raised(WORKER), lines)
