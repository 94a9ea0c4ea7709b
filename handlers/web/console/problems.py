"""What is wrong with a directory file, in the reader's words: the checks say it in English, as the command prints it.

A test reads the checks' own sentences and asks that each is here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from conversations.text import Text, t

PROBLEMS: Final[Sequence[tuple[re.Pattern[str], Text]]] = [
    (re.compile(pattern), text)
    for pattern, text in (
        (r"unknown key; did you mean '(?P<near>.*)'\?", t("console.problem.unknown_near", near="")),
        (r"unknown key", t("console.problem.unknown")),
        (r"must have between 1 and (?P<most>\d+) characters, all on one line", t("console.problem.length", most="")),
        (r"must be made of a-z, 0-9, - and _, at most 40, and not be 'any'", t("console.problem.ref")),
        (r"must be between 1 and 1 000 000 000", t("console.problem.count")),
        (r"must be a list of at least one text in quotes", t("console.problem.list")),
        (r"must be a list such as .*", t("console.problem.list")),
        (r"names something twice", t("console.problem.twice")),
        (r"must be on the quarter of an hour", t("console.problem.quarter")),
        (r"no time zone has this name; write one such as Europe/Paris", t("console.problem.zone")),
        (r"no such number: .*", t("console.problem.phone")),
        (r"must begin with \+ and the country's code, .*", t("console.problem.phone")),
        (r"not an e-mail address", t("console.call.email_wrong")),
        (r"languages have codes of two or three letters.*", t("console.problem.languages")),
        (r"must be written as (?P<form>.*)", t("console.problem.form", form="")),
        (r"is missing", t("console.problem.missing")),
        (r"must be among: (?P<names>.*)", t("console.problem.among", names="")),
        (r"must be a text in quotes", t("console.problem.text")),
        (r"must be true or false", t("console.problem.flag")),
        (r"must be a whole number", t("console.problem.number")),
        (r"must be a date such as .*", t("console.problem.date")),
        (r"must be a time such as .*", t("console.problem.time")),
        (r"not TOML: (?P<why>.*)", t("console.problem.toml", why="")),
        (r"must be made of letters A-Z, digits and dashes, at most (?P<most>\d+)", t("console.problem.code", most="")),
        (r"easily guessed: .*", t("console.problem.weak")),
        (r"is before (?P<what>.*)", t("console.problem.before", what="")),
        (r"is used by another one before", t("console.problem.used")),
        (r"cannot be told from the code of line (?P<line>\d+)", t("console.problem.alike", line="")),
        (r"cannot be told from the code of another client", t("console.problem.alike_other")),
        (r"is required with in_person", t("console.problem.address")),
        (r"overlap each other", t("console.problem.overlap")),
        (r"is less than one hour after from", t("console.problem.hour")),
        (r"not a table: a quote is not closed", t("console.problem.quote")),
        (r"the first line names the columns; 'ref' must be one of them", t("console.problem.header")),
        (r"a column is there twice", t("console.problem.column_twice")),
        (r"more than (?P<most>\d+) lines", t("console.problem.lines", most="")),
        (r"more cells than the first line has", t("console.problem.cells")),
        (r"longer than (?P<most>\d+) characters", t("console.problem.too_long", most="")),
    )
]


def in_words(reason: str) -> Text | None:
    """None for a sentence that is not here."""
    for pattern, text in PROBLEMS:
        if found := pattern.fullmatch(reason):
            return Text(text.msgid, found.groupdict())
    return None
