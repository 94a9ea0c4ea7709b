"""Where sealed files lie: a folder of this machine, or a store that speaks S3. Both under the document's id alone.

`put` again replaces, `drop` of what is not there is no error: whoever was interrupted does it once more.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from secrets import token_hex
from typing import Any, Final, Protocol, TypeVar

import aiohttp

from handlers.documents.verdict import MIB, MOST_CLEAN

TIMEOUT: Final = aiohttp.ClientTimeout(total=60, connect=5, sock_connect=5)
T = TypeVar("T")
PIECE: Final = 256 * 1024
UNFINISHED: Final = ".part"
ID: Final = re.compile(r"[0-9a-z]{26}")


class StoreAway(Exception):
    """It does not answer, or is full: later. Never holds an address."""


class Store(Protocol):
    async def put(self, id: str, sealed: bytes) -> None: ...
    async def get(self, id: str) -> bytes | None: ...
    async def drop(self, id: str) -> None: ...


class Folder:
    """`<root>/<last two signs>/<id>`: ids begin with the time, so that their first signs would all be alike."""

    def __init__(self, root: Path) -> None:
        self._root = root

    async def put(self, id: str, sealed: bytes) -> None:
        await _do(lambda: self._write(id, sealed))

    async def get(self, id: str) -> bytes | None:
        return await _do(lambda: self._read(id))

    async def drop(self, id: str) -> None:
        await _do(lambda: self._unlink(id))

    def _path(self, id: str) -> Path:
        if ID.fullmatch(id) is None:
            raise ValueError("not an id of ours")
        return self._root / id[-2:] / id

    def _write(self, id: str, sealed: bytes) -> None:
        """On the disk before its row says so: beside its name first, then in its place."""
        path = self._path(id)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        unfinished = path.with_name(f"{id}.{token_hex(4)}{UNFINISHED}")  # two may be at it
        try:
            with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(sealed)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(path)
        except OSError:
            unfinished.unlink(missing_ok=True)  # a full disk does not stay full of it
            raise
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _unlink(self, id: str) -> None:
        """And what somebody died over."""
        path = self._path(id)
        path.unlink(missing_ok=True)
        for unfinished in path.parent.glob(f"{id}.*{UNFINISHED}"):
            unfinished.unlink(missing_ok=True)

    def _read(self, id: str) -> bytes | None:
        try:
            return self._path(id).read_bytes()
        except FileNotFoundError:
            return None


async def _do(act: Callable[[], T]) -> T:
    try:
        return await asyncio.to_thread(act)
    except OSError as error:
        raise StoreAway(type(error).__name__) from None


class S3:
    """A bucket. `url`: its address, with the folder in it, if any."""

    def __init__(self, session: aiohttp.ClientSession, url: str, key: str, secret: str, region: str) -> None:
        from aiohttp_s3_client import S3Client

        self._client = S3Client(session, url, secret, key, region=region)

    async def put(self, id: str, sealed: bytes) -> None:
        """By pieces, so that a large one does not hold up everybody else; the store compares what it got."""
        whole = hashlib.sha256(sealed).hexdigest()
        await self._call("PUT", id, data=_pieces(sealed), data_length=len(sealed), content_sha256=whole)

    async def get(self, id: str) -> bytes | None:
        return await self._call("GET", id)

    async def drop(self, id: str) -> None:
        await self._call("DELETE", id)

    async def _call(self, method: str, id: str, **body: Any) -> bytes | None:
        if ID.fullmatch(id) is None:
            raise ValueError("not an id of ours")
        try:
            async with self._client.request(method, id, timeout=TIMEOUT, allow_redirects=False, **body) as answer:
                if answer.status == 404 and method != "PUT":
                    return None
                if answer.status not in {200, 204}:
                    raise StoreAway(str(answer.status))
                return await _whole(answer) if method == "GET" else None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise StoreAway(type(error).__name__) from None


async def _pieces(sealed: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(sealed), PIECE):
        yield sealed[start : start + PIECE]


async def _whole(answer: aiohttp.ClientResponse) -> bytes:
    """No more than we ever put there."""
    parts, length = [], 0
    async for part in answer.content.iter_chunked(MIB):
        parts.append(part)
        length += len(part)
        if length > MOST_CLEAN + MIB:
            raise StoreAway("too long")
    return b"".join(parts)
