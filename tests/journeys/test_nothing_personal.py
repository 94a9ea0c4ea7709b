"""Canaries: names, addresses, words, codes and tokens stay in their columns, whatever goes wrong (invariant I21). A
town that logs all it can, with failing providers and a turn that breaks; then its log, its figures and its file are
searched.
"""

from __future__ import annotations

import contextlib
import io
import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import structlog

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
from tests.handlers.documents import corpus
from tests.handlers.web.site import APPOINTMENT
from tests.journeys.town import CAMILLE, CAMILLE_ON_TELEGRAM, CLAIRE, TOKEN, Town, built

CANARIES = (
    "Zibeline",
    "Quetzalcoatl",
    "zibeline.q@canary.example",
    "canary.example",
    "7KQM",
    "chuchote",
    "39980011",
    "39 98 00 11",
    str(CAMILLE_ON_TELEGRAM.id),
    TOKEN,
)
TALK = ("bonjour", "je chuchote", "PORTS-7KQM-4XTD", "1", "1", "1", "Zibeline Quetzalcoatl", CANARIES[2], "1")


@pytest.fixture
def said() -> Iterator[io.StringIO]:
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


async def test_canaries(sqlite_url: str, said: io.StringIO) -> None:
    async with built(sqlite_url) as town:
        logging.getLogger("town").debug("the log is heard")
        await _live(town)
        figures, _ = town.app.parts.metrics.text()
        tokens = _tokens(town)
        rows = await town.app.parts.db.fetch("SELECT count(*) AS n FROM appointment")
        written = len(await town.app.parts.db.fetch("SELECT id FROM message"))
        town.app.parts.metrics.show(Figures(0, None, 0))
    assert rows[0]["n"] == 1
    assert written > 0
    assert tokens
    told = said.getvalue()
    assert "the log is heard" in told
    assert "turn failed" in told
    assert _found([*CANARIES, *tokens], told) == []
    assert _found([*CANARIES, *tokens], figures.decode()) == []
    stored = b"".join(path.read_bytes() for path in _files(sqlite_url)).decode("latin-1")
    assert "inbox" in stored
    assert _found([*CANARIES, *tokens], stored) == []


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
    texts = [bubble.text for bubble in town.screen(CAMILLE)] + mails
    return [token for text in texts for token in re.findall(r"/[ae]/([0-9A-Za-z]{22})", text)]


async def _live(town: Town) -> None:
    """A booking through every fault of a provider, then a turn that breaks with what was written in its hand."""

    def sends(call: Call) -> bool:
        return call.operation in {"CreateMessage", "sendMessage"}

    faults: tuple[Fault, ...] = (Broken(), Html(), Drop(), Throttle(), Drop(accepted=False))
    for text, fault in zip(TALK, (*faults, *faults), strict=False):
        town.twilio.faults.add(fault, when=sends)
        await town.sms(CAMILLE, text)
        await town.passes(minutes=2.5)  # what may have arrived is looked up by then; the hour is still held
    last: tuple[Fault, ...] = (Reject(21610), Undelivered(30003))
    for fault in last:
        town.twilio.faults.add(fault, when=sends)
        await town.sms(CAMILLE, "aide")
    await town.sms(CAMILLE, "message à Claire : je chuchote, Zibeline")
    await town.sms(CLAIRE, "oui Zibeline, on chuchote")
    await town.sms(CAMILLE, "lire")
    await _papers(town)
    await town.telegram.start_chat(CAMILLE_ON_TELEGRAM.id)
    town.telegram.faults.add(Drop(), when=sends)
    await town.chat(CAMILLE_ON_TELEGRAM, "je chuchote")
    await town.passes(minutes=3)
    await town.telegram.send_document(CAMILLE_ON_TELEGRAM.id, "Zibeline.pdf", corpus.paper())
    await town.settle()
    town.app.parts.metrics.show(Figures(0, None, 0))

    async def breaks(c: Context) -> Outcome:
        raise ValueError(f"Zibeline {c.raw} {c.contact.phone}")

    flows = {**town.app.parts.flows, "private": replace(PRIVATE, finish=breaks)}
    town.app = replace(town.app, parts=replace(town.app.parts, flows=flows))
    await town.sms(CAMILLE, "prive")


async def _papers(town: Town) -> None:
    """A file of theirs, through every fault of where it lies; then what looks at it breaks with it in its hand."""

    def fetches(call: Call) -> bool:
        return call.operation in {"FetchMedia", "(cdn)", "DeleteMedia"}

    async def breaks(data: bytes) -> Verdict:
        raise ValueError(f"Zibeline {data!r}")

    elsewhere = Answer(307, "", {"Location": "https://canary.example/Zibeline"})
    faults: tuple[Fault, ...] = (Broken(), Html(), Drop(), elsewhere, Throttle())
    for fault in faults:
        town.twilio.faults.add(fault, when=fetches)
    await town.passes(minutes=1)
    await town.twilio.send_media(CAMILLE, "application/pdf", "je chuchote", b"Zibeline.pdf")
    await town.settle()
    for wait in WAITS:
        await town.passes(seconds=wait.total_seconds())
    whole = town.app
    assert whole.parts.documents is not None
    broken = replace(whole.parts.documents, judge=breaks)  # type: ignore[arg-type]
    town.app = replace(whole, parts=replace(whole.parts, documents=broken))
    await town.twilio.send_media(CAMILLE, "image/jpeg", "je chuchote", corpus.photo())
    await town.settle()
    with pytest.raises(ValueError, match="Zibeline"):
        await town.passes(seconds=3)
    town.app = whole
    await town.passes(minutes=5)
