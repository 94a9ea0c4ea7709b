"""An account closes, by the person's word, by a decision, by two silent years: who they were is in the archive, and
nothing else of them is anywhere (safety G11, G12, G13, G18).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from booking.decisions import Decision, Ground, NotDecided
from booking.operating import Role
from handlers import deciding
from handlers.console import second_factor
from handlers.documents.judging import Judge
from handlers.documents.keeping import Keeping
from handlers.documents.stores import Folder
from handlers.privacy import archive, closing, disputes, erasing
from handlers.privacy.archive import NotSeen
from handlers.privacy.restoring import erase_again
from storage import archives, audit, contacts, decisions, erasures, holds, operators, oracle, periods, purge, rotation
from storage.db import Database, Sql
from storage.holds import LegalHold
from tests.guards import guards
from tests.handlers.path.erased import everything, passes_a_day, residue
from tests.handlers.path.place import CAMILLE, CLAIRE, LATER, SAM, Place

pytestmark = pytest.mark.sampled

ANNA, BEN = "operator:anna", "operator:ben"
WHY = "Vos messages étaient blessants."
CLOSED = "C'est fait : votre compte est fermé."
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # whose statements others try on both
IDENTITY = {"Camille", "Dubois", CAMILLE, CAMILLE[1:]}


@pytest.fixture(autouse=True)
def papers(place: Place, tmp_path: Path) -> None:
    place.parts = replace(place.parts, documents=Keeping(Judge(), Folder(tmp_path / "papers")))


async def has_an_hour(place: Place) -> str:
    """Camille's id; her hour is of the next week."""
    await place.says("sms", CAMILLE, *LATER, "message", "canary: mon loyer a augmenté")
    person = (await place.contact("sms", CAMILLE)).person_id
    assert person is not None
    async with place.parts.db.transaction() as tx:
        for name in ("anna", "ben"):
            await operators.add(tx, name, name, Role.DESK, "secret", place.clock.now)
    await place.settle()
    place.new("sms", CAMILLE), place.new("sms", CLAIRE)
    return person


async def closes(place: Place) -> None:
    await closing.look(place.parts)
    await erasing.look(place.parts)
    await place.settle()


async def goes_to(place: Place, at: datetime) -> list[str]:
    """What they hear until then, the worker's loops having looked."""
    place.clock.now = at
    await closes(place)
    return place.new("sms", CAMILLE)


@guards("G11", "G12")
async def test_by_their_own_word_only_who_they_were_is_left(place: Place) -> None:
    person = await has_an_hour(place)
    asked = (await place.says("sms", CAMILLE, "fermer mon compte", "1"))[-1]
    await place.says("sms", CAMILLE, asked.split("FERMER ")[1][:6])
    await closes(place)
    [said] = [text for text in place.new("sms", CAMILLE) if text.startswith(CLOSED)]
    assert "5 ans" in said
    [heard] = [text for text in place.new("sms", CLAIRE) if text.startswith("Rendez-vous annulé")]
    assert "Camille" not in heard
    await passes_a_day(place)
    left = await residue(place.parts.db)
    assert {table for table, _ in left} == {"archive"}
    assert {word for _, word in left} == IDENTITY, "no address, no message, nothing of work"
    kept = await archives.get(place.parts.db, person)
    assert kept is not None
    assert (kept.since, kept.by) == (date(2026, 3, 2), f"person:{person}")
    assert (kept.ends.year, kept.ends.month, kept.ends.day) == (2031, 3, 2)
    assert [consent["terms_version"] for consent in kept.consents] == [place.parts.rules.terms_version]
    assert "motive" not in await columns(place.parts.db, "archive")
    deeds = [deed.action for deed in await audit.of(place.parts.db, f"person:{person}")]
    assert deeds[:2] == ["close account", "ask closing"]
    assert await rotation.reseal(place.parts.db) == rotation.Resealed(0, 0)
    await place.books()
    assert (await place.contact("sms", CAMILLE)).person_id not in {None, person}, "coming back is a new account"
    assert await purge.purge(place.parts.db, kept.ends - timedelta(minutes=1)) is not None
    assert await archives.get(place.parts.db, person) is not None
    assert (await purge.purge(place.parts.db, kept.ends + timedelta(minutes=1)))["archives"] == 1


async def columns(db: Database, table: str) -> set[str]:
    return {column for row in await db.fetch(f"SELECT * FROM {table}") for column in row}


@on_sqlite
async def test_whoever_wants_all_of_it_gone_before_it_is_closed_is_erased(place: Place) -> None:
    person = await has_an_hour(place)
    async with place.parts.db.transaction() as tx:
        await contacts.lock_person(tx, person)
        first = await erasures.ask(tx, person, f"person:{person}", place.clock.now, closes=True)
        again = await erasures.ask(tx, person, f"person:{person}", place.clock.now)
        assert (first.id, first.closes, again.closes) == (again.id, True, False)
    await erasing.begin(place.parts, first)
    assert await archives.get(place.parts.db, person) is None


@on_sqlite
async def test_a_hold_stops_it_and_says_so(place: Place) -> None:
    person = await has_an_hour(place)
    await disputes.hold(place.parts, person, ANNA, "RG 26/00123", "devant le médiateur", date(2026, 6, 1))
    assert isinstance(await closing.close(place.parts, person, ANNA), erasing.Held)
    [refused] = await place.says("sms", CAMILLE, "fermer mon compte")
    assert refused.startswith("Un litige est ouvert")


@on_sqlite
@guards("G17", partly=True)
@pytest.mark.parametrize(("asks", "word"), [("fermer mon compte", "FERMER"), ("effacer mon compte", "EFFACER")])
async def test_a_hold_that_comes_before_their_last_word_stops_it(place: Place, asks: str, word: str) -> None:
    """Between the code and its coming back: nothing is asked for that would only be refused afterwards."""
    person = await has_an_hour(place)
    code = (await place.says("sms", CAMILLE, asks, "1"))[-1].split(f"{word} ")[1][:6]
    await disputes.hold(place.parts, person, ANNA, "RG 26/00123", "devant le médiateur", date(2026, 6, 1))
    [refused] = await place.says("sms", CAMILLE, code)
    assert refused.startswith("Un litige est ouvert")
    assert await erasures.open_(place.parts.db) == []


async def test_a_backup_of_before_has_them_in_the_archive_again_and_nowhere_else(place: Place) -> None:
    person = await has_an_hour(place)
    at = place.clock.now - timedelta(days=3)
    line = erasures.Line(1, person, ((await place.contact("sms", CAMILLE)).id,), at, closes=True)
    assert erasures.Line.from_json(line.to_json()) == line
    async with place.parts.db.transaction() as tx:
        await erase_again(tx, [line], place.parts.zone, place.clock.now)
    assert {table for table, _ in await residue(place.parts.db)} <= {"archive"}
    kept = await archives.get(place.parts.db, person)
    assert kept is not None
    assert kept.closed == at


@on_sqlite
@guards("G17", partly=True)
async def test_a_dispute_that_begins_afterwards_keeps_the_archive_and_nothing_else(place: Place) -> None:
    person, db = await has_an_hour(place), place.parts.db
    await closing.close(place.parts, person, f"person:{person}")
    await place.settle()
    await passes_a_day(place)
    kept = await archives.get(db, person)
    assert kept is not None
    assert not {"shown_key", "inbound_id"} & set(kept.consents[0]), "ids of rows that are gone"
    place.clock.now = kept.ends - timedelta(days=30)
    review = (kept.ends + timedelta(days=90)).date()
    held = await disputes.hold(place.parts, person, ANNA, "RG 31/00123", "devant le juge", review)
    assert isinstance(held, LegalHold)
    over = kept.ends + timedelta(days=40)
    assert "archives" not in await purge.purge(db, over)
    assert not [each.rule for each in await oracle.judge(db, over) if "archive" in each.rule or "hold" in each.rule]
    place.clock.now = over
    assert await disputes.release(place.parts, held.id, ANNA) is None
    assert (await purge.purge(db, over))["archives"] == 1
    assert isinstance(await disputes.hold(place.parts, person, ANNA, "RG 31/2", "encore", review), disputes.NotHeld)
    assert (await purge.purge(db, periods.DEEDS.after(over) + timedelta(days=1)))["disputes that are over"] == 1


@on_sqlite
@guards("G17", partly=True)
async def test_a_dispute_that_begins_within_the_day_stands(place: Place) -> None:
    """What is left of the account is still being ended (files, the last word's address): not the dispute."""
    person = await has_an_hour(place)
    await closing.close(place.parts, person, f"person:{person}")
    review = (place.clock.now + timedelta(days=90)).date()
    held = await disputes.hold(place.parts, person, ANNA, "RG 26/00123", "devant le juge", review)
    for _ in range(3):
        await erasing.look(place.parts)
        await passes_a_day(place)
    assert await erasures.open_(place.parts.db) == []
    assert await holds.of_person(place.parts.db, person) == [held]


# ---------------------------------------------------------------- by the provider


async def decides(place: Place, person: str) -> Decision:
    made = await deciding.close(place.parts, person, ANNA, Ground.DISRESPECT, WHY)
    assert isinstance(made, Decision), made
    await place.settle()
    return made


async def writes_meanwhile(place: Place, made: Decision) -> None:
    """So that nobody asks who it is: 45 days have not passed."""
    place.clock.now = made.at + timedelta(days=30)
    await place.says("sms", CAMILLE, "mes rdv")


@guards("G18")
async def test_it_is_decided_told_and_carried_out_when_nobody_contests_it(place: Place) -> None:
    person = await has_an_hour(place)
    assert await deciding.close(place.parts, person, ANNA, Ground.OTHER, "assez") == NotDecided("words")
    made = await decides(place, person)
    assert await deciding.close(place.parts, person, ANNA, Ground.OTHER, WHY) == NotDecided("already")
    assert [(deed.actor, deed.action) for deed in await audit.of(place.parts.db, f"person:{person}")][:1] == [
        (ANNA, "decide closing")
    ]
    [told] = place.new("sms", CAMILLE)
    assert told.startswith("Vos rendez-vous à venir sont annulés. Un message sur votre accès")
    assert [text.startswith("Rendez-vous annulé") for text in place.new("sms", CLAIRE)] == [True]
    [read] = await place.says("sms", CAMILLE, "LIRE")
    for part in ("fermer votre compte le vendredi 1er mai", "le respect", WHY, "CONTESTER", "sont annulés"):
        assert part in read
    [answer] = await place.says("sms", CAMILLE, "je veux une heure")
    assert answer.startswith("Votre compte ferme le vendredi 1er mai")
    assert made.until is not None
    assert made.until - made.at == timedelta(days=60)
    assert await goes_to(place, made.until - timedelta(minutes=1)) == []
    assert [text.startswith(CLOSED) for text in await goes_to(place, made.until)] == [True]
    kept = await archives.get(place.parts.db, person)
    assert kept is not None
    assert kept.by == ANNA


@on_sqlite
async def test_while_it_is_contested_it_waits_and_taken_back_it_stays_open(place: Place) -> None:
    person = await has_an_hour(place)
    made = await decides(place, person)
    await place.says("sms", CAMILLE, "LIRE", "contester", "je n'ai rien écrit de tel")
    assert made.until is not None
    await writes_meanwhile(place, made)
    await goes_to(place, made.until + timedelta(days=1))
    found = await decisions.get(place.parts.db, made.id)
    assert found is not None
    assert found.to_review, "nobody has judged it, so nothing goes"
    assert await deciding.review(place.parts, made.id, ANNA, WHY, upheld=True) == NotDecided("own")
    await deciding.review(place.parts, made.id, BEN, "Nous nous sommes trompés.", upheld=False)
    await goes_to(place, made.until + timedelta(days=2))
    assert (await place.contact("sms", CAMILLE)).person_id == person
    [read] = await place.says("sms", CAMILLE, "LIRE")
    assert "votre compte est de nouveau ouvert" in read


@on_sqlite
@guards("G18", partly=True)
async def test_who_lifts_it_as_it_is_carried_out_is_not_too_late(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    person = await has_an_hour(place)
    made = await decides(place, person)
    assert made.until is not None
    found, look = [made], decisions.closings_due

    async def listed(db: Sql, now: datetime) -> list[Decision]:
        return [found.pop()] if found else await look(db, now)

    place.clock.now = made.until
    await deciding.end_suspension(place.parts, made.id, BEN, "Nous nous sommes trompés.")
    monkeypatch.setattr(decisions, "closings_due", listed)
    assert await closing.look(place.parts) == 0
    assert (await place.contact("sms", CAMILLE)).person_id == person


@on_sqlite
async def test_upheld_it_closes_and_a_suspension_before_it_is_over(place: Place) -> None:
    person = await has_an_hour(place)
    await deciding.suspend(place.parts, person, ANNA, Ground.OTHER, WHY, last_day=date(2026, 3, 13), cancels=False)
    made = await decides(place, person)
    await place.says("sms", CAMILLE, "LIRE", "contester", "je n'ai rien écrit de tel")
    await deciding.review(place.parts, made.id, BEN, "C'est bien de vous, relisez.", upheld=True)
    assert made.until is not None
    await writes_meanwhile(place, made)
    await goes_to(place, made.until - timedelta(days=1))
    [read] = [text for text in await place.says("sms", CAMILLE, "LIRE") if "relu" in text]
    assert "votre compte ferme" in read, "and the suspension that ended meanwhile opened nothing"
    await goes_to(place, made.until)
    assert await archives.get(place.parts.db, person) is not None


# ---------------------------------------------------------------- by the clock

NEUTRAL = "Vous avez un message de notre part. Écrivez LIRE pour le lire."
LAST = datetime(2026, 3, 11, 10, tzinfo=UTC)  # the end of their hour
TWO_YEARS = datetime(2028, 3, 11, 10, tzinfo=UTC)


async def met(place: Place) -> str:
    """Camille came to her hour, and has not been heard of since."""
    person = await has_an_hour(place)
    [row] = await place.parts.db.fetch("SELECT start_at FROM appointment")
    await place.parts.db.execute("UPDATE appointment SET status = 'done', start_at = ?", LAST - timedelta(hours=1))
    await place.parts.db.execute("DELETE FROM timer")
    assert row["start_at"] < LAST + timedelta(days=7)
    return person


@guards("G13")
async def test_two_silent_years_warned_a_month_and_a_week_before(place: Place) -> None:
    person = await met(place)
    assert await goes_to(place, TWO_YEARS - timedelta(days=30, minutes=61)) == []
    assert await goes_to(place, TWO_YEARS - timedelta(days=30)) == [NEUTRAL]
    [mail] = [text for text in place.new("email", "camille@example.org") if "ferme le" in text]
    assert mail.startswith("Sans nouvelles de vous, votre compte ferme le samedi 11 mars. Pour le garder, répondez")
    assert "nous ne lisons pas" in mail
    assert await goes_to(place, TWO_YEARS - timedelta(days=7, hours=2)) == []
    assert await goes_to(place, TWO_YEARS - timedelta(days=7)) == [NEUTRAL]
    assert await goes_to(place, TWO_YEARS - timedelta(minutes=1)) == []
    await closes(place)
    assert await goes_to(place, TWO_YEARS + timedelta(hours=1)) == [], "whose telephone that is now, nobody knows"
    kept = await archives.get(place.parts.db, person)
    assert kept is not None
    assert kept.by == "timer"
    await passes_a_day(place)
    assert {table for table, _ in await residue(place.parts.db)} == {"archive"}


async def test_who_is_discreet_is_warned_by_mail_too(place: Place) -> None:
    """Their telephone may be dead, and no other mail goes to them."""
    await met(place)
    await place.says("sms", CAMILLE, "mode discret")
    place.new("email", "camille@example.org")
    await goes_to(place, TWO_YEARS - timedelta(days=30))
    assert [text for text in place.new("email", "camille@example.org") if "ferme le" in text]


@guards("G13")
async def test_any_word_of_theirs_keeps_it(place: Place) -> None:
    """Also one that they have still to prove is theirs, after so long; by the mailbox they learn it again."""
    person = await met(place)
    await goes_to(place, TWO_YEARS - timedelta(days=30))
    await place.says("sms", CAMILLE, "ok")
    place.new("email", "camille@example.org")
    assert await goes_to(place, TWO_YEARS + timedelta(days=1)) == []
    assert await is_there(place, person)
    await goes_to(place, (TWO_YEARS - timedelta(days=30)).replace(year=2030))
    assert [text for text in place.new("email", "camille@example.org") if "ferme le" in text], "it begins anew"


async def is_there(place: Place, person: str) -> bool:
    return bool(await place.parts.db.fetch("SELECT id FROM person WHERE id = ?", person))


@on_sqlite
async def test_a_word_that_nobody_has_read_yet_keeps_it_too(place: Place) -> None:
    person = await met(place)
    await goes_to(place, TWO_YEARS - timedelta(days=30))
    await goes_to(place, TWO_YEARS - timedelta(days=7))
    place.clock.now = TWO_YEARS + timedelta(hours=1)
    await place.comes("sms", CAMILLE, text="je suis encore là")
    await closing.look(place.parts)
    await closes(place)
    assert await is_there(place, person)
    assert await erasures.open_(place.parts.db) == []


async def test_a_late_warning_moves_the_end_and_what_was_written_goes_all_the_same(place: Place) -> None:
    """A dispute stood over it: nothing goes. When it is lifted, what is due goes within a day, but the account not
    before they were warned.
    """
    person = await met(place)
    hold = await disputes.hold(place.parts, person, ANNA, "RG 26/00123", "devant le médiateur", date(2026, 6, 1))
    over = TWO_YEARS + timedelta(days=100)
    assert await goes_to(place, over) == []
    await purge.purge(place.parts.db, over)
    assert await place.parts.db.fetch("SELECT id FROM appointment")
    assert await place.parts.db.fetch("SELECT id FROM message")
    await disputes.release(place.parts, hold.id, ANNA)  # type: ignore[union-attr]
    assert len(await goes_to(place, over + timedelta(hours=2))) == 1
    await purge.purge(place.parts.db, place.clock.now)
    for table in ("appointment", "message", "conversation"):
        assert await place.parts.db.fetch(f"SELECT * FROM {table}") == [], table
    counted = [row["count"] for row in await place.parts.db.fetch("SELECT count FROM past_hour")]
    assert counted == [1], "in the figures it stays"
    assert await is_there(place, person)
    assert len(await goes_to(place, over + timedelta(days=23, hours=3))) == 1
    await goes_to(place, over + timedelta(days=30, hours=4))
    assert await archives.get(place.parts.db, person) is not None


@on_sqlite
@guards("G13")
async def test_a_word_that_was_answered_since_it_was_asked_for_keeps_it_too(place: Place) -> None:
    """Who looked died before it began: the line stands open, and meanwhile they wrote."""
    person = await met(place)
    place.clock.now = TWO_YEARS + timedelta(hours=1)
    async with place.parts.db.transaction() as tx:
        await contacts.lock_person(tx, person)
        await erasures.ask(tx, person, erasing.CLOCK, place.clock.now, closes=True)
    assert await place.says("sms", CAMILLE, "je suis encore là")
    assert await erasing.look(place.parts) == 0
    assert await is_there(place, person)
    assert await erasures.open_(place.parts.db) == []


@on_sqlite
@guards("G13", partly=True)
async def test_everybody_is_looked_at_however_many_they_are(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(closing, "AT_ONCE", 1)
    await met(place)
    await place.books(SAM)
    await place.parts.db.execute("UPDATE appointment SET status = 'done', start_at = ?", LAST - timedelta(hours=1))
    await place.parts.db.execute("DELETE FROM timer")
    await goes_to(place, TWO_YEARS - timedelta(days=30))
    warned = await place.parts.db.fetch("SELECT person_id FROM silence WHERE first_at IS NOT NULL")
    assert len(warned) == 2


@on_sqlite
@guards("G17", partly=True)
async def test_a_dispute_that_began_a_moment_ago_keeps_all_of_it(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the list was made of whom nobody heard: it is asked again under their lock."""
    person = await met(place)
    await disputes.hold(place.parts, person, ANNA, "RG 26/00123", "devant le médiateur", date(2026, 6, 1))
    monkeypatch.setattr("storage.silences._HELD", "SELECT 1 FROM legal_hold WHERE FALSE")
    assert await goes_to(place, TWO_YEARS + timedelta(days=100)) == []
    for table in ("appointment", "message", "conversation"):
        assert await place.parts.db.fetch(f"SELECT * FROM {table}"), table


@on_sqlite
@guards("G13")
async def test_a_late_last_warning_moves_the_end_too(place: Place) -> None:
    """No worker ran over the week before: they have the seven days all the same, and the day that they are told."""
    person = await met(place)
    await goes_to(place, TWO_YEARS - timedelta(days=30))
    place.new("email", "camille@example.org")
    late = TWO_YEARS + timedelta(days=3)
    assert await goes_to(place, late) == [NEUTRAL]
    [mail] = place.new("email", "camille@example.org")
    assert "ferme le mardi 21 mars" in mail
    await goes_to(place, late + timedelta(days=7) - timedelta(minutes=1))
    assert await is_there(place, person)
    await closes(place)
    await goes_to(place, late + timedelta(days=7, hours=1))
    assert await archives.get(place.parts.db, person) is not None


async def test_what_is_late_is_found(place: Place) -> None:
    person = await met(place)
    late = TWO_YEARS + timedelta(days=2)
    assert rule_of(await oracle.judge(place.parts.db, late)), "nobody looked for two years"
    await goes_to(place, TWO_YEARS - timedelta(days=30))
    await goes_to(place, TWO_YEARS - timedelta(days=7))
    await goes_to(place, TWO_YEARS + timedelta(hours=1))
    await passes_a_day(place)
    assert not rule_of(await oracle.judge(place.parts.db, late))
    assert await archives.get(place.parts.db, person) is not None
    assert [each.rule for each in await oracle.judge(place.parts.db, late.replace(year=2034)) if "archive" in each.rule]


def rule_of(broken: list[oracle.Broken]) -> bool:
    return any("nobody heard of for two years" in each.rule for each in broken)


# ---------------------------------------------------------------- the archive is shut


@guards("G11")
async def test_an_administrator_opens_it_with_a_reason_that_stays(place: Place) -> None:
    person = await has_an_hour(place)
    await closing.close(place.parts, person, ANNA)
    secret, now = second_factor.new_secret(lambda size: bytes(range(size))), place.clock.now
    async with place.parts.db.transaction() as tx:
        for id, role in (("boss", Role.ADMINISTRATOR), ("carl", Role.DESK)):
            await operators.add(tx, id, id, role, secret, now)
            await operators.enrol(tx, id, "hash", 0, [])
    code, why = second_factor.code_at(secret, now), "réclamation du 3 mars, courrier"

    async def opens(who: str, name: str, typed: str, reason: str = why) -> object:
        return await archive.see(place.parts, who, name, typed, reason, "operator:ubuntu")

    assert await opens(CAMILLE, "boss", code, "vite") == NotSeen("words")
    assert await opens(CAMILLE, "boss", "000000") == NotSeen("administrator")
    assert await opens(CAMILLE, "carl", code) == NotSeen("administrator")
    assert await opens(CAMILLE, "nobody", code) == NotSeen("administrator")
    seen = await opens(CAMILLE, "boss", code)
    assert [each.first_name for each in seen] == ["Camille"]  # type: ignore[attr-defined]
    assert await opens(person, "boss", code) == NotSeen("administrator"), "a code is good once"
    noted = [(deed.actor, deed.action) for deed in await audit.of(place.parts.db, "console")]
    assert noted == [("operator:ubuntu", "see archive refused")] * 5, "who sat there, whoever they said they are"
    for _ in range(5):
        await opens(person, "carl", "000000")
    assert await opens(person, "carl", code) == NotSeen("wait")
    place.clock.now += timedelta(hours=1)
    again = second_factor.code_at(secret, place.clock.now)
    assert await opens("+33639980099", "boss", again) == NotSeen("nobody"), "who was looked for in vain is not noted"
    noted = [(deed.actor, deed.action) for deed in await audit.of(place.parts.db, "console")]
    assert noted == [("operator:boss", "see archive refused"), *[("operator:ubuntu", "see archive refused")] * 11]
    kept = await archives.get(place.parts.db, person)
    assert kept is not None
    assert [(look["by"], look["why"]) for look in kept.looks] == [("operator:boss", why)]
    [deed] = await audit.of(place.parts.db, f"archive:{person}")
    assert (deed.actor, deed.action) == ("operator:boss", "see archive")
    trail = (await everything(place.parts.db))["audit"]
    assert not any(said in text for text in trail for said in (why, "vite", "639980099"))
