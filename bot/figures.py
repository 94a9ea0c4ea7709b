"""`socialdirect figures`: what became of talks, hours and messages in a month, quarter or year, as plots and tables."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Final

import typer

from booking.model import Client
from bot.app import App
from bot.failures import CommandFailed, WrongUse, reason
from bot.opening import on_app, operator
from handlers.figures import files
from handlers.figures.period import Period, before, period
from handlers.figures.report import report
from handlers.figures.tables import tables
from locales.voice import Voice
from storage import audit, figures

PERIOD: Final = "2026-03|2026-Q1|2026"


def run(
    of: Annotated[
        str | None, typer.Option(metavar=PERIOD, help="A month, quarter or year. Without: the last month.")
    ] = None,
    client: Annotated[str | None, typer.Option(metavar="CLIENT", help="One client's own figures, by its ref.")] = None,
    lang: Annotated[str | None, typer.Option(help="The language. Without: DEFAULT_LOCALE.")] = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Where; without: figures-PERIOD.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the figures that DIR holds.")] = False,
) -> int:
    """Write figures of a month, quarter or year that is over: a page with plots, a workbook, CSV and SVG files."""
    over, content = on_app(lambda app: written(app, of, client, lang))
    folder = out or Path("-".join(filter(None, ("figures", client, str(over)))))
    there = put(folder, content, force=force)
    print(f"{there} {folder}: {over.first} to {over.end - timedelta(days=1)}, {len(content)} files")
    return 0


async def written(app: App, of: str | None, ref: str | None, lang: str | None) -> tuple[Period, Mapping[str, bytes]]:
    """The files; who had them made is kept."""
    parts = app.parts
    over = period_of(app, of)
    if lang is not None and lang not in parts.languages:
        raise WrongUse(f"--lang: expected one of {', '.join(parts.languages)} (LOCALES), not '{lang}'")
    client = await client_of(app, ref)
    found = await report(parts, over, app.settings.segment_prices, client)
    voice = Voice(lang or parts.default_lang, str(parts.zone), parts.default_lang)
    object_ = f"client:{client.id}" if client else "service"
    await audit.add(parts.db, operator(), f"figures {over}", object_, parts.clock())
    return over, files.files(found, tables(found), voice)


def period_of(app: App, text: str | None) -> Period:
    """One that is over: taken twice, an unfinished one would tell of the days between."""
    now, zone = app.parts.clock(), app.parts.zone
    over = before(now, zone)
    if text is None:
        return over
    try:
        found = period(text, zone)
    except ValueError as error:
        raise WrongUse(f"--of: {error}") from None
    if found.ends_at > now:
        raise WrongUse(f"--of: the last month that is over is {over}")
    return found


async def client_of(app: App, ref: str | None) -> Client | None:
    if ref is None:
        return None
    found = next((each for each in await figures.clients(app.parts.db) if each.ref == ref), None)
    if found is None:
        raise WrongUse(f"--client: no client has the ref '{ref}'")
    return found


def put(folder: Path, content: Mapping[str, bytes], *, force: bool) -> str:
    """For their owner's eyes. A folder that holds anything else than these files is left alone."""
    if not folder.absolute().parent.is_dir():
        raise WrongUse(f"--out: there is no folder {folder.absolute().parent}")
    try:
        there = {path.name for path in folder.iterdir()} if folder.exists() else set()
        if there and not (force and there <= files.NAMES):
            todo = "holds figures already: --force replaces them" if there <= files.NAMES else "holds other things"
            raise WrongUse(f"--out: {folder} {todo}")
        folder.mkdir(mode=0o700, exist_ok=True)
        for name in there - set(content):
            (folder / name).unlink()
        for name, each in content.items():
            _write(folder / name, each)
    except OSError as error:
        raise CommandFailed(f"{folder} cannot be written ({reason(error)})") from None
    return "replaced" if there else "written to"


def _write(path: Path, content: bytes) -> None:
    """Beside it first (0600), then in its place."""
    descriptor, beside = tempfile.mkstemp(dir=path.parent, prefix=".")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        Path(beside).replace(path)
    except OSError:
        Path(beside).unlink(missing_ok=True)
        raise
