"""Processes of the real program that die where they are told to, by SIGKILL: nothing is closed, nothing is said.

    python -m tests.journeys.launcher        reads one order a line, {"socket", "settings", "mail", "now"}, and forks

Each child calls its parent's socket, builds the program on the settings, serves on a port of its own, and does what it
is told, line by line: {"do": "settle" | "drain" | "fetch" | "erase" | "arm" | "count", "now": …}. The crash points are
wrapped round the real code here; the program knows nothing of them. Everything is imported before the first fork, so a
restart takes milliseconds.
"""

from __future__ import annotations

import asyncio
import functools
import gc
import json
import os
import signal
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Final

import structlog
from aiohttp import web

from bot import work
from bot.app import App, build
from bot.logs import only_classes
from bot.serve import listening
from bot.settings import read_settings
from bot.web import application
from handlers import delivery, provider_copies, refusing, rerouting, sending, turns
from handlers.channels.copies import TwilioCopies
from handlers.channels.email import EmailChannel
from handlers.channels.sms import SmsChannel
from handlers.channels.telegram import TelegramChannel
from handlers.channels.twilio_media import TwilioMedia
from handlers.channels.whatsapp import WhatsAppChannel
from handlers.documents import fetching
from handlers.privacy import afterwards, erasing, ledger
from handlers.web.api.service import Service
from locales.words import words
from storage import api_answers, contacts, conversations, erasures, inbox, outbox, told, unsettled
from storage import provider_copies as storage_copies

CHANNELS: Final = (SmsChannel, WhatsAppChannel, TelegramChannel, EmailChannel)
# point -> what is wrapped, and on which side of it one dies. After a claim: only where something was claimed.
POINTS: Final[dict[str, tuple[Any, str, str]]] = {
    "before the inbox's insert": (inbox, "accept", "before"),
    "contact made, message not": (contacts, "make", "after"),
    "stored, not answered": (inbox, "accept", "after"),
    "answered": (web.Response, "write_eof", "after"),
    "contact claimed": (contacts, "lease_waiting", "after"),
    "turn taken, not committed": (turns, "take_row", "after"),
    "state saved, not committed": (conversations, "save", "after"),
    "turn committed": (turns, "take_next", "after"),
    "message claimed": (outbox, "claim_due", "after"),
    "before the call": (CHANNELS, "send", "before"),
    "after the call": (CHANNELS, "send", "after"),
    "call marked": (outbox, "accepted", "after"),
    "before a receipt": (told, "receipt", "before"),
    "after a receipt": (told, "receipt", "after"),
    "timer told, batch not committed": (inbox, "add_news", "after"),
    "batch of timers committed": (work, "fire", "after"),
    "unknown claimed": (unsettled, "claim_unknown", "after"),
    "queued once more": (unsettled, "resend", "after"),
    "rerouted": (rerouting, "reroute", "after"),
    "media fetched, not laid down": (fetching, "take_in", "before"),
    "media laid down, not said": (fetching, "take_in", "after"),
    "media here, not committed": (fetching, "record", "after"),
    "media here, not deleted there": (fetching, "_comes", "after"),
    "media deleted there, not said": (TwilioMedia, "drop", "after"),
    "rows gone, not committed": (erasures, "begun", "after"),
    "rows gone, nothing else": (erasing, "begin", "after"),
    "their files gone": (afterwards, "_files_go", "after"),
    "the ledger told": (ledger, "publish", "after"),
    "a copy claimed": (storage_copies, "take_due", "after"),
    "a copy deleted there, not said": (TwilioCopies, "delete", "after"),
    "the last address gone, not committed": (contacts, "end", "after"),
    "nothing is left, not said": (erasures, "done", "before"),
    "the API's answer kept, not committed": (api_answers, "keep", "after"),
    "the API's call committed, not answered": (Service, "_serve", "after"),
}


class Points:
    """Where one may die, and how often each was passed."""

    def __init__(self) -> None:
        self.passed: Counter[str] = Counter()
        self.armed, self.left = "", 0

    def arm(self, name: str, at: int) -> None:
        self.armed, self.left = name, at

    def passing(self, name: str) -> None:
        self.passed[name] += 1
        if name == self.armed:
            self.left -= 1
            if self.left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    def wrap(self) -> None:
        for name, (owners, what, side) in POINTS.items():
            for owner in owners if isinstance(owners, tuple) else (owners,):
                setattr(owner, what, self._around(name, getattr(owner, what), side))
        # these were imported by name
        vars(sending)["reroute"] = vars(refusing)["reroute"] = rerouting.reroute

    def _around(self, name: str, wrapped: Callable[..., Awaitable[Any]], side: str) -> Callable[..., Awaitable[Any]]:
        @functools.wraps(wrapped)
        async def around(*args: Any, **more: Any) -> Any:
            if side == "before":
                self.passing(name)
            done = await wrapped(*args, **more)
            if side == "after" and (done or what_returns_nothing(wrapped)):
                self.passing(name)
            return done

        return around


def what_returns_nothing(wrapped: Callable[..., Awaitable[Any]]) -> bool:
    return wrapped.__annotations__.get("return") in {"None", None}


class Box:
    """Mail, one line a message in a file: it outlives us."""

    def __init__(self, path: str) -> None:
        self._path = Path(path)

    async def deliver(self, message: EmailMessage) -> None:
        with self._path.open("a") as box:
            box.write(f"{message['To']}\n")

    async def greet(self) -> None:
        """Always there."""


class Clock:
    def __init__(self, now: str) -> None:
        self.now = datetime.fromisoformat(now)

    def __call__(self) -> datetime:
        return self.now


async def live(order: dict[str, Any], points: Points) -> None:
    """One process's life, until its parent hangs up or it is killed."""
    reader, writer = await asyncio.open_unix_connection(order["socket"])
    clock, owner = Clock(order["now"]), f"process-{os.getpid()}"
    settings = read_settings(env_file=None, **order["settings"])
    async with (
        build(settings, clock, post=Box(order["mail"]), migrate=False) as app,
        listening(app, application(app), 0) as port,
    ):
        tell(writer, pid=os.getpid(), port=port)
        while line := await reader.readline():
            asked = json.loads(line)
            clock.now = datetime.fromisoformat(asked["now"])
            tell(writer, did=await do(asked, app, owner, points))


async def do(asked: dict[str, Any], app: App, owner: str, points: Points) -> Any:
    match asked["do"]:
        case "settle":
            return await settle(app, owner)
        case "drain":
            return await drained(app, owner)
        case "fetch":
            assert app.fetch is not None
            return await app.fetch()
        case "erase":
            return await erase(app)
        case "arm":
            points.arm(asked["point"], asked["at"])
        case "count":
            return points.passed
    return 0


async def drained(app: App, owner: str) -> int:
    """Turns only, until nobody has anything unread that is not another process's."""
    contacts = 0
    while some := await work.drain_all(app.parts, owner):
        contacts += some
    return contacts


async def settle(app: App, owner: str) -> int:
    """All that the loops of a worker do, until there is nothing left."""
    all_in_all = 0
    while True:
        did = await work.drain_all(app.parts, owner)
        did += await work.fire(app.parts)
        did += await fetching.fetch_due(app.parts)
        did += await delivery.deliver(app.parts, owner)
        did += await delivery.settle_unknown(app.parts, owner)
        all_in_all += did
        if not did:
            return all_in_all


async def erase(app: App) -> int:
    """What those loops do that end what is somebody's, until there is nothing left for now."""
    all_in_all = 0
    while True:
        did = await erasing.look(app.parts)
        did += await provider_copies.look(app.parts)
        all_in_all += did
        if not did:
            return all_in_all


def tell(writer: asyncio.StreamWriter, **what: Any) -> None:
    writer.write(json.dumps(what).encode() + b"\n")


async def warm(order: dict[str, Any]) -> None:
    """Whatever is imported or compiled at a first start is there for every child."""
    settings = read_settings(env_file=None, **order["settings"])
    async with build(settings, Clock(order["now"]), post=Box(order["mail"]), migrate=False) as app:
        application(app)
        for language in settings.locales:
            words(language)


def main() -> None:
    points, is_warm = Points(), False
    points.wrap()
    structlog.configure(processors=[only_classes, structlog.processors.KeyValueRenderer()])  # as in production
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them
    for line in sys.stdin:
        if not is_warm:
            asyncio.run(warm(json.loads(line)))
            gc.collect()
            gc.freeze()  # no child goes through what all of them share
            is_warm = True
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            try:
                asyncio.run(live(json.loads(line), points))
            finally:
                os._exit(0)


if __name__ == "__main__":
    main()
