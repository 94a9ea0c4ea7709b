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
from booking.messages import Message
from booking.model import Appointment
from conversations.text import Text, t
from conversations.told_apart import dated
from handlers.effects import Effect, Notice, ToPerson, ToWorker

if TYPE_CHECKING:
    from handlers.world import World


async def reader_is_told(event: MessageWritten, world: World) -> Sequence[Effect]:
    """A worker of each; a person not of the next one while they have not read that there is one."""
    message, about = event.message, event.appointment
    known, worker = await world.booking.known(about.contact), await world.booking.worker(message.worker)
    person = known.person.first_name if known.person else ""
    near = policy.is_near(about, world.now)
    if message.author == "person":
        words = t("notice.message") if policy.took_place(about) else t("notice.message_former")
        said = Text(words.msgid, {"name": person, "start": about.start, "text": message.text})
        return [_notice(event, (said, t("message.answer_here")), worker.first_name if worker else "", near=near)]
    if event.told:
        return []
    return [_notice(event, (t("message.notice", worker=worker.first_name if worker else ""),), person, near=near)]


def _notice(event: MessageWritten, texts: tuple[Text, ...], reader: str, *, near: bool) -> Notice:
    message, about = event.message, event.appointment
    return Notice(
        ToWorker(message.worker) if message.author == "person" else ToPerson(message.person),
        "message",
        texts,
        expires_at=about.end + AFTERWARDS,
        urgent=near,
        exchange=about.id,
        message=message.id,
        otherwise=not_arrived(message, about, reader, sure=True, near=near),
    )


def not_arrived(message: Message, about: Appointment, reader: str, *, sure: bool, near: bool) -> Notice:
    """To its writer: it reached nobody, or (not `sure`) nobody knows; and what they can do. A worker, who may know two
    of that first name, reads which hour it is about.
    """
    name = dated(reader, about) if message.author == "worker" else reader
    said = t("notice.message_lost", name=name) if sure else t("notice.message_unsure", name=name)
    to = ToPerson(message.person) if message.author == "person" else ToWorker(message.worker)
    return Notice(to, "undelivered", (said,), urgent=near)
