"""What follows from documents that were handed over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from booking.documents import DocumentsSent
from conversations.model import Link
from conversations.text import t
from handlers.effects import Effect, Notice, ToWorker
from handlers.world import World

USEFUL: Final = timedelta(days=7)


async def worker_gets_the_link(event: DocumentsSent, world: World) -> Sequence[Effect]:
    """Whose and how many; what they are nobody knows. It hangs on no version: an hour that moves takes them along."""
    appointment = event.appointment
    known = await world.booking.known(appointment.contact)
    name = known.person.first_name if known.person else ""
    text = t("notice.documents", name=name, count=event.count, start=appointment.start)
    to, link = ToWorker(appointment.worker), Link("handed", event.batch)
    return [Notice(to, "document", (text,), link=link, expires_at=world.now + USEFUL)]
