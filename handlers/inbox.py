"""The door:

a message is stored, once, before anybody is told that we have it (invariants I1, I2). Nothing is looked at.

While too much waits, what a provider brings is not taken in, early and cheaply (threat T28). It comes again: Twilio
tries five times, then at the fallback, and what still missed the door is read from its log, which is never refused
(`missed.py`); Telegram comes again for 24 hours, and only the messages of the same chat wait behind one. Fails open:
what comes between two looks is taken.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from booking import phones
from handlers.channels.base import Envelope
from handlers.parts import Parts
from storage import contacts, inbox
from storage.inbox import Arrival

MOST: Final = 50_000  # unread rows of all: ten minutes' work for one worker
MOST_OF_ONE: Final = 200  # of one contact: ten minutes of writing as fast as is heard (`flooding.py`)
LOOK: Final = timedelta(seconds=1)  # between two counts of all, which read as many rows of an index


class Crowded(Exception):
    """Too much waits: it is to come again later."""


class Door:
    """`await door(envelope)`:

    the contact, once the message is committed; None for a repeat. Raises what storage raises, and Crowded where it
    `sheds`: who brings a message comes again.
    """

    def __init__(self, parts: Parts, *, sheds: bool = False, most: int = MOST) -> None:
        self._parts, self._sheds, self._most = parts, sheds, most
        self._looked_at: datetime | None = None
        self._full = False

    async def __call__(self, envelope: Envelope) -> str | None:
        parts = self._parts
        if self._sheds:
            await self._is_open(envelope)
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

    async def _is_open(self, envelope: Envelope) -> None:
        now, db = self._parts.clock(), self._parts.db
        if self._looked_at is None or not timedelta() <= now - self._looked_at < LOOK:
            self._looked_at, self._full = now, await inbox.crowded(db, self._most)
        if self._full:
            raise Crowded
        contact = await contacts.find(db, envelope.channel, envelope.address)
        if contact is not None and await inbox.crowded(db, MOST_OF_ONE, contact):
            raise Crowded


def language(envelope: Envelope, parts: Parts) -> str:
    """Telegram tells the language of a person's telephone; else the default, until they write."""
    told = (envelope.language or "").split("-")[0]
    return told if told in parts.languages else parts.default_lang


def zone(envelope: Envelope, parts: Parts) -> str:
    """Where a number is from says which clock its owner lives by, until they say otherwise."""
    mobile = phones.read(envelope.address) if envelope.address.startswith("+") else None
    return mobile.zone if mobile else str(parts.zone)
