"""An hour kept for a person while they make up their mind, as in a talk."""

from __future__ import annotations

from dataclasses import replace

from booking.model import HOUR, ContactId, HoldId, Mode, Motive, SlotId, slot_id
from booking.ports import SlotGone
from handlers.web.api.operations import Call
from handlers.web.api.problems import Problem
from handlers.web.api.shapes import Id, In, Instant, Out, SlotText
from handlers.web.api.whose import acted


class HoldIn(In):
    slot: SlotText
    motive: Motive
    mode: Mode


class HoldOut(Out):
    """Kept until then. A person has one: the next takes its place, also one that is taken in a talk."""

    id: Id
    slot: SlotText  # names the worker: this is the one to book
    start: Instant
    end: Instant
    worker: Id
    until: Instant


async def hold(call: Call) -> HoldOut | Problem:
    body: HoldIn = call.body
    who = await acted(call)
    if isinstance(who, Problem):
        return who
    if not who.is_reached:
        return Problem("no_address")
    contact = ContactId(who.contact.id)
    known = await who.core.known(contact)
    if known.refused is not None:
        return Problem(known.refused.reason)
    wish = replace(who.wish(), motive=body.motive, mode=body.mode)
    held = await who.core.hold(SlotId(body.slot), contact, wish)
    if isinstance(held, SlotGone):
        return Problem("slot_gone")
    kept = held.hold
    slot = slot_id(kept.start, kept.worker)
    end = kept.start + HOUR
    return HoldOut(id=kept.id, slot=slot, start=kept.start, end=end, worker=kept.worker, until=kept.until)


async def release(call: Call) -> Problem | None:
    who = await acted(call)
    if isinstance(who, Problem):
        return who
    kept = await who.store.hold(HoldId(call.path["hold"]))
    if kept is None or kept.kind != "chosen" or kept.until <= call.now:
        return Problem("not_found")
    holder = await who.store.person_of(kept.contact)
    if holder is None or holder.id != who.person.id:
        return Problem("not_found")
    await who.core.release(kept.contact)
    return None
