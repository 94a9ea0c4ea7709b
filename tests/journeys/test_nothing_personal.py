"""Canaries: names, numbers, addresses, words, codes and tokens stay in their columns, whatever goes wrong (invariant
I21). A town that logs all it can, with failing providers and a turn that breaks; then its log, its exceptions, its
figures, what Redis was told, addresses, names of files and the database's file are searched.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import itertools
import logging
import re
import sys
from collections.abc import AsyncIterator, Iterator, MutableMapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote, unquote_plus

import pytest
import structlog
from aiohttp import ClientSession
from redis.asyncio import Redis

from bot import logs
from bot.standins.faults import Answer, Broken, Drop, Fault, Html, Reject, Throttle, Undelivered
from bot.standins.ledger import Call
from bot.web import application
from conversations.flows.private import PRIVATE
from conversations.model import Context, Link, Outcome
from handlers import links
from handlers.documents.fetching import WAITS
from handlers.documents.verdict import Verdict
from handlers.metrics import Figures
from handlers.web.rooms import room_name
from storage.crypto import TOKEN as SIGNS
from tests.guards import guards
from tests.handlers.documents import corpus
from tests.handlers.web.site import APPOINTMENT
from tests.journeys.canaries import Canary, people
from tests.journeys.town import CAMILLE_ON_TELEGRAM, CLAIRE, TOKEN, Town, built

PEOPLE = people()
CANARIES = tuple(word for person in PEOPLE for word in person.all)
# What everybody here has: the code, the bot's token, a telephone that writes without ever joining.
SHARED = ("7KQM", TOKEN, str(CAMILLE_ON_TELEGRAM.id))
FAULTS: tuple[Fault, ...] = (Broken(), Html(), Drop(), Throttle(), Drop(accepted=False))
DELIBERATE = "a turn breaks"


@pytest.fixture
def raised(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts of all exceptions that reach the log, which the log itself leaves out."""
    texts: list[str] = []
    kept = logs.only_classes

    def told(logger: Any, name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        error = event.get("exc_info")
        error = sys.exc_info()[1] if error is True else error[1] if isinstance(error, tuple) else error
        texts.append(repr(error))
        return kept(logger, name, event)

    monkeypatch.setattr(logs, "only_classes", told)
    return texts


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every address that is called, by us or by a stand-in."""
    addresses: list[str] = []
    kept = ClientSession._request

    async def request(self: ClientSession, method: str, url: Any, **named: Any) -> Any:
        addresses.append(unquote(f"{url} {named.get('params') or ''}"))
        return await kept(self, method, url, **named)

    monkeypatch.setattr(ClientSession, "_request", request)
    return addresses


@pytest.fixture
def said(raised: list[str]) -> Iterator[io.StringIO]:
    """Everything that is logged, at DEBUG; the log is as it was afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in logs.TALKATIVE}
    with contextlib.redirect_stderr(io.StringIO()) as heard:
        logs.configure("DEBUG")
        yield heard
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)
    structlog.reset_defaults()


@asynccontextmanager
async def overheard(url: str) -> AsyncIterator[list[str]]:
    """Everything that Redis is told."""
    told: list[str] = []
    async with Redis.from_url(url) as server, server.monitor() as monitor:

        async def listen() -> None:
            async for command in monitor.listen():
                told.append(str(command["command"]))  # noqa: PERF401 - it never ends

        listening = asyncio.create_task(listen())
        try:
            yield told
        finally:
            listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await listening


@guards("T26")
async def test_two_hundred_canaries(
    sqlite_url: str, redis_url: str, said: io.StringIO, raised: list[str], asked: list[str]
) -> None:
    assert len({*CANARIES}) == 200
    async with overheard(redis_url) as redis, built(sqlite_url, redis_url=redis_url) as town:
        logging.getLogger("town").debug("the log is heard")
        await _live(town)
        figures, _ = town.parts.metrics.text()
        tokens = _tokens(town)
        written = await _written(town)
        names = _names(town)
        rows = await town.parts.db.fetch("SELECT count(*) AS n FROM appointment")
    # It all happened, and all of it is there, sealed.
    assert rows[0]["n"] == len(PEOPLE)
    assert [canary for canary in CANARIES if canary.lower() not in written.lower()] == []
    assert tokens
    assert names
    assert redis
    told = said.getvalue()
    assert "the log is heard" in told
    assert "turn failed" in told
    assert any(DELIBERATE in text for text in raised)
    hidden = [*CANARIES, *SHARED, *tokens]
    assert _found(hidden, told) == []
    assert _found(hidden, figures.decode()) == []
    assert _found(hidden, "\n".join(text for text in raised if DELIBERATE not in text)) == []
    assert _found(hidden, "\n".join(names)) == []
    assert _found(hidden, "\n".join(redis)) == []
    # Telegram's addresses hold the bot's token, and Twilio is asked by a number what became of a message to it.
    ours = [word for word in CANARIES if not word.startswith("39")]
    assert len(asked) > len(PEOPLE)
    assert _found(ours, "\n".join(asked)) == []
    stored = b"".join(path.read_bytes() for path in _files(sqlite_url)).decode("latin-1")
    assert "inbox" in stored
    assert _found(hidden, stored) == []


def _names(town: Town) -> list[str]:
    """Of all files that were laid down for documents."""
    kept = Path(town.app.settings.documents_url.get_secret_value().removeprefix("file://"))
    return [str(path.relative_to(kept)) for path in kept.rglob("*")]


async def _written(town: Town) -> str:
    """What came in, opened again."""
    rows = await town.parts.db.fetch("SELECT key, body FROM inbox WHERE body IS NOT NULL")
    return "\n".join(unquote_plus(town.parts.db.vault.read("inbox.body", row["key"], row["body"])) for row in rows)


async def test_every_link_and_page_of_ours_is_masked(sqlite_url: str) -> None:
    """Whatever has a token in its path: a new page is in the list by itself."""
    async with built(sqlite_url) as town:
        parts, served = town.parts, application(town.app)
        paths = {resource.canonical for resource in served.router.resources() if "{token" in resource.canonical}
        token = parts.db.vault.token("appointment", "a1")
        made = [path.replace("{token}", token) for path in paths]
        doors = [("join", f"{channel}:33199000002:w1:0") for channel in ("telegram", "whatsapp")]
        kinds = [*((kind, "x1") for kind in links.PATHS), *doors]
        made += [links.url(parts, Link(kind, id)) for kind, id in kinds]  # type: ignore[arg-type]  # each of Link's
        made += [f"https://meet.example.org/{room_name('k' * 32, APPOINTMENT)}"]
    assert {path.split("{")[0] for path in paths} >= {f"/{path}/" for path in links.PATHS.values()}
    assert "/console/enrol/{token}" in paths
    assert len(token) == SIGNS
    secret = re.compile(rf"[0-9A-Za-z]{{{SIGNS}}}|/[a-z2-7]{{32}}")
    for address in made:
        said = logs.redact(None, "info", {"event": f"GET {address} 200"})["event"]
        assert secret.search(address), address
        assert not secret.search(said), said
        assert said.endswith(" 200")


def _found(canaries: list[str], text: str) -> list[str]:
    return [canary for canary in canaries if canary.lower() in text.lower()]


def _files(url: str) -> list[Path]:
    path = Path(url.removeprefix("sqlite://").partition("?")[0])
    return sorted(path.parent.glob(f"{path.name}*"))


def _tokens(town: Town) -> list[str]:
    """What stands in the links that were given out."""
    mails = [str(message) for message in town.mail.messages]
    bubbles = (*town.twilio.ledger.delivered, *town.telegram.ledger.delivered)
    texts = [bubble.text for bubble in bubbles] + mails
    return sorted({token for text in texts for token in re.findall(r"/\w+/([0-9A-Za-z]{22})", text)})


async def _live(town: Town) -> None:
    """Bookings and what else one writes, every second one through every fault of a provider; then a turn that breaks
    with what was written in its hand.
    """

    def sends(call: Call) -> bool:
        return call.operation in {"CreateMessage", "sendMessage"}

    for number, person in enumerate(PEOPLE):
        if person.channel == "telegram":
            town.telegram.join(person.account)
        faults = itertools.cycle(FAULTS) if number % 4 == 0 else iter(())
        for text in person.texts():
            if fault := next(faults, None):
                (town.telegram if person.channel == "telegram" else town.twilio).faults.add(fault, when=sends)
            await _says(town, person, text)
            if fault:
                await town.passes(minutes=2.5)  # what may have arrived is looked up by then; the hour is still held
    for refused in (Undelivered(30003), Reject(21610)):
        town.twilio.faults.add(refused, when=sends)
        await town.sms(PEOPLE[2].number, f"aide {PEOPLE[2].words[0]}")
    await _papers(town, PEOPLE[3])
    await town.sms(CLAIRE, f"oui {PEOPLE[0].words[0]}")
    await town.sms(PEOPLE[0].number, "lire")
    await town.telegram.send_document(PEOPLE[7].account.id, f"{PEOPLE[7].words[0]}.pdf", corpus.paper())
    await town.passes(days=1)
    town.parts.metrics.show(Figures(0, None, 0))

    async def breaks(c: Context) -> Outcome:
        raise ValueError(f"{DELIBERATE}: {PEOPLE[1].first} {c.raw} {c.contact.phone}")

    flows = {**town.parts.flows, "private": replace(PRIVATE, finish=breaks)}
    town.app = replace(town.app, parts=replace(town.parts, flows=flows))
    await town.sms(PEOPLE[1].number, "prive")


async def _says(town: Town, person: Canary, text: str | None) -> None:
    if text is None:
        await town.share_contact(person.account)
    elif person.channel == "telegram":
        await town.chat(person.account, text)
    else:
        await (town.whatsapp if person.channel == "whatsapp" else town.sms)(person.number, text)


async def _papers(town: Town, owner: Canary) -> None:
    """A file of theirs, through every fault of where it lies; then what looks at it breaks with it in its hand."""

    def fetches(call: Call) -> bool:
        return call.operation in {"FetchMedia", "(cdn)", "DeleteMedia"}

    async def breaks(data: bytes) -> Verdict:
        raise ValueError(f"{DELIBERATE}: {owner.first} {data!r}")

    elsewhere = Answer(307, "", {"Location": f"https://canary.example/{owner.words[2]}"})
    faults: tuple[Fault, ...] = (Broken(), Html(), Drop(), elsewhere, Throttle())
    for fault in faults:
        town.twilio.faults.add(fault, when=fetches)
    await town.passes(minutes=1)
    await town.twilio.send_media(owner.number, "application/pdf", owner.words[0], owner.words[1].encode())
    await town.settle()
    for wait in WAITS:
        await town.passes(seconds=wait.total_seconds())
    whole = town.app
    assert whole.parts.documents is not None
    broken = replace(whole.parts.documents, judge=breaks)  # type: ignore[arg-type]
    town.app = replace(whole, parts=replace(whole.parts, documents=broken))
    await town.twilio.send_media(owner.number, "image/jpeg", owner.words[0], corpus.photo())
    await town.settle()
    with pytest.raises(ValueError, match=owner.first):
        await town.passes(seconds=3)
    town.app = whole
    await town.passes(minutes=5)
