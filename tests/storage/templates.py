"""Databases that were migrated once. To migrate an empty one takes seconds, and every run of the tests needs two: what
the first made is kept beside pytest's own cache, for as long as no migration, model or index changes.
"""

from __future__ import annotations

import os
import subprocess
from hashlib import sha256
from pathlib import Path
from typing import Final

import asyncpg

from tests.servers.postgres import PORT, Postgres, binaries
from tests.servers.process import other_user

ROOT: Final = Path(__file__).parents[2]
PLACE: Final = ROOT / ".pytest_cache" / "tables"
MADE_BY: Final = ("storage/migrations", "storage/models", "storage/schema.py", "storage/db.py", "requirements-dev.lock")


def kept(name: str) -> Path:
    """Where the tables of this tree are kept; it may not be there yet."""
    digest = sha256()
    for each in MADE_BY:
        place = ROOT / each
        for file in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            digest.update(file.read_bytes())
    return PLACE / f"{digest.hexdigest()[:20]}-{name}"


def keep(made: bytes, place: Path) -> None:
    """Whole or not at all: several runs may make it at once."""
    place.parent.mkdir(parents=True, exist_ok=True)
    fresh = place.with_suffix(f".{os.getpid()}")
    fresh.write_bytes(made)
    fresh.replace(place)


def dumped(server: Postgres, name: str) -> bytes:
    """A database as statements. Lines that begin with a backslash are psql's own."""
    command: list[str | Path] = [
        binaries() / "pg_dump",
        "--inserts",
        "-U",
        "postgres",
        "-h",
        server.where,
        "-p",
        str(PORT),
        name,
    ]
    done: subprocess.CompletedProcess[bytes] = subprocess.run(
        command, capture_output=True, check=True, cwd=server.where, **other_user()
    )
    return b"".join(line for line in done.stdout.splitlines(keepends=True) if not line.startswith(b"\\"))


async def filled(server: Postgres, name: str, statements: bytes) -> None:
    connection = await asyncpg.connect(server.address(name))
    try:
        await connection.execute(statements.decode())
    finally:
        await connection.close()
