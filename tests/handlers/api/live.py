"""The API on a thread of its own, for tools that call it as any program does, without our event loop."""

from __future__ import annotations

import asyncio
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from storage.crypto import Vault
from storage.db import Database
from tests.handlers.api.site import FAST, SECRET, served
from tests.handlers.path.place import furnished
from tests.storage.conftest import KEYS
from tests.storage.conftest import SECRET as SECRET_KEY


@dataclass(frozen=True)
class Live:
    """A server with one account, which has one appointment."""

    url: str
    person: str
    appointment: str
    secret: str = SECRET

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}"}


@dataclass
class Liar:
    """Stands before the API, and does `fault` to what goes in and what comes out."""

    misread: Callable[[str, web.Request], web.Request]
    spoilt: Callable[[str, web.Response], web.Response] = lambda _, response: response
    fault: str = ""

    @property
    def middleware(self) -> Middleware:
        @web.middleware
        async def lie(request: web.Request, handler: Handler) -> web.StreamResponse:
            response = await handler(self.misread(self.fault, request))
            assert isinstance(response, web.Response)
            return self.spoilt(self.fault, response)

        return lie


@contextmanager
def live(folder: Path, tables: Path, *planted: Middleware) -> Iterator[Live]:
    """`tables`: a SQLite file that is migrated; it is copied."""
    ready, found, loop = threading.Event(), list[Live](), asyncio.new_event_loop()
    done = asyncio.Event()

    async def serve() -> None:
        copy = shutil.copy(tables, folder / "live.sqlite3")
        db = await Database.open(f"sqlite://{copy}?synchronous=OFF", Vault(SECRET_KEY, KEYS))
        try:
            async with served(await furnished(db), FAST, *planted) as site:
                person = await site.joins()
                booked = await site.books(person)
                found.append(Live(site.url, person.rpartition("/")[2], booked["id"]))
                ready.set()
                await done.wait()
        finally:
            await db.close()
            ready.set()

    thread = threading.Thread(target=loop.run_until_complete, args=[serve()])
    thread.start()
    try:
        ready.wait()
        assert found, "the server did not start"
        yield found[0]
    finally:
        loop.call_soon_threadsafe(done.set)
        thread.join()
        loop.close()
