"""The desk and WhatsApp's 24 hours: its words are announced by a template and read by a tap, a call in vain is told."""

from __future__ import annotations

import pytest

from handlers import tickets as desk
from handlers.ticket_answers import Done, NoTalk
from storage import tickets
from tests.guards import guards
from tests.journeys.test_whatsapp import ON_WHATSAPP, booked, contact, tap
from tests.journeys.test_whatsapp import ready as ready  # noqa: PLC0414 - the fixture: every template approved
from tests.journeys.town import SAM, Town

pytestmark = pytest.mark.sampled

ANNA = "operator:anna"


async def taken(town: Town) -> str:
    """Somebody who booked asked for a human, and nobody answered them for more than a day; the ticket is Anna's now."""
    await booked(town)
    await town.sms(ON_WHATSAPP, "HUMAIN")
    await town.passes(hours=30)
    town.new(ON_WHATSAPP)
    [row] = await tickets.listed(town.parts.db)
    assert await desk.take(town.parts, row.id, ANNA) == NoTalk("window_closed")
    return row.id


async def test_what_it_writes_is_announced_and_read_by_a_tap(ready: Town) -> None:
    id = await taken(ready)
    assert isinstance(await desk.say(ready.parts, id, ANNA, "Apportez votre bail.\nMerci."), Done)
    await ready.settle()
    [told] = ready.new(ON_WHATSAPP)
    assert told == "Notre équipe vous a écrit. Pour lire ce message ici, répondez LIRE."
    assert "bail" not in "".join(bubble.text for bubble in ready.screen(ON_WHATSAPP))
    [shown] = await tap(ready, "LIRE")
    assert shown == "Notre équipe : Apportez votre bail.\nMerci."
    await ready.sms(ON_WHATSAPP, "D'accord, merci")
    entries = await tickets.entries(ready.parts.db, id)
    assert [(entry.kind, entry.detail) for entry in entries][-2:] == [("said", desk.ANNOUNCED), ("wrote", None)]
    assert entries[-1].words == "D'accord, merci"
    assert isinstance(await desk.say(ready.parts, id, ANNA, "À mardi."), Done)
    await ready.settle()
    assert ready.new(ON_WHATSAPP) == ["Notre équipe : À mardi."]


async def test_a_talk_is_taken_over_without_a_word_and_handed_back_by_a_template(ready: Town) -> None:
    await booked(ready)
    await ready.passes(hours=30)
    ready.new(ON_WHATSAPP)
    taken = await desk.take_over(ready.parts, (await contact(ready)).id, ANNA)
    assert isinstance(taken, Done)
    assert not taken.ticket.live
    await ready.settle()
    assert ready.new(ON_WHATSAPP) == []
    await desk.say(ready.parts, taken.ticket.id, ANNA, "Bonjour")
    await ready.settle()
    await desk.close(ready.parts, taken.ticket.id, ANNA, "solved")
    await ready.settle()
    assert ready.new(ON_WHATSAPP)[-1].startswith("Notre équipe vous a répondu, et les réponses automatiques")


async def test_a_call_in_vain_and_one_that_is_late_are_told_by_templates(ready: Town) -> None:
    id = await taken(ready)
    await desk.attempt(ready.parts, id, ANNA, "no_answer")
    await ready.settle()
    assert ready.new(ON_WHATSAPP)[0].startswith("Nous venons de vous appeler, sans réponse.")
    await ready.sms(ON_WHATSAPP, "RAPPEL")
    await ready.passes(hours=30)
    late = [text for text in ready.new(ON_WHATSAPP) if "pas encore pu vous appeler" in text]
    assert len(late) == 1


@guards("T05", partly=True)
async def test_where_no_template_is_approved_it_goes_by_sms_and_says_where_it_is_read(town: Town) -> None:
    """The number's SMS is another address than its WhatsApp (threat T5): the words wait there."""
    await booked_without_templates(town)
    [row] = await tickets.listed(town.parts.db)
    await desk.take(town.parts, row.id, ANNA)
    await desk.say(town.parts, row.id, ANNA, "Apportez votre bail.")
    await town.settle()
    told = "\n".join(text for address in (SAM, ON_WHATSAPP) for text in town.new(address))
    assert "bail" not in told
    assert "écrivez-nous sur WhatsApp" in told


async def booked_without_templates(town: Town) -> None:
    for text in ("PORTS-7KQM-4XTD", "3", "1", "1", "Sam Taylor", "sam@example.org", "1", "HUMAIN"):
        await town.sms(ON_WHATSAPP, text)
    await town.passes(hours=30)
    town.new(ON_WHATSAPP)
    town.new(SAM)
