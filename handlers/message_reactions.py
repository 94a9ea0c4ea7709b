"""What follows from a message between a person and their worker. Lines of `handlers.reactions.REACTIONS`.

A worker's notice holds the text; a person's says that there is one and by which word it is read, since others may read
the screen (threat T6). At night it waits, unless the hour of the two is near.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from booking import policy
from booking.authority import AFTERWARDS
from booking.events import MessageWritten
from conversations.text import Text, t
from handlers.effects import Effect, Notice, ToPerson, ToWorker

if TYPE_CHECKING:
    from handlers.world import World


async def reader_is_told(event: MessageWritten, world: World) -> Sequence[Effect]:
    """A worker of each; a person not of the next one while they have not read that there is one."""
    message, about = event.message, event.appointment
    until, near = about.end + AFTERWARDS, policy.is_near(about, world.now)
    if message.author == "person":
        known = await world.booking.known(about.contact)
        name = known.person.first_name if known.person else ""
        words = t("notice.message") if policy.took_place(about) else t("notice.message_former")
        said = Text(words.msgid, {"name": name, "start": about.start, "text": message.text})
        texts = (said, t("message.answer_here"))
        to_worker = ToWorker(message.worker)
        return [Notice(to_worker, "message", texts, expires_at=until, urgent=near, exchange=about.id)]
    if event.told:
        return []
    worker = await world.booking.worker(message.worker)
    said = t("message.notice", worker=worker.first_name if worker else "")
    to_person = ToPerson(message.person)
    return [Notice(to_person, "message", (said,), expires_at=until, urgent=near, exchange=about.id, message=message.id)]
