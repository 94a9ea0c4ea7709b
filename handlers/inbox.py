"""The door:

a message is stored, once, before anybody is told that we have it (invariants I1, I2). Nothing is looked at.
"""

from __future__ import annotations

from booking import phones
from handlers.channels.base import Envelope
from handlers.parts import Parts
from storage import inbox
from storage.inbox import Arrival


class Door:
    """`await door(envelope)`:

    the contact, once the message is committed; None for a repeat. Raises what storage raises.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def __call__(self, envelope: Envelope) -> str | None:
        parts = self._parts
        arrival = Arrival(
            channel=envelope.channel,
            address=envelope.address,
            external_id=envelope.external_id,
            body=envelope.raw,
            sent_at=envelope.sent_at,
            parked=envelope.parked,
            alias=envelope.alias,
        )
        contact = await inbox.accept(
            parts.db,
            arrival,
            parts.clock(),
            parts.new_id,
            lang=language(envelope, parts),
            time_zone=zone(envelope, parts),
        )
        if contact is not None and envelope.parked is None:
            parts.bell.ring("inbox")
        return contact


def language(envelope: Envelope, parts: Parts) -> str:
    """Telegram tells the language of a person's telephone; else the default, until they write."""
    told = (envelope.language or "").split("-")[0]
    return told if told in parts.languages else parts.default_lang


def zone(envelope: Envelope, parts: Parts) -> str:
    """Where a number is from says which clock its owner lives by, until they say otherwise."""
    mobile = phones.read(envelope.address) if envelope.address.startswith("+") else None
    return mobile.zone if mobile else str(parts.zone)
