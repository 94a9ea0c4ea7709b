"""Two hundred words that nobody else uses: eight people, with all that each of them is and writes."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Literal

from bot.standins.telegram_chats import Person as OnTelegram

Channel = Literal["sms", "whatsapp", "telegram"]
CHANNELS: Final[tuple[Channel, ...]] = ("sms", "sms", "sms", "sms", "sms", "whatsapp", "whatsapp", "telegram")
EACH: Final = 25
OWN: Final = 8  # of them: names, both parts of the address, telephone in two ways, social-security number, code


@dataclass(frozen=True)
class Canary:
    channel: Channel
    first: str
    last: str
    mail: str
    digits: str
    spaced: str
    nir: str
    code: str  # which is no client's
    words: tuple[str, ...]

    @property
    def all(self) -> tuple[str, ...]:
        own = (self.first, self.last, *self.mail.removesuffix(".example").split("@"))
        return (*own, self.digits, self.spaced, self.nir, self.code, *self.words)

    @property
    def number(self) -> str:
        return f"+336{self.digits}"

    @property
    def account(self) -> OnTelegram:
        """Telegram tells us their name, too."""
        return OnTelegram(900000000000000 + int(self.digits[-2:]), self.first, phone=self.number)

    def texts(self) -> Iterator[str | None]:
        """A booking, and whatever else one may write; None: shares their contact, where that is asked."""
        word = iter(self.words)
        yield f"bonjour {next(word)} {next(word)}"
        yield self.code
        yield "PORTS-7KQM-4XTD"
        yield from ("1", "1", "1")
        if self.channel == "telegram":
            yield None
        yield f"{self.first} {self.last}"
        yield self.mail
        yield "1"
        yield f"message : {next(word)} {self.nir} {next(word)}"
        yield "oui"
        yield f"mon numéro est le 0{self.digits}, oui 06 {self.spaced} {next(word)}"
        yield f"mes données {next(word)}"
        yield f"j'ai envie de mourir {next(word)}"
        yield f"rappel {next(word)}"
        yield "humain"
        yield f"{next(word)} {next(word)} {next(word)}"
        yield "menu"
        yield " ".join(word)


def people() -> tuple[Canary, ...]:
    """The same ones each time."""
    numbers = itertools.count(1)

    def word() -> str:
        """`zqbamilo`: of syllables, so that it may be a name, and like no word that anybody understands."""
        digest = sha256(b"canary %d" % next(numbers)).digest()
        return "zq" + "".join("bdfgklmnprtvz"[one % 13] + "aeiou"[one % 5] for one in digest[:4])

    def canary(number: int, channel: Channel) -> Canary:
        last, mail = word().title(), f"{word()}@{word()}.example"
        nir, code = f"284127512{number}4514{number}", f"ZQXV{number}-7{number}4-8{number}5"
        words = tuple(word() for _ in range(EACH - OWN))
        own = (f"399800{number}", f"39 98 00 {number}", nir, code)
        return Canary(channel, word().title(), last, mail, *own, words)

    return tuple(canary(number, channel) for number, channel in enumerate(CHANNELS, 31))
