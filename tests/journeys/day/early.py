"""Which delivery states came before our own call was answered, so before our row was marked."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

from bot.standins.faults import Early
from bot.standins.ledger import Ledger
from tests.journeys.day.evidence import State


def before_our_write(ledger: Ledger) -> Iterator[State]:
    """From what was posted while a call was being answered. The clock stands still meanwhile."""
    for call in ledger.calls:
        if not isinstance(call.fault, Early):
            continue
        ours = _row(call.params["StatusCallback"])
        for posted in ledger.posted[: call.posted]:
            if posted.taken and posted.at == call.at and _row(posted.url) == ours:
                form = parse_qs(posted.body.decode())
                yield State(ours, form["MessageSid"][0], form["MessageStatus"][0], None)


def _row(url: str) -> str:
    return parse_qs(urlsplit(url).query).get("m", [""])[0]
