"""`socialdirect load FILE`: clients, codes, workers and hours from a directory file; all of it or nothing."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from booking import directory_file, loading
from booking.directory_file import BadDirectory, DirectoryFile
from booking.fields import Problem
from booking.loading import Plan
from booking.model import Appointment
from bot.app import App
from bot.failures import WrongUse, reason
from bot.opening import on_app, operator
from storage import audit, directory


def run(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A directory file (TOML); docs/operating.md shows one.")],
) -> int:
    """Insert or update what the file names; what it does not name stays as it is."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise WrongUse(f"FILE cannot be read ({reason(error)}): {file}") from None
    try:
        read = directory_file.read(text)
        planned = on_app(lambda app: load(app, read), migrate=True)
    except BadDirectory as error:
        for problem in error.problems:
            sys.stderr.write(f"{file}{said(problem)}\n")
        return 2
    for warning in planned[0].warnings:
        sys.stderr.write(f"warning: {file}{said(warning)}\n")
    for line in report(*planned):
        print(line)
    return 0


async def load(app: App, file: DirectoryFile) -> tuple[Plan, ZoneInfo]:
    """Plans against what stands and writes it, in one transaction: two loads at once cannot mix."""
    parts = app.parts
    now = parts.clock()
    async with parts.db.transaction() as tx:
        await directory.lock(tx)
        standing = await directory.standing(tx, now)
        plan = loading.plan(file, standing, now, parts.new_id, secrets.token_bytes)
        if changes(plan):
            version = await directory.write(tx, plan)
            await audit.add(tx, operator(), "load", f"directory:{version}", now)
    return plan, parts.zone


def changes(plan: Plan) -> bool:
    """Whether anything would be written."""
    clients = plan.new_clients or plan.changed_clients or plan.new_codes or plan.changed_codes
    return bool(clients or plan.new_workers or plan.changed_workers)


def said(problem: Problem) -> str:
    """`:12: worker.phone: is required`"""
    field = f" {problem.field}:" if problem.field else ""
    return f":{problem.line}:{field} {problem.reason}"


def report(plan: Plan, zone: ZoneInfo) -> Iterator[str]:
    """What changed, a line each; codes that were made are written nowhere else."""
    clients = {client.id: client.ref for client in (*plan.new_clients, *plan.changed_clients)}
    yield from (f"new client      {client.ref}" for client in plan.new_clients)
    yield from (f"changed client  {client.ref}" for client in plan.changed_clients)
    for new in plan.new_codes:
        whose = clients.get(new.code.client, new.code.client)
        yield f"new code        of {whose}{f', made now: {new.letters}' if new.made else ''}"
    yield from (f"changed code    of {clients.get(code.client, code.client)}" for code in plan.changed_codes)
    yield from (f"new worker      {worker.ref}" for worker in plan.new_workers)
    yield from (f"changed worker  {worker.ref}" for worker in plan.changed_workers)
    if plan.outside:
        yield f"kept, though outside the new hours: {len(plan.outside)}; move or cancel what cannot be held"
        yield from (f"  {kept(appointment, zone)}" for appointment in plan.outside)
    if not changes(plan):
        yield "nothing changed"


def kept(appointment: Appointment, zone: ZoneInfo) -> str:
    return f"{appointment.id}  {local(appointment.start, zone)}  {appointment.mode}  worker {appointment.worker}"


def local(moment: datetime, zone: ZoneInfo) -> str:
    """`2026-03-03 09:00`, by the operator's clock."""
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"
