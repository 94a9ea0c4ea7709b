"""The names that people see for motives and modes, and the way to a human: families of literal msgids."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from booking.model import Mode, Motive
from conversations.model import Context
from conversations.text import Text, t

MOTIVES: Final[Mapping[Motive, Text]] = {
    Motive.FINANCE: t("motive.finance"),
    Motive.CAREGIVER: t("motive.caregiver"),
    Motive.HOUSING: t("motive.housing"),
    Motive.DISABILITY: t("motive.disability"),
    Motive.RETIREMENT: t("motive.retirement"),
    Motive.FAMILY: t("motive.family"),
    Motive.OTHER: t("motive.other"),
}

MODES: Final[Mapping[Mode, Text]] = {
    Mode.PHONE: t("mode.phone"),
    Mode.VIDEO: t("mode.video"),
    Mode.IN_PERSON: t("mode.in_person"),
}


def call(c: Context) -> Text:
    """How to reach a human: the desk's number, or the word that asks for them."""
    return t("desk.call", phone=c.desk.phone) if c.desk.phone else t("desk.word")
