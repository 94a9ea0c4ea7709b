"""The log's own door: libraries are hushed, exceptions lose their texts, what looks like a person becomes dots."""

from __future__ import annotations

import json
import logging
import subprocess
import sys

import pytest

from bot.logs import TALKATIVE, redact
from tests.guards import guards

PROGRAM = """
import asyncio, gc, logging, sys
import structlog
from bot import logs
logs.configure("DEBUG")
for name in ("httpx", "twilio.http_client", "telegram.Bot", "tortoise.db_client", "aiohttp.access", "asyncpg"):
    logging.getLogger(name).info("GET https://api.telegram.org/bot990000000000001:TEST-TOKEN-NOT-REAL/getMe canary")
    logging.getLogger(name).debug("SELECT canary")
log = structlog.get_logger()
try:
    raise ValueError("canary +33639980011")
except ValueError as error:
    log.warning("turn failed", inbox=1, exc_info=error)
    logging.getLogger("library").exception("it broke")
log.info("seen", what="Camille canary".partition(" ")[0], where="+33 6 39 98 00 11", who="c@example.org")
async def lost():
    async def fails():
        raise ValueError("canary")
    asyncio.ensure_future(fails())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
asyncio.run(lost())
gc.collect()
"""


@guards("L02")
@guards("T26", partly=True)
def test_nothing_of_an_exception_or_a_talkative_library_is_printed() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert "canary" not in done.stderr + done.stdout
    assert "39 98" not in done.stderr
    assert [line["event"] for line in lines] == [
        "turn failed",
        "it broke",
        "seen",
        "Task exception was never retrieved",
    ]
    assert lines[0]["error"] == lines[1]["error"] == lines[3]["error"] == "ValueError"
    assert lines[0]["where"].startswith("<string>:")
    assert lines[2]["who"] == lines[2]["where"] == "…"


@guards("T26", partly=True)
@pytest.mark.parametrize(
    "personal",
    [
        "+33639980011",
        "06 39 98 00 11",
        "camille@example.org",
        "06\u202f39\u202f98\u202f00\u202f11",
        "PORTS-7KQM-4XTD",
        "ports-7kqm-4xtd",
        "1 84 12 75 451 089 46",
        "184127545108946",
        "2 84 12 2A 451 089",
        "284122b45108946",
        "sd_3q2-7wAbCdEfGhIjKlMnOpQrStUvWxYz0123456789_",
        "whsec_3q27wAbCdEfGhIjKlMnOpQrStUvWxYz0123456789+=",
        "990000000000001:TEST-TOKEN-NOT-REAL",
        "/a/VuKVNaW3HYKueWehvcQ8wd",
        "/calendar/VuKVNaW3HYKueWehvcQ8wd.ics",
        "start=join-VuKVNaW3HYKueWehvcQ8wd",
        "https://video.example.org/mfrggzdfmztwq2lknnwg23tpobyxe43u",
        "eyJhbGciOiJIUzI1NiJ9.eyJyb29tIjoibWFkZSB1cCJ9.c2lnbmF0dXJl",
    ],
)
def test_what_looks_like_a_person_becomes_dots(personal: str) -> None:
    said = redact(None, "info", {"event": f"before {personal} after"})["event"]
    assert personal not in said
    assert said.startswith("before ")
    assert said.removesuffix(".ics after").removesuffix(" after") != said


def test_what_holds_others_is_looked_into() -> None:
    class Person:
        def __repr__(self) -> str:
            return "Person(+33639980011)"

    said = redact(
        None,
        "info",
        {"event": "x", "a": ["+33639980011", 33639980011, 7], "b": {"+33639980011": ("c@example.org",)}, "c": Person()},
    )
    assert said == {"event": "x", "a": ["…", "…", 7], "b": {"…": ["…"]}, "c": "Person(…)"}


def test_ids_of_ours_stay() -> None:
    event = {"event": "alarm", "outbox": "1234567", "contact": "01m84c02amgwhhqqtazwmkqqef", "timestamp": "2026-03-02"}
    event |= {"where": "handlers/turns.py:61 < storage/db.py:120"}
    assert redact(None, "error", dict(event)) == event


@guards("L02")
def test_each_is_hushed_once_logging_is_set_up() -> None:
    assert {"httpx", "twilio", "telegram", "tortoise"} <= set(TALKATIVE)
    assert logging.getLogger("library").isEnabledFor(logging.WARNING)
