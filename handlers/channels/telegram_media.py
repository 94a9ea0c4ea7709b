"""Files that people send on Telegram: asked for by their id, then fetched (https://core.telegram.org/bots/api#getfile).

    getFile file_id=BQACAg…  ->  {"file_path": "documents/file_7.pdf"}
    GET https://api.telegram.org/file/bot<token>/documents/file_7.pdf

The address holds our token and is good for an hour: it is made anew for each try and kept nowhere. There is nothing to
delete: a bot cannot take a file out of the chat that somebody sent it in; they can.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Protocol

from handlers.channels.base import SendError
from handlers.channels.downloading import TooLarge, Unfetched, Way

HOME: Final = "https://api.telegram.org"
PATH: Final = re.compile(r"[A-Za-z0-9_-]+(?:/[A-Za-z0-9_.-]+){1,3}")
LOST: Final = frozenset({"400"})  # no such file


class Bot(Protocol):
    """What is needed of `TelegramBot`."""

    async def file_path(self, file_id: str) -> str: ...


@dataclass(frozen=True, slots=True)
class TelegramMedia:
    way: Way
    bot: Bot
    token: str
    stays: bool = False

    async def fetch(self, ref: str) -> bytes:
        try:
            path = await self.bot.file_path(ref)
        except SendError as error:
            if error.code == "file_too_big":
                raise TooLarge from None
            raise Unfetched(error.code, lost=error.code in LOST, after=error.after) from None
        if not PATH.fullmatch(path) or ".." in path:
            raise Unfetched("bad_path", lost=True)
        return await self.way(f"/file/bot{self.token}/{path}", {})

    async def drop(self, ref: str) -> None:
        """Nothing of ours to take away: see above."""


def way(base_url: str) -> Way:
    return Way(base_url, own=base_url.rstrip("/") != HOME)
