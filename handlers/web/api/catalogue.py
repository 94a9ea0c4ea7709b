"""What may be booked, without anybody's data: motives, workers as people may see them, free hours."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from booking.core import Booking
from booking.model import HOUR, Mode, Motive, Slot, Wish, Worker, WorkerId
from conversations.flows.names import MOTIVES
from handlers.web.api.operations import Call
from handlers.web.api.shapes import Id, In, Instant, Language, Out, SlotText, Zone
from handlers.web.render import voice_of
from storage.booking import RowStore


class MotivesQuery(In):
    language: Language | None = Field(default=None, description="Of the labels; else the service's own.")


class MotiveOut(Out):
    motive: Motive
    label: str


class MotivesOut(Out):
    """In the order in which they are offered; `other` is the last."""

    motives: list[MotiveOut]


class WorkersQuery(In):
    """Who suits; empty, everybody."""

    motive: Motive | None = None
    mode: Mode | None = None
    language: Language | None = Field(default=None, description="Only who speaks it.")


class WorkerOut(Out):
    """A worker's card (terms, article 4.2). `address`: where they meet people in person."""

    id: Id
    ref: str
    first_name: str
    motives: list[Motive]
    modes: list[Mode]
    languages: list[str]
    time_zone: str
    address: str | None
    bio: dict[str, str] = Field(description="By language.")


class WorkersOut(Out):
    workers: list[WorkerOut]


class SlotsQuery(In):
    motive: Motive
    mode: Mode
    worker: Id | None = Field(default=None, description="With them alone; else with whoever is free.")
    language: Language | None = Field(default=None, description="That is spoken, where somebody does.")
    time_zone: Zone = "Europe/Paris"
    after: Instant | None = Field(default=None, description="Only later starts.")
    before: Instant | None = Field(default=None, description="Only earlier starts.")
    limit: Annotated[int, Field(ge=1, le=100)] = 20


class SlotOut(Out):
    slot: SlotText
    start: Instant
    end: Instant
    worker: Id | None = Field(description="None: the hour is nobody's until it is held or booked.")


class SlotsOut(Out):
    """The soonest first."""

    slots: list[SlotOut]
    language_spoken: bool = Field(description="False: by nobody who is free, so these are with others.")


async def motives(call: Call) -> MotivesOut:
    query: MotivesQuery = call.query
    asked, parts = query.language or "", call.parts
    lang = asked if asked in parts.languages else parts.default_lang
    say = voice_of(lang, str(parts.zone), parts.default_lang)
    return MotivesOut(motives=[MotiveOut(motive=motive, label=say(text)) for motive, text in MOTIVES.items()])


async def workers(call: Call) -> WorkersOut:
    query: WorkersQuery = call.query
    directory = await RowStore(call.tx, call.parts.directories).directory()
    able = directory.able(query.motive, query.mode)
    return WorkersOut(workers=[_card(one) for one in able if query.language is None or query.language in one.languages])


def _card(worker: Worker) -> WorkerOut:
    """Never a number or a mail address: those are for calls and notices only."""
    return WorkerOut(
        id=worker.id,
        ref=worker.ref,
        first_name=worker.first_name,
        motives=[motive for motive in Motive if motive in worker.motives],
        modes=[mode for mode in Mode if mode in worker.modes],
        languages=list(worker.languages),
        time_zone=worker.time_zone,
        address=worker.address or None if Mode.IN_PERSON in worker.modes else None,
        bio=dict(worker.bio),
    )


async def slots(call: Call) -> SlotsOut:
    query: SlotsQuery = call.query
    wish = Wish(
        motive=query.motive,
        mode=query.mode,
        worker=WorkerId(query.worker) if query.worker else None,
        language=query.language or call.parts.default_lang,
        after=query.after,
        before=query.before,
        zone=query.time_zone,
    )
    core = Booking(RowStore(call.tx, call.parts.directories), call.parts.rules, call.now, call.parts.new_id)
    found = await core.open_slots(wish, query.limit)
    return SlotsOut(slots=[_slot(each) for each in found.slots], language_spoken=found.language_spoken)


def _slot(slot: Slot) -> SlotOut:
    worker = slot.worker.id if slot.worker else None
    return SlotOut(slot=slot.id, start=slot.start, end=slot.start + HOUR, worker=worker)
