"""What the console calls tickets: why there is one, what happened to it, how a call went, how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from booking.decisions import Verdict
from booking.model import SlotId, read_slot_id
from conversations.text import Text, t
from handlers.ticket_answers import How, Outcome, Why
from storage.tickets import EntryKind

TICKETS: Final[Mapping[str, Text]] = {
    "danger": t("console.ticket.kind.danger"),
    "human": t("console.ticket.kind.human"),
    "call_back": t("console.ticket.kind.call_back"),
    "takeover": t("console.ticket.kind.takeover"),
    "no_email": t("console.ticket.kind.no_email"),
    "no_hour": t("console.ticket.kind.no_hour"),
    "not_me": t("console.ticket.kind.not_me"),
    "claim": t("console.ticket.kind.claim"),
    "shared_phone": t("console.ticket.kind.shared_phone"),
    "privacy": t("console.ticket.kind.privacy"),
    "terms": t("console.ticket.kind.terms"),
    "too_many_tries": t("console.ticket.kind.too_many_tries"),
    "suspended": t("console.ticket.kind.suspended"),
    "report": t("console.ticket.kind.report"),
    "contest": t("console.ticket.kind.contest"),
    "offer_unanswered": t("console.ticket.kind.offer_unanswered"),
    "worker_silent": t("console.ticket.kind.worker_silent"),
    "nobody_came": t("console.ticket.kind.nobody_came"),
    "nobody_to_tell": t("console.ticket.kind.nobody_to_tell"),
    "nobody_reached": t("console.ticket.kind.nobody_reached"),
    "notice_not_sent": t("console.ticket.kind.notice_not_sent"),
    "notice_late": t("console.ticket.kind.notice_late"),
    "message_unknown": t("console.ticket.kind.message_unknown"),
    "delivery_failed": t("console.ticket.kind.delivery_failed"),
    "inbox_parked": t("console.ticket.kind.inbox_parked"),
}

ENTRIES: Final[Mapping[EntryKind, Text]] = {
    "opened": t("console.ticket.entry.opened"),
    "again": t("console.ticket.entry.again"),
    "taken": t("console.ticket.entry.taken"),
    "wrote": t("console.ticket.entry.wrote"),
    "said": t("console.ticket.entry.said"),
    "note": t("console.ticket.entry.note"),
    "attempt": t("console.ticket.entry.attempt"),
    "left": t("console.ticket.entry.left"),
    "late": t("console.ticket.entry.late"),
    "handed_back": t("console.ticket.entry.handed_back"),
    "passed": t("console.ticket.entry.passed"),
    "closed": t("console.ticket.entry.closed"),
}

HOWS: Final[Mapping[How, Text]] = {
    "reached": t("console.ticket.how.reached"),
    "no_answer": t("console.ticket.how.no_answer"),
    "busy": t("console.ticket.how.busy"),
    "message_left": t("console.ticket.how.message_left"),
    "wrong_number": t("console.ticket.how.wrong_number"),
}

OUTCOMES: Final[Mapping[Outcome, Text]] = {
    "solved": t("console.ticket.outcome.solved"),
    "not_reached": t("console.ticket.outcome.not_reached"),
    "nothing_to_do": t("console.ticket.outcome.nothing_to_do"),
}

NO_TALK: Final[Mapping[Why, Text]] = {
    "nobody_known": t("console.ticket.shut.nobody_known"),
    "stopped": t("console.ticket.shut.stopped"),
    "dead": t("console.ticket.shut.dead"),
    "window_closed": t("console.ticket.shut.window_closed"),
    "not_set_up": t("console.ticket.shut.not_set_up"),
    "one_way": t("console.ticket.shut.one_way"),
}

VERDICTS: Final[Mapping[Verdict, Text]] = {
    "no_ground": t("console.report.no_ground"),
    "warning": t("console.report.warning"),
    "suspension": t("console.report.suspension"),
}

SAID: Final[Mapping[str, Text]] = {
    "taken": t("console.ticket.done.taken"),
    "said": t("console.ticket.done.said"),
    "back": t("console.ticket.done.back"),
    "noted": t("console.ticket.done.noted"),
    "called": t("console.ticket.done.called"),
    "closed": t("console.ticket.done.closed"),
    "settled": t("console.ticket.done.settled"),
    "other": t("console.ticket.of_another"),
    "shut": t("console.ticket.shut"),
}

STEPS: Final[Mapping[str, Text]] = {
    "book": t("console.ticket.step.book"),
    "move": t("console.ticket.step.move"),
    "cancel": t("console.ticket.step.cancel"),
    "appointments": t("console.ticket.step.appointments"),
    "replaced": t("console.ticket.step.replaced"),
    "reminded": t("console.ticket.step.reminded"),
    "feedback": t("console.ticket.step.feedback"),
    "waiting": t("console.ticket.step.waiting"),
    "phone": t("console.ticket.step.phone"),
    "human": t("console.ticket.step.human"),
    "danger": t("console.ticket.step.danger"),
    "menu": t("console.ticket.step.menu"),
    "resume": t("console.ticket.step.resume"),
    "proposed": t("console.ticket.step.proposed"),
    "one_more": t("console.ticket.step.proposed"),
    "freed": t("console.ticket.step.freed"),
    "missed_call": t("console.ticket.step.missed_call"),
    "missed": t("console.ticket.step.missed"),
    "call_back": t("console.ticket.step.call_back"),
    "message": t("console.ticket.step.message"),
    "language": t("console.ticket.step.language"),
    "still_me": t("console.ticket.step.still_me"),
    "not_me": t("console.ticket.kind.not_me"),
}


def why_words(kind: str) -> Text:
    """Why there is such a ticket; of a kind without words, its name."""
    return TICKETS.get(kind) or t("console.kind.other", name=kind)


def step_words(step: str) -> Text:
    """`book.hour` stands in the booking; where there are no words, its name."""
    return STEPS.get(step.partition(".")[0]) or t("console.kind.other", name=step)


def waited(since: datetime, now: datetime) -> Text:
    """For how long, in the largest unit that says something."""
    gone = max(now - since, timedelta())
    if gone < timedelta(hours=1):
        return t("console.ticket.minutes", count=gone // timedelta(minutes=1))
    if gone < timedelta(days=2):
        return t("console.ticket.hours", count=gone // timedelta(hours=1))
    return t("console.ticket.days", count=gone // timedelta(days=1))


def hour_of(slot: str) -> datetime | None:
    """When the hour begins that was chosen in a talk."""
    read = read_slot_id(SlotId(slot))
    return read[0] if read is not None else None


TICKET_WORDS: Final[Mapping[str, Any]] = {
    "why_words": why_words,
    "step_words": step_words,
    "waited": waited,
    "hour_of": hour_of,
    "entries_of": ENTRIES,
    "hows": HOWS,
    "outcomes": OUTCOMES,
    "no_talk": NO_TALK,
    "verdicts": VERDICTS,
}
