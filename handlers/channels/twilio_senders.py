"""The WhatsApp sender at Twilio's: where it brings what people write, and whether it is online.

https://www.twilio.com/docs/whatsapp/api/senders. Read, not tried: that an address there may carry the fragment of
retries, and that an update leaves alone what it does not name; what stands there is sent along to be sure.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

import aiohttp
from twilio.base.exceptions import TwilioException

from handlers.channels.setting_up import ByHand, Setting
from handlers.channels.twilio_client import failed, messaging, sdk
from handlers.channels.twilio_setup import INBOUND, fault, words

MOST: Final = 100
TROUBLE: Final = (TwilioException, json.JSONDecodeError, LookupError, TypeError, ValueError, AttributeError)
ONLINE: Final = frozenset({"ONLINE", "ONLINE:UPDATING"})


class WhatsAppSender:
    """The sender of one number. Everything raises SendError."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        account_sid: str,
        auth: tuple[str, str],
        number: str,
        *,
        base_url: str = "https://api.twilio.com",
        timeout: float = 10,
    ) -> None:
        client = sdk(session, account_sid, auth, messaging(base_url), timeout)
        self._senders = client.messaging.v2.channels_senders
        self._id = f"whatsapp:{number}"

    async def settings(self, public_url: str) -> list[Setting | ByHand]:
        url = public_url.rstrip("/") + INBOUND
        try:
            found = await self._senders.list_async(channel="whatsapp", limit=MOST)
            ours = next((one for one in found if one.sender_id == self._id), None)
            if ours is None:
                return [_unknown(url)]
            sender = await self._senders(ours.sid).fetch_async()
            stands: Mapping[str, Any] = sender.webhook or {}
            status = str(sender.status)
        except TROUBLE as error:
            raise failed(error) from None
        return [*_offline(status), self._webhook(sender.sid, stands, url), self._fallback(sender.sid, stands, url)]

    def _webhook(self, sid: str, stands: Mapping[str, Any], url: str) -> Setting:
        return self._setting("whatsapp webhook", sid, stands, {"callback_url": url, "callback_method": "POST"})

    def _fallback(self, sid: str, stands: Mapping[str, Any], url: str) -> Setting:
        return self._setting("whatsapp fallback", sid, stands, {"fallback_url": url, "fallback_method": "POST"})

    def _setting(self, about: str, sid: str, stands: Mapping[str, Any], wanted: Mapping[str, str]) -> Setting:
        async def put() -> None:
            try:
                sender = await self._senders(sid).fetch_async()  # the other setting may have changed it meanwhile
                whole = {name: value for name, value in (sender.webhook or {}).items() if value}
                await self._senders(sid).update_async(_Update({"webhook": {**whole, **wanted}}))
            except TROUBLE as error:
                raise failed(error) from None

        name, url = next(iter(wanted.items()))
        now = {name: stands.get(name) for name in wanted}
        standing = stands.get(name) or ""
        return Setting(about, words(now), words(wanted), put, why=fault(standing, url), unset=not standing)


class _Update:
    """A body of the SDK's: its own one would send each field that was not given as null."""

    def __init__(self, fields: Mapping[str, Any]) -> None:
        self._fields = fields

    def to_dict(self) -> Mapping[str, Any]:
        return self._fields


def _unknown(url: str) -> ByHand:
    todo = (
        "TWILIO_WHATSAPP_FROM is not a WhatsApp sender of the account: set it right (without `whatsapp:`); the "
        f"sandbox's webhook is set in Twilio's console, Messaging > Try it out, to {url}"
    )
    return ByHand("whatsapp webhook", todo, why="else nothing that people write there reaches us", ill=True)


def _offline(status: str) -> list[ByHand]:
    if status in ONLINE:
        return []
    todo = f"its sender is {status}: Twilio's console, Messaging > Senders > WhatsApp senders, says what is missing"
    return [ByHand("whatsapp sender", todo, why="until it is online nothing passes, either way", ill=True)]
