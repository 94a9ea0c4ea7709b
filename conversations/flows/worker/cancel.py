"""The worker cancels: which, sure, and the person is offered other hours at once (terms, article 5.3)."""

from __future__ import annotations

from typing import Final

from booking.ports import Cancelled
from conversations.flows.names import MODES
from conversations.flows.worker import meant
from conversations.model import Ask, Context, Finish, Flow, Input, Option, Outcome, Step, fill
from conversations.text import t


async def enter(c: Context) -> Finish | None:
    return None if await meant.coming(c) else Finish(t("worker.none_coming"))


async def ask_which(c: Context) -> Ask:
    return await meant.ask_which(c, t("worker_cancel.which"))


async def ask_sure(c: Context) -> Ask | Finish:
    entry = await meant.found(c)
    if entry is None:
        return Finish(t("cancel.over"))
    options = (Option("yes", t("worker_cancel.yes"), exact=True), Option("no", t("worker_cancel.no")))
    a = entry.appointment
    return Ask(t("worker_cancel.ask", start=a.start, name=entry.first_name, mode=MODES[a.mode]), (), options)


async def got_sure(c: Context, heard: Input) -> Outcome:
    return fill(sure=True) if heard.choice == "yes" else Finish(t("worker.unchanged"))


async def finish(c: Context) -> Outcome:
    """What the person moved or cancelled meanwhile is not theirs to cancel any more."""
    entry = await meant.found(c)
    if entry is None or not isinstance(await c.booking.cancel(entry.appointment.id, "worker"), Cancelled):
        return Finish(t("cancel.over"))
    said = t("worker_cancel.done", start=entry.appointment.start, name=entry.first_name)
    return Finish(said, more=(t("worker_cancel.closed"),))


WORKER_CANCEL: Final = Flow(
    "worker_cancel",
    version=1,
    enter=enter,
    finish=finish,
    steps=(Step("which", ask_which, meant.got_which), Step("sure", ask_sure, got_sure)),
)
