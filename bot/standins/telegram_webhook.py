"""How the Telegram stand-in brings updates to our webhook: in order within a queue, again until taken or too old.

Read in tdlib/telegram-bot-api, WebhookActor.cpp and Client.cpp: messages of a chat share a queue, taps have another,
blocking a third; while one update fails, the later ones of its queue wait behind it. The real server waits 2, 4, 8 …
seconds between tries; here a few are made at once, and the rest when `redeliver` is called.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.standins.ledger import Posted

LIFETIME = {"callback_query": timedelta(seconds=150)}
LIFETIME_OTHERS = timedelta(hours=24)

Post = Callable[[str, bytes, Mapping[str, str]], Awaitable[Posted]]


@dataclass
class Update:
    """One update and how it fared. `message_id`: of the message that the person sent or tapped on."""

    id: int
    kind: str
    queue: str
    body: dict[str, Any]
    made: datetime
    message_id: int = 0
    tries: list[Posted] = field(default_factory=list)
    dropped: bool = False

    @property
    def taken(self) -> bool:
        return bool(self.tries) and self.tries[-1].taken


class Webhook:
    """What setWebhook set, and the updates that wait. `redeliveries`: how often a refused one is sent again at once."""

    def __init__(self, post: Post, clock: Callable[[], datetime]) -> None:
        self._post, self._clock = post, clock
        self.url, self.secret = "", ""
        self.allowed: list[str] = []
        self.redeliveries = 2
        self.pending: list[Update] = []
        self._lanes: dict[str, asyncio.Lock] = {}
        self._failed: tuple[datetime, str] | None = None

    def set(self, params: Mapping[str, Any]) -> None:
        self.url, self.secret = params.get("url", ""), params.get("secret_token", "")
        # Not named: as it was before. An empty list: all kinds.
        self.allowed = params.get("allowed_updates", self.allowed)
        self._failed = None
        if params.get("drop_pending_updates"):
            self.drop_pending()

    def drop_pending(self) -> None:
        for update in self.pending:
            update.dropped = True
        self.pending.clear()

    def info(self) -> dict[str, Any]:
        info: dict[str, Any] = {
            "url": self.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self.pending),
            "max_connections": 40,
        }
        if self.allowed:
            info["allowed_updates"] = self.allowed
        if self._failed:
            info["last_error_date"] = int(self._failed[0].timestamp())
            info["last_error_message"] = self._failed[1]
        return info

    async def send(self, update: Update) -> None:
        if self.allowed and update.kind not in self.allowed:
            update.dropped = True
            return
        self.pending.append(update)
        await self._drain(update.queue)

    async def redeliver(self) -> None:
        """Try again all that waits."""
        for queue in dict.fromkeys(update.queue for update in self.pending):
            await self._drain(queue)

    async def _drain(self, queue: str) -> None:
        async with self._lanes.setdefault(queue, asyncio.Lock()):
            for update in [update for update in self.pending if update.queue == queue]:
                if self._clock() - update.made >= LIFETIME.get(update.kind, LIFETIME_OTHERS):
                    update.dropped = True
                elif not await self._bring(update):
                    return
                if update in self.pending:  # unless it was dropped by another setWebhook meanwhile
                    self.pending.remove(update)

    async def _bring(self, update: Update) -> bool:
        if not self.url:
            return False
        headers = {"Content-Type": "application/json"}
        if self.secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = self.secret
        body = json.dumps(update.body, ensure_ascii=False).encode()
        for _ in range(1 + self.redeliveries):
            posted = await self._post(self.url, body, headers)
            update.tries.append(posted)
            if posted.taken:
                return True
            self._failed = (posted.at, f"Wrong response from the webhook: {posted.status or 'Connection refused'}")
        return False
