"""Messages between a person and the worker of their appointment: who may write, to whom, until when; what is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.authority import AFTERWARDS
from booking.events import DeskNeeded, MessageReported, MessageWritten
from booking.messages import LONGEST, Message, NotWritten, Report, Side, Written
from booking.messaging import TOLD, cleaned
from booking.model import HOUR, Appointment, AppointmentId, PersonId, WorkerId
from booking.ports import Moved
from tests.booking.made import ANN, BEN, MONEY, Desk, run, worker
from tests.booking.test_booking import NINE, TEN, book, with_
from tests.guards import guards

CLAIRE, ALI = WorkerId("claire"), WorkerId("ali")
SECOND = timedelta(seconds=1)


def met() -> tuple[Desk, Appointment]:
    """Ann has an appointment with Claire."""
    desk = Desk([worker("claire"), worker("ali")])
    return desk, book(desk, with_("claire", NINE))


def write(desk: Desk, about: Appointment, author: Side, text: str) -> Written | NotWritten:
    return run(desk.turn().write(about.id, author, text))


def written(desk: Desk, about: Appointment, author: Side, text: str) -> Message:
    made = write(desk, about, author, text)
    assert isinstance(made, Written)
    return made.message


def unread(desk: Desk, reader: Side, about: Appointment) -> list[str]:
    return [m.text for m in run(desk.turn().unread(reader, about.worker if reader == "worker" else about.person))]


def whom(desk: Desk, side: Side, id: str) -> list[tuple[AppointmentId, str]]:
    return [(each.appointment.id, each.name) for each in run(desk.turn().correspondents(side, id))]


def test_a_message_is_kept_for_both_and_told() -> None:
    desk, made = met()
    turn = desk.turn()
    done = run(turn.write(made.id, "person", "  Je n'ai pas l'avis d'impôt.\r\n\r\n\r\nEst-ce grave ?  "))
    assert isinstance(done, Written)
    message = done.message
    assert done.name == "Claire"
    assert message.text == "Je n'ai pas l'avis d'impôt.\n\nEst-ce grave ?"
    assert (message.series, message.person, message.worker, message.author) == (
        made.series,
        made.person,
        CLAIRE,
        "person",
    )
    assert turn.events == [MessageWritten(message, made)]
    assert unread(desk, "worker", made) == [message.text]
    assert unread(desk, "person", made) == []
    answer = run(desk.turn().write(made.id, "worker", "Non."))
    assert isinstance(answer, Written)
    assert answer.name == "Ann"
    assert unread(desk, "worker", made) == [], "who answers has read"
    assert unread(desk, "person", made) == ["Non."]
    assert [m.text for m in run(desk.turn().exchanged(made.id, "person", 9))] == [message.text, "Non."]
    assert unread(desk, "person", made) == [], "what was shown is read"


def test_what_was_shown_to_its_reader_counts_as_read_and_nothing_else() -> None:
    desk, made = met()
    own = written(desk, made, "person", "bonjour")
    theirs = written(desk, made, "worker", "oui ?")
    desk.now += HOUR
    run(desk.turn().read(made.id, "person", [own, theirs, replace(theirs, worker=ALI)]))
    kept = {m.id: m for m in run(desk.turn().exchanged(made.id, "person", 9))}
    assert kept[theirs.id].read_at == desk.now
    assert kept[own.id].read_at == desk.now - HOUR, "read when it was answered"


@pytest.mark.parametrize("author", ["person", "worker"])
def test_both_may_write_from_the_booking_until_thirty_days_after(author: Side) -> None:
    desk, made = met()
    id = made.person if author == "person" else made.worker
    assert whom(desk, author, id) == [(made.id, "Claire" if author == "person" else "Ann")]
    desk.now = made.end + AFTERWARDS
    assert isinstance(write(desk, made, author, "merci"), Written)
    assert len(whom(desk, author, id)) == 1
    desk.now += SECOND
    assert write(desk, made, author, "encore") == NotWritten("nobody")
    assert whom(desk, author, id) == []
    assert unread(desk, "worker" if author == "person" else "person", made) == []
    assert run(desk.turn().exchanged(made.id, author, 9)) == ()
    assert run(desk.turn().report(made.id)) == NotWritten("nobody")


@pytest.mark.parametrize("author", ["person", "worker"])
def test_after_a_cancellation_only_who_was_in_touch_may_write(author: Side) -> None:
    desk, made = met()
    silent = book(desk, with_("ali", TEN + HOUR), BEN)
    for each in (made, silent):
        if each is made:
            written(desk, made, "worker", "Je dois partir, je suis désolée.")
        run(desk.turn().cancel(each.id, "worker"))
    assert unread(desk, "person", made) == ["Je dois partir, je suis désolée."], "it can still be read"
    assert isinstance(write(desk, made, author, "merci"), Written)
    assert write(desk, silent, author, "bonjour") == NotWritten("nobody")
    assert whom(desk, author, silent.person if author == "person" else silent.worker) == []


def test_a_moved_appointment_is_written_to_its_new_worker_and_what_was_said_stays_with_the_old_one() -> None:
    desk, made = met()
    written(desk, made, "person", "pour Claire seulement")
    moved = run(desk.turn().move(made.id, with_("ali", TEN), MONEY, "person"))
    assert isinstance(moved, Moved)
    new = moved.appointment
    assert whom(desk, "person", made.person) == [(new.id, "Ali"), (made.id, "Claire")], "the one whom they meet first"
    assert isinstance(write(desk, new, "person", "bonjour Ali"), Written)
    assert [m.text for m in run(desk.turn().exchanged(new.id, "worker", 9))] == ["bonjour Ali"]
    assert [m.text for m in run(desk.turn().exchanged(made.id, "worker", 9))] == ["pour Claire seulement"]


def test_each_is_named_once_by_the_nearest_hour() -> None:
    desk = Desk([worker("claire"), worker("ali")])
    far = book(desk, with_("claire", NINE + timedelta(days=8)))
    near = book(desk, with_("claire", NINE))
    assert whom(desk, "person", near.person) == [(near.id, "Claire")]
    desk.now = NINE + timedelta(days=5)
    assert whom(desk, "person", near.person) == [(far.id, "Claire")]
    assert whom(desk, "worker", CLAIRE) == [(far.id, "Ann")]


@guards("G07", partly=True)
@pytest.mark.parametrize("why", ["suspended", "frozen"])
def test_who_is_suspended_or_frozen_writes_to_nobody_and_may_be_written_to(why: Literal["suspended", "frozen"]) -> None:
    desk, made = met()
    person = run(desk.store.person(made.person))
    assert person is not None
    shut = replace(person, suspended=True) if why == "suspended" else replace(person, frozen=desk.now)
    run(desk.store.save_person(shut))
    assert write(desk, made, "person", "bonjour") == NotWritten(why)
    assert isinstance(write(desk, made, "worker", "bonjour"), Written)


def test_a_text_is_kept_whole_or_not_at_all() -> None:
    desk, made = met()
    assert write(desk, made, "person", " \n\t ") == NotWritten("empty")
    assert written(desk, made, "person", "é" * LONGEST).text == "é" * LONGEST
    assert write(desk, made, "person", "é" * (LONGEST + 1)) == NotWritten("too_long")
    assert run(desk.turn().write(AppointmentId("nobody's"), "person", "x")) == NotWritten("nobody")


@guards("T22", partly=True)
def test_so_many_a_day_and_no_more_to_one_worker() -> None:
    desk, made = met()
    other = book(desk, with_("ali", TEN))
    for n in range(20):
        written(desk, made, "person", f"{n}")
        desk.now += SECOND
    assert write(desk, made, "person", "encore") == NotWritten("too_many")
    assert isinstance(write(desk, made, "worker", "doucement"), Written), "the other side has a count of its own"
    assert isinstance(write(desk, other, "person", "bonjour"), Written)
    desk.now += timedelta(days=1)
    assert isinstance(write(desk, made, "person", "encore"), Written)


def test_who_was_just_told_is_not_told_again_until_they_read_or_some_time_went_by() -> None:
    desk, made = met()

    def told() -> bool:
        turn = desk.turn()
        run(turn.write(made.id, "worker", "et puis"))
        [event] = turn.events
        assert isinstance(event, MessageWritten)
        return event.told

    assert not told()
    desk.now += TOLD - SECOND
    assert told()
    run(desk.turn().exchanged(made.id, "person", 9))
    assert not told()
    desk.now += TOLD
    assert not told()


def test_with_whom_a_worker_is_in_an_exchange() -> None:
    desk, made = met()
    book(desk, with_("claire", TEN), BEN)
    start = desk.now
    assert run(desk.turn().to_answer(CLAIRE, start)) == []
    written(desk, made, "person", "bonjour")
    [one] = run(desk.turn().to_answer(CLAIRE, start))
    assert (one.correspondent.appointment, one.correspondent.name) == (made, "Ann")
    assert (one.at, one.answered) == (start, False)
    desk.now += HOUR
    written(desk, made, "worker", "bonjour")
    [one] = run(desk.turn().to_answer(CLAIRE, start))
    assert (one.at, one.answered) == (start + HOUR, True)
    assert run(desk.turn().to_answer(CLAIRE, start + HOUR + SECOND)) == []
    assert run(desk.turn().to_answer(ALI, start)) == []


def test_a_report_names_their_last_message_and_calls_the_desk() -> None:
    desk, made = met()
    turn = desk.turn()
    bare = run(turn.report(made.id))
    assert isinstance(bare, Report)
    assert bare.message is None
    insult = written(desk, made, "person", "…")
    written(desk, made, "worker", "Restons polis.")
    turn = desk.turn()
    report = run(turn.report(made.id))
    assert isinstance(report, Report)
    assert (report.message, report.worker, report.person, report.series) == (
        insult.id,
        CLAIRE,
        made.person,
        made.series,
    )
    assert turn.events == [MessageReported(report), DeskNeeded(ANN, "report", report=report.id)]
    assert {r.id for r in run(desk.store.reports(CLAIRE, made.person))} == {bare.id, report.id}
    assert run(desk.store.reports(ALI, made.person)) == []


def test_messages_of_a_rolled_back_turn_never_were() -> None:
    desk, made = met()
    before = desk.memory.snapshot()
    written(desk, made, "person", "bonjour")
    run(desk.turn().report(made.id))
    desk.memory.restore(before)
    assert run(desk.store.messages(made.person, CLAIRE, 9)) == []
    assert run(desk.store.reports(CLAIRE, made.person)) == []


@given(st.text(alphabet=st.characters(), max_size=60))
def test_cleaning_loses_no_word_and_is_done_once(text: str) -> None:
    said = cleaned(text)
    assert cleaned(said) == said
    assert said == said.strip()
    assert "\n\n\n" not in said
    assert not any("\u202a" <= char <= "\u202e" or char in "\x00\r\t\u2066" for char in said)
    letters = [char for char in text if char.isalnum()]
    assert [char for char in said if char.isalnum()] == letters


@pytest.mark.parametrize("text", ["👩‍👧 d'accord", "نعم، سأحضر", "ligne\nautre ligne", "<b>&amp;</b> {start}"])
def test_what_people_write_stays_as_it_is(text: str) -> None:
    assert cleaned(text) == text


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["write", "answer", "cancel", "move", "wait"]),
            st.sampled_from(["ann", "ben"]),
            st.sampled_from(["claire", "ali"]),
        ),
        max_size=14,
    )
)
def test_nobody_reads_or_gets_what_is_not_theirs(steps: list[tuple[str, str, str]]) -> None:
    """Whatever the two do with their hours, a message is shown to the two that it names, and to nobody else."""
    desk = Desk([worker("claire"), worker("ali")])
    hours = {"ann": book(desk, with_("claire", NINE)), "ben": book(desk, with_("ali", TEN), BEN)}
    sent: set[tuple[str, PersonId, WorkerId, Side]] = set()
    for n, (what, who, to) in enumerate(steps):
        a = hours[who]
        match what:
            case "write" | "answer":
                author: Side = "person" if what == "write" else "worker"
                if isinstance(done := run(desk.turn().write(a.id, author, f"m{n}")), Written):
                    sent.add((f"m{n}", a.person, a.worker, author))
                    assert (done.message.person, done.message.worker) == (a.person, a.worker)
            case "cancel":
                run(desk.turn().cancel(a.id, "person"))
            case "move":
                contact = ANN if who == "ann" else BEN
                moved = run(desk.turn().move(a.id, with_(to, NINE + timedelta(days=n + 1)), MONEY, "person", contact))
                hours[who] = moved.appointment if isinstance(moved, Moved) else a
            case _:
                desk.now += timedelta(minutes=20)
        for side in ("person", "worker"):
            for id in {h.person if side == "person" else h.worker for h in hours.values()}:
                theirs = {text for text, p, w, _ in sent if (p if side == "person" else w) == id}
                for each in run(desk.turn().correspondents(side, id)):
                    about = each.appointment
                    assert (about.person if side == "person" else about.worker) == id
                    shown = run(desk.turn().exchanged(about.id, side, 50))
                    assert {m.text for m in shown} <= theirs
                    assert {(m.person, m.worker) for m in shown} <= {(about.person, about.worker)}


def test_nothing_of_it_takes_an_hour() -> None:
    """Writing changes no appointment and no calendar."""
    desk, made = met()
    before = desk.memory.snapshot()
    written(desk, made, "person", "bonjour")
    after = desk.memory.snapshot()
    assert (after.appointments, after.busy, after.holds) == (before.appointments, before.busy, before.holds)
