"""Whoever forges the sender of a text message writes blind: the webhook is genuine, the number is the victim's, and no
answer comes back to them (threats T2, T21). Nothing that cannot be undone happens, whichever word they know.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from booking.model import Appointment, ContactId, Person
from conversations.commands import COMMANDS
from locales.words import words
from storage import contacts, tickets
from storage.booking import RowStore
from storage.contacts import ContactRow
from tests.guards import guards
from tests.journeys.booking import LATER, booked_by_sms
from tests.journeys.town import CAMILLE, CAMILLE_ON_TELEGRAM, Town, built

CHAT = str(CAMILLE_ON_TELEGRAM.id)
BLIND = ("1", "oui")  # what fits most questions
LAST = "not_me"  # it parts the number from the account, and the desk is told whose that was

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@dataclass(frozen=True)
class Theirs:
    person: Person
    coming: tuple[tuple[object, ...], ...]


@pytest.fixture
async def victim(database_url: str) -> AsyncIterator[Town]:
    """Camille has an hour next week, and writes by Telegram too."""
    async with built(database_url) as town:
        await booked_by_sms(town, texts=LATER)
        await town.chat(CAMILLE_ON_TELEGRAM, "bonjour")
        chat, known = await contact(town, "telegram", CHAT), await contact(town)
        async with town.parts.db.transaction() as tx:
            await contacts.link_person(tx, chat.id, known.person_id)
        town.new(CHAT)
        yield town


async def contact(town: Town, channel: str = "sms", address: str = CAMILLE) -> ContactRow:
    found = await contacts.find(town.parts.db, channel, address)
    assert found is not None
    row = await contacts.get(town.parts.db, found)
    assert row is not None
    return row


async def theirs(town: Town) -> Theirs:
    store = RowStore(town.parts.db, town.parts.directories)
    person = await store.person_of(ContactId((await contact(town, "telegram", CHAT)).id))
    assert person is not None
    coming = await store.upcoming(person.id, town.clock())
    return Theirs(person, tuple(map(_what, coming)))


def _what(appointment: Appointment) -> tuple[object, ...]:
    return appointment.start, appointment.worker, appointment.mode, appointment.motive


async def forged(town: Town, *texts: str) -> list[str]:
    """Signed by the provider, as if it came from the victim; what the victim's telephone shows."""
    shown = []
    before = len(town.twilio.ledger.of("CreateMessage"))
    for text in texts:
        shown += await town.sms(CAMILLE, text)
    sent = town.twilio.ledger.of("CreateMessage")[before:]
    assert {call.params["To"] for call in sent} <= {CAMILLE, *worker_numbers(town)}
    return shown


def worker_numbers(town: Town) -> set[str]:
    return {"+33639980101", "+33639980102", "+33639980103"}


async def takes_back(town: Town, before: Theirs) -> None:
    """What the victim does within the minutes that they are told of: words that the messages name. And an hour that was
    booked for them they cancel.
    """
    for text in ("start", "menu", "remettre", "mode normal"):
        await town.sms(CAMILLE, text)
    if len((await theirs(town)).coming) > len(before.coming):
        await town.sms(CAMILLE, "annuler")
        await chooses(town, "lundi 2 mars")
        await chooses(town, "Annuler")
    await town.passes(minutes=11)  # each forgery has its own minutes


async def chooses(town: Town, label: str) -> None:
    lines = town.screen(CAMILLE)[-1].text.splitlines()
    (number,) = [line.partition(".")[0] for line in lines if label in line and line[0].isdigit()]
    await town.sms(CAMILLE, number)


@on_sqlite
@guards("T02", partly=True)
async def test_no_command_does_lasting_harm(victim: Town) -> None:

    before, changed = await theirs(victim), set()
    assert len(before.coming) == 1
    for name in (*(name for name in COMMANDS if name != LAST), "stop"):
        word = words("fr")(f"words.command.{name}")[0]
        assert await forged(victim, word, *BLIND), f"{name}: the victim reads what was said"
        if await theirs(victim) != before or (await contact(victim)).opted_out_at is not None:
            changed.add(name)
            await takes_back(victim, before)
        await victim.sms(CAMILLE, "menu")  # and out of what that word began
        assert await theirs(victim) == before, name
        assert (await contact(victim)).person_id == before.person.id, name
        assert (await contact(victim)).opted_out_at is None, name
    assert changed >= {"cancel", "move", "stop"}, "and was taken back"
    assert await victim.parts.db.fetch("SELECT id FROM erasure") == []
    assert await forged(victim, words("fr")(f"words.command.{LAST}")[0])
    assert await theirs(victim) == before
    kinds = [ticket.kind for ticket in await tickets.listed(victim.parts.db)]
    assert "not_me" in kinds


@on_sqlite
@guards("T21")
async def test_a_forged_stop_is_told_elsewhere_and_undone_by_start(victim: Town) -> None:
    [confirmed] = await forged(victim, "stop")
    assert "START" in confirmed, "the provider's own words"
    [told] = victim.new(CHAT)
    assert told.startswith(f"STOP a été envoyé depuis le numéro qui finit par {CAMILLE[-2:]}")
    assert CAMILLE[-6:] not in told
    assert await forged(victim, "stop")
    assert victim.new(CHAT) == [], "said again, it is no news"
    await forged(victim, "start")
    assert (await contact(victim)).opted_out_at is None


@on_sqlite
@guards("T21")
@pytest.mark.parametrize("word", ["arrêter", "Ne plus m'écrire !"])
async def test_a_forged_stop_that_twilio_does_not_know_is_told_elsewhere_too(victim: Town, word: str) -> None:
    await forged(victim, word)
    assert (await contact(victim)).opted_out_at is not None
    [told] = victim.new(CHAT)
    assert told.startswith("STOP a été envoyé depuis le numéro")
    await forged(victim, word)
    assert victim.new(CHAT) == []
    await forged(victim, "start")
    assert (await contact(victim)).opted_out_at is None


@on_sqlite
@guards("T21")
async def test_where_there_is_no_other_channel_the_mail_is_told(database_url: str) -> None:
    async with built(database_url) as town:
        await booked_by_sms(town, texts=LATER)
        db = town.parts.db
        await forged(town, "stop", "start")
        assert [row for row in await db.fetch("SELECT kind FROM outbox") if row["kind"] == "stopped"] == []
        await db.execute("UPDATE person SET email_confirmed = TRUE")
        before = len(town.mail.messages)
        await forged(town, "stop")
        (mail,) = town.mail.messages[before:]
        assert "STOP a été envoyé" in mail.get_content()
