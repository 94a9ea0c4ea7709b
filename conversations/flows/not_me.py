"""Not me: somebody got a message that was meant for somebody else. One word stops it and tells the desk."""

from __future__ import annotations

from conversations.model import Context, Finish, Flow, Outcome, Switch
from conversations.text import t


async def enter(c: Context) -> Switch | None:
    """Of a channel that was joined to their account lately, somebody else may have done that: it is parted, not this
    one.
    """
    joined = await c.booking.joined_lately(c.contact.id)
    if joined is None:
        return None
    return Switch("channel_joined", {"contact": joined.contact, "channel": joined.channel, "you": "no"}, replace=True)


async def finish(c: Context) -> Outcome:
    await c.booking.ask_desk(c.contact.id, "not_me")
    await c.booking.leave_waiting(c.contact.id)
    return Finish(t("not_me.done"), flags=frozenset({"not_me"}), forget=True)


NOT_ME = Flow("not_me", version=1, enter=enter, finish=finish, steps=())
