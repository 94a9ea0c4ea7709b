"""The words of a kit in one language, laid out by nobody yet: what poster, cards and page have in common."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from babel import Locale

from booking.model import Client, ClientKind, Code, Motive
from conversations.flows.names import MOTIVES
from conversations.model import Desk
from conversations.text import Text, t
from handlers.kits.doors import Channel, Door
from locales import TAGS
from locales.typography import WIDE, tied
from locales.voice import Voice

NAMES: Final[Mapping[Channel, Text]] = {
    "sms": t("invite.sms"),
    "whatsapp": t("invite.whatsapp"),
    "telegram": t("invite.telegram"),
}
TAPS: Final[Mapping[Channel, Text]] = {
    "sms": t("invite.tap.sms"),
    "whatsapp": t("invite.tap.whatsapp"),
    "telegram": t("invite.tap.telegram"),
}


@dataclass(frozen=True, slots=True)
class Way:
    """A door with its words."""

    channel: Channel
    link: str
    scanned: str
    address: str
    name: str
    tap: str
    alt: str
    cost: str  # empty: costs nothing beside the connection


@dataclass(frozen=True, slots=True)
class Leaflet:
    """Every field is shown as it stands."""

    lang: str
    rtl: bool
    titles: Mapping[str, str]  # of the documents: poster, cards, page
    headline: str
    lead: str
    offered: str
    motives: tuple[str, ...]
    steps_title: str
    steps: tuple[str, ...]
    first_step_here: str  # for who reads this on a screen
    code_title: str
    code: str
    valid: str  # empty: always
    by_hand: str
    promise: str
    figures: str
    human: str
    human_short: str
    small: tuple[str, ...]
    secret: str
    copy: str
    ways: tuple[Way, ...]


def leaflet(
    client: Client, letters: str, code: Code, doors: tuple[Door, ...], desk: Desk, voice: Voice, today: date
) -> Leaflet:
    """`desk` as of any instant: its number and hours are told, not whether somebody is there."""

    def say(text: Text) -> str:
        return printed(voice(text))

    return Leaflet(
        lang=voice.lang,
        rtl=Locale.parse(TAGS.get(voice.lang, voice.lang)).text_direction == "rtl",
        titles={
            "poster": say(t("invite.title.poster")),
            "cards": say(t("invite.title.cards")),
            "page": say(t("invite.title.page")),
        },
        headline=say(t("invite.headline")),
        lead=say(t("invite.lead")),
        offered=say(t("invite.offered", client=client.name)),
        motives=tuple(say(label) for motive, label in MOTIVES.items() if motive is not Motive.OTHER),
        steps_title=say(t("invite.steps")),
        steps=(say(t("invite.step.scan")), say(t("invite.step.send")), say(t("invite.step.choose"))),
        first_step_here=say(t("invite.step.tap")),
        code_title=say(t("invite.code")),
        code=letters,
        valid=_valid(code, voice, today),
        by_hand=say(_by_hand(doors[0])),
        promise=say(_promise(client)),
        figures=say(t("invite.promise.figures")),
        human=say(_human(desk)),
        human_short=say(t("invite.human.short", phone=desk.phone) if desk.phone else t("invite.human.word_short")),
        small=(say(t("invite.adults")), say(t("invite.danger"))),
        secret=say(t("invite.secret", client=client.name)),
        copy=say(t("invite.copy")),
        ways=tuple(_way(door, say) for door in doors),
    )


def printed(text: str) -> str:
    """As it is set on paper: no line begins with a mark, and numbers and dates stay whole."""
    whole = re.sub(r"(?<=[^\W\d]) (?=\d{4}\b)", WIDE, tied(text, narrow=WIDE))
    whole = re.sub(rf"(\d(?:er)?) (?=[^\W\d]+[ {WIDE}]\d{{4}}\b)", rf"\1{WIDE}", whole)
    return whole.replace("'", "’")


def _way(door: Door, say: Callable[[Text], str]) -> Way:
    name = say(NAMES[door.channel])
    return Way(
        channel=door.channel,
        link=door.link,
        scanned=door.scanned,
        address=printed(door.address),
        name=name,
        tap=say(TAPS[door.channel]),
        alt=say(t("invite.alt", channel=name, address=door.address)),
        cost=say(t("invite.sms.cost")) if door.channel == "sms" else "",
    )


def _promise(client: Client) -> Text:
    """The first fear is the employer, whoever pays."""
    if client.kind is ClientKind.COMPANY:
        return t("invite.promise.employer")
    return t("invite.promise.both", client=client.name)


def _by_hand(first: Door) -> Text:
    match first.channel:
        case "sms":
            return t("invite.by_hand", phone=first.address)
        case "whatsapp":
            return t("invite.by_hand.whatsapp", phone=first.address)
    return t("invite.by_hand.telegram", name=first.address)


def _human(desk: Desk) -> Text:
    if desk.phone is None:
        return t("invite.human.word")
    return t("invite.human", phone=desk.phone, hours=desk.hours)


def _valid(code: Code, voice: Voice, today: date) -> str:
    """A first day that has come is of no interest any more."""
    first = code.valid_from if code.valid_from and code.valid_from > today else None
    last = code.valid_until
    if first and last:
        return printed(voice(t("invite.between", first=voice.on_paper(first), last=voice.on_paper(last))))
    if last:
        return printed(voice(t("invite.until", day=voice.on_paper(last))))
    return printed(voice(t("invite.from", day=voice.on_paper(first)))) if first else ""
