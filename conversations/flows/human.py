"""A human: the desk's number and its hours. The desk learns that somebody asked for it."""

from __future__ import annotations

from conversations.model import Context, Finish, Flow, Outcome
from conversations.text import t


async def finish(c: Context) -> Outcome:
    await c.booking.ask_desk(c.contact.id, c.answers.get("reason", "human"))
    if c.desk.phone is None:
        return Finish(t("human.no_phone"))
    said = t("human.open") if c.desk.open_now else t("human.closed")
    return Finish(t(said.msgid, phone=c.desk.phone, hours=c.desk.hours))


HUMAN = Flow("human", version=1, finish=finish, steps=())
