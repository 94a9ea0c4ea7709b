"""An earlier hour than the one that was booked: shown where one is free, else waited for. The appointment stands."""

from __future__ import annotations

from typing import Final

from booking.model import Wish
from conversations.flows import account, hours, which
from conversations.model import Context, Finish, Flow, Outcome, Switch
from conversations.text import t


async def enter(c: Context) -> Finish | Switch | None:
    return account.not_while_suspended(c) or await which.enter(c)


async def finish(c: Context) -> Outcome:
    old = which.meant(c)
    if old is None:
        return Finish(t("cancel.over"))
    wish = Wish(old.motive, old.mode, language=c.contact.lang, before=old.start, zone=c.contact.zone)
    if (await c.booking.open_slots(wish, 1)).slots:
        return Switch("move", {"which": old.id, "worker": hours.ANYBODY}, replace=True)
    await c.booking.wait(c.contact.id, wish, old.id)
    return Finish(t("earlier.waiting", start=old.start))


EARLIER: Final = Flow("earlier", version=1, enter=enter, finish=finish, steps=(which.WHICH,))
