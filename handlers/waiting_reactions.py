"""What follows on the waiting list: the hour is asked about, the end is told, each in the person's own talk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from booking.events import HourOffered, WaitingOver
from booking.model import slot_id
from handlers.effects import Effect, Tell, ToContact

if TYPE_CHECKING:
    from handlers.world import World


async def hour_is_offered(event: HourOffered, world: World) -> Sequence[Effect]:
    """The question comes in their own turn. What they wait for is not in the news: it stays sealed on the list."""
    waiting, hold = event.waiting, event.hold
    data = {
        "waiting": waiting.id,
        "slot": slot_id(hold.start, hold.worker),
        "mode": waiting.wish.mode,
        "earlier": waiting.moves is not None,
        "until": hold.until.isoformat(),
        "kind": "freed",
    }
    return [Tell(ToContact(waiting.contact), "freed", data, useful_until=hold.until)]


async def end_is_told(event: WaitingOver, world: World) -> Sequence[Effect]:
    why = "offers" if event.waiting.offers >= world.rules.waiting_offers else "time"
    return [Tell(ToContact(event.waiting.contact), "waiting_over", {"why": why, "kind": "freed"})]
