"""`socialdirect backup FILE`: the whole database in one file, and the ids of the keys that open it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.app import App
from bot.failures import CommandFailed, WrongUse, reason
from bot.opening import on_app, operator
from bot.progress import progress
from handlers.privacy import ledger
from storage import audit, backup

NOT_TOLD = (
    "the documents' store does not take the ledger of erasures: keep `person erasures --out FILE` beside the backup"
)


def run(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write it; a file that is there is replaced.")],
) -> int:
    """Write every row, as it stands at one moment; personal data stay sealed in it."""
    if not file.parent.is_dir():
        raise WrongUse(f"FILE: there is no folder {file.parent}")
    for line in on_app(lambda app: write(app, file)):
        print(line)
    return 0


async def write(app: App, file: Path) -> list[str]:
    parts, now = app.parts, app.parts.clock()
    try:
        with progress("rows") as tell:
            rows = await backup.backup(parts.db, file, now, tell)
    except OSError as error:
        raise CommandFailed(f"{file} cannot be written ({reason(error)})") from None
    await audit.add(parts.db, operator(), "backup", "database", now)
    told = await ledger.publish(parts)
    return [
        f"{rows} rows in {file}",
        f"opens with ENCRYPTION_KEYS {', '.join(parts.db.vault.key_ids)} and this SECRET_KEY: keep both elsewhere",
        *([] if told else [NOT_TOLD]),
    ]
