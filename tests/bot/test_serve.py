"""Servers that cannot start say so in one line, and end."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from tests.bot.conftest import Desk


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody else listens on."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_a_port_that_is_taken_is_said_in_one_line(desk: Desk, taken: int) -> None:
    desk.set(PORT=str(taken))
    served = desk("serve", "--no-worker")
    assert (served.status, served.err.count("\n")) == (1, 1)
    assert f"PORT: cannot listen on 127.0.0.1:{taken} (Address already in use)" in served.err


def test_so_is_the_port_of_a_workers_figures(open_desk: Desk, taken: int) -> None:
    worked = open_desk("worker", "--metrics-port", str(taken))
    assert worked.status == 1
    assert f"--metrics-port: cannot listen on 127.0.0.1:{taken}" in worked.err


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_so_is_a_database_that_does_not_answer(desk: Desk, command: str) -> None:
    desk.set(DATABASE_URL="postgres://nobody@127.0.0.1:1/nothing")
    done = desk(command)
    assert (done.status, done.err.count("\n")) == (1, 1)
    assert "DATABASE_URL" in done.err


def test_so_is_a_database_that_no_server_has_made(desk: Desk) -> None:
    worked = desk("worker")
    assert (worked.status, worked.err.count("\n")) == (1, 1)
    assert "start `socialdirect serve` once" in worked.err
