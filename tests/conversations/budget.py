"""What messages cost as SMS: every reply of every talk, every notice, every other word of ours, at their longest.

python -m tests.conversations.budget        # the table of docs/sms-budget.md, on standard output
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Final

from conversations.flows.decided import REVIEWED
from conversations.flows.names import MODES, MOTIVES
from conversations.flows.worker.agenda import room_for
from conversations.model import Input, Link, Option, Reply
from conversations.text import Text, Value, t
from handlers.channels import gsm7
from handlers.channels.base import Draw
from handlers.channels.sms import SmsChannel
from handlers.effects import ToMail
from locales import languages
from locales.voice import Voice
from tests.conversations import budget_words
from tests.conversations.budget_rules import EXCEPTIONS, RULES
from tests.conversations.scenes import ALL, reached
from tests.conversations.script import answer, cues, raised
from tests.conversations.stage import Stage

TALKS: Final = Path(__file__).parent / "talks"
ABROAD: Final = "+447700900011"  # of those that the British regulator keeps for films
LINK: Final = "https://rdv.social-direct.fr/a/" + 22 * "A"  # 128 bits, in letters
LANGUAGES: Final = languages()
# All months and weekdays, at an hour of two digits that is no full hour.
YEAR: Final = tuple(datetime(2026, 1, 1, 20, 45, tzinfo=UTC) + timedelta(days=n) for n in range(365))
CHANNEL: Final = SmsChannel(None, "", lambda: YEAR[0])  # type: ignore[arg-type]  # it only draws
FAMILIES: Final = (tuple(MOTIVES.values()), tuple(MODES.values()))
# A list is a question whose options are hours, appointments, people, subjects or commands: as many as there are.
LISTED: Final = frozenset(
    {"slot.label", "replaced.label", "worker.label", "which.label", "worker.which_label", "times.closed", "times.open"}
    | {"slot.wait", "menu.book", "menu.my_data", *(text.msgid for text in MOTIVES.values())}
)
DECIDED: Final = frozenset(
    {f"decision.{each}" for each in ("warned", "suspended", "suspended_until", "ended", "open")}
) | {text.msgid for text in REVIEWED.values()}
READ: Final = frozenset({"read.text", "messages.mine", "messages.mine_unread"})


@dataclass(frozen=True, slots=True)
class Message:
    """A message at its longest."""

    name: str
    kind: str  # of RULES
    lang: str
    text: str

    @property
    def size(self) -> gsm7.Size:
        return gsm7.size(gsm7.fold(self.text, self.lang))


@cache
def longest_day(lang: str) -> datetime:
    """The instant of a year, of all months and weekdays, whose words take most room."""
    say = Voice(lang)
    return max(YEAR, key=lambda at: gsm7.size(gsm7.fold(say.moment(at, "slot"), lang)).units)


def widened(text: Text, lang: str) -> Text:
    """The same text with the longest values in it."""
    say = Voice(lang)

    def longest(name: str, value: Value) -> Value:
        if isinstance(value, datetime):
            return longest_day(lang)
        if isinstance(value, Text):
            family = next((each for each in FAMILIES if value in each), (value,))
            return max((widened(each, lang) for each in family), key=lambda each: len(say(each)))
        return budget_words.NAMES.get(name, value)

    return Text(text.msgid, {name: longest(name, value) for name, value in text.args.items()})


def drawn(texts: Sequence[Text], options: Sequence[Option], link: Link | None, lang: str) -> str:
    """As the SMS channel draws it."""
    labelled = tuple(replace(option, label=widened(option.label, lang)) for option in options)
    reply = Reply(tuple(widened(text, lang) for text in texts), labelled, link)
    return CHANNEL.render(reply, Draw(say=Voice(lang), url=lambda _: LINK, lang=lang)).text


def named(texts: Sequence[Text]) -> str:
    return " + ".join(text.msgid for text in texts)


def most(message: Message) -> int:
    """How many segments it may take; none: as they come."""
    allowed, _ = RULES[message.kind]
    return allowed + (message.name in EXCEPTIONS)


def asks(reply: Reply) -> str:
    """What kind of question it is, if it is one that nothing is said before."""
    if reply.link is not None and reply.link.kind == "terms":
        return "terms"
    return "list" if any(option.label.msgid in LISTED for option in reply.options) else "question"


def kind(reply: Reply) -> str:
    if any(text.msgid in READ for text in reply.texts):
        return "read"
    if any(text.msgid in DECIDED for text in reply.texts):
        return "decided"
    if reply.texts[0].msgid.startswith("welcome."):
        return "first"
    return asks(reply) if reply.prompt and len(reply.texts) == 1 else "reply"


def questions(lang: str) -> Iterator[Message]:
    """Each question alone, as whoever comes back to it is asked again."""
    for scene in ALL:
        stage = reached(scene, lang)
        stage.says(Input(text="hello" if lang == "en" else "bonjour"))
        assert stage.turn is not None
        reply = stage.turn.reply
        if reply is not None and stage.step == scene.split(" ", maxsplit=1)[0] and not paged(reply):
            yield Message(scene, asks(reply), lang, drawn(reply.texts, reply.options, reply.link, lang))


def raised_for(header: str) -> Iterator[Stage]:
    """The talk as it is written; and, by SMS, with somebody who is greeted where the talk has them greeted already, or
    who writes from abroad: their first message is the longest.
    """
    yield raised(header)
    told = header.splitlines()
    if any(line.startswith(("role: worker", "channel: ", "phone: ")) for line in told):
        return
    stage = raised(header)
    if any(line.startswith("known: ") for line in told):
        stage.saved = stage.saved.replace('"met": true', '"met": false')
    else:
        stage.contact = replace(stage.contact, phone=ABROAD)
    yield stage


@cache
def played() -> tuple[tuple[Reply, ...], tuple[tuple[str, Reply], ...]]:
    """Whole replies by SMS, and notices with their kinds, of each talk."""
    replies: list[Reply] = []
    notices: list[tuple[str, Reply]] = []
    for talk in sorted(TALKS.glob("*.talk")):
        header, _, body = talk.read_text().partition("\n\n")
        for stage in raised_for(header):
            for cue in cues(body):
                answer(stage, cue)
            replies += [reply for speaker, reply in stage.company.spoken if speaker.contact.channel == "sms"]
            posted = [notice for notice in stage.company.posted if not isinstance(notice.to, ToMail)]
            notices += [(notice.kind, Reply(notice.texts, link=notice.link)) for notice in posted]
    return tuple(replies), tuple(notices)


def rehearsed(lang: str) -> Iterator[Message]:
    """In either language, whatever the talk's own."""
    replies, notices = played()
    for reply in replies:
        if paged(reply):
            continue
        yield Message(named(reply.texts), kind(reply), lang, drawn(reply.texts, reply.options, reply.link, lang))
    for about, notice in notices:
        yield Message(f"{about}: {named(notice.texts)}", "notice", lang, drawn(notice.texts, (), notice.link, lang))


def others(lang: str) -> Iterator[Message]:
    """Notices that are put together of rows, and words that no talk by SMS has said."""
    for name, msgids in budget_words.NOTICES.items():
        texts = [filled(msgid, lang) for msgid in msgids]
        yield Message(name, "notice", lang, drawn(texts, (), budget_words.linked(name), lang))
    for name, msgids in budget_words.LISTS.items():
        yield Message(name, "morning", lang, drawn([filled(msgid, lang) for msgid in msgids], (), None, lang))
    for msgid in budget_words.unsaid(said()):
        yield Message(msgid, "words", lang, drawn([filled(msgid, lang)], (), None, lang))


def paged(reply: Reply) -> bool:
    """Cut to what fits by the lines that it has: with longer ones it would have been cut before."""
    return sum(text.msgid in {"agenda.line", "agenda.line_of_day"} for text in reply.texts) > 1


def agendas(lang: str) -> Iterator[Message]:
    """The longest lines, of more hours than a message holds."""
    for name, (heading, each) in budget_words.AGENDAS.items():
        title, lines = filled(heading, lang), 20 * [filled(each, lang)]
        room = room_for(Voice(lang), title, lines, by_sms=True)
        rest = (Option("rest", t("agenda.rest")),)
        texts = [title, *lines[:room], t("agenda.left", count=len(lines) - room)]
        yield Message(name, "agenda", lang, drawn(texts, rest, None, lang))


def filled(msgid: str, lang: str) -> Text:
    """The text with a value, at its longest, for each of its fields."""
    return Text(msgid, budget_words.values(msgid, longest_day(lang)))


@cache
def said() -> frozenset[str]:
    """The msgids that stand in a message of a talk by SMS, whether as its own or inside another's."""
    replies, notices = played()
    tops = [*replies, *(notice for _, notice in notices)]
    texts = [text for reply in tops for text in (*reply.texts, *(option.label for option in reply.options))]
    return frozenset(msgid for text in texts for msgid in _inside(text))


def _inside(text: Text) -> Iterator[str]:
    yield text.msgid
    for value in text.args.values():
        if isinstance(value, Text):
            yield from _inside(value)


@cache
def messages() -> tuple[Message, ...]:
    """The longest of each name, kind and language."""
    worst: dict[tuple[str, str, str], Message] = {}
    for lang in LANGUAGES:
        for message in (*questions(lang), *rehearsed(lang), *agendas(lang), *others(lang)):
            plain = replace(message, name=_times(message.name))
            key = (plain.kind, plain.name, lang)
            if key not in worst or worst[key].size.units < plain.size.units:
                worst[key] = plain
    return tuple(worst.values())


def _times(name: str) -> str:
    """Lines of one list are one line of the table, at its longest."""
    parts = name.split(" + ")
    return " + ".join(dict.fromkeys(parts)) if len(parts) > len(set(parts)) else name


def table() -> str:
    """The page."""
    sizes: dict[tuple[str, str], dict[str, gsm7.Size]] = {}
    for message in messages():
        sizes.setdefault((message.kind, message.name), {})[message.lang] = message.size
    names = ", ".join(f"{what} {name}" for what, name in budget_words.LONGEST.items())
    lines = [
        "# What messages cost as SMS",
        "",
        "Made by `python -m tests.conversations.budget`; a test holds it true, and fails where a message takes more",
        "than it may. Each is at its longest, in each language: the longest day and hour of a year, of all months",
        f"and weekdays; {names};",
        "the longest subject and mode; a link of ours; nothing of what people and workers write to each other. Units",
        "are septets; a message of one segment holds 160, one of several 153 in each. People whose clock is not that",
        "of Paris are told both times, which is not counted here: some 18 septets for each hour. Where a message would",
        "take more than two segments, the SMS channel says it in fewer words (`handlers/channels/concise.py`): that is",
        "what is counted.",
        "",
        "| kind | segments at most | what it is | the longest |",
        "|---|---|---|---|",
    ]
    for each, (most, what) in RULES.items():
        found = [size.segments for (kind_, _), by in sizes.items() if kind_ == each for size in by.values()]
        lines.append(f"| {each} | {most or 'as they come'} | {what} | {max(found, default=0)} |")
    lines += ["", "Left longer, by one segment, and why:", ""]
    reasons: dict[str, list[str]] = {}
    for name, why in EXCEPTIONS.items():
        reasons.setdefault(why, []).append(name)
    lines += [f"- {', '.join(f'`{name}`' for name in found)}: {why}." for why, found in reasons.items()]
    for each in RULES:
        lines += [
            "",
            f"## {each.capitalize()}",
            "",
            f"| message | {' | '.join(LANGUAGES)} |",
            "|---" * (1 + len(LANGUAGES)) + "|",
        ]
        for (kind_, name), by in sorted(
            sizes.items(), key=lambda item: (-max(s.units for s in item[1].values()), item[0])
        ):
            if kind_ == each:
                cells = [f"{by[lang].units} ({by[lang].segments})" for lang in LANGUAGES]
                lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(table(), end="")
