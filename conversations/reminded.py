"""A word that answers a reminder: which appointment is meant, and what is wanted of it.

A reminder is no question of a talk: it comes between two messages, days after one and days before the next, and takes
OUI, DEPLACER, ANNULER or free words all the same. They are bound to what was reminded of, on whichever channel, latest
first; where a question of ours is open too and they would answer that as well, we ask (docs/conversations.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal, TypeAlias

from booking.model import Appointment, AppointmentId
from booking.policy import is_over
from conversations import naming
from conversations.model import Context
from conversations.nearby import said_nearby
from conversations.normal import fold
from conversations.phrases import has, padded, pattern, without
from conversations.understand import Understood, understand
from conversations.when import MARKS
from conversations.wished import answers
from conversations.wishes import clauses

Wanted: TypeAlias = Literal["yes", "move", "cancel"]

WORDS: Final[Mapping[str, Wanted]] = {
    "words.reminder.yes": "yes",
    "words.reminder.no": "cancel",
}
WANTED: Final[Mapping[str, Wanted]] = {"yes": "yes", "move": "move", "cancel": "cancel", "no": "cancel"}


@dataclass(frozen=True, slots=True)
class Told:
    """An appointment that they were reminded of, as it is now."""

    appointment: Appointment
    at: datetime


@dataclass(frozen=True, slots=True)
class Heard:
    """What is wanted, and the wish that came with it ("plutôt vendredi"), as answers of a flow."""

    wanted: Wanted
    wish: Mapping[str, Any] = field(default_factory=dict)


# ---------------------------------------------------------------- which appointment


async def told(c: Context) -> list[Told]:
    """All of the last days that are still theirs, each once, latest first."""
    found, latest = [], {each.appointment: each for each in reversed(c.reminded)}
    for reminded in sorted(latest.values(), key=lambda each: each.at, reverse=True):
        appointment = await c.booking.appointment(reminded.appointment)
        if appointment is not None and c.known.person is not None and appointment.person == c.known.person.id:
            found.append(Told(_again(appointment, c), reminded.at))
    return found


def _again(appointment: Appointment, c: Context) -> Appointment:
    """The same hour of the same series, where it was given up and taken back meanwhile."""
    if appointment.status == "booked":
        return appointment
    same = (each for each in c.known.upcoming if (each.series, each.start) == (appointment.series, appointment.start))
    return next(same, appointment)


def standing(reminders: list[Told], now: datetime) -> list[Told]:
    """Those that may be answered: still to come, and not answered yet, if there are any such."""
    live = [each for each in reminders if not is_over(each.appointment, now)]
    return [each for each in live if not _answered(each)] or live


def _answered(each: Told) -> bool:
    return each.appointment.confirmed_at is not None and each.appointment.confirmed_at >= each.at


async def bound(c: Context) -> AppointmentId | None:
    """The only one that a command without a name can mean, where there are several appointments: the reminded one."""
    found = standing(await told(c), c.now)
    return found[0].appointment.id if len(found) == 1 else None


def together(reminders: list[Told]) -> bool:
    """Whether one message told of all of them: two of one day."""
    return len({each.at for each in reminders}) == 1


def named(reminders: list[Told], wish: Mapping[str, Any], zone: str) -> list[Told]:
    """Those of a day or an hour that was said ("je peux pas venir mardi", "ok pour 9h"), if any is."""
    found = {each.id for each in naming.named([each.appointment for each in reminders], wish, zone)}
    return [each for each in reminders if each.appointment.id in found]


# ---------------------------------------------------------------- what is wanted


def heard(text: str, c: Context, reminders: list[Told]) -> Heard | None:
    """None for what is no answer to a reminder: thanks, a subject, a code, a question."""
    said = fold(text)
    if found := next((wanted for words, wanted in WORDS.items() if said in c.words(words)), None):
        return Heard(found)
    means = _understood(text, c)
    if means.code or means.motive or means.language or "?" in text or said_nearby(text, c.words):
        return None
    if rather(text, c) and (instead := _rather(text, c)):
        return Heard("move", instead)
    wish = {name: value for name, value in answers(means).items() if name != "worker"}
    if (named_day := _cannot(text, c)) is not None:
        return Heard("cancel", named_day)
    wanted = WANTED.get(means.intent or "") or ("yes" if comes(text, c) else None)
    if wanted == "yes" and (refused := _but_not(text, c, reminders)):
        return Heard("cancel", refused)
    if wanted == "yes" and "days" in wish and not named(reminders, {"days": wish["days"]}, c.contact.zone):
        wanted = "move"  # "ok pour vendredi", and it is on another day
    if wanted == "yes" and "mode" in wish and all(each.appointment.mode != wish["mode"] for each in reminders):
        wanted = "move"  # "ok mais par téléphone"
    return None if wanted is None else Heard(wanted, wish)


def rather(text: str, c: Context) -> bool:
    """ "plutôt", "finalement", "à la place": another one than what was agreed."""
    return has(padded(text), pattern(c.words("words.rather")))


def _rather(text: str, c: Context) -> Mapping[str, Any]:
    """The day or hour that is wanted instead: what follows the word, or all of it ("vendredi plutôt")."""
    rest = pattern(c.words("words.rather")).split(padded(text, MARKS))[-1]
    for part in (rest, text):
        wish = answers(_understood(part, c))
        if any(wish.get(name) for name in ("days", "from", "to")):
            return wish
    return {}


def _cannot(text: str, c: Context) -> Mapping[str, Any] | None:
    """ "désolé, je peux pas jeudi": a clause that begins so, and goes on with nothing but a day or an hour."""
    begins = pattern(c.words("words.reminder.no"))
    for clause in clauses(text, c.words):
        found = begins.match(clause)
        rest = without(clause[found.end() :], pattern(c.words("words.rather"))).strip(" #") if found else ""
        day = answers(_understood(rest, c, naming=True)) if rest else {}
        if found and (not rest or any(day.values())):
            return day
    return None


def _but_not(text: str, c: Context, reminders: list[Told]) -> Mapping[str, Any]:
    """ "ok pour 9h mais pas 15h": the day or hour of a clause that refuses it, if they were reminded of such a one."""
    refuses = pattern(c.words("words.part.not"))
    for clause in clauses(text, c.words):
        found = refuses.match(clause)
        wish = answers(_understood(clause[found.end() :], c, naming=True)) if found else {}
        if named(reminders, wish, c.contact.zone):
            return wish
    return {}


def comes(text: str, c: Context) -> bool:
    """Unmistakably about an appointment ("j'y serai"), where a plain yes may be meant for anything."""
    return has(padded(text), pattern(c.words("words.reminder.coming")))


def _understood(text: str, c: Context, *, naming: bool = False) -> Understood:
    return understand(text, c.words, now=c.now, zone=c.contact.zone, naming=naming)
