"""Ports for servers whose address must be known before they start."""

import itertools
import os
import socket
from typing import Final

# Below what the system gives to whoever asks for any port, also for connections that go out (Linux: from 32,768 on), so
# that nobody takes it between our look and the server's start. Each process begins elsewhere.
FIRST, COUNT = 20_000, 12_000
_turns: Final = itertools.count(os.getpid() * 61)


def unused_port() -> int:
    """One of this machine that nobody has."""
    for turn in itertools.islice(_turns, COUNT):
        port = FIRST + turn % COUNT
        with socket.socket() as tried:
            try:
                tried.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError("no port is free")
