"""Private: what the client learns (only figures) and who reads what. The first fear is the employer."""

from __future__ import annotations

from conversations.model import Context, Finish, Flow, Link, Outcome
from conversations.text import t


async def finish(c: Context) -> Outcome:
    return Finish(t("private.text"), link=Link("privacy"))


PRIVATE = Flow("private", version=1, finish=finish, steps=())
