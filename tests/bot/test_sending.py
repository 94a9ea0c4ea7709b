"""`pause`, `resume`, `parked`: stopping, starting, and what waits for a human."""

from __future__ import annotations

import asyncio

from bot.app import build
from bot.settings import read_settings
from handlers.channels.base import Envelope
from handlers.inbox import Door
from storage import audit
from storage.audit import Deed
from tests.bot.conftest import Desk


def deeds(object_: str) -> list[Deed]:
    """What the audit trail says of an object, the latest first."""

    async def read() -> list[Deed]:
        async with build(read_settings(), migrate=False) as app:
            return await audit.of(app.parts.db, object_)

    return asyncio.run(read())


def test_pausing_and_resuming_is_told_and_audited(open_desk: Desk) -> None:
    assert "is paused" in open_desk.ok("pause").out
    assert "has been paused since" in open_desk.ok("pause").out
    assert "wrong  sending: paused (operator:" in open_desk("doctor").out
    assert "goes on" in open_desk.ok("resume").out
    assert "was not paused" in open_desk.ok("resume").out
    done = deeds("sending")
    assert [deed.action for deed in done] == ["resume", "pause"]
    assert all(deed.actor.startswith("operator:") for deed in done)


def test_a_parked_message_is_listed_without_its_words_and_tried_again(open_desk: Desk) -> None:
    assert open_desk.ok("parked").lines == ["nothing is parked"]

    async def park() -> None:
        async with build(read_settings(), migrate=False) as app:
            parts = app.parts
            for number in range(2):
                raw = b"something odd"
                await Door(parts)(
                    Envelope("terminal", f"x{number}", f"id{number}", parts.clock(), raw, parked="no sense")
                )

    asyncio.run(park())
    listed = open_desk.ok("parked")
    assert listed.lines[1].endswith("no sense")
    assert "odd" not in listed.out
    assert "wrong  inbox: 2 messages are parked" in open_desk("doctor").out
    id = listed.lines[1].split()[0]
    assert open_desk.ok("parked", "retry", id).lines == [f"{id} is unread again"]
    again = open_desk("parked", "retry", id)
    assert (again.status, again.out) == (1, "")
    assert id in again.err
    open_desk.ok("parked", "retry", "--all")
    assert open_desk.ok("parked").lines == ["nothing is parked"]
    assert [deed.action for deed in deeds(f"inbox:{id}")] == ["retry"]


def test_retry_wants_ids_or_all(open_desk: Desk) -> None:
    assert open_desk("parked", "retry").status == 2
    assert open_desk("parked", "retry", "1", "--all").status == 2
