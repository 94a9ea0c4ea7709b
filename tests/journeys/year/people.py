"""People with telephones, who do not know how the program works. They read what stands on their screen and answer it as
people do: by numbers, by labels, by words, late, wrongly, or not at all. Chance is each one's own, out of one seed.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Final, Literal, TypeAlias
from zoneinfo import ZoneInfo

from tests.journeys.year.clocks import day_in_words
from tests.journeys.year.phones import Said

CODE: Final = "PORTS-7KQM-4XTD"
FIRST: Final = ("Camille", "Louise", "Adrien", "Moussa", "Ines", "Paul", "Rosalie", "Yann", "Sofia", "Bruno", "Aline")
LAST: Final = ("Dubois", "Martin", "Leroy", "Diallo", "Petit", "Roussel", "Garnier", "Lopez", "Faure", "Perrin")
WORDS: Final = {
    ("move", "fr"): ("DEPLACER", "déplacer", "je voudrais déplacer mon rdv"),
    ("cancel", "fr"): ("ANNULER", "annuler", "je voudrais annuler mon rendez-vous"),
    ("book", "fr"): ("bonjour", "je voudrais un rendez-vous", "rdv"),
    ("yes", "fr"): ("OUI", "oui"),
    ("move", "en"): ("MOVE", "move"),
    ("cancel", "en"): ("DROP", "I want to cancel my appointment"),
    ("book", "en"): ("hello", "I would like an appointment"),
    ("yes", "en"): ("OK", "ok"),
    ("thanks", "fr"): ("merci",),
    ("thanks", "en"): ("thank you",),
}
PATIENCE: Final = 14  # messages of one talk before they give up
Goal: TypeAlias = Literal["book", "move", "cancel", "yes", "thanks", "stop", "start"]


@dataclass
class Talk:
    """What they want now. `day`: the day that they have in mind, if any; `asked`: how often hours were shown."""

    goal: Goal
    day: date | None = None
    sent: int = 0
    asked: int = 0
    mode: str | None = None


@dataclass
class Person:
    number: int
    channel: Literal["sms", "whatsapp", "telegram"]
    zone: str
    lang: str
    chance: Random
    phone: str
    first: str
    last: str
    talk: Talk | None = None
    waiting: deque[Talk] = field(default_factory=deque)  # further wishes, one after the other
    done: dict[str, int] = field(default_factory=dict)  # how their talks ended
    stopped: list[tuple[datetime, datetime | None]] = field(default_factory=list)  # when they wanted silence

    @property
    def address(self) -> str:
        return str(900_000_000 + self.number) if self.channel == "telegram" else self.phone

    @property
    def addresses(self) -> frozenset[tuple[str, str]]:
        """Where they may be told something: also by SMS, once WhatsApp's window is shut."""
        return frozenset({(self.channel, self.address), ("sms", self.phone)})

    @property
    def email(self) -> str:
        return f"person{self.number}@example.org"

    def local(self, at: datetime) -> datetime:
        return at.astimezone(ZoneInfo(self.zone))

    # ------------------------------------------------------------ what they type

    def begins(self, talk: Talk) -> str:
        """The first words of a wish."""
        self.talk = talk
        talk.sent += 1
        return self.words(talk.goal)

    def words(self, goal: str) -> str:
        if goal in {"stop", "start"}:
            return goal.upper()
        return self.chance.choice(WORDS[goal, self.lang])

    def ends(self, how: str) -> None:
        assert self.talk is not None
        name = f"{self.talk.goal} {how}"
        self.done[name] = self.done.get(name, 0) + 1
        self.talk = None

    def answers(self, said: Said) -> str | None:
        """What they type next; None: the talk is over for them."""
        talk = self.talk
        if talk is None:
            return None
        if (how := ended(said)) is not None:
            self.ends(how)
            return None
        if talk.sent >= PATIENCE:
            self.ends("given up")
            return None
        answer = self._to_question(said, talk)
        if answer is None:
            self.ends("not understood")
        else:
            talk.sent += 1
        return answer

    def _to_question(self, said: Said, talk: Talk) -> str | None:
        for msgid in said.msgids:
            if msgid in PLAIN:
                told = {"code": CODE, "name": f"{self.first} {self.last}", "email": self.email}
                return told.get(PLAIN[msgid], PLAIN[msgid])
        options = {option.value: n for n, option in enumerate(said.reply.options, 1)}
        hours = [value for value in options if value[:2] == "20" and "/" in value]
        if hours or "any_time" in options or ("human" in options and "mode" in options):
            return self._hour(talk, options, hours)
        number = self._choice(said, talk, options)
        return None if number is None else self.choose(said, number)

    def _choice(self, said: Said, talk: Talk, options: dict[str, int]) -> int | None:
        wanted = next((value for value in (*CHOICES[talk.goal], *ALWAYS) if value in options), None)
        if wanted is not None:
            return options[wanted]
        if {"finance", "housing"} <= options.keys():
            return self.chance.randint(1, 6)
        if "which.ask" in said.msgids:
            return self.chance.randint(1, len(options))
        if "later" in options:
            return options[self.chance.choice(("later", "next_week", "morning", "afternoon"))]
        return None

    def _hour(self, talk: Talk, options: dict[str, int], hours: list[str]) -> str:
        """The day that they had in mind, once said; then one of those shown; sometimes others first."""
        talk.asked += 1
        if talk.day is not None and talk.asked == 1:
            return day_in_words(talk.day, self.lang)
        if not hours:
            return str(options.get("any_time") or options.get("any_worker") or options.get("mode"))
        if talk.asked < 4 and self.chance.random() < 0.12:
            return str(options.get("dates") or 1)
        return str(options[self.chance.choice(hours)])

    def choose(self, said: Said, number: int) -> str:
        """By a button where there are some, else by its number, dressed as people dress it."""
        if self.channel == "telegram" and said.reply.prompt and self.chance.random() < 0.7:
            return f"[{said.reply.prompt}:{number}]"
        return self.chance.choice((str(number), str(number), f"{number}.", f" {number} "))


# What is said when a wish is fulfilled, refused or left: prefix of a msgid -> how it ended.
ENDS: Final = {
    "confirmed.change": "done",
    "cancel.done": "done",
    "cancel.kept": "kept",
    "cancel.over": "over",
    "appointments.none": "none",
    "refused.": "refused",
    "yes.noted": "done",
    "thanks.reply": "done",
    "stop.done": "done",
    "start.done": "done",
    "human.": "human",
    "code.slow": "slowed down",
}
PLAIN: Final = {
    "code.ask": "code",
    "name.ask": "name",
    "email.ask": "email",
    "phone.ask_button": "(contact)",
}
ALWAYS: Final = ("accept", "confirm", "go_on", "any_worker", "same")
CHOICES: Final[dict[str, tuple[str, ...]]] = {
    "book": ("book",),
    "move": ("move", "yes"),
    "cancel": ("cancel", "yes"),
    "yes": (),
    "thanks": (),
    "stop": (),
    "start": (),
}


def ended(said: Said) -> str | None:
    for msgid in said.msgids:
        for beginning, how in ENDS.items():
            if msgid == beginning or (beginning.endswith(".") and msgid.startswith(beginning)):
                return how
    return None


def after(chance: Random, shortest: timedelta, longest: timedelta) -> timedelta:
    """Whole seconds and a few microseconds of one's own, so that hardly ever two act at the very same instant."""
    seconds = chance.uniform(shortest.total_seconds(), longest.total_seconds())
    return timedelta(seconds=int(seconds), microseconds=chance.randrange(1_000_000))
