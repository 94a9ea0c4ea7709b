"""What operators do with tickets: whose one is, what its story tells, and what goes to the person's talk."""

from __future__ import annotations

import pytest

from handlers import tickets as desk
from handlers.ticket_answers import BadWords, Closed, Done, InTalk, NoSuchTicket, NoTalk, OfAnother
from storage import audit, contacts, tickets
from storage.tickets import NewTicket
from tests.guards import guards
from tests.handlers.path.place import CAMILLE, SAM, Place

ANNA, BEN = "operator:anna", "operator:ben"


async def opened(place: Place, channel: str = "sms", address: str = CAMILLE, kind: str = "danger") -> str:
    """A ticket about somebody who has written to us."""
    who = await place.contact(channel, address)
    async with place.parts.db.transaction() as tx:
        return (await tickets.open_(tx, NewTicket(kind, who.id), place.clock.now, place.parts.new_id)).id


async def story(place: Place, ticket: str) -> list[tuple[str, str | None, str | None]]:
    return [(e.kind, e.operator, e.detail or e.words) for e in await tickets.entries(place.parts.db, ticket)]


async def test_who_takes_it_has_it(place: Place) -> None:
    await place.says("sms", CAMILLE, "bonjour")
    id = await opened(place)
    taken = await desk.take(place.parts, id, ANNA)
    assert isinstance(taken, Done)
    assert (taken.ticket.status, taken.ticket.operator, taken.ticket.live) == ("taken", ANNA, True)
    refusals = [
        await desk.take(place.parts, id, BEN),
        await desk.say(place.parts, id, BEN, "Bonjour"),
        await desk.hand_back(place.parts, id, BEN),
        await desk.attempt(place.parts, id, BEN, "reached"),
        await desk.close(place.parts, id, BEN, "solved"),
    ]
    assert refusals == [OfAnother(ANNA)] * 5
    assert isinstance(await desk.note(place.parts, id, BEN, "Je connais cette personne."), Done)
    assert isinstance(await desk.take(place.parts, id, BEN, over=True), Done)
    assert await desk.take(place.parts, id, ANNA) == OfAnother(BEN)
    assert [(deed.actor, deed.action) for deed in await audit.of(place.parts.db, f"ticket:{id}")] == [
        (BEN, "ticket taken"),
        (BEN, "ticket note"),
        (ANNA, "ticket taken"),
    ]


async def test_taken_twice_by_the_same_operator_it_is_said_once(place: Place) -> None:
    await place.says("sms", CAMILLE, "bonjour")
    id = await opened(place)
    await desk.take(place.parts, id, ANNA)
    await desk.take(place.parts, id, ANNA)
    assert [kind for kind, *_ in await story(place, id)] == ["opened", "taken"]


async def test_its_whole_story(place: Place) -> None:
    await place.says("sms", CAMILLE, "bonjour")
    id = await opened(place)
    await desk.say(place.parts, id, ANNA, " Bonjour, que se passe-t-il ? ")
    await desk.note(place.parts, id, ANNA, "Elle attend une réponse.")
    await desk.attempt(place.parts, id, ANNA, "no_answer")
    closed = await desk.close(place.parts, id, ANNA, "solved")
    assert isinstance(closed, Done)
    assert (closed.ticket.status, closed.ticket.outcome, closed.ticket.live) == ("closed", "solved", False)
    assert await story(place, id) == [
        ("opened", None, None),
        ("said", ANNA, "Bonjour, que se passe-t-il ?"),
        ("note", ANNA, "Elle attend une réponse."),
        ("attempt", ANNA, "no_answer"),
        ("handed_back", ANNA, None),
        ("closed", ANNA, "solved"),
    ]
    assert await desk.say(place.parts, id, ANNA, "Encore là ?") == Closed()


async def test_nothing_is_done_to_what_is_not_there(place: Place) -> None:
    assert await desk.take(place.parts, "nowhere", ANNA) == NoSuchTicket()
    with pytest.raises(LookupError):
        await desk.take_over(place.parts, "nowhere", ANNA)


@pytest.mark.parametrize("words", ["", " \n ", "x" * (desk.LONGEST + 1)])
async def test_words_have_a_length(place: Place, words: str) -> None:
    await place.says("sms", CAMILLE, "bonjour")
    id = await opened(place)
    assert await desk.say(place.parts, id, ANNA, words) == BadWords()
    assert await desk.note(place.parts, id, ANNA, words) == BadWords()
    assert isinstance(await desk.note(place.parts, id, ANNA, "x" * desk.LONGEST), Done)


async def test_who_cannot_be_written_to_is_called(place: Place) -> None:
    """The ticket is taken all the same, and an attempt to call is noted without a word in the talk."""
    await place.says("whatsapp", SAM, "bonjour")
    await place.says("sms", CAMILLE, "bonjour", "STOP")
    stopped, late = await opened(place), await opened(place, "whatsapp", SAM)
    assert await desk.say(place.parts, stopped, ANNA, "Bonjour") == NoTalk("stopped")
    place.clock.now = place.clock.now.replace(day=4)
    assert await desk.take(place.parts, late, ANNA) == NoTalk("window_closed")
    found = await tickets.get(place.parts.db, late)
    assert found is not None
    assert (found.status, found.operator, found.live) == ("taken", ANNA, False)
    async with place.parts.db.transaction() as tx:
        await contacts.failed(tx, found.contact_id or "", place.clock.now, dead=True)
        nobody = await tickets.open_(tx, NewTicket("nobody_to_tell", None), place.clock.now, place.parts.new_id)
    assert await desk.say(place.parts, late, ANNA, "Bonjour") == NoTalk("dead")
    assert await desk.say(place.parts, nobody.id, ANNA, "Bonjour") == NoTalk("nobody_known")
    assert isinstance(await desk.attempt(place.parts, late, ANNA, "no_answer"), Done)
    place.without("whatsapp")
    assert await desk.say(place.parts, late, ANNA, "Bonjour") == NoTalk("not_set_up")
    assert isinstance(await desk.close(place.parts, late, ANNA, "not_reached"), Done)


async def test_a_talk_that_is_stuck_can_be_taken_over(place: Place) -> None:
    await place.says("sms", CAMILLE, "bonjour")
    contact = (await place.contact("sms", CAMILLE)).id
    taken = await desk.take_over(place.parts, contact, ANNA)
    assert isinstance(taken, Done)
    assert (taken.ticket.kind, taken.ticket.operator, taken.ticket.live) == (desk.BY_HAND, ANNA, True)
    assert await desk.take_over(place.parts, contact, BEN) == OfAnother(ANNA)


async def test_a_colleague_who_is_in_the_talk_keeps_it_until_it_is_taken_over_by_name(place: Place) -> None:
    """By another ticket of the same person, too: neither taking it nor writing in it pulls the talk away."""
    await place.says("sms", CAMILLE, "bonjour")
    hers, other = await opened(place), await opened(place, kind="human")
    await desk.take(place.parts, hers, ANNA)
    await place.settle()
    assert await desk.take(place.parts, other, BEN) == InTalk(ANNA, hers)
    assert await desk.say(place.parts, other, BEN, "Bonjour") == InTalk(ANNA, hers)
    free = await tickets.get(place.parts.db, other)
    assert free is not None
    assert (free.status, free.operator) == ("open", None), "a refusal leaves it as it was"
    taken = await desk.take(place.parts, other, BEN, over=True)
    assert isinstance(taken, Done)
    assert taken.ticket.live
    left = await tickets.get(place.parts.db, hers)
    assert left is not None
    assert (left.status, left.operator, left.live) == ("taken", ANNA, False)
    assert (await story(place, hers))[-1] == ("passed", BEN, f"ticket:{other}")
    assert await desk.say(place.parts, hers, ANNA, "Encore moi") == InTalk(BEN, other)
    assert isinstance(await desk.say(place.parts, other, BEN, "C'est moi"), Done)
    await place.says("sms", CAMILLE, "Merci")
    assert (await story(place, other))[-1] == ("wrote", None, "Merci")


async def test_a_talk_of_ones_own_goes_on_in_another_ticket(place: Place) -> None:
    await place.says("sms", CAMILLE, "bonjour")
    first, second = await opened(place), await opened(place, kind="human")
    await desk.take(place.parts, first, ANNA)
    taken = await desk.take(place.parts, second, ANNA)
    assert isinstance(taken, Done)
    assert taken.ticket.live


async def test_who_cannot_be_written_to_is_not_taken_over(place: Place) -> None:
    """No ticket is left behind of a talk that could not be taken."""
    await place.says("sms", CAMILLE, "bonjour", "STOP")
    contact = (await place.contact("sms", CAMILLE)).id
    assert await desk.take_over(place.parts, contact, ANNA) == NoTalk("stopped")
    assert await tickets.of_contacts(place.parts.db, [contact]) == []


async def test_a_talk_that_waits_is_taken_over_where_it_waits(place: Place) -> None:
    """In the ticket that it is in, or of the danger that it told of: no other one is opened."""
    await place.says("sms", CAMILLE, "bonjour", "HUMAIN", "je vais me tuer")
    contact = (await place.contact("sms", CAMILLE)).id
    waiting = await tickets.live(place.parts.db, contact)
    assert waiting is not None
    taken = await desk.take_over(place.parts, contact, ANNA)
    assert isinstance(taken, Done)
    assert taken.ticket.id == waiting.id
    await desk.hand_back(place.parts, taken.ticket.id, ANNA)
    again = await desk.take_over(place.parts, contact, BEN)
    assert isinstance(again, Done)
    assert (again.ticket.kind, again.ticket.live) == ("danger", True)
    kinds = [row.kind for row in await tickets.of_contacts(place.parts.db, [contact])]
    assert desk.BY_HAND not in kinds


@guards("T24")
async def test_the_person_is_told_that_a_human_answers_each_time_one_comes(place: Place) -> None:
    """Threat T24: nobody reads along in silence."""
    await place.says("sms", CAMILLE, "bonjour")
    contact = (await place.contact("sms", CAMILLE)).id
    taken = await desk.take_over(place.parts, contact, ANNA)
    assert isinstance(taken, Done)
    await place.settle()
    [told] = place.new("sms", CAMILLE)
    assert "Une personne de notre équipe" in told
    await desk.take(place.parts, taken.ticket.id, BEN, over=True)
    await place.settle()
    assert len(place.new("sms", CAMILLE)) == 1
