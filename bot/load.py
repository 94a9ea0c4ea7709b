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

from booking import directory_file
from booking.directory_file import BadDirectory, DirectoryFile
from booking.fields import Problem
from booking.loading import Plan
from booking.model import Appointment
from bot.app import App
from bot.failures import WrongUse, reason
from bot.opening import on_app, operator
from handlers import loading
from handlers.loading import changes


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
    done = await loading.load(app.parts, file, secrets.token_bytes, operator())
    return done.plan, app.parts.zone


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
