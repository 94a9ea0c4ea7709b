"""The directory's fields in words: each has a name, and its value is said as people of that language say it."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, time
from typing import Any

import pytest

from booking.model import Client, ClientKind, Closure, Code, Hours, Mode, Motive, NotifyBy, Worker
from booking.operating import Role
from handlers.console.importing import HIDDEN
from handlers.web.console.field_words import field_words, worded
from locales import languages
from locales.voice import Voice
from tests.handlers.console.site import Site, Visitor
from tests.handlers.console.test_directory import boss, upload
from tests.handlers.console.test_people import booked

pytestmark = pytest.mark.sampled

__all__ = ["boss"]

HOURS = (Hours(frozenset({0, 1}), time(9), time(12, 30)), Hours(frozenset({3}), time(14), time(18)))
CLOSED = (Closure(date(2026, 12, 24), date(2027, 1, 1)), Closure(date(2026, 5, 15), date(2026, 5, 15)))
HOURS_IN_ENGLISH = "Monday, Tuesday 9:00 to 12:30 · Thursday 14:00 to 18:00"
CLOSED_IN_ENGLISH = "24 December 2026 to 1 January 2027 · 15 May 2026"


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("kind", [Client, Code, Worker])
def test_every_field_that_can_change_has_a_name(kind: type, lang: str) -> None:
    for field in fields(kind):
        if field.name not in HIDDEN:
            words = field_words(field.name)
            assert words, field.name
            assert "_" not in Voice(lang)(words)


def test_a_problems_path_is_named_by_its_last_part() -> None:
    assert field_words("client.code.valid_until") == field_words("valid_until") is not None
    assert field_words("client.colour") is None


@pytest.mark.parametrize(
    ("name", "value", "french", "english"),
    [
        ("kind", ClientKind.INSURER, "assureur", "insurer"),
        ("suspended", True, "oui", "yes"),
        ("suspended", False, "non", "no"),
        ("valid_until", date(2027, 12, 31), "31 décembre 2027", "31 December 2027"),
        ("valid_until", None, "–", "–"),
        ("max_accounts", 500, "500", "500"),
        ("phone", "+33639980101", "06 39 98 01 01", "06 39 98 01 01"),
        ("notify_by", NotifyBy.WHATSAPP, "WhatsApp", "WhatsApp"),
        ("motives", frozenset({Motive.HOUSING}), "Logement", "Housing"),
        ("modes", frozenset({Mode.PHONE}), "par téléphone", "by phone"),
        ("languages", ("fr", "ar"), "français, arabe", "French, Arabic"),
        ("time_zone", "Indian/Reunion", "La Réunion", "Réunion"),
        ("hours", HOURS, "lundi, mardi de 9 h à 12 h 30 · jeudi de 14 h à 18 h", HOURS_IN_ENGLISH),
        ("closed", CLOSED, "du 24 décembre 2026 au 1er janvier 2027 · 15 mai 2026", CLOSED_IN_ENGLISH),
        ("hours", (), "–", "–"),
        ("bio", {"en": "Hi.", "fr": "Oui."}, "anglais : Hi. · français : Oui.", "English: Hi. · French: Oui."),
        ("address", "1 quai", "1 quai", "1 quai"),
    ],
)  # fmt: skip
def test_what_stands_in_it_is_said(name: str, value: Any, french: str, english: str) -> None:
    assert (worded(name, value, Voice("fr")), worded(name, value, Voice("en"))) == (french, english)


async def test_the_preview_says_from_what_to_what(site: Site, boss: Visitor) -> None:
    new = (await upload(boss, "ref;name;kind;code;valid_until\nquai;Le Quai;insurer;QUAI-7KQM-4XTD;2027-12-31\n")).text
    assert "Type de client : assureur" in new
    assert "Code de connexion pour Le Quai (nouveau)" in new
    assert "Dernier jour : 31 décembre 2027" in new
    assert "valid_until" not in new.split("<main", 1)[1].split("<textarea", 1)[0]
    changed = (await upload(boss, "ref;name;kind\nports;Mutuelle des Ports;broker\n")).text
    assert 'Type de client : <del>assureur</del> <span aria-hidden="true">→</span> <ins>courtier</ins>' in changed


async def test_a_mistake_is_named_in_words_and_as_the_file_has_it(site: Site, boss: Visitor) -> None:
    text = (await upload(boss, "ref;name;kind\nquai;Le Quai;shop\n")).text
    assert "Type de client (<code>client.kind</code>)" in text


async def test_the_directory_is_in_words(site: Site, boss: Visitor) -> None:
    page = (await boss.get("/console/directory")).text
    assert "heure locale : Paris" in page
    assert "Europe/Paris" not in page
    assert "français" in page
    assert "mon tue" not in page


async def test_a_person_is_in_words_and_the_newest_message_comes_first(site: Site) -> None:
    person, _ = await booked(site)
    visitor = await site.operator(Role.DESK)
    page = (await visitor.get(f"/console/people/{person}")).text
    assert "français, heure locale : Paris" in page
    _, told = page.split("Ce que sont devenus les messages")
    assert told.index("Confirmer l&#39;adresse") < told.index("Réponse")
