"""What a day's text messages may cost (threat T20): whoever has us send for their own gain reaches the ceiling, and
what is about somebody's hour goes out all the same. What went out is counted here by what the provider was given.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from bot import checks
from bot.settings import read_settings
from bot.work import drain_all
from conversations.model import Reply
from conversations.text import t
from handlers import content
from handlers.channels import gsm7
from handlers.delivery import deliver
from handlers.spending import FIRST_AN_HOUR, STRANGERS_UNTIL, UNNEEDED_UNTIL
from storage import contacts, flags, outbox, spending
from storage.outbox import Outgoing
from storage.sql import marks
from tests.guards import guards
from tests.handlers.path.place import CAMILLE, LATER, MONDAY, SAM, Place

WELCOME = t("welcome.sms")
HOUR = timedelta(hours=1)
AT_ONCE = 50

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
on_postgres = pytest.mark.parametrize("database_url", ["postgres"], indirect=True)


def ceiling(place: Place, segments: int) -> None:
    place.parts = replace(place.parts, most_segments=segments)


def spent(place: Place) -> int:
    return sum(gsm7.size(text).segments for _, text in place.line("sms").sent_to)


async def write_in(place: Place, first: int, count: int) -> None:
    """So many numbers that we never saw write a word, and are to be welcomed: rows as the path leaves them."""
    db, now = place.parts.db, place.clock.now
    of_contact = "id, channel, address, address_index, lang, time_zone, turns, received, failures, created_at"
    of_answer = (
        "key, contact_id, channel, kind, answer, content, due_at, next_try_at, status, fence, attempts, "
        "possible_duplicate, created_at, changed_at"
    )
    said = json.dumps(content.to_json(Reply((WELCOME,))))
    async with db.transaction() as tx:
        for some in range(first, first + count, AT_ONCE):
            made: list[object] = []
            answers: list[object] = []
            for name in (f"stranger {n}" for n in range(some, some + AT_ONCE)):
                sealed, index = db.vault.seal("contact.address", name, name), db.vault.index("address:sms", name)
                made += [name, "sms", sealed, index, "fr", "Europe/Paris", 1, 1, 0, now]
                key = f"to {name}"
                answers += [key, name, "sms", "answer", True, db.vault.seal("outbox.content", key, said), now, now]
                answers += ["queued", 0, 0, False, now, now]
            await tx.execute(f"INSERT INTO contact ({of_contact}) VALUES {marks(AT_ONCE, 10)}", *made)
            await tx.execute(f"INSERT INTO outbox ({of_answer}) VALUES {marks(AT_ONCE, 14)}", *answers)


async def delivered(place: Place) -> None:
    """And what was held back is known to the talks."""
    while await deliver(place.parts, "place") or await drain_all(place.parts, "place"):
        pass


async def said(place: Place, address: str, kind: str, *, answer: bool = False, **more: object) -> outbox.OutboxRow:
    """A message of this kind to the address, now; what became of it."""
    contact = await place.contact("sms", address)
    number = next(place.numbers)
    written = {**content.to_json(Reply((t("sorry"),))), "urgent": True, **more}
    async with place.parts.db.transaction() as tx:
        out = Outgoing(f"said:{number}", contact.id, kind, written, place.clock.now, answer=answer)
        id = await outbox.add(tx, out, place.clock.now)
    assert id is not None
    await delivered(place)
    found = await outbox.get(place.parts.db, id)
    assert found is not None
    return found


async def pumped(place: Place, numbers: int) -> None:
    """They come within a day; somebody with an hour cancels it in their midst, and somebody new is in danger."""
    await place.says("sms", CAMILLE, *LATER)
    before, a_wave = spent(place), numbers // 10
    for wave in range(10):
        await write_in(place, wave * a_wave, a_wave)
        await delivered(place)
        place.clock.now += HOUR
    strangers = spent(place) - before
    assert strangers + before <= place.parts.most_segments * STRANGERS_UNTIL, "what they had us spend"
    assert strangers > place.parts.most_segments * STRANGERS_UNTIL / 2
    gone = await place.says("sms", CAMILLE, "annuler", "4")
    assert "Annulé" in gone[-1]
    assert "3114" in (await place.says("sms", SAM, "je veux mourir"))[0]
    assert spent(place) <= place.parts.most_segments
    assert await spending.used(place.parts.db, MONDAY - 9 * HOUR) == spent(place)
    assert 1 <= place.alarm_codes().count("spending") <= 10


@on_sqlite
@guards("T20")
async def test_500_numbers_and_those_with_an_hour(place: Place) -> None:
    ceiling(place, 100)
    await pumped(place, 500)


@pytest.mark.many
@on_postgres
async def test_50_000_numbers_and_those_with_an_hour(place: Place) -> None:
    ceiling(place, 2_000)
    await pumped(place, 50_000)


@guards("T20")
async def test_many_at_once_do_not_go_over_it_together(place: Place) -> None:
    """One batch of twenty is decided side by side on PostgreSQL; each is two segments, eighteen fit."""
    ceiling(place, 20)
    await write_in(place, 0, AT_ONCE)
    await delivered(place)
    assert spent(place) == 18


@on_sqlite
@guards("T20")
async def test_new_numbers_are_answered_up_to_so_many_an_hour(place: Place) -> None:
    ceiling(place, 10_000)
    await write_in(place, 0, FIRST_AN_HOUR + AT_ONCE)
    await delivered(place)
    assert len(place.line("sms").sent_to) == FIRST_AN_HOUR
    rows = await place.parts.db.fetch("SELECT id FROM outbox WHERE reason = 'first_contacts' AND status = 'suppressed'")
    assert len(rows) == AT_ONCE
    assert place.alarm_codes().count("spending") == 1
    assert await place.says("sms", "stranger 0", "bonjour"), "who was answered before is no new number"
    place.clock.now += HOUR
    assert await place.says("sms", f"stranger {FIRST_AN_HOUR}", "bonjour"), "and the next hour has room"


@on_sqlite
@guards("T20")
async def test_what_is_needed_least_stops_first(place: Place) -> None:
    """One person with an hour, one stranger; the rest of the day's segments were used by others."""
    await place.books()
    await place.says("sms", SAM, "bonjour")
    place.parts = replace(place.parts, max_unasked=100)
    ceiling(place, 10_000)
    ends = {}
    for share in (UNNEEDED_UNTIL, STRANGERS_UNTIL, 2):
        (row, *_) = await place.rows("sms", SAM)
        await place.parts.db.execute("UPDATE outbox SET segments = ? WHERE id = ?", int(10_000 * share), int(row.id))
        ends[share] = {
            kind: (await said(place, CAMILLE, kind)).reason
            for kind in (
                "feedback",
                "freed",
                "offer",
                "test",
                "one_time_code",
                "booked",
                "moved",
                "cancelled",
                "reminder",
            )
        }
        ends[share]["answer"] = (await said(place, CAMILLE, "answer", answer=True)).reason
        ends[share]["answer to a stranger"] = (await said(place, SAM, "answer", answer=True)).reason
        ends[share]["danger"] = (await said(place, SAM, "answer", answer=True, needed=True)).reason
    held = {share: {kind for kind, reason in each.items() if reason == "ceiling"} for share, each in ends.items()}
    pushes, strangers = {"feedback", "freed", "offer", "test"}, {"one_time_code", "answer to a stranger"}
    assert held == {UNNEEDED_UNTIL: pushes, STRANGERS_UNTIL: pushes | strangers, 2: pushes | strangers}


@on_sqlite
@guards("T31", partly=True)
async def test_near_words_of_danger_are_asked_about_beyond_it_and_their_answer_is_given(place: Place) -> None:
    ceiling(place, 1)
    assert await place.says("sms", SAM, "bonjour") == []
    (asked,) = await place.says("sms", SAM, "j'en peux plus de vivre")
    assert "en danger" in asked
    (numbers,) = await place.says("sms", SAM, "oui")
    assert "3114" in numbers.splitlines()[0]


@on_sqlite
@guards("T20")
async def test_a_push_waits_until_the_morning_and_a_code_does_not(place: Place) -> None:
    await place.books()
    ceiling(place, 1)
    waits, code = await said(place, CAMILLE, "freed"), await said(place, CAMILLE, "one_time_code")
    assert (waits.status, waits.reason) == ("queued", "ceiling")
    assert waits.due_at.isoformat() == "2026-03-03T07:00:00+00:00"
    assert (code.status, code.reason) == ("suppressed", "ceiling")
    ceiling(place, 2_000)
    await place.passes(hours=23)
    assert (await outbox.get(place.parts.db, waits.id)).status == "accepted"  # type: ignore[union-attr]


@on_sqlite
async def test_a_question_that_was_held_back_is_not_answered(place: Place) -> None:
    """Nobody has read it, so a digit is no choice of it (I15)."""
    await place.says("sms", SAM, "bonjour", "PORTS-7KQM-4XTD")
    ceiling(place, 1)
    await place.says("sms", SAM, "1")
    ceiling(place, 2_000)
    (next_one,) = await place.says("sms", SAM, "1")
    assert "De quoi voulez-vous parler" not in next_one
    (row, *_) = [row for row in await place.rows("sms", SAM) if row.reason == "ceiling"]
    assert row.answer


@on_sqlite
@guards("T20", "T21", "T31")
async def test_a_stranger_in_danger_or_who_says_stop_is_answered_beyond_the_ceiling(place: Place) -> None:
    """The numbers, the one question before them, and that we stop; nothing else of a stranger's."""
    ceiling(place, 1)
    assert await place.says("sms", SAM, "bonjour") == []
    for number, (typed, answer) in enumerate(
        {"je n'en peux plus": "1.", "je veux mourir": "3114", "arrêtez": "plus de message"}.items()
    ):
        [said] = await place.says("sms", f"+3363998003{number}", typed)
        assert answer in said


@on_sqlite
async def test_other_channels_are_not_weighed(place: Place) -> None:
    ceiling(place, 1)
    assert await place.says("telegram", "77", "bonjour")
    assert not place.alarms


@on_sqlite
async def test_a_midnight_begins_a_new_day_and_what_is_on_its_way_counts(place: Place) -> None:
    await place.says("sms", SAM, "bonjour")
    (row,) = await place.rows("sms", SAM)
    db, used = place.parts.db, spent(place)
    day, midnight = MONDAY - 10 * HOUR, MONDAY + 14 * HOUR
    assert await spending.used(db, day) == used
    assert await spending.used(db, day, row.id) == 0
    assert await spending.used(db, midnight) == 0
    await db.execute("UPDATE outbox SET status = 'unknown', accepted_at = NULL WHERE id = ?", int(row.id))
    assert await spending.used(db, midnight) == used, "it may have arrived"
    await db.execute("UPDATE outbox SET status = 'queued' WHERE id = ?", int(row.id))
    assert await spending.used(db, day) == 0, "it was certainly not sent"


@on_sqlite
@guards("T20")
async def test_the_ceiling_is_of_a_day_where_we_are(place: Place) -> None:
    """Used up an hour before midnight in Paris, it is whole an hour later."""
    place.clock.now = MONDAY + 13 * HOUR
    ceiling(place, 3)
    assert await place.says("sms", SAM, "bonjour")
    assert await place.says("sms", SAM, "bonjour") == []
    place.clock.now = MONDAY + 14 * HOUR - timedelta(seconds=1)
    assert await place.says("sms", SAM, "bonjour") == []
    place.clock.now = MONDAY + 14 * HOUR
    assert await place.says("sms", SAM, "bonjour")


@guards("T20")
def test_the_shares_are_those_that_are_promised() -> None:
    assert (UNNEEDED_UNTIL, STRANGERS_UNTIL, FIRST_AN_HOUR) == (0.8, 0.9, 300)


@on_sqlite
async def test_the_doctor_says_how_much_of_it_is_used(place: Place) -> None:
    await place.says("sms", SAM, "bonjour")
    used, db = spent(place), place.parts.db
    twilio = {"TWILIO_ACCOUNT_SID": f"AC{'0' * 32}", "TWILIO_AUTH_TOKEN": "x", "TWILIO_SMS_FROM": "+33199000001"}
    keys = {"SECRET_KEY": "s" * 32, "ENCRYPTION_KEYS": "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="}
    for most, ok in ((10 * used, True), (used, False)):
        settings = read_settings(env_file=None, **keys, **twilio, MAX_SEGMENTS_A_DAY=most)
        (found,) = await checks.spent(db, settings, place.clock.now)
        assert (found.about, found.ok) == ("spending", ok)
        assert found.words.startswith(f"{used} of {most} segments are used today")
    assert await checks.spent(db, read_settings(env_file=None, **keys), place.clock.now) == []


@on_sqlite
async def test_the_alarm_comes_once_an_hour(place: Place) -> None:
    ceiling(place, 1)
    for minutes in (0, 10, 59, 60):
        place.clock.now = MONDAY + timedelta(minutes=minutes)
        await place.says("sms", SAM, "bonjour")
    assert place.alarm_codes() == ["spending", "spending"]
    assert await flags.since(place.parts.db, "spending_told") == MONDAY + HOUR
    assert await contacts.find(place.parts.db, "sms", SAM)
