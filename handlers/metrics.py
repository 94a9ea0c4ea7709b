"""Every figure that we give to Prometheus, under its name. One object a process, passed in: no global registry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

PREFIX: Final = "socialdirect"
# A reply within a second is felt as immediate, after half a minute people write again.
REPLY_SECONDS: Final = (0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 30, 60, 300, 900)


@dataclass(frozen=True, slots=True)
class Figures:
    """What is read from the database when somebody asks."""

    outbox_pending: int
    outbox_oldest: timedelta | None
    inbox_parked: int
    inbox_oldest: timedelta | None = None
    tickets_open: int = 0
    tickets_untaken: int = 0
    tickets_oldest: timedelta | None = None


class Metrics:
    """`metrics.inbound_messages.labels("sms", "new").inc()`. Labels hold kinds and outcomes, nothing of a person."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.inbound_messages = self._counter(
            "inbound_messages", "Messages that came in, by what became of them.", "channel", "outcome"
        )
        self.outbound_messages = self._counter(
            "outbound_messages", "Messages of ours, by what became of them.", "channel", "kind", "outcome"
        )
        self.outbound_segments = self._counter("outbound_segments", "Segments sent, which is what is paid.", "channel")
        self.inbound_to_reply = Histogram(
            "inbound_to_reply_seconds",
            "From the webhook's arrival to the provider's acceptance of the first reply.",
            namespace=PREFIX,
            buckets=REPLY_SECONDS,
            registry=self.registry,
        )
        self.outbox_pending = self._gauge("outbox_pending", "Messages that are due and not sent.")
        self.outbox_oldest = self._gauge("outbox_oldest_seconds", "For how long the oldest of them has been due.")
        self.inbox_parked = self._gauge("inbox_parked", "Inbox rows that wait for a human.")
        self.inbox_oldest = self._gauge(
            "inbox_oldest_seconds", "For how long the oldest message that was taken in has waited: does a worker run?"
        )
        self.tickets_open = self._gauge("tickets_open", "Tickets of the desk that are not closed.")
        self.tickets_untaken = self._gauge("tickets_untaken", "Those that nobody has.")
        self.tickets_oldest = self._gauge(
            "tickets_oldest_untaken_seconds", "For how long the oldest of those has been nobody's."
        )
        self.appointments = self._counter("appointments", "Appointments, by what became of them.", "mode", "outcome")
        self.reminders = self._counter("reminders", "Reminders, by what became of them.", "kind", "outcome")
        self.calls = self._counter("calls", "Calls of a worker to a person, by what became of them.", "outcome")
        self.provider_copies = self._counter(
            "provider_copies",
            "Messages that lay at their provider, by what became of them there.",
            "channel",
            "outcome",
        )
        self.conversation_step = self._counter(
            "conversation_step", "Steps of a talk that were answered.", "flow", "step", "outcome"
        )
        self.alarms = self._counter("alarms", "Alarms, each also a line of the log.", "code")

    def show(self, figures: Figures) -> None:
        self.outbox_pending.set(figures.outbox_pending)
        self.outbox_oldest.set(figures.outbox_oldest.total_seconds() if figures.outbox_oldest else 0)
        self.inbox_parked.set(figures.inbox_parked)
        self.inbox_oldest.set(figures.inbox_oldest.total_seconds() if figures.inbox_oldest else 0)
        self.tickets_open.set(figures.tickets_open)
        self.tickets_untaken.set(figures.tickets_untaken)
        self.tickets_oldest.set(figures.tickets_oldest.total_seconds() if figures.tickets_oldest else 0)

    def hide(self) -> None:
        """The database is away: no figure is better than an old one."""
        of_messages = (self.outbox_pending, self.outbox_oldest, self.inbox_parked, self.inbox_oldest)
        for gauge in (*of_messages, self.tickets_open, self.tickets_untaken, self.tickets_oldest):
            gauge.set(float("nan"))

    def text(self) -> tuple[bytes, str]:
        """The exposition and its content type."""
        return generate_latest(self.registry), CONTENT_TYPE_LATEST

    def _counter(self, name: str, about: str, *labels: str) -> Counter:
        return Counter(name, about, labels, namespace=PREFIX, registry=self.registry)

    def _gauge(self, name: str, about: str) -> Gauge:
        return Gauge(name, about, namespace=PREFIX, registry=self.registry)
