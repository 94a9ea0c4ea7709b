"""The social workers of the year, by a directory file: early and late, at night across midnight, on Sundays, on
islands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from tests.journeys.year.people import Human

PARIS, REUNION, GUADELOUPE = "Europe/Paris", "Indian/Reunion", "America/Guadeloupe"
WEEK = "mon tue wed thu fri"
USUAL: Final = "finance caregiver housing retirement family other"
RARE: Final = "disability"  # two hours a week, of one worker: whoever wants these has to wait


@dataclass(frozen=True, slots=True)
class Worker:
    """As the directory file describes them."""

    ref: str
    first: str
    number: int
    notify_by: str
    hours: tuple[tuple[str, str, str], ...]  # days, from, to; `to` before `from` crosses midnight
    zone: str = PARIS
    holidays: bool = False
    motives: str = USUAL

    @property
    def place(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @property
    def phone(self) -> str:
        return f"+336399801{self.number:02}"

    @property
    def email(self) -> str:
        return f"{self.ref}@example.org"

    @property
    def chat(self) -> str:
        """Their Telegram."""
        return str(800_000_000 + self.number)

    @property
    def addresses(self) -> frozenset[tuple[str, str]]:
        return frozenset(
            {("sms", self.phone), ("whatsapp", self.phone), ("email", self.email), ("telegram", self.chat)}
        )


STAFF: Final[Sequence[Worker]] = (
    Worker("claire", "Claire", 1, "sms", (("mon tue thu fri", "09:00", "12:00"), ("mon thu", "14:00", "17:00"))),
    Worker("ali", "Ali", 2, "telegram", (("tue wed thu fri", "13:30", "18:30"), ("sat", "09:00", "12:00"))),
    Worker("nadia", "Nadia", 3, "whatsapp", ((WEEK, "06:00", "09:00"),)),
    Worker("hugo", "Hugo", 4, "email", ((WEEK, "18:00", "21:00"), ("sat sun", "10:00", "16:00")), holidays=True),
    Worker("nuit", "Ousmane", 5, "sms", (("fri sat sun", "22:00", "06:00"),), holidays=True),
    Worker("aube", "Maud", 6, "telegram", (("sat sun mon", "00:15", "05:15"),), holidays=True),
    Worker("vanessa", "Vanessa", 7, "sms", ((WEEK, "08:00", "12:00"),), zone=REUNION),
    Worker("josette", "Josette", 8, "whatsapp", (("mon tue thu fri", "07:30", "12:30"),), zone=GUADELOUPE),
    Worker("marc", "Marc", 9, "sms", (("tue", "08:00", "10:00"),), motives=RARE),
    Worker("lena", "Lena", 10, "email", ((WEEK, "19:30", "23:30"),)),
    Worker("rita", "Rita", 11, "sms", (("mon wed", "09:15", "17:15"), ("fri", "13:00", "16:00"))),
    Worker("soir", "Theo", 12, "telegram", (("sun", "16:00", "01:00"),), holidays=True),
)


def directory_text(staff: Sequence[Worker]) -> str:
    """As an operator writes it."""
    lines = ["[[client]]", 'ref = "ports"', 'name = "Mutuelle des Ports"', 'kind = "insurer"']
    lines += ["[[client.code]]", 'code = "PORTS-7KQM-4XTD"']
    for worker in staff:
        lines += ["[[worker]]", f'ref = "{worker.ref}"', f'first_name = "{worker.first}"', 'last_name = "Morel"']
        lines += [f'phone = "{worker.phone}"', f'email = "{worker.email}"', f'notify_by = "{worker.notify_by}"']
        lines += [f"motives = {_list(worker.motives)}", 'modes = ["video", "phone"]', 'languages = ["fr", "en"]']
        lines += [f'time_zone = "{worker.zone}"', f"works_on_holidays = {str(worker.holidays).lower()}"]
        for days, begin, end in worker.hours:
            lines += ["[[worker.hours]]", f"days = {_list(days)}", f"from = {begin}:00", f"to = {end}:00"]
    return "\n".join(lines) + "\n"


def _list(words: str) -> str:
    return "[" + ", ".join(f'"{word}"' for word in words.split()) + "]"


@dataclass(kw_only=True)
class Clerk(Human):
    """A worker at their telephone."""

    worker: Worker

    @property
    def channel(self) -> str:
        """Where they write: where they read."""
        return self.worker.notify_by if self.worker.notify_by in {"telegram", "whatsapp"} else "sms"

    @property
    def phone(self) -> str:
        return self.worker.phone

    @property
    def address(self) -> str:
        return self.worker.chat if self.channel == "telegram" else self.phone


def clerks(seed: str) -> list[Clerk]:
    return [Clerk(chance=Random(f"{seed}:{worker.ref}"), worker=worker) for worker in STAFF]
