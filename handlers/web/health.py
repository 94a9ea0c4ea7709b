"""Whether we are alive, whether we can work, and our figures.

/healthz   200 while the process answers                     /metrics   Prometheus text
/readyz    200 when the database answers, else 503; Redis away is 'degraded': everything works, more slowly
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from handlers.metrics import Figures, Metrics

log = logging.getLogger(__name__)

PATIENCE: Final = 2.0  # seconds: a balancer asks again soon

# Returns when it is well, raises when it is not.
Probe = Callable[[], Awaitable[object]]


@dataclass(frozen=True, kw_only=True)
class Health:
    """`redis` is None where none is configured."""

    metrics: Metrics
    database: Probe
    figures: Callable[[], Awaitable[Figures]]
    redis: Probe | None = None
    patience: float = PATIENCE

    def add_to(self, app: web.Application) -> None:
        app.router.add_get("/healthz", self._healthz)
        app.router.add_get("/readyz", self._readyz)
        app.router.add_get("/metrics", self._metrics)

    async def _healthz(self, _: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def _readyz(self, _: web.Request) -> web.Response:
        database, redis = await asyncio.gather(
            self._well(self.database, "the database"), self._well(self.redis, "redis") if self.redis else _yes()
        )
        if not database:
            return web.json_response({"status": "unavailable", "database": "away"}, status=503)
        if not redis:
            return web.json_response({"status": "degraded", "redis": "away"})
        return web.json_response({"status": "ok"})

    async def _metrics(self, _: web.Request) -> web.Response:
        async def refresh() -> None:
            self.metrics.show(await self.figures())

        if not await self._well(refresh, "the database"):
            self.metrics.hide()
        text, kind = self.metrics.text()
        return web.Response(body=text, headers={"Content-Type": kind})

    async def _well(self, probe: Probe, name: str) -> bool:
        try:
            async with asyncio.timeout(self.patience):
                await probe()
        except Exception as error:  # noqa: BLE001 - each driver has its own ways to be away
            log.warning("%s does not answer: %s", name, type(error).__name__)
            return False
        return True


async def _yes() -> bool:
    return True
