"""Voice: a `Text` in words, in one language and one time zone. Programmers format nothing; the catalogue says how."""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from conversations.text import Text, t
from locales import TAGS, catalogue, naming

HOME = "Europe/Paris"  # a person whose clock differs from it is told both times


class Voice:
    """Says texts: `Voice("fr", "Indian/Reunion")(text)`. Pure; raises LookupError for a msgid that no catalogue has."""

    def __init__(self, lang: str, zone: str = HOME, fallback: str = "fr") -> None:
        self.lang = lang
        self.zone = zone
        self._words = catalogue(lang)
        self._fallback = catalogue(fallback)
        self._formatter = _Formatter(self)

    def __call__(self, text: Text) -> str:
        pattern = self._words.get(text.msgid) or self._fallback.get(text.msgid)
        if pattern is None:
            raise LookupError(f"no words for {text.msgid!r}")
        return self._formatter.vformat(pattern, (), text.args)

    def moment(self, when: datetime, how: str) -> str:
        """`day`: mardi 3 mars. `time`: 9 h 30. `slot`: both. `when`: both, and Paris's time where the clocks differ.
        `short`: mar. 3 mars à 9 h 30, for the lines of WhatsApp's lists. `dated`: with the year, for the desk.
        `date`: 3 mars 2026.
        """
        local = when.astimezone(ZoneInfo(self.zone))
        match how:
            case "day":
                return self._day(local.date())
            case "time":
                return self._time(local)
            case "slot":
                return self(t("format.slot", day=self._day(local.date()), time=self._time(local)))
            case "when":
                return self._both(local)
            case "date":
                return self.on_paper(local.date())
            case "dated" | "short":
                pattern = "EEE d MMM y" if how == "dated" else "EEE d MMM"
                return self(t("format.slot", day=self._dated(local.date(), pattern), time=self._time(local)))
        raise ValueError(f"no way to say an instant is called {how!r}")

    def _both(self, local: datetime) -> str:
        home = local.astimezone(ZoneInfo(HOME))
        slot = self.moment(local, "slot")
        if home.utcoffset() == local.utcoffset():
            return slot
        return self(t("format.two_clocks", slot=slot, home=self._time(home)))

    def on_paper(self, day: date) -> str:
        """With its year, as it stands on paper: 31 décembre 2027."""
        return self._dated(day, "d MMMM y")

    def span(self, first: date, months: int) -> str:
        """février 2026; 1er trimestre 2026; 2026."""
        return self._dated(first, {1: "MMMM y", 3: "QQQQ y", 12: "y"}[months])

    def language(self, name: str) -> str:
        """What a language is called: `fr` is French."""
        return naming.language(name, self.lang)

    def city(self, zone: str) -> str:
        """Whose clock a time zone is: `Europe/Paris` is Paris."""
        return naming.city(zone, self.lang)

    def _day(self, day: date) -> str:
        return self._dated(day, "EEEE d MMMM")

    def _dated(self, day: date, pattern: str) -> str:
        from babel.dates import format_date

        said = format_date(day, pattern, locale=TAGS.get(self.lang, self.lang))
        # French writes the first of a month as an ordinal; CLDR's number pattern does not know it
        first = f"1 {format_date(day, 'MMMM', locale='fr')}"
        return said.replace(first, f"1er {first[2:]}", 1) if self.lang == "fr" and day.day == 1 else said

    def _time(self, local: datetime) -> str:
        msgid = "format.time" if local.minute else "format.hour"
        return self(Text(msgid, {"hour": str(local.hour), "minute": f"{local.minute:02}"}))


class _Formatter(string.Formatter):
    """Named fields only: no attributes, no indexes, no conversions; and a value is never read as a pattern."""

    def __init__(self, voice: Voice) -> None:
        self._voice = voice

    def get_field(
        self,
        field_name: str,
        args: Sequence[Any],  # noqa: ARG002 - the signature is the standard library's
        kwargs: Mapping[str, Any],
    ) -> tuple[Any, str]:
        if not field_name.isidentifier():
            raise ValueError("a text of the catalogue has a field that is not a plain name")
        return kwargs[field_name], field_name

    def convert_field(self, value: Any, conversion: str | None) -> Any:
        if conversion:
            raise ValueError("a text of the catalogue converts a field")
        return value

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, Text):
            return self._voice(value)
        if isinstance(value, datetime):
            return self._voice.moment(value, format_spec)
        return str(value)
