"""`socialdirect purge`: ends rows and documents whose lifetime is over. To be run every day; again it finds nothing."""

from __future__ import annotations

from bot.app import App
from bot.opening import on_app, operator
from handlers.documents.ending import end_documents
from handlers.privacy import closing, forgetting
from storage import audit, purge


def run() -> int:
    """Delete, or empty, what has been kept for as long as it may be."""
    ended = on_app(end)
    for what, count in ended.items():
        print(f"{count:>8}  {what}")
    if not ended:
        print("nothing was due")
    return 0


async def end(app: App) -> dict[str, int]:
    parts, now = app.parts, app.parts.clock()
    more = {
        "documents": await end_documents(parts),
        "strangers and refusals": await forgetting.look(parts),
        "accounts that were silent": await closing.silent(parts),
    }
    ended = await purge.purge(parts.db, now) | {what: count for what, count in more.items() if count}
    await audit.add(parts.db, operator(), "purge", "database", now)
    return ended
