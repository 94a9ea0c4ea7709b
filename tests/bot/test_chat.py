"""`chat`: a booking typed into a pipe goes the whole way, and is recorded as a talk."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.app import build
from bot.chat import held
from bot.settings import read_settings
from bot.work import drain_all
from handlers.channels.base import Envelope
from handlers.channels.terminal import TerminalChannel
from handlers.inbox import Door
from tests.bot.conftest import BOOKS, SAMPLE, Desk
from tests.conversations.script import cues, raised

# A session's leader takes a terminal, so that Ctrl-C is a signal; then the program is as it always is.
ON_ITS_TERMINAL = """
import fcntl, runpy, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
sys.argv = ["socialdirect", "chat"]
runpy.run_module("bot", run_name="__main__")
"""


def test_an_hour_is_booked_and_the_talk_goes_on_where_it_was_left(open_desk: Desk) -> None:
    first, rest = BOOKS.split("\n", 1)
    begun = open_desk.ok("chat", typed=first + "\n")
    assert begun.lines[0] == "> bonjour"
    assert "code de connexion" in begun.out
    done = open_desk.ok("chat", typed=rest + "\n   \n")
    assert "1. Argent et dettes" in done.lines
    assert "C'est réservé" in done.out
    assert done.lines[-1].startswith("http://127.0.0.1:8080/a/")  # an empty line is nothing that one says


def test_another_name_is_another_person_in_another_language(open_desk: Desk) -> None:
    open_desk.ok("chat", typed=BOOKS)
    done = open_desk.ok("chat", "--name", "sam", "--lang", "en", typed="hello\n")
    assert "connection code" in done.out


def test_a_worker_sees_the_agenda(open_desk: Desk) -> None:
    done = open_desk.ok("chat", "--as-worker", "claire", typed="semaine\n")
    assert len(done.lines) > 1
    assert "code de connexion" not in done.out


def test_a_talk_is_recorded_as_the_tests_play_it(open_desk: Desk, tmp_path: Path) -> None:
    open_desk.ok("chat", "--record", "booked.talk", typed=BOOKS)
    written = (tmp_path / "booked.talk").read_text()
    header, _, body = written.partition("\n\n")
    assert raised(header).contact.lang == "fr"
    assert cues(body) == [f"> {line}" for line in BOOKS.splitlines()]
    assert "/appointment/…" in body.splitlines()
    assert "http://127.0.0.1:8080" not in body


@pytest.mark.parametrize(("option", "value"), [("--lang", "xx"), ("--as-worker", "nobody")])
def test_what_is_not_there_is_named(open_desk: Desk, option: str, value: str) -> None:
    done = open_desk("chat", option, value)
    assert done.status == 2
    assert option in done.err


def test_a_record_that_cannot_be_written_fails(open_desk: Desk) -> None:
    assert open_desk("chat", "--record", "nowhere/x.talk", typed="bonjour\n").status == 1


def test_a_worker_that_runs_beside_it_leaves_its_messages_alone(open_desk: Desk) -> None:
    async def beside() -> tuple[int, int]:
        async with build(read_settings(), migrate=False, more={"terminal": TerminalChannel(print)}) as app:
            parts = app.parts

            async def come(number: int) -> None:
                now = parts.clock()
                await Door(parts)(Envelope("terminal", "terminal:camille", f"x{number}", now, b"bonjour"))

            async with held(app, "terminal:camille", None, None):
                await come(1)
                while_open = await drain_all(parts, "another worker")
            return while_open, await drain_all(parts, "another worker")

    assert asyncio.run(beside()) == (0, 1)


def test_while_sending_is_paused_nothing_is_shown_and_nothing_is_lost(open_desk: Desk) -> None:
    open_desk.ok("pause")
    silent = open_desk.ok("chat", typed="bonjour\n")
    assert silent.lines == ["> bonjour"]
    assert "paused" in silent.err
    open_desk.ok("resume")
    assert "code de connexion" in open_desk.ok("chat").out


@pytest.mark.parametrize(("key", "status"), [(b"\x04", 0), (b"\x03", 1)], ids=["Ctrl-D", "Ctrl-C"])
def test_on_a_terminal_it_prompts_and_ends_at_once(open_desk: Desk, key: bytes, status: int) -> None:
    ours, theirs = os.openpty()
    environment = {**os.environ, "PYTHONPATH": str(SAMPLE.parents[1])}
    command = [sys.executable, "-c", ON_ITS_TERMINAL]
    started = subprocess.Popen(
        command,
        cwd=open_desk.folder,
        env=environment,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    shown = _until(ours, "> ")
    os.write(ours, b"bonjour\r")
    shown = _until(ours, "assurance.\r\n> ")
    assert "code de connexion" in shown
    os.write(ours, key)
    assert started.wait(60) == status
    os.close(ours)


def _until(terminal: int, end: str) -> str:
    """What stands on the screen, once it ends like this."""
    shown = ""
    while not shown.endswith(end):
        shown += os.read(terminal, 4096).decode()
    return shown
