"""`socialdirect worker`:

drains inboxes, delivers outboxes, runs due timers. Any number may run beside any number of servers.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import Annotated

import typer
from aiohttp import web

from bot import logs
from bot.app import build
from bot.opening import plainly
from bot.serve import cancelled, listening, told_to_stop
from bot.settings import read_settings
from bot.web import health
from bot.work import work


def run(
    metrics_port: Annotated[int | None, typer.Option(help="Serve /healthz, /readyz and /metrics on this port.")] = None,
) -> int:
    """Work until told to stop."""
    settings = read_settings()
    logs.configure(settings.log_level)

    async def main() -> None:
        async with build(settings, migrate=False) as app, AsyncExitStack() as stack:
            if metrics_port is not None:
                figures = web.Application()
                health(app.parts).add_to(figures)
                await stack.enter_async_context(listening(app, figures, metrics_port))
            stack.push_async_callback(cancelled, asyncio.create_task(work(app.parts, app.parts.new_id(), app.outside)))
            await told_to_stop()

    with plainly():
        asyncio.run(main())
    return 0
