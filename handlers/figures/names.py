"""What rows and columns of figures are called: families of literal msgids."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from conversations.flows.feedback import SCORES as SAID
from conversations.text import Text, t
from handlers.figures.kinds import SCORES, Bucket, Outcome

STEPS: Final[Mapping[str, Text]] = {
    "begun": t("figures.step.begun"),
    "start": t("figures.step.start"),
    "code": t("figures.step.code"),
    "motive": t("figures.step.motive"),
    "slot": t("figures.step.slot"),
    "terms": t("figures.step.terms"),
    "phone": t("figures.step.phone"),
    "name": t("figures.step.name"),
    "email": t("figures.step.email"),
    "summary": t("figures.step.summary"),
    "booked": t("figures.step.booked"),
    "other": t("figures.step.other"),
}

BUCKETS: Final[Mapping[Bucket, Text]] = {
    "minutes": t("figures.took.minutes"),
    "hour": t("figures.took.hour"),
    "day": t("figures.took.day"),
    "week": t("figures.took.week"),
    "more": t("figures.took.more"),
}

OUTCOMES: Final[Mapping[Outcome, Text]] = {
    "kept": t("figures.outcome.kept"),
    "missed": t("figures.outcome.missed"),
    "cancelled": t("figures.outcome.cancelled"),
    "late": t("figures.outcome.late"),
    "turned_down": t("figures.outcome.turned_down"),
    "open": t("figures.outcome.open"),
}

SCORED: Final[Mapping[int, Text]] = dict(zip(SCORES, SAID, strict=True))

CHANNELS: Final[Mapping[str, Text]] = {
    "sms": t("figures.channel.sms"),
    "whatsapp": t("figures.channel.whatsapp"),
    "telegram": t("figures.channel.telegram"),
    "email": t("figures.channel.email"),
}

# Outbox states, as an operator thinks of them.
FATES: Final[tuple[tuple[Text, frozenset[str]], ...]] = (
    (t("figures.fate.arrived"), frozenset({"delivered", "read"})),
    (t("figures.fate.sent"), frozenset({"accepted", "sent"})),
    (t("figures.fate.waiting"), frozenset({"queued", "sending"})),
    (t("figures.fate.held_back"), frozenset({"suppressed", "merged", "expired"})),
    (t("figures.fate.unknown"), frozenset({"unknown"})),
    (t("figures.fate.failed"), frozenset({"failed"})),
)
