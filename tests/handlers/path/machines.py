"""What the machines of a whole town share (`test_erasing_machine.py`, `test_deciding_machine.py`): channels that note
what is sent, and providers where everything is deleted at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from handlers.channels.base import Channel, ChannelName
from handlers.channels.copies import End
from tests.handlers.path.place import Clock, Line


class Provider:
    """What lies there is deleted at once."""

    async def empty(self, ref: str) -> End:
        return "emptied"

    async def delete(self, ref: str) -> End:
        return "deleted"

    async def find(self, to: str, since: datetime) -> Sequence[str]:
        return []


def providers() -> dict[str, Provider]:
    return {name: Provider() for name in ("sms", "whatsapp", "telegram")}


def lines(clock: Clock) -> dict[str, Channel]:
    names: tuple[ChannelName, ...] = ("sms", "whatsapp", "telegram", "email")
    return {name: Line(name, clock) for name in names}
