"""The Twilio stand-in's telephone exchange: calls that we make, and our TwiML carried out word by word.

A call rings its telephone, asks our address what to do, and does what the TwiML says: Say, Gather, Dial, Number, Pause,
Redirect, Hangup, with the attributes that we use and no others; whatever else stands there is a complaint, as it would
be in Twilio's error log. Who holds the telephones is in `twilio_hands.py`.

https://www.twilio.com/docs/voice/twiml, …/gather, …/dial, …/number.
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urljoin
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element

from aiohttp import web

from bot.standins import twilio_calls as calls
from bot.standins.base import Said
from bot.standins.ledger import Call
from bot.standins.twilio_calls import Leg
from bot.standins.twilio_forms import fields
from bot.standins.twilio_hands import Hand, Holder, HungUp
from bot.standins.twilio_messages import API_VERSION, RefusedError

if TYPE_CHECKING:
    from bot.standins.twilio import TwilioStandIn

# The attributes of each verb that we use, and that this exchange understands.
VERBS: Final[Mapping[str, frozenset[str]]] = {
    "Say": frozenset({"language"}),
    "Pause": frozenset({"length"}),
    "Gather": frozenset({"action", "method", "numDigits", "timeout", "finishOnKey", "input"}),
    "Dial": frozenset({"action", "method", "callerId", "answerOnBridge", "timeout", "timeLimit"}),
    "Number": frozenset({"url", "method", "statusCallback", "statusCallbackMethod", "statusCallbackEvent"}),
    "Redirect": frozenset({"method"}),
    "Hangup": frozenset(),
}
INSIDE: Final[Mapping[str, frozenset[str]]] = {
    "Response": frozenset({"Say", "Pause", "Gather", "Dial", "Redirect", "Hangup"}),
    "Gather": frozenset({"Say", "Pause"}),
    "Dial": frozenset({"Number"}),
}
DOCUMENTS: Final = 20  # TwiML that goes round in circles is our mistake


@dataclass(frozen=True)
class Told:
    """A status callback that is on its way."""

    url: str
    form: Mapping[str, str]
    sid: str


@dataclass
class Exchange:
    """`hands`: who holds which number; anybody else's telephone is answered, presses 1 and stays. `hold` keeps status
    callbacks back until `release`. `action_after_hang_up`: whether the action of <Dial> is still asked for when the
    one who was called first has put the telephone down; Twilio's pages leave it open. `live`: the hands are people's,
    so
    nobody waits until a call is over."""

    twilio: "TwilioStandIn"
    hands: dict[str, Hand] = field(default_factory=dict)
    legs: dict[str, Leg] = field(default_factory=dict)  # oldest first
    hold: bool = False
    held: list[Told] = field(default_factory=list)
    action_after_hang_up: bool = True
    live: bool = False

    def add_to(self, app: web.Application) -> None:
        base = f"/{API_VERSION}/Accounts/{{account}}/Calls"
        app.router.add_post(f"{base}.json", self._create)
        app.router.add_get(f"{base}/{{sid}}.json", self._fetch)

    def hand(self, number: str) -> Hand:
        return self.hands.setdefault(number, Holder())

    # The API

    async def _create(self, request: web.Request) -> web.StreamResponse:
        form = await fields(request)

        def work(_: Call) -> Said:
            if self.twilio.state != "active":
                raise RefusedError(20403)
            leg = calls.accepted(form, self.twilio.account, self._sid(), self.twilio.clock())
            self.legs[leg.sid] = leg
            self.twilio.start(self._first(leg), apart=self.live)
            return Said(201, calls.resource(leg, self.twilio.account))

        # One event comes alone, several as a list, which is how the description has it.
        params = {name: values if name == "StatusCallbackEvent" else values[-1] for name, values in form.items()}
        return await self.twilio.judged(request, "CreateCall", params, work)

    async def _fetch(self, request: web.Request) -> web.StreamResponse:
        def work(_: Call) -> Said:
            if (sid := request.match_info["sid"]) not in self.legs:
                raise RefusedError(20404)
            return Said(200, calls.resource(self.legs[sid], self.twilio.account))

        return await self.twilio.judged(request, "FetchCall", {}, work)

    def _sid(self) -> str:
        return f"CA{self.twilio.ids():032x}"

    # Status callbacks

    async def release(self, pick: Callable[[list[Told]], Sequence[Told]] = list) -> None:
        """Send what was held back, as `pick` has it: turned round, doubled, thinned out. Holding itself goes on."""
        held, self.held = self.held, []
        for told in pick(held):
            await self.twilio.bring(told.url, told.form, told.sid)

    async def _tell(self, leg: Leg, event: str) -> None:
        if not leg.callback or event not in leg.events:
            return
        told = Told(leg.callback, calls.progress(leg, self.twilio.account, self.twilio.clock()), leg.sid)
        leg.told += 1
        if self.hold:
            self.held.append(told)
        else:
            await self.twilio.bring(told.url, told.form, told.sid)

    async def _move(self, leg: Leg, event: str, status: str = "") -> None:
        leg.status = status or calls.STATES[event]
        self.twilio.ledger.changed()
        await self._tell(leg, event)

    # A leg, from its first ring to its end

    async def _ring(self, leg: Leg) -> bool:
        """Whether it was answered; else it has ended."""
        await self._move(leg, "initiated")
        await self._move(leg, "ringing")
        came = await self.hand(leg.to).rings(leg)
        if came != "answered":
            await self._end(leg, came)
            return False
        await self._move(leg, "answered")
        return True

    async def _end(self, leg: Leg, status: str = "completed", seconds: int | None = None) -> None:
        leg.seconds = seconds or 0
        self.hand(leg.to).ended(leg)
        await self._move(leg, "completed", status)

    async def _first(self, leg: Leg) -> None:
        """The telephone that we asked for."""
        if not await self._ring(leg):
            return
        began = self.twilio.clock()
        with suppress(HungUp):
            await self._play(leg, leg.url)
        await self._end(leg, seconds=max(leg.seconds, int((self.twilio.clock() - began).total_seconds())))

    # TwiML

    async def _play(self, leg: Leg, url: str, more: Mapping[str, str] | None = None) -> None:
        """Carry out the document at an address, and those that it leads to, until the call is over."""
        for _ in range(DOCUMENTS):
            document = await self._document(leg, url, more or {})
            if document is None:
                return
            following = await self._carry_out(leg, document, url)
            if following is None:
                return
            url, more = following
        self.twilio.ledger.complaints.append("TwiML goes round in circles")

    async def _document(self, leg: Leg, url: str, more: Mapping[str, str]) -> Element | None:
        posted = await self.twilio.bring(url, {**calls.request(leg, self.twilio.account), **more}, leg.sid)
        last = posted[-1]
        if not last.taken:
            leg.heard.append("An application error has occurred. Goodbye.")
            return None  # complained of already, as 11200
        try:
            document = ET.fromstring(last.answer)  # noqa: S314 - our own server's
        except ET.ParseError:
            self.twilio.ledger.complaints.append("12100 Document parse failure")
            return None
        self._complain(document)
        return document

    def _complain(self, element: Element) -> None:
        """Whatever a strict reader of the schema would not like."""
        for child in element:
            if child.tag not in INSIDE.get(element.tag, frozenset()) or set(child.attrib) - VERBS[child.tag]:
                self.twilio.ledger.complaints.append(f"12200 Schema validation warning: {child.tag} in {element.tag}")
            else:
                self._complain(child)

    async def _carry_out(self, leg: Leg, document: Element, base: str) -> tuple[str, Mapping[str, str]] | None:
        """Verb by verb. The address that goes on, and what it is told; None: the call is over."""
        for verb in document:
            match verb.tag:
                case "Say":
                    await self.hand(leg.to).listens(leg, verb.text or "")
                case "Gather":
                    if key := await self._gather(leg, verb):
                        return urljoin(base, verb.get("action", base)), {"Digits": key, "msg": "Gather End"}
                case "Dial":
                    return await self._dial(leg, verb, base)
                case "Redirect":
                    return urljoin(base, verb.text or ""), {}
                case "Hangup":
                    return None
        return None

    async def _gather(self, leg: Leg, verb: Element) -> str:
        hand = self.hand(leg.to)
        for said in verb:
            if said.tag == "Say":
                await hand.listens(leg, said.text or "")
        key = await hand.presses(leg, int(verb.get("timeout", "5")))
        return key[: int(verb.get("numDigits", "32"))]

    async def _dial(self, leg: Leg, verb: Element, base: str) -> tuple[str, Mapping[str, str]] | None:
        """Ring the other one; the first may give up meanwhile."""
        number = next(iter(verb))
        other = replace(
            Leg(self._sid(), (number.text or "").strip(), verb.get("callerId", ""), self.twilio.clock()),
            url=number.get("url", ""),
            callback=number.get("statusCallback", ""),
            events=frozenset(number.get("statusCallbackEvent", "completed").split()),
            timeout=int(verb.get("timeout", "30")),
            parent=leg,
        )
        self.legs[other.sid] = other
        if other.sender != self.twilio.account.voice_number:
            self.twilio.ledger.complaints.append("13214 Dial: invalid callerId value")
            other.status, bridged, stayed = "failed", False, True
        else:
            bridged, stayed = await self._connect(leg, other)
        if not stayed and not self.action_after_hang_up:
            raise HungUp
        form = calls.dialled(leg, other, self.twilio.account, bridged=bridged)
        if not stayed:  # what comes back is for nobody
            await self.twilio.bring(verb.get("action", base), {**form, "CallStatus": "completed"}, leg.sid)
            raise HungUp
        return urljoin(base, verb.get("action", base)), form

    async def _connect(self, leg: Leg, other: Leg) -> tuple[bool, bool]:
        """Whether the two spoke, and whether the first one is still there."""
        first, second = self.hand(leg.to), self.hand(other.to)
        answered = await _first_of(self._answers(other), first.gives_up(leg))
        if answered is None:
            await self._end(other, "canceled")
            return False, False
        if not answered:
            return False, True
        began = self.twilio.clock()
        left, right = asyncio.ensure_future(first.talks(leg)), asyncio.ensure_future(second.talks(other))
        try:
            await asyncio.wait((left, right), return_when=asyncio.FIRST_COMPLETED)
            over = left if left.done() else right
            lasted = over.result()
        finally:
            left.cancel()
            right.cancel()
        seconds = int((self.twilio.clock() - began).total_seconds()) if lasted is None else lasted
        leg.seconds = seconds
        await self._end(other, seconds=seconds)
        return True, over is right

    async def _answers(self, other: Leg) -> bool:
        """It rings, is taken, and hears what its owner is told before the two are brought together."""
        if not await self._ring(other):
            return False
        try:
            if other.url:
                await self._play(other, other.url)
        except HungUp:
            await self._end(other)
            return False
        return True


async def _first_of(answers: Coroutine[Any, Any, bool], gives_up: Coroutine[Any, Any, None]) -> bool | None:
    """What the other telephone did; None when the first was put down before."""
    one, two = asyncio.ensure_future(answers), asyncio.ensure_future(gives_up)
    try:
        await asyncio.wait((one, two), return_when=asyncio.FIRST_COMPLETED)
        return one.result() if one.done() else None
    finally:
        one.cancel()
        two.cancel()
        await asyncio.gather(one, two, return_exceptions=True)
