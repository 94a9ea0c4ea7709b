"""`socialdirect pause`: stop all sending, at once and everywhere. What comes in is stored and understood meanwhile."""

from __future__ import annotations

from bot.app import App
from bot.load import local
from bot.opening import on_app, operator
from storage import audit, flags


def run() -> int:
    """Stop all sending until `resume`. Messages wait; nothing is lost but what is of no use any more by then."""
    print(on_app(pause))
    return 0


async def pause(app: App) -> str:
    parts, now = app.parts, app.parts.clock()
    async with parts.db.transaction() as tx:
        standing = await flags.paused(tx)
        if standing is None:
            await flags.pause(tx, now, operator())
            await audit.add(tx, operator(), "pause", "sending", now)
            return "sending is paused; `socialdirect resume` starts it again"
    since, why = standing
    return f"sending has been paused since {local(since, parts.zone)} ({why})"
