"""Reading one table of the directory file: each field checked by its kind, what is wrong written down, nothing raised.

A field that is wrong gives a harmless stand-in, so that one pass finds every problem; whoever reads the tables throws
the result away when there was one. Values are never repeated in a problem: they may be a phone number or a code.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from booking.toml_lines import Path, line_at

E = TypeVar("E", bound=StrEnum)
LONGEST = 500
_REF = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}", re.ASCII)
_LANGUAGE = re.compile(r"[a-z]{2,3}", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    line: int
    field: str
    reason: str


class Table:
    """One table of the file. `asked` gathers the keys that were looked for: the others are unknown."""

    def __init__(
        self, values: Mapping[str, Any], path: Path, lines: Mapping[Path, int], problems: list[Problem]
    ) -> None:
        self.values = values
        self.path = path
        self._lines = lines
        self._problems = problems
        self._asked: set[str] = set()

    @property
    def given(self) -> frozenset[str]:
        return frozenset(self.values)

    def wrong(self, key: str, reason: str) -> None:
        self._problems.append(self.problem(key, reason))

    def problem(self, key: str, reason: str) -> Problem:
        names = [str(name) for name in (*self.path, key) if isinstance(name, str) and name]
        return Problem(self.line_of(key), ".".join(names), reason)

    def line_of(self, *path: str | int) -> int:
        return line_at(self._lines, (*self.path, *path))

    def refuse_unknown(self) -> None:
        for key in self.values:
            if key not in self._asked:
                near = get_close_matches(key, self._asked, 1)
                self.wrong(key, f"unknown key; did you mean '{near[0]}'?" if near else "unknown key")

    # ------------------------------------------------------------ kinds of fields

    def text(self, key: str, *, required: bool = True) -> str:
        value = self._get(key, str, "a text in quotes", required=required)
        if value is None:
            return ""
        value = value.strip()
        if not value or len(value) > LONGEST or not value.isprintable():
            self.wrong(key, f"must have between 1 and {LONGEST} characters, all on one line")
        return str(value)

    def ref(self, key: str) -> str:
        value = self.text(key)
        if value and (not _REF.fullmatch(value) or value == "any"):
            self.wrong(key, "must be made of a-z, 0-9, - and _, at most 40, and not be 'any'")
        return value

    def flag(self, key: str) -> bool:
        return bool(self._get(key, bool, "true or false", required=False))

    def count(self, key: str) -> int | None:
        value: int | None = self._get(key, int, "a whole number", required=False)
        if value is not None and not 1 <= value <= 1_000_000_000:
            self.wrong(key, "must be between 1 and 1 000 000 000")
        return value

    def choice(self, key: str, kind: type[E]) -> E:
        value = self._get(key, str, "a text in quotes", required=True)
        return self._member(key, value, kind) if value is not None else next(iter(kind))

    def choices(self, key: str, kind: type[E]) -> frozenset[E]:
        return frozenset(self._member(key, value, kind) for value in self.texts(key))

    def texts(self, key: str) -> tuple[str, ...]:
        values = self._get(key, list, 'a list such as ["a", "b"]', required=True)
        if values is None:
            return ()
        if not values or not all(isinstance(value, str) for value in values):
            self.wrong(key, "must be a list of at least one text in quotes")
            return ()
        if len(set(values)) < len(values):
            self.wrong(key, "names something twice")
        return tuple(values)

    def day(self, key: str, *, required: bool = False) -> date | None:
        value = self._get(key, date, "a date such as 2026-12-24, without quotes", required=required)
        return value if isinstance(value, date) else None

    def clock(self, key: str) -> time:
        value = self._get(key, time, "a time such as 09:00:00, without quotes", required=True)
        if value is None:
            return time(0)
        if value.minute % 15 or value.second or value.microsecond:
            self.wrong(key, "must be on the quarter of an hour")
        return time(value.hour, value.minute)

    def zone(self, key: str, default: str) -> str:
        value = self.text(key, required=False) or default
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self.wrong(key, "no time zone has this name; write one such as Europe/Paris")
        return value

    def phone(self, key: str) -> str:
        """E.164. 'Possible' and not 'valid': numbers that are reserved for fiction are not assigned to anybody."""
        import phonenumbers

        value = self.text(key)
        if value:
            try:
                number = phonenumbers.parse(value)
                right = value == phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
                if not right or not phonenumbers.is_possible_number(number):
                    self.wrong(key, "no such number: write + and the country's code, digits only, as in +33639980101")
            except phonenumbers.NumberParseException:
                self.wrong(key, "must begin with + and the country's code, as in +33639980101")
        return value

    def email(self, key: str) -> str:
        from email_validator import EmailNotValidError, validate_email

        value = self.text(key)
        if value:
            try:
                validate_email(value, check_deliverability=False)
            except EmailNotValidError:
                self.wrong(key, "not an e-mail address")
        return value

    def languages(self, key: str) -> tuple[str, ...]:
        values = self.texts(key)
        if not all(_LANGUAGE.fullmatch(value) for value in values):
            self.wrong(key, 'languages have codes of two or three letters, as in ["fr", "ar"]')
        return values

    def words(self, key: str) -> Mapping[str, str]:
        """Language -> words."""
        values = self._get(key, dict, f"written as {key}.fr, {key}.en, ...", required=False)
        if values is None:
            return {}
        inner = Table(values, (*self.path, key), self._lines, self._problems)
        for language in values:
            if not _LANGUAGE.fullmatch(language):
                inner.wrong(language, "languages have codes of two or three letters")
        return {language: inner.text(language) for language in values}

    def tables(self, key: str, read: Callable[[Table], Any]) -> tuple[Any, ...]:
        """What `read` makes of each table of an array, after which its unknown keys are refused."""
        values = self._get(key, list, f"written as [[{self._dotted(key)}]]", required=False)
        if values is None:
            return ()
        made = []
        for number, value in enumerate(values):
            if not isinstance(value, dict):
                self.wrong(key, f"must be written as [[{self._dotted(key)}]]")
                continue
            table = Table(value, (*self.path, key, number), self._lines, self._problems)
            made.append(read(table))
            table.refuse_unknown()
        return tuple(made)

    # ------------------------------------------------------------ inside

    def _dotted(self, key: str) -> str:
        return ".".join([*(name for name in self.path if isinstance(name, str)), key])

    def _get(self, key: str, kind: type, description: str, *, required: bool) -> Any:
        self._asked.add(key)
        value = self.values.get(key)
        if value is None:
            if required:
                self.wrong(key, "is missing")
            return None
        if not isinstance(value, kind) or type(value) in {bool, datetime} - {kind}:
            self.wrong(key, f"must be {description}")
            return None
        return value

    def _member(self, key: str, value: str, kind: type[E]) -> E:
        try:
            return kind(value)
        except ValueError:
            self.wrong(key, f"must be among: {' '.join(kind)}")
            return next(iter(kind))
