"""`socialdirect chat`: the terminal as a phone, on the configured database, along the whole path of a message.

A line is accepted as a webhook's message would be, its turn is taken, the outbox is delivered to the screen. So what is
booked here is booked: the worker is told. Nobody else's messages are sent by it, and no reminder is fired.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from getpass import getuser
from pathlib import Path
from typing import Annotated, Final

import typer

from bot.app import App
from bot.failures import CommandFailed, WrongUse, reason
from bot.opening import on_app
from conversations.model import Reply
from handlers.channels import drawing
from handlers.channels.base import Draw, Envelope, Payload, SendError
from handlers.channels.terminal import TerminalChannel
from handlers.delivery import deliver
from handlers.inbox import Door
from handlers.turns import drain
from storage import contacts, flags

OURS: Final = timedelta(hours=12)  # no worker takes this contact's messages meanwhile: it has no screen


@dataclass(slots=True)
class Talk:
    """What was said, as a talk of the tests: cues, and the answers to each."""

    lines: list[str] = field(default_factory=list)

    def heard(self, said: str) -> None:
        self.lines += ["", f"> {said}"]

    def written(self, header: list[str]) -> str:
        return "\n".join([*header, *self.lines]) + "\n"


@dataclass(frozen=True, slots=True)
class Screen(TerminalChannel):
    """One contact's terminal. Links are shown whole, and recorded by their kind: they are others each time."""

    address: str = ""
    talk: Talk = field(default_factory=Talk)

    def render(self, reply: Reply, draw: Draw) -> Payload:
        recorded = drawing.numbered(reply, replace(draw, url=lambda link: f"/{link.kind}/…"))
        text = drawing.numbered(reply, draw)
        return Payload(text, {"text": text, "recorded": recorded})

    async def send(self, payload: Payload, address: str, outbox_id: str) -> str:
        if address != self.address:
            raise SendError("another_terminal", "retry")
        self.show(payload.fields["text"])
        self.talk.lines += payload.fields["recorded"].split("\n")
        return outbox_id


def run(
    as_worker: Annotated[str | None, typer.Option(metavar="REF", help="Talk as this worker.")] = None,
    lang: Annotated[str | None, typer.Option(metavar="LANGUAGE", help="The language of the phone: fr, en …")] = None,
    name: Annotated[str | None, typer.Option(metavar="NAME", help="Another name is another person.")] = None,
    record: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the talk, as a test plays it.")] = None,
) -> int:
    """Talk to the bot as a beneficiary. Ctrl-D ends it; a talk goes on where it was left."""
    address = f"terminal:{f'worker:{as_worker}' if as_worker else name or getuser()}"
    screen = Screen(print, address=address)
    header = on_app(lambda app: chat(app, screen, as_worker, lang), migrate=True, more={"terminal": screen})
    if record is not None:
        try:
            record.write_text(screen.talk.written(header), encoding="utf-8")
        except OSError as error:
            raise CommandFailed(f"--record {record} cannot be written ({reason(error)})") from None
    return 0


async def chat(app: App, screen: Screen, as_worker: str | None, lang: str | None) -> list[str]:
    """Until the input ends. Returns the header of the talk."""
    parts = app.parts
    if lang is not None and lang not in parts.languages:
        raise WrongUse(f"--lang: expected one of {', '.join(parts.languages)} (LOCALES)")
    began = parts.clock().astimezone(parts.zone)
    header = [f"clock: {began:%Y-%m-%d %H:%M}", "channel: terminal", f"lang: {lang or parts.default_lang}"]
    if as_worker:
        header.append("role: worker")
    async with held(app, screen.address, as_worker, lang) as contact:
        await deliver_here(app)  # what waited for this screen
        if await flags.paused(parts.db):
            sys.stderr.write("sending is paused: answers come after `socialdirect resume`\n")
        async for line in lines():
            screen.talk.heard(line)
            await Door(parts)(Envelope("terminal", screen.address, parts.new_id(), parts.clock(), line.encode()))
            await drain(parts, contact)
            await deliver_here(app)
    return header


@asynccontextmanager
async def held(app: App, address: str, as_worker: str | None, lang: str | None) -> AsyncIterator[str]:
    """The contact of this terminal, kept from workers that run beside us."""
    parts, now = app.parts, app.parts.clock()
    async with parts.db.transaction() as tx:
        contact = await contacts.make(
            tx, "terminal", address, now, parts.new_id, lang or parts.default_lang, str(parts.zone)
        )
        if lang is not None:
            await contacts.set_language(tx, contact, lang)
        if as_worker is not None:
            worker = (await parts.directories.current(tx)).named(as_worker)
            if worker is None:
                raise WrongUse("--as-worker: no worker of the directory has this ref")
            await contacts.link_worker(tx, contact, worker.id)
    await contacts.postpone(parts.db, contact, now + OURS)
    try:
        yield contact
    finally:
        await contacts.postpone(parts.db, contact, parts.clock())


async def deliver_here(app: App) -> None:
    """What is due to a terminal; everybody else's messages are left to the workers."""
    here = replace(app.parts, channels={"terminal": app.parts.channels["terminal"]})
    while await deliver(here, "chat"):
        pass


async def lines() -> AsyncIterator[str]:
    """What is typed; of a pipe, each line is shown, too."""
    terminal = sys.stdin.isatty()
    while True:
        if terminal:
            sys.stdout.write("> ")
            sys.stdout.flush()
        typed = await _typed() if terminal else sys.stdin.readline()
        if not typed:
            return
        if said := typed.strip():
            if not terminal:
                print(f"> {said}")
            yield said


async def _typed() -> str:
    """A line of a terminal, without a thread that would keep Ctrl-C waiting for Enter; empty at Ctrl-D."""
    terminal, there = sys.stdin.fileno(), asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(terminal, there.set)
    try:
        await there.wait()
    finally:
        loop.remove_reader(terminal)
    return os.read(terminal, 4096).decode("utf-8", "replace")  # a terminal gives one line at a time
