"""A talk with the desk from end to end: who is silent when, what is kept, what is said in which order, and that nobody
is left alone in it.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from handlers import tickets as desk
from handlers.ticket_answers import Done
from storage import audit, tickets
from storage.tickets import TicketRow
from tests.handlers.path.place import CAMILLE, SAM, Place

pytestmark = pytest.mark.sampled

ANNA, BEN = "operator:anna", "operator:ben"


async def waiting(place: Place, address: str = CAMILLE) -> TicketRow:
    """Somebody asked for a human in the middle of a booking; their ticket."""
    await place.says("sms", address, "bonjour", "PORTS-7KQM-4XTD", "1", "humain")
    found = await tickets.live(place.parts.db, (await place.contact("sms", address)).id)
    assert found is not None
    return found


async def story(place: Place, ticket: str) -> list[tuple[str, str | None]]:
    return [(entry.kind, entry.words or entry.detail) for entry in await tickets.entries(place.parts.db, ticket)]


async def status(place: Place, ticket: str) -> tuple[str, bool]:
    found = await tickets.get(place.parts.db, ticket)
    assert found is not None
    return found.status, found.live


async def test_the_desk_has_the_place_where_the_talk_stood(place: Place) -> None:
    ticket = await waiting(place)
    assert (ticket.kind, ticket.status, ticket.live) == ("human", "open", True)
    assert ticket.context == {"step": "book.slot", "motive": "finance"}
    assert place.line("sms").sent_to[-1][1].startswith("Une personne vous répond ici avant 10 h 30 : écrivez-lui.")
    assert place.alarm_codes() == ["desk_human"]


async def test_both_sides_are_kept_and_the_bot_is_silent_until_it_is_handed_back(place: Place) -> None:
    ticket = await waiting(place)
    assert await place.says("sms", CAMILLE, "je ne sais pas quoi choisir", "1", "annuler") == []
    await desk.take(place.parts, ticket.id, ANNA)
    await desk.say(place.parts, ticket.id, ANNA, "Bonjour, laquelle vous va ?")
    await place.settle()
    assert place.new("sms", CAMILLE) == [
        "Une personne de notre équipe vous lit. Elle vous répond ici.",
        "Notre équipe : Bonjour, laquelle vous va ?",
    ]
    assert await place.says("sms", CAMILLE, "la première") == []
    await desk.hand_back(place.parts, ticket.id, ANNA)
    await place.settle()
    (back,) = place.new("sms", CAMILLE)
    assert back.startswith("Notre équipe vous a répondu. Retour aux réponses automatiques.\nQuelle heure vous va")
    assert await story(place, ticket.id) == [
        ("opened", None),
        ("wrote", "je ne sais pas quoi choisir"),
        ("wrote", "1"),
        ("wrote", "annuler"),
        ("taken", None),
        ("said", "Bonjour, laquelle vous va ?"),
        ("wrote", "la première"),
        ("handed_back", None),
    ]
    assert await status(place, ticket.id) == ("taken", False)
    said = [entry for entry in await tickets.entries(place.parts.db, ticket.id) if entry.kind == "said"]
    assert [entry.fate for entry in said] == ["accepted"]


async def test_nobody_takes_it_in_time(place: Place) -> None:
    """It is said, an alarm is raised, and the ticket is there for whoever comes."""
    ticket = await waiting(place)
    await place.passes(minutes=29)
    place.new("sms", CAMILLE)
    await place.passes(minutes=1)
    (late,) = place.new("sms", CAMILLE)
    assert late.startswith("Personne n'a pu vous répondre à temps, pardon.")
    assert "Quelle heure vous va" in late
    assert place.alarm_codes() == ["desk_human", "ticket_unanswered"]
    assert await status(place, ticket.id) == ("open", False)
    await desk.say(place.parts, ticket.id, ANNA, "Me voilà")
    await place.settle()
    (said,) = place.new("sms", CAMILLE)
    assert said.startswith("Une personne de notre équipe vous écrit.")
    assert said.endswith("Notre équipe : Me voilà")
    assert await status(place, ticket.id) == ("taken", True)


async def test_an_operator_who_falls_silent_is_too_late_too(place: Place) -> None:
    ticket = await waiting(place)
    await place.passes(minutes=20)
    await desk.take(place.parts, ticket.id, ANNA)
    await place.passes(minutes=29)
    assert await status(place, ticket.id) == ("taken", True), "the time runs from when somebody was there"
    await desk.say(place.parts, ticket.id, ANNA, "Une minute")
    await place.passes(minutes=50)
    assert await status(place, ticket.id) == ("taken", True), "nobody waits for us"
    place.new("sms", CAMILLE)
    await place.says("sms", CAMILLE, "alors ?")
    await place.passes(minutes=20)
    await place.says("sms", CAMILLE, "vous êtes là ?")
    assert await status(place, ticket.id) == ("taken", True)
    await place.passes(minutes=10)
    assert place.new("sms", CAMILLE)[0].startswith("Personne n'a pu vous répondre")
    assert await status(place, ticket.id) == ("open", False)


async def test_who_goes_back_is_the_bots_and_the_ticket_stays(place: Place) -> None:
    ticket = await waiting(place)
    await desk.take(place.parts, ticket.id, ANNA)
    await place.settle()
    place.new("sms", CAMILLE)
    (back,) = await place.says("sms", CAMILLE, "MENU")
    assert back.startswith("Retour aux réponses automatiques. Votre demande reste notée.\nQuelle heure vous va")
    assert await status(place, ticket.id) == ("open", False)
    await place.passes(hours=1)
    assert place.new("sms", CAMILLE) == [], "who left is told of nobody's being late"
    assert isinstance(await desk.close(place.parts, ticket.id, BEN, "nothing_to_do"), Done)
    await place.settle()
    assert place.new("sms", CAMILLE) == [], "there is nothing to hand back"


async def test_stop_ends_it_at_once(place: Place) -> None:
    ticket = await waiting(place)
    await place.says("sms", CAMILLE, "STOP")
    assert await status(place, ticket.id) == ("open", False)
    await place.passes(hours=1)
    assert place.new("sms", CAMILLE) == []


async def test_danger_is_answered_and_its_words_are_not_kept(place: Place) -> None:
    ticket = await waiting(place)
    place.new("sms", CAMILLE)
    (numbers,) = await place.says("sms", CAMILLE, "je veux mourir")
    assert "3114" in numbers
    assert "Quelle heure" not in numbers
    assert await story(place, ticket.id) == [("opened", None)]
    first, second = await tickets.listed(place.parts.db)
    assert (first.kind, first.live) == ("danger", False)
    assert (second.id, second.live) == (ticket.id, True)
    await desk.take(place.parts, first.id, ANNA)
    await place.says("sms", CAMILLE, "merci d'être là")
    assert await story(place, first.id) == [("opened", None), ("taken", None), ("wrote", "merci d'être là")]


async def test_asked_for_while_closed_it_is_there_in_the_morning(place: Place) -> None:
    await place.says("sms", CAMILLE, "bonjour")
    place.clock.now += timedelta(hours=10)
    place.new("sms", CAMILLE)
    (later,) = await place.says("sms", CAMILLE, "humain")
    assert later.startswith("On vous répond ici dès mardi 3 mars à 9 h.")
    (ticket,) = await tickets.listed(place.parts.db)
    assert (ticket.kind, ticket.live) == ("human", False)
    place.clock.now += timedelta(hours=13, minutes=30)
    await desk.take(place.parts, ticket.id, ANNA)
    await place.settle()
    (enters,) = place.new("sms", CAMILLE)
    assert enters.startswith("Une personne de notre équipe vous écrit.")


async def test_asked_for_twice_it_is_one_ticket(place: Place) -> None:
    ticket = await waiting(place)
    await place.says("sms", CAMILLE, "menu", "humain")
    (only,) = await tickets.listed(place.parts.db)
    assert (only.id, only.live) == (ticket.id, True)


async def test_what_is_written_while_it_is_closed_opens_another(place: Place) -> None:
    """The operator closed it; the person wrote before they could know."""
    ticket = await waiting(place)
    await desk.take(place.parts, ticket.id, ANNA)
    await place.settle()
    await place.comes("sms", CAMILLE, text="une dernière chose")
    await desk.close(place.parts, ticket.id, ANNA, "solved")
    await place.settle()
    (other,) = await tickets.listed(place.parts.db)
    assert await story(place, other.id) == [
        ("opened", None),
        ("wrote", "une dernière chose"),
        ("handed_back", None),
    ]
    assert other.live is False, "the bot answers again"


async def test_a_call_back_that_is_tried_is_not_late(place: Place) -> None:
    for address in (CAMILLE, SAM):
        await place.says("sms", address, "bonjour", "rappelez-moi")
    camilles, sams = await tickets.listed(place.parts.db)
    assert (camilles.kind, camilles.context["phone"]) == ("call_back", CAMILLE)
    await desk.attempt(place.parts, camilles.id, ANNA, "no_answer")
    await place.passes(minutes=30)
    assert "Nous venons de vous appeler, sans réponse." in place.new("sms", CAMILLE)[-1]
    assert "Nous n'avons pas encore pu vous appeler" in place.new("sms", SAM)[-1]
    await desk.attempt(place.parts, sams.id, ANNA, "reached")
    await desk.close(place.parts, sams.id, ANNA, "solved")
    await place.settle()
    assert place.new("sms", SAM) == []
    assert [kind for kind, _ in await story(place, sams.id)] == ["opened", "attempt", "closed"]


async def test_a_call_that_is_asked_for_twice_is_late_once(place: Place) -> None:
    await place.says("sms", CAMILLE, "bonjour")
    place.clock.now += timedelta(hours=10)
    await place.says("sms", CAMILLE, "rappelez-moi", "rappelez-moi")
    await place.passes(hours=13, minutes=29)
    place.new("sms", CAMILLE)
    await place.passes(minutes=1)
    (late,) = place.new("sms", CAMILLE)
    assert late.startswith("Nous n'avons pas encore pu vous appeler, pardon.")


async def test_who_did_what_is_in_the_audit_trail_without_a_word_of_it(place: Place) -> None:
    ticket = await waiting(place)
    await desk.say(place.parts, ticket.id, ANNA, "Bonjour canari")
    await desk.close(place.parts, ticket.id, ANNA, "solved")
    deeds = await audit.of(place.parts.db, f"ticket:{ticket.id}")
    assert [deed.action for deed in reversed(deeds)] == ["ticket said", "ticket handed_back", "ticket closed"]
    assert "canari" not in repr(deeds)
