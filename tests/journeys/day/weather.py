"""What goes wrong when: storms in which every call that sends fails, and drizzle between them. Chance is each address's
own, so that a seed tells the same story in whatever order calls come.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Final

from bot.standins.faults import Accept, Broken, Drop, Early, Fault, Faults, Html, Silent, Throttle, Undelivered
from bot.standins.ledger import Call

HOUR: Final = timedelta(hours=1)
SENDS: Final = frozenset({"CreateMessage", "sendMessage"})
WET: Final = 12 * HOUR  # afterwards nothing goes wrong any more, so that all comes to rest
DRIZZLE: Final = 0.12  # of all calls that send, outside storms
READS: Final = 0.5  # of all others, in storms that hit these too


@dataclass(frozen=True, slots=True)
class Storm:
    """Every call that sends, from `begins` on after the day's start. `reads`: others fail, too."""

    name: str
    begins: timedelta
    lasts: timedelta
    fault: Callable[[Random], Fault]
    reads: bool = False


STORMS: Final[Sequence[Storm]] = (
    Storm("429", 1.5 * HOUR, HOUR / 3, lambda chance: Throttle(after=chance.choice((1, 1, 3, 20)))),
    Storm("500", 3 * HOUR, HOUR * 2 / 3, lambda chance: Broken(accepted=chance.random() < 0.3), reads=True),
    Storm(
        "HTML", 5.5 * HOUR, HOUR / 4, lambda chance: Html(chance.choice((502, 504)), chance.random() < 0.2), reads=True
    ),
    Storm("time-outs", 7 * HOUR, HOUR / 6, lambda chance: Drop(accepted=chance.random() < 0.6)),
)
OFF: Final = (4.5 * HOUR, 4.5 * HOUR + HOUR / 6)  # our own server, in that time


@dataclass
class Weather(Faults):
    """The plan of one provider."""

    clock: Callable[[], datetime]
    began: datetime
    seed: str
    counts: Counter[str] = field(default_factory=Counter)
    chances: dict[str, Random] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__()

    def decide(self, call: Call) -> Fault:
        since, storm = self.clock() - self.began, storm_at(self.clock() - self.began)
        to = str(call.params.get("To") or call.params.get("chat_id") or call.operation)
        chance = self.chances.setdefault(to, Random(f"{self.seed}:{to}"))
        fault: Fault = Accept()
        if since >= WET:
            return fault
        if storm is not None and (call.operation in SENDS or (storm.reads and chance.random() < READS)):
            fault = storm.fault(chance)
            if isinstance(fault, Drop) and hangs(to, since):
                fault = Silent(fault.accepted)
        elif storm is None and call.operation in SENDS and chance.random() < DRIZZLE:
            fault = self._drizzle(call, chance)
        if not isinstance(fault, Accept | Early):  # what came early is counted where it came
            self.counts[told(fault)] += 1
        return fault

    def _drizzle(self, call: Call, chance: Random) -> Fault:
        kinds: list[Fault] = [Throttle(after=2), Broken(), Broken(accepted=True), Html(), Html(504, accepted=True)]
        kinds += [Drop(), Drop(accepted=False)]
        if call.operation == "CreateMessage":
            kinds += [*[Early()] * 6, *map(Undelivered, (30008, 30008, 30003, 30003, 30004))]
        return chance.choice(kinds)


def storm_at(since: timedelta) -> Storm | None:
    return next((storm for storm in STORMS if storm.begins <= since < storm.begins + storm.lasts), None)


def hangs(to: str, since: timedelta) -> bool:
    """Whether calls that send there are not even hung up on, and our own time-out ends them: one address in four."""
    storm = storm_at(since)
    return storm is not None and storm.name == "time-outs" and to[-2:].isdecimal() and int(to[-2:]) % 4 == 0


def told(fault: Fault) -> str:
    """In the table of what went wrong."""
    words = {
        Throttle: "call answered 429",
        Broken: "call answered 500",
        Html: "call answered with HTML",
        Drop: "answer lost",
        Silent: "call timed out",
        Undelivered: "accepted and not delivered",
    }
    return words[type(fault)] + (", done all the same" if done_unheard(fault) else "")


def done_unheard(fault: object) -> bool:
    """The message left, and we were not told so: an interrupted call."""
    return isinstance(fault, Broken | Drop | Html | Silent) and fault.accepted
