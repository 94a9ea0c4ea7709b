"""The worker proposes one hour more: it is kept, and is an appointment once the person says yes.

one_more        news: would you like this hour?
one_more_over   news: nobody answered; the hour is free again, and the worker is told
"""

from __future__ import annotations

from typing import Final

from booking.model import Appointment, AppointmentId, SlotId, about_further
from booking.ports import Booked, Refused, SlotGone
from conversations.flows import hours
from conversations.flows.book import confirmation, refusal
from conversations.flows.names import MODES
from conversations.flows.nobody import another_hour
from conversations.flows.proposed import is_of
from conversations.flows.replaced import ANSWERABLE, nothing
from conversations.flows.terms import ask_terms, consent, got_terms
from conversations.model import Ask, Context, Finish, Flow, Input, Link, Option, Outcome, Step, fill
from conversations.text import t


def after(c: Context) -> AppointmentId:
    """The hour that it follows."""
    return AppointmentId(c.answers["about"])


async def met(c: Context) -> Appointment | None:
    """That hour, where it is theirs: a telephone may have changed hands."""
    found = await c.booking.appointment(after(c))
    person = c.known.person
    return found if found is not None and person is not None and found.person == person.id else None


async def enter(c: Context) -> Finish | None:
    """Kept from now on, since they are asked only now. Gone, or another one since: nothing is said."""
    if await met(c) is None:
        return Finish()
    if kept := await c.booking.prolong(c.contact.id, about_further(after(c))):
        return None if is_of(c.answers["slot"], kept) else Finish()
    return None if await c.booking.further(after(c), SlotId(c.answers["slot"]), c.contact.id) else Finish()


async def ask_choice(c: Context) -> Ask | Finish:
    appointment = await met(c)
    if appointment is None:
        return Finish()
    worker = await c.booking.worker(appointment.worker)
    start = hours.start_of(c.answers["slot"])
    name = worker.first_name if worker else ""
    text = t("one_more.ask", worker=name, start=start, mode=MODES[appointment.mode])
    options = (
        Option("yes", t("one_more.yes"), exact=True),
        Option("no", t("one_more.no")),
        Option("other", t("one_more.other")),
    )
    return Ask(text, (), options)


async def got_choice(c: Context, heard: Input) -> Outcome:
    if heard.choice == "yes":
        return fill(choice=True)
    appointment = await met(c)
    await c.booking.decline(c.contact.id, about_further(after(c)))
    if heard.choice == "other" and appointment is not None:
        return another_hour(appointment)
    return Finish(t("one_more.declined"))


async def finish(c: Context) -> Outcome:
    slot, closed = SlotId(c.answers["slot"]), c.answers.get("closed", False)
    done = await c.booking.take_further(after(c), slot, c.contact.id, consent(c), closed=closed)
    match done:
        case Booked(appointment, worker):
            said = confirmation(appointment, worker)
            return Finish(said, more=(t("confirmed.change"),), link=Link("appointment", appointment.id))
        case Refused("consent"):
            return fill(t("refused.consent"), terms=None)
        case Refused():
            return Finish(refusal(done, c))
        case SlotGone():
            return Finish(t("one_more.gone"))
    return Finish(t("one_more.gone"))


async def enter_over(c: Context) -> Finish:
    await c.booking.unanswered(c.contact.id, about_further(after(c)))
    return Finish()


ONE_MORE: Final = Flow(
    "one_more",
    version=1,
    enter=enter,
    finish=finish,
    steps=(
        Step("choice", ask_choice, got_choice, fresh=ANSWERABLE),
        Step(
            "terms",
            ask_terms,
            got_terms,
            wanted=lambda c: "choice" in c.answers and not c.known.terms_accepted and "terms" not in c.answers,
        ),
    ),
)
ONE_MORE_OVER: Final = Flow("one_more_over", version=1, enter=enter_over, finish=nothing, steps=())
