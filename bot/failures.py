"""How a command ends early: raise one of these; `bot/cli.py` says its text in one line and exits with its status."""


class CommandFailed(Exception):
    """A check or the work failed."""

    status = 1


class WrongUse(CommandFailed):
    """Wrong arguments, settings or input: the text names which."""

    status = 2
