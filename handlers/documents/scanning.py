"""A scanner's word on a file: ClamAV's daemon, where one is configured.

It is asked by INSTREAM (https://docs.clamav.net/manual/Usage/Scanning.html#clamd): `zINSTREAM\\0`, then pieces, each
after its length in four bytes, then a length of 0; it answers `stream: OK`, `stream: <name> FOUND` or `… ERROR`.
An error is no 'OK': nothing is taken that was not looked at.
"""

from __future__ import annotations

import asyncio
from typing import Final, Protocol
from urllib.parse import urlsplit

PIECE: Final = 64 * 1024
ANSWER: Final = 4096
PATIENCE: Final = 60.0  # seconds


class ScannerAway(Exception):
    """It does not answer, or not as it should: later. Holds nothing of the file."""


class Scanner(Protocol):
    async def __call__(self, data: bytes, /) -> bool:
        """Whether it is clean. Raises ScannerAway."""


class Clamd:
    """`tcp://host:3310`, or `unix:///run/clamav/clamd.ctl`."""

    def __init__(self, address: str, patience: float = PATIENCE) -> None:
        self._at = urlsplit(address)
        self._patience = patience

    async def __call__(self, data: bytes) -> bool:
        try:
            async with asyncio.timeout(self._patience):
                said = await self._ask(data)
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
            raise ScannerAway(type(error).__name__) from None
        if said.endswith(" FOUND"):
            return False
        if said.endswith(": OK"):
            return True
        raise ScannerAway("error")

    async def _ask(self, data: bytes) -> str:
        if self._at.scheme == "unix":
            reader, writer = await asyncio.open_unix_connection(self._at.path, limit=ANSWER)
        else:
            reader, writer = await asyncio.open_connection(self._at.hostname, self._at.port or 3310, limit=ANSWER)
        try:
            writer.write(b"zINSTREAM\0")
            for start in range(0, len(data), PIECE):
                piece = data[start : start + PIECE]
                writer.write(len(piece).to_bytes(4, "big") + piece)
                await writer.drain()
            writer.write(bytes(4))
            await writer.drain()
            return (await reader.readuntil(b"\0"))[:-1].decode("ascii", "replace")
        finally:
            writer.close()
