"""The directory's fields and what stands in them, in the reader's words instead of the file's own: `valid_until` is
"dernier jour", and `mon tue 09:00-12:00` the days and hours as people say them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

from booking.model import ClientKind, Closure, Hours, Mode, Motive, NotifyBy
from booking.phones import spaced
from conversations.text import Text, t
from handlers.desk import DAYS, clock
from handlers.web.console.words import CHANNELS, CLIENT_KINDS, MOTIVES
from handlers.web.pages import MODES
from locales.voice import Voice

FIELDS: Final[Mapping[str, Text]] = {
    "ref": t("console.edit.ref"),
    "name": t("console.edit.name"),
    "kind": t("console.edit.kind"),
    "suspended": t("console.edit.suspended"),
    "code": t("console.edit.letters"),
    "valid_from": t("console.edit.valid_from"),
    "valid_until": t("console.edit.valid_until"),
    "max_accounts": t("console.edit.max_accounts"),
    "first_name": t("console.call.first"),
    "last_name": t("console.call.last"),
    "phone": t("console.field.phone"),
    "email": t("console.person.email"),
    "notify_by": t("console.edit.notify_by"),
    "motives": t("console.edit.motives"),
    "modes": t("console.edit.modes"),
    "languages": t("console.field.languages"),
    "hours": t("console.edit.hours"),
    "closed": t("console.edit.closed"),
    "time_zone": t("console.edit.zone"),
    "address": t("console.edit.address"),
    "works_on_holidays": t("console.edit.holidays"),
    "bio": t("console.field.bio"),
}
MORE: Final = " · "


def field_words(name: str) -> Text | None:
    """Of `valid_until`, or of a problem's `client.code.valid_until`; None for what is no field of ours."""
    return FIELDS.get(name.rpartition(".")[2])


def worded(name: str, value: Any, voice: Voice) -> str:
    """What a field of the directory holds; `–` for nothing."""
    return _worded(name, value, voice) or "–"


def _worded(name: str, value: Any, voice: Voice) -> str:  # noqa: PLR0911 - one line a kind
    match name, value:
        case _, bool():
            return voice(t("console.field.yes") if value else t("console.field.no"))
        case _, None | () | "":
            return ""
        case "phone", str():
            return spaced(value)
        case "time_zone", str():
            return voice.city(value)
        case "languages", tuple():
            return ", ".join(map(voice.language, value))
        case "bio", Mapping():
            return MORE.join(_bio(language, words, voice) for language, words in sorted(value.items()))
        case _, frozenset():
            return MORE.join(sorted(_one(each, voice) for each in value))
        case _, tuple():
            return MORE.join(_one(each, voice) for each in value)
    return _one(value, voice)


def _one(value: Any, voice: Voice) -> str:  # noqa: PLR0911 - likewise
    match value:
        case ClientKind():
            return voice(CLIENT_KINDS[value])
        case NotifyBy():
            return voice(CHANNELS[value])
        case Motive():
            return voice(MOTIVES[value])
        case Mode():
            return voice(MODES[value])
        case Hours(days, start, end):
            return voice(t("console.field.block", days=_days(days, voice), opens=clock(start), closes=clock(end)))
        case Closure(first, last) if first == last:
            return voice.on_paper(first)
        case Closure(first, last):
            return voice(t("console.field.days", first=voice.on_paper(first), last=voice.on_paper(last)))
        case date():
            return voice.on_paper(value)
    return str(value)


def _bio(language: str, words: str, voice: Voice) -> str:
    return voice(t("console.field.is", field=voice.language(language), value=words))


def _days(days: Iterable[int], voice: Voice) -> str:
    return ", ".join(voice(DAYS[day]) for day in sorted(days))
