"""A worker joins a channel: a one-time link carries a token into their first message there (Telegram's /start, a
WhatsApp text). Whoever sends it is that worker's contact from then on.

A link's id is `channel:our address there:worker:version`: a version for each link, since each is used once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from booking.model import NotifyBy, WorkerId
from booking.ports import BookingStore
from conversations.flows.worker.join import link_to
from conversations.model import Input, Link
from conversations.text import t
from handlers.effects import Notice
from handlers.parts import Parts
from storage import contacts, flags, tokens
from storage.db import Sql, Tx

PREFIX: Final = "join-"
LASTS: Final = timedelta(days=7)
PURPOSES: Final = {"telegram": "join-telegram", "whatsapp": "join-whatsapp"}
BOT_NAME: Final = "telegram_bot"  # the flag in which the bot's public name is kept
_TOKEN: Final = re.compile(rf"(?:/start\s+)?{PREFIX}([0-9A-Za-z]{{22}})")


class Door(NamedTuple):
    """What a link's id says."""

    channel: str
    address: str  # the bot's name, or our number
    worker: str
    version: int


def read(link: Link) -> Door:
    channel, address, worker, version = link.id.split(":")
    return Door(channel, address, worker, int(version))


async def redeemed(tx: Tx, came: Input, channel: str, now: datetime) -> str | None:
    """The worker whose link to this channel this is; None for anything else, a used one or an old one. Uses it up."""
    found = _TOKEN.fullmatch(came.text.strip())
    if found is None or channel not in PURPOSES:
        return None
    used = await tokens.use(tx, found[1], PURPOSES[channel], now)
    return used.object if isinstance(used, tokens.Good) else None


async def give(tx: Sql, link: Link, now: datetime) -> None:
    """From now on the link can be used, once."""
    door = read(link)
    await tokens.give(tx, PURPOSES[door.channel], door.worker, now + LASTS, door.version)


def url(parts: Parts, link: Link) -> str:
    """Opens the chat with the token typed in (https://core.telegram.org/api/links#bot-links,
    https://faq.whatsapp.com/5913398998672934).
    """
    door = read(link)
    words = PREFIX + parts.db.vault.token(PURPOSES[door.channel], door.worker, door.version)
    if door.channel == "telegram":
        return f"https://t.me/{door.address}?start={words}"
    return f"https://wa.me/{door.address.lstrip('+')}?text={words}"


async def doors(db: Sql, parts: Parts) -> Mapping[str, str]:
    """The channels that a worker can join now, with our address there."""
    found = {}
    if "telegram" in parts.channels and (name := await flags.value(db, BOT_NAME)):
        found["telegram"] = name
    if "whatsapp" in parts.channels and parts.whatsapp_number:
        found["whatsapp"] = parts.whatsapp_number
    return found


async def offered(
    tx: Tx, parts: Parts, store: BookingStore, notice: Notice, worker: WorkerId, contact: str, now: datetime
) -> Notice:
    """A worker whose chosen channel is not linked yet gets its link at the end of a notice by SMS, at most once in a
    link's life.
    """
    found, at = (await store.directory()).worker(worker), await contacts.get(tx, contact)
    if found is None or at is None or at.channel != "sms" or notice.link is not None:
        return notice
    if found.notify_by not in {NotifyBy.TELEGRAM, NotifyBy.WHATSAPP}:
        return notice
    channel, ways = str(found.notify_by), await doors(tx, parts)
    linked = any(row.channel == channel for row in await contacts.of_worker(tx, worker))
    if linked or channel not in ways or await tokens.alive(tx, PURPOSES[channel], worker, now):
        return notice
    link = link_to(channel, ways[channel], worker, now)
    await give(tx, link, now)
    return replace(notice, texts=(*notice.texts, t("worker.join_here")), link=link)
