"""What those on the stage share: the core in memory, the clock, what is due later, and each other's talks.

News for somebody is taken by their own talk at once; what is due later comes when time passes, in its order. Both as in
`handlers/writing.py` and `bot/work.py`, without rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from booking import policy
from booking.core import Booking
from booking.memory import MemoryStore
from booking.model import AppointmentId, ContactId, NoticeLevel, Rules, Waiting, WorkerId
from conversations.model import Flow, News, Reminded, Reply
from handlers.digest import hours_of_today, message
from handlers.effects import Drop, Effect, Notice, Remind, Tell, ToContact, ToPerson, ToPhone, ToWorker
from handlers.human import ANSWERS
from handlers.mornings import morning
from handlers.reminders import Due as Reminding
from handlers.reminders import Quiet, reminder_of, wake
from handlers.reminding import PutOff, Timing, judged_now
from tests.booking.made import run
from tests.conversations import discreet

if TYPE_CHECKING:
    from tests.conversations.stage import Stage

QUIET: Final = Quiet(time(21), time(8))
REMINDERS: Final = (timedelta(hours=48), timedelta(hours=2))
TIMING: Final = Timing(REMINDERS, QUIET, ZoneInfo("Europe/Paris"))


@dataclass(slots=True)
class Due:
    """A timer: a reminder, or news for somebody's talk."""

    at: datetime
    effect: Remind | Tell


@dataclass(slots=True)
class Company:
    now: datetime
    store: MemoryStore
    flows: Mapping[str, Flow]
    rules: Rules = field(default_factory=Rules)
    made: int = 0  # ids so far
    missed: int = 0  # calls that nobody answered
    code: str = ""  # the last one-time code that went out
    talks: dict[ContactId, Stage] = field(default_factory=dict)
    due: list[Due] = field(default_factory=list)
    reminded: dict[ContactId, list[Reminded]] = field(default_factory=dict)  # the latest last
    spoken: list[tuple[Stage, Reply]] = field(default_factory=list)
    posted: list[Notice] = field(default_factory=list)  # what somebody is told unasked
    keys: set[str] = field(default_factory=set)  # of what was told once
    gathered: list[Notice] = field(default_factory=list)  # what workers hear of in the morning
    exchanges: dict[ContactId, str] = field(default_factory=dict)  # of the last message that each was shown

    def fork(self) -> Company:
        """The same moment once more, to be gone on with apart."""
        other = copy(self)
        other.store = copy(self.store)
        other.store.restore(self.store.snapshot())
        other.talks = {id: copy(talk) for id, talk in self.talks.items()}
        for talk in other.talks.values():
            talk.company = other
            talk.prompts = list(talk.prompts)
        other.due, other.keys = list(self.due), set(self.keys)
        other.spoken, other.posted = list(self.spoken), list(self.posted)
        other.gathered = list(self.gathered)
        other.exchanges = dict(self.exchanges)
        other.reminded = {id: list(told) for id, told in self.reminded.items()}
        return other

    # ------------------------------------------------------------ what follows

    def follow(self, effects: list[Effect], speaker: Stage) -> list[str]:
        """What others hear of it now, and what is kept for later."""
        lines = []
        self.posted += [effect for effect in effects if isinstance(effect, Notice)]
        written = [effect for effect in effects if isinstance(effect, Notice) and effect.exchange is not None]
        self.exchanges |= {self.contact(effect.to): str(effect.exchange) for effect in written}
        for effect in effects:
            if isinstance(effect, Notice) and isinstance(effect.to, ToPerson | ToPhone):
                discreet.judge(effect.kind, effect.texts)
            match effect:
                case Remind():
                    if effect.skip is None:
                        self.due.append(Due(effect.due, effect))
                case Drop(subject, kinds) if kinds:
                    self.due = [due for due in self.due if not _told_of(due, subject, kinds)]
                case Drop(subject):
                    self.due = [due for due in self.due if due.effect.subject != subject]
                    self.gathered = [notice for notice in self.gathered if notice.subject != subject]
                case Tell():
                    lines += self._told(effect)
                case Notice(kind="reminder" | "soon", to=to, subject=subject, of=of) if subject is not None:
                    told = [Reminded(AppointmentId(id), self.now) for id in of or (subject,)]
                    self.reminded.setdefault(self.contact(to), []).extend(told)
                    lines += speaker.overheard([effect])
                case Notice() if self._waits(effect):
                    self.gathered.append(effect)
                case _:
                    lines += speaker.overheard([effect])
        return lines

    def _waits(self, notice: Notice) -> bool:
        """Whether its worker wants to hear of it in the morning only."""
        if not isinstance(notice.to, ToWorker) or notice.start is None:
            return False
        level = run(self.store.notices(notice.to.worker))
        return not policy.told_at_once(level, notice.kind, notice.start, self.now)

    def _morning(self, tell: Tell) -> list[str]:
        """The morning's message, and the next one is set."""
        worker = run(self.store.directory()).worker(WorkerId(tell.data["worker"]))
        assert worker is not None
        level = run(self.store.notices(worker.id))
        waiting = [notice for notice in self.gathered if notice.to == tell.to]
        self.gathered = [notice for notice in self.gathered if notice not in waiting]
        today = run(hours_of_today(self.store, worker, self.now))
        texts = message(level, today, [text for notice in waiting for text in notice.texts])
        if level is not NoticeLevel.ALL:
            self._told(morning(worker, self.now))
        said = Notice(tell.to, "digest", texts, urgent=True)
        return self.talk(self.contact(tell.to)).overheard([said] if texts else [])

    def passes(self, time: timedelta, speaker: Stage) -> list[str]:
        """The clock moves on, and what is due meanwhile happens at its moment."""
        until, lines = self.now + time, []
        while ready := sorted((due for due in self.due if due.at <= until), key=lambda due: due.at):
            self.due.remove(ready[0])
            self.now = max(self.now, ready[0].at)
            lines += self._fires(ready[0], speaker)
        self.now = until
        return lines

    def _fires(self, due: Due, speaker: Stage) -> list[str]:
        match due.effect:
            case Tell() as tell:
                return self._news(tell)
            case Remind(kind, subject):
                match run(judged_now(self.store, kind, subject, self.now, TIMING)):
                    case PutOff(timer):
                        self.due.append(Due(timer.due, timer))
                    case Reminding() as now:
                        merged = {(kind, hour.appointment.id) for hour in now.others}
                        self.due = [each for each in self.due if self._about(each) not in merged]
                        return self.follow(list(reminder_of(kind).effects(now)), speaker)
                return []

    def _about(self, due: Due) -> tuple[str, str | None]:
        return (due.effect.kind if isinstance(due.effect, Remind) else due.effect.event, due.effect.subject)

    def _told(self, tell: Tell) -> list[str]:
        if tell.key in self.keys:
            return []
        self.keys |= {tell.key} if tell.key else set()
        if tell.then is not None:
            self._told(tell.then)
        at = max(tell.at or self.now, self.now)
        due = at if tell.urgent else wake(QUIET, self.talk(self.contact(tell.to)).contact.zone, at) or at
        if due > self.now:
            self.due.append(Due(due, tell))
            return []
        return self._news(tell)

    def _news(self, tell: Tell) -> list[str]:
        """Their talk takes it, and what it says stands under their name."""
        if tell.event == "digest":
            return self._morning(tell)
        talk = self.talk(self.contact(tell.to))
        effects = talk.says(News(tell.event, tell.data))
        spoken = talk.reads(talk.turn.reply) if talk.turn and talk.turn.reply else []
        known = run(talk.core().known(talk.contact.id)).person is not None
        if talk.turn and talk.turn.reply and known and talk.contact.worker is None and tell.event not in ANSWERS:
            discreet.judge("question", talk.turn.reply.texts)
        lines = [f"* {talk.name}: {spoken[0]}", *(f"  {line}" for line in spoken[1:])] if spoken else []
        return lines + self.follow(effects, talk)

    def serve(self, speaker: Stage) -> list[str]:
        """The waiting list, as `handlers/waiting.py` serves it: whose turn it is, of those who are awake."""
        lines: list[str] = []
        for place in run(_due(speaker.core())):
            talk = self.talk(place.contact)
            if not talk.contact.opted_out and wake(QUIET, talk.contact.zone, self.now) is None:
                core = talk.core()
                run(core.waiting_list.serve(place.id))
                lines += self.follow(talk.effects(core), speaker)
        return lines

    # ------------------------------------------------------------ who is who

    def contact(self, to: object) -> ContactId:
        """Where somebody is told."""
        match to:
            case ToContact(contact):
                return contact
            case ToPerson(person):
                return next(id for id, theirs in self.store.rows.contacts.items() if theirs == person)
            case ToWorker(worker):
                theirs = (id for id, talk in self.talks.items() if talk.contact.worker == worker)
                return next(theirs, ContactId(worker))
        raise AssertionError(to)

    def talk(self, id: ContactId) -> Stage:
        """The talk of a contact; somebody new begins one."""
        if id not in self.talks:
            self.talks[id] = next(iter(self.talks.values())).somebody(id)
        return self.talks[id]


async def _due(core: Booking) -> list[Waiting]:
    return [place async for place in core.waiting_list.due()]


def _told_of(due: Due, subject: str, kinds: tuple[str, ...]) -> bool:
    return isinstance(due.effect, Tell) and due.effect.subject == subject and due.effect.event in kinds
