"""What the console calls things: kinds of messages, what became of them, channels, how an appointment stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from booking.model import ClientKind, Motive
from conversations.text import Text, t
from handlers.web.console.problems import in_words
from handlers.web.pages import MODES

STATUSES: Final[Mapping[str, Text]] = {
    "booked": t("console.status.booked"),
    "cancelled": t("console.status.cancelled"),
    "moved": t("console.status.moved"),
    "done": t("console.status.done"),
    "missed": t("console.status.missed"),
}

MOTIVES: Final[Mapping[Motive, Text]] = {
    Motive.FINANCE: t("motive.finance"),
    Motive.CAREGIVER: t("motive.caregiver"),
    Motive.HOUSING: t("motive.housing"),
    Motive.DISABILITY: t("motive.disability"),
    Motive.RETIREMENT: t("motive.retirement"),
    Motive.FAMILY: t("motive.family"),
    Motive.OTHER: t("motive.other"),
}

CHANNELS: Final[Mapping[str, Text]] = {
    "sms": t("console.channel.sms"),
    "whatsapp": t("console.channel.whatsapp"),
    "telegram": t("console.channel.telegram"),
    "email": t("console.channel.email"),
    "timer": t("console.channel.timer"),
}

FATES: Final[Mapping[str, Text]] = {
    "queued": t("console.fate.queued"),
    "sending": t("console.fate.sending"),
    "unknown": t("console.fate.unknown"),
    "accepted": t("console.fate.accepted"),
    "sent": t("console.fate.sent"),
    "delivered": t("console.fate.delivered"),
    "read": t("console.fate.read"),
    "failed": t("console.fate.failed"),
    "suppressed": t("console.fate.suppressed"),
    "merged": t("console.fate.merged"),
    "expired": t("console.fate.expired"),
    "waiting": t("console.fate.waiting"),
    "dropped": t("console.fate.dropped"),
    "skipped": t("console.fate.skipped"),
    "parked": t("console.fate.parked"),
}
BAD: Final = frozenset({"failed", "unknown", "expired", "parked"})

KINDS: Final[Mapping[str, Text]] = {
    "answer": t("console.kind.answer"),
    "reply": t("console.kind.answer"),
    "booked": t("console.kind.booked"),
    "moved": t("console.kind.moved"),
    "cancelled": t("console.kind.cancelled"),
    "turned": t("console.kind.turned"),
    "arriving": t("console.kind.arriving"),
    "undelivered": t("console.kind.undelivered"),
    "reminder": t("console.kind.reminder"),
    "soon": t("console.kind.soon"),
    "missed_call": t("console.kind.missed_call"),
    "question": t("console.kind.question"),
    "offer": t("console.kind.offer"),
    "freed": t("console.kind.freed"),
    "digest": t("console.kind.digest"),
    "feedback": t("console.kind.feedback"),
    "calendar": t("console.kind.calendar"),
    "test": t("console.kind.test"),
    "stopped": t("console.kind.stopped"),
    "confirm_email": t("console.kind.confirm_email"),
    "channel": t("console.kind.channel"),
    "decision": t("console.kind.decision"),
    "closing": t("console.kind.closing"),
    "report": t("console.kind.report"),
    "one_time_code": t("console.kind.one_time_code"),
    "access": t("console.kind.access"),
    "claimed": t("console.kind.access"),
    "claim_over": t("console.kind.access"),
    "channel_joined": t("console.kind.channel"),
    "channel_parted": t("console.kind.channel"),
    "join_mailed": t("console.kind.channel"),
    "waiting": t("console.kind.waiting"),
    "alarm": t("console.kind.alarm"),
    "document": t("console.kind.document"),
    "message": t("console.kind.message"),
    "attend": t("console.kind.attendance"),
    "call_late": t("console.kind.call_late"),
    "desk_late": t("console.kind.desk_late"),
    "one_more": t("console.kind.one_more"),
    "proposed": t("console.kind.proposed"),
    "replaced": t("console.kind.replaced"),
    "replaced_again": t("console.kind.replaced_again"),
    "replaced_over": t("console.kind.replaced_over"),
    "video_fails": t("console.kind.video_fails"),
    "waiting_over": t("console.kind.waiting_over"),
    "due_near": t("console.kind.near"),
    "due_attendance": t("console.kind.attendance"),
    "due_silence": t("console.kind.attendance"),
    "due_unmet": t("console.kind.attendance"),
    "due_after": t("console.kind.feedback"),
}

CLIENT_KINDS: Final[Mapping[ClientKind, Text]] = {
    ClientKind.COMPANY: t("console.client.company"),
    ClientKind.INSURER: t("console.client.insurer"),
    ClientKind.BROKER: t("console.client.broker"),
    ClientKind.BRANCH: t("console.client.branch"),
}

DIRECTORY: Final[Mapping[str, Text]] = {
    "client": t("console.directory.client"),
    "code": t("console.directory.code"),
    "worker": t("console.directory.worker"),
}

REMINDERS: Final = ("early", "late", "soon")  # how names of their timers begin


def kind_words(kind: str) -> Text:
    """Of a message or a timer; of a kind without words, its name."""
    if kind.split("-", maxsplit=1)[0] in REMINDERS:
        return KINDS["reminder"]
    return KINDS.get(kind) or t("console.kind.other", name=kind)


WORDS: Final[Mapping[str, object]] = {
    "statuses": STATUSES,
    "motives": MOTIVES,
    "modes": MODES,
    "channels": CHANNELS,
    "fates": FATES,
    "bad": BAD,
    "kind_words": kind_words,
    "in_words": in_words,
    "client_kinds": CLIENT_KINDS,
    "kinds": DIRECTORY,
}
