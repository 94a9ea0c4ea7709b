"""Whoever comes back after a while is offered to go on or to start over."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from conversations.model import Frame
from conversations.talk import Talk

OLD: Final = timedelta(hours=6)  # since the last question


def resume_instead(talk: Talk) -> bool:
    """Back after a while with something that answers nothing: offer to go on or to start over."""
    prompt = talk.prompt
    if prompt is None or talk.draft() is None or talk.c.now - prompt.asked_at <= OLD:
        return False
    draft = talk.draft()
    if draft is not None and talk.flow is not None and talk.flow.name != "resume":
        below = [frame for frame in talk.frames if frame.flow != "resume"]
        talk.frames = [*below, Frame("resume", talk.flows["resume"].version, {"draft": draft.flow})]
    return True
