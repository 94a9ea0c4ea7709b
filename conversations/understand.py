"""What a typed phrase means: the contents page of `intents`, `motives`, `dates`, `hours` and `danger`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final

from booking.model import Mode, Motive
from conversations.danger import Level, danger
from conversations.intents import Intent, intent
from conversations.model import Words
from conversations.topics import language, mode, motive, worker
from conversations.wishes import clauses

LANGUAGES: Final = (
    "fr",
    "en",
    "es",
    "pt",
    "it",
    "de",
    "ar",
    "tr",
    "uk",
    "ro",
    "pl",
    "ru",
)  # that people ask for by name


@dataclass(frozen=True, slots=True)
class Understood:
    """What was found in a text; None, or no days, where nothing was. Days and bounds are in the person's own zone."""

    intent: Intent | None = None
    motive: Motive | None = None
    mode: Mode | None = None
    worker: str | None = None  # ref
    days: tuple[date, ...] = ()  # that the wish allows, in order, at most 31
    earliest: time | None = None  # bounds on the start
    latest: time | None = None
    code: str | None = None
    language: str | None = None
    danger: Level | None = None

    def to_json(self) -> dict[str, Any]:
        """The object that `socialdirect understand` prints."""
        return {
            "intent": self.intent,
            "motive": self.motive,
            "mode": self.mode,
            "worker": self.worker,
            "days": [day.isoformat() for day in self.days] or None,
            "from": f"{self.earliest:%H:%M}" if self.earliest else None,
            "to": f"{self.latest:%H:%M}" if self.latest else None,
            "code": self.code,
            "language": self.language,
            "danger": self.danger,
        }


def understand(
    text: str,
    words: Words,
    now: datetime,
    zone: str = "Europe/Paris",
    workers: Mapping[str, str] | None = None,
) -> Understood:
    """What a text says, each field on its own. `workers`: ref to first name, of those who may be meant."""
    parts = clauses(text, words)
    risk = danger(text, words)
    return Understood(
        intent=intent(text, parts, words),
        motive=motive(parts, words),
        mode=mode(parts, words),
        worker=worker(parts, words, workers or {}),
        language=language(parts, words, LANGUAGES),
        danger=risk.level if risk else None,
    )
