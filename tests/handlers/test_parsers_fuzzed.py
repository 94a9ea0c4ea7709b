"""Whatever is typed, posted or loaded: each parser answers, or says in its own way that it cannot. Never anything else.

200,000 inputs out of one seed, shared among the parsers by what each costs; `--many` tries ten million.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
from pydantic import ValidationError

from booking import calendar_address, codes, directory_csv, directory_file, messaging, phones
from booking.directory_file import BadDirectory
from conversations.danger import danger
from conversations.flows.answers import email_in, full_name
from conversations.normal import fold, number
from conversations.understand import understand
from handlers.calendars.reading import NotACalendar, busy
from handlers.channels import gsm7, reading, telegram_updates, twilio, twilio_voice
from handlers.channels.base import Request, Undecodable
from handlers.web.api.persons import PersonIn
from locales.words import words
from tests.guards import guards
from tests.handlers.api.site import person
from tests.handlers.channels import mutants
from tests.handlers.channels.mutants import Chance
from tests.handlers.channels.samples import NOW, TELEGRAM_SAMPLES, TWILIO_SAMPLES

MANY: Final = 50
FR, EN = words("fr"), words("en")
ROOT: Final = Path(__file__).parents[2]
SAID: Final = tuple(
    json.loads(line)["text"]
    for path in sorted((ROOT / "tests/conversations/corpus").glob("*.jsonl"))
    for line in path.read_text().splitlines()
)
WROTE: Final = (
    *("Camille Dubois", "DUBOIS Camille", "Mme Zoé Lœw, merci", "je m'appelle Sean O’Neil", "Jean-Pierre de La Tour"),
    *("camille@example.org", "mon mail : camille.dubois (at) example.org", "Camille <camille@example.org>", "é@é.fr"),
    *("06 39 98 00 11", "+33 (0)6.39.98.00.11", "0033639980011", "0692 98 00 11", "tel:+33639980011;ext=1"),
    *("PORTS-7KQM-4XTD", "mon code est ports 7kqm 4xtd svp", "PORTS–7KQM–4XTD", "https://cal.example.org/a/b.ics?x=1"),
)
CALENDAR: Final = "\r\n".join(
    (
        *("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//EN", "BEGIN:VTIMEZONE", "TZID:Here", "BEGIN:STANDARD"),
        *("DTSTART:19701025T030000", "TZOFFSETFROM:+0200", "TZOFFSETTO:+0100", "END:STANDARD", "END:VTIMEZONE"),
        *("BEGIN:VEVENT", "UID:1@elsewhere", "DTSTAMP:20260101T000000Z", "DTSTART;TZID=Here:20260303T090000"),
        *("DURATION:PT1H", "RRULE:FREQ=WEEKLY;COUNT=4;BYDAY=TU", "EXDATE;TZID=Here:20260310T090000"),
        *("SUMMARY:x\\, y", "END:VEVENT", "END:VCALENDAR", ""),
    )
)
TABLE: Final = (
    "ref;first_name;last_name;phone;email;notify_by;motives;modes;languages;hours\n"
    'claire;Claire;Morel;+33639980101;claire@example.org;sms;finance housing;video;fr en;"mon tue 09:00-12:00"\n'
)
PERSON: Final = json.dumps(person())
MONDAY: Final = datetime(2026, 3, 2, tzinfo=UTC)
FORMS: Final = [one.request.body for one in TWILIO_SAMPLES if one.row["params"]]
UPDATES: Final = [one.request.body for one in TELEGRAM_SAMPLES if one.row["verdict"] in {"turn", "quiet", "ignored"}]
DIRECTORY: Final = "\n\n".join((ROOT / "bot/sample_directory.toml").read_text().split("\n\n")[:8])


@dataclass(frozen=True)
class Parser:
    """`may`: what it raises for what it cannot read, as its words say."""

    share: int
    reads: Callable[[Chance], object]
    may: tuple[type[Exception], ...] = ()


def of_text(read: Callable[[str], object], *roots: str) -> Callable[[Chance], object]:
    return lambda dice: read(mutants.text(dice, roots))


def segments(said: str) -> None:
    plain = gsm7.fold(said, "fr")
    for each in (said, plain):
        assert "".join(gsm7.split(each)) == each
        assert gsm7.size(each).segments >= bool(each)


def code(said: str) -> None:
    found = codes.normal(said)
    assert found is None or codes.normal(found) == found
    codes.find(said)
    codes.is_weak(said, "Mutuelle des Ports")


def name(said: str) -> None:
    """Threat T17: nothing in it that leads anywhere, hides, or turns the direction of writing."""
    found = full_name(said, FR)
    if found is not None:
        whole = " ".join(found)
        assert len(whole) <= 50
        assert all(char in " -'’." or char.isalpha() or mutants.is_mark(char) for char in whole), ascii(whole)
        assert "/" not in whole
        assert "@" not in whole
        assert all(any(map(str.isalpha, part)) for part in found)


def mail(said: str) -> None:
    found = email_in(said, FR)
    assert found is None or (found.count("@") == 1 and not set(found) & set(" \r\n\0"))


def telephone(said: str) -> None:
    found = phones.read(said)
    assert found is None or (found.e164.isascii() and found.e164[1:].isdigit() and found.e164.startswith("+"))


def understood(said: str) -> None:
    json.dumps(understand(said, FR if len(said) % 2 else EN, NOW, "Indian/Reunion", {"claire": "Claire"}).to_json())


def small(said: str) -> None:
    fold(said)
    number(said, FR)
    danger(said, FR)
    messaging.cleaned(said).encode()
    found = calendar_address.find(said)
    assert found is None or calendar_address.checked(found) is None or found.isascii()


def api(said: str) -> None:
    PersonIn.model_validate_json(said.encode(errors="replace"), strict=True)


def form(dice: Chance) -> None:
    body = dice.choice(FORMS)
    raw = mutants.raw(dice, body) if dice.random() < 0.5 else mutants.quoted(mutants.fields(dice, reading.form(body)))
    twilio_voice.heard(Request("POST", "https://chat.example.org/webhooks/twilio/voice/x?step=pressed&n=²", {}, raw))
    twilio.message(raw)


def update(dice: Chance) -> None:
    raw = dice.choice(UPDATES)
    raw = mutants.raw(dice, raw) if dice.random() < 0.3 else json.dumps(mutants.tree(dice, json.loads(raw))).encode()
    telegram_updates.crowd(raw)
    found = telegram_updates.read(raw)
    if found is not None:
        telegram_updates.said(found)
        telegram_updates.tap(found)
        telegram_updates.language(found)


def calendar(dice: Chance) -> None:
    raw = CALENDAR.encode()
    raw = mutants.raw(dice, raw) if dice.random() < 0.5 else mutants.text(dice, [CALENDAR]).encode(errors="replace")
    busy(raw, "Europe/Paris", MONDAY, MONDAY + timedelta(weeks=8), "rdv.example.org")


PARSERS: Final = {
    "segments": Parser(30_000, of_text(segments, *SAID, *WROTE)),
    "codes": Parser(30_000, of_text(code, *WROTE)),
    "telephones": Parser(20_000, of_text(telephone, *WROTE)),
    "names": Parser(25_000, of_text(name, *WROTE, *SAID)),
    "e-mail addresses": Parser(15_000, of_text(mail, *WROTE)),
    "small ones": Parser(10_000, of_text(small, *SAID, *WROTE)),
    "understanding and dates": Parser(5_000, of_text(understood, *SAID)),
    "forms": Parser(30_000, form, (Undecodable,)),
    "JSON of updates": Parser(25_000, update, (Undecodable,)),
    "JSON of the API": Parser(6_000, of_text(api, PERSON), (ValidationError,)),
    "calendars": Parser(1_500, calendar, (NotACalendar,)),
    "directory files": Parser(1_000, of_text(directory_file.read, DIRECTORY), (BadDirectory,)),
    "tables": Parser(1_500, of_text(directory_csv.read, TABLE), (BadDirectory,)),
}


def test_they_are_two_hundred_thousand() -> None:
    assert sum(parser.share for parser in PARSERS.values()) == 200_000


@pytest.mark.slow
@guards("T17")
@pytest.mark.parametrize("which", PARSERS)
def test_nothing_but_what_is_documented_is_raised(which: str, request: pytest.FixtureRequest) -> None:
    parser, dice = PARSERS[which], mutants.chance(which, request.config.getoption("--seed"))
    read = 0
    for _ in range(parser.share * (MANY if request.config.getoption("--many") else 1)):
        try:
            parser.reads(dice)
        except parser.may:
            continue
        read += 1
    assert read > 0, "some of it was read"
