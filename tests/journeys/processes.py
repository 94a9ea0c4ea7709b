"""The same town, but the program lives in processes of its own that may be killed; people, providers and the judge of
rows stay here. What a dead process left is taken up by the next, and time goes by meanwhile.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from booking import loading
from bot.standins.telegram import TelegramStandIn
from bot.standins.twilio import TwilioStandIn
from storage import directory, oracle
from storage.crypto import Vault
from storage.db import Database
from tests.handlers.path.place import sample
from tests.journeys.town import (
    ACCOUNT,
    CAMILLE_ON_TELEGRAM,
    PUBLIC_URL,
    SECRET,
    TOKEN,
    Clock,
    given,
    served,
)
from tests.standins import conformance
from tests.storage.conftest import empty

ROOT = Path(__file__).parents[2]
LEASE = timedelta(seconds=61)
UNKNOWN = timedelta(minutes=2)


@dataclass
class Process:
    """One of ours. `ask` gives None when it died over it."""

    pid: int
    port: int
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def ask(self, do: str, now: str, **more: Any) -> Any:
        try:
            self.writer.write(json.dumps({"do": do, "now": now, **more}).encode() + b"\n")
            line = await self.reader.readline()
        except ConnectionError:
            return None
        return json.loads(line)["did"] if line else None

    async def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        await self.ended()

    async def ended(self) -> None:
        with suppress(ConnectionError):
            while await self.reader.readline():
                pass
        self.writer.close()
        with suppress(ConnectionError):
            await self.writer.wait_closed()


class Launcher:
    """Makes processes, one order a line; they call back on a socket."""

    def __init__(self, program: asyncio.subprocess.Process, where: Path) -> None:
        self._program, self._where = program, where
        self._numbers = itertools.count(1)

    async def start(self, **order: Any) -> Process:
        called: asyncio.Future[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Future()
        socket = self._where / f"{next(self._numbers)}.sock"
        server = await asyncio.start_unix_server(lambda *both: called.set_result(both), socket)
        assert self._program.stdin
        self._program.stdin.write(json.dumps({"socket": str(socket), **order}).encode() + b"\n")
        async with asyncio.timeout(30):
            reader, writer = await called
            told = json.loads(await reader.readline())
        server.close()
        return Process(told["pid"], told["port"], reader, writer)


@asynccontextmanager
async def launcher() -> AsyncIterator[Launcher]:
    with tempfile.TemporaryDirectory(prefix="kill-", dir="/tmp") as where:
        with (Path(where) / "log").open("wb") as log:
            program = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "tests.journeys.launcher",
                cwd=ROOT,
                stdin=asyncio.subprocess.PIPE,
                stdout=log,
                stderr=log,
            )
        yield Launcher(program, Path(where))
        assert program.stdin
        program.stdin.close()
        await program.wait()


@dataclass
class MortalTown:
    """One process at a time, or several (`processes`); webhooks go to the first."""

    launcher: Launcher
    settings: dict[str, object]
    mailbox: Path
    db: Database
    clock: Clock = field(default_factory=Clock)
    processes: list[Process] = field(default_factory=list)
    points: list[str] = field(default_factory=list)  # where to die next, one after the other
    deaths: int = 0

    def __post_init__(self) -> None:
        ids = itertools.count(1).__next__
        self.twilio = TwilioStandIn(ACCOUNT, self.clock, ids, check=conformance.twilio, reach=self._reach)
        self.telegram = TelegramStandIn(TOKEN, self.clock, ids, check=conformance.telegram, reach=self._reach)
        self.telegram.webhook.set({"url": f"{PUBLIC_URL}/webhooks/telegram", "secret_token": SECRET})
        self.telegram.join(CAMILLE_ON_TELEGRAM)

    def _reach(self, url: str) -> str:
        return url.replace(PUBLIC_URL, f"http://127.0.0.1:{self.processes[0].port}")

    async def start(self) -> None:
        self.processes.append(await self.launcher.start(settings=self.settings, mail=str(self.mailbox), now=self._now))

    @property
    def _now(self) -> str:
        return self.clock().isoformat()

    async def ask(self, do: str, **more: Any) -> Any:
        return await self.processes[0].ask(do, self._now, **more)

    async def revive(self) -> None:
        """What died is replaced; leases of the dead run out; what missed the door comes again."""
        await self.processes[0].ended()  # until the next one is there, the door stays shut
        self.deaths += 1
        self.clock.now += LEASE
        await self.start()
        self.processes.pop(0)
        await self.arm()
        await self.ask("fetch")
        await self.telegram.webhook.redeliver()

    async def arm(self, *points: str) -> None:
        """To die at each of these, in this order, each time by the process that took over."""
        self.points += points
        if self.points:
            await self.ask("arm", point=self.points.pop(0), at=1)

    async def kill(self) -> None:
        os.kill(self.processes[0].pid, signal.SIGKILL)
        await self.revive()

    async def settle(self) -> None:
        """Until all is done, whoever dies meanwhile."""
        for _ in range(60):
            did = await self.ask("settle")
            if did is None:
                await self.revive()
                continue
            await self.twilio.settle()
            await self.telegram.settle()
            if did:
                continue
            if not await self._unfinished():
                return
            self.clock.now += UNKNOWN
        raise AssertionError("the town does not come to rest")

    async def _unfinished(self) -> bool:
        rows = await self.db.fetch(
            "SELECT (SELECT count(*) FROM inbox WHERE status = 'new') + (SELECT count(*) FROM outbox WHERE status IN "
            "('sending', 'unknown') OR (status = 'queued' AND due_at <= ?)) "
            "+ (SELECT count(*) FROM media WHERE status IN ('waiting', 'here')) AS n",
            self.clock(),
        )
        return bool(rows[0]["n"])

    async def passes(self, **by: float) -> None:
        self.clock.now += timedelta(**by)
        await self.settle()

    async def unsound(self) -> list[oracle.Broken]:
        return await oracle.judge(self.db, self.clock())

    def problems(self) -> list[str]:
        return [*self.twilio.ledger.problems(), *self.telegram.ledger.problems()]

    def texts(self, address: str) -> list[str]:
        ledger = self.telegram.ledger if address.isdecimal() else self.twilio.ledger
        return [bubble.text for bubble in ledger.screen(address)]


@asynccontextmanager
async def mortal(launcher: Launcher, database_url: str, vault: Vault) -> AsyncIterator[MortalTown]:
    """A town on an emptied database, with the sample directory loaded and one process running."""
    async with AsyncExitStack() as stack:
        db = await Database.open(database_url, vault)
        stack.push_async_callback(db.close)
        await empty(db)
        where = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mail-")))
        town = MortalTown(launcher, {"documents_url": f"file://{where}/papers"}, where / "box", db)
        await _load(db, town.clock)
        twilio, telegram = await served(stack, town.twilio.app), await served(stack, town.telegram.app)
        town.settings.update(given(database_url, twilio, telegram))
        await town.start()
        yield town
        for process in town.processes:
            await process.kill()


async def _load(db: Database, clock: Clock) -> None:
    made = (f"made{number}" for number in itertools.count(1))
    async with db.transaction() as tx:
        standing = await directory.standing(tx, clock())
        plan = loading.plan(sample(), standing, clock(), made.__next__, lambda size: bytes(range(size)))
        await directory.write(tx, plan)
