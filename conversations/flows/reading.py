"""Reading what the two of an appointment wrote to each other.

read       LIRE: what was not read yet, else the last ones; from then on what they write answers it (an exchange)
messages   the last ones with somebody
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from booking.messages import Correspondent, Message
from conversations.flows import decided
from conversations.flows.messages import exchange_with, got_about, name_of, names, other, side, whom
from conversations.model import Ask, Context, Finish, Flow, Outcome, Step
from conversations.text import Text, t

LAST: Final = 5  # messages of a history
ROOM: Final = 1200  # characters of messages in one answer: it stays one SMS of ours

# ---------------------------------------------------------------- what was not read


async def read_out(c: Context) -> Outcome:
    """What was not read, of the one who wrote first; shown in an answer only, never by itself (threat T6)."""
    if c.known.person is None:
        return Finish(t("read.none"))
    unread = await c.booking.unread("person", c.known.person.id)
    if not unread:
        return await _history_of_last(c)
    shown, texts = await show(c, unread)
    entry = await other_of(c, shown[0])
    if entry is None:
        return Finish(t("read.none"))
    left = len(unread) - len(shown)
    more = (t("read.more", count=left),) if left else ()
    answer = Text(_how(c).msgid, {"name": await name_of(c, entry)})
    keep = {} if c.mode == "human" else exchange_with(c, entry.appointment.id, sent=False)
    return Finish(texts[0], more=(*texts[1:], *more, answer), keep=keep)


def _how(c: Context) -> Text:
    """How it is answered: what is written without more goes to the desk meanwhile, or answers a question of ours."""
    if c.mode == "human":
        return t("read.answer_desk")
    return t("read.answer") if c.alone else t("read.answer_word")


async def waits(c: Context) -> tuple[Text, ...]:
    """That a message waits for them, of whoever wrote first: told late, where nothing could be told before."""
    unread = await c.booking.unread("person", c.known.person.id) if c.known.person else ()
    entry = await other_of(c, unread[0]) if unread else None
    return (t("message.notice", worker=entry.name),) if entry is not None else ()


async def show(c: Context, unread: Sequence[Message]) -> tuple[Sequence[Message], tuple[Text, ...]]:
    """As many as there is room for, all of one writer, in words; they count as read."""
    shown: list[Message] = []
    for message in unread:
        same = not shown or (message.person, message.worker) == (shown[0].person, shown[0].worker)
        if same and (not shown or sum(len(m.text) for m in (*shown, message)) <= ROOM):
            shown.append(message)
    entry = await other_of(c, shown[0])
    name = entry.name if entry else ""
    if entry is not None:
        await c.booking.read(entry.appointment.id, side(c), shown)
    return shown, tuple(t("read.text", name=name, at=m.written_at, text=m.text) for m in shown)


async def other_of(c: Context, message: Message) -> Correspondent | None:
    pair = (message.person, message.worker)
    return next((e for e in await whom(c) if (e.appointment.person, e.appointment.worker) == pair), None)


async def _history_of_last(c: Context) -> Outcome:
    """Nothing new: whose account is suspended reads that once more, everybody else the last messages with the one whom
    they meet next, or met last.
    """
    if c.known.suspension is not None:
        said, *more = decided.whole(c, c.known.suspension)
        return Finish(said, tuple(more))
    for entry in await whom(c):
        if lines := await history(c, entry):
            return Finish(t("read.nothing_new", name=await name_of(c, entry)), more=tuple(lines))
    return Finish(t("read.none"))


READ: Final = Flow("read", version=1, steps=(), finish=read_out)

# ---------------------------------------------------------------- history


async def history(c: Context, entry: Correspondent) -> list[Text]:
    """The last messages of the two, the oldest first, as many as there is room for."""
    found = list(await c.booking.exchanged(entry.appointment.id, side(c), LAST))
    while len(found) > 1 and sum(len(message.text) for message in found) > ROOM:
        found.pop(0)
    return [_line(c, message, entry.name) for message in found]


def _line(c: Context, message: Message, name: str) -> Text:
    values: Mapping[str, Any] = {"at": message.written_at, "text": message.text}
    if message.author != side(c):
        return t("read.text", name=name, **values)
    if c.contact.worker and message.read_at is None:
        return t("messages.mine_unread", **values)  # a person reads by a word of theirs: so it is known
    return t("messages.mine", **values)


async def enter_history(c: Context) -> Finish | None:
    return None if await whom(c) else Finish(t("read.none"))


async def ask_with(c: Context) -> Ask:
    return Ask(t("messages.whom"), (), await names(c), free=True)


async def said_before(c: Context) -> Outcome:
    entry = await other(c, c.answers["about"])
    lines = await history(c, entry) if entry is not None else []
    if entry is None or not lines:
        return Finish(t("messages.none"))
    return Finish(t("messages.last", name=await name_of(c, entry)), more=tuple(lines))


MESSAGES: Final = Flow(
    "messages", version=1, enter=enter_history, finish=said_before, steps=(Step("about", ask_with, got_about),)
)
