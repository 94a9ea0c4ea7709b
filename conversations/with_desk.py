"""The talk is with the desk: what the bot still says, what is kept for the desk, and which words lead back.

Entering, an expected delay and leaving are announced; in between the bot is silent, except for STOP and danger. Nobody
is left alone in it: who writes while the desk is closed is told so, who waits for longer than the desk's patience too
(`flows/desk.py`), and in both cases the bot answers again. The question that was open stays where it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from conversations.flows.desk import WROTE
from conversations.flows.documents import PAPERS
from conversations.model import FileRef, Input
from conversations.normal import fold
from conversations.talk import Talk
from conversations.text import Text, t

TOGETHER: Final = timedelta(minutes=10)
UNOPENED: Final = "unopened"  # among the facts: when they were told that the desk opens no file
BACK = ("words.command.menu", "words.command.start", "words.desk.leave")  # whole messages, that lead back to the bot


def reads_desk(talk: Talk, came: Input) -> bool:
    """What the desk wrote and could only announce: their next message lets it be written. True: that was all that they
    wanted.
    """
    wrote = talk.facts.pop(WROTE, ())
    talk.says.extend(t("desk_says.words", words=words) for words in wrote)
    return bool(wrote) and fold(came.text) in talk.c.words("words.command.read")


def speaks_to_desk(talk: Talk, came: Input) -> None:
    """Kept for the desk, without an answer, unless they go back to the bot, or the desk is not there."""
    said = fold(came.text)
    if said and any(said in talk.c.words(words) for words in BACK):
        leave(talk)
        return
    talk.flags.add("kept")
    talk.waits = talk.waits or talk.c.now
    talk.trace.append(("desk", "wrote", "kept"))
    if came.phone is not None:
        talk.facts["phone"] = came.phone
    if came.files:
        _unopened(talk, came.files)
    if not talk.c.desk.open_now and not _just_spoke(talk):
        talk.hands_over(frozenset({"bot"}))
        talk.says.append(t("desk_late.closed", opens=talk.c.desk.opens))


def _unopened(talk: Talk, files: Sequence[FileRef]) -> None:
    """Nobody at the desk can open a file from here, and it is not fetched: whoever waits for an answer to it is told
    so, once for several.
    """
    kinds, at = {file.kind for file in files}, talk.facts.get(UNOPENED)
    if kinds <= {"sticker"} or (at is not None and talk.c.now - datetime.fromisoformat(at) <= TOGETHER):
        return
    talk.facts[UNOPENED] = talk.c.now.isoformat()
    talk.says.append(t("desk.file") if kinds & PAPERS else t("desk.text_only"))


def _just_spoke(talk: Talk) -> bool:
    """The desk, although it is closed."""
    return talk.spoke is not None and talk.c.now - talk.spoke <= talk.c.desk.patience


def leave(talk: Talk) -> None:
    """By their own word, or by a button of ours; then the open question is asked again."""
    talk.hands_over(frozenset({"bot"}))
    talk.says.append(t("human.left"))


def is_the_desks(talk: Talk) -> bool:
    """Whether the word is the desk's now: what lay below before this turn is not asked, only what this turn brought."""
    if talk.mode == "bot":
        return False
    return talk.rests or not talk.frames or any(talk.frames[-1] is frame for frame in talk.before)


def told_first(talk: Talk, texts: tuple[Text, ...], *, asks: bool) -> tuple[Text, ...]:
    """News that asks something in the middle of a talk with the desk says how it is answered."""
    return (t("human.news"), *texts) if asks and talk.mode == "human" and talk.told else texts
