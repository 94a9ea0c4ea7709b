"""What people and workers make of a message that they did not ask for: an answer after a while, or none at all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final, TypeAlias

from tests.journeys.year.people import Human, Person, Talk
from tests.journeys.year.phones import Said

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
Shares: TypeAlias = Sequence[tuple[float, str]]  # up to this share of all, they answer so; the rest do not answer

# Where it came by SMS instead of their app, they write as usual, in words.
WORDS: Final[Sequence[tuple[str, Shares, timedelta]]] = (
    ("reminder.answer", ((0.3, "yes"), (0.4, "move"), (0.47, "cancel"), (0.5, "thanks")), 5 * HOUR),
    ("reminder.late_phone", ((0.05, "cancel"),), HOUR),
    ("reminder.late_video", ((0.05, "cancel"),), HOUR),
    ("soon.phone_own", ((0.02, "nobody"),), 15 * MINUTE),
    ("notice.cancelled_for_you", ((0.5, "book"),), 5 * HOUR),
)
# Questions, answered by one of their options; 'hour' is any of the hours that are offered.
OPTIONS: Final[Sequence[tuple[str, Shares, timedelta]]] = (
    ("replaced.sorry", ((0.5, "hour"), (0.6, "dates"), (0.7, "none")), 5 * HOUR),
    ("replaced.again", ((0.4, "hour"), (0.5, "dates"), (0.6, "none")), 9 * HOUR),
    ("proposed.ask", ((0.45, "yes"), (0.65, "keep"), (0.75, "other")), 5 * HOUR),
    ("freed.ask", ((0.6, "take"), (0.75, "not_now"), (0.8, "leave")), 3 * HOUR),
    ("freed.ask_earlier", ((0.6, "take"), (0.75, "not_now"), (0.8, "leave")), 3 * HOUR),
    ("feedback.ask", ((0.04, "1"), (0.08, "2"), (0.15, "3"), (0.3, "4"), (0.5, "5")), 6 * HOUR),
    ("missed.ask", ((0.4, "new"), (0.6, "no")), 6 * HOUR),
    ("attend.ask", ((0.65, "there"), (0.8, "absent"), (0.88, "again")), 9 * MINUTE),
)


def made_of(human: Human, said: Said) -> tuple[Talk, timedelta] | None:
    """What they want now, and how long they may take to say it."""
    luck = human.chance.random()
    if not isinstance(human, Person) and "notice.refuse" in said.msgids:
        return (Talk(human.chance.choice(("refuse", "accept"))), HOUR) if luck < 0.4 else None
    for msgid, shares, longest in WORDS:
        if msgid in said.msgids and isinstance(human, Person):
            goal = _share(luck, shares)
            return None if goal is None else (Talk(goal), longest)
    for msgid, shares, longest in OPTIONS:
        if msgid in said.msgids:
            answer = _option(human, said, _share(luck, shares))
            by = None if said.channel == "email" else said.channel  # a question is answered where it was asked
            return None if answer is None else (Talk("answer", first=answer, by=by), longest)
    return None


def _share(luck: float, shares: Shares) -> str | None:
    return next((wanted for share, wanted in shares if luck < share), None)


def _option(human: Human, said: Said, wanted: str | None) -> str | None:
    options = {option.value: n for n, option in enumerate(said.reply.options, 1)}
    hours = [value for value in options if value[:2] == "20" and "/" in value]
    if wanted == "hour":
        wanted = human.chance.choice(hours) if hours else None
    return human.choose(said, options[wanted]) if wanted in options else None
