"""A worker asks for the link that joins their Telegram or WhatsApp: opened there, it makes that chat theirs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final

from booking.model import WorkerId
from conversations.model import Context, Finish, Flow, Link, Outcome
from conversations.text import Text, t

HERE: Final[dict[str, Text]] = {
    "telegram": t("worker.join_telegram"),
    "whatsapp": t("worker.join_whatsapp"),
}


def link_to(channel: str, address: str, worker: WorkerId, now: datetime) -> Link:
    """A new one each second: each can be used once."""
    return Link("join", f"{channel}:{address}:{worker}:{int(now.timestamp())}")


def join(channel: str) -> Callable[[Context], Awaitable[Outcome]]:
    async def finish(c: Context) -> Outcome:
        assert c.contact.worker is not None
        if c.contact.channel == channel:
            return Finish(t("worker.joined"), more=(t("worker.words"),))
        address = c.joins.get(channel)
        if address is None:
            return Finish(t("worker.join_closed"), more=(t("worker.words"),))
        return Finish(HERE[channel], link=link_to(channel, address, c.contact.worker, c.now))

    return finish


JOIN_TELEGRAM = Flow("join_telegram", version=1, steps=(), finish=join("telegram"))
JOIN_WHATSAPP = Flow("join_whatsapp", version=1, steps=(), finish=join("whatsapp"))
