"""Every setting: its name in the environment, its form, its default. Read once at the start, then passed in.

    settings = read_settings()                                  # from the environment and .env
    settings = read_settings(SECRET_KEY=..., ENCRYPTION_KEYS=...)   # the demo brings its own

Secrets are SecretStr: printed as stars, read by `.get_secret_value()`. docs/settings.md explains each to operators.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, SecretBytes, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from booking.model import Hours, Rules, fingerprint
from bot import forms
from bot.failures import WrongUse

# The platform's own site: its pages have the terms and the privacy policy.
PLATFORM = "https://www.socialdirect.fr"
TWILIO = "https://api.twilio.com"
TWILIO_CONTENT = "https://content.twilio.com"
TELEGRAM = "https://api.telegram.org"


def parse(value: object, form: Any) -> object:
    """Gives text to its form; a default or a value that a program passed is what it should be already."""
    return form(value) if isinstance(value, str) else value


def secret_address(value: SecretStr, *schemes: str) -> SecretStr:
    """Checks an address that may hold a password."""
    forms.address_of(value.get_secret_value(), *schemes)
    return value


def documents_address(value: SecretStr) -> SecretStr:
    """Checks where documents lie, which may hold a password."""
    forms.documents(value.get_secret_value())
    return value


def webhook_secret(value: SecretStr) -> SecretStr:
    """https://core.telegram.org/bots/api#setwebhook: 1 to 256 of these characters; we want 16 at least."""
    if re.fullmatch(r"[A-Za-z0-9_-]{16,256}", value.get_secret_value()) is None:
        raise ValueError("expected 16 to 256 letters, digits, _ and -: `socialdirect secrets` prints one")
    return value


def webhook_secrets(values: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
    """Each as the first must be."""
    return tuple(map(webhook_secret, values))


def keys(text: str) -> tuple[SecretBytes, ...]:
    """The first encrypts, all decrypt."""
    found = tuple(SecretBytes(forms.key(part)) for part in forms.parts(text))
    if not found:
        raise ValueError("expected at least one key: `socialdirect secrets` prints one")
    return found


def zone(text: str) -> ZoneInfo:
    """A name of the time zone database."""
    try:
        return ZoneInfo(text.strip())
    except (KeyError, ValueError, OSError) as error:
        raise ValueError("expected a time zone such as Europe/Paris") from error


Duration = Annotated[timedelta, BeforeValidator(partial(parse, form=forms.duration))]
Durations = Annotated[tuple[timedelta, ...], NoDecode, BeforeValidator(partial(parse, form=forms.durations))]
QuietHours = Annotated[forms.QuietHours, NoDecode, BeforeValidator(partial(parse, form=forms.quiet_hours))]
WeeklyHours = Annotated[tuple[Hours, ...], NoDecode, BeforeValidator(partial(parse, form=forms.weekly_hours))]
Rates = Annotated[Mapping[str, tuple[int, timedelta]], NoDecode, BeforeValidator(partial(parse, form=forms.rates))]
Prices = Annotated[Mapping[str, Decimal], NoDecode, BeforeValidator(partial(parse, form=forms.prices))]
Regions = Annotated[Mapping[str, str], NoDecode, BeforeValidator(partial(parse, form=forms.regions))]
Elsewhere = Annotated[frozenset[str], NoDecode, BeforeValidator(partial(parse, form=forms.elsewhere))]
Keys = Annotated[tuple[SecretBytes, ...], NoDecode, BeforeValidator(partial(parse, form=keys))]
Languages = Annotated[tuple[str, ...], NoDecode, BeforeValidator(partial(parse, form=forms.languages))]
Words = Annotated[
    tuple[SecretStr, ...],
    NoDecode,
    BeforeValidator(partial(parse, form=lambda text: tuple(map(SecretStr, forms.parts(text))))),
]
Zone = Annotated[ZoneInfo, BeforeValidator(partial(parse, form=zone))]
Phone = Annotated[str, AfterValidator(forms.phone)]
SmsSender = Annotated[str, AfterValidator(forms.sms_sender)]
SenderName = Annotated[str, AfterValidator(forms.sender_name)]
WebAddress = Annotated[str, AfterValidator(forms.web_address)]
MailAddress = Annotated[str, AfterValidator(forms.mail_address)]
DatabaseUrl = Annotated[SecretStr, AfterValidator(lambda url: secret_address(url, "sqlite", "postgres", "postgresql"))]
RedisUrl = Annotated[SecretStr, AfterValidator(lambda url: secret_address(url, "redis", "rediss", "unix"))]
SmtpUrl = Annotated[SecretStr, AfterValidator(lambda url: secret_address(url, "smtp", "smtps"))]
DocumentsUrl = Annotated[SecretStr, AfterValidator(documents_address)]
ScannerUrl = Annotated[str, AfterValidator(forms.scanner)]
Port = Annotated[int, Field(ge=0, le=65535)]


class Settings(BaseSettings):
    """What the operator decides. A name in capitals is the field of the same name."""

    model_config = SettingsConfigDict(
        env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True, validate_default=True
    )

    database_url: DatabaseUrl = SecretStr("sqlite://var/socialdirect.sqlite3")
    redis_url: RedisUrl | None = None
    host: str = "127.0.0.1"
    port: Port = 8080
    public_url: WebAddress = "http://127.0.0.1:8080"

    secret_key: Annotated[SecretStr, Field(min_length=32)]
    encryption_keys: Keys

    twilio_account_sid: Annotated[str, Field(pattern=r"^AC[0-9a-fA-F]{32}$")] | None = None
    twilio_auth_token: SecretStr | None = None
    twilio_api_key: Annotated[str, Field(pattern=r"^SK[0-9a-fA-F]{32}$")] | None = None
    twilio_api_secret: SecretStr | None = None
    twilio_whatsapp_api_key: Annotated[str, Field(pattern=r"^SK[0-9a-fA-F]{32}$")] | None = None
    twilio_whatsapp_api_secret: SecretStr | None = None
    twilio_extra_auth_tokens: Words = ()
    twilio_sms_from: SmsSender | None = None
    twilio_messaging_service_sid: Annotated[str, Field(pattern=r"^MG[0-9a-fA-F]{32}$")] | None = None
    twilio_sms_notice_from: SenderName | None = None
    twilio_whatsapp_from: Phone | None = None
    twilio_voice_from: Phone | None = None
    twilio_opt_out: Literal["default", "advanced"] = "default"
    twilio_api_url: WebAddress = TWILIO
    twilio_whatsapp_api_url: WebAddress = TWILIO
    twilio_content_api_url: WebAddress = TWILIO_CONTENT

    telegram_bot_token: SecretStr | None = None
    telegram_webhook_secret: Annotated[SecretStr, AfterValidator(webhook_secret)] | None = None
    telegram_extra_webhook_secrets: Annotated[Words, AfterValidator(webhook_secrets)] = ()
    telegram_api_url: WebAddress = TELEGRAM

    smtp_url: SmtpUrl | None = None
    mail_from: MailAddress | None = None
    alert_to: MailAddress | None = None

    documents_url: DocumentsUrl = SecretStr("file://var/documents")
    clamd_url: ScannerUrl | None = None

    video_url: WebAddress | None = None
    video_app_id: str | None = None
    video_secret: SecretStr | None = None

    switchboard_phone: Phone | None = None
    switchboard_hours: WeeklyHours = forms.weekly_hours("mon-fri 09:00-18:00")
    switchboard_on_holidays: bool = False
    desk_time: Duration = timedelta(minutes=30)

    terms_url: WebAddress = PLATFORM
    privacy_url: WebAddress = PLATFORM
    terms_version: Annotated[str, Field(min_length=1, max_length=32)] = "2024-10-15"
    privacy_version: Annotated[str, Field(min_length=1, max_length=32)] | None = None
    dpo_contact: Annotated[str, Field(max_length=200)] | None = None

    regions: Regions = {}
    acknowledged_outside_eu: Elsewhere = frozenset()

    default_locale: str = "fr"
    locales: Languages = ("fr", "en")
    time_zone: Zone = ZoneInfo("Europe/Paris")

    reminders: Durations = forms.durations("48h,2h")
    quiet_hours: QuietHours = forms.quiet_hours("21:00-08:00")
    booking_notice: Duration = timedelta(hours=4)
    booking_horizon: Duration = timedelta(days=56)
    hold_time: Duration = timedelta(minutes=15)
    offer_time: Duration = timedelta(hours=12)
    refusal_time: Duration = timedelta(days=30)
    free_within: Duration = timedelta(days=14)
    draft_time: Duration = timedelta(hours=72)
    max_appointments: Annotated[int, Field(ge=1)] = 2
    max_unasked: Annotated[int, Field(ge=1)] = 4
    max_cancellations: Annotated[int, Field(ge=1)] = 6
    max_segments_a_day: Annotated[int, Field(ge=1)] = 2000

    send_rates: Rates = forms.rates("sms=10/s,whatsapp=40/s,telegram=25/s,email=5/s")
    segment_prices: Prices = {}

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @property
    def sms_enabled(self) -> bool:
        """Whether people can write to us by SMS, and be answered."""
        return self.twilio_account_sid is not None and bool(self.twilio_sms_from or self.twilio_messaging_service_sid)

    @property
    def whatsapp_enabled(self) -> bool:
        """Whether people can write to us on WhatsApp."""
        return self.twilio_account_sid is not None and self.twilio_whatsapp_from is not None

    @property
    def telegram_enabled(self) -> bool:
        """Whether people can write to us on Telegram."""
        return self.telegram_bot_token is not None

    @property
    def calls_enabled(self) -> bool:
        """Whether the worker's call can be masked; else they are shown the number to dial."""
        return self.twilio_account_sid is not None and self.twilio_voice_from is not None

    @property
    def mail_enabled(self) -> bool:
        """Whether e-mail can be sent."""
        return self.smtp_url is not None

    @property
    def twilio_auth(self) -> tuple[str, str] | None:
        """Name and password for calls to Twilio: the API key where there is one, else account and token."""
        if self.twilio_api_key and self.twilio_api_secret:
            return self.twilio_api_key, self.twilio_api_secret.get_secret_value()
        if self.twilio_account_sid and self.twilio_auth_token:
            return self.twilio_account_sid, self.twilio_auth_token.get_secret_value()
        return None

    @property
    def twilio_whatsapp_auth(self) -> tuple[str, str] | None:
        """The same for WhatsApp and its contents: a key of its own where texts go by another region."""
        if self.twilio_whatsapp_api_key and self.twilio_whatsapp_api_secret:
            return self.twilio_whatsapp_api_key, self.twilio_whatsapp_api_secret.get_secret_value()
        return self.twilio_auth

    @property
    def webhook_auth_tokens(self) -> tuple[str, ...]:
        """Every token that may have signed a webhook of Twilio's, the usual one first."""
        tokens = ([self.twilio_auth_token] if self.twilio_auth_token else []) + list(self.twilio_extra_auth_tokens)
        return tuple(token.get_secret_value() for token in tokens)

    @property
    def telegram_webhook_secrets(self) -> tuple[str, ...]:
        """Every secret that Telegram may bring, the usual one first. None where Telegram is off."""
        first = [self.telegram_webhook_secret] if self.telegram_webhook_secret else []
        return tuple(secret.get_secret_value() for secret in (*first, *self.telegram_extra_webhook_secrets) if first)

    @property
    def policy_version(self) -> str:
        """Of the privacy policy: the terms', unless it has one of its own."""
        return self.privacy_version or self.terms_version

    @property
    def rules(self) -> Rules:
        """What the booking core obeys."""
        return Rules(
            notice=self.booking_notice,
            horizon=self.booking_horizon,
            hold_time=self.hold_time,
            offer_time=self.offer_time,
            refusal_time=self.refusal_time,
            free_within=self.free_within,
            time_zone=str(self.time_zone),
            max_appointments=self.max_appointments,
            max_cancellations=self.max_cancellations,
            terms_version=self.terms_version,
            policy_version=self.policy_version,
            terms_hash=fingerprint(self.terms_url, self.terms_version),
            policy_hash=fingerprint(self.privacy_url, self.policy_version),
        )

    def provider_credentials(self) -> tuple[str, ...]:
        """The names of those set that let us speak to real people: the demo refuses to start with any."""
        names = (
            "twilio_auth_token",
            "twilio_api_secret",
            "twilio_whatsapp_api_secret",
            "telegram_bot_token",
            "smtp_url",
            "video_secret",
        )
        return tuple(name.upper() for name in names if getattr(self, name) is not None)


# Each needs the other(s): half of a pair is a mistake, and is better found at the start.
NEEDS: Mapping[str, tuple[str, ...]] = {
    "twilio_account_sid": ("twilio_auth_token",),
    "twilio_auth_token": ("twilio_account_sid",),
    "twilio_api_key": ("twilio_api_secret", "twilio_account_sid"),
    "twilio_api_secret": ("twilio_api_key",),
    "twilio_whatsapp_api_key": ("twilio_whatsapp_api_secret", "twilio_account_sid"),
    "twilio_whatsapp_api_secret": ("twilio_whatsapp_api_key",),
    "telegram_bot_token": ("telegram_webhook_secret",),
    "smtp_url": ("mail_from",),
    "video_app_id": ("video_secret", "video_url"),
    "video_secret": ("video_app_id",),
}


class WrongSettings(WrongUse):
    """Settings that cannot be used. `problems` are (name, what is wrong), without values; its text is one line."""

    def __init__(self, problems: tuple[tuple[str, str], ...]) -> None:
        super().__init__("; ".join(f"{name} {reason}" for name, reason in problems))
        self.problems = problems


def read_settings(*, env_file: str | Path | None = ".env", **given: object) -> Settings:
    """All settings, or WrongSettings. `given` (names in capitals) goes before the environment, that before `.env`."""
    values: dict[str, Any] = {name.lower(): value for name, value in given.items()}
    try:
        settings = Settings(_env_file=env_file, **values)
    except ValidationError as error:
        raise WrongSettings(tuple(problems_of(error))) from None
    if found := tuple(contradictions(settings)):
        raise WrongSettings(found)
    return settings


def problems_of(error: ValidationError) -> Iterator[tuple[str, str]]:
    """Pydantic's findings without the values, which may be secrets."""
    for name, finding in {str(entry["loc"][0]): entry for entry in error.errors(include_input=False)}.items():
        if finding["type"] == "missing":
            yield name.upper(), "is missing (`socialdirect secrets` prints one)"
        elif finding["type"] == "string_pattern_mismatch":
            yield name.upper(), "is wrong: expected the id as Twilio's console shows it"
        else:
            yield name.upper(), f"is wrong: {plain(finding['msg'])}"


def plain(message: str) -> str:
    """Pydantic's sentence as one would say it."""
    for theirs, ours in {
        "Value error, ": "",
        "Input s": "s",
        "Value s": "s",
        " items after validation": " characters",
    }.items():
        message = message.replace(theirs, ours)
    return message


def contradictions(settings: Settings) -> Iterator[tuple[str, str]]:
    """What is right by itself and wrong together."""
    for name, needed in NEEDS.items():
        for other in needed:
            if getattr(settings, name) is not None and getattr(settings, other) is None:
                yield other.upper(), f"is missing: {name.upper()} needs it"
    if settings.default_locale not in settings.locales:
        yield "DEFAULT_LOCALE", "is wrong: it is not among LOCALES"
    if settings.booking_notice >= settings.booking_horizon:
        yield "BOOKING_NOTICE", "is wrong: it must be shorter than BOOKING_HORIZON"
