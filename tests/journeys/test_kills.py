"""Killed by SIGKILL at every crash point, for each message of a booking, and between any two of them: one appointment,
one confirmation, one notice to the worker, nothing lost, nothing said twice but what no provider can tell us.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.standins.faults import Drop
from storage import timers
from storage.crypto import Vault
from tests.journeys.booking import LATER, ON_TELEGRAM
from tests.journeys.processes import Launcher, MortalTown, mortal
from tests.journeys.town import CAMILLE_ON_TELEGRAM, SAM

CHAT = str(CAMILLE_ON_TELEGRAM.id)
TALKS = {SAM: LATER, f"whatsapp:{SAM}": LATER, CHAT: ON_TELEGRAM}
# One message, killed at each point of a chain in turn. One point of the sending in each: what is interrupted there a
# second time is given up, and a human is told.
CHAINS = (
    (
        "before the inbox's insert",
        "contact made, message not",
        "stored, not answered",
        "contact claimed",
        "turn taken, not committed",
        "message claimed",
    ),
    ("answered", "state saved, not committed", "turn committed", "before the call"),
    ("after the call",),
    ("before a receipt",),
    ("call marked",),
    ("after a receipt",),
)
ALL = sorted(point for chain in CHAINS for point in chain)


@pytest.fixture
async def town(launching: Launcher, database_url: str, vault: Vault) -> AsyncIterator[MortalTown]:
    async with mortal(launching, database_url, vault) as town:
        yield town
        assert town.problems() == []
        assert await town.unsound() == []


async def say(town: MortalTown, address: str, text: str | None) -> None:
    if address != CHAT:
        await town.twilio.say(address, text or "")
    elif text is None:
        await town.telegram.share_contact(CAMILLE_ON_TELEGRAM.id)
    else:
        await town.telegram.say(CAMILLE_ON_TELEGRAM.id, text)


async def one_of_each(town: MortalTown, address: str) -> None:
    """One appointment, one answer to each message, one notice: on the screens, not only in our rows."""
    db, asked = town.db, len(TALKS[address])
    [booked] = await db.fetch("SELECT id, status FROM appointment")
    assert booked["status"] == "booked"
    assert await db.fetch("SELECT status FROM inbox WHERE status <> 'done'") == []
    answers = await db.fetch("SELECT status, possible_duplicate AS again FROM outbox WHERE answer ORDER BY id")
    assert len(answers) == asked
    seen = town.texts(address)
    assert "C'est réservé" in seen[-1]
    if address == CHAT:  # no log, no callback: what was interrupted may be there twice, and is marked
        marked = sum(bool(row["again"]) for row in answers)
        assert asked <= len(seen) <= asked + marked <= asked + town.deaths
    else:
        assert len(seen) == asked
        confirmations = [text for text in seen if "C'est réservé" in text]
        assert len(confirmations) == 1
    [notice] = await db.fetch("SELECT status FROM outbox WHERE kind = 'booked'")
    assert notice["status"] in {"accepted", "delivered"}  # a callback that found nobody does not come again
    [worker] = {bubble.to for bubble in town.twilio.ledger.delivered} - {address}
    assert len(town.texts(worker)) == 1
    mails = town.mailbox.read_text().split()
    assert 1 <= len(mails) <= 1 + town.deaths


def passed(point: str, address: str) -> bool:
    return address != CHAT or "receipt" not in point  # Telegram tells nothing afterwards


@pytest.mark.parametrize("address", TALKS)
async def test_at_each_point(town: MortalTown, address: str, database_url: str) -> None:
    """The last messages of a talk meet a chain each; which one meets which differs from channel to channel."""
    turn = list(TALKS).index(address) + (3 if "postgres" in database_url else 0)
    chains = [tuple(filter(lambda point: passed(point, address), chain)) for chain in CHAINS]
    chains = [*chains[turn % len(chains) :], *chains[: turn % len(chains)]]
    talk = TALKS[address]
    for text, chain in zip(talk, [()] * (len(talk) - len(chains)) + chains, strict=True):
        await town.arm(*chain)
        await say(town, address, text)
        await town.settle()
        assert town.points == []
    assert town.deaths == sum(map(len, chains))
    await one_of_each(town, address)


@pytest.mark.many
@pytest.mark.parametrize("address", TALKS)
@pytest.mark.parametrize("point", ALL)
async def test_at_each_point_of_each_message(town: MortalTown, point: str, address: str) -> None:
    for text in TALKS[address]:
        await town.arm(point)
        await say(town, address, text)
        await town.settle()
    assert town.deaths > 0  # a point that is never passed tests nothing
    print(f"{point}, {address[:3]}: killed {town.deaths} times")
    await one_of_each(town, address)


@pytest.mark.parametrize("address", [SAM, *(pytest.param(other, marks=pytest.mark.many) for other in list(TALKS)[1:])])
async def test_between_any_two_messages(town: MortalTown, address: str) -> None:
    for text in TALKS[address]:
        await town.kill()
        await say(town, address, text)
        await town.settle()
    assert town.deaths == len(TALKS[address])
    await one_of_each(town, address)


async def test_while_a_reminder_is_told(town: MortalTown) -> None:
    """Once, although the batch of timers was begun twice, and the turn of its news three times."""
    for text in LATER:
        await say(town, SAM, text)
        await town.settle()
    due = await timers.next_due(town.db)
    assert due is not None
    town.clock.now = due
    await town.arm("timer told, batch not committed", "batch of timers committed", "turn committed")
    await town.settle()
    assert (town.deaths, town.points) == (3, [])
    assert len([text for text in town.texts(SAM) if text.startswith("Rappel")]) == 1


async def test_while_an_unknown_fate_is_settled(town: MortalTown) -> None:
    """The one resend is made by whoever takes over."""
    town.twilio.faults.add(Drop(accepted=False))
    await town.twilio.say(SAM, "bonjour")
    await town.arm("unknown claimed", "queued once more")
    await town.settle()
    assert (town.deaths, town.points) == (2, [])
    assert len(town.texts(SAM)) == 1
