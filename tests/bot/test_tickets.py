"""`socialdirect tickets`: the desk's work without the console. What people wrote is shown by `see` alone."""

from __future__ import annotations

import asyncio

import pytest

from booking.authority import WorkerActor
from bot.app import build
from bot.settings import read_settings
from handlers.acting import Acting
from handlers.following import follow
from storage import audit, contacts, tickets
from storage.booking import RowStore
from storage.tickets import NewTicket
from tests.bot.conftest import BOOKS, Desk

NUMBER = "+33639980201"


@pytest.fixture
def switchboard(open_desk: Desk) -> Desk:
    """With SMS: nothing is sent, as no worker runs."""
    open_desk.set(TWILIO_ACCOUNT_SID="AC" + "1" * 32, TWILIO_AUTH_TOKEN="made-up", TWILIO_SMS_FROM="+33199000001")
    return open_desk


def opened(kind: str = "human", *, talk: bool = True) -> str:
    """A ticket of somebody who wrote by SMS."""

    async def write() -> str:
        async with build(read_settings(), migrate=False) as app:
            parts, now = app.parts, app.parts.clock()
            async with parts.db.transaction() as tx:
                who = await contacts.make(tx, "sms", NUMBER, now, parts.new_id, "fr", "Europe/Paris")
                new = NewTicket(kind, who if talk else None, context={"step": "book.slot", "motive": "finance"})
                made = await tickets.open_(tx, new, now, parts.new_id)
                await tickets.entry(tx, made.id, "wrote", now, words="canari")
            return made.id

    return asyncio.run(write())


def deeds(id: str) -> list[str]:
    async def read() -> list[str]:
        async with build(read_settings(), migrate=False) as app:
            found = await audit.of(app.parts.db, f"ticket:{id}")
            assert all(deed.actor.startswith("operator:") for deed in found)
            return [deed.action for deed in reversed(found)]

    return asyncio.run(read())


def test_a_ticket_from_its_list_to_its_end(switchboard: Desk) -> None:
    assert switchboard.ok("tickets").lines == ["nothing waits for the desk"]
    assert switchboard.ok("tickets", "--closed").lines == ["no ticket is closed"]
    id = opened()
    listed = switchboard.ok("tickets")
    assert listed.lines[1].startswith(id)
    assert listed.lines[1].endswith("open")
    assert "canari" not in listed.out
    assert switchboard.ok("tickets", "take", id).lines == [f"{id}  taken: yours"]
    assert "talking   operator:" in switchboard.ok("tickets").out
    switchboard.ok("tickets", "say", id, "Bonjour,", "j'arrive")
    switchboard.ok("tickets", "note", id, "attend depuis midi")
    switchboard.ok("tickets", "call", id, "no_answer")
    switchboard.ok("tickets", "back", id)
    assert switchboard.ok("tickets", "close", id, "not_reached").lines == [f"{id}  closed: closed"]
    assert "not_reached" in switchboard.ok("tickets", "--closed").lines[1]
    assert switchboard("tickets", "say", id, "encore").err == "socialdirect: it is closed already\n"
    seen = switchboard.ok("tickets", "see", id).out
    for shown in ("no account yet, 06 39 98 02 01", "stood at step book.slot, motive finance", "« canari »"):
        assert shown in seen
    assert "« Bonjour, j'arrive »" in seen
    assert deeds(id) == [
        *("ticket taken", "ticket said", "ticket note", "ticket attempt", "ticket handed_back", "ticket closed"),
        "ticket see",
    ]


def test_why_lists_tickets_without_their_words(switchboard: Desk) -> None:
    id = opened("danger")
    told = switchboard.ok("why", NUMBER)
    assert told.lines[-1].endswith(f"ticket    open  {id}")
    assert "canari" not in told.out


def test_what_cannot_be_done_says_why(switchboard: Desk) -> None:
    alone = opened("nobody_to_tell", talk=False)
    for words, status, said in [
        (("take", "nowhere"), 1, "no such ticket"),
        (("see", "nowhere"), 1, "no such ticket"),
        (("say", alone, "Bonjour"), 1, "nobody is known to write to: call them"),
        (("say", alone, " "), 2, "between 1 and 1000 characters"),
        (("call", alone, "maybe"), 2, "how did it go?"),
        (("close", alone, "maybe"), 2, "with which outcome?"),
    ]:
        done = switchboard("tickets", *words)
        assert (done.status, said in done.err) == (status, True), words
    assert "no number" in switchboard.ok("tickets", "see", alone).out


def test_a_colleagues_ticket_is_taken_over_only_by_saying_so(
    switchboard: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = opened()
    monkeypatch.setattr("bot.opening.getuser", lambda: "anna")
    switchboard.ok("tickets", "take", id)
    monkeypatch.setattr("bot.opening.getuser", lambda: "ben")
    assert "operator:anna has it" in switchboard("tickets", "take", id).err
    switchboard.ok("tickets", "take", id, "--over")
    assert "operator:ben" in switchboard.ok("tickets").out


# ---------------------------------------------------------------- a report


def reported(desk: Desk) -> str:
    """Somebody has booked with Claire by the terminal, wrote to her, and she reports it: the ticket."""
    desk.ok("chat", "--name", "camille", typed=BOOKS + "message\nvous ne servez à rien\n")

    async def report() -> str:
        async with build(read_settings(), migrate=False) as app:
            parts, now = app.parts, app.parts.clock()
            [row] = await parts.db.fetch("SELECT id, worker_id, contact_id FROM appointment")
            async with parts.db.transaction() as tx:
                store = RowStore(tx, parts.directories)
                worker = WorkerActor(row["worker_id"])
                core = Acting(tx, store, parts.rules, now, parts.new_id, actor=worker)
                await core.report(row["id"])
                await follow(tx, parts, store, core, "report", now)
            return (await tickets.listed(parts.db))[-1].id

    return asyncio.run(report())


def test_a_report_is_read_and_settled(switchboard: Desk) -> None:
    id = reported(switchboard)
    assert "vous ne servez à rien" in switchboard.ok("tickets", "see", id).out
    unsettled = switchboard("tickets", "close", id)
    assert (unsettled.status, "asks for a decision" in unsettled.err) == (1, True)
    for words, status in ((("perhaps",), 2), (("warning", "non"), 2), (("suspension", "x" * 20, "--until", "x"), 2)):
        assert switchboard("tickets", "settle", id, *words).status == status
    done = switchboard.ok("tickets", "settle", id, "warning", "Merci", "de", "rester", "poli.")
    assert done.lines == ["1 settled: warning; the worker is told as soon as a worker process runs"]
    seen = switchboard.ok("tickets", "see", id).out
    assert "rien" not in seen
    assert ": warning" in seen
    again = switchboard("tickets", "settle", id, "no_ground")
    assert (again.status, "already" in again.err) == (1, True)
    assert switchboard("tickets", "settle", "nowhere", "no_ground").status == 1
