"""The question of the hour, with its three ways round it: other dates, another mode, a chosen worker. Used by `book`
and `move`.

The hours are soonest first and nobody's until one is held; what was typed may choose one of those shown ("mardi 9h")
or ask for others ("plutôt jeudi matin").
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final, TypeAlias
from zoneinfo import ZoneInfo

from booking.model import AppointmentId, Mode, Motive, Slot, SlotId, Slots, Wish, WorkerId
from booking.ports import SlotGone
from conversations.flows.names import MODES
from conversations.model import Again, Ask, Context, Finish, Input, Option, Outcome, Step, Switch, fill
from conversations.normal import number
from conversations.text import Text, t
from conversations.understand import understand

OFFERED: Final = 3
BESIDE: Final = timedelta(hours=1)  # as far as "vers 10 h" reaches
WORKERS: Final = 5
BARE: Final = range(7, 22)  # a number alone that may be an hour of the day
ANYBODY: Final = "any"
WISH: Final = ("mode", "worker", "days", "from", "to", "after")  # what a change of makes other hours the right ones
ANY_TIME: Final[Mapping[str, Any]] = {"days": None, "from": None, "to": None, "after": None}


GIVEN_UP: Final[Mapping[str, Mapping[str, Any]]] = {"any_time": ANY_TIME, "any_worker": {"worker": ANYBODY}}
NOTHING: Final[Mapping[str, Any]] = {**ANY_TIME, "worker": None, "choose": None, "change": None, "summary": None}

# ---------------------------------------------------------------- the wish


def mode_of(c: Context) -> Mode:
    """The one they named, else their last one, else by phone on SMS (no data needed) and by video elsewhere."""
    if named := c.answers.get("mode"):
        return Mode(named)
    return c.known.last_mode or (Mode.PHONE if c.contact.channel == "sms" else Mode.VIDEO)


def worker_of(c: Context) -> WorkerId | None:
    """The one they chose; 'any' is the choice of none, which a move needs to be told."""
    chosen = WorkerId(c.answers.get("worker", ANYBODY))
    return None if chosen == ANYBODY or chosen in c.known.refused_by else chosen


def wish_of(c: Context) -> Wish:
    """What the answers so far ask of an hour."""
    a = c.answers
    return Wish(
        motive=Motive(a["motive"]) if "motive" in a else None,
        mode=mode_of(c),
        worker=worker_of(c),
        language=a.get("lang", c.contact.lang),
        days=tuple(date.fromisoformat(day) for day in a.get("days", ())),
        earliest=time.fromisoformat(a["from"]) if "from" in a else None,
        latest=time.fromisoformat(a["to"]) if "to" in a else None,
        after=datetime.fromisoformat(a["after"]) if "after" in a else None,
        zone=c.contact.zone,
        without=c.known.refused_by,
    )


def start_of(slot: str) -> datetime:
    """The instant in a slot's id."""
    return datetime.fromisoformat(slot.split("/", maxsplit=1)[0].removesuffix("Z")).replace(tzinfo=UTC)


# ---------------------------------------------------------------- the hours


async def ask_slot(c: Context) -> Ask:
    """No hour is chosen now: one that was held for them is among the free ones again."""
    await c.booking.release(c.contact.id)
    found, exact = await _shown(c)
    if not found.slots:
        return await _ask_none(c)
    labels = [Option(slot.id, t("slot.label", start=slot.start)) for slot in found.slots]
    whom = Option("any_worker", t("slot.any_worker")) if worker_of(c) else Option("worker", t("slot.choose_worker"))
    ways = [Option("dates", t("slot.other_dates")), Option("mode", t("slot.other_mode")), whom]
    near = (*await _refusing(c), *(() if exact else (t("slot.near"),)))
    intro = near if found.language_spoken else (*near, t("slot.language_not_spoken"))
    return Ask(await _heading(c), intro, (*labels, *ways), free=True, example=t("slot.example"))


async def _shown(c: Context) -> tuple[Slots, bool]:
    """The hours to choose from, and whether they are as wished: where "10 h" has none, those just beside it."""
    wish = wish_of(c)
    found = await c.booking.open_slots(wish, OFFERED)
    if found.slots or wish.earliest is None or wish.earliest != wish.latest:
        return found, True
    at = datetime.combine(date.min + timedelta(days=1), wish.earliest)
    earliest, latest = at - BESIDE, at + BESIDE
    if earliest.date() != latest.date():
        return found, True
    return await c.booking.open_slots(replace(wish, earliest=earliest.time(), latest=latest.time()), OFFERED), False


async def _heading(c: Context) -> Text:
    if (chosen := worker_of(c)) and (worker := await c.booking.worker(chosen)):
        return t("slot.ask_worker", mode=MODES[mode_of(c)], worker=worker.first_name)
    return t("slot.ask", mode=MODES[mode_of(c)])


async def _refusing(c: Context) -> tuple[Text, ...]:
    """The one whom they named accepts no request of theirs for a while (terms, article 5.2); why is not ours to say."""
    chosen = WorkerId(c.answers.get("worker", ANYBODY))
    worker = await c.booking.worker(chosen) if chosen in c.known.refused_by else None
    return (t("slot.refused_by", worker=worker.first_name),) if worker else ()


async def _ask_none(c: Context) -> Ask:
    """No hour for this wish: what may be given up for one now, widest first; else waiting; then the people behind the
    number.
    """
    ways = []
    if any(name in c.answers for name in ANY_TIME):
        ways.append(Option("any_time", t("slot.any_time")))
    if worker_of(c):
        ways.append(Option("any_worker", t("slot.any_worker")))
    heading = t("slot.none_so") if ways else t("slot.none")
    ways += [Option("wait", t("slot.wait")), Option("mode", t("slot.other_mode")), Option("human", t("slot.human"))]
    return Ask(heading, await _refusing(c), tuple(ways), free=True, example=t("slot.example"))


async def got_slot(c: Context, heard: Input) -> Outcome:
    match heard.choice:
        case "dates" | "mode" | "worker" as way:
            return fill(choose=way)
        case "any_time" | "any_worker" as way:
            return fill(**GIVEN_UP[way])
        case "wait":
            moves = c.answers.get("moves")
            await c.booking.wait(c.contact.id, wish_of(c), AppointmentId(moves) if moves else None)
            return Finish(t("waiting.on"))
        case "human":
            return Switch("human", {"reason": "no_hour"}, replace=True)
        case "":
            return await _typed(c, heard.text)
    return await take(c, heard.choice)


async def take(c: Context, slot: str) -> Outcome:
    """Hold an hour; if it went meanwhile, say so at once, with those that are nearest to it still free."""
    held = await c.booking.hold(SlotId(slot), c.contact.id, wish_of(c))
    if isinstance(held, SlotGone):
        return Again(t("slot.gone"), miss=False)
    return fill(t("slot.held", start=held.hold.start, until=held.hold.until), slot=slot, choose=None)


async def _typed(c: Context, text: str) -> Outcome:
    """A day or an hour in words: the only one shown that fits is meant; else it is a wish for other hours."""
    heard = understand(text, c.words, now=c.now, zone=c.contact.zone)
    hour = number(text, c.words)
    if hour is not None and hour in BARE:
        heard = replace(heard, days=(), earliest=time(hour), latest=time(hour))
    if heard.intent or not (heard.days or heard.earliest or heard.latest):
        return Again()
    days = _days_meant(c, text, heard.days)
    shown = (await _shown(c))[0].slots
    fitting = [slot for slot in shown if _fits(slot, days, heard.earliest, heard.latest, c.contact.zone)]
    if len(fitting) == 1 and heard.earliest is not None and heard.earliest == heard.latest:
        return await take(c, fitting[0].id)
    if days != heard.days and any(_fits(slot, days, None, None, c.contact.zone) for slot in shown):
        bounds = {"from": heard.earliest, "to": heard.latest}
        hours = {name: at.isoformat("minutes") if at else None for name, at in bounds.items()}
        return fill(**{**ANY_TIME, **hours, "days": [day.isoformat() for day in days]}, choose=None)
    return Again()  # the engine reads the wish itself, and says back what it understood


def _days_meant(c: Context, text: str, days: tuple[date, ...]) -> tuple[date, ...]:
    """ "lundi" on a Monday is next week's, but here today's hours may be on the screen: then both may be meant."""
    today = c.now.astimezone(ZoneInfo(c.contact.zone)).date()
    day_before = understand(text, c.words, now=c.now - timedelta(days=1), zone=c.contact.zone).days
    return (today, *days) if days == (today + timedelta(days=7),) and day_before == (today,) else days


def _fits(slot: Slot, days: tuple[date, ...], earliest: time | None, latest: time | None, zone: str) -> bool:
    local = slot.start.astimezone(ZoneInfo(zone))
    if days and local.date() not in days:
        return False
    return (earliest is None or earliest <= local.time()) and (latest is None or local.time() <= latest)


# ---------------------------------------------------------------- the ways round


async def ask_dates(c: Context) -> Ask:
    ways = (
        Option("later", t("dates.later")),
        Option("next_week", t("dates.next_week")),
        Option("morning", t("dates.morning")),
        Option("afternoon", t("dates.afternoon")),
    )
    return Ask(t("dates.ask"), (), ways, free=True, example=t("dates.example"))


async def got_dates(c: Context, heard: Input) -> Outcome:
    today = c.now.astimezone(ZoneInfo(c.contact.zone)).date()
    match heard.choice:
        case "later":
            shown = (await _shown(c))[0].slots
            return fill(after=shown[-1].start.isoformat() if shown else None, choose=None)
        case "next_week":
            monday = today + timedelta(days=7 - today.weekday())
            week = [(monday + timedelta(days=n)).isoformat() for n in range(7)]
            return fill(**{**ANY_TIME, "days": week}, choose=None)
        case "morning":
            return fill(**{"from": None, "to": "11:59", "after": None}, choose=None)
        case "afternoon":
            return fill(**{"from": "12:00", "to": None, "after": None}, choose=None)
    return Again()  # a day in words is read by the engine: the flow hears it


async def ask_mode(c: Context) -> Ask:
    now = mode_of(c)
    others = tuple(Option(mode.value, MODES[mode]) for mode in Mode if mode is not now)
    return Ask(t("mode.ask", mode=MODES[now]), (), (*others, Option("same", t("mode.same", mode=MODES[now]))))


async def got_mode(c: Context, heard: Input) -> Outcome:
    if heard.choice == "same":
        return fill(choose=None)
    return fill(mode=heard.choice, choose=None, **await kept(c, {"mode": heard.choice}))


async def kept(c: Context, gained: Mapping[str, Any]) -> Mapping[str, Any]:
    """The chosen hour, when only the mode is another, and its worker helps in that one too; or, where the hour was
    nobody's, somebody else who is free then.
    """
    slot, changed = c.answers.get("slot"), {name for name, value in gained.items() if value is not None}
    if slot is None or changed != {"mode"}:
        return {}
    held = await c.booking.hold(SlotId(slot), c.contact.id, replace(wish_of(c), mode=Mode(gained["mode"])))
    return {} if isinstance(held, SlotGone) else {"slot": slot}


async def ask_worker(c: Context) -> Ask:
    workers = await c.booking.workers(wish_of(c), WORKERS)
    cards = [
        Option(worker.id, t("worker.label", name=worker.first_name, bio=_bio(worker.bio, c))) for worker in workers
    ]
    return Ask(t("worker.ask"), (), (*cards, Option(ANYBODY, t("slot.any_worker"))))


def _bio(bio: Mapping[str, str], c: Context) -> str:
    return bio.get(c.answers.get("lang", c.contact.lang)) or next(iter(bio.values()), "")


async def got_worker(c: Context, heard: Input) -> Outcome:
    return fill(worker=heard.choice, choose=None)


# ---------------------------------------------------------------- the steps


def steps(view: Callable[[Context], Context] = lambda c: c) -> tuple[Step, ...]:
    """The hour and the ways round it. `view` may put a wish under the answers: to move is to want the same, later."""

    def step(name: str, ask: _Ask, got: _Got, way: str | None = None) -> Step:
        async def ask_viewed(c: Context) -> Ask:
            return await ask(view(c))

        async def got_viewed(c: Context, heard: Input) -> Outcome:
            return await got(view(c), heard)

        if way is None:
            return Step(name, ask_viewed, got_viewed, needs=("motive", *WISH))
        return Step(name, ask_viewed, got_viewed, wanted=lambda c: c.answers.get("choose") == way)

    return (
        step("dates", ask_dates, got_dates, "dates"),
        step("mode_choice", ask_mode, got_mode, "mode"),
        step("worker_choice", ask_worker, got_worker, "worker"),
        step("slot", ask_slot, got_slot),
    )


_Ask: TypeAlias = Callable[[Context], Awaitable[Ask]]
_Got: TypeAlias = Callable[[Context, Input], Awaitable[Outcome]]
