"""The commands. Each lives in `bot/<name>.py` as `run` (one command) or `app` (a Typer with several).

A command's module is imported only when that command is asked for, so it may import at its top whatever it uses,
and `--help` and its neighbours still start at once. To add one: its file, and its line in COMMANDS.

A command's arguments are its function's parameters (Typer); what it returns is the exit status, None is 0.
Exit status: 0 done, 1 a check or the work failed, 2 wrong use or wrong settings, said in one line on standard error.
"""

import sys
from collections.abc import Mapping, Sequence
from importlib import import_module

import typer

from bot.failures import CommandFailed

COMMANDS: Mapping[str, str] = {
    "demo": "Play all roles in a browser page, on port 8080 or the one that PORT names.",
    "serve": "Serve the webhooks and pages and, unless --no-worker, work.",
    "worker": "Drain inboxes, deliver outboxes, run due timers.",
    "load": "Insert or update clients, codes, workers and hours from a directory file.",
    "invite": "Write what a client hands to its people: links, QR codes, poster, cards, a piece of intranet page.",
    "chat": "Talk to the bot in the terminal, as a beneficiary or a worker.",
    "book": "Book an hour for somebody who is on the phone.",
    "cancel": "End an appointment for somebody who is on the phone.",
    "understand": "Show what the bot understands of typed phrases, one JSON object a line.",
    "operator": "Say who may log in to the console, and in which role.",
    "why": "Tell what became of each message that was meant to go to somebody.",
    "tickets": "List what waits for the desk; take, answer, hand back and close it.",
    "person": "Warn or suspend somebody, close their account; copy, keep or erase what is theirs.",
    "figures": "Write the figures of past months: pages, plots, tables; of all, or of one client; without people.",
    "parked": "List inbox rows that failed or were not understood; have them tried again.",
    "pause": "Stop all sending.",
    "resume": "Start sending again.",
    "api-key": "Say who may call the HTTP API, and for what.",
    "hook": "Say which other programs are told of what happens.",
    "doctor": "Check settings, database, Redis, providers, mail and public address.",
    "channels": "Set what Telegram and Twilio must know of us: webhooks, commands, descriptions.",
    "secrets": "Print fresh SECRET_KEY, ENCRYPTION_KEYS and TELEGRAM_WEBHOOK_SECRET, ready for .env.",
    "rotate": "Seal everything with the first of ENCRYPTION_KEYS; or take a new SECRET_KEY over.",
    "backup": "Write the whole database into one file.",
    "restore": "Read a backup into an empty database; sending is paused afterwards.",
    "purge": "End rows whose lifetime is over.",
}

INTERRUPTED = 130  # what Typer makes of Ctrl-C


def main() -> None:
    """The console script."""
    raise SystemExit(start(sys.argv[1:]))


def start(arguments: Sequence[str]) -> int:
    """Runs one command and gives its exit status; expected failures are one line on standard error."""
    try:
        status = application(arguments)(
            args=list(arguments) or ["--help"], prog_name="socialdirect", standalone_mode=False
        )
    except typer.TyperException as error:
        return complain(error.format_message(), 2)
    except (typer.Abort, KeyboardInterrupt):
        return complain("interrupted", 1)
    except CommandFailed as error:
        return complain(str(error), error.status)
    if status == INTERRUPTED:
        return complain("interrupted", 1)
    return status if isinstance(status, int) else 0


def complain(message: str, status: int) -> int:
    """One line on standard error."""
    sys.stderr.write(f"socialdirect: {' '.join(message.split())}\n")
    return status


def application(arguments: Sequence[str]) -> typer.Typer:
    """All commands by name and summary; of the one that is asked for, also its arguments."""
    asked = next((word for word in arguments if not word.startswith("-")), None)
    app = typer.Typer(
        help="Social Direct's front door: people book a free hour with a social worker by SMS, WhatsApp or Telegram.",
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(overview)
    for name, summary in COMMANDS.items():
        module = import_module(module_of(name)) if name == asked else None
        if isinstance(several := getattr(module, "app", None), typer.Typer):
            app.add_typer(several, name=name, help=summary)
        else:
            app.command(name, help=summary)(getattr(module, "run", overview))
    return app


def module_of(name: str) -> str:
    """Where a command lives."""
    return f"bot.{name.replace('-', '_')}"


def overview() -> None:
    """Stands for every command that is not asked for: it is listed and never run."""
