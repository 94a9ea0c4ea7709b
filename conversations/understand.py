"""What a typed phrase means: the contents page of `intents`, `motives`, `dates`, `hours` and `danger`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from booking import codes
from booking.model import Mode, Motive
from conversations.danger import Level, danger
from conversations.intents import Intent, intent
from conversations.model import Words
from conversations.spelling import spelled
from conversations.topics import language, mode, motive, topics_only, worker
from conversations.when import when
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
OPEN: Final = frozenset({None, "book", "yes", "no", "greeting", "thanks", "help", "human"})  # may come with a subject


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
    *,
    naming: bool = False,
) -> Understood:
    """What a text says, each field on its own.

    `workers`: ref to first name, of those who may be meant. `naming`: days name something that is there already.
    """
    parts = tuple(spelled(part, words) for part in clauses(text, words))
    about = topics_only(parts, words)
    subject, way = motive(about, words), mode(about, words)
    named = language(parts, words, LANGUAGES)
    wanted = intent(text, parts, words, topical=bool(subject or way)) or ("language" if named else None)
    risk = danger(text, words)
    suits = when(
        text, words, now.astimezone(ZoneInfo(zone)), moving=wanted == "move", naming=naming or wanted == "cancel"
    )
    return Understood(
        intent=wanted,
        motive=subject if wanted in OPEN else motive(about, words, weak=False),
        mode=way,
        worker=worker(parts, words, workers or {}),
        days=suits.days,
        earliest=suits.earliest,
        latest=suits.latest,
        code=codes.find(text),
        language=named,
        danger=risk.level if risk else None,
    )
