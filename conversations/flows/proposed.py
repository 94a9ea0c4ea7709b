"""The worker proposes another hour, which is kept meanwhile; the appointment stands until the person says yes.

proposed        news: this hour instead?
proposed_over   news: nobody answered; the hour is free again, and the worker is told
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from booking.model import AppointmentId, SlotId, Wish, slot_id
from booking.ports import Booked, Moved, Offered, Refused, SlotGone
from conversations.flows import hours
from conversations.flows.book import confirmation, refusal
from conversations.flows.move import MOVED
from conversations.flows.replaced import ANSWERABLE, about, nothing
from conversations.model import Ask, Context, Finish, Flow, Input, Link, Option, Outcome, Step, Switch, fill
from conversations.text import t


async def enter(c: Context) -> Finish | None:
    """Kept from now on, since they are asked only now. Gone, settled, or another one since: nothing is said."""
    if not await _stands(c):
        return Finish()
    if kept := await c.booking.prolong(c.contact.id, about(c)):
        return None if is_of(c.answers["slot"], kept) else Finish()
    return None if await _again(c) is not None else Finish()


def is_of(slot: str, offers: Sequence[Offered]) -> bool:
    """Whether this hour is one of them."""
    return any(slot_id(offer.hold.start, offer.hold.worker) == slot for offer in offers)


async def _stands(c: Context) -> bool:
    return any(appointment.id == about(c) for appointment in c.known.upcoming)


async def _kept(c: Context) -> Offered | None:
    wanted = SlotId(c.answers["slot"])
    offers = await c.booking.offered(about(c))
    return next((o for o in offers if slot_id(o.hold.start, o.hold.worker) == wanted), None)


async def _again(c: Context) -> Offered | None:
    """What is kept; what lapsed is taken again while it is free."""
    if (kept := await _kept(c)) is not None:
        return kept
    old = await c.booking.appointment(AppointmentId(about(c)))
    if old is None:
        return None
    wish = Wish(old.motive, old.mode, old.worker)
    await c.booking.offer("proposal", old.id, c.contact.id, old.person, SlotId(c.answers["slot"]), wish)
    return await _kept(c)


async def ask_choice(c: Context) -> Ask | Finish:
    """Not asked any more once the appointment was moved or cancelled, perhaps in this very turn."""
    old = await c.booking.appointment(about(c))
    if old is None or old.status != "booked":
        return Finish()
    worker = await c.booking.worker(old.worker)
    new = hours.start_of(c.answers["slot"])
    text = t("proposed.ask", worker=worker.first_name if worker else "", new=new, old=old.start)
    options = (
        Option("yes", t("proposed.yes"), exact=True),
        Option("keep", t("proposed.keep")),
        Option("other", t("proposed.other")),
    )
    return Ask(text, (), options)


async def got_choice(c: Context, heard: Input) -> Outcome:
    if heard.choice == "yes":
        return fill(choice=True)
    await c.booking.decline(c.contact.id, about(c))
    if heard.choice == "other":
        return Switch("move", {"which": about(c)}, replace=True)
    return Finish(t("cancel.kept"))


async def finish(c: Context) -> Outcome:
    if not await _stands(c):
        return Finish(t("cancel.over"))
    kept = await _again(c)
    closed = c.answers.get("closed", False)
    done = SlotGone() if kept is None else await c.booking.accept(kept.hold.id, closed=closed)
    match done:
        case Moved(appointment, worker, _) | Booked(appointment, worker):
            said = confirmation(appointment, worker, MOVED)
            return Finish(said, more=(t("confirmed.change"),), link=Link("appointment", appointment.id))
        case SlotGone():
            return Finish(t("proposed.gone"))
        case Refused():
            return Finish(refusal(done, c))
    return Finish(t("cancel.over"))


async def enter_over(c: Context) -> Finish:
    await c.booking.unanswered(c.contact.id, about(c))
    return Finish()


PROPOSED: Final = Flow(
    "proposed",
    version=1,
    enter=enter,
    finish=finish,
    instead="move",
    steps=(Step("choice", ask_choice, got_choice, fresh=ANSWERABLE),),
)
PROPOSED_OVER: Final = Flow("proposed_over", version=1, enter=enter_over, finish=nothing, steps=())
