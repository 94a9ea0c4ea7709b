"""What an operator decides about a person, on rows: who is told, on which channel and when, what is noted, who judges
what they contest (safety G18).
"""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

import pytest

from booking.decisions import Decision, Ground, NotDecided
from booking.operating import Role
from handlers import deciding
from handlers import tickets as desk
from handlers.acting import Acting
from handlers.ticket_answers import Done, NotYours, OfAnother, Undecided
from storage import audit, contacts, decisions, operators, tickets
from storage.booking import RowStore
from tests.guards import guards
from tests.handlers.path.place import CAMILLE, CLAIRE, LATER, SAM, Place, refused

pytestmark = pytest.mark.sampled

ANNA, BEN = "operator:anna", "operator:ben"  # of the console
LOGIN = "operator:ubuntu"  # at a keyboard
WHY = "Vos messages étaient blessants."
WAITS = "Un message sur votre accès au service vous attend. Pour le lire, répondez LIRE."
FRIDAY = date(2026, 3, 13)  # the tests begin on Monday, the 2nd


async def has_an_hour(place: Place) -> str:
    """Camille's id; her hour is of the next week."""
    await place.says("sms", CAMILLE, *LATER)
    person = (await place.contact("sms", CAMILLE)).person_id
    assert person is not None
    place.new("sms", CLAIRE)
    async with place.parts.db.transaction() as tx:
        for name in ("anna", "ben"):
            await operators.add(tx, name, name, Role.DESK, "secret", place.clock.now)
    return person


async def suspends(place: Place, person: str, last: date | None = FRIDAY, *, cancels: bool = False) -> Decision:
    made = await deciding.suspend(place.parts, person, ANNA, Ground.DISRESPECT, WHY, last_day=last, cancels=cancels)
    assert isinstance(made, Decision), made
    await place.settle()
    return made


async def deeds(place: Place, person: str) -> list[tuple[str, str]]:
    """The oldest first."""
    return [(deed.actor, deed.action) for deed in reversed(await audit.of(place.parts.db, f"person:{person}"))]


async def test_from_the_decision_to_its_last_day(place: Place) -> None:
    person = await has_an_hour(place)
    made = await suspends(place, person)
    assert place.new("sms", CAMILLE) == [f"{WAITS} Vos rendez-vous déjà pris restent."]
    assert place.new("sms", CLAIRE) == [], "her hour stands"
    [told] = await place.says("sms", CAMILLE, "LIRE")
    assert told.startswith("Une personne de notre équipe a suspendu votre compte, jusqu'au vendredi 13 mars à 23 h 59.")
    for part in ("Raison : le respect dans les échanges.", WHY, "Vos rendez-vous déjà pris restent.", "CONTESTER"):
        assert part in told
    [answer] = await place.says("sms", CAMILLE, "je veux une autre heure")
    assert answer.startswith("Votre compte est suspendu jusqu'au vendredi 13 mars.")
    assert made.until is not None
    place.clock.now = made.until - timedelta(minutes=1)
    await place.settle()
    place.new("sms", CAMILLE)
    await place.passes(minutes=1)
    assert place.new("sms", CAMILLE) == [], "at midnight they sleep"
    assert (await place.says("sms", CAMILLE, "bonjour"))[0].startswith("De quoi voulez-vous parler"), "it is over"
    await place.passes(hours=9)
    assert "Votre compte est de nouveau ouvert. Pour une heure, écrivez-nous." in place.new("sms", CAMILLE)
    assert await deciding.end_due(place.parts) == 0
    assert await deeds(place, person) == [(ANNA, "suspend"), ("timer", "suspension over")]


async def test_their_hours_go_with_it_where_that_is_decided_and_are_told_of_once(place: Place) -> None:
    person = await has_an_hour(place)
    await suspends(place, person, cancels=True)
    assert place.new("sms", CAMILLE) == [f"Vos rendez-vous à venir sont annulés. {WAITS}"]
    [gone] = place.new("sms", CLAIRE)
    assert gone.startswith("Rendez-vous annulé : ")
    rows = await place.rows("sms", CAMILLE)
    assert not [row for row in rows if row.kind in {"cancelled", "reminder"} and row.status == "queued"]
    [noted] = await place.parts.db.fetch("SELECT late, ended_by FROM appointment")
    assert (bool(noted["late"]), noted["ended_by"]) == (False, "desk")


async def test_what_is_kept_on_another_of_their_channels_is_free_again(place: Place) -> None:
    person = await has_an_hour(place)
    await place.says("telegram", "77", "bonjour")
    chat = await place.contact("telegram", "77")
    async with place.parts.db.transaction() as tx:
        await contacts.link_person(tx, chat.id, person)
    await place.says("telegram", "77", "logement", "1")
    assert await place.parts.db.fetch("SELECT id FROM hold")
    await suspends(place, person)
    assert await place.parts.db.fetch("SELECT id FROM hold") == []
    assert "suspendu" in (await place.says("telegram", "77", "bonjour", "1"))[-1]


async def test_at_night_they_sleep_and_who_cannot_be_told_is_called(place: Place) -> None:
    person = await has_an_hour(place)
    place.clock.now += timedelta(hours=12)  # 22:00 in Paris
    await suspends(place, person)
    assert place.new("sms", CAMILLE) == []
    await place.passes(hours=11)
    assert place.new("sms", CAMILLE)[0].startswith(WAITS)
    await place.says("sms", CAMILLE, "stop")
    await deciding.warn(place.parts, person, ANNA, Ground.OTHER, "Merci d'être à l'heure.")
    await place.settle()
    assert place.new("sms", CAMILLE) == []
    [row] = [row for row in await place.rows("sms", CAMILLE) if row.kind == "decision"][:1]
    assert (row.status, row.reason) == ("suppressed", "opted_out")
    assert [one.kind for one in await tickets.listed(place.parts.db)] == ["notice_not_sent"]


async def test_what_was_read_before_the_push_left_is_not_announced(place: Place) -> None:
    person = await has_an_hour(place)
    place.clock.now += timedelta(hours=12)  # 22:00 in Paris
    made = await suspends(place, person)
    assert WHY in (await place.says("sms", CAMILLE, "bonjour"))[0]
    found = await decisions.get(place.parts.db, made.id)
    assert found is not None
    assert (found.read, found.unread) == (place.clock.now, False)
    await place.passes(hours=11)
    [row] = [row for row in await place.rows("sms", CAMILLE) if row.kind == "decision"]
    assert (row.status, row.reason) == ("suppressed", "read_already")


async def test_no_push_holds_the_reason_or_anybodys_words(place: Place) -> None:
    """Others may read the screen (threat T6): whatever is decided, and whatever becomes of it."""
    made, _ = await contested(place)
    await deciding.review(place.parts, made.id, BEN, "Mots de la relecture.", upheld=True)
    await deciding.end_suspension(place.parts, made.id, ANNA, "Mots de la fin.")
    await deciding.warn(place.parts, made.person, ANNA, Ground.MISSED, "Mots de la mise en garde.")
    await place.settle()
    pushed = [row for row in await place.rows("sms", CAMILLE) if row.kind == "decision"]
    assert len(pushed) == 4
    pushes = {text["id"] for row in pushed for text in (row.content or {})["texts"]}
    assert pushes == {"decision.waits", "decision.waits_coming"}
    for row in pushed:
        assert row.content is not None
        assert all(not text["args"] for text in row.content["texts"]), "fixed words"
    place.new("sms", CAMILLE)
    [read] = await place.says("sms", CAMILLE, "lire")
    said = [read.index(f"Mots de la {part}.") for part in ("relecture", "fin", "mise en garde")]
    assert said == sorted(said)


async def test_a_number_that_is_not_joined_is_told_where_to_read(place: Place) -> None:
    """A person's SMS and WhatsApp are two until joined by proof (threat T5): LIRE would find nothing there."""
    await place.says("whatsapp", CAMILLE, *LATER)
    person = (await place.contact("whatsapp", CAMILLE)).person_id
    assert person is not None
    place.line("whatsapp").troubles = [refused("63024")]
    await suspends(place, person)
    [told] = place.new("sms", CAMILLE)
    assert told.startswith(WAITS)
    assert told.endswith("Pour répondre, écrivez-nous sur WhatsApp.")


# ---------------------------------------------------------------- contested


async def contested(place: Place) -> tuple[Decision, str]:
    """The decision, and the ticket."""
    made = await suspends(place, await has_an_hour(place))
    place.new("sms", CAMILLE)
    said = await place.says("sms", CAMILLE, "contester", "Ce n'était pas moi, on a pris mon téléphone.")
    assert said[-1].startswith("C'est noté. Une autre personne")
    [ticket] = await tickets.listed(place.parts.db)
    assert (ticket.kind, ticket.subject, ticket.live) == ("contest", f"decision:{made.id}", False)
    assert place.alarm_codes() == ["desk_contest"]
    return made, ticket.id


async def test_who_decided_it_cannot_have_the_ticket_and_nobody_closes_it_before_it_is_judged(place: Place) -> None:
    made, ticket = await contested(place)
    parts = place.parts
    assert await desk.take(parts, ticket, ANNA) == NotYours()
    assert await desk.take(parts, ticket, ANNA, over=True) == NotYours()
    assert await desk.say(parts, ticket, ANNA, "Non.") == NotYours()
    assert await desk.close(parts, ticket, ANNA, "nothing_to_do") == NotYours()
    assert await deciding.review(parts, made.id, ANNA, "Je maintiens ma décision.", upheld=True) == NotDecided("own")
    assert await desk.close(parts, ticket, BEN, "nothing_to_do") == Undecided()
    found = await decisions.get(parts.db, made.id)
    assert found is not None
    assert found.to_review
    await place.settle()
    assert place.new("sms", CAMILLE) == []


async def test_who_decided_at_a_keyboard_may_be_who_judges_so_they_declare(place: Place) -> None:
    """Two names, one human perhaps: the command line knows a login of the computer alone."""
    person, parts = await has_an_hour(place), place.parts
    made = await deciding.suspend(parts, person, LOGIN, Ground.OTHER, WHY, last_day=None, cancels=False)
    assert isinstance(made, Decision)
    await place.says("sms", CAMILLE, "contester", "Ce n'était pas moi.")
    [ticket] = await tickets.listed(parts.db)

    async def reviews(operator: str, *, declares: bool) -> object:
        words = "Nous avons relu."
        return await deciding.review(parts, made.id, operator, words, upheld=True, declares=declares)

    for login in (LOGIN, "operator:root"):
        assert await desk.take(parts, ticket.id, login) == NotYours()
        assert await reviews(login, declares=True) == NotDecided("own")
    assert await reviews(BEN, declares=False) == NotDecided("declare")
    found = await decisions.get(parts.db, made.id)
    assert found is not None
    assert found.to_review
    assert isinstance(await reviews(BEN, declares=True), Decision)
    assert (await deeds(place, person))[-2:] == [(BEN, "uphold decision"), (BEN, "declare another decided")]


@guards("G18", partly=True)
@pytest.mark.parametrize("upheld", [True, False])
async def test_another_judges_and_the_person_is_answered(place: Place, upheld: bool) -> None:
    made, ticket = await contested(place)
    done = await deciding.review(place.parts, made.id, BEN, "Nous avons relu vos messages.", upheld=upheld)
    assert isinstance(done, Decision)
    await place.settle()
    assert place.new("sms", CAMILLE) == [WAITS]
    told = (await place.says("sms", CAMILLE, "lire"))[0]
    assert ("reste suspendu" in told, "de nouveau ouvert" in told) == (upheld, not upheld)
    assert "Nous avons relu vos messages." in told
    row = await tickets.get(place.parts.db, ticket)
    assert row is not None
    assert (row.status, row.outcome) == ("closed", "solved")
    words = "uphold decision" if upheld else "take decision back"
    assert await deeds(place, made.person) == [(ANNA, "suspend"), (f"person:{made.person}", "contest"), (BEN, words)]
    assert ("suspendu" in (await place.says("sms", CAMILLE, "prendre un rendez-vous"))[0]) == upheld
    again = await deciding.review(place.parts, made.id, BEN, "Encore une fois, non.", upheld=True)
    assert again == NotDecided("already")


async def test_a_talk_about_it_goes_on_until_its_operator_ends_it(place: Place) -> None:
    made, ticket = await contested(place)
    assert isinstance(await desk.say(place.parts, ticket, BEN, "Bonjour, racontez-moi."), Done)
    await place.settle()
    await deciding.review(place.parts, made.id, BEN, "Nous vous croyons, pardon.", upheld=False)
    row = await tickets.get(place.parts.db, ticket)
    assert row is not None
    assert (row.status, row.live) == ("taken", True)
    assert await desk.take(place.parts, ticket, ANNA) == OfAnother(BEN), "it is judged: no bar to the colleague now"
    assert isinstance(await desk.close(place.parts, ticket, BEN, "solved"), Done)


async def test_what_they_wrote_is_sealed_and_in_no_log_line(place: Place) -> None:
    made, ticket = await contested(place)
    rows = await place.parts.db.fetch("SELECT words, contest FROM decision")
    assert all(b"blessants" not in bytes(row["words"]) and b"moi" not in bytes(row["contest"]) for row in rows)
    assert all("téléphone" not in str(alarm) for alarm in place.alarms)
    found = await tickets.get(place.parts.db, ticket)
    assert found is not None
    assert "téléphone" not in str(found)
    assert made.words == WHY


# ---------------------------------------------------------------- at once


@pytest.mark.parametrize("_", range(5))
async def test_two_operators_at_once_make_one_suspension(place: Place, _: int) -> None:
    person = await has_an_hour(place)

    async def by(operator: str) -> object:
        return await deciding.suspend(place.parts, person, operator, Ground.OTHER, WHY, last_day=None, cancels=True)

    both = await asyncio.gather(by(ANNA), by(BEN), place.says("sms", CAMILLE, "mes rendez-vous"))
    assert sorted(type(each).__name__ for each in both[:2]) == ["Decision", "NotDecided"]
    await place.settle()
    assert sum(WAITS in text for text in place.new("sms", CAMILLE)) <= 1
    sent = [row for row in await place.rows("sms", CAMILLE) if row.kind == "decision"]
    assert len(sent) == 1


@pytest.mark.parametrize("_", range(5))
async def test_its_day_comes_once_however_many_look(place: Place, _: int) -> None:
    made = await suspends(place, await has_an_hour(place))
    assert made.until is not None
    place.clock.now = made.until
    ended = await asyncio.gather(*(deciding.end_due(place.parts) for _ in range(4)))
    assert sum(ended) == 1


@guards("G18", partly=True)
async def test_nobody_but_the_desk_decides_and_nobody_but_they_contest(place: Place) -> None:
    """The core in the name of a talk: of the person, of another, of a worker, of nobody."""
    person = await has_an_hour(place)
    await place.says("sms", SAM, "bonjour")
    made = await suspends(place, person)
    talks = [await place.contact("sms", address) for address in (CAMILLE, SAM, CLAIRE)]
    now = place.clock.now
    async with place.parts.db.transaction() as tx:
        for who in [*talks, None]:
            store = RowStore(tx, place.parts.directories)
            core = Acting(tx, store, place.parts.rules, now, place.parts.new_id, contact=who)
            nobody = NotDecided("nobody")
            assert await core.warn(made.person, Ground.OTHER, WHY, BEN) == nobody
            suspend = core.suspend(made.person, Ground.OTHER, WHY, BEN, last_day=None, cancels=True, contacts=[])
            assert await suspend == nobody
            assert await core.close_account(made.person, Ground.OTHER, WHY, BEN, contacts=[]) == nobody
            assert await core.end_suspension(made.id, BEN, "Ouvert à nouveau.") == nobody
            assert await core.review(made.id, BEN, "Ouvert à nouveau.", upheld=False) == nobody
            own = who is not None and who.person_id == person
            assert (await core.contestable(made.person) is not None) == own
            if not own:
                await core.decisions_read(made.person)
                assert [each.read for each in await store.decisions(made.person)] == [None]
                assert await core.contest(made.person, made.person, "non") == nobody  # type: ignore[arg-type]
            assert core.events == []


async def test_a_person_who_is_not_there(place: Place) -> None:
    parts = place.parts
    assert await deciding.warn(parts, "nobody", ANNA, Ground.OTHER, WHY) == NotDecided("nobody")
    assert await deciding.end_suspension(parts, "none", ANNA, WHY) == NotDecided("nobody")
    assert await deciding.review(parts, "none", ANNA, WHY, upheld=True) == NotDecided("nobody")
