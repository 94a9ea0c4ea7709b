"""Alarms: a human must look. An ERROR log line with a stable code and a metric, once what caused it is committed, and
a mail to ALERT_TO in the same transaction. Ids only, never what a person wrote or is.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial

from conversations.model import Reply
from conversations.text import Text, t
from handlers import content
from handlers.alarm_words import alarm_words
from handlers.parts import Parts
from storage import contacts, outbox
from storage.db import Tx


async def raise_alarm(tx: Tx, parts: Parts, code: str, cause: str, now: datetime, **ids: str) -> None:
    """`cause` names what it is about: told again, it is one mail."""
    tx.after_commit(partial(parts.alarm, code, **ids))
    await mail(tx, parts, f"alarm:{code}:{cause}", (t("alarm.mail", code=code), alarm_words(code)), now)


async def mail(tx: Tx, parts: Parts, key: str, words: tuple[Text, ...], now: datetime) -> None:
    """To ALERT_TO, once for a key; to nobody where there is none."""
    if parts.alert_to is None or "email" not in parts.channels:
        return  # `socialdirect doctor` says so
    contact = await contacts.make(tx, "email", parts.alert_to, now, parts.new_id, parts.default_lang, str(parts.zone))
    row = {**content.to_json(Reply(words)), "urgent": True}
    out = outbox.Outgoing(key=key, contact=contact, kind="alarm", content=row, due_at=now)
    if await outbox.add(tx, out, now):
        tx.after_commit(partial(parts.bell.ring, "outbox"))


def hour(now: datetime) -> str:
    """The cause of what would be said of each message while a provider or a setting is wrong: one mail an hour."""
    return f"{now:%Y%m%d%H}"
