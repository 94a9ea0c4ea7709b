"""Two operators, two of our processes and the person at the same moment: one has the ticket, and no word is lost."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from bot.work import drain_all
from conversations.state import from_json
from handlers import tickets as desk
from handlers.ticket_answers import Closed, Done, OfAnother
from handlers.turns import take_next
from storage import conversations, tickets
from tests.handlers.path.place import CAMILLE, CLAIRE, Place

ANNA, BEN = "operator:anna", "operator:ben"
ROUNDS = range(5)


async def waiting(place: Place) -> str:
    await place.says("sms", CAMILLE, "bonjour", "humain")
    found = await tickets.live(place.parts.db, (await place.contact("sms", CAMILLE)).id)
    assert found is not None
    return found.id


async def mode(place: Place) -> str:
    saved = await conversations.load(place.parts.db, (await place.contact("sms", CAMILLE)).id)
    assert saved.state is not None
    return from_json(saved.state, place.parts.flows).mode


async def wrote(place: Place) -> Counter[str | None]:
    rows = await tickets.of_contacts(place.parts.db, [(await place.contact("sms", CAMILLE)).id])
    found = [entry for row in rows for entry in await tickets.entries(place.parts.db, row.id)]
    return Counter(entry.words for entry in found if entry.kind == "wrote")


async def drain_one(place: Place) -> None:
    assert await take_next(place.parts, (await place.contact("sms", CAMILLE)).id)


@pytest.mark.parametrize("_", ROUNDS)
async def test_two_operators_take_it_at_once(place: Place, _: int) -> None:
    id = await waiting(place)
    place.new("sms", CAMILLE)
    both = await asyncio.gather(desk.take(place.parts, id, ANNA), desk.take(place.parts, id, BEN))
    await place.settle()
    assert sorted(type(each).__name__ for each in both) == ["Done", "OfAnother"]
    assert place.new("sms", CAMILLE) == ["Une personne de notre équipe vous lit. Elle vous répond ici."]


@pytest.mark.parametrize("_", ROUNDS)
async def test_the_desk_answers_while_they_go_back(place: Place, _: int) -> None:
    """Whoever comes first, the ticket and the talk say the same in the end."""
    id = await waiting(place)
    await desk.take(place.parts, id, ANNA)
    await place.settle()
    await place.comes("sms", CAMILLE, text="MENU")
    await asyncio.gather(
        drain_all(place.parts, "one"),
        drain_all(place.parts, "two"),
        desk.say(place.parts, id, ANNA, "Bonjour, me voilà"),
    )
    await place.settle()
    row = await tickets.get(place.parts.db, id)
    assert row is not None
    assert (await mode(place) == "human") == row.live
    said = place.new("sms", CAMILLE)
    assert sum("Bonjour, me voilà" in text for text in said) == 1, "said once, and never lost"


async def test_words_reach_who_has_just_gone_back(place: Place) -> None:
    """MENU is read before the words that the operator has just sent: the talk is in their ticket all the same."""
    id = await waiting(place)
    await desk.take(place.parts, id, ANNA)
    await place.settle()
    await place.comes("sms", CAMILLE, text="MENU")
    await desk.say(place.parts, id, ANNA, "Bonjour, me voilà")
    await place.settle()
    row = await tickets.get(place.parts.db, id)
    assert row is not None
    assert (row.status, row.operator, row.live) == ("taken", ANNA, True)
    assert await place.says("sms", CAMILLE, "ah, bonjour") is not None
    assert (await wrote(place))["ah, bonjour"] == 1
    place.new("sms", CAMILLE)
    await desk.hand_back(place.parts, id, ANNA)
    await place.settle()
    assert place.new("sms", CAMILLE)[0].startswith("Notre équipe vous a répondu.")


async def test_closed_before_its_words_arrive_the_talk_is_handed_back(place: Place) -> None:
    id = await waiting(place)
    await desk.take(place.parts, id, ANNA)
    await place.settle()
    await place.comes("sms", CAMILLE, text="MENU")
    await desk.say(place.parts, id, ANNA, "Au revoir")
    await drain_one(place)
    await desk.close(place.parts, id, ANNA, "solved")
    place.new("sms", CAMILLE)
    await place.settle()
    assert place.new("sms", CAMILLE)[-1].startswith("Notre équipe vous a répondu.")
    assert await mode(place) == "bot"


@pytest.mark.parametrize("_", ROUNDS)
async def test_they_write_while_it_is_closed(place: Place, _: int) -> None:
    id = await waiting(place)
    await desk.take(place.parts, id, ANNA)
    await place.settle()
    texts = [f"encore {number}" for number in range(4)]
    for text in texts[:2]:
        await place.comes("sms", CAMILLE, text=text)
    *_rest, closed = await asyncio.gather(
        drain_all(place.parts, "one"),
        drain_all(place.parts, "two"),
        place.comes("sms", CAMILLE, text=texts[2]),
        desk.close(place.parts, id, ANNA, "solved"),
    )
    assert isinstance(closed, Done)
    await place.comes("sms", CAMILLE, text=texts[3])
    await place.settle()
    assert await mode(place) == "bot"
    kept = await wrote(place)
    assert set(kept.values()) <= {1}
    assert kept.keys() >= {texts[0], texts[1]}, "written before it was closed: the desk has it"
    rows = await tickets.of_contacts(place.parts.db, [(await place.contact("sms", CAMILLE)).id])
    assert [row.live for row in rows] == [False] * len(rows)
    assert isinstance(await desk.say(place.parts, id, BEN, "trop tard"), Closed | OfAnother)


@pytest.mark.parametrize("_", ROUNDS)
async def test_both_of_an_appointment_write_at_once(place: Place, _: int) -> None:
    """Each has one notice of the other's, and none is sent twice."""
    await place.books()
    await place.says("sms", CLAIRE, "bonjour")
    place.new("sms", CLAIRE), place.new("sms", CAMILLE)
    await place.comes("sms", CAMILLE, text="message à Claire : où est-ce ?")
    await place.comes("sms", CLAIRE, text="écrire à Camille : avez-vous le bail ?")
    await asyncio.gather(drain_all(place.parts, "one"), drain_all(place.parts, "two"))
    await place.settle()
    assert sum("où est-ce ?" in text for text in place.new("sms", CLAIRE)) == 1
    assert sum("vous attend" in text for text in place.new("sms", CAMILLE)) == 1
    rows = await place.parts.db.fetch("SELECT author FROM message ORDER BY author")
    assert [row["author"] for row in rows] == ["person", "worker"]
