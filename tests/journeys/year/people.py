"""People with telephones, who do not know how the program works. They read what stands on their screen and answer it as
people do: by numbers, by labels, by words, late, wrongly, or not at all. Chance is each one's own, out of one seed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Final, Literal
from zoneinfo import ZoneInfo

from tests.journeys.year.clocks import day_in_words
from tests.journeys.year.phones import Said

CODE: Final = "PORTS-7KQM-4XTD"
FIRST: Final = ("Camille", "Louise", "Adrien", "Moussa", "Ines", "Paul", "Rosalie", "Yann", "Sofia", "Bruno", "Aline")
LAST: Final = ("Dubois", "Martin", "Leroy", "Diallo", "Petit", "Roussel", "Garnier", "Lopez", "Faure", "Perrin")
PATIENCE: Final = 14  # messages of one talk before they give up

# What begins each wish, by language. Whoever answers a question needs no first words.
WORDS: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    ("move", "fr"): ("DEPLACER", "déplacer", "je voudrais déplacer mon rdv"),
    ("cancel", "fr"): ("ANNULER", "annuler", "je voudrais annuler mon rendez-vous"),
    ("book", "fr"): ("bonjour", "je voudrais un rendez-vous", "rdv"),
    ("yes", "fr"): ("OUI", "oui"),
    ("undo", "fr"): ("REMETTRE", "remettre"),
    ("thanks", "fr"): ("merci",),
    ("stop", "fr"): ("ARRET",),
    ("start", "fr"): ("REPRENDRE", "START"),
    ("move", "en"): ("MOVE", "move"),
    ("cancel", "en"): ("DROP", "I want to cancel my appointment"),
    ("book", "en"): ("hello", "I would like an appointment"),
    ("yes", "en"): ("OK", "ok"),
    ("undo", "en"): ("UNDO", "undo"),
    ("thanks", "en"): ("thank you",),
    ("stop", "en"): ("ARRET",),
    ("start", "en"): ("START",),
    ("worker_cancel", "fr"): ("annuler", "ANNULER"),
    ("refuse", "fr"): ("refuser",),
    ("accept", "fr"): ("accepter",),
    ("nobody", "fr"): ("personne ne m'a appelé",),
    ("nobody", "en"): ("nobody called me",),
    ("earlier", "fr"): ("PLUS TOT",),
    ("earlier", "en"): ("EARLIER",),
    ("agenda", "fr"): ("semaine", "demain", "aujourd'hui"),
}
# Of a question that somebody with such a wish is asked, the options they would choose, the first that is there.
CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "book": ("book",),
    "move": ("move", "yes"),
    "cancel": ("cancel", "yes"),
    "worker_cancel": ("yes",),
    "propose": ("yes",),
    "absent": ("yes",),
    "block": ("yes", "keep"),
    "refuse": ("yes",),
    "answer": ("yes", "take", "no"),
}
ALWAYS: Final = ("accept", "confirm", "go_on", "any_worker", "same", "yes")
# What is said when a wish is fulfilled, refused or left: a msgid, or the beginning of some, and how it ended.
ENDS: Final[Mapping[str, str]] = {
    "confirmed.": "done",
    "moved.": "done",
    "undo.phone": "done",
    "undo.video": "done",
    "cancel.done": "done",
    "cancel.kept": "kept",
    "cancel.over": "over",
    "cancel.begun": "over",
    "appointments.none": "none",
    "refused.": "refused",
    "yes.noted": "done",
    "reminded.yes": "done",
    "reminded.yes_several": "done",
    "reminded.gone": "over",
    "undo.nothing": "nothing",
    "undo.late": "late",
    "undo.gone": "gone",
    "thanks.reply": "done",
    "stop.done": "done",
    "start.done": "done",
    "human.": "human",
    "code.slow": "slowed down",
    "replaced.closed": "declined",
    "replaced.over": "over",
    "proposed.gone": "gone",
    "agenda.": "done",
    "attend.noted_there": "done",
    "attend.noted_absent": "done",
    "attend.asked_again": "done",
    "attend.closed": "late",
    "feedback.thanks": "done",
    "feedback.thanks_low": "done",
    "missed.fine": "done",
    "nobody.": "done",
    "waiting.on": "waits",
    "waiting.left": "done",
    "waiting.none": "none",
    "earlier.waiting": "waits",
    "freed.next": "declined",
    "freed.gone": "gone",
    "waiting_over.": "over",
    "worker_cancel.done": "done",
    "worker.none_coming": "none",
    "worker.unchanged": "kept",
    "propose.done": "done",
    "absent.done": "done",
    "block.done": "done",
    "block.done_hit": "done, what is in it stands",
    "block.left": "kept",
    "absent.done_none": "done, nobody was hit",
    "refuse.done": "done",
    "refuse.nobody": "none",
    "refuse.accepted": "done",
    "accept.": "done",
    "propose.taken": "taken",
}
PLAIN: Final[Mapping[str, str]] = {
    "code.ask": "code",
    "name.ask": "name",
    "email.ask": "email",
    "phone.ask_button": "(contact)",
}


@dataclass
class Talk:
    """What they want now. `day`: the day that they have in mind, if any; `asked`: how often hours were shown; `first`:
    what they begin with, where it is no word of the table; `by`: where they were asked, if it was not where they write.
    """

    goal: str
    day: date | None = None
    first: str | None = None
    by: str | None = None
    sent: int = 0
    asked: int = 0


@dataclass
class Human:
    """Whoever types."""

    chance: Random
    lang: str = "fr"
    talk: Talk | None = None
    waiting: deque[Talk] = field(default_factory=deque)  # further wishes, one after the other
    done: dict[str, int] = field(default_factory=dict)  # how their talks ended

    def begins(self, talk: Talk) -> str:
        """The first words of a wish."""
        self.talk = talk
        talk.sent += 1
        return talk.first or self.chance.choice(WORDS[talk.goal, self.lang])

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
        answer = self.to_question(said, talk)
        if answer is None:
            self.ends(f"not understood: {said.msgids[-1]}")
        else:
            talk.sent += 1
        return answer

    def to_question(self, said: Said, talk: Talk) -> str | None:
        options = {option.value: n for n, option in enumerate(said.reply.options, 1)}
        number = self.choice(said, talk, options)
        return None if number is None else self.choose(said, number)

    def choice(self, said: Said, talk: Talk, options: dict[str, int]) -> int | None:
        wanted = next((value for value in (*CHOICES.get(talk.goal, ()), *ALWAYS) if value in options), None)
        if wanted is not None:
            return options[wanted]
        if any(msgid.endswith((".which", "which.ask")) or msgid == "reminded.ask" for msgid in said.msgids):
            return self.chance.randint(1, len(options))
        return None

    def choose(self, said: Said, number: int) -> str:
        """By its number, dressed as people dress it."""
        return self.chance.choice((str(number), str(number), f"{number}.", f" {number} "))


@dataclass(kw_only=True)
class Person(Human):
    number: int
    channel: Literal["sms", "whatsapp", "telegram"]
    zone: str
    phone: str
    first: str
    last: str
    stopped: list[tuple[datetime, datetime | None]] = field(default_factory=list)  # when they wanted silence
    confirmed_at: datetime | None = None  # their address

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

    def silent(self, at: datetime) -> bool:
        return any(begin <= at and (end is None or at <= end) for begin, end in self.stopped)

    # ------------------------------------------------------------ what they type

    def to_question(self, said: Said, talk: Talk) -> str | None:
        for msgid in said.msgids:
            if msgid in PLAIN:
                told = {"code": CODE, "name": f"{self.first} {self.last}", "email": self.email}
                return told.get(PLAIN[msgid], PLAIN[msgid])
        options = {option.value: n for n, option in enumerate(said.reply.options, 1)}
        hours = [value for value in options if value[:2] == "20" and "/" in value]
        if "keep" in options and hours and self.chance.random() < 0.3:
            return self.choose(said, options[self.chance.choice(hours)])  # rather another hour than none
        if "keep" not in options and (hours or "any_time" in options or {"human", "mode"} <= options.keys()):
            return self._hour(talk, options, hours)
        return super().to_question(said, talk)

    def choice(self, said: Said, talk: Talk, options: dict[str, int]) -> int | None:
        if {"finance", "housing"} <= options.keys():
            return self.chance.randint(1, 6)
        if "later" in options:
            return options[self.chance.choice(("later", "next_week", "morning", "afternoon"))]
        return super().choice(said, talk, options)

    def _hour(self, talk: Talk, options: dict[str, int], hours: list[str]) -> str:
        """The day that they had in mind, once said; then one of those shown; sometimes others first."""
        talk.asked += 1
        if talk.day is not None and talk.asked == 1:
            return day_in_words(talk.day, self.lang)
        if not hours and "wait" in options and self.chance.random() < 0.4:
            return str(options["wait"])
        if not hours:
            return str(options.get("any_time") or options.get("any_worker") or options.get("mode") or len(options))
        if talk.asked < 4 and self.chance.random() < 0.12:
            return str(options.get("dates") or 1)
        return str(options[self.chance.choice(hours)])

    def choose(self, said: Said, number: int) -> str:
        """By a button where there are some."""
        if said.channel == "telegram" and said.reply.prompt and self.chance.random() < 0.7:
            return f"[{said.reply.prompt}:{number}]"
        return super().choose(said, number)


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
