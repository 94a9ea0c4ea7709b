"""The whole path when a worker ends what a person had: rows, news, questions, reminders, alarms."""

from __future__ import annotations

import pytest

from tests.handlers.path.place import CAMILLE, LATER, SAM, Place

pytestmark = pytest.mark.sampled

WORKERS = ("+33639980101", "+33639980102", "+33639980103", "+33639980104", "+33639980105")


async def worker_of(place: Place) -> str:
    """The number of whoever was booked: they alone have a notice."""
    told = [number for number in WORKERS if any("Nouveau rendez-vous" in text for text in place.new("sms", number))]
    assert len(told) == 1
    return told[0]


async def cancels(place: Place, worker: str) -> list[str]:
    await place.says("sms", worker, "annuler", "oui")
    return place.new("sms", CAMILLE)


async def statuses(place: Place) -> list[str]:
    rows = await place.parts.db.fetch("SELECT status FROM appointment ORDER BY series, version")
    return [row["status"] for row in rows]


async def test_the_worker_cancels_and_one_reply_settles_it(place: Place) -> None:
    await place.books()
    worker = await worker_of(place)
    (question,) = await cancels(place, worker)
    assert "ne peut pas vous recevoir" in question
    assert "Argent" not in question
    assert "Social" not in question
    (answer,) = await place.says("sms", CAMILLE, "1")
    assert answer.startswith("C'est réservé")
    assert await statuses(place) == ["moved", "booked"]
    assert await place.parts.db.fetch("SELECT count(*) AS n FROM hold") == [{"n": 0}]
    waiting = await place.parts.db.fetch("SELECT kind FROM timer WHERE status = 'waiting' AND subject LIKE 'offers:%'")
    assert waiting == [], "nobody is reminded of what is settled"
    assert "offer_unanswered" not in place.alarm_codes()


async def test_nobody_answers(place: Place) -> None:
    await place.says("sms", CAMILLE, *LATER)
    worker = await worker_of(place)
    await cancels(place, worker)
    await place.passes(hours=6)
    (again,) = place.new("sms", CAMILLE)
    assert "encore choisi" in again
    await place.passes(hours=6)
    assert place.alarm_codes().count("offer_unanswered") == 1
    await place.passes(hours=24)
    assert place.alarm_codes().count("offer_unanswered") == 1
    assert [text for text in place.new("sms", CAMILLE) if "choisi" in text] == []


async def test_nobody_is_reminded_at_night_of_what_lapses_at_night(place: Place) -> None:
    await place.says("sms", CAMILLE, *LATER)
    worker = await worker_of(place)
    await place.passes(hours=7)
    await cancels(place, worker)
    await place.passes(hours=3, minutes=44)
    assert place.new("sms", CAMILLE) == []
    await place.passes(minutes=1)
    (again,) = place.new("sms", CAMILLE)
    assert "encore choisi" in again, "at a quarter to nine in the evening"
    await place.passes(hours=8, minutes=15)
    assert place.new("sms", CAMILLE) == []
    assert place.alarm_codes().count("offer_unanswered") == 1


async def test_the_hour_is_closed_with_what_the_worker_cancels(place: Place) -> None:
    await place.books()
    worker = await worker_of(place)
    await cancels(place, worker)
    rows = await place.parts.db.fetch(
        "SELECT a.id FROM appointment a JOIN span s ON s.worker_id = a.worker_id AND s.start_at = a.start_at"
        " WHERE a.status = 'cancelled' AND s.kind = 'closed'"
    )
    assert len(rows) == 1


async def test_whoever_stopped_our_messages_is_called_by_the_desk(place: Place) -> None:
    await place.books()
    worker = await worker_of(place)
    await place.says("sms", CAMILLE, "stop")
    assert await cancels(place, worker) == []
    assert "notice_not_sent" in place.alarm_codes()


async def test_two_lose_their_hour_in_one_turn_of_the_worker(place: Place) -> None:
    """Their talks are moved by their own turns; each is offered hours that the other is not."""
    await place.books()
    worker = await worker_of(place)
    first = (await place.parts.db.fetch("SELECT start_at, worker_id FROM appointment"))[0]
    await place.says(
        "sms", SAM, "bonjour", "PORTS-7KQM-4XTD", "1", "6", "1", "1", "1", "Sam Leroy", "sam@example.org", "1"
    )
    rows = await place.parts.db.fetch("SELECT worker_id FROM appointment")
    place.new("sms", SAM)
    zone = first["start_at"].strftime("%d/%m")
    (ask,) = (await place.says("sms", worker, f"absent du {zone} au {zone}"))[-1:]
    assert "Absence" in ask
    await place.says("sms", worker, "oui")
    theirs = [row for row in rows if row["worker_id"] == first["worker_id"]]
    ended = await place.parts.db.fetch("SELECT id FROM appointment WHERE status = 'cancelled'")
    assert 1 <= len(ended) <= len(theirs)
    (question,) = place.new("sms", CAMILLE)
    assert "ne peut pas vous recevoir" in question
    assert await place.parts.db.fetch("SELECT count(*) AS n FROM span WHERE kind = 'closed'") == [{"n": 1}]


async def test_a_proposal_is_taken_and_the_worker_is_told(place: Place) -> None:
    await place.books()
    worker = await worker_of(place)
    (done,) = (await place.says("sms", worker, "proposer Camille 18h", "oui"))[-1:]
    assert done.startswith("Proposé à Camille")
    (question,) = place.new("sms", CAMILLE)
    assert "vous propose" in question
    (answer,) = await place.says("sms", CAMILLE, "1")
    assert answer.startswith("C'est déplacé")
    assert any("Rendez-vous déplacé" in text for text in place.new("sms", worker))
    assert await statuses(place) == ["moved", "booked"]


async def test_a_further_hour_after_they_met(place: Place) -> None:
    """Named by the next worker as well, it is only theirs who met them; taken, it is an appointment of its own."""
    await place.books()
    worker = await worker_of(place)
    other = next(number for number in WORKERS if number != worker)
    (nobody,) = await place.says("sms", other, "revoir Camille mercredi 10h")
    assert nobody.startswith("Vous n'avez rencontré personne")
    (outside,) = await place.says("sms", worker, "revoir Camille mercredi 18h")
    assert "hors de vos heures" in outside
    (done,) = await place.says("sms", worker, "oui")
    assert done.startswith("Proposé à Camille : une heure de plus")
    (question,) = place.new("sms", CAMILLE)
    assert "une heure de plus" in question
    assert "Argent" not in question
    (answer,) = await place.says("sms", CAMILLE, "1")
    assert answer.startswith("C'est réservé")
    assert any("Nouveau rendez-vous" in text for text in place.new("sms", worker))
    assert await statuses(place) == ["booked", "booked"]
    noted = await place.parts.db.fetch("SELECT actor, action FROM audit WHERE action IN ('propose further', 'book')")
    assert sorted(f"{row['actor'].split(':')[0]} {row['action']}" for row in noted) == [
        "person book",
        "person book",
        "worker propose further",
    ]
    waiting = await place.parts.db.fetch("SELECT kind FROM timer WHERE status = 'waiting' AND subject LIKE 'offers:%'")
    assert waiting == []


async def test_a_further_hour_that_nobody_answers(place: Place) -> None:
    await place.books()
    worker = await worker_of(place)
    await place.says("sms", worker, "revoir Camille mercredi 18h", "oui")
    assert len(place.new("sms", CAMILLE)) == 1
    await place.passes(hours=24)  # in the evening the time is over, in the morning the worker is told
    assert [text for text in place.new("sms", worker) if "n'a pas répondu" in text] != []
    assert "offer_unanswered" not in place.alarm_codes()


@pytest.mark.parametrize(("word", "said"), [("refuser", "oui"), ("accepter", None)])
async def test_a_late_cancellation_may_be_refused_or_not(place: Place, word: str, said: str | None) -> None:
    await place.books()
    worker = await worker_of(place)
    await place.says("sms", CAMILLE, "annuler", "l'annuler")
    (notice,) = place.new("sms", worker)
    assert "REFUSER ou ACCEPTER" in notice
    await place.says("sms", worker, word, *([said] if said else []))
    rows = await place.parts.db.fetch("SELECT waived_at IS NULL AS stands FROM refusal")
    assert [bool(row["stands"]) for row in rows] == [said is not None]
    noted = await place.parts.db.fetch("SELECT actor, action FROM audit WHERE action = 'refuse'")
    assert len(noted) == (1 if said else 0)
    assert all(row["actor"].startswith("worker:") for row in noted)


async def test_a_worker_acts_on_their_own_appointments_alone(place: Place) -> None:
    await place.books()
    worker = await worker_of(place)
    other = next(number for number in WORKERS if number != worker)
    (answer,) = await place.says("sms", other, "annuler")
    assert answer.startswith("Vous n'avez aucun rendez-vous")
    assert await statuses(place) == ["booked"]
    assert place.new("sms", CAMILLE) == []
