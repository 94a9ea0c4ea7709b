"""The proof of an acceptance: what stood before them, what they answered, and which documents it was about."""

from __future__ import annotations

from hashlib import sha256

from booking.model import fingerprint
from conversations.text import t
from locales.voice import Voice
from tests.handlers.path.place import CAMILLE, Place


async def test_it_names_the_words_the_message_and_the_answer(place: Place) -> None:
    await place.books()
    (row,) = await place.parts.db.fetch("SELECT * FROM consent")
    (asked,) = await place.parts.db.fetch("SELECT kind, status FROM outbox WHERE key = ?", row["shown_key"])
    (answer,) = await place.parts.db.fetch("SELECT channel FROM inbox WHERE id = ?", int(row["inbound_id"]))
    assert (asked["kind"], answer["channel"]) == ("answer", "sms")
    say = Voice("fr")
    words = [say(t(row["msgid"])), say(t("terms.accept")), say(t("terms.refuse"))]
    assert row["catalogue"] == sha256("\n".join(words).encode()).hexdigest()
    assert (row["locale"], row["channel"], row["how"]) == ("fr", "sms", "self")
    assert (row["terms_version"], row["policy_version"]) == ("2024-10-15", "2024-10-15")
    contact = await place.contact("sms", CAMILLE)
    assert (row["contact_id"], row["person_id"]) == (contact.id, contact.person_id)


def test_a_documents_fingerprint_is_of_its_address_and_its_version() -> None:
    one = fingerprint("https://example.org/terms", "1")
    assert len(one) == 64
    assert one not in {fingerprint("https://example.org/terms", "2"), fingerprint("https://example.org/other", "1")}
