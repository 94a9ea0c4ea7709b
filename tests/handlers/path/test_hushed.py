"""What shows unasked on a telephone that may be somebody else's, or that others read: nothing but that there is a
message. What it was is said in the answer to whatever is written next.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import get_args

import pytest

from booking.model import PersonId
from conversations.flows.names import MOTIVES
from conversations.model import Link, Reply
from conversations.text import Text, Value, t
from handlers import content
from handlers.channels.base import Draw, Payload
from handlers.discretion import WHOLE
from handlers.effects import NoticeKind
from locales import languages
from locales.voice import Voice
from storage import contacts, outbox
from storage.booking import RowStore
from tests.guards import guards
from tests.handlers.path.place import BOOKS, CAMILLE, CLAIRE, LATER, Line, Place

pytestmark = pytest.mark.sampled

NEUTRAL_BY_SMS = "Vous avez un message de notre part. Écrivez LIRE sur WhatsApp pour le lire."
NEUTRAL = "Vous avez un message de notre part. Écrivez LIRE pour le lire."
TELEGRAM = "900000000000101"


@guards("T04", partly=True)
async def test_nothing_but_a_message_on_a_number_that_was_silent_for_45_days(place: Place) -> None:
    await place.books()
    contact = await place.contact("sms", CAMILLE)
    wrote = place.clock.now
    shown = []
    for number, days in enumerate((44, 45, 60)):
        place.clock.now = wrote + timedelta(days=days)
        await place.settle()
        place.new("sms", CAMILLE)
        async with place.parts.db.transaction() as tx:
            await outbox.add(tx, told(contact.id, place, number), place.clock.now)
        await place.settle()
        shown += place.new("sms", CAMILLE)
    assert len(shown) == 3
    assert "ne peut pas avoir lieu" in shown[0]
    assert shown[1:] == [NEUTRAL, NEUTRAL]


def told(contact: str, place: Place, number: int = 0) -> outbox.Outgoing:
    """A notice of the desk's, with a link."""
    text = {"id": "notice.cancelled_for_you", "args": {"start": {"at": place.clock.now.isoformat()}}}
    return outbox.Outgoing(
        f"push{number}",
        contact,
        "cancelled",
        {"texts": [text], "options": [], "link": None, "prompt": "", "contact": False, "urgent": True},
        place.clock.now,
    )


async def test_with_an_hour_ahead_they_are_told_in_words(place: Place) -> None:
    await place.says("sms", CAMILLE, *LATER)
    await place.parts.db.execute(
        "UPDATE contact SET trusted_at = ?, last_inbound_at = ?", *2 * [place.clock.now - timedelta(days=60)]
    )
    await place.passes(days=5)
    assert any("Rappel" in text for text in place.new("sms", CAMILLE))


@guards("T06", partly=True)
async def test_a_discreet_person_is_told_of_nothing_and_reads_it_when_they_write(place: Place) -> None:
    await place.says("sms", CAMILLE, *LATER, "mode discret")
    place.new("sms", CAMILLE)
    await place.passes(days=5)
    reminded = place.new("sms", CAMILLE)
    assert reminded == [NEUTRAL]
    (said,) = await place.says("sms", CAMILLE, "lire")
    assert "Rappel" in said
    assert "9 mars" in said
    assert "Rappel" not in (await place.says("sms", CAMILLE, "lire"))[-1], "once"
    (row,) = await place.parts.db.fetch("SELECT start_at FROM appointment")
    place.clock.now = row["start_at"] - timedelta(minutes=50)
    await place.settle()
    assert place.new("sms", CAMILLE) == [NEUTRAL]


async def test_a_yes_to_what_nobody_could_read_confirms_nothing(place: Place) -> None:
    await place.says("sms", CAMILLE, *LATER, "discret")
    await place.passes(days=5)
    place.new("sms", CAMILLE)
    (said,) = await place.says("sms", CAMILLE, "oui")
    assert "Rappel" in said
    assert (await place.parts.db.fetch("SELECT confirmed_at FROM appointment"))[0]["confirmed_at"] is None
    await place.says("sms", CAMILLE, "oui")
    assert (await place.parts.db.fetch("SELECT confirmed_at FROM appointment"))[0]["confirmed_at"] is not None


async def test_a_message_of_their_worker_is_read_by_its_word(place: Place) -> None:
    await place.says("sms", CAMILLE, *LATER, "discret")
    place.new("sms", CAMILLE)
    await place.says("sms", CLAIRE, "écrire à Camille : avez-vous le bail ?")
    assert place.new("sms", CAMILLE) == [NEUTRAL]
    (read,) = await place.says("sms", CAMILLE, "lire")
    assert "avez-vous le bail" in read


async def test_a_question_that_was_kept_back_is_asked_when_they_write(place: Place) -> None:
    await place.says("sms", CAMILLE, *LATER, "discret")
    place.new("sms", CAMILLE)
    await place.says("sms", CLAIRE, "annuler", "1")
    assert set(place.new("sms", CAMILLE)) == {NEUTRAL}
    (asked,) = await place.says("sms", CAMILLE, "lire")
    assert "1." in asked, "the hours that are offered instead"
    assert "Claire" in asked


@guards("T04", "T06", partly=True)
@pytest.mark.parametrize("why", ["discreet", "silent"])
async def test_by_sms_instead_of_whatsapp_it_shows_no_more(place: Place, why: str) -> None:
    """The hours of WhatsApp are over, and the number's SMS knows neither what they want, nor their silence."""
    await place.says("whatsapp", CAMILLE, *(LATER if why == "discreet" else BOOKS))
    if why == "discreet":
        await place.says("whatsapp", CAMILLE, "discret")
    await place.passes(days=2 if why == "discreet" else 46)
    there = await place.contact("whatsapp", CAMILLE)
    place.new("sms", CAMILLE)
    async with place.parts.db.transaction() as tx:
        await outbox.add(tx, told(there.id, place), place.clock.now)
    await place.settle()
    assert place.new("sms", CAMILLE) == [NEUTRAL_BY_SMS]
    if why == "discreet":
        place.new("whatsapp", CAMILLE)
        said = await place.says("whatsapp", CAMILLE, "lire")
        assert any("ne peut pas avoir lieu" in text for text in said)


@guards("T04", "T06", partly=True)
async def test_a_sender_that_nobody_can_answer_shows_no_page_of_what_is_kept_back(place: Place) -> None:
    """Such an SMS has a page where it had words to answer with: that page tells all."""
    await place.says("sms", CAMILLE, *LATER)
    (made,) = await place.parts.db.fetch("SELECT id FROM appointment")
    contact, line = await place.contact("sms", CAMILLE), place.line("sms")
    abouts = []

    def render(reply: Reply, draw: Draw) -> Payload:
        abouts.append(draw.about)
        return Line.render(line, reply, draw)

    line.render = render  # type: ignore[method-assign]
    for number, words in enumerate(("mode normal", "discret")):
        await place.says("sms", CAMILLE, words)
        abouts.clear()
        async with place.parts.db.transaction() as tx:
            pushed = replace(told(contact.id, place, number), appointment=made["id"])
            await outbox.add(tx, pushed, place.clock.now)
        await place.settle()
        assert abouts == [None if words == "discret" else Link("appointment", made["id"])]


async def test_what_is_over_by_then_is_not_said(place: Place) -> None:
    await place.says("sms", CAMILLE, *LATER, "discret")
    await place.passes(days=8)
    place.new("sms", CAMILLE)
    said = await place.says("sms", CAMILLE, "lire")
    assert not [text for text in said if "Rappel" in text]


async def test_normal_mode_says_again_what_it_is_about(place: Place) -> None:
    await place.says("sms", CAMILLE, *LATER, "discret", "mode normal")
    place.new("sms", CAMILLE)
    await place.passes(days=5)
    assert any("Rappel" in text for text in place.new("sms", CAMILLE))


@guards("T06", partly=True)
async def test_a_discreet_person_has_no_mail_of_an_hour(place: Place) -> None:
    await place.says("sms", CAMILLE, *LATER[:-1], "1")
    await place.says("sms", CAMILLE, "discret")
    row = await place.contact("sms", CAMILLE)
    assert row.person_id is not None
    async with place.parts.db.transaction() as tx:
        store = RowStore(tx, place.parts.directories)
        found = await store.person(PersonId(row.person_id))
    assert found is not None
    assert found.discreet
    before = len(place.line("email").sent_to)
    async with place.parts.db.transaction() as tx:
        mail = (await tx.fetch("SELECT id FROM contact WHERE channel = 'email' AND person_id = ?", row.person_id))[0][
            "id"
        ]
        await outbox.add(tx, told(mail, place), place.clock.now)
    await place.settle()
    assert len(place.line("email").sent_to) == before


@guards("T06")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("lang", languages())
async def test_no_notice_of_any_kind_names_a_matter_whoever_wrote_it(place: Place, lang: str) -> None:
    """Every kind that there is or will be, with every matter, and whatever else somebody might put into its words: what
    leaves for a person says only that there is a message.
    """
    await place.says("sms", CAMILLE, *LATER)
    row = await place.contact("sms", CAMILLE)
    async with place.parts.db.transaction() as tx:
        await contacts.set_language(tx, row.id, lang)
    place.new("sms", CAMILLE)
    values: list[dict[str, Value]] = [{"motive": matter} for matter in MOTIVES.values()]
    values += [{name: "Mutuelle des Ports"} for name in sorted({"client", "code", "text", "words", "ground", "sample"})]
    values += [{"mode": t("ground.misuse")}]
    place.parts = replace(place.parts, max_unasked=10_000)
    kinds = sorted({*get_args(NoticeKind), "question"} - WHOLE)
    for kind, (number, filled) in product(kinds, enumerate(values)):
        said = Reply((Text("language.done", filled), Text("confirmed.change")), link=Link("appointment", "a"))
        pushed = outbox.Outgoing(
            f"{kind}{number}", row.id, kind, {**content.to_json(said), "urgent": True}, place.clock.now
        )
        async with place.parts.db.transaction() as tx:
            await outbox.add(tx, pushed, place.clock.now)
    await place.settle()
    assert place.new("sms", CAMILLE) == [Voice(lang)(t("notice.neutral"))] * len(kinds) * len(values)
