"""The settings as a whole: defaults, what is needed together, and failures that name the setting and not its value."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from booking.model import Rules, fingerprint
from bot import forms
from bot.app import _telegram
from bot.secrets import fresh
from bot.settings import Settings, WrongSettings, read_settings
from handlers.channels.base import BadOrigin, Request
from handlers.channels.telegram import HEADER
from tests.guards import guards

KEYS = {name: value for name, value in fresh().items() if name != "TELEGRAM_WEBHOOK_SECRET"}
TWILIO = {"TWILIO_ACCOUNT_SID": "AC00000000000000000000000000000001", "TWILIO_AUTH_TOKEN": "token-not-real"}


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the shell of the person who runs the tests has set."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def read(**given: object) -> Settings:
    return read_settings(env_file=None, **{**KEYS, **given})


def refused(**given: object) -> str:
    with pytest.raises(WrongSettings) as refusal:
        read(**given)
    return str(refusal.value)


def test_only_our_keys_are_required() -> None:
    with pytest.raises(WrongSettings) as refusal:
        read_settings(env_file=None)
    assert [name for name, _ in refusal.value.problems] == ["SECRET_KEY", "ENCRYPTION_KEYS"]
    settings = read()
    assert settings.reminders == (timedelta(hours=48), timedelta(hours=2))
    assert replace(settings.rules, terms_hash=None, policy_hash=None) == Rules()
    assert not any([settings.sms_enabled, settings.whatsapp_enabled, settings.telegram_enabled, settings.mail_enabled])
    assert settings.provider_credentials() == ()


def test_the_policy_has_the_version_of_the_terms_unless_it_has_its_own() -> None:
    assert read(TERMS_VERSION="2027-01-01").rules.policy_version == "2027-01-01"
    rules = read(TERMS_VERSION="2027-01-01", PRIVACY_VERSION="7", PRIVACY_URL="https://example.org/policy").rules
    assert (rules.terms_version, rules.policy_version) == ("2027-01-01", "7")
    assert rules.policy_hash == fingerprint("https://example.org/policy", "7") != rules.terms_hash
    assert "TERMS_VERSION" in refused(TERMS_VERSION="v" * 33)


def test_the_environment_goes_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / ".env"
    file.write_text(
        "\n".join([*(f"{name}={value}" for name, value in KEYS.items()), "PORT=9000", "HOST=::1", "REDIS_URL="])
    )
    monkeypatch.setenv("PORT", "9001")
    settings = read_settings(env_file=file)
    assert (settings.port, settings.host, settings.redis_url) == (9001, "::1", None)
    assert read_settings(env_file=file, PORT=9002).port == 9002


def test_channels_are_on_when_they_have_what_they_need() -> None:
    assert not read(**TWILIO).sms_enabled
    assert read(**TWILIO, TWILIO_SMS_FROM="+33199000001").sms_enabled
    assert read(**TWILIO, TWILIO_MESSAGING_SERVICE_SID="MG" + "0" * 32).sms_enabled
    assert read(**TWILIO, TWILIO_WHATSAPP_FROM="+33199000002").whatsapp_enabled
    assert read(**TWILIO, TWILIO_VOICE_FROM="+33199000001").calls_enabled
    assert read(TELEGRAM_BOT_TOKEN="1:not-real", TELEGRAM_WEBHOOK_SECRET="s" * 20).telegram_enabled
    assert read(SMTP_URL="smtp://localhost:25", MAIL_FROM="rdv@example.org").mail_enabled


def test_webhooks_may_be_signed_with_several_tokens() -> None:
    settings = read(**TWILIO, TWILIO_EXTRA_AUTH_TOKENS="older, region")
    assert settings.webhook_auth_tokens == ("token-not-real", "older", "region")


@guards("T09")
def test_telegram_may_bring_a_former_secret() -> None:
    first, former = "s" * 20, "f" * 20
    telegram = {"TELEGRAM_BOT_TOKEN": "1:not-real", "TELEGRAM_WEBHOOK_SECRET": first}
    settings = read(**telegram, TELEGRAM_EXTRA_WEBHOOK_SECRETS=former)
    assert settings.telegram_webhook_secrets == (first, former)
    assert "TELEGRAM_EXTRA_WEBHOOK_SECRETS is wrong" in refused(TELEGRAM_EXTRA_WEBHOOK_SECRETS="short")
    provider = _telegram(settings)
    assert provider is not None
    for secret in (first, former):
        provider.verify(Request("POST", "/webhooks/telegram", {HEADER: secret}, b"{}"))
    with pytest.raises(BadOrigin):
        provider.verify(Request("POST", "/webhooks/telegram", {HEADER: "s" * 21}, b"{}"))


def test_the_first_key_encrypts_and_all_decrypt() -> None:
    first, second = fresh()["ENCRYPTION_KEYS"], fresh()["ENCRYPTION_KEYS"]
    keys = read(ENCRYPTION_KEYS=f"{first},{second}").encryption_keys
    assert [key.get_secret_value() for key in keys] == [forms.key(first), forms.key(second)]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "too-short-a-secret"),
        ("ENCRYPTION_KEYS", "bm90LWxvbmctZW5vdWdo"),
        ("DATABASE_URL", "mysql://user:password@host/db"),
        ("REDIS_URL", "http://user:password@host"),
        ("SMTP_URL", "https://user:password@host"),
        ("PUBLIC_URL", "without-a-scheme.test"),
        ("PORT", "99999"),
        ("TWILIO_ACCOUNT_SID", "ACshort"),
        ("TWILIO_SMS_FROM", "0199000001"),
        ("TWILIO_OPT_OUT", "sometimes"),
        ("TELEGRAM_WEBHOOK_SECRET", "guessable"),
        ("MAIL_FROM", "nobody"),
        ("SWITCHBOARD_HOURS", "always-open"),
        ("LOCALES", "french"),
        ("TIME_ZONE", "Europe/Nowhere"),
        ("TIME_ZONE", "../../etc/passwd"),
        ("REMINDERS", "tomorrow"),
        ("QUIET_HOURS", "nights-only"),
        ("BOOKING_NOTICE", "soonish"),
        ("MAX_APPOINTMENTS", "-7777"),
        ("LOG_LEVEL", "CHATTY"),
    ],
)
def test_a_wrong_setting_is_named_in_one_line_without_its_value(name: str, value: str) -> None:
    said = refused(**{name: value})
    assert said.startswith(f"{name} is wrong: ")
    assert value not in said
    assert "\n" not in said


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"TWILIO_AUTH_TOKEN": "x"}, "TWILIO_ACCOUNT_SID is missing: TWILIO_AUTH_TOKEN needs it"),
        ({"TELEGRAM_BOT_TOKEN": "1:x"}, "TELEGRAM_WEBHOOK_SECRET is missing: TELEGRAM_BOT_TOKEN needs it"),
        ({"SMTP_URL": "smtp://localhost"}, "MAIL_FROM is missing: SMTP_URL needs it"),
        ({"VIDEO_SECRET": "x"}, "VIDEO_APP_ID is missing: VIDEO_SECRET needs it"),
        ({"LOCALES": "en"}, "DEFAULT_LOCALE is wrong: it is not among LOCALES"),
        ({"BOOKING_NOTICE": "60d"}, "BOOKING_NOTICE is wrong: it must be shorter than BOOKING_HORIZON"),
    ],
)
def test_what_belongs_together(given: dict[str, str], said: str) -> None:
    assert refused(**given) == said


def test_secrets_are_printed_as_stars() -> None:
    secrets = {
        **TWILIO,
        "TWILIO_API_KEY": "SK" + "0" * 32,
        "TWILIO_API_SECRET": "hidden-api",
        "TWILIO_EXTRA_AUTH_TOKENS": "hidden-extra",
        "TELEGRAM_BOT_TOKEN": "1:hidden-bot",
        "TELEGRAM_WEBHOOK_SECRET": "hidden-webhook-secret",
        "TELEGRAM_EXTRA_WEBHOOK_SECRETS": "hidden-webhook-secret-of-before",
        "DATABASE_URL": "postgres://user:hidden-db@host/db",
        "REDIS_URL": "redis://:hidden-redis@host",
        "SMTP_URL": "smtp://user:hidden-smtp@host",
        "MAIL_FROM": "rdv@example.org",
        "VIDEO_URL": "https://video.example.org",
        "VIDEO_APP_ID": "app",
        "VIDEO_SECRET": "hidden-video",
    }
    settings = read(**secrets)
    shown = f"{settings!r} {settings} {settings.model_dump()}"
    assert "hidden" not in shown
    assert "token-not-real" not in shown
    assert not any(value in shown for value in KEYS.values())
    assert settings.provider_credentials() == (
        "TWILIO_AUTH_TOKEN",
        "TWILIO_API_SECRET",
        "TELEGRAM_BOT_TOKEN",
        "SMTP_URL",
        "VIDEO_SECRET",
    )
