"""What `socialdirect doctor` tells from the settings alone. `SETTINGS` is the list.

A setting without sense, or half of a pair, keeps the program from starting (`settings.py`, status 2). Here is what it
can be started with, and what then goes wrong with people or providers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta, tzinfo
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from booking import phones
from bot.findings import well, wrong
from bot.region_checks import in_ireland, regions
from bot.settings import PLATFORM, Settings
from handlers.channels.base import Finding
from handlers.soon import BEFORE
from locales import languages
from locales.words import word_languages

# https://core.telegram.org/bots/api#setwebhook
TELEGRAM_PORTS: Final = frozenset({443, 80, 88, 8443})
# An HS256 key is as long as its hash at least (RFC 7518, 3.2).
LEAST_SECRET: Final = 32
LONGEST_QUIET: Final = timedelta(hours=16)  # the notices of a day need some hours of it


def public_address(settings: Settings) -> Iterator[Finding]:
    url = urlsplit(settings.public_url)
    faults = {
        "must begin with https://: providers and phones refuse anything else": url.scheme != "https",
        "is an address of this machine or network: nobody else reaches it": is_inner(url.hostname or ""),
        "holds a name or password: take it out, every link to people would show it": "@" in url.netloc,
        "has a path: our routes begin at a host's root, so give the program a host of its own": url.path != "",
        "has an underscore in its host: Twilio refuses such addresses of callbacks": "_" in (url.hostname or ""),
        "has a port that Telegram refuses: 443, 80, 88 or 8443": settings.telegram_enabled
        and (url.port or 443) not in TELEGRAM_PORTS,
    }
    found = [wrong("public address", f"PUBLIC_URL {words}") for words, stands in faults.items() if stands]
    yield from found or [well("public address", settings.public_url)]


def is_inner(host: str) -> bool:
    """Whether only this machine, or its own network, knows the host."""
    try:
        return not ip_address(host).is_global
    except ValueError:
        return "." not in host or host.endswith((".localhost", ".local", ".internal"))


def channels_open(settings: Settings) -> Iterator[Finding]:
    opened = {
        "sms": settings.sms_enabled,
        "whatsapp": settings.whatsapp_enabled,
        "telegram": settings.telegram_enabled,
        "email": settings.mail_enabled,
    }
    names = ", ".join(name for name, on in opened.items() if on)
    if not (settings.sms_enabled or settings.whatsapp_enabled or settings.telegram_enabled):
        yield wrong("channels", "people cannot write to us: set up Twilio or Telegram (docs/settings.md)")
    else:
        yield well("channels", f"{names} are set up")


def sender(settings: Settings) -> Iterator[Finding]:
    """Arcep's decision 2022-1583: since 2023 mobile numbers are for people, not for machines."""
    number, service = settings.twilio_sms_from or "", settings.twilio_messaging_service_sid
    if settings.twilio_account_sid and not (settings.sms_enabled or settings.whatsapp_enabled):
        named = "TWILIO_SMS_FROM, TWILIO_MESSAGING_SERVICE_SID or TWILIO_WHATSAPP_FROM"
        if settings.twilio_sms_notice_from:
            yield wrong("sender", f"TWILIO_SMS_NOTICE_FROM alone cannot be answered: people need {named} to write to")
        else:
            yield wrong("sender", f"Twilio has no sender: {named}")
    if number.startswith("+") and phones.read(number):
        yield wrong(
            "sms sender",
            "TWILIO_SMS_FROM is a French mobile number, and machines may not send from one (Arcep): a short code or a "
            "09 37-39 number may",
        )
    elif number:
        yield well("sms sender", "of a form that machines may send from")
    if settings.twilio_opt_out == "advanced" and settings.sms_enabled and service is None:
        yield wrong(
            "opt-out",
            "TWILIO_OPT_OUT=advanced needs a messaging service (TWILIO_MESSAGING_SERVICE_SID): a number alone has no "
            "words of its own",
        )


def twilio_regions(settings: Settings) -> Iterator[Finding]:
    """https://www.twilio.com/docs/global-infrastructure/using-the-twilio-rest-api-in-a-non-us-region"""
    if not settings.twilio_account_sid:
        return
    for name in ("twilio_whatsapp_api_url", "twilio_content_api_url"):
        if settings.whatsapp_enabled and in_ireland(getattr(settings, name)):
            yield wrong("region", f"{name.upper()} is Ireland's, which has no WhatsApp (21671): leave it out")
    if settings.whatsapp_enabled and in_ireland(settings.twilio_api_url) and not settings.twilio_whatsapp_api_key:
        yield wrong(
            "region",
            "a key opens one region, and Ireland's has no WhatsApp: make one in region United States, and name it in "
            "TWILIO_WHATSAPP_API_KEY, TWILIO_WHATSAPP_API_SECRET",
        )
    host = urlsplit(settings.twilio_api_url).hostname or ""
    if in_ireland(settings.twilio_api_url) and host != "api.dublin.ie1.twilio.com":
        yield wrong(
            "region", "TWILIO_API_URL: Ireland's address is https://api.dublin.ie1.twilio.com, both parts of it"
        )


def mail(settings: Settings) -> Iterator[Finding]:
    if not settings.mail_enabled:
        yield wrong("mail", "SMTP_URL is not set: e-mail addresses cannot be confirmed, workers have no mail")


def alarms(settings: Settings) -> Iterator[Finding]:
    if settings.alert_to is None:
        yield well("alarms", "in the log and the metrics; ALERT_TO would mail them, too")
    elif not settings.mail_enabled:
        yield wrong("alarms", "ALERT_TO is set and SMTP_URL is not: nothing is mailed")
    else:
        yield well("alarms", "in the log, the metrics and by mail")


def video(settings: Settings) -> Iterator[Finding]:
    if settings.video_url is None:
        return
    if not settings.video_url.startswith("https://"):
        yield wrong("video", "VIDEO_URL must begin with https://: browsers give no camera elsewhere")
    elif settings.video_secret is None:
        yield well("video", "who has a room's name may enter it; VIDEO_APP_ID and VIDEO_SECRET would ask for a token")
    elif len(settings.video_secret.get_secret_value()) < LEAST_SECRET:
        yield wrong(
            "video",
            f"VIDEO_SECRET is shorter than {LEAST_SECRET} signs: who has a token, as each visitor has, can guess it, "
            "and enter as the worker; make a longer one, for the video server too",
        )
    else:
        yield well("video", "rooms are entered with signed tokens")


def desk(settings: Settings) -> Iterator[Finding]:
    if settings.switchboard_phone is None:
        yield wrong("desk", "SWITCHBOARD_PHONE is not set: people who need a human are given no number")
    else:
        yield well("desk", "its number is given to whoever needs a human")


def terms(settings: Settings) -> Iterator[Finding]:
    for name in ("terms_url", "privacy_url"):
        url = getattr(settings, name)
        if url != PLATFORM and not url.startswith("https://"):
            yield wrong("terms", f"{name.upper()} must begin with https://: phones warn of anything else")
    if settings.dpo_contact is None and settings.public_url.startswith("https://"):
        yield wrong("terms", "DPO_CONTACT is not set: the page /legal names no data protection officer")


def tongues(settings: Settings) -> Iterator[Finding]:
    missing = sorted(set(settings.locales) - ({*languages()} & {*word_languages()}))
    if missing:
        yield wrong("languages", f"LOCALES names {', '.join(missing)}, without a catalogue in locales/")
    else:
        yield well("languages", ", ".join(settings.locales))


def times(settings: Settings) -> Iterator[Finding]:
    quiet, found = settings.quiet_hours, list[Finding]()
    start, end = (timedelta(hours=at.hour, minutes=at.minute) for at in (quiet.start, quiet.end))
    if (end - start) % timedelta(days=1) > LONGEST_QUIET:
        found.append(wrong("times", "QUIET_HOURS leave less than 8 hours of a day for notices: are they turned round?"))
    if min(settings.reminders) <= BEFORE:
        found.append(wrong("times", "REMINDERS: the last ten minutes have a message of their own; 2h is usual"))
    if max(settings.reminders) > settings.booking_horizon:
        found.append(wrong("times", "REMINDERS: one is longer before than anybody can book (BOOKING_HORIZON)"))
    if len(settings.reminders) > settings.max_unasked:
        found.append(wrong("times", "REMINDERS are more than MAX_UNASKED messages a day: leave some out"))
    if _is_fixed(settings.time_zone):
        found.append(wrong("times", "TIME_ZONE has no summer time, and the desk's hours have: Europe/Paris"))
    yield from found or [well("times", f"quiet hours, reminders and zone ({settings.time_zone}) fit each other")]


def _is_fixed(zone: tzinfo) -> bool:
    """UTC and the like. The overseas territories have no summer time either, and a place in their name."""
    offsets = {datetime(2026, month, 15, tzinfo=zone).utcoffset() for month in (1, 7)}
    return len(offsets) == 1 and ("/" not in str(zone) or str(zone).startswith("Etc/"))


SETTINGS: Final[Sequence[Callable[[Settings], Iterator[Finding]]]] = (
    public_address,
    channels_open,
    sender,
    twilio_regions,
    mail,
    alarms,
    video,
    desk,
    terms,
    tongues,
    times,
    regions,
)
