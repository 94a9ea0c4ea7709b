"""Where kits lead: our own addresses on the channels that are set up."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from handlers import joining
from handlers.channels.base import SendError
from handlers.kits.doors import Channel, Senders
from handlers.parts import Parts
from storage import flags


@dataclass(frozen=True, slots=True)
class Addresses:
    """`untold`: channels that are set up, but whose address is not known here, and the provider's reason, if any."""

    senders: Senders
    untold: Mapping[Channel, str] = field(default_factory=dict)


async def ours(parts: Parts, *, without: Collection[Channel] = (), sms_number: str | None = None) -> Addresses:
    """`sms_number`: to write to, where only the operator knows it: a messaging service's."""
    untold: dict[Channel, str] = {}
    sms = whatsapp = telegram = None
    if "sms" in parts.channels and "sms" not in without:
        sms = parts.sms_number or sms_number
        if sms is None:
            untold["sms"] = ""
    if "whatsapp" in parts.channels and "whatsapp" not in without:
        whatsapp = parts.whatsapp_number
    if "telegram" in parts.channels and "telegram" not in without:
        try:
            telegram = await bot_name(parts)
        except SendError as error:
            untold["telegram"] = error.code
    return Addresses(Senders(sms, whatsapp, telegram), untold)


async def bot_name(parts: Parts) -> str:
    """As a worker process keeps it; before any ran, Telegram is asked. Raises SendError."""
    if kept := await flags.value(parts.db, joining.BOT_NAME):
        return kept
    from handlers.channels.telegram import TelegramChannel

    channel = parts.channels["telegram"]
    assert isinstance(channel, TelegramChannel)
    return await channel.bot.username()
