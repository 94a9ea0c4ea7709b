"""Made-up clients, workers and turns for the tests of the core, and how to run its coroutines without an event loop."""

from __future__ import annotations

from collections.abc import Coroutine, Iterable
from dataclasses import replace
from datetime import UTC, datetime, time
from itertools import count
from typing import Any, TypeVar

from booking.core import Booking
from booking.memory import MemoryStore
from booking.model import (
    Client,
    ClientId,
    ClientKind,
    Code,
    CodeId,
    Consent,
    ContactId,
    Hours,
    Mode,
    Motive,
    NotifyBy,
    Rules,
    Wish,
    Worker,
    WorkerId,
)
from booking.ports import BookingStore, Joining

T = TypeVar("T")

MONDAY = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)  # 7:00 in Paris
PORTS = Client(ClientId("ports"), "ports", "Mutuelle des Ports", ClientKind.INSURER)
CODE = Code(CodeId("code-ports"), PORTS.id)
LETTERS = "PORTS-7KQM-4XTD"
WEEKDAYS = frozenset(range(5))
NINE_TO_NOON = Hours(WEEKDAYS, time(9), time(12))
MONEY = Wish(Motive.FINANCE, Mode.VIDEO)
ANN, BEN, CLEO = ContactId("ann"), ContactId("ben"), ContactId("cleo")


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Drive a coroutine by hand: one that really waits for something fails."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    raise AssertionError("it waited for something")


def worker(ref: str, *hours: Hours, **changes: Any) -> Worker:
    made = Worker(
        id=WorkerId(ref),
        ref=ref,
        first_name=ref.capitalize(),
        last_name="Morel",
        phone="+33639980101",
        email=f"{ref}@example.org",
        notify_by=NotifyBy.SMS,
        motives=frozenset(Motive),
        modes=frozenset({Mode.VIDEO, Mode.PHONE}),
        languages=("fr",),
        hours=hours or (NINE_TO_NOON,),
    )
    return replace(made, **changes)


def consent(rules: Rules = Rules()) -> Consent:  # noqa: B008 - frozen
    return Consent(rules.terms_version, "fr", "sms", "oui", MONDAY, policy_version=rules.policy_version)


def joining(code: CodeId = CODE.id) -> Joining:
    return Joining(code, "Ann", "Martin", "ann@example.org", "+33639980201", "fr", "Europe/Paris")


class Desk:
    """One store and as many turns on it as a test wants."""

    def __init__(self, workers: Iterable[Worker] = (), rules: Rules | None = None, store: BookingStore | None = None):
        self.memory = MemoryStore(workers)
        self.memory.put_client(PORTS)
        self.memory.put_code(CODE, LETTERS)
        self.store: BookingStore = store or self.memory
        self.rules = rules or Rules()
        self.now = MONDAY
        self._numbers = count(1)

    def turn(self, now: datetime | None = None) -> Booking:
        return Booking(self.store, self.rules, now or self.now, lambda: f"id{next(self._numbers)}")
