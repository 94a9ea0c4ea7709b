"""What is decided about a person (terms, 4.1.7, 6.2; safety G18): edges of what may be, and what becomes of theirs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from booking.authority import Actor, ClockActor, DeskActor, PersonActor, WorkerActor, may_contest, may_decide
from booking.decisions import (
    LONGEST,
    LONGEST_CONTEST,
    SHORTEST,
    WARNING_STANDS,
    Decided,
    Decision,
    DecisionContested,
    DecisionId,
    DecisionReviewed,
    Ground,
    NotDecided,
    SuspensionEnded,
)
from booking.events import AppointmentCancelled
from booking.messages import NotWritten
from booking.model import PersonId, WorkerId
from booking.ports import AlreadyOver, Cancelled, Refused
from tests.booking.made import ANN, MONEY, Desk, run, worker
from tests.booking.test_booking import ELEVEN, NINE, TEN, book, hold, with_
from tests.guards import guards

ANNA, OTTO = "operator:anna", "operator:otto"
WHY = "Des mots qui blessent."
FRIDAY = date(2026, 3, 6)  # the tests begin on Monday, the 2nd
SECOND = timedelta(seconds=1)


def known(desk: Desk) -> PersonId:
    """Ann, who has an hour with Claire."""
    return book(desk, with_("claire", NINE)).person


def suspended(desk: Desk, person: PersonId, last_day: date | None = FRIDAY, *, cancels: bool = False) -> Decision:
    turn = desk.turn()
    made = run(turn.suspend(person, Ground.DISRESPECT, WHY, ANNA, last_day=last_day, cancels=cancels, contacts=[ANN]))
    assert isinstance(made, Decision), made
    return made


def test_who_is_suspended_takes_and_writes_nothing_and_may_still_cancel() -> None:
    desk = Desk([worker("claire")])
    person = known(desk)
    suspended(desk, person)
    [coming] = run(desk.turn().upcoming(person))
    told = run(desk.turn().known(ANN))
    assert told.refused == Refused("suspended")
    assert told.suspension is not None
    assert run(desk.turn().book(with_("claire", TEN), MONEY, ANN, None, None)) == Refused("suspended")
    assert run(desk.turn().move(coming.id, with_("claire", TEN), MONEY, "person")) == Refused("suspended")
    assert run(desk.turn().write(coming.id, "person", "je m'excuse")) == NotWritten("suspended")
    assert run(desk.turn().instead_of(coming.id, 3)) == ()
    assert isinstance(run(desk.turn().cancel(coming.id, "person")), Cancelled)


def test_nothing_is_kept_for_them_and_what_was_agreed_stands() -> None:
    desk = Desk([worker("claire")])
    person = known(desk)
    [coming] = run(desk.turn().upcoming(person))
    run(desk.turn().propose(coming.id, ELEVEN))
    hold(desk, with_("claire", TEN))
    run(desk.turn().wait(ANN, MONEY))
    free = {slot.start for slot in run(desk.turn().open_slots(MONEY, 10)).slots}
    assert TEN not in free
    suspended(desk, person)
    free = {slot.start for slot in run(desk.turn().open_slots(MONEY, 10)).slots}
    assert TEN in free
    assert ELEVEN in free
    assert NINE not in free
    assert run(desk.turn().held(ANN)) is None
    assert run(desk.turn().waiting(ANN)) is None
    assert run(desk.turn().offers(ANN)) == ()
    assert run(desk.turn().upcoming(person)) == [coming]


def test_or_is_cancelled_with_it_which_is_late_for_nobody() -> None:
    desk = Desk([worker("claire")])
    person = known(desk)
    desk.now = NINE - timedelta(hours=1)  # under 24 hours
    turn = desk.turn()
    made = run(turn.suspend(person, Ground.MISUSE, WHY, ANNA, last_day=None, cancels=True, contacts=[ANN]))
    assert isinstance(made, Decision)
    [ended] = [event for event in turn.events if isinstance(event, AppointmentCancelled)]
    assert (ended.by, ended.told, ended.appointment.late, ended.appointment.status) == (
        "desk",
        True,
        False,
        "cancelled",
    )
    assert turn.events[-1] == Decided(made, coming=0, gone=1)
    assert run(desk.turn().refusable(WorkerId("claire"))) == ()
    assert run(desk.turn().cancel(ended.appointment.id, "person")) == AlreadyOver()


def test_an_hour_that_has_begun_goes_on() -> None:
    desk = Desk([worker("claire")])
    person = known(desk)
    desk.now = NINE
    turn = desk.turn()
    run(turn.suspend(person, Ground.OTHER, WHY, ANNA, last_day=None, cancels=True, contacts=[ANN]))
    assert [type(event) for event in turn.events] == [Decided]


@pytest.mark.parametrize(
    ("words", "ok"),
    [
        ("x" * (SHORTEST - 1), False),
        ("x" * SHORTEST, True),
        ("x" * LONGEST, True),
        ("x" * (LONGEST + 1), False),
        ("   \n  ", False),
        ("\u202e" * 50, False),
    ],
)
def test_a_reason_is_a_sentence(words: str, ok: bool) -> None:
    desk = Desk([worker("claire")])
    person = known(desk)
    made = run(desk.turn().warn(person, Ground.DISRESPECT, words, ANNA))
    assert isinstance(made, Decision) == ok
    again = run(desk.turn().suspend(person, Ground.OTHER, words, ANNA, last_day=None, cancels=False, contacts=[]))
    assert isinstance(again, Decision) == ok
    if not ok:
        assert made == again == NotDecided("words")


@pytest.mark.parametrize(
    ("days", "ok"), [(-1, False), (0, False), (1, True), (731, True), (732, False), (100_000, False)]
)
def test_its_last_day_is_to_come_and_not_far_off(days: int, ok: bool) -> None:
    desk = Desk([worker("claire")])
    person = known(desk)
    last = desk.now.date() + timedelta(days=days)
    made = run(desk.turn().suspend(person, Ground.OTHER, WHY, ANNA, last_day=last, cancels=False, contacts=[]))
    assert isinstance(made, Decision) == ok, made
    found = run(desk.store.person(person))
    assert found is not None
    assert found.suspended == ok, "what was refused changed nothing"


@pytest.mark.parametrize(
    ("zone", "ends"),
    [
        ("Europe/Paris", datetime(2026, 3, 6, 23, tzinfo=UTC)),
        ("Indian/Reunion", datetime(2026, 3, 6, 20, tzinfo=UTC)),
        ("America/Martinique", datetime(2026, 3, 7, 4, tzinfo=UTC)),
    ],
)
def test_it_ends_by_itself_when_that_day_is_over_for_them(zone: str, ends: datetime) -> None:
    desk = Desk([worker("claire")])
    person = known(desk)
    found = run(desk.store.person(person))
    assert found is not None
    run(desk.store.save_person(replace(found, time_zone=zone)))
    made = suspended(desk, person)
    assert made.until == ends
    assert run(desk.turn(ends - SECOND).expire(made.id)) == NotDecided("already")
    turn = desk.turn(ends)
    ended = run(turn.expire(made.id))
    assert turn.events == [SuspensionEnded(replace(made, ended=ends))] == [SuspensionEnded(ended)]  # type: ignore[arg-type]
    assert run(turn.known(ANN)).refused is None
    assert run(desk.turn(ends).expire(made.id)) == NotDecided("already")


def test_without_a_day_a_human_ends_it() -> None:
    desk = Desk([worker("claire")])
    person = known(desk)
    made = suspended(desk, person, None)
    assert run(desk.turn(desk.now + timedelta(days=5000)).expire(made.id)) == NotDecided("already")
    assert run(desk.turn().end_suspension(made.id, ANNA, "court")) == NotDecided("words")
    turn = desk.turn()
    ended = run(turn.end_suspension(made.id, ANNA, "Nous en avons parlé."))
    assert isinstance(ended, Decision)
    assert (ended.ended, ended.ended_by) == (desk.now, ANNA)
    assert (ended.ended_words, ended.unread) == ("Nous en avons parlé.", True)
    assert turn.events == [SuspensionEnded(ended)]
    assert run(desk.turn().end_suspension(made.id, ANNA, "Encore une fois.")) == NotDecided("already")
    assert run(desk.turn().end_suspension(DecisionId("none"), ANNA, WHY)) == NotDecided("nobody")


def test_no_day_opens_an_account_that_is_to_close() -> None:
    desk = Desk([worker("claire")])
    made = run(desk.turn().close_account(known(desk), Ground.OTHER, WHY, ANNA, contacts=[ANN]))
    assert isinstance(made, Decision)
    assert made.until is not None
    assert run(desk.turn(made.until).expire(made.id)) == NotDecided("already")


def test_what_was_decided_waits_until_it_is_read_and_so_does_what_becomes_of_it() -> None:
    desk = Desk([worker("claire")])
    person = known(desk)

    def waits(after: timedelta = timedelta()) -> list[DecisionId]:
        return [each.id for each in run(desk.turn(desk.now + after).known(ANN)).unread]

    assert waits() == []
    warned = run(desk.turn().warn(person, Ground.MISSED, WHY, ANNA))
    assert isinstance(warned, Decision)
    assert (waits(WARNING_STANDS), waits(WARNING_STANDS + SECOND)) == ([warned.id], [])
    made = suspended(desk, person, None)
    desk.now += SECOND
    assert waits() == [warned.id, made.id]
    assert waits(timedelta(days=5000)) == [made.id], "as long as it stands"
    run(desk.turn().decisions_read(PersonId("somebody")))
    assert waits() == [warned.id, made.id]
    run(desk.turn().decisions_read(person))
    assert waits() == []
    run(desk.turn().contest(person, ANN, "Je suis restée polie."))
    assert waits() == []
    run(desk.turn(desk.now + SECOND).review(made.id, OTTO, "Nous avons relu.", upheld=False))
    assert waits(SECOND) == [made.id]
    [read] = [each for each in run(desk.store.decisions(person)) if each.id == made.id]
    assert (read.read, read.news) == (desk.now, True)
    run(desk.turn(desk.now + timedelta(hours=1)).decisions_read(person))
    [read] = [each for each in run(desk.store.decisions(person)) if each.id == made.id]
    assert (read.read, read.news) == (desk.now, False), "when it was first read stays known"


def test_one_stands_at_a_time_and_it_may_come_again() -> None:
    desk = Desk([worker("claire")])
    person = known(desk)
    made = suspended(desk, person)
    again = run(desk.turn().suspend(person, Ground.OTHER, WHY, OTTO, last_day=None, cancels=False, contacts=[]))
    assert again == NotDecided("already")
    run(desk.turn().end_suspension(made.id, OTTO, "Nous en avons parlé."))
    suspended(desk, person)
    nobody = PersonId("nobody")
    assert run(desk.turn().warn(nobody, Ground.OTHER, WHY, ANNA)) == NotDecided("nobody")
    none = run(desk.turn().suspend(nobody, Ground.OTHER, WHY, ANNA, last_day=None, cancels=False, contacts=[]))
    assert none == NotDecided("nobody")


# ---------------------------------------------------------------- contested


def test_it_is_contested_once_and_judged_once_by_another() -> None:
    desk = Desk([worker("claire")])
    person = known(desk)
    assert run(desk.turn().contest(person, ANN, "pourquoi")) == NotDecided("nobody")
    made = suspended(desk, person)
    assert run(desk.turn().review(made.id, OTTO, WHY, upheld=True)) == NotDecided("nobody"), "nobody asked"
    for words in ("", " \n ", "x" * (LONGEST_CONTEST + 1)):
        assert run(desk.turn().contest(person, ANN, words)) == NotDecided("words")
    turn = desk.turn()
    contested = run(turn.contest(person, ANN, "Ce n'était pas moi."))
    assert isinstance(contested, Decision)
    assert turn.events == [DecisionContested(contested, ANN)]
    assert (contested.contest, contested.contested, contested.to_review) == ("Ce n'était pas moi.", desk.now, True)
    assert run(desk.turn().contest(person, ANN, "encore")) == NotDecided("already")
    assert run(desk.turn().review(made.id, ANNA, WHY, upheld=True)) == NotDecided("own")
    assert run(desk.turn().review(made.id, OTTO, "non", upheld=True)) == NotDecided("words")
    turn = desk.turn()
    upheld = run(turn.review(made.id, OTTO, "Nous avons relu vos messages.", upheld=True))
    assert isinstance(upheld, Decision)
    assert turn.events == [DecisionReviewed(upheld)]
    assert upheld.stands
    assert run(desk.turn().review(made.id, OTTO, WHY, upheld=False)) == NotDecided("already")
    assert run(desk.turn().contest(person, ANN, "encore")) == NotDecided("already")


def test_taken_back_it_is_over() -> None:
    desk = Desk([worker("claire")])
    person = known(desk)
    made = suspended(desk, person)
    run(desk.turn().contest(person, ANN, "Ce n'était pas moi."))
    turn = desk.turn()
    back = run(turn.review(made.id, OTTO, "Vous avez raison, pardon.", upheld=False))
    assert isinstance(back, Decision)
    assert (back.ended_by, back.upheld, back.stands) == (OTTO, False, False)
    assert turn.events == [DecisionReviewed(back)], "the answer says that it is over"
    assert run(desk.turn().known(ANN)).refused is None


def test_what_ended_meanwhile_is_still_judged() -> None:
    desk = Desk([worker("claire")])
    person = known(desk)
    made = suspended(desk, person)
    run(desk.turn().contest(person, ANN, "Ce n'était pas moi."))
    assert made.until is not None
    run(desk.turn(made.until).expire(made.id))
    back = run(desk.turn(made.until).review(made.id, OTTO, "Vous avez raison, pardon.", upheld=False))
    assert isinstance(back, Decision)
    assert (back.ended_by, back.upheld) == ("", False)


def test_a_warning_may_be_contested_for_a_while() -> None:
    desk = Desk([worker("claire")])
    person = known(desk)
    turn = desk.turn()
    made = run(turn.warn(person, Ground.DISRESPECT, WHY, ANNA))
    assert isinstance(made, Decision)
    assert turn.events == [Decided(made)]
    assert run(desk.turn().known(ANN)).refused is None
    assert run(desk.turn(made.at + WARNING_STANDS).contestable(person)) == made
    assert run(desk.turn(made.at + WARNING_STANDS + SECOND).contestable(person)) is None
    stands = suspended(desk, person)
    assert run(desk.turn().contestable(person)) == stands, "the graver one is meant"
    run(desk.turn().end_suspension(stands.id, ANNA, "Nous en avons parlé."))
    run(desk.turn().contest(person, ANN, "Je suis restée polie."))
    back = run(desk.turn().review(made.id, OTTO, "Vous avez raison.", upheld=False))
    assert isinstance(back, Decision)
    assert run(desk.turn().contestable(person)) is None
    assert run(desk.turn().end_suspension(made.id, ANNA, WHY)) == NotDecided("nobody"), "it is no suspension"


@guards("G18", partly=True)
def test_who_decides_and_who_contests() -> None:
    """Every actor: no, unless it says yes."""
    ann = PersonId("ann")
    actors: list[Actor | None] = [
        DeskActor(),
        PersonActor(ann),
        PersonActor(PersonId("ben")),
        WorkerActor(WorkerId("ann")),
        ClockActor(),
        None,
    ]
    assert [may_decide(actor) for actor in actors] == [True, False, False, False, False, False]
    assert [may_contest(actor, ann) for actor in actors] == [False, True, False, False, False, False]
