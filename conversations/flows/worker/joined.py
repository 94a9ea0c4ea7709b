"""A worker has opened their one-time link: from now on this channel is theirs, and they see how notices look there."""

from __future__ import annotations

from conversations.flows.worker.trial import sample
from conversations.model import Context, Finish, Flow, Outcome
from conversations.text import t


async def finish(c: Context) -> Outcome:
    return Finish(t("worker.joined"), more=(sample(c.now), t("worker.words")))


JOINED = Flow("joined", version=1, finish=finish, steps=())
