"""Drawing a reply as text: its sentences, its choices counted from 1, its link at the end."""

from typing import Final

from conversations.model import Reply
from handlers.channels.base import Draw

# Sentences that only say which words to answer with: of no use where no answer arrives.
ANSWERED_BY_WORDS: Final = frozenset(
    {"reminder.answer", "confirmed.change", "undo.hint", "message.answer_here", "message.answer_besides"}
)


def sentences(reply: Reply, draw: Draw) -> list[str]:
    return [draw.say(text) for text in reply.texts]


def labels(reply: Reply, draw: Draw) -> list[str]:
    return [draw.say(option.label) for option in reply.options]


def link(reply: Reply, draw: Draw) -> list[str]:
    return [draw.url(reply.link)] if reply.link else []


def choices(reply: Reply, draw: Draw) -> list[str]:
    return [f"{number}. {label}" for number, label in enumerate(labels(reply, draw), 1)]


def numbered(reply: Reply, draw: Draw) -> str:
    """The whole reply for a channel without buttons. The link stands last, where phones find it."""
    return "\n".join([*sentences(reply, draw), *choices(reply, draw), *link(reply, draw)])
