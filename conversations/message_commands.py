"""The words that write, read and report messages, and leave one that was begun: lines of `commands.COMMANDS`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conversations import addressed
from conversations.flows.messages import more
from conversations.phrases import has, padded, pattern
from conversations.talk import Talk
from conversations.text import t


async def message(talk: Talk, gained: Mapping[str, Any]) -> None:
    """ "message à Claire : …", "répondre Camille oui": to the other one of an appointment. What they have just said is
    no message is not asked about again.
    """
    found = await addressed.to_write(talk.c)
    if talk.reheard and "text" in found:
        talk.ended = True
        return
    await talk.push("message", begun_before(talk, found))


async def messages(talk: Talk, gained: Mapping[str, Any]) -> None:
    """What was written before: "mes messages", "messages Camille"."""
    await talk.push("messages", await addressed.to_read(talk.c))


async def report(talk: Talk, gained: Mapping[str, Any]) -> None:
    """ "signaler Camille" (terms, article 6.2). One that was made by mistake is for the desk, which reads it."""
    if has(padded(talk.c.raw), pattern(talk.c.words("words.report.mistake"))):
        talk.says.append(t("report.mistake"))
        talk.ended = True
        return
    await talk.push("report", await addressed.to_read(talk.c))


def begun_before(talk: Talk, found: dict[str, Any]) -> dict[str, Any]:
    """A message that begins while another one waits for its yes: to the same one it is more of it; else the first is
    left, and that is said.
    """
    c = talk.c
    if talk.flow is None or talk.flow.name != "message" or "text" not in c.answers:
        return found
    if "text" not in found or found.get("about") != c.answers.get("about"):
        talk.says.append(t("message.first_left"))
        return found
    whole, said = more(c, found["text"])
    talk.says += [said] if said is not None else []
    return {**found, "text": whole}


def leaves_message(talk: Talk) -> bool:
    """A message that was begun is given up, and that is said."""
    if talk.flow is None or talk.flow.name != "message":
        return False
    talk.pop()
    talk.says.append(t("message.left"))
    talk.ended = True
    return True
