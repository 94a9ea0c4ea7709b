"""The discreet mode: on a telephone that others read, nothing shows but that there is a message (threat T6)."""

from __future__ import annotations

from typing import Final

from conversations.model import Context, Finish, Flow, Outcome
from conversations.text import t


async def begin(c: Context) -> Outcome:
    if c.known.person is None:
        return Finish(t("discreet.nobody"))
    await c.booking.set_discreet(c.known.person.id, discreet=True)
    return Finish(t("discreet.on"))


async def end(c: Context) -> Outcome:
    if c.known.person is None:
        return Finish(t("discreet.nobody"))
    await c.booking.set_discreet(c.known.person.id, discreet=False)
    return Finish(t("discreet.off"))


DISCREET: Final = Flow("discreet", version=1, steps=(), finish=begin)
DISCREET_OFF: Final = Flow("discreet_off", version=1, steps=(), finish=end)
