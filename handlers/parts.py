"""The parts that the handlers work with, put together by `bot/app.py`. Handed in; there are no globals."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from booking.model import Hours, Rules
from conversations.model import Flow
from handlers.channels.base import Channel
from handlers.channels.copies import Copies
from handlers.channels.twilio_voice import VoiceLine
from handlers.documents.keeping import Keeping
from handlers.metrics import Metrics
from handlers.pacing import Pace
from handlers.reminders import Quiet
from storage.bell import Bell
from storage.booking import Directories
from storage.db import Database
from storage.throttle import LocalThrottle, Throttle


class Alarms(Protocol):
    """Raises an alarm:

    an ERROR log line with a stable code, and a metric. Ids only, never what a person wrote or is.
    """

    def __call__(self, code: str, **ids: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Pages:
    """The addresses that the outside sees."""

    public_url: str
    video_url: str | None  # None: a page of our own


@dataclass(frozen=True, slots=True)
class Parts:
    """`clock` gives aware instants in UTC; `new_id` 26 lower-case base32 signs, rising with time."""

    db: Database
    directories: Directories
    bell: Bell
    channels: Mapping[str, Channel]
    flows: Mapping[str, Flow]
    rules: Rules
    metrics: Metrics
    alarm: Alarms
    clock: Callable[[], datetime]
    new_id: Callable[[], str]
    pages: Pages
    languages: tuple[str, ...]
    default_lang: str
    zone: ZoneInfo
    desk_phone: str | None
    desk_hours: Sequence[Hours]
    befores: Sequence[timedelta]
    quiet: Quiet
    draft_time: timedelta
    max_unasked: int
    alert_to: str | None
    whatsapp_number: str | None  # ours
    sms_number: str | None = None  # ours; a messaging service does not tell its own
    voice: VoiceLine | None = None  # masked calls; without it workers dial themselves
    desk_time: timedelta = timedelta(minutes=30)  # how long whoever writes to the desk waits at most
    desk_on_holidays: bool = False  # whether the desk is there on public holidays, too
    documents: Keeping | None = None  # what people send for their worker; without it, none is taken
    copies: Mapping[str, Copies] = field(default_factory=dict)  # what lies at providers of what was said, by channel
    pace: Pace | None = None  # how fast each sender may go; without it, as fast as it can
    messages_a_minute: int = 20  # of one sender that are heard: `handlers/flooding.py`
    most_segments: int = 2000  # of text messages, a day: `handlers/spending.py`
    throttle: Throttle = field(default_factory=LocalThrottle)  # of the API's callers
