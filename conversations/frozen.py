"""An account that its person froze (regulation 2016/679, article 18): what they can still open. All else is told how it
ends. What stands here uses nothing of theirs but to show it, to reach a human, or to end something.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from conversations.model import Context, Flow, Frame

FROZEN: Final = "frozen"  # the flow that says so
OPEN: Final = frozenset(
    {
        FROZEN,
        "menu",
        "appointments",  # to see them
        "cancel",
        "waiting",
        "read",
        "messages",
        "danger",
        "human",
        "call_back",
        "language",
        "private",
        "not_me",
        "decision",
        "contest",
        "my_data",
        "profile",
        "terms",
        "discreet",
        "discreet_off",
        "still_me",
        "join",
        "claimed",
        "erase",
        "close",
        "freeze",
        "object",
        "death",
        "copy",
    }
)


def instead(flow: str, c: Context, *, told: bool) -> str:
    """The flow that is opened where this one is wanted. `told`: it is news, which they did not ask for."""
    return FROZEN if is_frozen(c) and not told and flow not in OPEN else flow


def is_frozen(c: Context) -> bool:
    return c.known.person is not None and c.known.person.frozen is not None


def without_drafts(frames: Sequence[Frame], flows: Mapping[str, Flow], c: Context) -> list[Frame]:
    """A booking that was begun before, perhaps on another channel than where they froze it, is left: no next word of
    theirs keeps an hour, or a place on the waiting list.
    """
    return [frame for frame in frames if not (is_frozen(c) and flows[frame.flow].draft)]
