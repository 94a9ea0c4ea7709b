"""`socialdirect resume`: start sending again after `pause` or `restore`, or by a sender that was held and is mended."""

from __future__ import annotations

from bot.app import App
from bot.failures import CommandFailed
from bot.opening import on_app, operator
from storage import audit, flags, outbox, senders
from storage.backup import RESTORING


def run() -> int:
    """Start sending again. What waited goes out, as far as it still holds."""
    print(on_app(resume))
    return 0


async def resume(app: App) -> str:
    parts, now = app.parts, app.parts.clock()
    async with parts.db.transaction() as tx:
        stands = await flags.paused(tx)
        if stands is not None and stands[1] == RESTORING:
            raise CommandFailed("the restore did not come to its end: restore into a new, empty database")
        freed = await senders.release_all(tx)
        if not await flags.resume(tx) and not freed:
            return "sending was not paused"
        await audit.add(tx, operator(), "resume", "sending", now)
        waiting = (await outbox.figures(tx, now)).pending
    parts.bell.ring("outbox")
    held = f", also by {', '.join(freed)}" if freed else ""
    return f"sending goes on{held}; {waiting} messages waited"
