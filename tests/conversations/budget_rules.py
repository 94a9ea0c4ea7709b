"""How many segments a message may take as an SMS, by what it is; and which take more, and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

RULES: Final[Mapping[str, tuple[int, str]]] = {
    "question": (1, "asks for one thing, in words or with a few fixed choices"),
    "list": (2, "a question whose choices are hours, people, subjects or commands, as many as there are"),
    "terms": (2, "asks for consent, with the terms' address"),
    "reply": (2, "says something, and perhaps asks the next question"),
    "first": (2, "the same to somebody who writes for the first time: who we are comes before it"),
    "notice": (2, "is sent unasked: reminders, changes, what workers are told"),
    "agenda": (2, "the hours of a worker's day or week: as many as fit, the rest on asking"),
    "morning": (
        0,
        "what a worker who chose so is told at eight, the day and each change since: in several it would cost more",
    ),
    "read": (0, "what the two wrote to each other, for who asked to read it: as long as they wrote"),
    "decided": (4, "what was decided about their account, once, before the answer to what they wrote"),
    "words": (2, "comes in no talk that is rehearsed by SMS; measured alone"),
}
# What takes one part more than its kind may, on the longest days at least; and why it is left so.
HELPED_BY_THE_DESK: Final = "the desk made their account, and their very first word comes in the middle of a change"
ALL_AT_ONCE: Final = (
    "code and subject in a first message: who we are, a person, the price, that no employer learns of it, what was "
    "understood, three hours and the ways to others are all due in this one answer"
)
DANGER_FIRST: Final = (
    "somebody's very first words are of danger, while their account is suspended: help first, then who we are and what "
    "they can still do here"
)
NEVER_AGAIN: Final = "what goes, for ever, and that nothing is kept must be read before the first yes"
READ_FIRST: Final = "name, number and address as we have them are what they asked to see, before anything is changed"
EXCEPTIONS: Final[Mapping[str, str]] = {
    "erase.sure": NEVER_AGAIN,
    "profile.what": READ_FIRST,
    "welcome.code + noted.motive + slot.ask": ALL_AT_ONCE,
    "welcome.code_abroad + noted.motive + slot.ask": ALL_AT_ONCE,
    "danger.suicide + welcome.known + menu.ask": DANGER_FIRST,
    "welcome.known + slot.gone + replaced.again + replaced.ask": HELPED_BY_THE_DESK,
    "welcome.known + digit.which + replaced.sorry + replaced.ask": HELPED_BY_THE_DESK,
    "welcome.known + digit.which + replaced.again + replaced.ask": HELPED_BY_THE_DESK,
}
