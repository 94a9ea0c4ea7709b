"""Not me: somebody got a message that was meant for somebody else. One word stops it and tells the desk."""

from __future__ import annotations

from conversations.model import Context, Finish, Flow, Outcome
from conversations.text import t


async def finish(c: Context) -> Outcome:
    await c.booking.ask_desk(c.contact.id, "not_me")
    await c.booking.leave_waiting(c.contact.id)
    return Finish(t("not_me.done"), flags=frozenset({"not_me"}), forget=True)


NOT_ME = Flow("not_me", version=1, finish=finish, steps=())
