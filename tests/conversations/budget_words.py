"""The longest values that may stand in a message, notices that no talk posts, and words that are never an SMS."""

from __future__ import annotations

import string
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from booking.model import Mode, Motive
from conversations.flows.names import MODES, MOTIVES
from conversations.model import Link
from conversations.text import Value, t
from locales import catalogue

LONGEST: Final[dict[str, str]] = {"a worker called": "Anne-Charlotte", "a person called": "Marie-Christine"}
WORKER, PERSON = LONGEST.values()
NAMES: Final[dict[str, str]] = {
    "worker": WORKER,
    "name": PERSON,
    "address": "12 avenue du Général de Gaulle, 44000 Nantes",
    "text": "",  # what a person and their worker write is theirs: ours is measured
}
VALUES: Final[dict[str, Value]] = {
    **NAMES,
    "phone": "01 99 00 00 09",
    "email": "marie-christine.dubois@example.org",
    "number": "01 99 00 00 03",
    "channel": "WhatsApp",
    "ends": "12",
    "word": "START",
    "service": "WhatsApp",
    "code": "123456",
    "count": 12,
    "words": "une phrase",  # of the desk's own, as long as they write it
    "signs": 1200,
    "most": 1000,
    "trusted": "",  # theirs, as long as they wrote it
    "hour": "23",
    "minute": "45",
    "ground": t("ground.misuse"),
    "motive": MOTIVES[Motive.FAMILY],
    "mode": MODES[Mode.PHONE],
    "call": t("desk.call", phone="01 99 00 00 09"),
}

# Notices as the reminders and the timers around the hour put them together.
NOTICES: Final[dict[str, tuple[str, ...]]] = {
    "reminder, two days before": ("reminder.early", "reminder.answer"),
    "reminder of two hours of one day": ("reminder.early_several", *2 * ("reminder.line",), "reminder.answer"),
    "shortly before two hours of one day": ("reminder.late_several", "reminder.line_in_person", "reminder.line_video"),
    "reminder, two hours before, phone": ("reminder.late_phone",),
    "reminder, two hours before, video": ("reminder.late_video",),
    "reminder, two hours before, in person": ("reminder.late_in_person",),
    "booked by the desk, phone": ("notice.yours_phone", "confirmed.change"),
    "booked by the desk, video": ("notice.yours_video", "confirmed.change"),
    "booked by the desk, in person": ("notice.yours_in_person", "confirmed.change"),
    "cancelled by the desk": ("notice.cancelled_for_you",),
    "cancelled by the desk, as they asked": ("notice.cancelled_as_asked", "undo.hint"),
    "ten minutes before, video": ("soon.video",),
    "ten minutes before, in person": ("soon.in_person",),
    "a video turned into a call": ("notice.turned_for_you",),
    "ten minutes before, phone": ("soon.phone",),
    "ten minutes before, phone, without a number of ours": ("soon.phone_own",),
    "one-time code": ("proof.sms",),
    "one-time code, one-way": ("proof.sms", "one_way.desk"),
    "reminder, two days before, one-way": ("reminder.early", "one_way.page"),
    "ten minutes before, video, one-way": ("one_way.soon_video", "one_way.page"),
    "ten minutes before, in person, one-way": ("one_way.soon_in_person", "one_way.page"),
    "cancelled by the desk, one-way": ("one_way.cancelled_for_you", "one_way.desk"),
    "cancelled by the desk, as they asked, one-way": ("one_way.cancelled_as_asked", "one_way.desk"),
}
# What workers want in the morning: a line an hour, and one for each change since.
LISTS: Final[dict[str, tuple[str, ...]]] = {
    "the morning's message": ("digest.today", *3 * ("agenda.line",), "digest.since", *2 * ("notice.booked",)),
}
# What workers ask for: the heading, and the line of an hour.
AGENDAS: Final[dict[str, tuple[str, str]]] = {
    "today's hours, the first of many": ("agenda.today", "agenda.line_of_day"),
    "tomorrow's hours, the first of many": ("agenda.tomorrow", "agenda.line_of_day"),
    "a week's hours, the first of many": ("agenda.week", "agenda.line"),
}
LINKED: Final = frozenset(
    {
        "reminder, two hours before, video",
        "shortly before two hours of one day",
        "reminder, two hours before, in person",
        "ten minutes before, video",
        "ten minutes before, in person",
        "a video turned into a call",
        *(n for n, msgids in NOTICES.items() if n.startswith("booked") or msgids[-1] == "one_way.page"),
    }
)
PUT_TOGETHER: Final = frozenset(
    {"agenda.left", "agenda.rest"}
    | {msgid for texts in (*NOTICES.values(), *LISTS.values(), *AGENDAS.values()) for msgid in texts}
)
# Pages, mails, the telephone's voice, apps' menus and lists, posters: no SMS. And what is only a part of another word.
ELSEWHERE: Final = (
    "about.",
    "alarm.",
    "call.",
    "closing.mail_",
    "console.",
    "copy.about",
    "copy.instant",
    "copy.name.",
    "copy.section.",
    "copy.title",
    "demo.",
    "desk.hours",
    "erased.telegram",
    "figures.",
    "format.",
    "ground.",
    "invite.",
    "line.",
    "mail.",
    "notice.claimed",  # by mail
    "page.",
    "room.",
    "telegram.",
    "weekday.",
    "welcome.outside",  # of WhatsApp and Telegram
)


def linked(name: str) -> Link | None:
    return Link("appointment", "a") if name in LINKED else None


def values(msgid: str, moment: datetime) -> dict[str, Value]:
    """One at its longest for each of its fields. An instant is told by the way it is to be said: `{start:when}`."""
    found = [(field, how) for _, field, how, _ in string.Formatter().parse(catalogue("fr")[msgid]) if field]
    if unknown := [field for field, how in found if not how and field not in VALUES]:
        raise LookupError(f"{msgid}: the longest {', '.join(unknown)}? Put it into VALUES, or the family in ELSEWHERE")
    return {field: moment if how else VALUES[field] for field, how in found}


def unsaid(said: Iterable[str]) -> list[str]:
    """The msgids that may be an SMS and stand in no message that is measured already."""
    measured = {*said, *PUT_TOGETHER}
    return sorted(msgid for msgid in catalogue("fr") if msgid not in measured and not msgid.startswith(ELSEWHERE))
