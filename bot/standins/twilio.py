"""A stand-in for Twilio's messages: the API that we call, and the person at the other end who writes to our webhook.

It stands over 300 lines because one message is one story: taken in, carried, reported, answered. What a message is and
what is refused is in `twilio_messages.py`, what is posted to us in `twilio_forms.py`.
"""

import asyncio
import base64
import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from bot.standins import twilio_forms as forms
from bot.standins.base import Check, Said, StandIn
from bot.standins.faults import Broken, Early, Reject, Throttle, Undelivered
from bot.standins.ledger import Bubble, Call, Posted
from bot.standins.pictures import PICTURE
from bot.standins.twilio_content import Content
from bot.standins.twilio_content_api import Library
from bot.standins.twilio_list import page
from bot.standins.twilio_media import Shelf
from bot.standins.twilio_messages import (
    API_VERSION,
    WINDOW,
    Account,
    Message,
    RefusedError,
    accepted,
    error_body,
    resource,
)
from bot.standins.twilio_numbers import Numbers, update
from bot.standins.twilio_opt_out import ANSWERS, kind_of
from bot.standins.twilio_senders import Senders
from bot.standins.twilio_voice import Exchange


@dataclass(frozen=True)
class Callback:
    """A status callback that is on its way: the message as it was when the state was reached."""

    message: Message
    due: datetime


@dataclass(frozen=True)
class Inbound:
    """What a person sent: its sid, and the tries to bring it to our webhook. Twilio keeps it in its log either way."""

    sid: str
    tries: Sequence[Posted]

    @property
    def taken(self) -> bool:
        return bool(self.tries) and self.tries[-1].taken


class TwilioStandIn(StandIn):
    """Twilio for one account. Addresses are Twilio's: `+33…` by SMS, `whatsapp:+33…` on WhatsApp.

    `hold` keeps status callbacks back until `release`; `delay` until `tick` finds them due. `reads`: whether people on
    WhatsApp open what arrives. `landlines`, `dead`: numbers that no text reaches (21614 at the door; 30005 later)."""

    def __init__(
        self,
        account: Account,
        clock: Callable[[], datetime],
        ids: Callable[[], int],
        *,
        check: Check | None = None,
        reach: Callable[[str], str] = str,
    ) -> None:
        super().__init__(clock, ids, check=check, reach=reach)
        self.account = account
        self.state = "active"  # or suspended, closed: then nothing is sent
        self.messages: dict[str, Message] = {}  # oldest first
        self.contents: dict[str, Content] = {}
        self.library = Library(self)
        self.numbers = Numbers(account)
        self.media = Shelf(self)
        self.senders = Senders(self, pool=[account.sms_number] if account.service_sid else [])
        self.voice = Exchange(self)
        self.opted_out: set[str] = set()
        self.last_heard: dict[str, datetime] = {}  # WhatsApp: when the 24-hour window was last opened
        self.names: dict[str, str] = {}  # WhatsApp: the profile's name
        self.landlines: set[str] = set()
        self.dead: set[str] = set()
        self.reads, self.hold, self.delay = True, False, timedelta()
        self.pending: list[Callback] = []
        self._early: set[str] = set()  # whose states nothing holds back
        self._lanes: dict[str, asyncio.Lock] = {}  # one message at a time to a phone, in the order of our calls
        base = f"/{API_VERSION}/Accounts/{{account}}/Messages"
        self.app.router.add_get(f"/{API_VERSION}/Accounts/{{account}}.json", self._account)
        self.app.router.add_post(f"{base}.json", self._create)
        self.app.router.add_get(f"{base}.json", self._list)
        self.app.router.add_get(f"{base}/{{sid}}.json", self._fetch)
        self.app.router.add_post(f"{base}/{{sid}}.json", self._update)
        self.app.router.add_delete(f"{base}/{{sid}}.json", self._delete)
        numbers = f"/{API_VERSION}/Accounts/{{account}}/IncomingPhoneNumbers"
        self.app.router.add_get(f"{numbers}.json", self._list_numbers)
        self.app.router.add_post(f"{numbers}/{{sid}}.json", self._update_number)
        self.app.router.add_get("/v1/Services/{sid}", self._fetch_service)
        self.app.router.add_post("/v1/Services/{sid}", self._update_service)
        self.senders.add_to(self.app)
        self.media.add_to(self.app)
        self.voice.add_to(self.app)
        self.library.add_to(self.app)

    # The API

    async def _account(self, request: web.Request) -> web.StreamResponse:
        def work(_: Call) -> Said:
            return Said(200, {"sid": self.account.sid, "status": self.state, "type": "Full", "friendly_name": ""})

        return await self.judged(request, "FetchAccount", dict(request.query), work)

    async def _create(self, request: web.Request) -> web.StreamResponse:
        form = await forms.fields(request)

        def work(call: Call) -> Said:
            if self.state != "active":
                raise RefusedError(20403)
            sid = f"SM{self.ids():032x}"
            message = accepted(form, self.account, self.contents, sid, self.clock())
            if message.to in self.landlines:
                raise RefusedError(21614)
            if self._blocked(message) and not message.service:
                raise RefusedError(21610)  # a service takes the message and reports it as failed
            self.messages[sid] = message
            if isinstance(call.fault, Early):
                self._early.add(sid)
            self.start(self._in_lane(message, call.fault))
            return Said(201, resource(message, self.account))

        return await self.judged(request, "CreateMessage", forms.plain(form), work)

    async def _list(self, request: web.Request) -> web.StreamResponse:
        query = dict(request.query)

        def work(_: Call) -> Said:
            return Said(200, page(self.messages.values(), self.account, query))

        return await self.judged(request, "ListMessage", query, work)

    async def _fetch(self, request: web.Request) -> web.StreamResponse:
        def work(_: Call) -> Said:
            return Said(200, resource(self._known(request), self.account))

        return await self.judged(request, "FetchMessage", {}, work)

    async def _update(self, request: web.Request) -> web.StreamResponse:
        """Only redaction: an empty body. (The other use, cancelling, is for scheduled messages.)"""
        form = await forms.fields(request)

        def work(_: Call) -> Said:
            message = self._known(request)
            if form.get("Body") != [""]:
                raise RefusedError(20001)
            self.messages[message.sid] = replace(message, body="", updated=self.clock())
            return Said(200, resource(self.messages[message.sid], self.account))

        return await self.judged(request, "UpdateMessage", forms.plain(form), work)

    async def _delete(self, request: web.Request) -> web.StreamResponse:
        def work(_: Call) -> Said:
            del self.messages[self._known(request).sid]
            return Said(204)

        return await self.judged(request, "DeleteMessage", {}, work)

    # Where inbound messages go

    async def _list_numbers(self, request: web.Request) -> web.StreamResponse:
        query = dict(request.query)

        def work(_: Call) -> Said:
            return Said(200, self.numbers.listed(query))

        return await self.judged(request, "ListIncomingPhoneNumber", query, work)

    async def _update_number(self, request: web.Request) -> web.StreamResponse:
        form = await forms.fields(request)

        def work(_: Call) -> Said:
            if request.match_info["sid"] != self.numbers.number_sid:
                raise RefusedError(20404)
            update(self.numbers.number, form)
            return Said(200, self.numbers.number_resource())

        return await self.judged(request, "UpdateIncomingPhoneNumber", forms.plain(form), work)

    async def _fetch_service(self, request: web.Request) -> web.StreamResponse:
        def work(_: Call) -> Said:
            self._ours(request)
            return Said(200, self.numbers.service_resource())

        return await self.judged(request, "FetchService", {}, work)

    async def _update_service(self, request: web.Request) -> web.StreamResponse:
        form = await forms.fields(request)

        def work(_: Call) -> Said:
            self._ours(request)
            update(self.numbers.service, form)
            return Said(200, self.numbers.service_resource())

        return await self.judged(request, "UpdateService", forms.plain(form), work)

    def _ours(self, request: web.Request) -> None:
        if request.match_info["sid"] != self.account.service_sid:
            raise RefusedError(20404)

    async def judged(
        self, request: web.Request, operation: str, params: Mapping[str, Any], work: Callable[[Call], Said]
    ) -> web.StreamResponse:
        def judged(call: Call) -> Said:
            if not self._authorised(request):
                return _refusal(20003)
            if request.match_info.get("account", self.account.sid) != self.account.sid:
                return _refusal(20404)
            try:
                return work(call)
            except RefusedError as refused:
                return _refusal(refused.code)

        return await self.take(request, operation, params, judged)

    def _known(self, request: web.Request) -> Message:
        if (sid := request.match_info["sid"]) not in self.messages:
            raise RefusedError(20404)
        return self.messages[sid]

    def _authorised(self, request: web.Request) -> bool:
        kind, _, given = request.headers.get("Authorization", "").partition(" ")
        pairs = [(self.account.sid, self.account.auth_token), (self.account.api_key, self.account.api_secret)]
        wanted = [base64.b64encode(f"{user}:{secret}".encode()) for user, secret in pairs if user and secret]
        return kind == "Basic" and any(hmac.compare_digest(given.encode(), one) for one in wanted)

    def draw(self, fault: Throttle | Broken | Reject) -> Said:
        match fault:
            case Throttle():
                status, body = error_body(20429)
                return Said(status, body, {"Retry-After": str(fault.after)})
            case Broken():
                return Said(fault.status, {**error_body(20500)[1], "status": fault.status})
            case Reject():
                return _refusal(fault.code, fault.reason)

    def unlawful(self, problems: list[str]) -> Said:
        return _refusal(20001, "; ".join(problems))

    # A message of ours on its way

    async def _in_lane(self, message: Message, fault: object) -> None:
        async with self._lanes.setdefault(message.to, asyncio.Lock()):
            await self._carry(message, fault)

    async def _carry(self, message: Message, fault: object) -> None:
        """Bring it to the phone, or not; each state after the first is reported."""
        if message.service:
            message = await self._move(message, "queued")
        error = self._failure(message)
        if error == 21610:
            await self._move(message, "failed", error)
        elif isinstance(fault, Undelivered):
            await self._move(message, fault.status, fault.code)
        elif error is not None:
            await self._move(await self._move(message, "sent"), "undelivered", error)
        else:
            message = await self._move(await self._move(message, "sent"), "delivered")
            if message.whatsapp and self.reads:
                await self._move(message, "read")

    def _failure(self, message: Message) -> int | None:
        if self._blocked(message):
            return 21610
        if message.to in self.dead:
            return 63024 if message.whatsapp else 30005
        if message.refused:
            return message.refused
        if message.whatsapp and not message.template and not self.window_open(message.to):
            return 63016
        return None

    async def _move(self, message: Message, status: str, error: int | None = None) -> Message:
        now = self.clock()
        # Meanwhile it may have been redacted or deleted: its log entry is the one to change.
        message = self.messages.get(message.sid, message).moved(status, now, error)
        if message.sid in self.messages:
            self.messages[message.sid] = message
        if status in {"delivered", "read"}:
            self.show(_bubble(message))
        if message.callback:
            await self._report(Callback(message, now + self.delay))
        return message

    async def _report(self, callback: Callback) -> None:
        held_back = self.hold or callback.due > self.clock()
        if held_back and callback.message.sid not in self._early:
            self.pending.append(callback)
            self.ledger.changed()
        else:
            await self._call_back(callback)

    async def _call_back(self, callback: Callback) -> None:
        message = callback.message
        await self.bring(message.callback, forms.status(message, self.account, forms.user_id(message.to)), message.sid)

    async def release(self, pick: Callable[[list[Callback]], Sequence[Callback]] = list) -> None:
        """Send what was held back, as `pick` has it: turned round, doubled, thinned out. Holding itself goes on."""
        held, self.pending = self.pending, []
        for callback in pick(held):
            await self._call_back(callback)

    async def tick(self) -> None:
        """Send the delayed callbacks that the clock has caught up with."""
        now = self.clock()
        due = [callback for callback in self.pending if callback.due <= now]
        self.pending = [callback for callback in self.pending if callback.due > now]
        for callback in due:
            await self._call_back(callback)

    async def read(self, address: str) -> None:
        """The person opens the talk: what was delivered on WhatsApp is now read."""
        for message in list(self.messages.values()):
            if message.to == address and message.whatsapp and message.status == "delivered":
                await self._move(message, "read")

    # The person at the other end

    async def say(self, address: str, text: str, *, extra: Mapping[str, str] | None = None, to: str = "") -> Inbound:
        """A text. `extra`: further fields, for what a phone can send and nothing here makes. `to`: another number of
        the service's pool."""
        return await self._arrive(address, text, extra or {}, to=to)

    async def tap(self, address: str, sid: str, label: str) -> Inbound:
        """A tap on a reply button or list item of a message of ours, by its label."""
        message = self.messages[sid]
        button = next(button for button in message.buttons if button.label == label)
        quoted = {"OriginalRepliedMessageSid": sid, "OriginalRepliedMessageSender": message.sender}
        return await self._arrive(address, label, {**forms.tapped(button, message), **quoted})

    async def send_media(
        self, address: str, kind: str, text: str = "", content: bytes = PICTURE, *, url: str = ""
    ) -> Inbound:
        """A picture, voice note or document by its content type. On WhatsApp a document's text is its file name. `url`:
        the address that our webhook is told, in place of its own.
        """
        number = self.ids()
        sid = f"MM{number:032x}"
        base = f"https://api.twilio.com/{API_VERSION}/Accounts/{self.account.sid}/Messages/{sid}/Media"
        extra = {"MediaContentType0": kind, "MediaUrl0": url or f"{base}/ME{number:032x}"}
        self.media.add(sid, f"ME{number:032x}", kind, content)
        if address.startswith("whatsapp:"):
            extra["MessageType"] = forms.MEDIA_TYPES.get(kind.partition("/")[0], "document")
        return await self._arrive(address, text, extra, sid=sid, media=1)

    async def send_place(self, address: str, latitude: str, longitude: str) -> Inbound:
        place = {"MessageType": "location", "Latitude": latitude, "Longitude": longitude}
        return await self._arrive(address, "", place)

    async def _arrive(
        self, address: str, text: str, extra: Mapping[str, str], *, sid: str = "", media: int = 0, to: str = ""
    ) -> Inbound:
        now, account = self.clock(), self.account
        whatsapp = address.startswith("whatsapp:")
        message = Message(
            sid=sid or f"SM{self.ids():032x}",
            direction="inbound",
            sender=address,
            to=f"whatsapp:{account.whatsapp_number}" if whatsapp else to or account.sms_number,
            body=text,
            status="received",
            created=now,
            updated=now,
            service=None if whatsapp else account.service_sid or None,
            sent=now,
            media=media,
        )
        self.messages[message.sid] = message
        if whatsapp:
            self.last_heard[address] = now
        opt_out = {} if whatsapp else self._opt_out(message)
        name = self.names.get(address, "")
        form = forms.inbound(message, account, {**extra, **opt_out}, name, forms.user_id(address))
        return Inbound(message.sid, await self.bring(self._messages_url(message), form, message.sid))

    def _messages_url(self, message: Message) -> str:
        """A text goes where the number or its service was told to bring it; else where the account was set up for."""
        set_up = self.senders.whatsapp["callback_url"] if message.whatsapp else self.numbers.messages_url
        return set_up or self.account.messages_url

    def window_open(self, address: str) -> bool:
        heard = self.last_heard.get(address)
        return heard is not None and self.clock() - heard < WINDOW

    def _opt_out(self, message: Message) -> dict[str, str]:
        """Twilio's own answer to its words. It names the word's kind to us only when set up to."""
        advanced = self.account.advanced_opt_out
        kind = kind_of(message.body, advanced=advanced)
        if kind is None:
            return {}
        if kind == "STOP":
            self.opted_out.add(message.sender)
        if kind == "START":
            self.opted_out.discard(message.sender)
        self.show(Bubble(f"SM{self.ids():032x}", message.sender, message.to, ANSWERS[kind], self.clock()))
        return {"OptOutType": kind} if advanced else {}

    def _blocked(self, message: Message) -> bool:
        return not message.whatsapp and message.to in self.opted_out

    # Webhooks

    async def bring(self, address: str, form: Mapping[str, str], token: str) -> list[Posted]:
        """Try as often as the address asks for; what is not taken then is lost, but for Twilio's log."""
        tries = forms.Tries.of(address)
        headers = {
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "X-Twilio-Signature": forms.signature(self.account.auth_token, tries.url, form),
            "I-Twilio-Idempotency-Token": token,
        }
        body = urlencode(form).encode()
        posted = [await self.post(tries.url, body, headers)]
        while tries.worth_another(posted[-1].status) and len(posted) <= tries.again:
            posted.append(await self.post(tries.url, body, headers))
        if not posted[-1].taken:
            self.ledger.complaints.append("11200 HTTP retrieval failure")
        return posted


def _refusal(code: int, detail: str = "") -> Said:
    status, body = error_body(code, detail)
    return Said(status, body)


def _bubble(message: Message) -> Bubble:
    return Bubble(
        message.sid,
        message.to,
        message.sender,
        message.body,
        message.updated,
        message.buttons,
        message.status,
        message.opens,
    )
