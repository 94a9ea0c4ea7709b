"""Logs: one JSON object a line, ids and classes only. What libraries say passes the same door, and the talkative are
hushed.

httpx and the Telegram library print addresses that hold the bot's token, twilio prints phone numbers, tortoise prints
values: they are kept at WARNING whatever LOG_LEVEL says, and every line is gone through once more for what looks like
a person.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, Final

import structlog

TALKATIVE: Final = (
    "httpx",
    "httpcore",
    "telegram",
    "twilio",
    "tortoise",
    "aiosqlite",
    "asyncpg",
    "aiohttp",
    "aiosmtplib",
    "asyncio",
)

# What a person is called by, or what opens something of theirs; the more particular first. Ids of ours are 26 signs and
# match none. A link is known by its token (`storage.crypto.TOKEN` signs), whatever its path, so that a new page needs
# nothing here.
_GAP: Final = r"[ .\u00a0\u202f-]"
_SHAPES: Final = {
    "e-mail address": r"[\w.+-]+@[\w-]+\.[\w.]+",
    # Sex, year, month; department (2A and 2B are Corsica's); commune, order; and the key, which may be missing.
    "social-security number": rf"(?<!\w)[1-478](?:{_GAP}?\d\d){{2}}"
    rf"{_GAP}?(?:\d\d|2[ABab])(?:{_GAP}?\d{{3}}){{2}}(?:{_GAP}?\d\d)?(?!\w)",
    "telephone": rf"\+?\d(?:\d|{_GAP}){{7,}}\d",
    "connection code": r"\b[A-Z0-9]{2,}-[0-9A-Z]{4}-[0-9A-Z]{4}\b",
    "connection code as people type it": r"\b[a-z0-9]{2,}-(?=[a-z-]*\d)[0-9a-z]{4}-[0-9a-z]{4}\b",
    "bot token": r"\d{6,}:[\w-]{20,}",
    "link token": r"(?<=[/=-])[0-9A-Za-z]{22}(?![0-9A-Za-z])",
    "video room, and who may enter": r"(?<=/)[a-z2-7]{32}(?![0-9A-Za-z])|\beyJ[\w-]+\.[\w-]+\.[\w-]+",
    "key of the API, secret of a hook": r"\bsd_[\w-]{40,}|\bwhsec_[\w+/=-]{20,}",
}
_PERSONAL: Final = re.compile("|".join(_SHAPES.values()))


def configure(level: str) -> None:
    """Call once, at the start of a command that logs."""
    processors: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        only_classes,
        redact,
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ]
    structlog.configure(
        processors=processors,
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level)),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=processors[:-1],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, processors[-1]],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    logging.basicConfig(level=level, handlers=[handler], force=True)
    quieten()


def quieten() -> None:
    """Keep the libraries' own request logs out of ours."""
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)


def only_classes(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """An exception is its class and where it was raised: its text may hold a value (dependency trap)."""
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()[1]
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        event["error"] = type(error).__name__
        event["where"] = _where(error)
    return event


def _where(error: BaseException) -> str:
    """`handlers/turns.py:61 < storage/db.py:120`: the last frames, innermost first."""
    frames = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        frames.append(f"{'/'.join(code.co_filename.split('/')[-2:])}:{trace.tb_lineno}")
        trace = trace.tb_next
    return " < ".join(reversed(frames[-4:]))


def redact(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The last door: whatever still looks like a person becomes dots."""
    if "_record" in event:  # of a library: its first line says what happened, asyncio's next shows the exception's text
        event["event"] = str(event["event"]).partition("\n")[0]
    for name, value in event.items():
        if name not in {"timestamp", "level"} and not name.startswith("_"):  # those are structlog's own
            event[name] = _masked(value)
    return event


def _masked(value: Any) -> Any:
    """Also within what holds others; what is no plain value is printed as its text, and so is looked at as its text."""
    match value:
        case None | bool() | float():
            return value
        case int():  # a number in the international form, a Telegram account
            return "…" if _PERSONAL.search(str(value)) else value
        case str():
            return _PERSONAL.sub("…", value)
        case dict():
            return {_masked(key): _masked(held) for key, held in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_masked(held) for held in value]
    return _PERSONAL.sub("…", repr(value))
