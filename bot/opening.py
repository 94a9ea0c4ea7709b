"""What commands share: the program's parts opened for one piece of work, and plain words where that fails."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from getpass import getuser
from typing import TypeVar

from bot import logs
from bot.app import App, build
from bot.failures import CommandFailed
from bot.settings import read_settings
from handlers.channels.base import Channel
from storage.crypto import Unreadable
from storage.faults import is_transient
from storage.schema import NotMigrated

T = TypeVar("T")


def on_app(
    work: Callable[[App], Awaitable[T]], *, migrate: bool = False, more: Mapping[str, Channel] | None = None
) -> T:
    """Runs `work` on the configured parts. With `migrate`, a new or older database is brought up to date first."""
    settings = read_settings()
    logs.configure("ERROR")  # what a command has to say, it prints

    async def main() -> T:
        async with build(settings, migrate=migrate, more=more) as app:
            return await work(app)

    with plainly():
        return asyncio.run(main())


@contextmanager
def plainly() -> Iterator[None]:
    """What an operator can mend is said in one line, without a traceback."""
    try:
        yield
    except CommandFailed:
        raise  # said already
    except NotMigrated as error:
        raise CommandFailed(str(error)) from None
    except Unreadable as error:
        raise CommandFailed(f"ENCRYPTION_KEYS must hold every key that rows are sealed with ({error})") from None
    except Exception as error:
        if not is_transient(error):
            raise
        raise CommandFailed("the database of DATABASE_URL does not answer, or is too busy; try again") from None


def operator() -> str:
    """Who is at the keyboard, for the audit trail: the name that they are logged in with."""
    try:
        return f"operator:{getuser()}"
    except (KeyError, OSError):  # a container whose user has no name
        return "operator:unnamed"
