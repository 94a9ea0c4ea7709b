"""`doctor`: every line says what is well, or how to mend what is not; nothing is changed by looking."""

from __future__ import annotations

import asyncio
import re

import pytest

from bot.doctor import examine
from bot.region_checks import processors, regions
from bot.secrets import fresh
from bot.settings import Settings, WrongSettings, read_settings
from bot.settings_checks import SETTINGS
from tests.bot.conftest import BOOKS, SAMPLE, Desk
from tests.guards import guards

KEYS = {name: value for name, value in fresh().items() if name != "TELEGRAM_WEBHOOK_SECRET"}
COMPLETE = {
    "PUBLIC_URL": "https://chat.example.org",
    "SWITCHBOARD_PHONE": "+33199000009",
    "VIDEO_URL": "https://video.example.org",
    "TWILIO_ACCOUNT_SID": "AC" + "1" * 32,
    "TWILIO_AUTH_TOKEN": "made-up",
    "TWILIO_SMS_FROM": "+33199000001",
    "SMTP_URL": "smtp://mail.example.org",
    "MAIL_FROM": "bot@example.org",
    "DPO_CONTACT": "dpo@example.org",
    "REGIONS": "server=fr,database=fr,documents=fr,backups=de,mail=ie,video=fr",
    "ACKNOWLEDGED_OUTSIDE_EU": "twilio-us",
}


def settings(**given: str) -> Settings:
    return read_settings(env_file=None, **{**KEYS, **COMPLETE, **given})


def ill(settings: Settings) -> set[str]:
    """What the settings alone tell to be wrong."""
    return {finding.about for check in SETTINGS for finding in check(settings) if not finding.ok}


def test_complete_settings_are_well() -> None:
    assert ill(settings()) == set()


@pytest.mark.parametrize(
    ("given", "about"),
    [
        ({"PUBLIC_URL": "http://chat.example.org"}, "public address"),
        ({"PUBLIC_URL": "https://127.0.0.1:8080"}, "public address"),
        ({"PUBLIC_URL": "https://192.168.1.4"}, "public address"),
        ({"PUBLIC_URL": "https://intranet"}, "public address"),
        ({"SWITCHBOARD_PHONE": ""}, "desk"),
        ({"TWILIO_SMS_FROM": ""}, "sender"),
        ({"TWILIO_SMS_FROM": "+33639980001"}, "sms sender"),
        ({"SMTP_URL": "", "MAIL_FROM": ""}, "mail"),
        ({"LOCALES": "fr,en,xx"}, "languages"),
        ({"DPO_CONTACT": ""}, "terms"),
    ],
)
def test_each_setting_that_keeps_people_out_is_named(given: dict[str, str], about: str) -> None:
    values = {name: value or None for name, value in given.items()}
    found = ill(read_settings(env_file=None, **{**KEYS, **COMPLETE, **values}))
    assert about in found


def test_alarms_that_could_not_be_mailed_are_named() -> None:
    values: dict[str, object] = {**KEYS, **COMPLETE, "SMTP_URL": None, "ALERT_TO": "ops@example.org"}
    assert "alarms" in ill(read_settings(env_file=None, **values))


@guards("G19", partly=True)
@pytest.mark.parametrize(
    ("url", "region"),
    [
        ("https://api.twilio.com", "United States (US1)"),
        ("https://api.dublin.ie1.twilio.com", "Ireland (IE1)"),
        ("http://127.0.0.1:9000", "nobody said where"),
    ],
)
def test_the_processor_and_its_region_are_named(url: str, region: str) -> None:
    assert region in [
        place.where for place in processors(settings(TWILIO_API_URL=url)) if place.what.startswith("SMS: ")
    ]


EVERYTHING = {
    "TWILIO_WHATSAPP_FROM": "+33199000002",
    "TWILIO_VOICE_FROM": "+33199000003",
    "TELEGRAM_BOT_TOKEN": "1:made-up",
    "TELEGRAM_WEBHOOK_SECRET": "s" * 20,
    "REDIS_URL": "redis://127.0.0.1",
    "CLAMD_URL": "tcp://127.0.0.1:3310",
    "REGIONS": "server=fr,database=us,documents=fr,mail=ie",
    "ACKNOWLEDGED_OUTSIDE_EU": "",
}


@guards("G19")
def test_every_place_outside_the_union_or_unknown_is_wrong_until_acknowledged() -> None:
    found = [finding for finding in regions(settings(**EVERYTHING)) if not finding.ok]
    assert [finding.words.partition(",")[0] for finding in found] == [
        "the database",
        "backups",
        "Redis",
        "the virus scanner",
        "SMS and calls: Twilio",
        "WhatsApp: Twilio",
        "WhatsApp: Meta",
        "Telegram",
        "video: video.example.org",
    ]
    assert "the database, US: outside the European Union" in found[0].words
    assert "REGIONS (backups=fr)" in found[1].words
    known = "database,backups,redis,scanner,twilio-us,meta,telegram,video"
    assert all(finding.ok for finding in regions(settings(**{**EVERYTHING, "ACKNOWLEDGED_OUTSIDE_EU": known})))
    here = settings(**{**EVERYTHING, "PUBLIC_URL": "http://127.0.0.1:8080"})
    assert all(finding.ok for finding in regions(here)), "while one tries it out"


@guards("G19")
def test_each_store_and_processor_has_its_line() -> None:
    """Well or not; without one of them nobody asks where it is."""
    everywhere = settings(**EVERYTHING)
    assert [finding.words.partition(",")[0] for finding in regions(everywhere)] == [
        *("the program and its log", "the database", "documents", "backups", "Redis", "the virus scanner"),
        *("SMS and calls: Twilio", "WhatsApp: Twilio", "WhatsApp: Meta", "Telegram"),
        *("mail: mail.example.org", "video: video.example.org"),
    ]


UNION = "at be bg cy cz de dk ee es fi fr gr hr hu ie it lt lu lv mt nl pl pt ro se si sk"
NOT_UNION = "gb us ch no is li tr ua rs ca uk"


@guards("G19")
def test_the_union_is_its_27_members() -> None:
    def well(country: str) -> bool:
        found = regions(settings(REGIONS=f"server={country}"))
        return next(finding.ok for finding in found if finding.words.startswith("the program"))

    assert [each for each in UNION.split() if not well(each)] == []
    assert [each for each in NOT_UNION.split() if well(each)] == []


@guards("G19")
def test_what_is_acknowledged_of_one_place_is_not_of_another() -> None:
    names = ("database", "backups", "redis", "scanner", "twilio-us", "meta", "telegram", "video")

    def wrong(*acknowledged: str) -> int:
        given = {**EVERYTHING, "ACKNOWLEDGED_OUTSIDE_EU": ",".join(acknowledged)}
        return sum(not finding.ok for finding in regions(settings(**given)))

    twice = {"twilio-us": 2}  # for SMS and for WhatsApp
    assert {name: wrong() - wrong(name) for name in names} == {name: twice.get(name, 1) for name in names}
    assert wrong("twilio", "mail", "server") == wrong(), "another region of theirs, and what is at home"


@pytest.mark.parametrize(
    "given", [{"REGIONS": "databse=fr"}, {"REGIONS": "mail=france"}, {"REGIONS": "mail=fr,mail=ie"}]
)
def test_a_place_that_is_not_one_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(WrongSettings, match=r"REGIONS is wrong: expected countries such as database=fr"):
        settings(**given)
    with pytest.raises(WrongSettings, match="ACKNOWLEDGED_OUTSIDE_EU is wrong: expected names among"):
        settings(ACKNOWLEDGED_OUTSIDE_EU="everybody")


def test_wrong_settings_are_a_line_each(desk: Desk) -> None:
    desk.set(PORT="many", SECRET_KEY="short")
    done = desk("doctor")
    assert done.status == 1
    assert {line.split()[2] for line in done.lines} == {"PORT", "SECRET_KEY"}
    assert all(line.startswith("wrong  settings: ") for line in done.lines)


REFUSED = [
    ({"TWILIO_WHATSAPP_FROM": "whatsapp:+33199000002"}, "TWILIO_WHATSAPP_FROM", "such as +33199000001"),
    ({"TWILIO_SMS_FROM": "SocialDir"}, "TWILIO_SMS_FROM", "such as +33199000001"),
    ({"TWILIO_ACCOUNT_SID": "SK" + "1" * 32}, "TWILIO_ACCOUNT_SID", "as Twilio's console shows it"),
    ({"TWILIO_AUTH_TOKEN": ""}, "TWILIO_AUTH_TOKEN", "TWILIO_ACCOUNT_SID needs it"),
    ({"TWILIO_API_KEY": "SK" + "1" * 32}, "TWILIO_API_SECRET", "TWILIO_API_KEY needs it"),
    ({"TWILIO_OPT_OUT": "ours"}, "TWILIO_OPT_OUT", "'default' or 'advanced'"),
    (
        {"TELEGRAM_BOT_TOKEN": "1:made-up"},
        "TELEGRAM_WEBHOOK_SECRET",
        "TELEGRAM_BOT_TOKEN needs it",
    ),
    ({"TELEGRAM_WEBHOOK_SECRET": "hidden"}, "TELEGRAM_WEBHOOK_SECRET", "16 to 256 letters"),
    ({"TELEGRAM_WEBHOOK_SECRET": "hidden word with blanks"}, "TELEGRAM_WEBHOOK_SECRET", "`socialdirect secrets`"),
    ({"MAIL_FROM": ""}, "MAIL_FROM", "SMTP_URL needs it"),
    ({"VIDEO_APP_ID": "here"}, "VIDEO_SECRET", "VIDEO_APP_ID needs it"),
    ({"VIDEO_SECRET": "hidden"}, "VIDEO_APP_ID", "VIDEO_SECRET needs it"),
    ({"PUBLIC_URL": "chat.example.org"}, "PUBLIC_URL", "such as https://"),
    ({"PUBLIC_URL": "https://chat.example.org/?x=1"}, "PUBLIC_URL", "such as https://"),
    ({"DEFAULT_LOCALE": "de"}, "DEFAULT_LOCALE", "not among LOCALES"),
    ({"QUIET_HOURS": "21-8"}, "QUIET_HOURS", "such as"),
    ({"TIME_ZONE": "Paris"}, "TIME_ZONE", "Europe/Paris"),
    ({"ENCRYPTION_KEYS": "hidden"}, "ENCRYPTION_KEYS", "`socialdirect secrets`"),
]


@pytest.mark.parametrize(("given", "name", "remedy"), REFUSED)
def test_what_keeps_the_program_from_starting_is_named_by_both(
    desk: Desk, given: dict[str, str], name: str, remedy: str
) -> None:
    """The doctor gives it a line, with status 1; whatever would start says it, with status 2."""
    (desk.folder / ".env").write_text("".join(f"{name}={value}\n" for name, value in KEYS.items()))
    desk.set(**{**COMPLETE, **given})
    done = desk("doctor")
    assert (done.status, len(done.lines)) == (1, 1)
    assert done.out.startswith(f"wrong  settings: {name} is ")
    assert remedy in done.out
    started = desk("serve")
    assert (started.status, started.out) == (2, "")
    assert f"{name} is " in started.err
    assert "hidden" not in done.out + started.err


def test_a_database_that_was_never_migrated_is_named(desk: Desk) -> None:
    done = desk("doctor")
    assert done.status == 1
    assert "wrong  database: the database lacks migration" in done.out


def test_a_database_that_is_away_is_named_and_the_rest_looked_at(desk: Desk) -> None:
    desk.set(DATABASE_URL="postgres://nobody:made-up@127.0.0.1:1/none", REDIS_URL="redis://127.0.0.1:1")
    done = desk("doctor")
    assert "wrong  database: DATABASE_URL does not answer" in done.out
    assert "wrong  redis: REDIS_URL does not answer" in done.out
    assert "made-up" not in done.out
    assert desk("why", "0639980201").err.startswith("socialdirect: the database of DATABASE_URL does not answer")


def test_a_lost_key_is_named(open_desk: Desk) -> None:
    open_desk.set(ENCRYPTION_KEYS=fresh()["ENCRYPTION_KEYS"])
    assert "wrong  keys: ENCRYPTION_KEYS" in open_desk("doctor").out
    assert "ENCRYPTION_KEYS" in open_desk("load", str(SAMPLE)).err


def test_another_secret_key_is_named(open_desk: Desk) -> None:
    open_desk.set(SECRET_KEY=fresh()["SECRET_KEY"])
    assert "wrong  database: SECRET_KEY" in open_desk("doctor").out


def test_what_was_booked_stands_to_the_rules(open_desk: Desk) -> None:
    open_desk.ok("chat", typed=BOOKS)
    lines = open_desk("doctor", "--deep").lines
    assert any(line.startswith("ok     rules: ") for line in lines)
    assert "ok     directory: 3 clients, 4 codes, 7 workers" in lines
    assert any(line.startswith("wrong  video: ") for line in lines)


def test_subjects_without_hours_or_help_are_named(open_desk: Desk) -> None:
    assert "ok     hours: each subject has a free hour within 14 days" in open_desk("doctor").lines
    open_desk.set(FREE_WITHIN="1h")  # less than the notice that workers need
    full = "wrong  hours: housing: no hour is free within 0 days (FREE_WITHIN): more hours, or workers"
    assert full in open_desk("doctor").lines
    some = open_desk.folder / "some.toml"
    some.write_text(re.sub(r"motives = .*", 'motives = ["finance"]', SAMPLE.read_text()))
    open_desk.ok("load", str(some))
    nobody = "wrong  hours: housing: no worker helps with it, and people can choose it: add it to the motives of one"
    assert [line for line in open_desk("doctor").lines if line.startswith(nobody)]


def test_looking_changes_nothing(open_desk: Desk) -> None:
    before = open_desk("doctor", "--deep")
    assert open_desk("doctor", "--deep") == before


def test_redis_that_answers_is_well(open_desk: Desk, redis_url: str) -> None:
    open_desk.set(REDIS_URL=redis_url)
    assert "ok     redis: answers" in open_desk("doctor").out


def test_nothing_secret_is_said(open_desk: Desk) -> None:
    async def said() -> list[str]:
        return [f"{found.about} {found.words}" async for found in examine(read_settings(), deep=True)]

    told = "\n".join(asyncio.run(said()))
    for line in (open_desk.folder / ".env").read_text().splitlines():
        assert line.partition("=")[2] not in told
