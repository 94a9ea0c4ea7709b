"""A server of our own: started in a short-named folder, as somebody else than root, and ended with its folder."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

# PostgreSQL refuses to run as root. No user is made for it: this one is on every Unix.
NOBODY: dict[str, Any] = {"user": "nobody", "group": "nogroup" if Path("/etc/debian_version").exists() else "nobody"}


class NotHere(Exception):
    """No such server on this machine, and no wheel brought one: the tests that need it are skipped, loudly."""


def other_user() -> dict[str, Any]:
    """How subprocess starts a program as nobody, when we are root."""
    return {**NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}


@contextmanager
def folder(name: str) -> Iterator[Path]:
    """A folder that the server may write to. /tmp, because a socket's path must stay under 100 characters."""
    path = Path(tempfile.mkdtemp(prefix=f"{name}-", dir="/tmp"))
    try:
        if os.geteuid() == 0:
            shutil.chown(path, NOBODY["user"], NOBODY["group"])
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def running(
    command: Sequence[str | Path], where: Path, ready: Callable[[], bool], stop: signal.Signals
) -> Iterator[None]:
    """Starts the server, waits until it answers, ends it. Its output is shown when it does not come up."""
    log = where / "log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            command, cwd=where, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, **other_user()
        )
    try:
        deadline = time.monotonic() + 120
        while not ready():
            if server.poll() is not None or time.monotonic() > deadline:
                raise NotHere(f"{Path(command[0]).name} did not start: {log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.02)
        yield
    finally:
        server.send_signal(stop)
        try:
            server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
