"""Where Twilio brings what people text: the webhooks of our number or short code, or of the messaging service that it
belongs to. `twilio_senders.py` is WhatsApp's.

https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource, …/messaging/api/short-code-resource and
…/messaging/api/service-resource. States of messages need nothing here: each message of ours says where its own are
told.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import aiohttp
from twilio.base.exceptions import TwilioException

from handlers.channels.setting_up import ByHand, Setting
from handlers.channels.twilio_client import failed, messaging, sdk

# Tried again by Twilio when we are away, also on 5xx, which it would not do by itself
# (https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides).
INBOUND: Final = "/webhooks/twilio/messages#rc=5&rp=all"
TROUBLE: Final = (TwilioException, json.JSONDecodeError)


@dataclass(frozen=True, slots=True)
class Senders:
    """Our senders, as the settings name them."""

    sms_from: str | None = None
    messaging_service_sid: str | None = None


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
        account = sdk(session, account_sid, auth, base_url, timeout)
        self._numbers, self._short_codes = account.incoming_phone_numbers, account.short_codes
        self._services = sdk(session, account_sid, auth, messaging(base_url), timeout).messaging.v1.services

    async def settings(self, public_url: str, senders: Senders) -> list[Setting | ByHand]:
        url = public_url.rstrip("/") + INBOUND
        if senders.messaging_service_sid:
            return [*await self._service(senders.messaging_service_sid, url)]
        if senders.sms_from:
            return await self._number(senders.sms_from, url)
        return []

    async def _service(self, sid: str, url: str) -> list[Setting]:
        try:
            found = await self._services(sid).fetch_async()
        except TROUBLE as error:
            raise failed(error) from None
        put = _putting(self._services(sid))
        inbound = {"inbound_request_url": url, "inbound_method": "POST", "use_inbound_webhook_on_number": False}
        fallback = {"fallback_url": url, "fallback_method": "POST"}
        return [
            _setting("sms webhook of the messaging service", found, inbound, put),
            _setting("sms fallback of the messaging service", found, fallback, put),
        ]

    async def _number(self, number: str, url: str) -> list[Setting | ByHand]:
        try:
            if number.startswith("+"):
                ours, found = self._numbers, await self._numbers.list_async(phone_number=number, limit=1)
            else:
                ours, found = self._short_codes, await self._short_codes.list_async(short_code=number, limit=1)
        except TROUBLE as error:
            raise failed(error) from None
        if not found:
            todo = (
                f"TWILIO_SMS_FROM is not a number or short code of the account: set it right, or its webhook to {url}"
            )
            return [ByHand("sms webhook", todo, why="else nothing that people text reaches us", ill=True)]
        put, kind = _putting(ours(found[0].sid)), "number" if number.startswith("+") else "short code"
        return [
            _setting(f"sms webhook of the {kind}", found[0], {"sms_url": url, "sms_method": "POST"}, put),
            _setting(
                f"sms fallback of the {kind}",
                found[0],
                {"sms_fallback_url": url, "sms_fallback_method": "POST"},
                put,
            ),
        ]


def _putting(resource: Any) -> Any:
    def with_fields(wanted: Mapping[str, Any]) -> Callable[[], Awaitable[None]]:
        async def put() -> None:
            try:
                await resource.update_async(**wanted)
            except TROUBLE as error:
                raise failed(error) from None

        return put

    return with_fields


def _setting(about: str, found: Any, wanted: Mapping[str, Any], put: Any) -> Setting:
    """`wanted` begins with the address."""
    name, url = next(iter(wanted.items()))
    stands = getattr(found, name) or ""
    now = {name: getattr(found, name) for name in wanted}
    return Setting(about, words(now), words(wanted), put(wanted), why=fault(stands, url), unset=not stands)


def fault(stands: str, wanted: str) -> str:
    """What is wrong with an address at the provider's, in words that hold none."""
    if not stands:
        return "none is set"
    if stands == wanted:
        return "its method, or that a number's own goes first, is not as it should be"
    if stands.partition("#")[0] == wanted.partition("#")[0]:
        return f"it lacks #{wanted.partition('#')[2]}: tried once, a message that meets a restart comes late"
    return "it leads elsewhere"


def words(fields: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {'none' if value in (None, '') else value}" for name, value in fields.items())
