"""What messages cost as SMS: every reply of every talk and every notice, with the longest values that may stand in it.

python -m tests.conversations.budget        # the table of docs/sms-budget.md, on standard output
"""

from __future__ import annotations

import string
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Final

from conversations.flows.names import MODES, MOTIVES
from conversations.model import Input, Reply
from conversations.text import Text, Value
from handlers.channels import gsm7
from locales import catalogue
from locales.voice import Voice
from tests.conversations.scenes import ALL, reached
from tests.conversations.script import answer, cues, raised

TALKS: Final = Path(__file__).parent / "talks"
LINK: Final = "https://rdv.social-direct.fr/a/" + 22 * "A"  # 128 bits, in letters
WORKER: Final = "Anne-Charlotte"
NAMES: Final[dict[str, str]] = {
    "worker": WORKER,
    "name": "Marie-Christine",
    "address": "12 avenue du Général de Gaulle, 44000 Nantes",
}
NUMBERS: Final[dict[str, str | int]] = {
    "phone": "01 99 00 00 09",
    "number": "01 99 00 00 03",
    "ends": "12",
    "code": "123456",
    "count": 12,
    "hour": "23",
    "minute": "45",
}
FAMILIES: Final = (tuple(MOTIVES.values()), tuple(MODES.values()))
YEAR: Final = tuple(datetime(2026, 1, 1, 22, tzinfo=UTC) + timedelta(days=n) for n in range(365))

# Notices that a person gets unasked, as the reminders and reactions put them together.
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
    "ten minutes before, video": ("soon.video",),
    "ten minutes before, in person": ("soon.in_person",),
    "a video turned into a call": ("notice.turned_for_you",),
    "ten minutes before, phone": ("soon.phone",),
    "ten minutes before, phone, without a number of ours": ("soon.phone_own",),
    "one-time code": ("proof.sms",),
}
LINKED: Final = frozenset(
    {
        "reminder, two hours before, video",
        "shortly before two hours of one day",
        "reminder, two hours before, in person",
        "ten minutes before, video",
        "ten minutes before, in person",
        "a video turned into a call",
        *(n for n in NOTICES if n.startswith("booked")),
    }
)


@dataclass(frozen=True, slots=True)
class Message:
    """A message at its longest."""

    name: str
    kind: str  # question, reply, first, notice
    lang: str
    text: str

    @property
    def size(self) -> gsm7.Size:
        return gsm7.size(gsm7.fold(self.text, self.lang))


@cache
def longest_day(lang: str) -> datetime:
    """The instant of a year, of all months and weekdays, whose words take most room."""
    say = Voice(lang)
    return max(YEAR, key=lambda at: gsm7.size(gsm7.fold(say.moment(at, "slot"))).units)


def widened(text: Text, lang: str) -> Text:
    """The same text with the longest values in it."""
    say = Voice(lang)

    def longest(name: str, value: Value) -> Value:
        if isinstance(value, datetime):
            return longest_day(lang)
        if isinstance(value, Text):
            family = next((each for each in FAMILIES if value in each), (value,))
            return max((widened(each, lang) for each in family), key=lambda each: len(say(each)))
        return NAMES.get(name, value)

    return Text(text.msgid, {name: longest(name, value) for name, value in text.args.items()})


def drawn(reply: Reply, lang: str) -> str:
    """As the SMS channel draws it."""
    say = Voice(lang)
    lines = [say(widened(text, lang)) for text in reply.texts]
    lines += [f"{n}. {say(widened(option.label, lang))}" for n, option in enumerate(reply.options, 1)]
    return "\n".join([*lines, *([LINK] if reply.link else [])])


def questions(lang: str) -> Iterator[Message]:
    """Each question alone."""
    for scene in ALL:
        stage = reached(scene, lang)
        stage.says(Input(text="hello" if lang == "en" else "bonjour"))
        assert stage.turn is not None
        if stage.turn.reply is not None and stage.step == scene.split(" ", maxsplit=1)[0]:
            yield Message(scene, "question", lang, drawn(stage.turn.reply, lang))


@cache
def played() -> tuple[tuple[str, Reply], ...]:
    """Each whole reply of each talk by SMS, and whether it is a worker's, somebody's first or another."""
    heard = []
    for talk in sorted(TALKS.glob("*.talk")):
        header, _, body = talk.read_text().partition("\n\n")
        stage = raised(header)
        for cue in cues(body):
            answer(stage, cue)
        for speaker, reply in stage.company.spoken:
            if speaker.contact.channel == "sms":
                first = any(text.msgid == "welcome.sms" for text in reply.texts)
                heard.append(("agenda" if speaker.contact.worker else "first" if first else "reply", reply))
    return tuple(heard)


def replies(lang: str) -> Iterator[Message]:
    """In either language, whatever the talk's own."""
    for kind, reply in played():
        yield Message(" + ".join(text.msgid for text in reply.texts), kind, lang, drawn(reply, lang))


def notices(lang: str) -> Iterator[Message]:
    words, say = catalogue(lang), Voice(lang)
    for name, msgids in NOTICES.items():
        texts = []
        for msgid in msgids:
            fields = [field for _, field, _, _ in string.Formatter().parse(words[msgid]) if field]
            values: dict[str, Value] = {
                field: NAMES.get(field) or NUMBERS.get(field) or longest_day(lang) for field in fields
            }
            texts.append(say(Text(msgid, values)))
        yield Message(name, "notice", lang, "\n".join([*texts, *([LINK] if name in LINKED else [])]))


@cache
def messages() -> tuple[Message, ...]:
    """The longest of each name, kind and language."""
    worst: dict[tuple[str, str, str], Message] = {}
    for lang in ("fr", "en"):
        for message in (*questions(lang), *replies(lang), *notices(lang)):
            key = (message.kind, message.name, lang)
            if key not in worst or worst[key].size.units < message.size.units:
                worst[key] = message
    return tuple(worst.values())


def table() -> str:
    """The page."""
    sizes: dict[tuple[str, str], dict[str, gsm7.Size]] = {}
    for message in messages():
        sizes.setdefault((message.kind, message.name), {})[message.lang] = message.size
    lines = [
        "# What messages cost as SMS",
        "",
        "Made by `python -m tests.conversations.budget`; a test holds it true. Each message is at its longest:",
        f"the longest day of a year, a worker called {WORKER}, the longest subject and mode, a link of ours.",
        "Units are septets; a message of one segment holds 160, one of several 153 in each.",
    ]
    for kind in ("question", "first", "reply", "notice"):
        lines += ["", f"## {kind.capitalize()}", "", "| message | fr | en |", "|---|---|---|"]
        for (each, name), found in sorted(sizes.items(), key=lambda item: -max(s.units for s in item[1].values())):
            if each == kind:
                cells = [f"{found[lang].units} ({found[lang].segments})" for lang in ("fr", "en")]
                lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(table(), end="")
