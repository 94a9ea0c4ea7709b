"""The words that write, read and report messages, and leave one that was begun: lines of `commands.COMMANDS`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conversations import addressed
from conversations.talk import Talk
from conversations.text import t


async def message(talk: Talk, gained: Mapping[str, Any]) -> None:
    """ "message à Claire : …", "répondre Camille oui": to the other one of an appointment."""
    await talk.push("message", await addressed.to_write(talk.c))


async def messages(talk: Talk, gained: Mapping[str, Any]) -> None:
    """What was written before: "mes messages", "messages Camille"."""
    await talk.push("messages", await addressed.to_read(talk.c))


async def report(talk: Talk, gained: Mapping[str, Any]) -> None:
    """ "signaler Camille" (terms, article 6.2)."""
    await talk.push("report", await addressed.to_read(talk.c))


def leaves_message(talk: Talk) -> bool:
    """A message that was begun is given up, and that is said."""
    if talk.flow is None or talk.flow.name != "message":
        return False
    talk.pop()
    talk.says.append(t("message.left"))
    talk.ended = True
    return True
