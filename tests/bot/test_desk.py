"""`book`, `cancel`, `why`: for somebody who is on the phone, or asks why nothing came."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any, TypeVar

import pytest

from bot.app import App, build
from bot.clock import system_clock
from bot.settings import read_settings
from storage import contacts, story
from tests.bot.conftest import BOOKS, Desk, Done

T = TypeVar("T")

ANN = ("--first", "Ann", "--last", "Martin", "--code", "lavande r2vg 8mek")
# Claire's hours do not overlap each other, whenever these tests run; of two workers they may.
WISH = ("--motive", "finance", "--mode", "phone", "--worker", "claire")
PHONE = "+33 6 39 98 02 01"


def hours(done: Done) -> list[str]:
    """The free hours that were read out: `2026-03-03 09:00`."""
    return [" ".join(line.split()[1:3]) for line in done.lines if line.startswith("free ")]


def on_database(work: Callable[[App], Coroutine[Any, Any, T]]) -> T:
    """What no command does."""

    async def run() -> T:
        async with build(read_settings(), migrate=False) as app:
            return await work(app)

    return asyncio.run(run())


def booked(desk: Desk, *who: str, nth: int = 0) -> str:
    """The id of an appointment that the desk has made."""
    at = hours(desk.ok("book", *who, *WISH))[nth]
    done = desk.ok("book", *who, *WISH, "--at", at)
    assert f"{at} (Europe/Paris)  phone  worker" in done.lines[0]
    return done.lines[0].split()[1]


def test_somebody_without_account_is_given_one_and_both_sides_are_told(open_desk: Desk) -> None:
    id = booked(open_desk, "06 39 98 02 01", *ANN)
    told = open_desk.ok("why", PHONE).lines
    assert "  sms  person " in told[0]
    assert [line.split()[2:4] for line in told if " queued" in line] == [["booked", "sms"]]
    about = open_desk.ok("why", id).lines
    assert about[0].startswith(f"appointment {id}  ")
    assert sum(" booked " in line and " queued" in line for line in about) == 2  # the person's, and the worker's


def test_nothing_is_accepted_in_their_name_and_they_are_asked_when_they_first_write(open_desk: Desk) -> None:
    booked(open_desk, PHONE, *ANN)

    async def writes_from_a_terminal(app: App) -> int:
        parts = app.parts
        person = (await story.people(parts.db, "+33639980201"))[0]
        async with parts.db.transaction() as tx:
            contact = await contacts.make(
                tx, "terminal", "terminal:ann", parts.clock(), parts.new_id, "fr", "Europe/Paris"
            )
            await contacts.link_person(tx, contact, person)
        return len(await parts.db.fetch("SELECT id FROM consent"))

    assert on_database(writes_from_a_terminal) == 0
    done = open_desk.ok("chat", "--name", "ann", typed="rendez-vous\n1\n")
    asked, _, after = done.out.partition("acceptez-vous nos conditions")
    assert "Quelle heure" not in asked
    assert "De quoi voulez-vous parler" in after or "Quelle heure" in after


def test_an_hour_that_is_taken_is_told_with_what_is_free(open_desk: Desk) -> None:
    at = hours(open_desk.ok("book", PHONE, *WISH))[0]
    open_desk.ok("book", PHONE, *ANN, *WISH, "--at", at)
    other = ("+33639980202", "--first", "Ben", "--last", "Martin", "--code", "PORTS7KQM4XTD", *WISH)
    done = open_desk("book", *other, "--worker", "claire", "--at", at)
    assert done.status == 1
    assert "that hour is not free" in done.err
    assert hours(done)
    assert at not in hours(done)
    open_desk.ok("book", *other, "--worker", "claire", "--at", hours(done)[0])


def test_overseas_the_hour_is_by_their_own_clock(open_desk: Desk) -> None:
    words = ("06 92 99 02 01", *ANN, *WISH, "--worker", "vanessa")
    at = hours(open_desk.ok("book", *words))[0]
    assert "(Indian/Reunion)" in open_desk.ok("book", *words, "--at", at).out


def test_an_appointment_names_the_person_too(open_desk: Desk) -> None:
    id = booked(open_desk, PHONE, *ANN)
    another = booked(open_desk, id, nth=1)
    assert another != id
    done = open_desk("book", id, *WISH, "--at", hours(open_desk.ok("book", id, *WISH))[2])
    assert done.status == 1
    assert "MAX_APPOINTMENTS" in done.err


def test_cancelling_by_number_and_by_id(open_desk: Desk) -> None:
    first, second = booked(open_desk, PHONE, *ANN), booked(open_desk, PHONE, nth=1)
    several = open_desk("cancel", PHONE)
    assert several.status == 1
    assert {line.split()[0] for line in several.lines} == {first, second}
    assert open_desk("cancel", second, "--asked-by", "nobody").status == 2
    assert f"cancelled {second}" in open_desk.ok("cancel", second, "--asked-by", "desk").out
    assert f"cancelled {first}" in open_desk.ok("cancel", "0639980201").out
    assert open_desk("cancel", first).status == 1
    assert open_desk("cancel", PHONE).status == 1
    about = open_desk.ok("why", first).out
    assert "suppressed (appointment_changed)" in about  # its confirmation had not left yet


@pytest.mark.parametrize(
    ("words", "status", "named"),
    [
        (("book", PHONE, *WISH, "--at", "2030-01-01 09:00"), 2, "--first"),
        (("book", PHONE, *WISH, "--at", "soon"), 2, "--at"),
        (("book", PHONE, *WISH, "--at", "2026-03-29 02:30"), 2, "Europe/Paris"),
        (("book", PHONE, *WISH, "--at", "2026-03-03T09:00+01:00"), 2, "offset"),
        (("book", PHONE, *WISH, "--worker", "nobody"), 2, "--worker"),
        (("book", PHONE, *WISH, "--first", "Ann"), 2, "--code"),
        (("book", PHONE, *WISH, *ANN[:2], "--last", "http://x", *ANN[4:]), 2, "--last"),
        (("book", PHONE, *WISH, *ANN, "--email", "nowhere"), 2, "--email"),
        (("book", PHONE, *WISH, *ANN, "--lang", "xx"), 2, "--lang"),
        (("book", PHONE, *WISH, *ANN[:4], "--code", "WRONG-1234", "--at", "2030-01-01 09:00"), 1, "--code"),
        (("book", "+4915112345678", *WISH), 1, "mobile number"),
        (("book", PHONE, "--motive", "medical", "--mode", "phone"), 2, "--motive"),
        (("book", "06 39 98 01 01", *WISH), 1, "worker's number"),
        (("cancel", PHONE), 1, "no coming appointment"),
        (("cancel", "nothing"), 1, "id of an appointment"),
        (("why", "nothing"), 1, "id of an appointment"),
        (("why", PHONE), 1, "nobody"),
    ],
)
def test_what_is_wrong_is_named_in_one_line(open_desk: Desk, words: tuple[str, ...], status: int, named: str) -> None:
    done = open_desk(*words)
    assert (done.status, done.err.count("\n")) == (status, 1)
    assert named in done.err
    assert PHONE not in done.err


def test_an_account_is_not_made_twice(open_desk: Desk) -> None:
    booked(open_desk, PHONE, *ANN)
    done = open_desk("book", PHONE, *ANN, *WISH)
    assert done.status == 2
    assert "they have an account" in done.err


def test_a_client_that_was_suspended_meanwhile_is_named(open_desk: Desk) -> None:
    id = booked(open_desk, PHONE, *ANN)
    (open_desk.folder / "ports.toml").write_text(
        '[[client]]\nref = "lavande"\nname = "Transports Lavande"\nkind = "company"\nsuspended = true\n'
    )
    open_desk.ok("load", "ports.toml")
    at = hours(open_desk.ok("book", PHONE, *WISH))[0]
    done = open_desk("book", PHONE, *WISH, "--at", at)
    assert done.status == 1
    assert "suspended" in done.err
    assert open_desk.ok("cancel", id).status == 0  # what was made stands, and may be ended


def test_a_number_of_several_accounts_is_nobodys(open_desk: Desk) -> None:
    """WhatsApp may still be on a number that has another owner by now: the two are never mixed up (threat T5)."""
    booked(open_desk, PHONE, *ANN)
    open_desk.ok("chat", "--name", "camille", typed=BOOKS)

    async def gets_the_number(app: App) -> None:
        parts = app.parts
        async with parts.db.transaction() as tx:
            terminal = await contacts.find(tx, "terminal", "terminal:camille")
            camille = (await contacts.get_many(tx, [terminal or ""]))[terminal or ""]
            whatsapp = await contacts.make(
                tx, "whatsapp", "+33639980201", parts.clock(), parts.new_id, "fr", "Europe/Paris"
            )
            await contacts.link_person(tx, whatsapp, camille.person_id)
            await contacts.opt_out(tx, whatsapp, parts.clock())
            await contacts.failed(tx, terminal or "", parts.clock(), dead=True)

    on_database(gets_the_number)
    for command in (("book", PHONE, *WISH), ("cancel", PHONE)):
        done = open_desk(*command)
        assert done.status == 1
        assert "several accounts" in done.err
    told = open_desk.ok("why", PHONE).out
    assert "stopped all that is not an answer" in told
    assert "cannot be reached there since" in told


def test_why_tells_fates_and_reminders_and_never_words(open_desk: Desk) -> None:
    far = f"{system_clock() + timedelta(days=10):%Y-%m-%d} 03:00"
    at = hours(open_desk("book", PHONE, *ANN, *WISH, "--at", far))[0]
    open_desk.ok("book", PHONE, *ANN, *WISH, "--at", at)
    done = open_desk.ok("why", PHONE)
    timers = {line.split()[2] for line in done.lines if "  timer " in line}
    assert timers == {"early-48h", "late-2h", "soon", "due_near", "due_attendance", "due_after"}
    assert all(line.endswith("waiting") for line in done.lines if "  timer " in line)
    assert done.lines[1].endswith("queued (sms is not set up)")
    open_desk.set(TWILIO_ACCOUNT_SID="AC" + "1" * 32, TWILIO_AUTH_TOKEN="made-up", TWILIO_SMS_FROM="+33199000001")
    assert open_desk.ok("why", PHONE).lines[1].endswith("queued")
    open_desk.ok("pause")
    assert open_desk.ok("why", PHONE).lines[1].endswith("queued (sending is paused)")
    assert not {"Ann", "Martin", "33639980201", "finance"} & {*done.out.replace("+", " ").split()}


def test_a_worker_is_looked_up_by_their_number(open_desk: Desk) -> None:
    open_desk.set(TWILIO_ACCOUNT_SID="AC" + "1" * 32, TWILIO_AUTH_TOKEN="made-up", TWILIO_SMS_FROM="+33199000001")
    at = hours(open_desk.ok("book", PHONE, *WISH))[0]
    open_desk.ok("book", PHONE, *ANN, *WISH, "--at", at)
    assert "  sms  worker claire  never heard" in open_desk.ok("why", "06 39 98 01 01").lines[0]
