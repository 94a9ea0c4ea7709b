"""`socialdirect parked`: inbox rows that failed five times alike or were not understood, and wait for a human.

Ids and reasons only: what a person wrote is not shown. After a mend, `retry` has them taken up again, in their order.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from bot.app import App
from bot.failures import CommandFailed, WrongUse
from bot.load import local
from bot.opening import on_app, operator
from storage import audit, inbox

MOST = 200

app = typer.Typer(invoke_without_command=True, rich_markup_mode=None)


@app.callback()
def listed(context: typer.Context) -> int:
    """Inbox rows that failed or were not understood, oldest first."""
    if context.invoked_subcommand is None:
        for line in on_app(show):
            print(line)
    return 0


@app.command()
def retry(
    ids: Annotated[list[int] | None, typer.Argument(metavar="ID…", help="As `socialdirect parked` lists them.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that are parked.")] = False,
) -> int:
    """Have rows taken up again, after what made them fail was mended."""
    if bool(ids) == everything:
        raise WrongUse("name the rows by their ID, or say --all")
    missing = on_app(lambda opened: again(opened, ids))
    if missing:
        raise CommandFailed(f"not parked, or older than bodies are kept: {', '.join(map(str, missing))}")
    return 0


async def show(opened: App) -> Sequence[str]:
    parts = opened.parts
    rows = await inbox.parked(parts.db, MOST)
    if not rows:
        return ["nothing is parked"]
    lines = [f"{'id':>8}  {'received':16}  {'channel':8}  {'kind':7}  {'contact':26}  tries  reason"]
    for row in rows:
        at = local(row.received_at, parts.zone)
        why = row.reason or row.last_error or ""
        lines.append(f"{row.id:>8}  {at}  {row.channel:8}  {row.kind:7}  {row.contact_id:26}  {row.attempts:>5}  {why}")
    if len(rows) == MOST:
        lines.append(f"the oldest {MOST} are shown")
    return lines


async def again(opened: App, ids: Sequence[int] | None) -> list[int]:
    """The rows that could not be taken up again."""
    parts, now, missing = opened.parts, opened.parts.clock(), []
    for id in ids or [row.id for row in await inbox.parked(parts.db, MOST)]:
        async with parts.db.transaction() as tx:
            if await inbox.retry(tx, id):
                await audit.add(tx, operator(), "retry", f"inbox:{id}", now)
                print(f"{id} is unread again")
            else:
                missing.append(id)
    parts.bell.ring("inbox")
    return missing
