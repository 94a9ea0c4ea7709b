"""Where Twilio brings what people write: the webhooks of our number, or of the messaging service that it belongs to.

https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource and
https://www.twilio.com/docs/messaging/api/service-resource. States of messages need nothing here: each message of ours
says where its own are told.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import aiohttp
from twilio.base.exceptions import TwilioException
from twilio.rest import Client

from handlers.channels.setting_up import ByHand, Setting
from handlers.channels.twilio_client import Transport, failed

# Tried again by Twilio when we are away, also on 5xx, which it would not do by itself
# (https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides).
INBOUND: Final = "/webhooks/twilio/messages#rc=5&rp=all"
TROUBLE: Final = (TwilioException, json.JSONDecodeError)


@dataclass(frozen=True, slots=True)
class Senders:
    """Our senders, as the settings name them."""

    sms_from: str | None = None
    messaging_service_sid: str | None = None
    whatsapp_from: str | None = None


class TwilioSetup:
    """One account at one base address. Everything raises SendError."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        account_sid: str,
        auth: tuple[str, str],
        *,
        base_url: str = "https://api.twilio.com",
        timeout: float = 10,
    ) -> None:
        def client(base: str) -> Any:
            http = Transport(session, base, timeout)
            return Client(*auth, account_sid, http_client=http, environment={"TWILIO_REGION": ""})

        self._numbers = client(base_url).incoming_phone_numbers
        # The same region's other product: api.dublin.ie1.twilio.com and messaging.dublin.ie1.twilio.com.
        self._services = client(base_url.replace("://api.", "://messaging.")).messaging.v1.services

    async def settings(self, public_url: str, senders: Senders) -> list[Setting | ByHand]:
        url = public_url.rstrip("/") + INBOUND
        found: list[Setting | ByHand] = []
        if senders.messaging_service_sid:
            found.append(await self._service(senders.messaging_service_sid, url))
        elif senders.sms_from:
            found.append(await self._number(senders.sms_from, url))
        if senders.whatsapp_from:
            todo = f"in Twilio's console, Messaging > Senders > WhatsApp: 'Webhook URL' and 'Fallback URL' {url}, POST"
            found.append(ByHand("whatsapp sender's webhook", todo))
        return found

    async def _service(self, sid: str, url: str) -> Setting:
        wanted: dict[str, Any] = {
            "inbound_request_url": url,
            "inbound_method": "POST",
            "fallback_url": url,
            "fallback_method": "POST",
            "use_inbound_webhook_on_number": False,
        }
        try:
            found = await self._services(sid).fetch_async()
        except TROUBLE as error:
            raise failed(error) from None

        async def put() -> None:
            try:
                await self._services(sid).update_async(**wanted)
            except TROUBLE as error:
                raise failed(error) from None

        return Setting("sms webhooks of the messaging service", _fields(found, wanted), _words(wanted), put)

    async def _number(self, number: str, url: str) -> Setting | ByHand:
        wanted = {
            "sms_url": url,
            "sms_method": "POST",
            "sms_fallback_url": url,
            "sms_fallback_method": "POST",
        }
        try:
            numbers = await self._numbers.list_async(phone_number=number, limit=1)
        except TROUBLE as error:
            raise failed(error) from None
        if not numbers:
            todo = f"TWILIO_SMS_FROM is not among the account's numbers (a short code is not): set its webhook to {url}"
            return ByHand("sms webhook", todo)
        found = numbers[0]

        async def put() -> None:
            try:
                await self._numbers(found.sid).update_async(**wanted)
            except TROUBLE as error:
                raise failed(error) from None

        return Setting("sms webhooks of the number", _fields(found, wanted), _words(wanted), put)


def _fields(found: Any, wanted: Mapping[str, Any]) -> str:
    return _words({name: getattr(found, name) for name in wanted})


def _words(fields: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {'none' if value in (None, '') else value}" for name, value in fields.items())
