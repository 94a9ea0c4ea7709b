"""An account that its person froze (regulation 2016/679, article 18): what they can still open. All else is told how it
ends. What stands here uses nothing of theirs but to show it, to reach a human, or to end something.
"""

from __future__ import annotations

from typing import Final

from conversations.model import Context

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
    person = c.known.person
    frozen = person is not None and person.frozen is not None
    return FROZEN if frozen and not told and flow not in OPEN else flow
