"""`socialdirect invite CLIENT`: links, QR codes, poster, cards and a piece of intranet page that carry a code."""

from __future__ import annotations

import sys
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Annotated

import typer

from booking.model import Code
from bot import forms
from bot.app import App
from bot.failures import CommandFailed, WrongUse, reason
from bot.kits.doors import CHANNELS, CannotCarry, Channel, Senders, doors
from bot.kits.whose import chosen, client_of
from bot.opening import on_app, operator
from conversations.text import t
from handlers import joining
from handlers.channels.base import SendError
from handlers.desk import desk
from locales.voice import Voice
from locales.words import words
from storage import audit, directory, flags
from storage.db import Sql

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
    from bot.kits.shelf import Occupied, put

    folder = out or Path(f"invitation-{client}")
    if not folder.absolute().parent.is_dir():
        raise WrongUse(f"--out: there is no folder {folder.absolute().parent}")
    left_out = channels_of(without or [])

    async def work(app: App) -> tuple[dict[str, bytes], Senders]:
        senders = await senders_of(app, left_out, sms_number)
        files = await made(app, client, code, languages_of(app, lang or []), senders)
        return files, senders

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
    settings = app.settings
    found = Senders(
        sms=sms_of(app, sms_number) if "sms" not in left_out else None,
        whatsapp=settings.twilio_whatsapp_from if settings.whatsapp_enabled and "whatsapp" not in left_out else None,
        telegram=await bot_name(app) if settings.telegram_enabled and "telegram" not in left_out else None,
    )
    if not (found.sms or found.whatsapp or found.telegram):
        raise WrongUse(f"{SENDERS}: no channel to invite to is set up (docs/settings.md)")
    return found


def sms_of(app: App, given: str | None) -> str | None:
    """TWILIO_SMS_FROM, or the number that only the operator knows: a messaging service's. What comes to another one is
    refused at the door.
    """
    settings = app.settings
    if given is None:
        if settings.sms_enabled and settings.twilio_sms_from is None:
            raise WrongUse(
                "--sms-number: TWILIO_MESSAGING_SERVICE_SID does not tell which number people write to; "
                "give it (Twilio's console, Messaging > Services > Sender pool), or --without sms"
            )
        return settings.twilio_sms_from if settings.sms_enabled else None
    try:
        number = forms.sms_sender(given)
    except ValueError as error:
        raise WrongUse(f"--sms-number: {error}") from None
    if not settings.sms_enabled:
        raise WrongUse("--sms-number: SMS is not set up (TWILIO_ACCOUNT_SID, docs/settings.md)")
    if settings.twilio_sms_from not in {None, number}:
        raise WrongUse("--sms-number: people write to TWILIO_SMS_FROM: leave it out")
    return number


async def bot_name(app: App) -> str:
    """As a worker process keeps it; before any ran, Telegram is asked."""
    if kept := await flags.value(app.parts.db, joining.BOT_NAME):
        return kept
    from handlers.channels.telegram import TelegramChannel

    channel = app.parts.channels["telegram"]
    assert isinstance(channel, TelegramChannel)
    try:
        return await channel.bot.username()
    except SendError as error:
        raise CommandFailed(
            f"TELEGRAM_BOT_TOKEN: the bot's name is not told ({error.code}): try again, or --without telegram"
        ) from None


# ------------------------------------------------------------ the client's code


async def made(app: App, ref: str, asked: str | None, languages: Sequence[str], senders: Senders) -> dict[str, bytes]:
    """The files. That the code was read is kept in the audit trail."""
    from bot.kits.leaflet import Leaflet, leaflet
    from bot.kits.making import kit
    from bot.kits.paper import CannotPrint

    parts = app.parts
    now = parts.clock()
    today = now.astimezone(parts.zone).date()
    async with parts.db.transaction() as tx:
        client, known = await client_of(tx, ref)
        letters, code = chosen(ref, known, asked, today)
        await warn_of_seats(tx, code)
        await audit.add(tx, operator(), "invite", f"code:{code.id}", now)
    about = desk(parts.desk_phone, parts.desk_hours, now, parts.zone)

    def in_words(voice: Voice) -> Leaflet:
        sentence = voice(t("invite.sentence", code=letters))
        ways = doors(senders, sentence, letters, words(voice.lang))
        return leaflet(client, letters, code, ways, about, voice, today)

    try:
        return kit(in_words(Voice(lang)) for lang in languages)
    except CannotCarry as why:
        raise WrongUse(f"--code: a link cannot carry this code: {why}; give {ref} another one") from None
    except CannotPrint as why:
        raise CommandFailed(f"cannot be laid out: {why}; give {ref} a shorter name, or one without that sign") from None


async def warn_of_seats(db: Sql, code: Code) -> None:
    """Who scans a code that has no seat left is refused; seats may become free again, so it is only told."""
    if code.max_accounts is not None and await directory.accounts(db, code.id) >= code.max_accounts:
        sys.stderr.write(f"warning: all {code.max_accounts} seats of this code are taken (max_accounts)\n")
