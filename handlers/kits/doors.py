"""The ways to write to us with the code already typed in: one address to touch, one to scan, per channel.

What phones do with each was read, not tried on real ones; docs/going-live.md lists what to try with an iPhone and an
Android phone before anything is printed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias
from urllib.parse import quote

from booking import codes
from booking.phones import spaced
from conversations.flows.told import told_code
from conversations.model import Words
from handlers.channels.telegram_updates import PAYLOAD
from handlers.kits.refusals import CannotCarry

Channel: TypeAlias = Literal["sms", "whatsapp", "telegram"]
CHANNELS: Final[tuple[Channel, ...]] = ("sms", "whatsapp", "telegram")


@dataclass(frozen=True, slots=True)
class Senders:
    """Our addresses: numbers in E.164 (SMS also a short code), the bot's name without @. None: not to be invited to."""

    sms: str | None = None
    whatsapp: str | None = None
    telegram: str | None = None


@dataclass(frozen=True, slots=True)
class Door:
    """`link` is touched on a phone, `scanned` is what the QR code holds, `address` is what people read."""

    channel: Channel
    link: str
    scanned: str
    address: str


def doors(senders: Senders, sentence: str, code: str, words: Words) -> tuple[Door, ...]:
    """In the order in which they are offered. `sentence` holds the code. Raises CannotCarry."""
    check(sentence, code, words)
    return tuple(_doors(senders, sentence, code, words))


def _doors(senders: Senders, sentence: str, code: str, words: Words) -> Iterator[Door]:
    if senders.sms:
        yield Door("sms", sms_link(senders.sms, sentence), f"SMSTO:{senders.sms}:{sentence}", spaced(senders.sms))
    if senders.whatsapp:
        # Read, not tried: https://faq.whatsapp.com/5913398998672934 (digits alone; the text is a draft to be sent).
        link = f"https://wa.me/{senders.whatsapp.lstrip('+')}?text={quote(sentence, safe='')}"
        yield Door("whatsapp", link, link, spaced(senders.whatsapp))
    if senders.telegram:
        link = f"https://t.me/{senders.telegram}?start={payload(code, words)}"
        yield Door("telegram", link, link, f"@{senders.telegram}")


def sms_link(number: str, sentence: str) -> str:
    """One link for both kinds of phone.

    RFC 5724 and Android want `?body=`, iOS since its version 8 `&body=`; `?&body=` is taken by both. Read, not tried:
    https://stackoverflow.com/questions/6480462. A QR code holds `SMSTO:number:text` instead, which the cameras of both
    know (read, not tried: https://github.com/Shane32/QRCoder/issues/296).
    """
    return f"sms:{number}?&body={quote(sentence, safe='')}"


def payload(code: str, words: Words) -> str:
    """What Telegram hands over when Start is pressed: 64 signs of A-Z a-z 0-9 _ - at most, of which we take 40
    (https://core.telegram.org/api/links#bot-links). A code of a client's own form comes behind "my code is".
    """
    shaped = codes.find(code)
    found = _dashed(shaped) if shaped else f"{_dashed(_intro(words))}-{codes.normal(code) or ''}"
    if PAYLOAD.fullmatch(found) is None:
        raise CannotCarry("it is too long for Telegram")
    check(found, code, words)
    return found


def check(text: str, code: str, words: Words) -> None:
    """Whether the bot finds this very code in the text, at whatever step it comes. Raises CannotCarry."""
    found = told_code(text, words)
    if found is None or codes.normal(found) != codes.normal(code):
        raise CannotCarry("it is neither of our form nor one or a few words with a digit in them")


def _intro(words: Words) -> str:
    """The language's plainest "my code is": the first of its list that is written without marks."""
    return next((phrase for phrase in words("words.code.intro") if re.fullmatch(r"[a-z ]+", phrase)), "")


def _dashed(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-")
