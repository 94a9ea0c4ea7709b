"""What `socialdirect person` tells of people's data: a copy for themself, on their request; after a breach, whose an
actor touched.

export WHO --ticket ID --out DIR
touched OPERATOR --since WHEN --until WHEN
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from booking.authority import DeskActor, PersonDeed, may_about
from booking.model import PersonId
from bot.app import App
from bot.failures import CommandFailed, WrongUse, reason
from bot.load import local
from bot.opening import on_app, operator
from bot.who import Who, person_of
from handlers.console.entry import plain_name
from handlers.parts import Parts
from handlers.privacy import exporting
from handlers.privacy import touched as tracing
from handlers.privacy.touched import One
from handlers.to_desk import PRIVACY
from locales.voice import Voice
from storage import audit, operators, tickets


def export(
    who: Who,
    ticket: Annotated[str, typer.Option(metavar="ID", help="Of their request, as `tickets` lists it.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where the zip is written; only you can read it there.")],
) -> int:
    """A copy of everything of theirs, for them alone, once you know that it is them who ask. It is noted."""
    if not out.is_dir():
        raise WrongUse(f"--out: {out} is no folder")

    async def work(opened: App) -> Path:
        parts = opened.parts
        person = await person_of(parts, who)
        row = await tickets.get(parts.db, ticket)
        asked = row is not None and row.person_id == person and row.kind == PRIVACY and row.status != "closed"
        if not may_about(DeskActor(), PersonDeed.EXPORT, PersonId(person), proven=asked):
            raise CommandFailed("no request of theirs about their data is open under this id")
        copy = await exporting.gather(parts, person)
        if copy is None:
            raise CommandFailed("nobody has an account with this")
        await audit.add(parts.db, operator(), PersonDeed.EXPORT, f"person:{person}", parts.clock())
        path = out / f"{ticket}.zip"
        try:
            with _opened(path) as file:
                async for piece in exporting.archive(parts, copy, Voice(copy.lang, copy.zone)):
                    file.write(piece)
        except OSError as error:
            raise CommandFailed(f"{path} cannot be written ({reason(error)})") from None
        return path

    print(f"{on_app(work)}  a copy for them alone; close the ticket when they have it, and delete the file")
    return 0


def touched(
    who: Annotated[
        str, typer.Argument(metavar="OPERATOR", help="A name of the console or of a login, or `worker:ID`.")
    ],
    since: Annotated[str, typer.Option(metavar="WHEN", help="From when on, as 2026-03-20 or '2026-03-20 14:00'.")],
    until: Annotated[str, typer.Option(metavar="WHEN", help="Until when; else until now.")] = "",
) -> int:
    """After a breach: whose data they saw or changed in that time, and which. By ids; that it was asked is noted."""

    async def work(opened: App) -> list[str]:
        parts = opened.parts
        start = _instant(parts, since, "--since")
        end = _instant(parts, until, "--until") if until else parts.clock()
        if start >= end:
            raise WrongUse("--since: before --until")
        lines: list[str] = []
        for actor in await _actors(parts, who):
            found = await tracing.touched(parts, actor, start, end)
            await audit.add(parts.db, operator(), "trace", actor, parts.clock())
            lines += [
                f"{actor}: {found.deeds} deeds, {len(found.people)} people",
                *(_person(parts, p) for p in found.people),
            ]
            if found.lists:
                shown = "whoever had a ticket then, or a talk that was shown, is named above"
                lines.append(f"  {found.lists} looks at lists: {shown}")
            if found.unknown:
                lines.append(f"  {found.unknown} deeds on what is not there any more: nobody can be named for them")
        return lines

    for line in on_app(work):
        print(line)
    return 0


async def _actors(parts: Parts, who: str) -> list[str]:
    """As the audit trail calls them: an operator of the console by an id, who is at a keyboard by the login's name.
    Of whom it has never heard it does not tell that they touched nobody.
    """
    login = who if ":" in who else f"operator:{who}"
    row = None if ":" in who else await operators.by_name(parts.db, plain_name(who))
    known = [login] if await audit.latest(parts.db, 1, by=login) else []
    if row is None and not known:
        raise CommandFailed("nobody of this name in the console, and none in the audit trail")
    return [*([f"operator:{row.id}"] if row is not None else []), *known]


def _person(parts: Parts, one: One) -> str:
    span = f"{local(one.first, parts.zone)} to {local(one.last, parts.zone)}"
    return f"  {one.person:26}  {one.count:4}  {span}  {', '.join(one.deeds)}: {', '.join(one.fields)}"


def _instant(parts: Parts, typed: str, name: str) -> datetime:
    """By the operator's clock."""
    try:
        read = datetime.fromisoformat(typed)
    except ValueError:
        read = None
    if read is None or not 2000 <= read.year < 2100:  # as the console's forms (`web.visitor.day`)
        raise WrongUse(f"{name}: a day or an hour, as '2026-03-20 14:00'")
    return (read if read.tzinfo else read.replace(tzinfo=parts.zone)).astimezone(UTC)


def _opened(path: Path) -> BinaryIO:
    """A new file, of nobody else's."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
