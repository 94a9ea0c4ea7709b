"""A worker's calendars: the link to ours for theirs, and the address of theirs for us, "calendrier https://…"."""

from __future__ import annotations

from booking import calendar_address
from conversations.model import Context, Finish, Flow, Link, Outcome
from conversations.text import t


async def finish(c: Context) -> Outcome:
    """An address is only taken here; what comes of it is told once it was read."""
    worker, written = c.contact.worker, c.answers.get("address")
    assert worker is not None
    if not written:
        read = t("calendar.is_read") if await c.booking.calendar_of(worker) else t("calendar.not_read")
        return Finish(t("calendar.feed"), more=(read,), link=Link("calendar", worker))
    address = calendar_address.checked(written)
    if address is None:
        return Finish(t("calendar.refused"), forget=True)
    await c.booking.set_calendar(worker, address)
    return Finish(t("calendar.noted"), forget=True)


async def forget(c: Context) -> Outcome:
    assert c.contact.worker is not None
    if not await c.booking.calendar_of(c.contact.worker):
        return Finish(t("calendar.none"))
    await c.booking.set_calendar(c.contact.worker, "")
    return Finish(t("calendar.forgotten"))


CALENDAR = Flow("calendar", version=1, steps=(), finish=finish)
CALENDAR_FORGET = Flow("calendar_forget", version=1, steps=(), finish=forget)
