"""What the Twilio stand-in knows of its senders besides numbers: short codes, a service's pool, the WhatsApp sender.

https://www.twilio.com/docs/messaging/api/services-phonenumber-resource, …/services-shortcode-resource,
…/api/short-code-resource and https://www.twilio.com/docs/whatsapp/api/senders.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

from bot.standins.base import Said
from bot.standins.ledger import Call
from bot.standins.twilio_forms import fields, plain
from bot.standins.twilio_messages import API_VERSION, RefusedError
from bot.standins.twilio_numbers import update

if TYPE_CHECKING:
    from bot.standins.twilio import TwilioStandIn

WEBHOOK_FIELDS: Final = (
    "callback_url",
    "callback_method",
    "fallback_url",
    "fallback_method",
    "status_callback_url",
    "status_callback_method",
)


@dataclass
class Senders:
    """`pool`: the numbers and short codes of the service. `whatsapp`: the webhooks of the WhatsApp sender; `status`:
    whether it is online."""

    twilio: "TwilioStandIn"
    pool: list[str] = field(default_factory=list)
    whatsapp: dict[str, Any] = field(default_factory=lambda: dict.fromkeys(WEBHOOK_FIELDS))
    status: str = "ONLINE"

    def add_to(self, app: web.Application) -> None:
        base = f"/{API_VERSION}/Accounts/{{account}}"
        app.router.add_get(f"{base}/SMS/ShortCodes.json", self._list_short_codes)
        app.router.add_post(f"{base}/SMS/ShortCodes/{{sid}}.json", self._update_short_code)
        app.router.add_get("/v1/Services/{sid}/PhoneNumbers", self._pooled_numbers)
        app.router.add_get("/v1/Services/{sid}/ShortCodes", self._pooled_short_codes)
        app.router.add_get("/v2/Channels/Senders", self._list_senders)
        app.router.add_get("/v2/Channels/Senders/{sid}", self._fetch_sender)
        app.router.add_post("/v2/Channels/Senders/{sid}", self._update_sender)

    # Short codes

    async def _list_short_codes(self, request: web.Request) -> web.StreamResponse:
        asked = request.query.get("ShortCode")

        def work(_: Call) -> Said:
            number = self.twilio.account.sms_number
            ours = [] if number.startswith("+") or asked not in {None, number} else [self._short_code()]
            return Said(200, {"short_codes": ours, "page": 0, "page_size": 50, "next_page_uri": None})

        return await self.twilio.judged(request, "ListShortCode", dict(request.query), work)

    async def _update_short_code(self, request: web.Request) -> web.StreamResponse:
        form = await fields(request)

        def work(_: Call) -> Said:
            if request.match_info["sid"] != self._short_code()["sid"]:
                raise RefusedError(20404)
            update(self.twilio.numbers.number, form)
            return Said(200, self._short_code())

        return await self.twilio.judged(request, "UpdateShortCode", plain(form), work)

    def _short_code(self) -> dict[str, Any]:
        account = self.twilio.account
        sids = {"sid": "SC" + account.sid[2:], "account_sid": account.sid}
        return {**sids, "short_code": account.sms_number, "friendly_name": "", **self.twilio.numbers.number}

    # The service's pool

    async def _pooled_numbers(self, request: web.Request) -> web.StreamResponse:
        numbers = [number for number in self.pool if number.startswith("+")]
        return await self._pooled(request, "ListServicePhoneNumber", "phone_numbers", "phone_number", numbers)

    async def _pooled_short_codes(self, request: web.Request) -> web.StreamResponse:
        codes = [number for number in self.pool if not number.startswith("+")]
        return await self._pooled(request, "ListServiceShortCode", "short_codes", "short_code", codes)

    async def _pooled(
        self, request: web.Request, operation: str, key: str, name: str, numbers: Sequence[str]
    ) -> web.StreamResponse:
        def work(_: Call) -> Said:
            if request.match_info["sid"] != self.twilio.account.service_sid:
                raise RefusedError(20404)
            found = [{"sid": f"PN{at:032x}", name: number} for at, number in enumerate(numbers)]
            return Said(200, {key: found, "meta": {"key": key, "next_page_url": None}})

        return await self.twilio.judged(request, operation, dict(request.query), work)

    # The WhatsApp sender

    async def _list_senders(self, request: web.Request) -> web.StreamResponse:
        def work(_: Call) -> Said:
            ours = [self._sender()] if self.twilio.account.whatsapp_number else []
            return Said(200, {"senders": ours, "meta": {"key": "senders", "next_page_url": None}})

        return await self.twilio.judged(request, "ListSender", dict(request.query), work)

    async def _fetch_sender(self, request: web.Request) -> web.StreamResponse:
        return await self.twilio.judged(request, "FetchSender", {}, lambda _: Said(200, self._known(request)))

    async def _update_sender(self, request: web.Request) -> web.StreamResponse:
        given = await request.json()

        def work(_: Call) -> Said:
            self._known(request)
            self.whatsapp |= given.get("webhook") or {}
            return Said(202, self._sender())

        return await self.twilio.judged(request, "UpdateSender", given, work)

    def _known(self, request: web.Request) -> dict[str, Any]:
        sender = self._sender()
        if request.match_info["sid"] != sender["sid"]:
            raise RefusedError(20404)
        return sender

    def _sender(self) -> dict[str, Any]:
        account = self.twilio.account
        named = {"sid": "XE" + account.sid[2:], "sender_id": f"whatsapp:{account.whatsapp_number}"}
        return {**named, "status": self.status, "webhook": {**self.whatsapp}}
