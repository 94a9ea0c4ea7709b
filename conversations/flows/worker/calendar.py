"""A worker's calendars: the link to ours for theirs, and the address of theirs for us, "calendrier https://…".

An address without that word, and which nobody asked for, may be a page for somebody they help: it is asked about.
"""

from __future__ import annotations

from booking import calendar_address
from conversations.meant_for_us import CALENDAR_ASKED
from conversations.model import Ask, Context, Finish, Flow, Input, Link, Option, Outcome, Step, fill
from conversations.text import t


async def ask_meant(c: Context) -> Ask:
    options = (Option("yes", t("calendar.yes"), exact=True), Option("no", t("calendar.no")))
    return Ask(t("calendar.meant"), (), options)


async def got_meant(c: Context, heard: Input) -> Outcome:
    return fill(meant="yes") if heard.choice == "yes" else Finish(t("calendar.not_theirs"))


async def finish(c: Context) -> Outcome:
    """An address is only taken here; what comes of it is told once it was read."""
    worker, written = c.contact.worker, c.answers.get("address")
    assert worker is not None
    waits = {CALENDAR_ASKED: c.now.isoformat()}
    if not written:
        read = t("calendar.is_read") if await c.booking.calendar_of(worker) else t("calendar.not_read")
        return Finish(t("calendar.feed"), more=(read,), link=Link("calendar", worker), keep=waits)
    address = calendar_address.checked(written)
    if address is None:
        return Finish(t("calendar.refused"), forget=True, keep=waits)
    await c.booking.set_calendar(worker, address)
    return Finish(t("calendar.noted"), forget=True)


async def forget(c: Context) -> Outcome:
    assert c.contact.worker is not None
    if not await c.booking.calendar_of(c.contact.worker):
        return Finish(t("calendar.none"))
    await c.booking.set_calendar(c.contact.worker, "")
    return Finish(t("calendar.forgotten"))


CALENDAR = Flow(
    "calendar",
    version=1,
    steps=(Step("meant", ask_meant, got_meant, wanted=lambda c: c.answers.get("meant") == "ask"),),
    finish=finish,
)
CALENDAR_FORGET = Flow("calendar_forget", version=1, steps=(), finish=forget)
