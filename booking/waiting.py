"""The waiting list: who waits for an hour, who is offered one that became free, and what ends a wait.

An hour that became free is anybody's until it is offered here; the offer holds it. In the order in which people began
to wait, each is offered the soonest hour that suits them: at most one a local day and `Rules.waiting_offers` in all,
never the same hour twice, never one that begins within `Rules.waiting_notice`. What they do not take goes on to the
next. Whoever is choosing an hour by themself just now is left alone.

A wait ends: served; left; or over, when they had their offers, when the days that they named are past, or when nothing
was free for as long as we look ahead.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from booking import policy
from booking.directory import Directory
from booking.events import Event, HourGivenBack, HourOffered, WaitingOver
from booking.model import (
    Appointment,
    AppointmentId,
    ContactId,
    Hold,
    Rules,
    Slot,
    SlotId,
    Waiting,
    WaitingId,
    Wish,
    slot_id,
)
from booking.offering import Offering
from booking.ports import AlreadyOver, Booked, BookingCore, BookingStore, Held, Moved, Refused, SlotGone
from booking.refusing import without_refusing
from booking.search import Search

SHARED: Final = timedelta(hours=2)  # an offer is kept so long while somebody else waits for such an hour, too
LOOKED_AT: Final = 12  # soonest hours that are looked through for one that was not offered to them before
OPEN: Final = frozenset({"waiting", "offered"})


def may_be_offered(waiting: Waiting, rules: Rules, now: datetime) -> bool:
    """One a day, by their own calendar, and so many in all."""
    zone = ZoneInfo(waiting.wish.zone)
    today = now.astimezone(zone).date()
    last = waiting.offered_at and waiting.offered_at.astimezone(zone).date()
    return waiting.offers < rules.waiting_offers and last != today


def is_over(waiting: Waiting, rules: Rules, now: datetime) -> bool:
    """Nothing more can come of it: all offers were made, all days are past, or it lasted as long as we look ahead."""
    today = now.astimezone(ZoneInfo(waiting.wish.zone)).date()
    days = waiting.wish.days
    return (
        waiting.offers >= rules.waiting_offers
        or (bool(days) and max(days) < today)
        or now - waiting.since >= rules.horizon
    )


def kept_until(rules: Rules, now: datetime, start: datetime, *, shared: bool) -> datetime:
    """How long an offer is kept: shorter while others wait, and never into the notice that the hour needs."""
    return min(now + (min(SHARED, rules.offer_time) if shared else rules.offer_time), start - rules.waiting_notice)


@dataclass(frozen=True, slots=True)
class WaitingList:
    store: BookingStore
    rules: Rules
    now: datetime
    new_id: Callable[[], str]
    events: list[Event]
    offering: Offering
    core: BookingCore  # by which hours are booked and moved, as for everybody

    # ------------------------------------------------------------ waiting

    async def of(self, contact: ContactId) -> Waiting | None:
        """Their place, on whichever of their channels it was asked for."""
        person = await self.store.person_of(contact)
        return await self.store.waiting_of(contact, person.id if person else None)

    async def wait(self, contact: ContactId, wish: Wish, moves: AppointmentId | None) -> Waiting:
        """One place a person. Another wish about the same keeps it; one about something else begins at the end."""
        older = await self.of(contact)
        wish = replace(wish, after=None)  # 'later' than what was shown: any hour that is freed will do
        if older is not None and (older.wish.motive, older.moves) == (wish.motive, moves):
            waiting = replace(older, wish=wish)
        else:
            if older is not None:
                await self._end(older, "left")
            person = await self.store.person_of(contact)
            id = WaitingId(self.new_id())
            waiting = Waiting(id, contact, person.id if person else None, wish, self.now, moves=moves)
        await self.store.save_waiting(waiting)
        return waiting

    async def leave(self, contact: ContactId) -> bool:
        """False: they were not waiting."""
        waiting = await self.of(contact)
        if waiting is None:
            return False
        await self._end(waiting, "left")
        return True

    async def place(self, waiting: Waiting) -> int:
        """1 for the next one, among those whom the same hours could suit."""
        directory = await self.store.directory()
        mine = _who(directory, waiting.wish)
        ahead = [one for one in await self.store.waiting_list() if _rank(one) < _rank(waiting)]
        return 1 + sum(bool(_who(directory, one.wish) & mine) for one in ahead)

    async def served(self, appointment: Appointment) -> None:
        """They have an hour for what they waited for, however they came to it."""
        waiting = await self.store.waiting_of(appointment.contact, appointment.person)
        if waiting is not None and waiting.moves is None and waiting.wish.motive == appointment.motive:
            await self._end(waiting, "served")

    # ------------------------------------------------------------ serving

    async def due(self) -> AsyncGenerator[Waiting, None]:
        """Whose turn it is, in order, looked at without a lock: `offer` and `close` look again."""
        nothing: set[Wish] = set()  # the same wish of somebody ahead found nothing
        for waiting in await self.store.waiting_list():
            if await self._offered(waiting) is not None or await self._is_choosing(waiting):
                continue
            if is_over(waiting, self.rules, self.now) or not await self._still_moves(waiting):
                yield waiting
            elif may_be_offered(waiting, self.rules, self.now) and waiting.wish not in nothing:
                if await self._hour_for(waiting) is not None:
                    yield waiting
                elif not waiting.offered and waiting.person is None:
                    nothing.add(waiting.wish)

    async def serve(self, id: WaitingId) -> Hold | None:
        """Offer them the soonest hour that suits, if it is their turn. A wait of which nothing can come ends here.

        Whoever calls holds the contact's lock: nobody else serves this one meanwhile.
        """
        waiting = await self.store.waiting(id)
        if waiting is None or waiting.status not in OPEN or await self._offered(waiting) is not None:
            return None
        await self._drop_offers(waiting)  # one that lapsed
        if await self._is_choosing(waiting):
            return None
        if not await self._still_moves(waiting):
            await self._end(waiting, "left")
        elif is_over(waiting, self.rules, self.now):
            self.events.append(WaitingOver(await self._end(waiting, "over")))
        elif may_be_offered(waiting, self.rules, self.now):
            slot = await self._hour_for(waiting)
            return None if slot is None else await self._offer(waiting, slot)
        return None

    async def _offer(self, waiting: Waiting, slot: Slot) -> Hold | None:
        shared = any(one.id != waiting.id for one in await self._rivals(waiting))
        until = kept_until(self.rules, self.now, slot.start, shared=shared)
        hold = await self.offering.offer(
            "waiting", waiting.id, waiting.contact, waiting.person, slot.id, waiting.wish, until
        )
        if isinstance(hold, SlotGone):
            return None
        waiting = replace(
            waiting,
            offers=waiting.offers + 1,
            offered_at=self.now,
            offered=(*waiting.offered, slot.start),
            status="offered",
        )
        await self.store.save_waiting(waiting)
        self.events.append(HourOffered(waiting, hold))
        return hold

    # ------------------------------------------------------------ answering

    async def accept(
        self, id: WaitingId, slot: SlotId, contact: ContactId
    ) -> Booked | Moved | Held | SlotGone | Refused | AlreadyOver:
        """A person whom we know has the hour at once. For a stranger it is held, as one that they chose: their name
        and consent come first. A hold that lapsed and whose hour is still free is simply taken again. `contact`: where
        they answer; the question may have gone to another of their channels.
        """
        waiting = await self.store.waiting(id)
        if waiting is None or waiting.status in {"served", "left"}:
            return AlreadyOver()
        waiting = replace(waiting, contact=contact)
        await self._choose(waiting, slot)
        if waiting.moves is not None:
            moved = await self.core.move(waiting.moves, slot, waiting.wish, "person", waiting.contact)
            if isinstance(moved, Moved | AlreadyOver):
                await self._end(waiting, "served" if isinstance(moved, Moved) else "left")
            return moved
        done = await self.core.book(slot, waiting.wish, waiting.contact, None, None)
        if done == Refused("consent"):
            return await self._held(waiting, slot)
        if isinstance(done, Refused):
            await self.core.release(waiting.contact)
        return done

    async def decline(self, id: WaitingId) -> Waiting | None:
        """The hour goes on to the next at once. None: they are not waiting any more."""
        waiting = await self.store.waiting(id)
        if waiting is None or waiting.status not in OPEN:
            return None
        await self._drop_offers(waiting)
        if is_over(waiting, self.rules, self.now):
            return await self._end(waiting, "over")
        waiting = replace(waiting, status="waiting")
        await self.store.save_waiting(waiting)
        return waiting

    async def _choose(self, waiting: Waiting, slot: SlotId) -> None:
        """What is offered to them becomes what they chose, where they answer."""
        kept = await self._offered(waiting)
        if kept is None or slot_id(kept.start, kept.worker) != slot:
            return
        id = kept.id
        if kept.contact != waiting.contact:
            await self.offering.forget(waiting.id)
            moved = await self.offering.offer(
                "waiting", waiting.id, waiting.contact, waiting.person, slot, waiting.wish, kept.until
            )
            id = id if isinstance(moved, SlotGone) else moved.id
        await self.offering.choose(id)

    async def _held(self, waiting: Waiting, slot: SlotId) -> Held | SlotGone:
        hold = await self.store.hold_of(waiting.contact)
        worker = hold and (await self.store.directory()).worker(hold.worker)
        if hold and worker and hold.until > self.now and slot_id(hold.start, hold.worker) == slot:
            return Held(hold, worker)
        return await self.core.hold(slot, waiting.contact, waiting.wish)

    # ------------------------------------------------------------ inside

    async def _hour_for(self, waiting: Waiting) -> Slot | None:
        """The soonest hour that suits, leaves time to answer, was not offered to them before and finds them free."""
        rules = replace(self.rules, notice=self.rules.waiting_notice + self.rules.hold_time)
        search = Search(await self.store.directory(), self.store, rules, self.now)
        wish = await without_refusing(self.store, waiting.wish, waiting.person, self.now)
        found = await search.slots(wish, LOOKED_AT)
        if not found.slots:
            return None
        coming = await self.store.upcoming(waiting.person, self.now) if waiting.person else []
        others = [one for one in coming if one.id != waiting.moves]
        if waiting.moves is None and policy.at_cap(coming, self.rules, self.now):
            return None
        fresh = (slot for slot in found.slots if slot.start not in waiting.offered)
        return next((slot for slot in fresh if not policy.overlaps(others, slot.start)), None)

    async def _rivals(self, waiting: Waiting) -> Sequence[Waiting]:
        """Who could be offered such an hour today, too."""
        directory = await self.store.directory()
        mine = _who(directory, waiting.wish)
        return [
            one
            for one in await self.store.waiting_list()
            if may_be_offered(one, self.rules, self.now) and _who(directory, one.wish) & mine
        ]

    async def _offered(self, waiting: Waiting) -> Hold | None:
        """What is on offer to them now."""
        holds = await self.store.offers_about(waiting.id)
        return next((hold for hold in holds if hold.until > self.now), None)

    async def _is_choosing(self, waiting: Waiting) -> bool:
        hold = await self.store.hold_of(waiting.contact)
        return hold is not None and hold.until > self.now

    async def _still_moves(self, waiting: Waiting) -> bool:
        """Whether the appointment that was to be moved stands where it stood."""
        if waiting.moves is None:
            return True
        appointment = await self.store.appointment(waiting.moves)
        return appointment is not None and not policy.is_over(appointment, self.now)

    async def _drop_offers(self, waiting: Waiting) -> None:
        """The hour is anybody's again, and others who wait are looked at."""
        if await self.store.offers_about(waiting.id):
            await self.offering.forget(waiting.id)
            self.events.append(HourGivenBack())

    async def _end(self, waiting: Waiting, status: str) -> Waiting:
        await self._drop_offers(waiting)
        ended = replace(waiting, status=status, ended_at=self.now)  # type: ignore[arg-type]
        await self.store.save_waiting(ended)
        return ended


def _rank(waiting: Waiting) -> tuple[datetime, str]:
    return waiting.since, waiting.id


def _who(directory: Directory, wish: Wish) -> int:
    """The workers whose hours could suit: two wishes that share one compete."""
    mask = directory.able_mask(wish.motive, wish.mode)
    return mask if wish.worker is None else mask & directory.bit(wish.worker)
