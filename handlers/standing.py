"""Alarms about what stands: raised when it begins, again each hour while it lasts, and told to be over.

    await raised(parts, "webhook_unset", "telegram", now)
    await over(parts, "webhook_unset", "telegram", now)

Each stands once for all processes, in the database.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import structlog

from conversations.text import t
from handlers.alarms import mail, raise_alarm
from handlers.parts import Parts
from storage import flags

AGAIN: Final = timedelta(hours=1)

log = structlog.get_logger()


async def raised(parts: Parts, code: str, about: str, now: datetime) -> None:
    """`about`: a channel or a part of ours, never a person."""
    async with parts.db.transaction() as tx:
        if await flags.turn(tx, _flag(code, about), AGAIN, now):
            await raise_alarm(tx, parts, code, _cause(about, now), now, about=about)


async def over(parts: Parts, code: str, about: str, now: datetime) -> None:
    """Nothing, where it did not stand."""
    if await flags.since(parts.db, _flag(code, about)) is None:
        return
    async with parts.db.transaction() as tx:
        if await flags.forget(tx, _flag(code, about)):
            tx.after_commit(lambda: log.info("alarm is over", code=code, about=about))
            await mail(tx, parts, f"over:{code}:{_cause(about, now)}", (t("alarm.over", code=code),), now)


def _flag(code: str, about: str) -> str:
    return f"alarm:{code}:{about}"


def _cause(about: str, now: datetime) -> str:
    return f"{about}:{now:%Y%m%d%H%M%S}"
