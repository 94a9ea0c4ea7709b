"""Each wrong setting, at ours or at a provider's, is named by `doctor` with its remedy; nothing secret is said.

What keeps the program from starting at all is in `tests/bot/test_doctor.py`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink

from bot.app import build
from bot.channels import set_up
from bot.doctor import say
from bot.secrets import fresh
from bot.settings import Settings, read_settings
from bot.settings_checks import twilio_regions
from bot.standins.faults import Reject
from bot.standins.telegram import TelegramStandIn
from bot.standins.twilio import TwilioStandIn
from tests.journeys.town import load_sample
from tests.servers.ports import unused_port
from tests.servers.tls import contexts
from tests.standins.conftest import ACCOUNT, PUBLIC_URL, SECRET, TOKEN, Running
from tests.standins.front import Front, fronted

REGIONS = "server=fr,database=fr,documents=fr,backups=fr,scanner=fr,redis=fr,mail=ie,video=eu,twilio=ie"
KEYS = {name: value for name, value in fresh().items() if name != "TELEGRAM_WEBHOOK_SECRET"}
SERVED = {
    **KEYS,
    "PUBLIC_URL": PUBLIC_URL,
    "TWILIO_ACCOUNT_SID": ACCOUNT.sid,
    "TWILIO_AUTH_TOKEN": ACCOUNT.auth_token,
    "TWILIO_SMS_FROM": ACCOUNT.sms_number,
    "TELEGRAM_BOT_TOKEN": TOKEN,
    "TELEGRAM_WEBHOOK_SECRET": SECRET,
}
SERVICE = ACCOUNT.service_sid
IRELAND = "https://api.dublin.ie1.twilio.com"
OTHER_TOKEN = "f" * 32
OUTDATED = frozenset({"web server"})  # it runs with the settings of before
MOVED = frozenset(
    {"sms set-up", "whatsapp set-up", "telegram", "telegram set-up"}
)  # our address is not the one that they know


@dataclass
class Place:
    """Everything as it should be: settings, a loaded database, a mail server, providers that were set up."""

    twilio: TwilioStandIn
    telegram: TelegramStandIn
    given: Mapping[str, object]
    front: Front

    def settings(self, **more: object) -> Settings:
        return read_settings(env_file=None, **{**self.given, **more})


@pytest.fixture(scope="module")
async def database(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = f"sqlite://{tmp_path_factory.mktemp('doctor') / 'loaded.sqlite3'}"
    async with build(read_settings(env_file=None, **KEYS, DATABASE_URL=url)) as app:
        await load_sample(app)
    return url


@pytest.fixture(scope="module")
async def front(database: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Front]:
    """`socialdirect serve` at our public address."""
    tls = contexts(tmp_path_factory.mktemp("tls"), "chat.example.org")
    async with fronted(read_settings(env_file=None, **SERVED, DATABASE_URL=database), tls) as front:
        yield front


@pytest.fixture(scope="module")
def smtp() -> Any:
    port = unused_port()
    controller = Controller(Sink(), hostname="127.0.0.1", port=port)
    controller.start()
    yield f"smtp://127.0.0.1:{port}"
    controller.stop()


@pytest.fixture
async def place(
    twilio: Running,
    telegram: TelegramStandIn,
    telegram_base: str,
    database: str,
    front: Front,
    smtp: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> Place:
    given = {
        **SERVED,
        "DOCUMENTS_URL": f"file://{tmp_path}/papers",
        "DATABASE_URL": database,
        "TWILIO_API_KEY": ACCOUNT.api_key,
        "TWILIO_API_SECRET": ACCOUNT.api_secret,
        "TWILIO_WHATSAPP_FROM": ACCOUNT.whatsapp_number,
        "TWILIO_VOICE_FROM": ACCOUNT.voice_number,
        "TWILIO_API_URL": twilio.base,
        "TWILIO_WHATSAPP_API_URL": twilio.base,
        "TWILIO_CONTENT_API_URL": twilio.base,
        "TELEGRAM_API_URL": telegram_base,
        "SMTP_URL": smtp,
        "MAIL_FROM": "bot@example.org",
        "ALERT_TO": "ops@example.org",
        "VIDEO_URL": "https://video.example.org",
        "VIDEO_APP_ID": "social-direct",
        "VIDEO_SECRET": "a made-up video secret of more than 32 signs",
        "SWITCHBOARD_PHONE": "+33199000009",
        "DPO_CONTACT": "dpo@example.org",
        "REGIONS": REGIONS,
        "ACKNOWLEDGED_OUTSIDE_EU": "meta,telegram",
    }
    place = Place(twilio.standin, telegram, given, front)
    assert await set_up(place.settings(), dry_run=False, again=False) == 0
    assert await set_up(place.settings(TWILIO_MESSAGING_SERVICE_SID=SERVICE), dry_run=False, again=False) == 0
    capsys.readouterr()
    return place


@dataclass
class Ill:
    """What is done to the place, and the one line that it must give. `also`: what else follows from it."""

    line: str
    remedy: str
    given: Mapping[str, object] = field(default_factory=dict)
    change: Callable[[Place], object] = lambda place: None
    also: frozenset[str] = frozenset()


def at_address(url: str, remedy: str) -> Ill:
    return Ill("public address", remedy, {"PUBLIC_URL": url}, also=MOVED)


def at_twilio(**fields: object) -> Callable[[Place], object]:
    """Fields of the number, as somebody left them in Twilio's console."""
    return lambda place: place.twilio.numbers.number.update(fields)


def in_service(**fields: object) -> Callable[[Place], object]:
    return lambda place: place.twilio.numbers.service.update(fields)


def on_whatsapp(**fields: object) -> Callable[[Place], object]:
    return lambda place: place.twilio.senders.whatsapp.update(fields)


def pool(*numbers: str) -> Callable[[Place], object]:
    return lambda place: setattr(place.twilio.senders, "pool", list(numbers))


def webhook(**given: object) -> Callable[[Place], object]:
    """Telegram's, set by some other program."""
    whole = {"url": f"{PUBLIC_URL}/webhooks/telegram", "secret_token": SECRET}
    return lambda place: place.telegram.webhook.set({**whole, **given})


def bot_is(**facts: bool) -> Callable[[Place], object]:
    return lambda place: place.telegram.me.update(facts)


async def other_secret(place: Place) -> None:
    """Telegram calls with a secret that we refuse."""
    place.telegram.webhook.secret = "another-secret-of-theirs"
    place.telegram.webhook._failed = (place.telegram.clock(), "Wrong response from the webhook: 403 Forbidden")


def no_commands(place: Place) -> None:
    place.telegram._kept.clear()


ILLS = {
    # Our own address
    "address without TLS": at_address("http://chat.example.org", "must begin with https://"),
    "address of this network": at_address("https://10.0.0.7", "nobody else reaches it"),
    "address with a path": at_address(f"{PUBLIC_URL}/sd", "a host of its own"),
    "address with a password": at_address("https://me:hidden-word@chat.example.org", "take it out"),
    "address with an underscore": at_address("https://my_chat.example.org", "Twilio refuses"),
    "address on an odd port": at_address(f"{PUBLIC_URL}:9443", "443, 80, 88 or 8443"),
    # Senders
    "mobile sender": Ill(
        "sms sender",
        "short code or a 09 37-39",
        {"TWILIO_SMS_FROM": "+33639980001"},
        also=frozenset({"sms set-up"}),  # nor is it the account's
    ),
    "name as the only sender": Ill(
        "sender",
        "cannot be answered",
        {"TWILIO_SMS_FROM": None, "TWILIO_WHATSAPP_FROM": None, "TWILIO_SMS_NOTICE_FROM": "SocialDir"},
    ),
    "no sender": Ill("sender", "TWILIO_SMS_FROM", {"TWILIO_SMS_FROM": None, "TWILIO_WHATSAPP_FROM": None}),
    "number of somebody else": Ill("sms set-up", "not a number or short code", {"TWILIO_SMS_FROM": "+33199000077"}),
    "short code of somebody else": Ill("sms set-up", "not a number or short code", {"TWILIO_SMS_FROM": "38999"}),
    "number without texts": Ill(
        "sms sender", "take a number with SMS", change=lambda place: setattr(place.twilio.numbers, "texts", False)
    ),
    "voice number of somebody else": Ill("voice", "not a number of the account", {"TWILIO_VOICE_FROM": "+33199000077"}),
    "voice number without voice": Ill("voice", "with voice", {"TWILIO_VOICE_FROM": ACCOUNT.sms_number}),
    "mobile voice number": Ill("voice", "machines may not call", {"TWILIO_VOICE_FROM": "+33639980001"}),
    "whatsapp number of somebody else": Ill(
        "whatsapp set-up", "without `whatsapp:`", {"TWILIO_WHATSAPP_FROM": "+33199000077"}
    ),
    "whatsapp sender offline": Ill(
        "whatsapp set-up",
        "says what is missing",
        change=lambda place: setattr(place.twilio.senders, "status", "OFFLINE"),
    ),
    # The account
    "wrong auth token": Ill(
        "twilio keys", "TWILIO_AUTH_TOKEN is not that of", {"TWILIO_AUTH_TOKEN": OTHER_TOKEN}, also=OUTDATED
    ),
    "key of another account": Ill(
        "twilio keys",
        "TWILIO_API_KEY, TWILIO_API_SECRET",
        {"TWILIO_API_KEY": "SK" + "9" * 32},
        also=frozenset(
            {
                "sms",
                "whatsapp",
                "whatsapp contents",
                "twilio log",
                "voice",
                "sms sender",
                "sms set-up",
                "whatsapp set-up",
            }
        ),
    ),
    "token of another account": Ill(
        "twilio keys",
        "TWILIO_AUTH_TOKEN is not that of TWILIO_ACCOUNT_SID",
        {"TWILIO_ACCOUNT_SID": "AC" + "9" * 32},
        also=OUTDATED | {"sms", "whatsapp", "twilio log", "voice", "sms sender", "sms set-up", "whatsapp set-up"},
    ),
    "suspended account": Ill(
        "sms",
        "console says why",
        change=lambda place: setattr(place.twilio, "state", "suspended"),
        also=frozenset({"whatsapp"}),
    ),
    "twilio away": Ill(
        "twilio keys",
        "does not answer at TWILIO_API_URL",
        {"TWILIO_API_URL": "http://127.0.0.1:1"},
        also=frozenset({"sms", "twilio log", "voice", "sms sender", "sms set-up"}),
    ),
    "key that may not read messages": Ill(
        "twilio log",
        "the right to read messages",
        change=lambda place: place.twilio.faults.add(
            Reject(20403), when=lambda call: call.operation == "ListMessage", times=None
        ),
    ),
    # Opt-out
    "advanced opt-out without a service": Ill("opt-out", "messaging service", {"TWILIO_OPT_OUT": "advanced"}),
    # Messaging service
    "unknown service": Ill(
        "messaging service",
        "copy it from its console",
        {"TWILIO_MESSAGING_SERVICE_SID": "MG" + "9" * 32},
        also=frozenset({"sms set-up", "twilio log"}),
    ),
    "empty pool": Ill("messaging service", "add one", {"TWILIO_MESSAGING_SERVICE_SID": SERVICE}, pool()),
    "service without the number": Ill(
        "messaging service", "add it", {"TWILIO_MESSAGING_SERVICE_SID": SERVICE}, pool("+33199000055")
    ),
    "mobile in the pool": Ill(
        "messaging service",
        "take it out",
        {"TWILIO_MESSAGING_SERVICE_SID": SERVICE, "TWILIO_SMS_FROM": None},
        pool("+33639980001"),
    ),
    "service leaves it to its numbers": Ill(
        "sms set-up",
        "channels setup",
        {"TWILIO_MESSAGING_SERVICE_SID": SERVICE},
        in_service(use_inbound_webhook_on_number=True),
    ),
    "service without fallback": Ill(
        "sms set-up",
        "sms fallback of the messaging service: none is set",
        {"TWILIO_MESSAGING_SERVICE_SID": SERVICE},
        in_service(fallback_url=None),
    ),
    # Webhooks
    "webhook unset": Ill("sms set-up", "sms webhook of the number: none is set", change=at_twilio(sms_url="")),
    "webhook elsewhere": Ill(
        "sms set-up",
        "sms webhook of the number: it leads elsewhere",
        change=at_twilio(sms_url="https://me:hidden-word@elsewhere.example.org/sms"),
    ),
    "webhook by GET": Ill("sms set-up", "its method", change=at_twilio(sms_method="GET")),
    "fallback missing": Ill("sms set-up", "sms fallback of the number: none", change=at_twilio(sms_fallback_url="")),
    "retries missing": Ill(
        "sms set-up",
        "it lacks #rc=5&rp=all",
        change=at_twilio(sms_url=f"{PUBLIC_URL}/webhooks/twilio/messages"),
    ),
    "whatsapp webhook elsewhere": Ill(
        "whatsapp set-up",
        "whatsapp webhook: it leads elsewhere",
        change=on_whatsapp(callback_url="https://elsewhere.example.org/"),
    ),
    "whatsapp fallback missing": Ill(
        "whatsapp set-up", "whatsapp fallback: none", change=on_whatsapp(fallback_url=None)
    ),
    # Telegram
    "wrong bot token": Ill(
        "telegram",
        "check TELEGRAM_BOT_TOKEN",
        {"TELEGRAM_BOT_TOKEN": "990000000000002:OTHER-TOKEN-NOT-REAL"},
        also=frozenset({"telegram set-up"}),
    ),
    "telegram webhook unset": Ill(
        "telegram set-up", "telegram webhook: none is set", change=webhook(url=""), also=frozenset({"telegram"})
    ),
    "telegram webhook elsewhere": Ill(
        "telegram set-up",
        "telegram webhook: it leads elsewhere",
        change=webhook(url="https://elsewhere.example.org/"),
        also=frozenset({"telegram"}),
    ),
    "other kinds of updates": Ill(
        "telegram set-up", "its kinds of updates", change=webhook(allowed_updates=["message"])
    ),
    "other secret": Ill("telegram set-up", "it has another secret", change=other_secret, also=frozenset({"telegram"})),
    "groups": Ill("telegram set-up", "/setjoingroups, Disable", change=bot_is(can_join_groups=True)),
    "privacy mode off": Ill("telegram set-up", "/setprivacy, Enable", change=bot_is(can_read_all_group_messages=True)),
    "commands missing": Ill("telegram set-up", "telegram commands (fr)", change=no_commands),
    # Mail, video, desk
    "no mail": Ill("mail", "SMTP_URL is not set", {"SMTP_URL": None, "ALERT_TO": None}),
    "mail server away": Ill("email", "SMTP_URL's host and port", {"SMTP_URL": "smtp://127.0.0.1:1"}),
    "alarms without mail": Ill("alarms", "ALERT_TO is set", {"SMTP_URL": None}, also=frozenset({"mail"})),
    "video without TLS": Ill("video", "no camera", {"VIDEO_URL": "http://video.example.org"}),
    "video secret short": Ill(
        "video", "VIDEO_SECRET is shorter than 32", {"VIDEO_SECRET": "hidden-word of 31 characters..."}
    ),
    "video missing": Ill(
        "video", "no room to meet in", {"VIDEO_URL": None, "VIDEO_APP_ID": None, "VIDEO_SECRET": None}
    ),
    "desk missing": Ill("desk", "SWITCHBOARD_PHONE", {"SWITCHBOARD_PHONE": None}),
    "terms without TLS": Ill("terms", "TERMS_URL must begin with https://", {"TERMS_URL": "http://example.org/terms"}),
    # Servers
    "redis away": Ill("redis", "REDIS_URL does not answer", {"REDIS_URL": "redis://me:hidden-word@127.0.0.1:1"}),
    "database away": Ill(
        "database", "DATABASE_URL does not answer", {"DATABASE_URL": "postgres://me:hidden-word@127.0.0.1:1/none"}
    ),
    "database not migrated": Ill("database", "start `socialdirect serve` once", {"DATABASE_URL": "sqlite://:memory:"}),
    "keys that do not open": Ill("keys", "ENCRYPTION_KEYS must", {"ENCRYPTION_KEYS": fresh()["ENCRYPTION_KEYS"]}),
    "another secret key": Ill("database", "set the former one", {"SECRET_KEY": fresh()["SECRET_KEY"]}),
    # Documents
    "no room for documents": Ill("documents", "may this user write there", {"DOCUMENTS_URL": "file:///dev/null/x"}),
    "no such bucket": Ill(
        "documents",
        "of region fr-par: nothing can be laid down there",
        {"DOCUMENTS_URL": "s3+http://me:hidden-word@127.0.0.1:1/papers?region=fr-par"},
    ),
    "a bucket without region": Ill(
        "documents", "names no region", {"DOCUMENTS_URL": "s3+http://me:hidden-word@127.0.0.1:1/papers"}
    ),
    "scanner away": Ill("scanner", "is clamd up", {"CLAMD_URL": "tcp://127.0.0.1:1"}),
    # Where it all is
    "a store outside the Union": Ill(
        "store", "outside the European Union", {"REGIONS": REGIONS.replace("database=fr", "database=us")}
    ),
    "a store nobody knows where": Ill("store", "(backups=fr)", {"REGIONS": REGIONS.replace("backups=fr,", "")}),
    "a processor that was not acknowledged": Ill("processor", "(telegram)", {"ACKNOWLEDGED_OUTSIDE_EU": "meta"}),
    # Languages and times
    "language without catalogue": Ill("languages", "without a catalogue", {"LOCALES": "fr,en,eo"}),
    "quiet hours turned round": Ill("times", "turned round", {"QUIET_HOURS": "08:00-07:00"}),
    "reminder at the hour": Ill("times", "a message of their own", {"REMINDERS": "48h,5m"}),
    "reminder before booking": Ill("times", "BOOKING_HORIZON", {"REMINDERS": "90d,2h"}),
    "too many reminders": Ill("times", "MAX_UNASKED", {"REMINDERS": "5d,4d,3d,48h,2h"}),
    "zone without summer": Ill("times", "Europe/Paris", {"TIME_ZONE": "UTC"}),
    "no free hours": Ill("hours", "more hours, or workers", {"FREE_WITHIN": "1h"}),
}
# Twilio's own addresses cannot be called here: these are told without a call.
ASLEEP: Mapping[str, tuple[Mapping[str, object], str]] = {
    "whatsapp in Ireland": ({"TWILIO_WHATSAPP_API_URL": IRELAND}, "TWILIO_WHATSAPP_API_URL is Ireland's"),
    "contents in Ireland": ({"TWILIO_CONTENT_API_URL": "https://content.dublin.ie1.twilio.com"}, "has no WhatsApp"),
    "half of Ireland": (
        {"TWILIO_API_URL": "https://api.ie1.twilio.com", "TWILIO_WHATSAPP_FROM": None},
        "https://api.dublin.ie1.twilio.com",
    ),
    "one key for two regions": ({"TWILIO_API_URL": IRELAND}, "TWILIO_WHATSAPP_API_KEY, TWILIO_WHATSAPP_API_SECRET"),
}


async def examined(place: Place, capsys: pytest.CaptureFixture[str], **given: object) -> tuple[int, list[str]]:
    status = await say(place.settings(**given), deep=False, way=place.front.way)
    return status, capsys.readouterr().out.splitlines()


async def test_all_is_well_where_all_is_well(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    status, lines = await examined(place, capsys)
    assert [line for line in lines if not line.startswith("ok ")] == []
    assert status == 0
    assert "ok     documents: a folder; a probe was written, read and deleted" in lines
    papers = Path(str(place.given["DOCUMENTS_URL"]).removeprefix("file://"))
    assert [path for path in papers.rglob("*") if path.is_file()] == []  # noqa: ASYNC240 - a few names
    status, lines = await examined(place, capsys, TWILIO_MESSAGING_SERVICE_SID=SERVICE, TWILIO_OPT_OUT="advanced")
    assert (status, [line for line in lines if not line.startswith("ok ")]) == (0, [])


@pytest.mark.parametrize("name", ILLS)
async def test_each_wrong_setting_is_named_with_its_remedy(
    place: Place, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    ill = ILLS[name]
    done = ill.change(place)
    if hasattr(done, "__await__"):
        await done
    status, lines = await examined(place, capsys, **ill.given)
    assert status == 1
    wrong = {line for line in lines if line.startswith("wrong ")}
    told = [line for line in wrong if line.startswith(f"wrong  {ill.line}: ") and ill.remedy in line]
    assert told, wrong
    others = {line.removeprefix("wrong  ").partition(":")[0] for line in wrong} - {ill.line}
    assert others <= ill.also
    assert all(line.startswith(("ok     ", "wrong  ")) for line in lines)  # one line each
    hidden = ["hidden-word", OTHER_TOKEN, SECRET, *secrets(place)]
    assert not [word for word in hidden if word in "\n".join(lines)]


def secrets(place: Place) -> list[str]:
    """Every one that the place was given."""
    names = (
        "SECRET_KEY",
        "ENCRYPTION_KEYS",
        "TWILIO_AUTH_TOKEN",
        "TWILIO_API_SECRET",
        "TELEGRAM_BOT_TOKEN",
        "VIDEO_SECRET",
    )
    return [str(place.given[name]) for name in names]


async def test_most_ills_of_a_provider_are_cured_by_setup(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    """What the remedy says is so: it is run, and the doctor is content."""
    cured = [ill for ill in ILLS.values() if "set-up" in ill.line and not ill.given and ill.change is not None]
    for ill in cured:
        if "/set" in ill.remedy or "missing" in ill.remedy:  # by hand
            continue
        done = ill.change(place)
        if hasattr(done, "__await__"):
            await done
    assert (await examined(place, capsys))[0] == 1
    place.telegram.webhook._failed = None
    assert await set_up(place.settings(), dry_run=False, again=False) == 0
    capsys.readouterr()
    assert (await examined(place, capsys))[0] == 0


@pytest.mark.parametrize("name", ASLEEP)
def test_a_region_that_does_not_fit_is_named(place: Place, name: str) -> None:
    given, remedy = ASLEEP[name]
    (finding,) = twilio_regions(place.settings(**given))
    assert not finding.ok
    assert remedy in finding.words
