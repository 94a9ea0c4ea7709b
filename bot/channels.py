"""`socialdirect channels setup`: what Telegram and Twilio must know of us. A second run changes nothing."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Final

import aiohttp
import typer

from bot.by_hand import by_hand
from bot.failures import WrongUse
from bot.settings import Settings, read_settings
from bot.settings_checks import public_address
from handlers.channels.base import SendError
from handlers.channels.setting_up import ByHand, Setting

if TYPE_CHECKING:  # at run time only where Telegram is on: it takes a second
    from handlers.channels.telegram_setup import Presentation, TelegramSetup

app = typer.Typer(help="What Telegram and Twilio must know of us.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def overview() -> None:
    """What Telegram and Twilio must know of us."""


@app.command()
def setup(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")] = False,
    again: Annotated[
        bool,
        typer.Option("--again", help="Set everything, also what looks right: after a new TELEGRAM_WEBHOOK_SECRET."),
    ] = False,
) -> int:
    """Set webhooks, commands, descriptions and WhatsApp's contents, where they differ."""
    settings = read_settings()
    if not (settings.telegram_enabled or settings.sms_enabled or settings.whatsapp_enabled):
        raise WrongUse("TELEGRAM_BOT_TOKEN, TWILIO_ACCOUNT_SID: no channel is set up (docs/settings.md)")
    for finding in public_address(settings):
        if not finding.ok:
            raise WrongUse(finding.words)
    return asyncio.run(set_up(settings, dry_run=dry_run, again=again))


async def set_up(settings: Settings, *, dry_run: bool, again: bool) -> int:
    """1 where a provider did not take what it should; all the rest is still looked at, and set."""
    counts = Counter[str]()
    async with aiohttp.ClientSession(trust_env=False) as session:
        for name, provider in PROVIDERS.items():
            try:
                found = await provider(settings, session)
            except SendError as error:
                print(
                    f"wrong    {name}: it does not answer as it should ({error.code}): `socialdirect doctor` says why"
                )
                counts["wrong"] += 1
                continue
            for one in found:
                counts[await show(one, dry_run=dry_run, again=again)] += 1
    for reminder in by_hand(settings):
        counts[await show(reminder, dry_run=dry_run, again=again)] += 1
    print("         in all: " + ", ".join(f"{count} {word}" for word, count in counts.items()))
    if counts["wrong"]:
        print("         once that is mended, run this again: what is right by then stays as it is")
    return 1 if counts["wrong"] else 0


async def show(found: Setting | ByHand, *, dry_run: bool, again: bool) -> str:
    """One thing; the word that its line begins with."""
    if isinstance(found, ByHand):
        print(f"by hand  {found.about}: {found.todo}")
        if found.why:
            print(f"         because {found.why}")
        return "by hand"
    if found.is_right and not again:
        print(f"right    {found.about}")
        return "right"
    try:
        if not dry_run:
            await found.put()
    except SendError as error:
        print(f"wrong    {found.about}: the provider does not take it ({error.code})")
        return "wrong"
    word = "differs" if dry_run else "changed"
    print(f"{word:8} {found.about}")
    if not found.is_right:
        print(f"         - {found.now or 'none'}\n         + {found.wanted or 'none'}")
    return word


async def telegram(settings: Settings, session: aiohttp.ClientSession) -> Sequence[Setting | ByHand]:
    if settings.telegram_bot_token is None or settings.telegram_webhook_secret is None:
        return []
    known, secret = bot(settings, session)
    return await known.settings(settings.public_url, secret, presentations(settings))


def bot(settings: Settings, session: aiohttp.ClientSession) -> tuple[TelegramSetup, str]:
    """Where Telegram is on: its settings, and the webhook's secret."""
    from handlers.channels.telegram_setup import TelegramSetup

    token, secret = settings.telegram_bot_token, settings.telegram_webhook_secret
    assert token is not None
    assert secret is not None
    known = TelegramSetup(session, token.get_secret_value(), base_url=settings.telegram_api_url)
    return known, secret.get_secret_value()


def presentations(settings: Settings) -> Sequence[Presentation]:
    """Each language's words; those of the default one also for everybody else."""
    from handlers.channels.telegram_setup import presentation
    from locales import languages
    from locales.voice import Voice
    from locales.words import words

    def shown(code: str, language: str) -> Presentation:
        return presentation(code, Voice(language), words(language))

    spoken = [language for language in settings.locales if language in languages()]  # the doctor names the others
    return [shown("", settings.default_locale), *(shown(language, language) for language in spoken)]


async def texts(settings: Settings, session: aiohttp.ClientSession) -> Sequence[Setting | ByHand]:
    """Where they are brought."""
    if settings.twilio_account_sid is None or settings.twilio_auth is None:
        return []
    from handlers.channels.twilio_setup import Senders, TwilioSetup

    account = TwilioSetup(session, settings.twilio_account_sid, settings.twilio_auth, base_url=settings.twilio_api_url)
    senders = Senders(settings.twilio_sms_from, settings.twilio_messaging_service_sid)
    return await account.settings(settings.public_url, senders)


async def whatsapp_sender(settings: Settings, session: aiohttp.ClientSession) -> Sequence[Setting | ByHand]:
    """Where WhatsApp's messages are brought."""
    sid, number, auth = settings.twilio_account_sid, settings.twilio_whatsapp_from, settings.twilio_whatsapp_auth
    if sid is None or number is None or auth is None:
        return []
    from handlers.channels.twilio_senders import WhatsAppSender

    sender = WhatsAppSender(session, sid, auth, number, base_url=settings.twilio_whatsapp_api_url)
    return await sender.settings(settings.public_url)


async def whatsapp_contents(settings: Settings, session: aiohttp.ClientSession) -> Sequence[Setting | ByHand]:
    """Buttons, lists and templates."""
    if not settings.whatsapp_enabled or settings.twilio_whatsapp_auth is None:
        return []
    from handlers.channels import whatsapp_setup
    from handlers.channels.content_api import ContentApi

    api = ContentApi(session, settings.twilio_whatsapp_auth, base_url=settings.twilio_content_api_url)
    return await whatsapp_setup.settings(api, settings.locales)


CONTENTS: Final = "whatsapp contents"
# What is set where, in this order, each whatever became of the others. A provider more is a line more; the doctor reads
# the same ones, and WhatsApp's contents by its channel.
PROVIDERS: Final[Mapping[str, Callable[[Settings, aiohttp.ClientSession], Awaitable[Sequence[Setting | ByHand]]]]] = {
    "telegram": telegram,
    "sms": texts,
    "whatsapp": whatsapp_sender,
    CONTENTS: whatsapp_contents,
}
