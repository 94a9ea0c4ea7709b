"""A message to the other one of an appointment, as a person and a worker write it: to whom, the text, and where it may
be meant for us: is it a message? Then it goes. How both read: `flows/reading.py`.

An exchange is a fact of the talk and no question: it is heard only while no question of ours is on the screen
(`conversations/exchange.py`), and ends with the next one, or with whatever else we answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from booking import policy
from booking.messages import LONGEST, Correspondent, NotWritten, Side
from booking.messaging import cleaned
from booking.model import AppointmentId
from conversations.flows import account
from conversations.flows.names import call
from conversations.meant_for_us import asks_for_us, asks_to_write, manners, may_be_for_us
from conversations.model import Again, Ask, Context, Finish, Flow, Input, Option, Outcome, Step, fill
from conversations.normal import fold
from conversations.phrases import fold_phrase, has, padded, pattern
from conversations.recognise import by_number
from conversations.text import Text, t
from conversations.told_apart import dated, told_apart

EXCHANGE: Final = "exchange"  # the fact: {"about": appointment, "at": ISO 8601, "sent": whether they wrote last}
PERHAPS: Final = "perhaps"  # it was our guess that it is a message: nothing goes without a yes
LATE_TOLD: Final = "late_told"  # the text says that they are late, and the other one was told so
FRESH: Final = timedelta(hours=1)  # so long what they write is for the other one; later it is asked
OPEN: Final = timedelta(hours=12)  # so long it may be; later it is for us
SHOWN: Final = 7  # names to choose from
NAMING: Final = 4  # words with which one is named: "à Ali de mardi"


def side(c: Context) -> Side:
    return "worker" if c.contact.worker else "person"


async def whom(c: Context) -> Sequence[Correspondent]:
    """To whom this contact may write."""
    if c.contact.worker:
        return await c.booking.correspondents("worker", c.contact.worker)
    return await c.booking.correspondents("person", c.known.person.id) if c.known.person else ()


async def other(c: Context, about: str) -> Correspondent | None:
    """The other one of an appointment, while one may write to them; by the appointment that is nearest by now."""
    appointment = await c.booking.appointment(AppointmentId(about))
    if appointment is None:
        return None
    pair = (appointment.person, appointment.worker)
    return next((each for each in await whom(c) if _pair(each) == pair), None)


async def name_of(c: Context, entry: Correspondent) -> str | Text:
    """Of somebody whom they may write to, unmistakable."""
    return _called(entry, await whom(c))


def _called(entry: Correspondent, everybody: Sequence[Correspondent]) -> str | Text:
    others = [each.name for each in everybody if _pair(each) != _pair(entry)]
    return told_apart(entry.name, dated(entry.name, entry.appointment), others)


def _pair(entry: Correspondent) -> tuple[str, str]:
    return (entry.appointment.person, entry.appointment.worker)


def named(text: str, among: Sequence[Correspondent]) -> list[Correspondent]:
    """Those with a first name that is in the text."""
    said = padded(text)
    return [each for each in among if each.name and has(said, pattern((fold_phrase(each.name),)))]


def is_open(c: Context, since: datetime | None = None) -> bool:
    """Whether a person's exchange is open, and fresh; begun, or gone on with, after an instant."""
    kept = c.answers.get(EXCHANGE)
    if not kept or c.contact.role == "worker":
        return False
    at = datetime.fromisoformat(kept["at"])
    return c.now - at <= FRESH and (since is None or at >= since)


def exchange_with(c: Context, about: str, *, sent: bool) -> dict[str, Any]:
    return {EXCHANGE: {"about": about, "at": c.now.isoformat(), "sent": sent}}


# ---------------------------------------------------------------- writing


async def enter(c: Context) -> Finish | None:
    """Somebody must be there to write to; an answer to a message that was quoted is judged at the end."""
    if (shut := account.not_while_suspended(c)) is not None:
        return shut
    if "about" in c.answers or await whom(c):
        return None
    return Finish(t("message.nobody_worker") if c.contact.worker else t("message.nobody"))


async def ask_about(c: Context) -> Ask:
    """Whom; of a text that is there already, it may also be no message at all."""
    options = await names(c)
    if "text" not in c.answers:
        return Ask(t("message.whom"), (), options, free=True)
    return Ask(t("message.whom_for"), (), (*options, Option("no", t("message.none"))), free=True)


async def names(c: Context) -> tuple[Option, ...]:
    some = c.answers.get("among")
    everybody = await whom(c)
    entries = [each for each in everybody if some is None or each.appointment.id in some]
    former = [each for each in everybody if not policy.took_place(each.appointment)]
    return tuple(Option(entry.appointment.id, _label(entry, former)) for entry in entries[:SHOWN])


def _label(entry: Correspondent, former: Sequence[Correspondent]) -> Text:
    """An hour that is not theirs any more is not named, as nobody comes then; unless it tells two of one name apart."""
    if policy.took_place(entry.appointment):
        return t("message.label", name=entry.name, start=entry.appointment.start)
    name = _called(entry, former)
    return name if isinstance(name, Text) else t("message.label_former", name=name)


async def got_about(c: Context, heard: Input) -> Outcome:
    """By number or name; of several of one name they are asked once more."""
    if heard.choice == "no":
        return left(c)
    if heard.choice:
        return fill(about=heard.choice)
    hits = named(heard.text, await whom(c))
    if not hits:
        return Again()
    return fill(about=hits[0].appointment.id) if len(hits) == 1 else fill(among=[h.appointment.id for h in hits])


async def got_whom(c: Context, heard: Input) -> Outcome:
    """A text in place of a name is the message, or more of it: people write before they read. It is kept, and asked
    about.
    """
    if heard.choice or len(heard.text.split()) <= NAMING or may_be_for_us(heard.text, c):
        return await got_about(c, heard)
    whole, said = more(c, heard.text)
    if (too_long := _too_long(whole)) is not None:
        return Again(too_long, miss=False)
    hits = named(heard.text, await whom(c))
    if len(hits) == 1:
        return fill(said, about=hits[0].appointment.id, text=whole, sure="ask")
    return fill(said, text=whole, **({"among": [h.appointment.id for h in hits]} if hits else {}))


def left(c: Context) -> Finish:
    """It was no message: it is understood as if it had just come, but for a lateness that was passed on already."""
    if LATE_TOLD in c.answers:
        return Finish(t("message.kept_back"), hear=c.answers["text"], keep={LATE_TOLD: True})
    return Finish(t("message.left"), hear=c.answers["text"])


async def ask_text(c: Context) -> Ask | Finish:
    entry = await other(c, c.answers["about"])
    return Finish(closed(c)) if entry is None else Ask(t("message.ask", name=await name_of(c, entry)), free=True)


async def got_text(c: Context, heard: Input) -> Outcome:
    """As it is. What may be meant for us, or comes much later, is asked about first."""
    if heard.files:
        return Again(t("message.text_only"), miss=False)
    if fold(heard.text) in c.words("words.message.nothing"):
        return Finish(t("message.left"))
    if (too_long := _too_long(heard.text)) is not None:
        return Again(too_long, miss=False)
    late = c.asked_at is not None and c.now - c.asked_at > FRESH
    doubt = late or may_be_for_us(heard.text, c) or manners(heard.text, c)
    return fill(text=heard.text, sure="ask" if doubt else None, late=late or None)


async def ask_sure(c: Context) -> Ask | Finish:
    entry = await other(c, c.answers["about"])
    if entry is None:
        return Finish(closed(c))
    options = (Option("yes", t("message.yes"), exact=True), Option("no", t("message.no")))
    return Ask(t("message.sure", name=await name_of(c, entry)), (), options, free=True)


async def got_sure(c: Context, heard: Input) -> Outcome:
    """A no: it was meant for us. Another's name alone: for them, then."""
    if heard.choice == "no":
        return left(c)
    if heard.choice == "yes":
        return fill(sure="yes")
    if heard.files:
        return Again(t("message.text_only"), miss=False)
    if len(found := [e for e in await whom(c) if fold(e.name) == fold(heard.text)]) == 1:
        return fill(about=found[0].appointment.id)
    return _goes_on(c, heard.text)


def _goes_on(c: Context, text: str) -> Outcome:
    """A text in place of a yes is more of the message, as people write on before they read; where too much time went by
    before it, it is asked again.
    """
    guessed = c.answers.get(PERHAPS)
    if asks_to_write(text, c) or (guessed and asks_for_us(text, c)):
        return Finish(t("message.left"), hear=text)
    whole, said = more(c, text)
    if (too_long := _too_long(whole)) is not None:
        return Again(too_long, miss=False)
    doubt = guessed or c.answers.get("late") or may_be_for_us(text, c) or manners(text, c)
    return fill(said, text=whole, sure="ask" if doubt else None)


def more(c: Context, text: str) -> tuple[str, Text | None]:
    """What was begun with more of it; and what is said where the first is left, as nobody said that it is a message: a
    number, a word of its own, and what a worker may have asked us for.
    """
    before = c.answers.get("text")
    if not before or cleaned(before) == cleaned(text):
        return text, None
    bare = by_number(before, c.words) is not None or (" " not in fold(before) and not manners(before, c))
    if bare or (c.contact.worker and may_be_for_us(before, c) and not manners(before, c)):
        return text, t("message.first_left")
    return f"{before}\n{text}", None


def _too_long(text: str) -> Text | None:
    signs = len(cleaned(text))
    return t("message.too_long", signs=signs, most=LONGEST) if signs > LONGEST else None


async def finish(c: Context) -> Outcome:
    about = c.answers["about"]
    entry = await other(c, about)
    done = await c.booking.write(AppointmentId(about), side(c), c.answers["text"])
    if isinstance(done, NotWritten):
        return Finish(_not_written(c, done))
    name = done.name if entry is None else await name_of(c, entry)
    if c.contact.worker:
        return Finish(t("message.sent_worker", name=name), keep=exchange_with(c, about, sent=True))
    with_desk = c.mode == "human"
    said = t("message.sent") if c.alone and not with_desk else t("message.sent_on")
    keep = {} if with_desk else exchange_with(c, about, sent=True)
    unheard = (t("message.answer_stopped"),) if c.contact.opted_out and not c.elsewhere else ()
    return Finish(Text(said.msgid, {"name": name}), more=unheard, keep=keep)


def _not_written(c: Context, done: NotWritten) -> Text:
    match done.reason:
        case "suspended" if c.known.suspension is not None:
            return account.suspended(c, c.known.suspension)
        case "frozen":
            return t("refused.frozen")
        case "too_many":
            return t("message.too_many", call=call(c))
        case "too_long":
            return _too_long(c.answers["text"]) or t("message.left")
        case "empty":
            return t("message.left")
    return closed(c)


def closed(c: Context) -> Text:
    return t("message.closed", call=call(c))


MESSAGE: Final = Flow(
    "message",
    version=1,
    enter=enter,
    finish=finish,
    steps=(
        Step("about", ask_about, got_whom),
        Step("text", ask_text, got_text, verbatim=True),
        Step("sure", ask_sure, got_sure, wanted=lambda c: c.answers.get("sure") == "ask", fresh=FRESH),
    ),
)
