"""The proof of an acceptance: what stood before them, what they answered, and which documents it was about."""

from __future__ import annotations

from dataclasses import replace

import pytest

from booking.model import fingerprint
from conversations.flows.terms import ASKED, CHOICES
from locales import languages
from locales.asked import asked
from locales.asked import fingerprint as hashed
from locales.voice import Voice
from storage.sql import Row
from tests.guards import guards
from tests.handlers.path.place import BOOKS, CAMILLE, SAM, Place

pytestmark = pytest.mark.sampled


async def consent(place: Place) -> Row:
    (row,) = await place.parts.db.fetch("SELECT * FROM consent")
    return row


@guards("G01", partly=True)
async def test_from_its_row_the_very_text_can_be_made_again(place: Place) -> None:
    said = await place.says("sms", CAMILLE, *BOOKS)
    row = await consent(place)
    was = asked(row["catalogue"])
    assert was is not None
    question, *choices = was.words
    again = [question, *(f"{n}. {words}" for n, words in enumerate(choices, 1)), "https://chat.example.org/legal"]
    (shown,) = [text for text in said if "l'accord de votre employeur" in text]
    assert shown.endswith("\n".join(again))
    assert (was.msgid, was.locale) == (row["msgid"], row["locale"]) == (ASKED.msgid, "fr")


@guards("G01", "G02", partly=True)
async def test_it_names_the_message_the_answer_and_what_was_declared(place: Place) -> None:
    rules = replace(place.parts.rules, terms_hash="a" * 64, policy_hash="b" * 64)
    place.parts = replace(place.parts, rules=rules)
    await place.says("whatsapp", SAM, *BOOKS)
    row, vault = await consent(place), place.parts.db.vault
    (question,) = await place.parts.db.fetch("SELECT contact_id, kind FROM outbox WHERE key = ?", row["shown_key"])
    (answer,) = await place.parts.db.fetch("SELECT contact_id FROM inbox WHERE id = ?", int(row["inbound_id"]))
    assert question["contact_id"] == answer["contact_id"] == row["contact_id"]
    assert vault.read("consent.answer", row["id"], row["answer"]) == "1"
    assert (row["channel"], row["how"], row["declared"]) == ("whatsapp", "self", "adult,authorised")
    assert (row["terms_version"], row["policy_version"]) == ("2024-10-15", "2024-10-15")
    assert (row["terms_hash"], row["policy_hash"]) == ("a" * 64, "b" * 64), "of the very documents"


def test_the_words_of_today_are_among_those_that_stay() -> None:
    """Whoever changes them adds them to locales/terms_asked.toml."""
    for lang in languages():
        say = Voice(lang)
        words = tuple(map(say, (ASKED, *(choice.label for choice in CHOICES))))
        found = asked(hashed(words))
        assert found is not None, words
        assert (found.msgid, found.locale, found.words) == (ASKED.msgid, lang, words)


def test_a_documents_fingerprint_is_of_its_address_and_its_version() -> None:
    one = fingerprint("https://example.org/terms", "1")
    assert len(one) == 64
    assert one not in {fingerprint("https://example.org/terms", "2"), fingerprint("https://example.org/other", "1")}
