"""How the service itself is: alarms that stand, sending paused or held, messages that did not arrive, what is parked
or set aside.

Nobody's name or number: kinds, channels, reasons, ids.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from handlers import fates
from handlers.fates import Fate
from handlers.parts import Parts
from storage import documents, flags, inbox, senders
from storage import fates as outcomes
from storage.documents import Aside
from storage.inbox import Parked
from storage.senders import Held

BACK: Final = timedelta(days=7)
SLOW: Final = timedelta(minutes=5)  # so long after its time a message is late
SHOWN: Final = 100


@dataclass(frozen=True, slots=True)
class Standing:
    """An alarm that is not over. `since`: when it was said last, at most an hour ago."""

    code: str
    about: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Service:
    """`paused`: since when and why. `lost`: what did not arrive, the latest first; `late`: what should have gone."""

    alarms: Sequence[Standing]
    paused: tuple[datetime, str] | None
    held: Sequence[Held]
    lost: Sequence[Fate]
    late: Sequence[Fate]
    parked: Sequence[Parked]
    aside: Sequence[Aside]  # documents in which something acts


async def look(parts: Parts) -> Service:
    db, now = parts.db, parts.clock()
    lost = await fates.of_messages(parts, await outcomes.not_arrived(db, now - BACK, SHOWN))
    return Service(
        alarms=[_standing(name, since) for name, since in await flags.beginning(db, "alarm:")],
        paused=await flags.paused(db),
        held=sorted((await senders.held(db)).values(), key=lambda held: held.channel),
        lost=list(reversed(lost)),
        late=await fates.of_messages(parts, await outcomes.delayed(db, now - SLOW, SHOWN)),
        parked=await inbox.parked(db, SHOWN),
        aside=await documents.set_aside(db, SHOWN),
    )


async def alarms(parts: Parts) -> int:
    """How many stand, senders that are held among them."""
    return len(await flags.beginning(parts.db, "alarm:")) + len(await senders.held(parts.db))


def _standing(name: str, since: datetime) -> Standing:
    """`webhook_unset:telegram`, as `handlers/standing.py` calls it."""
    code, _, about = name.partition(":")
    return Standing(code, about, since)
