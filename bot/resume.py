"""`socialdirect resume`: start sending again after `pause` or `restore`."""

from __future__ import annotations

from bot.app import App
from bot.opening import on_app, operator
from storage import audit, flags, outbox


def run() -> int:
    """Start sending again. What waited goes out, as far as it still holds."""
    print(on_app(resume))
    return 0


async def resume(app: App) -> str:
    parts, now = app.parts, app.parts.clock()
    async with parts.db.transaction() as tx:
        if not await flags.resume(tx):
            return "sending was not paused"
        await audit.add(tx, operator(), "resume", "sending", now)
        waiting = (await outbox.figures(tx, now)).pending
    parts.bell.ring("outbox")
    return f"sending goes on; {waiting} messages waited"
