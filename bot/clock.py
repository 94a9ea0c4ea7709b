"""The one clock: apart from `bot/app.py`, so that a command that needs the time alone starts at once."""

from datetime import UTC, datetime


def system_clock() -> datetime:
    """Now, aware, in UTC."""
    return datetime.now(UTC)
