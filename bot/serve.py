"""`socialdirect serve`: the web server and, unless --no-worker, a worker in the same process."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Annotated

import structlog
import typer
from aiohttp import web

from bot import logs
from bot.app import App, build
from bot.failures import CommandFailed, reason
from bot.opening import plainly
from bot.settings import read_settings
from bot.web import application
from bot.work import work
from handlers.web.guard import RUNNER

log = structlog.get_logger()


def run(
    no_worker: Annotated[bool, typer.Option("--no-worker", help="Only serve; workers run elsewhere.")] = False,
) -> int:
    """Serve the webhooks and the pages; migrates the database first."""
    settings = read_settings()
    logs.configure(settings.log_level)

    async def main() -> None:
        async with build(settings) as app:
            await serve(app, worker=not no_worker)

    with plainly():
        asyncio.run(main())
    return 0


async def serve(app: App, *, worker: bool) -> None:
    """Until SIGTERM or SIGINT: then no new request is taken, and those under way are finished."""
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(listening(app, application(app)))
        if worker:
            stack.push_async_callback(cancelled, asyncio.create_task(work(app.parts, app.parts.new_id(), app.outside)))
        log.info("serving", host=app.settings.host, port=app.settings.port, worker=worker)
        await told_to_stop()


@asynccontextmanager
async def listening(app: App, served: web.Application, port: int | None = None) -> AsyncIterator[int]:
    """A server on HOST and PORT; gives the port, which 0 leaves to the system. Raises CommandFailed if it is taken."""
    host, wanted = app.settings.host, app.settings.port if port is None else port
    runner = web.AppRunner(served, **RUNNER)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, wanted).start()
        except OSError as error:
            name = "PORT" if port is None else "--metrics-port"
            raise CommandFailed(
                f"{name}: cannot listen on {host}:{wanted} ({reason(error)}); set another one"
            ) from None
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


async def told_to_stop() -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await stop.wait()


async def cancelled(task: asyncio.Task[None]) -> None:
    """Ends a task and waits for its end."""
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
