"""What lies at a provider of what was said through it, and how it is emptied or deleted there.

    POST   /2010-04-01/Accounts/AC…/Messages/SM….json   Body=      200: its words are gone, its row in the log stays
    DELETE /2010-04-01/Accounts/AC…/Messages/SM….json              204: its row, with the number, is gone
    deleteMessage {"chat_id": 9, "message_id": 7}                  of the last 48 hours, in either direction

https://www.twilio.com/docs/messaging/api/message-resource (read, not tried: refused until a message has come to an end)
and https://core.telegram.org/bots/api#deletemessage. Telegram keeps no copy of ours beside the person's own chat: what
is deleted there goes from their screen, too, so it is done for who is erased, and for nobody else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal, Protocol, TypeAlias

from handlers.channels import telegram_updates
from handlers.channels.base import SendError, Undecodable
from handlers.channels.twilio import MESSAGE_SID, Logged

DELETABLE: Final = timedelta(hours=48)  # on Telegram, since it was sent
End: TypeAlias = Literal["emptied", "deleted", "kept"]  # kept: it cannot be had there (any more)


class Copies(Protocol):
    """One channel's provider. Everything raises SendError: it is tried again."""

    async def empty(self, ref: str) -> End: ...
    async def delete(self, ref: str) -> End: ...

    async def find(self, to: str, since: datetime) -> Sequence[str]:
        """Ids of what went to an address since then."""


class Client(Protocol):
    """What is needed of `TwilioClient`."""

    async def empty(self, sid: str) -> None: ...
    async def delete(self, sid: str) -> None: ...
    async def outgoing(self, *, to: str, since: datetime) -> Sequence[Logged]: ...


class Bot(Protocol):
    """What is needed of `TelegramBot`."""

    async def delete(self, chat: int, message_id: int) -> None: ...


@dataclass(frozen=True, slots=True)
class TwilioCopies:
    """`prefix`: before an address, as Twilio has it (`whatsapp:`)."""

    client: Client
    prefix: str = ""

    async def empty(self, ref: str) -> End:
        return await _unless_gone(self.client.empty, ref, "emptied")

    async def delete(self, ref: str) -> End:
        return await _unless_gone(self.client.delete, ref, "deleted")

    async def find(self, to: str, since: datetime) -> Sequence[str]:
        return [one.sid for one in await self.client.outgoing(to=self.prefix + to, since=since)]


class _Call(Protocol):
    async def __call__(self, sid: str, /) -> None: ...


async def _unless_gone(call: _Call, ref: str, end: End) -> End:
    """What never was a message there, or is none any more, holds nothing."""
    if not MESSAGE_SID.fullmatch(ref):
        return "kept"
    try:
        await call(ref)
    except SendError as error:
        if error.code != "20404":
            raise
    return end


@dataclass(frozen=True, slots=True)
class TelegramCopies:
    bot: Bot

    async def empty(self, ref: str) -> End:  # noqa: ARG002
        """It has no words to take away but the message itself, which is theirs."""
        return "kept"

    async def delete(self, ref: str) -> End:
        chat, _, message = ref.partition(":")
        try:
            await self.bot.delete(int(chat), int(message))
        except SendError as error:
            if error.outcome != "refused":  # too old, gone, or they have blocked us
                raise
            return "kept"
        return "deleted"

    async def find(self, to: str, since: datetime) -> Sequence[str]:  # noqa: ARG002
        return []  # a bot cannot read its own messages again


def telegram_id(raw: bytes) -> str:
    """Which message a person sent, by the update that told us; nothing for a press."""
    try:
        update = telegram_updates.read(raw)
    except Undecodable:
        return ""
    return telegram_updates.message_id(update) if update is not None else ""
