"""The demo's hub: tells the page what stands on people's screens, and the stand-ins what was done on the page.

Nothing here answers anybody. A text that is typed goes to the provider's stand-in, which posts it to our webhook; what
comes back was sent to the stand-in by our channel. The hub only watches.
"""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any, Final, Protocol

from bot.demo_calls import Telephone
from bot.standins.ledger import Bubble, Button
from bot.standins.telegram import TelegramStandIn
from bot.standins.twilio import TwilioStandIn
from handlers.web.demo import Event, NotPossible, Phone

STEPS: Final[Mapping[str, timedelta]] = {
    "10m": timedelta(minutes=10),
    "1h": timedelta(hours=1),
    "1d": timedelta(days=1),
}
MOMENTS: Final = ("next", "before", "morning")  # where the clock goes by what is to come, see `Machine.moment`
MOST_STOPS: Final = 200  # of the clock in one move
ON_THE_MESSAGE: Final = frozenset({"reply", "item", "callback", "url"})  # the other kinds are keys under the text field


class Machine(Protocol):
    """The program under the phones: its clock, and all that is due by it."""

    def now(self) -> datetime: ...
    def forward(self, by: timedelta) -> None: ...
    async def settle(self) -> None:
        """Returns when everything that is due was done and delivered."""

    async def next_due(self) -> datetime | None:
        """When the next reminder or waiting notice is due."""

    async def moment(self, name: str) -> datetime | None:
        """`next`: just after that. `before`: ten minutes before the next appointment. `morning`: the next day at ten.

        None: nothing of the kind is to come.
        """


@dataclass(frozen=True, slots=True)
class Screen:
    """A phone, and who it is at the provider. `addresses` of the workers' phone are all theirs, with their names.

    `also`: numbers whose messages are shown here, too, under their own name; nobody answers for them from this phone.
    """

    phone: Phone
    provider: str  # "twilio" or "telegram"
    addresses: Mapping[str, str]
    also: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Mine:
    """A message that was typed here."""

    id: str
    text: str
    at: datetime
    status: str = "sending"


@dataclass
class Talk:
    """What is remembered of a phone beside its events."""

    sent: list[Mine] = field(default_factory=list)
    address: str = ""  # who answers from this phone: the last one who was written to
    shown: dict[str, Bubble] = field(default_factory=dict)


class Hub:
    """Implements `handlers.web.demo.DemoHub`."""

    def __init__(
        self,
        screens: Sequence[Screen],
        twilio: TwilioStandIn,
        telegram: TelegramStandIn,
        machine: Machine,
        *,
        epoch: str,
        code: str,
    ) -> None:
        self.epoch, self.code = epoch, code
        self.phones: Sequence[Phone] = [screen.phone for screen in screens]
        self._screens = {screen.phone.name: screen for screen in screens}
        self._talks = {screen.phone.name: Talk(address=next(iter(screen.addresses))) for screen in screens}
        self._twilio, self._telegram, self._machine = twilio, telegram, machine
        self._events: list[Event] = []
        self._news = asyncio.Event()
        self._moving = asyncio.Lock()
        twilio.on_delivered.append(lambda bubble: self._arrived("twilio", bubble))
        telegram.on_delivered.append(lambda bubble: self._arrived("telegram", bubble))
        self._telephones: dict[str, Telephone] = {}
        self._tell_time()

    # What the page reads

    async def events(self, after: int) -> Sequence[Event]:
        while after >= len(self._events):
            await self._news.wait()
        return [self._as_of_now(event) for event in self._events[after:]]

    def _tell(self, kind: str, data: Mapping[str, Any]) -> None:
        self._events.append(Event(len(self._events) + 1, kind, data))
        self._news.set()
        self._news = asyncio.Event()

    def _tell_time(self) -> None:
        self._tell("clock", {})

    def _as_of_now(self, event: Event) -> Event:
        """The clock goes on by itself: who is told of it later is told the time of then."""
        return replace(event, data={"now": self._machine.now().isoformat()}) if event.kind == "clock" else event

    # What arrives on a phone

    def _arrived(self, provider: str, bubble: Bubble) -> None:
        for name, screen in self._screens.items():
            if screen.provider == provider and (bubble.to in screen.addresses or bubble.to in screen.also):
                self._show(name, screen, bubble)

    def _show(self, name: str, screen: Screen, bubble: Bubble) -> None:
        talk = self._talks[name]
        again = bubble.id in talk.shown  # edited, or read: it stays where it is
        talk.shown[bubble.id] = bubble
        if not again and bubble.to in screen.addresses:
            talk.address = bubble.to
            self._mark_read(name, talk)
        owner = screen.also.get(bubble.to) or (screen.addresses[bubble.to] if len(screen.addresses) > 1 else "")
        self._tell("bubble", {"phone": name, "from": "us", "owner": owner, **_drawn(bubble)})
        self._tell_keys(name)

    def _mark_read(self, name: str, talk: Talk) -> None:
        """Who answers has read."""
        for mine in talk.sent:
            if mine.status in {"sending", "delivered"}:
                self._tell_mine(name, mine, "read")

    def _tell_mine(self, phone: str, mine: Mine, status: str) -> None:
        mine.status = status
        told = {
            "id": mine.id,
            "text": mine.text,
            "at": mine.at.isoformat(),
            "status": status,
            "buttons": [],
            "opens": "",
        }
        self._tell("bubble", {"phone": phone, "from": "me", "owner": "", **told})

    def _tell_keys(self, phone: str) -> None:
        if self._screens[phone].provider == "telegram":
            keys = self._telegram.chats[int(self._talks[phone].address)].keyboard
            self._tell("keys", {"phone": phone, "keys": [{"label": key.label, "kind": key.kind} for key in keys]})

    def mail(self, message: EmailMessage) -> None:
        """An e-mail that would have left. Its text only: a calendar that is attached has a page of its own."""
        body = message.get_body(("plain",))
        self._tell(
            "mail",
            {
                "id": str(message["Message-ID"] or len(self._events)),
                "to": str(message["To"]),
                "subject": str(message["Subject"]),
                "text": body.get_content() if body else "",
                "at": self._machine.now().isoformat(),
            },
        )

    # Calls

    def rings(self, telephones: Mapping[str, tuple[str, str]]) -> None:
        """Number to the phone of the page that rings, and whose it is."""
        self._twilio.voice.live = True
        for number, (phone, owner) in telephones.items():
            telephone = self._telephones[number] = Telephone(phone, owner, self._tell)
            self._twilio.voice.hands[number] = telephone

    async def call(self, phone: str, act: str) -> None:
        """On a phone that is rung: answer, refuse, a key, hang_up."""
        busy = [each for each in self._telephones.values() if each.phone == phone and each.state != "over"]
        if not busy:
            raise NotPossible
        busy[-1].act(act)

    # What is done on the page

    async def say(self, phone: str, text: str) -> None:
        screen, talk = self._screen(phone)
        if screen.provider == "twilio":
            await self._send(phone, text, self._twilio.say(talk.address, text))
        else:
            await self._send(phone, text, self._telegram.say(int(talk.address), text))

    async def press(self, phone: str, message: str, number: int) -> None:
        """The button at this place, counted from 1."""
        screen, talk = self._screen(phone)
        bubble = talk.shown.get(message)
        buttons = _pressable(bubble) if bubble else ()
        if bubble is None or not 1 <= number <= len(buttons) or buttons[number - 1].kind == "url":
            raise NotPossible
        button = buttons[number - 1]
        if screen.provider == "twilio":
            await self._send(phone, button.label, self._twilio.tap(bubble.to, message, button.label))
            return
        # On Telegram a tap says nothing in the chat.
        message_id = int(message.rpartition(":")[2])
        await self._telegram.press(int(talk.address), message_id, button.value)

    async def contact(self, phone: str) -> None:
        screen, talk = self._screen(phone)
        if screen.provider != "telegram":
            raise NotPossible
        number = self._telegram.chats[int(talk.address)].person.phone
        await self._send(phone, number, self._telegram.share_contact(int(talk.address)))

    async def move_clock(self, move: str) -> None:
        """Forward only, and what became due on the way is done, each at its time, before this returns."""
        if move not in {*STEPS, *MOMENTS}:
            raise NotPossible
        async with self._moving:
            await self._settle()
            before, seen = self._machine.now(), len(self._events)
            until = before + STEPS[move] if move in STEPS else await self._machine.moment(move)
            if until is None:
                self._tell("moved", {"now": before.isoformat(), "none": move, "count": 0, "phones": []})
                return
            await self._pass(until)
            self._tell("moved", {"now": self._machine.now().isoformat(), "none": "", **self._new_since(seen)})

    async def _pass(self, until: datetime) -> None:
        """Time stops wherever something is due: a reminder of Tuesday is not sent on Thursday."""
        for _ in range(MOST_STOPS):
            due = await self._machine.next_due()
            if due is None or not self._machine.now() < due < until:
                break
            await self._forward(due)
        await self._forward(until)

    async def _forward(self, until: datetime) -> None:
        self._machine.forward(max(until - self._machine.now(), timedelta()))
        self._tell_time()
        await self._settle()

    async def _settle(self) -> None:
        """Ours, then theirs, then ours again: a receipt may have made a message go another way."""
        for _ in range(2):
            await self._machine.settle()
            await self._twilio.tick()
            await self._twilio.settle()
            await self._telegram.settle()
        await self._machine.settle()

    def _new_since(self, seen: int) -> Mapping[str, Any]:
        """How many messages came, and on which phones."""
        fresh = [event.data for event in self._events[seen:] if event.kind == "bubble" and event.data["from"] == "us"]
        fresh_ids = {(data["phone"], data["id"]) for data in fresh}
        old = [event.data for event in self._events[:seen] if event.kind == "bubble"]
        new = fresh_ids - {(data["phone"], data["id"]) for data in old}
        mails = [event for event in self._events[seen:] if event.kind == "mail"]
        phones = sorted({phone for phone, _ in new}) + (["mail"] if mails else [])
        return {"count": len(new) + len(mails), "phones": phones}

    async def _send(self, phone: str, text: str, work: Awaitable[Any]) -> None:
        """Show it at once; then whether our webhook took it."""
        talk = self._talks[phone]
        mine = Mine(f"me-{phone}-{len(talk.sent) + 1}", text, self._machine.now())
        talk.sent.append(mine)
        self._tell_mine(phone, mine, "sending")
        sent = await work
        # The answer may have come before the provider told us that the webhook took it.
        if mine.status == "sending":
            self._tell_mine(phone, mine, "delivered" if sent.taken else "failed")
        self._tell_keys(phone)

    def _screen(self, phone: str) -> tuple[Screen, Talk]:
        if phone not in self._screens:
            raise NotPossible
        return self._screens[phone], self._talks[phone]


def _pressable(bubble: Bubble) -> tuple[Button, ...]:
    return tuple(button for button in bubble.buttons if button.kind in ON_THE_MESSAGE)


def _drawn(bubble: Bubble) -> Mapping[str, Any]:
    buttons = [
        {"label": button.label, "under": button.under, **({"url": button.value} if button.kind == "url" else {})}
        for button in _pressable(bubble)
    ]
    return {
        "id": bubble.id,
        "text": bubble.text,
        "at": bubble.at.isoformat(),
        "status": bubble.status,
        "buttons": buttons,
        "opens": bubble.opens,
    }
