"""`socialdirect understand`: phrases, one a line, to what the bot understands of each, one JSON object a line."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from bot.clock import system_clock
from bot.failures import WrongUse
from conversations.understand import understand
from locales.words import word_languages, words

ZONE = "Europe/Paris"


def run(
    file: Annotated[Path | None, typer.Argument(help="Phrases, one a line; standard input without it.")] = None,
    lang: Annotated[str, typer.Option(help="The language of the person; French is understood besides.")] = "fr",
    now: Annotated[str | None, typer.Option(help="When they write, ISO 8601; without a zone, in Paris.")] = None,
) -> None:
    """Prints what is understood of each phrase."""
    if lang not in word_languages():
        raise WrongUse(f"--lang {lang}: there are word lists for {', '.join(word_languages())}")
    moment = _moment(now)
    with _lines(file) as lines:
        for line in lines:
            heard = understand(line.rstrip("\r\n"), words(lang), moment, ZONE)
            print(json.dumps(heard.to_json(), ensure_ascii=False))


def _moment(typed: str | None) -> datetime:
    if typed is None:
        return system_clock()
    try:
        moment = datetime.fromisoformat(typed)
    except ValueError:
        raise WrongUse(f"--now {typed}: not a moment like 2026-03-02T10:00") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(ZONE))


@contextmanager
def _lines(file: Path | None) -> Iterator[Iterable[str]]:
    """Lines of a file or of standard input; bytes that are no UTF-8 stand as marks and stop nothing."""
    if file is None:
        if isinstance(sys.stdin, TextIOWrapper):
            sys.stdin.reconfigure(encoding="utf-8", errors="replace")
        yield sys.stdin
        return
    try:
        opened = file.open(encoding="utf-8", errors="replace")
    except OSError as error:
        raise WrongUse(f"{file}: {error.strerror}") from None
    with opened:
        yield opened
