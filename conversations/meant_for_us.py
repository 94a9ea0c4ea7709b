"""Whether a text that would go to somebody else may be meant for us: it asks for something that we do, is a bare number
or a word of its own. Then it is asked about before it goes; a text with a few words of its own is not.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from booking import calendar_address
from conversations.model import Context
from conversations.nearby import said_nearby
from conversations.normal import fold
from conversations.phrases import has, padded, pattern
from conversations.recognise import by_number
from conversations.understand import understand
from conversations.wishes import clauses, mentions

# What a person may ask us for in a sentence. Some are for the worker all the same ("pouvez-vous m'aider à remplir ce
# papier ?"): one question more is the price of none that goes astray.
WISHES: Final = frozenset(
    {"book", "cancel", "move", "appointments", "human", "language", "my_data", "help", "menu", "back", "stop", "start"}
    | {"profile"}
)
# What a worker may ask us for.
ACTS: Final = (
    *("cancel", "absent", "further", "propose", "move", "unblock", "block", "open", "refuse", "accept", "calendar"),
    *("reply", "report", "messages", "week", "tomorrow", "today", "next"),
)
ANSWERS: Final = ("words.yes", "words.no", "words.thanks")
CALENDAR_ASKED: Final = "calendar_asked"  # the fact: since when we wait for a worker's address, ISO 8601
CALENDAR_FRESH: Final = timedelta(hours=1)  # so long an address alone is the one that we asked for


def calendar_awaited(c: Context) -> bool:
    """Whether we asked a worker for the address of their calendar a moment ago."""
    since = c.answers.get(CALENDAR_ASKED)
    return since is not None and c.now - datetime.fromisoformat(since) <= CALENDAR_FRESH


def may_be_for_us(text: str, c: Context) -> bool:
    said = fold(text)
    if by_number(text, c.words) is not None or said in c.words("words.greeting"):
        return True
    if " " not in said and not answers(text, c):
        return True
    if c.contact.worker:
        return _their_calendar(text, c) or any(_holds(text, name, c.words(f"words.worker.{name}"), c) for name in ACTS)
    heard = understand(text, c.words, now=c.now, zone=c.contact.zone)
    return heard.code is not None or heard.intent in WISHES


def asks_for_us(text: str, c: Context) -> bool:
    """A person's wish that we serve, or what is said around the hour: heard as that, whatever waits to be read. Who
    does not understand may not understand what waits.
    """
    if asks_to_write(text, c) or said_nearby(text, c.words) is not None:
        return True
    heard = understand(text, c.words, now=c.now, zone=c.contact.zone)
    return heard.code is not None or heard.intent in WISHES - {"help"}


def speaks_of_us(text: str, c: Context) -> bool:
    """Whether it names something that we do, be it wanted or not: "je ne veux pas annuler"."""
    return any(has(padded(text), pattern(c.words(f"words.wish.{name}"))) for name in sorted(WISHES))


def _their_calendar(text: str, c: Context) -> bool:
    """An address that opens a worker's calendar to whoever has it is a secret."""
    address = calendar_address.find(text)
    return address is not None and (calendar_awaited(c) or calendar_address.looks_so(address))


def answers(text: str, c: Context) -> bool:
    """A bare yes, no or thanks: an answer to whoever spoke last."""
    return any(fold(text) in c.words(words) for words in ANSWERS)


def manners(text: str, c: Context) -> bool:
    """The same, and a bare greeting: no message of its own where none was asked for."""
    return answers(text, c) or fold(text) in c.words("words.greeting")


def asks_to_write(text: str, c: Context) -> bool:
    """ "je voudrais envoyer un message à Claire" asks for one, and is none."""
    return _holds(text, "message", c.words("words.message.asks"), c)


def begins_as_command(text: str, c: Context) -> bool:
    """ "bloquer mardi 14h" begins with what it asks us for; "oui, je vous propose jeudi" does not."""
    said = padded(calendar_address.without(text))
    return any(pattern(c.words(f"words.worker.{name}")).match(said) for name in ACTS)


def _holds(text: str, name: str, phrases: tuple[str, ...], c: Context) -> bool:
    return bool(mentions(clauses(calendar_address.without(text), c.words), name, phrases, c.words))
