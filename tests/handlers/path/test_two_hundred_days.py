"""Two hundred days after a number went to somebody else: whatever they write, nothing of who had it is said there. And
a card that was taken over: the same, while its owner writes elsewhere (threats T3, T4).
"""

from __future__ import annotations

import re
from datetime import timedelta
from hashlib import sha256
from typing import Final

import pytest

from booking.trust import SILENT
from conversations.commands import COMMANDS
from locales.words import words
from storage import contacts, outbox
from tests.guards import guards
from tests.handlers.path.place import BOOKS, CAMILLE, CLAIRE, Place
from tests.handlers.path.test_hushed import NEUTRAL, told

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
TELEGRAM: Final = "900000000000011"
THEIRS: Final = re.compile("camille|dubois|@example|claire|morel|dettes|14 h|lundi 2 mars|/a/|/u/", re.IGNORECASE)
ANY: Final = (
    "1",
    "2",
    "3",
    "oui",
    "non",
    "bonjour",
    "000000",
    "123456",
    "5",
    "merci",
    "c'est toujours moi",
    "demain",
    "",
)


async def silent(place: Place) -> None:
    """Camille met Claire once, they wrote to each other, and then the number is another's."""
    await place.books()
    await place.says("sms", CLAIRE, "écrire à Camille : avez-vous le bail de Camille Dubois ?")
    await place.passes(days=46)
    place.new("sms", CAMILLE)


@on_sqlite
@guards("T04")
async def test_nothing_of_who_had_the_number_is_said_there_for_two_hundred_days(place: Place) -> None:
    await silent(place)
    every = [words("fr")(f"words.command.{name}")[0] for name in COMMANDS]
    said: list[str] = []
    for day in range(45, 205, 10):
        for text in (*every[(day // 10) % 4 :: 4], *(ANY[_chance(f"{day} {n}") % len(ANY)] for n in range(3))):
            await place.comes("sms", CAMILLE, text=text)
        await place.passes(days=10)
        said += place.new("sms", CAMILLE)
    assert len(said) > 150
    assert [text for text in said if THEIRS.search(text)] == []
    await signs_up(place)


def _chance(seed: str) -> int:
    """The same walk each time."""
    return int.from_bytes(sha256(seed.encode()).digest()[:4])


async def signs_up(place: Place) -> None:
    """And whoever has it now is a person of their own, who sees what is theirs."""
    said = await place.says(
        "sms",
        CAMILLE,
        "menu",
        "reprendre",
        "annuler",
        *(each.replace("Camille Dubois", "Sam Leroy").replace("camille", "sam") for each in BOOKS),
    )
    assert not [text for text in said if re.search("camille|dubois", text, re.IGNORECASE)]


@on_sqlite
@guards("T03")
async def test_who_takes_over_a_card_is_shown_nothing_and_its_owner_stops_them(place: Place) -> None:
    """Scripted: the thief answers all they can, also with what was pushed in the days before."""
    await silent(place)
    old = await place.contact("sms", CAMILLE)
    there = await place.comes("telegram", TELEGRAM, text="bonjour")
    await place.settle()
    async with place.parts.db.transaction() as tx:
        await contacts.link_person(tx, there or "", old.person_id)
    async with place.parts.db.transaction() as tx:
        await outbox.add(tx, told(old.id, place), place.clock.now)
    await place.settle()
    pushed = place.new("sms", CAMILLE)
    assert pushed == [NEUTRAL]
    place.new("telegram", TELEGRAM)
    said = await place.says(
        "sms",
        CAMILLE,
        "lire",
        "1",
        "000000",
        "111111",
        "222222",
        "2",
        "mes rdv",
        "mes messages",
        "mes données",
        "effacer mon compte",
        "humain",
    )
    assert [text for text in (*pushed, *said) if THEIRS.search(text)] == []
    warned = place.new("telegram", TELEGRAM)
    assert any("code" in text for text in warned)
    assert any("Est-ce vous ?" in text for text in warned)
    assert any("personne n'y verra rien" in text for text in await place.says("telegram", TELEGRAM, "non"))
    await place.passes(days=8)
    assert [text for text in place.new("sms", CAMILLE) if THEIRS.search(text)] == []
    after = await place.says("sms", CAMILLE, "retour", "c'est toujours moi", "mes rdv")
    assert [text for text in after if THEIRS.search(text)] == []
    assert (await place.contact("sms", CAMILLE)).person_id is None
    rows = await outbox.history(place.parts.db, contacts=[(await place.contact("sms", CAMILLE)).id])
    assert rows, "they were answered"
    assert place.clock.now > old.created_at + SILENT + timedelta(days=7)
