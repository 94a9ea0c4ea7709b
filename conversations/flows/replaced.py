"""The worker cancelled: other hours, kept meanwhile, and settled in one reply (terms, article 5.3).

replaced         news: which of these hours? Answered late, an hour that is still free is simply taken again
replaced_again   news, at half of the time: the same question, if nobody answered
replaced_over    news: nobody answered; the hours are free again, and a human is told
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from booking.model import Appointment, AppointmentId, SlotId, Wish, slot_id
from booking.ports import AlreadyOver, Booked, Moved, Offered, Refused, SlotGone
from conversations.flows.book import confirmation, noted, refusal
from conversations.flows.hours import WISH
from conversations.flows.names import MODES
from conversations.flows.terms import ask_terms, consent, got_terms
from conversations.model import Again, Ask, Context, Finish, Flow, Input, Link, Option, Outcome, Step, Switch, fill
from conversations.text import t
from conversations.understand import understand

ANSWERABLE: Final = timedelta(hours=24)  # the hours are kept for half a day, and often free after it


def about(c: Context) -> AppointmentId:
    return AppointmentId(c.answers["about"])


async def open_one(c: Context) -> Appointment | None:
    """The appointment, while nothing stands in its place."""
    old = await c.booking.appointment(about(c))
    return old if old is not None and old.status == "cancelled" and old.ended_by == "worker" else None


async def enter(c: Context) -> Finish | None:
    """It was settled before the news reached their talk: nothing is said."""
    return Finish() if await open_one(c) is None else None


# ---------------------------------------------------------------- the question


async def ask_choice(c: Context) -> Ask | Finish:
    """Not asked any more once it is settled, perhaps on another of their channels."""
    old = await open_one(c)
    if old is None:
        return Finish()
    worker = await c.booking.worker(old.worker)
    said = t("replaced.sorry", worker=worker.first_name if worker else "", start=old.start)
    if "again" in c.answers:
        said = t("replaced.again", start=old.start)
    offers = await c.booking.replacements(old.id, c.contact.id)
    if not offers:
        options = (
            Option("wait", t("slot.wait")),
            Option("mode", t("slot.other_mode")),
            Option("human", t("slot.human")),
            Option("none", t("replaced.none")),
        )
        return Ask(t("replaced.nothing"), (said,), options, free=True)
    labels = [
        Option(_slot(offer), t("replaced.label", start=offer.hold.start, worker=offer.worker.first_name))
        for offer in offers
    ]
    ways = (Option("dates", t("replaced.dates")), Option("none", t("replaced.none")))
    until = min(offer.hold.until for offer in offers)
    return Ask(t("replaced.ask", until=until), (said,), (*labels, *ways), free=True)


async def got_choice(c: Context, heard: Input) -> Outcome:
    match heard.choice:
        case "dates" | "mode" as way:
            return await _other_dates(c, choose="mode" if way == "mode" else None)
        case "none":
            await c.booking.decline(c.contact.id, about(c))
            said, other = t("replaced.closed"), await _another(c)
            return Finish(said) if other is None else Switch("replaced", {"about": other}, replace=True, say=said)
        case "wait":
            return await _waits(c)
        case "human":
            await c.booking.decline(c.contact.id, about(c))
            return Switch("human", {"reason": "no_hour"}, replace=True)
        case "":
            meant = _meant(c, heard.text, await c.booking.offered(about(c)))
            return Again() if meant is None else fill(slot=_slot(meant))
    return fill(slot=heard.choice)


async def _waits(c: Context) -> Outcome:
    """For such an hour with anybody: they are written to when one becomes free."""
    old = await c.booking.appointment(about(c))
    assert old is not None
    await c.booking.decline(c.contact.id, old.id)
    wish = Wish(old.motive, old.mode, language=c.contact.lang, zone=c.contact.zone, without=c.known.refused_by)
    await c.booking.wait(c.contact.id, wish)
    return Finish(t("waiting.on"))


def _slot(offer: Offered) -> SlotId:
    return slot_id(offer.hold.start, offer.hold.worker)


def _meant(c: Context, text: str, offers: Sequence[Offered]) -> Offered | None:
    """The only one that the words fit: "Ali", "mercredi", "à 10 h"; or "oui", where one hour alone is kept."""
    names = {str(offer.worker.id): offer.worker.first_name for offer in offers}
    heard = understand(text, c.words, now=c.now, zone=c.contact.zone, workers=names)
    named = bool(heard.days or heard.earliest or heard.worker)
    if heard.intent == "yes" and not named and len(offers) == 1:
        return offers[0]
    if heard.intent or not named:
        return None
    zone = ZoneInfo(c.contact.zone)

    def fits(offer: Offered) -> bool:
        at: datetime = offer.hold.start.astimezone(zone)
        early = heard.earliest is None or heard.earliest <= at.time()
        late = heard.latest is None or at.time() <= heard.latest
        day = not heard.days or at.date() in heard.days
        return early and late and day and heard.worker in {None, offer.worker.id}

    fitting = [offer for offer in offers if fits(offer)]
    return fitting[0] if len(fitting) == 1 else None


async def _other_dates(c: Context, choose: str | None = None) -> Outcome:
    """Their own choice of hours, same subject and mode; what was kept for them is among the free ones again. `choose`:
    which of the ways round it is asked about first.
    """
    old = await c.booking.appointment(about(c))
    assert old is not None
    await c.booking.decline(c.contact.id, about(c))
    wish = {name: c.answers[name] for name in WISH if name in c.answers}
    known = {"motive": old.motive.value, "mode": old.mode.value, "slot": None, "choose": choose}
    return Switch("book", {**known, **wish}, replace=True)


def wished(c: Context) -> bool:
    """They said when or how, instead of choosing."""
    return any(name in c.answers for name in WISH)


# ---------------------------------------------------------------- the answer


async def finish(c: Context) -> Outcome:
    if wished(c):
        return await _other_dates(c)
    done = await _take(c)
    if isinstance(done, Booked | Moved):
        return await _settled(c, done)
    match done:
        case SlotGone():
            return fill(t("slot.gone"), slot=None)
        case Refused("overlap"):
            return fill(t("refused.overlap"), slot=None)
        case Refused("consent"):
            return fill(t("refused.consent"), terms=None)
    return Finish(t("replaced.over") if isinstance(done, AlreadyOver) else refusal(done, c))


async def _settled(c: Context, done: Booked | Moved) -> Outcome:
    """Confirmed; and where the worker cancelled several, the next question."""
    booked = done.appointment
    if (other := await _another(c)) is not None:
        said = t("replaced.taken", start=booked.start, worker=done.worker.first_name, mode=MODES[booked.mode])
        return Switch("replaced", {"about": other}, replace=True, say=said)
    said = confirmation(booked, done.worker)
    return Finish(said, more=(t("confirmed.change"),), link=Link("appointment", booked.id))


async def _another(c: Context) -> str | None:
    """The worker cancelled several: one question after the other."""
    offers = await c.booking.offers(c.contact.id)
    return next((o.hold.about for o in offers if o.hold.kind == "replacement" and o.hold.about != about(c)), None)


async def _take(c: Context) -> Booked | Moved | SlotGone | Refused | AlreadyOver:
    """What is kept becomes theirs; what lapsed, too, while it is still free."""
    wanted = SlotId(c.answers["slot"])
    kept = next((offer.hold for offer in await c.booking.offered(about(c)) if _slot(offer) == wanted), None)
    if kept is None:
        old, person = await open_one(c), c.known.person
        if old is None or person is None:
            return AlreadyOver()
        wish = Wish(old.motive, old.mode, None, person.language, zone=c.contact.zone)
        again = await c.booking.offer("replacement", old.id, c.contact.id, person.id, wanted, wish)
        if isinstance(again, SlotGone):
            return again
        kept = again
    return await c.booking.accept(kept.id, consent(c))


# ---------------------------------------------------------------- nobody answered


async def enter_again(c: Context) -> Finish | Switch:
    """Hours may be free by now where there was nothing to offer."""
    waits = await c.booking.offered(about(c)) or c.answers.get("nothing", False)
    if await open_one(c) is None or not waits:
        return Finish()
    return Switch("replaced", {"about": about(c), "again": True}, replace=True)


async def enter_over(c: Context) -> Finish:
    await c.booking.unanswered(c.contact.id, about(c))
    return Finish()


async def nothing(c: Context) -> Outcome:
    return Finish()


REPLACED: Final = Flow(
    "replaced",
    version=1,
    enter=enter,
    finish=finish,
    hears=frozenset({"mode", "worker", "days", "from", "to"}),
    noted=noted,
    steps=(
        Step(
            "choice",
            ask_choice,
            got_choice,
            wanted=lambda c: "slot" not in c.answers and not wished(c),
            fresh=ANSWERABLE,
        ),
        Step(
            "terms",
            ask_terms,
            got_terms,
            wanted=lambda c: "slot" in c.answers and not c.known.terms_accepted and "terms" not in c.answers,
        ),
    ),
)
REPLACED_AGAIN: Final = Flow("replaced_again", version=1, enter=enter_again, finish=nothing, steps=())
REPLACED_OVER: Final = Flow("replaced_over", version=1, enter=enter_over, finish=nothing, steps=())
