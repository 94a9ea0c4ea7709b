"""What shows on a telephone unasked says nothing, where others may read it: on one that has been silent for so long
that it may be somebody else's (`booking.trust`), and wherever a person wants it so (threats T4 and T6).

Only that there is a message leaves, without a name, an hour or a link. What it is stays in its row, and is said in the
answer to whatever they write next: by then it is known who reads it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from conversations.flows.names import MOTIVES
from conversations.model import Input, Reply, State
from conversations.normal import fold
from conversations.text import Text, t
from handlers import content
from handlers.judging import still_true
from handlers.parts import Parts
from handlers.trusting import standing_of
from locales.words import words
from storage import outbox
from storage.contacts import ContactRow
from storage.db import Sql, Tx
from storage.outbox import OutboxRow

# Somebody asked for these a moment ago, or they are no message of a person's.
WHOLE: Final = frozenset({"answer", "one_time_code", "confirm_email", "test", "alarm"})
NEUTRAL: Final = Reply((t("notice.neutral"),))
NEUTRAL_ELSEWHERE: Final = Reply((t("notice.neutral_on_whatsapp"),))  # to the SMS of their WhatsApp's number
TELLING: Final = frozenset({"motive", "client", "code", "text", "words", "ground", "sample"})  # values of a text
MATTERS: Final = frozenset(text.msgid for text in MOTIVES.values())
READ_THERE: Final = frozenset({"message", "decision"})  # read by words of their own, which show what waits
BARE: Final = (  # no more than "what is it?"
    "words.command.read",
    "words.command.show",
    "words.greeting",
    "words.yes",
    "words.no",
    "words.reminder.yes",
    "words.reminder.no",
)


async def hushes(db: Sql, parts: Parts, row: OutboxRow, contact: ContactRow, now: datetime) -> bool:
    """Whether it leaves without its words. Mail is no telephone: a mailbox is its owner's."""
    if row.kind in WHOLE or contact.channel == "email":
        return False
    if contact.worker_id is None and row.content is not None and tells(content.from_json(row.content)):
        return True
    return contact.discreet or await standing_of(db, parts, contact, now) == "needs_proof"


def tells(reply: Reply) -> bool:
    """Whether it would name the matter, the client, a reason, or what somebody wrote: nothing that is unasked does, and
    what would by mistake leaves without its words, whichever notice it is.
    """
    return any(_tells(text) for text in reply.texts)


def _tells(text: Text) -> bool:
    if text.msgid in MATTERS or text.msgid.startswith("ground.") or not TELLING.isdisjoint(text.args):
        return True
    return any(isinstance(value, Text) and _tells(value) for value in text.args.values())


def said(row: OutboxRow) -> dict[str, Any]:
    """What leaves of a row."""
    assert row.content is not None
    return row.content if row.hushed_at is None else content.to_json(NEUTRAL)


def names_its_hour(row: OutboxRow) -> bool:
    """Whether the page of its appointment may be shown beside its words."""
    return row.hushed_at is None and content.from_json(said(row)).texts != NEUTRAL_ELSEWHERE.texts


@dataclass(frozen=True, slots=True)
class Read:
    """`came`: what is to be understood of what they wrote; None: nothing more."""

    came: Input | None


async def read(tx: Tx, parts: Parts, who: ContactRow, state: State, came: Input, now: datetime) -> Read:
    """They wrote: all that was kept back and is still of use is said now, before whatever they are answered."""
    kept = await outbox.hushed(tx, who.person_id) if who.person_id is not None else []
    if not kept:
        return Read(came)
    live = [row for row in kept if await _is_live(tx, parts, row, now)]
    for row in {row.key.split(">")[0]: row for row in live}.values():  # said on two channels, it is one
        if row.kind not in READ_THERE and not _asks(row):
            again = row.again(f"{row.key}>read", now, contact=who.id, kind="answer", answer=True, received_at=None)
            await outbox.add(tx, again, now)
    await outbox.unhush(tx, [row.id for row in kept])
    if not _is_bare(came, who.lang):
        return Read(came)
    prompt = state.prompt.id if state.prompt is not None else None
    if any(_asks(row) == prompt for row in live if _asks(row)):
        return Read(replace(came, text=words(who.lang)("words.command.show")[0], early=False))
    if any(row.kind in READ_THERE for row in live):
        return Read(replace(came, text=words(who.lang)("words.command.read")[0], early=False))
    # Where another question is open, their yes or no is its answer.
    return Read(None if live and prompt is None else came)


async def _is_live(tx: Tx, parts: Parts, row: OutboxRow, now: datetime) -> bool:
    if row.content is None or (row.expires_at is not None and row.expires_at <= now):
        return False
    return row.appointment_id is None or await still_true(tx, parts, row)


def _asks(row: OutboxRow) -> str:
    """The id of the question that it is."""
    return str((row.content or {}).get("prompt", ""))


def _is_bare(came: Input, lang: str) -> bool:
    text = fold(came.text)
    return not came.files and (not text or any(text in words(lang)(key) for key in BARE))
