"""`socialdirect invite CLIENT`: links, QR codes, poster, cards and a piece of intranet page that carry a code."""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from booking.model import Code
from bot import forms
from bot.app import App
from bot.failures import CommandFailed, WrongUse, reason
from bot.opening import on_app, operator
from handlers.kits.addresses import ours
from handlers.kits.doors import CHANNELS, Channel, Senders
from handlers.kits.ordering import Order, ordered
from handlers.kits.refusals import CannotCarry, CannotPrint, NoKit

SENDERS = "TWILIO_SMS_FROM, TWILIO_WHATSAPP_FROM, TELEGRAM_BOT_TOKEN"


def run(
    client: Annotated[str, typer.Argument(metavar="CLIENT", help="The client's ref, as in the directory file.")],
    code: Annotated[
        str | None, typer.Option(help="Which code, where the client has several: the code or its id.")
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Where; without: invitation-CLIENT.")] = None,
    lang: Annotated[
        list[str] | None, typer.Option(help="A language; may be repeated. Without: all of LOCALES.")
    ] = None,
    without: Annotated[list[str] | None, typer.Option(metavar="CHANNEL", help="A channel to leave out.")] = None,
    sms_number: Annotated[
        str | None, typer.Option(metavar="+33…", help="The number to write to, where a messaging service has it.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the kit that DIR holds.")] = False,
) -> int:
    """Write what a client hands to its people, so that nobody has to type the code."""
    from bot.kit_folder import Occupied, put

    folder = out or Path(f"invitation-{client}")
    if not folder.absolute().parent.is_dir():
        raise WrongUse(f"--out: there is no folder {folder.absolute().parent}")
    left_out = channels_of(without or [])

    async def work(app: App) -> tuple[Mapping[str, bytes], Senders]:
        senders = await senders_of(app, left_out, sms_number)
        return await made(app, Order(client, code, languages_of(app, lang or []), senders)), senders

    files, senders = on_app(work)
    try:
        done = put(folder, files, force=force)
    except Occupied as there:
        todo = "holds another kit: --force replaces it" if there.kit else "holds other things than a kit"
        raise WrongUse(f"--out: {folder} {todo}") from None
    except OSError as error:
        raise CommandFailed(f"{folder} cannot be written ({reason(error)})") from None
    tell(folder, files, senders, done)
    return 0


def tell(folder: Path, files: Collection[str], senders: Senders, done: str) -> None:
    """What was written, and what it is worth. The code itself is shown nowhere."""
    languages = dict.fromkeys(name.partition("/")[0] for name in files)
    print(f"{'nothing changed in' if done == 'identical' else 'written to'} {folder}: {len(files)} files")
    for language in languages:
        print(f"{language:10} poster.pdf  cards.pdf  intranet.html  links.txt  qr-*.svg  qr-*.png")
    ways = (f"{channel} {address}" for channel in CHANNELS if (address := getattr(senders, channel)))
    print(f"{'leads to':10} {', '.join(ways)}")
    print("each file holds the code, a secret of the client: hand them to the client alone, put none on a public page")
    print("before printing: scan each code once with an iPhone and once with an Android phone, and send what it writes")


# ------------------------------------------------------------ arguments


def channels_of(names: Sequence[str]) -> frozenset[Channel]:
    if unknown := [name for name in names if name not in CHANNELS]:
        raise WrongUse(f"--without: expected one of {', '.join(CHANNELS)}, not '{unknown[0]}'")
    return frozenset(channel for channel in CHANNELS if channel in names)


def languages_of(app: App, asked: Sequence[str]) -> tuple[str, ...]:
    known = app.parts.languages
    if unknown := [lang for lang in asked if lang not in known]:
        raise WrongUse(f"--lang: expected one of {', '.join(known)} (LOCALES), not '{unknown[0]}'")
    return tuple(dict.fromkeys(asked)) or known


# ------------------------------------------------------------ our addresses


async def senders_of(app: App, left_out: frozenset[Channel], sms_number: str | None) -> Senders:
    """Those of the channels that are set up."""
    number = None if "sms" in left_out else sms_of(app, sms_number)
    found = await ours(app.parts, without=left_out, sms_number=number)
    if "sms" in found.untold:
        raise WrongUse(
            "--sms-number: TWILIO_MESSAGING_SERVICE_SID does not tell which number people write to; "
            "give it (Twilio's console, Messaging > Services > Sender pool), or --without sms"
        )
    if "telegram" in found.untold:
        code = found.untold["telegram"]
        raise CommandFailed(
            f"TELEGRAM_BOT_TOKEN: the bot's name is not told ({code}): try again, or --without telegram"
        )
    if found.senders == Senders():
        raise WrongUse(f"{SENDERS}: no channel to invite to is set up (docs/settings.md)")
    return found.senders


def sms_of(app: App, given: str | None) -> str | None:
    """The number that only the operator knows: a messaging service's. What comes to another one is refused at the
    door.
    """
    if given is None:
        return None
    try:
        number = forms.sms_sender(given)
    except ValueError as error:
        raise WrongUse(f"--sms-number: {error}") from None
    if not app.settings.sms_enabled:
        raise WrongUse("--sms-number: SMS is not set up (TWILIO_ACCOUNT_SID, docs/settings.md)")
    if app.settings.twilio_sms_from not in {None, number}:
        raise WrongUse("--sms-number: people write to TWILIO_SMS_FROM: leave it out")
    return number


# ------------------------------------------------------------ the client's code


async def made(app: App, order: Order) -> Mapping[str, bytes]:
    """The files. No message shows a code."""
    ref = order.client
    try:
        kit = await ordered(app.parts, order, operator())
    except NoKit as none:
        raise WrongUse(why_not(none, ref)) from None
    except CannotCarry as why:
        raise WrongUse(f"--code: a link cannot carry this code: {why}; give {ref} another one") from None
    except CannotPrint as why:
        raise CommandFailed(f"cannot be laid out: {why}; give {ref} a shorter name, or one without that sign") from None
    if kit.full:  # seats may become free again, so it is only told
        sys.stderr.write(f"warning: all {kit.code.max_accounts} seats of this code are taken (max_accounts)\n")
    return kit.files


def why_not(none: NoKit, ref: str) -> str:
    """In the command's words."""
    match none.why:
        case "no_client":
            return "CLIENT: no client of the directory has this ref"
        case "suspended":
            return f"CLIENT: {ref} is suspended: its codes open nothing until the directory file says otherwise"
        case "none_open":
            return f"CLIENT: no code of {ref} is valid any more: load another one"
        case "several":
            listed = "; ".join(f"{code.id} ({_days(code)})" for code in none.codes)
            return f"--code: {ref} has {len(none.codes)} codes: give the code itself, or its id: {listed}"
        case "no_code":
            return f"--code: {ref} has no such code"
    return f"--code: this code ended on {none.codes[0].valid_until}"


def _days(code: Code) -> str:
    first = f"from {code.valid_from}" if code.valid_from else ""
    last = f"until {code.valid_until}" if code.valid_until else ""
    return " ".join(filter(None, (first, last))) or "always valid"
