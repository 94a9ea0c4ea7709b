"""What `socialdirect doctor` asks the providers: whether our keys open the account, whether our senders are its own and
can do what we want of them, and whether it knows of us what it must.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import aiohttp

from booking import phones
from bot import channels
from bot.findings import well, wrong
from bot.settings import Settings
from handlers.channels.base import Finding, SendError
from handlers.channels.setting_up import ByHand, Setting

if TYPE_CHECKING:  # at run time only where Twilio is on
    from handlers.channels.twilio_client import TwilioClient

REFUSED: Final = frozenset({"20003", "401"})  # wrong key, or of another account or region
UNKNOWN: Final = frozenset({"20404", "404"})
APART: Final = "TWILIO_WHATSAPP_API_KEY, TWILIO_WHATSAPP_API_SECRET"
COPY: Final = "copy both as its console shows them for this region"


@dataclass(frozen=True, slots=True)
class Asked:
    """A way to Twilio: where, under which setting's name, and what we sign in with, under which names. `apart`: a key
    of its own would go before that.
    """

    name: str
    url: str
    auth: tuple[str, str]
    names: str
    apart: str = ""


def ways(settings: Settings) -> Iterator[Asked]:
    """Each address that we call, once for what we sign in with there."""
    auth, whatsapp_auth = settings.twilio_auth, settings.twilio_whatsapp_auth
    url, whatsapp_url = settings.twilio_api_url, settings.twilio_whatsapp_api_url
    names = "TWILIO_API_KEY, TWILIO_API_SECRET" if settings.twilio_api_key else "TWILIO_AUTH_TOKEN"
    texts_or_calls = settings.sms_enabled or settings.calls_enabled
    if texts_or_calls and auth:
        yield Asked("TWILIO_API_URL", url, auth, names)
    if not settings.whatsapp_enabled or whatsapp_auth is None:
        return
    if settings.twilio_whatsapp_api_key:
        yield Asked("TWILIO_WHATSAPP_API_URL", whatsapp_url, whatsapp_auth, APART)
    elif not texts_or_calls:
        yield Asked("TWILIO_WHATSAPP_API_URL", whatsapp_url, whatsapp_auth, names)
    elif whatsapp_url != url:
        yield Asked("TWILIO_WHATSAPP_API_URL", whatsapp_url, whatsapp_auth, names, APART)


async def keys(settings: Settings, session: aiohttp.ClientSession) -> AsyncIterator[Finding]:
    """Two things that go wrong apart: what our calls are signed in with, and what Twilio's calls are signed with."""
    if settings.twilio_account_sid is None:
        return
    asked = [*ways(settings)]
    for way in asked:
        tokens = [(settings.twilio_account_sid, token) for token in settings.webhook_auth_tokens]
        token_fits = [await opens(settings, session, way, one) for one in tokens]
        key_fits = await opens(settings, session, way, way.auth)
        if None in (*token_fits, key_fits):
            yield wrong("twilio keys", f"Twilio does not answer at {way.name}: is the address right, is the way open?")
        elif True not in token_fits:
            extra = ", nor is one of TWILIO_EXTRA_AUTH_TOKENS" if settings.twilio_extra_auth_tokens else ""
            mend = "name this region's token, too, in TWILIO_EXTRA_AUTH_TOKENS" if len(asked) > 1 else COPY
            yield wrong(
                "twilio keys",
                f"TWILIO_AUTH_TOKEN is not that of TWILIO_ACCOUNT_SID at {way.name}{extra}: we refuse whatever Twilio "
                f"brings; {mend}",
            )
        elif not key_fits:
            words = f"{way.names}: not a key of this account and region at {way.name}; make one there"
            yield wrong("twilio keys", f"{words}, and name it in {way.apart}" if way.apart else words)
        else:
            yield well("twilio keys", f"they open the account at {way.name}")


async def opens(settings: Settings, session: aiohttp.ClientSession, way: Asked, auth: tuple[str, str]) -> bool | None:
    """None: Twilio gave no answer that tells."""
    try:
        await client(settings, session, way.url, auth).account_status()
    except SendError as error:
        return False if error.code in REFUSED | UNKNOWN else None
    return True


def client(
    settings: Settings, session: aiohttp.ClientSession, url: str, auth: tuple[str, str] | None = None
) -> TwilioClient:
    from handlers.channels.twilio_client import TwilioClient

    chosen = auth or settings.twilio_auth
    assert settings.twilio_account_sid is not None
    assert chosen is not None
    return TwilioClient(session, settings.twilio_account_sid, chosen, base_url=url)


async def texting(settings: Settings, session: aiohttp.ClientSession) -> AsyncIterator[Finding]:
    """Whether the number can text, and belongs to the messaging service where there is one."""
    number, service = settings.twilio_sms_from, settings.twilio_messaging_service_sid
    if not settings.sms_enabled or settings.twilio_auth is None:
        return
    try:
        if number and number.startswith("+"):
            able = await client(settings, session, settings.twilio_api_url).able(number)
            if able is not None and not able.get("sms"):
                yield wrong("sms sender", "TWILIO_SMS_FROM cannot text: take a number with SMS")
        if service:
            yield await pooled(settings, session, service)
    except SendError as error:
        yield wrong("sms sender", f"Twilio does not answer as it should ({error.code}): see the lines on its keys")


async def pooled(settings: Settings, session: aiohttp.ClientSession, service: str) -> Finding:
    from handlers.channels.twilio_log import TwilioLog

    assert settings.twilio_account_sid is not None
    assert settings.twilio_auth is not None
    log = TwilioLog(session, settings.twilio_account_sid, settings.twilio_auth, base_url=settings.twilio_api_url)
    try:
        pool = await log.pool(service)
    except SendError as error:
        if error.code not in UNKNOWN:
            raise
        words = "TWILIO_MESSAGING_SERVICE_SID is not a service of this account and region: copy it from its console"
        return wrong("messaging service", words)
    if not pool:
        words = "it has no number or short code in its pool, and a name cannot be answered: add one in Twilio's console"
        return wrong("messaging service", words)
    if settings.twilio_sms_from and settings.twilio_sms_from not in pool:
        words = "TWILIO_SMS_FROM is not in its pool: add it in Twilio's console, or leave TWILIO_SMS_FROM out"
        return wrong("messaging service", words)
    if any(phones.read(number) for number in pool if number.startswith("+")):
        words = "a French mobile number is in its pool, and machines may not send from one (Arcep): take it out"
        return wrong("messaging service", words)
    return well("messaging service", f"{len(pool)} two-way senders are in its pool")


async def voice(settings: Settings, session: aiohttp.ClientSession) -> Finding:
    """Whether masked calls can be made from TWILIO_VOICE_FROM, as far as the account tells."""
    number = settings.twilio_voice_from
    if number is None or settings.twilio_account_sid is None or settings.twilio_auth is None:
        return well("voice", "TWILIO_VOICE_FROM is not set: workers see the person's number at the hour, and dial it")
    if phones.read(number):
        return wrong("voice", "TWILIO_VOICE_FROM is a French mobile number: machines may not call from one (Arcep)")
    try:
        able = await client(settings, session, settings.twilio_api_url).able(number)
    except SendError as error:
        return wrong("voice", f"Twilio does not answer as it should ({error.code}): check the account and its keys")
    if able is None:
        return wrong("voice", "TWILIO_VOICE_FROM is not a number of the account: Twilio refuses such calls (21210)")
    if not able.get("voice"):
        return wrong("voice", "TWILIO_VOICE_FROM cannot call: take a number with voice")
    return well("voice", "TWILIO_VOICE_FROM is the account's and can call")


async def set_up(settings: Settings, session: aiohttp.ClientSession) -> AsyncIterator[Finding]:
    """Whether the providers know of us what they must: a line for each, or for each thing that differs."""
    for name, provider in channels.PROVIDERS.items():
        if name == channels.CONTENTS:
            continue  # the channel's own check names each template, with its remedy
        about = f"{name} set-up"
        try:
            found = await provider(settings, session)
        except SendError as error:
            yield wrong(
                about, f"the provider does not answer as it should ({error.code}): see the lines on its keys or token"
            )
            continue
        ills = [words for one in found if (words := fault(one))]
        for words in ills:
            yield wrong(about, words)
        if found and not ills:
            yield well(about, f"{len(found)} things are as they should be")


def fault(found: Setting | ByHand) -> str:
    """Empty: nothing is known against it."""
    if isinstance(found, ByHand):
        return f"{found.about}: {found.todo}; {found.why}" if found.ill else ""
    if found.is_right:
        return ""
    return f"{found.about}: {found.why or 'not as it should be'}; run `socialdirect channels setup`"
