"""A text that says whom it is for, and perhaps holds the message: "message à Claire : j'ai perdu mon avis", "répondre
Camille oui", "Camille : oui", "écrire à Ali". Said by both sides; the text stays as it was typed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from booking.messages import Correspondent
from conversations.flows import messages
from conversations.meant_for_us import may_be_for_us
from conversations.model import Context
from conversations.nearby import said_nearby
from conversations.normal import fold
from conversations.phrases import has, padded, pattern

WORDS: Final = 5  # of a command, or of a name, at most
MARKS: Final = " \t\n,;:.-–—!"
WORD: Final = re.compile(r"\S+")


def has_verb(c: Context, text: str) -> bool:
    return _after(text, c.words("words.reply.begins"))[1]


def begun(c: Context, text: str) -> str | None:
    """What follows "message", "écrire", "répondre", where a text begins so."""
    rest, begun = _after(text, c.words("words.reply.begins"))
    return rest.strip(MARKS) if begun else None


async def explicit(c: Context, text: str, *, by_name: bool = False) -> dict[str, Any] | None:
    """A message with its address: by a verb and a name or a colon, or a name and a colon. None: it has none, or no name
    where one is needed: "réponse : 2" answers a question.
    """
    rest, begun = _after(text, c.words("words.reply.begins"))
    if not begun and not _begins_with_colon(text):
        return None
    entries = await messages.whom(c)
    hits, said = _names(rest, entries)
    if by_name and not hits:
        return None
    begun_so = begun and text[: len(text) - len(rest)].rstrip().endswith(":")
    if begun and not hits and not begun_so and (said := _after_a_name(rest)):  # of nobody whom they may write to
        found = await _found(c, (), entries)
        return {**found, "text": said, "sure": "ask"} if "about" in found else {**found, "text": said}
    said = rest if not hits else said
    named_so = bool(hits) and rest[: len(rest) - len(said)].rstrip().endswith(":")
    if not (named_so or (begun and hits) or begun_so or said.lstrip().startswith(":")):
        return None
    said = said.lstrip(MARKS)
    found = await _found(c, hits, entries)
    return {**found, "text": said} if said else found


async def to_write(c: Context) -> dict[str, Any]:
    """What the command fills in. Where it is only likely that it holds the message, that is asked."""
    entries = await messages.whom(c)
    if fold(c.raw) in (*c.words("words.command.message"), *c.words("words.command.reply")):
        return await _found(c, (), entries)
    rest, begun = _after(c.raw, c.words("words.reply.begins"))
    text = rest.strip(MARKS)
    if not begun or not text:
        return await _in_a_sentence(c, entries)
    found = await _found(c, (), entries)
    sure = c.contact.worker is not None and not may_be_for_us(text, c)
    return {**found, "text": text} if sure else {**found, "text": text, "sure": "ask"}


async def to_read(c: Context) -> dict[str, Any]:
    """ "messages Camille"."""
    return await _found(c, messages.named(c.raw, await messages.whom(c)), await messages.whom(c), lately=False)


async def _in_a_sentence(c: Context, entries: Sequence[Correspondent]) -> dict[str, Any]:
    """ "pouvez-vous dire à Claire que je suis malade" is the message, and so is a lateness; "je voudrais écrire à
    Claire" asks for one.
    """
    found = await _found(c, messages.named(c.raw, entries), entries)
    near = said_nearby(c.raw, c.words)
    says = has(padded(c.raw), pattern(c.words("words.message.says"))) or (near is not None and near.what == "late")
    if not says or not entries:
        return found
    return {**found, "text": c.raw.strip(), **({"sure": "ask"} if "about" in found else {})}


async def _found(
    c: Context, hits: Sequence[Correspondent], entries: Sequence[Correspondent], *, lately: bool = True
) -> dict[str, Any]:
    """The one who is named, or the only one there is; for a worker the only one who wrote lately."""
    chosen = list(hits) or list(entries)
    if not hits and lately and c.contact.worker:
        since = c.now - messages.OPEN - timedelta.resolution
        waiting = [each.correspondent for each in await c.booking.to_answer(c.contact.worker, since)]
        chosen = waiting or chosen
    if len(chosen) == 1:
        return {"about": chosen[0].appointment.id}
    return {"among": [each.appointment.id for each in chosen]} if len(chosen) < len(entries) else {}


def _begins_with_colon(text: str) -> bool:
    """ "Camille : …", and no address of a page."""
    head, colon, rest = text.partition(":")
    return bool(colon) and len(head.split()) <= WORDS and bool(rest.strip()) and not rest.startswith("//")


def _after_a_name(rest: str) -> str:
    """ "Mme Morel : …", where we know first names only: what is said after it."""
    head, colon, said = rest.partition(":")
    return said.strip(MARKS) if colon and 0 < len(head.split()) <= WORDS and not said.startswith("//") else ""


def _after(raw: str, phrases: Sequence[str]) -> tuple[str, bool]:
    """What follows the longest of the phrases that the text begins with."""
    words = list(WORD.finditer(raw))
    for count in range(min(WORDS, len(words)), 0, -1):
        end = words[count - 1].end()
        if fold(raw[:end]) in phrases:
            return raw[end:], True
    return raw, False


def _names(rest: str, entries: Sequence[Correspondent]) -> tuple[list[Correspondent], str]:
    """Those whose first name the text begins with, and what follows it."""
    words = list(WORD.finditer(rest))
    for count in range(min(WORDS, len(words)), 0, -1):
        end = words[count - 1].end()
        hits = [each for each in entries if each.name and fold(each.name) == fold(rest[:end])]
        if hits:
            return hits, rest[end:]
    return [], rest
