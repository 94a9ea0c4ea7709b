"""How a command ends early: raise one of these; `bot/cli.py` says its text in one line and exits with its status."""

import os


class CommandFailed(Exception):
    """A check or the work failed."""

    status = 1


class WrongUse(CommandFailed):
    """Wrong arguments, settings or input: the text names which."""

    status = 2


def reason(error: OSError | UnicodeDecodeError) -> str:
    """Why a file or an address could not be used, in the system's words: "No such file or directory"."""
    if isinstance(error, UnicodeDecodeError):
        return "not UTF-8 text"
    if error.errno is not None and error.errno > 0:
        return os.strerror(error.errno)  # asyncio puts a sentence of its own where the system's would be
    return error.strerror or type(error).__name__
