"""WhatsApp from webhook to stand-in and back: buttons and lists that are tapped, templates after the 24 hours, what is
refused, and people without a number.
"""

from __future__ import annotations

from typing import Final

import pytest

from bot.standins.faults import Html, Reject, Undelivered
from bot.standins.ledger import Bubble, Call
from bot.standins.twilio_content import Content
from handlers.channels.setting_up import Setting
from handlers.channels.whatsapp import WhatsAppChannel
from handlers.channels.whatsapp_setup import settings
from handlers.channels.whatsapp_shelf import Shelf
from storage import contacts, outbox
from storage.contacts import ContactRow
from storage.outbox import OutboxRow
from tests.journeys.booking import LATER, booked_by_sms
from tests.journeys.town import SAM, Town

pytestmark = pytest.mark.sampled

ON_WHATSAPP: Final = f"whatsapp:{SAM}"
HIDDEN: Final = "whatsapp:FR.9876543210987654"


def channel(town: Town) -> WhatsAppChannel:
    found = town.parts.channels["whatsapp"]
    assert isinstance(found, WhatsAppChannel)
    return found


async def look(town: Town) -> None:
    """What lies at Twilio is known from now on."""
    shelf = channel(town).shelf
    assert shelf is not None
    await shelf.load()


@pytest.fixture
async def ready(town: Town, made: dict[str, Content]) -> Town:
    """Every content was made, and every template approved: by three hundred calls of ours in the first town, whose
    contents lie in each further one from the start.
    """
    shelf = channel(town).shelf
    assert shelf is not None
    if not made:
        for one in await settings(shelf.api, ("fr", "en")):
            if isinstance(one, Setting):
                await one.put()
        town.twilio.library.review()
        made.update(town.twilio.contents)
    town.twilio.contents.update(made)
    while f"HX{town.twilio.ids():032x}" < max(made):  # what is made from now on has sids of its own
        pass
    await look(town)
    return town


async def tap(town: Town, label: str, address: str = ON_WHATSAPP, bubble: Bubble | None = None) -> list[str]:
    """On the last message, or this one; what comes back."""
    town.new(address)
    await town.twilio.tap(address, (bubble or town.screen(address)[-1]).id, label)
    await town.settle()
    return town.new(address)


async def booked(town: Town, address: str = ON_WHATSAPP) -> None:
    """By video, a week later, all of it tapped but code, name and address."""
    await town.sms(address, "PORTS-7KQM-4XTD")
    await tap(town, "Logement", address)
    await tap(town, "Autres dates", address)
    await tap(town, "La semaine prochaine", address)
    await tap(town, town.screen(address)[-1].buttons[0].label, address)
    await tap(town, "J'accepte", address)
    await town.sms(address, "Sam Taylor")
    await town.sms(address, "sam@example.org")
    [confirmed] = await tap(town, "Je confirme", address)
    assert confirmed.startswith("C'est réservé : lundi 9 mars")


def sends(town: Town) -> list[Call]:
    return [call for call in town.twilio.ledger.of("CreateMessage") if str(call.params["To"]).startswith("whatsapp:")]


async def contact(town: Town, address: str = SAM) -> ContactRow:
    found = await contacts.find(town.parts.db, "whatsapp", address)
    assert found is not None
    row = await contacts.get(town.parts.db, found)
    assert row is not None
    return row


async def rows(town: Town, kind: str) -> list[OutboxRow]:
    """Of this kind, to people, the oldest first."""
    to_people = "contact_id IN (SELECT id FROM contact WHERE worker_id IS NULL)"
    found = await town.parts.db.fetch(f"SELECT id FROM outbox WHERE kind = ? AND {to_people} ORDER BY id", kind)
    return [row for each in found if (row := await outbox.get(town.parts.db, str(each["id"]))) is not None]


# ------------------------------------------------------------ within the 24 hours


async def test_a_whole_booking_by_tapping(ready: Town) -> None:
    await booked(ready)
    first = ready.screen(ON_WHATSAPP)[0]
    assert (first.opens, first.buttons[2].label) == ("Choisir", "Logement")
    assert {call.status for call in sends(ready)} == {201}
    assert not any("Body" in call.params and "ContentSid" in call.params for call in sends(ready))
    assert sum("ContentSid" in call.params for call in sends(ready)) == 7


async def test_numbers_and_words_are_still_understood(ready: Town) -> None:
    await ready.sms(ON_WHATSAPP, "PORTS-7KQM-4XTD")
    assert "Quelle heure" in (await ready.sms(ON_WHATSAPP, "3"))[0]
    label = ready.screen(ON_WHATSAPP)[-1].buttons[1].label
    assert "Je vous garde" in (await ready.sms(ON_WHATSAPP, label))[0]


async def test_a_title_that_comes_without_its_id_is_an_answer(ready: Town) -> None:
    await ready.sms(ON_WHATSAPP, "PORTS-7KQM-4XTD")
    shown = ready.screen(ON_WHATSAPP)[-1]
    quoted = {"MessageType": "interactive", "OriginalRepliedMessageSid": shown.id}
    await ready.twilio.say(ON_WHATSAPP, "Logement", extra=quoted)
    await ready.settle()
    ready.new(ON_WHATSAPP)
    assert ready.screen(ON_WHATSAPP)[-1].text.startswith("Quelle heure vous va")
    # The same of a question that is not open any more says so, and does not choose.
    await ready.twilio.say(ON_WHATSAPP, "2", extra=quoted)
    await ready.settle()
    assert ready.new(ON_WHATSAPP)[0].startswith("Cette question n'est plus ouverte.")


async def test_a_tap_on_an_old_question_is_told(ready: Town) -> None:
    await ready.sms(ON_WHATSAPP, "PORTS-7KQM-4XTD")
    old = ready.screen(ON_WHATSAPP)[-1]
    await tap(ready, "Logement")
    [said] = await tap(ready, "Argent et dettes", bubble=old)
    assert said.startswith("Ce bouton ne sert plus. Quelle heure")


async def test_without_contents_the_choices_are_numbered(town: Town) -> None:
    await look(town)
    [said] = await town.sms(ON_WHATSAPP, "PORTS-7KQM-4XTD")
    assert "\n3. Logement" in said
    assert "Quelle heure" in (await town.sms(ON_WHATSAPP, "3"))[0]


async def test_with_the_content_api_away_the_choices_are_numbered(town: Town) -> None:
    town.twilio.faults.add(Html(), times=None, when=lambda call: call.operation == "ListContentAndApprovals")
    [said] = await town.sms(ON_WHATSAPP, "PORTS-7KQM-4XTD")
    assert "\n3. Logement" in said


@pytest.mark.parametrize("code", [21655, 21656, 63021, 63028])
@pytest.mark.cases
async def test_a_content_that_is_refused_goes_once_as_text(ready: Town, code: int) -> None:
    fault = Undelivered(code) if code > 63000 else Reject(code)
    ready.twilio.faults.add(fault, when=lambda call: "ContentSid" in call.params)
    [said] = await ready.sms(ON_WHATSAPP, "PORTS-7KQM-4XTD")
    assert "\n3. Logement" in said
    refused, again = await rows(ready, "answer")
    assert (refused.status, refused.reason) == ("failed", str(code))
    assert again.key == f"{refused.key}>plain"
    assert ready.alarms("provider_refused") + ready.alarms("not_delivered") == 1
    assert "Quelle heure" in (await ready.sms(ON_WHATSAPP, "3"))[0]  # the next one is tried with its list again


async def test_what_is_refused_as_text_too_is_not_tried_for_ever(ready: Town) -> None:
    ready.twilio.faults.add(Undelivered(63021), times=None, when=lambda call: call.operation == "CreateMessage")
    await ready.sms(ON_WHATSAPP, "PORTS-7KQM-4XTD")
    assert len(sends(ready)) == 2


# ------------------------------------------------------------ after them


async def test_a_reminder_comes_by_its_template_and_a_tap_answers_it(ready: Town) -> None:
    await booked(ready)
    ready.new(ON_WHATSAPP)
    await ready.passes(days=5)
    [early] = ready.new(ON_WHATSAPP)
    assert early.startswith("Rappel : votre rendez-vous est lundi 9 mars")
    shown = ready.screen(ON_WHATSAPP)[-1]
    assert [button.label for button in shown.buttons] == ["OUI", "DEPLACER", "ANNULER"]
    assert ready.new(SAM) == []
    [said] = await tap(ready, "OUI")
    assert said.startswith("C'est noté. À lundi 9 mars")
    # The tap has opened the window again: what is asked now has buttons of its own.
    [asked] = await tap(ready, "ANNULER", bubble=shown)
    assert "lundi 9 mars" in asked
    assert ready.screen(ON_WHATSAPP)[-1].opens == "Choisir"


async def test_an_old_templates_button_says_what_is_so_now(ready: Town) -> None:
    await booked(ready)
    await ready.passes(days=5)
    reminder = ready.screen(ON_WHATSAPP)[-1]
    await tap(ready, "ANNULER")
    await ready.sms(ON_WHATSAPP, "annuler quand même")
    assert ready.screen(ON_WHATSAPP)[-1].text.startswith("Annulé")
    await ready.sms(ON_WHATSAPP, "bonjour")
    [said] = await tap(ready, "OUI", bubble=reminder)
    assert "n'a plus lieu" in said


async def test_a_forged_button_finds_nobody_elses_appointment(ready: Town) -> None:
    await booked(ready)
    await ready.passes(days=5)
    [reminder] = await rows(ready, "reminder")
    other = "whatsapp:+33639980013"
    await ready.sms(other, "bonjour")
    forged = {"ButtonPayload": f"{reminder.id:0>10}:3", "ButtonText": "ANNULER"}
    await ready.twilio.say(other, "ANNULER", extra=forged)
    await ready.settle()
    assert "lundi" not in ready.new(other)[-1]


async def test_a_template_that_is_not_approved_yet_goes_by_sms(ready: Town) -> None:
    await booked(ready)
    for content in list(ready.twilio.contents.values()):
        ready.twilio.library.decide(content.friendly_name, "pending")
    await ready.passes(days=5)
    await look(ready)
    await ready.settle()
    [early] = ready.new(SAM)
    assert early.startswith("Rappel")
    assert not [call for call in sends(ready) if call.status != 201]


async def test_a_template_that_meta_paused_meanwhile_goes_by_sms(ready: Town) -> None:
    await booked(ready)
    ready.new(ON_WHATSAPP)
    for content in list(ready.twilio.contents.values()):
        if content.friendly_name.startswith("sd_reminder_fr"):
            ready.twilio.library.decide(content.friendly_name, "paused")
    shelf = channel(ready).shelf
    assert shelf is not None
    frozen, shelf.look = shelf.look, lambda: None  # type: ignore[method-assign]  # it has not heard of it yet
    await ready.passes(days=5)
    shelf.look = frozen  # type: ignore[method-assign]
    assert ready.new(ON_WHATSAPP) == []
    [early] = ready.new(SAM)
    assert early.startswith("Rappel")
    assert [row.reason for row in await rows(ready, "reminder")] == ["63041", None]


async def closed_earlier(town: Town) -> None:
    """For WhatsApp their last message was longer ago than we believe."""
    town.twilio.last_heard.pop(ON_WHATSAPP)


async def cancelled_by_desk(town: Town) -> None:
    """A notice to them, now."""
    from booking.core import Booking
    from booking.model import AppointmentId
    from handlers.following import follow
    from storage.booking import RowStore

    parts = town.parts
    async with parts.db.transaction() as tx:
        store = RowStore(tx, parts.directories)
        core = Booking(store, parts.rules, town.clock(), parts.new_id)
        [row] = await tx.fetch("SELECT id FROM appointment WHERE status = 'booked'")
        await core.cancel(AppointmentId(row["id"]), "desk")
        await follow(tx, parts, store, core, "desk", town.clock())
    await town.settle()


async def test_63016_is_answered_once_by_the_template(ready: Town) -> None:
    await booked(ready)
    ready.new(ON_WHATSAPP)
    await closed_earlier(ready)
    before = await contact(ready)
    await cancelled_by_desk(ready)
    free, template = await rows(ready, "cancelled")
    assert (free.status, free.reason) == ("failed", "63016")
    assert template.key == f"{free.key}>again"
    [said] = ready.new(ON_WHATSAPP)
    assert said.endswith("Répondez RDV pour une autre heure.")
    after = await contact(ready)
    assert before.last_inbound_at is not None
    assert after.last_inbound_at is not None
    assert after.last_inbound_at < before.last_inbound_at  # marked closed
    assert ready.new(SAM) == []
    [asked] = await tap(ready, "RDV")
    assert "De quoi voulez-vous parler" in asked or "Quelle heure" in asked


async def test_63016_without_a_template_goes_by_sms(town: Town) -> None:
    await look(town)
    await town.sms(ON_WHATSAPP, "PORTS-7KQM-4XTD")
    for text in ("3", "4", "2", "1", "1", "Sam Taylor", "sam@example.org", "1"):
        await town.sms(ON_WHATSAPP, text)
    await closed_earlier(town)
    await cancelled_by_desk(town)
    assert [row.channel for row in await rows(town, "cancelled")] == ["whatsapp", "whatsapp", "sms"]
    assert "ne peut pas avoir lieu" in town.new(SAM)[-1]


async def test_who_wrote_meanwhile_gets_it_as_text_after_63016(ready: Town) -> None:
    await booked(ready)
    await closed_earlier(ready)
    ready.twilio.hold = True
    await cancelled_by_desk(ready)
    ready.twilio.hold = False
    ready.clock.now = ready.clock.now.replace(second=ready.clock.now.second + 1)
    await ready.sms(ON_WHATSAPP, "merci")
    ready.new(ON_WHATSAPP)
    await ready.twilio.release()
    await ready.settle()
    assert "Votre rendez-vous" in ready.new(ON_WHATSAPP)[-1]
    assert (await contact(ready)).last_inbound_at == ready.clock.now


async def known_on_both(town: Town) -> None:
    """They wrote on WhatsApp once, booked by SMS, and proved to be one person."""
    await town.sms(ON_WHATSAPP, "bonjour")
    await town.passes(minutes=1)
    await booked_by_sms(town, SAM, LATER)
    sms = await contacts.find(town.parts.db, "sms", SAM)
    assert sms is not None
    person = (await contacts.get_many(town.parts.db, [sms]))[sms].person_id
    here = await contact(town)
    async with town.parts.db.transaction() as tx:
        await contacts.link_person(tx, here.id, person)
    town.new(ON_WHATSAPP)


async def test_what_no_sms_brings_comes_by_its_template(ready: Town) -> None:
    await known_on_both(ready)
    ready.twilio.dead.add(SAM)
    await ready.passes(days=5)
    [early] = ready.new(ON_WHATSAPP)
    assert early.startswith("Rappel")
    assert ready.alarms("nobody_reached") == 0


async def test_what_no_sms_brings_and_no_template_may_say_is_told_to_a_human(ready: Town) -> None:
    await known_on_both(ready)
    ready.twilio.dead.add(SAM)
    for content in list(ready.twilio.contents.values()):
        ready.twilio.library.decide(content.friendly_name, "paused")
    await look(ready)
    await ready.passes(days=5)
    assert ready.new(ON_WHATSAPP) == []
    assert ready.alarms("nobody_reached") == 1


# ------------------------------------------------------------ without a number


async def test_who_hides_the_number_stays_on_whatsapp(ready: Town) -> None:
    await booked(ready, HIDDEN)
    ready.new(HIDDEN)
    row = await contact(ready, HIDDEN.removeprefix("whatsapp:"))
    assert row.phone is None
    await ready.passes(days=5)
    assert ready.new(HIDDEN)[0].startswith("Rappel")


async def test_for_who_hides_the_number_no_sms_takes_a_templates_place(ready: Town) -> None:
    await booked(ready, HIDDEN)
    for content in list(ready.twilio.contents.values()):
        ready.twilio.library.decide(content.friendly_name, "rejected")
    await look(ready)
    await ready.passes(days=5)
    [reminder] = await rows(ready, "reminder")
    assert (reminder.channel, reminder.status, reminder.reason) == ("whatsapp", "failed", "window_closed")
    assert ready.alarms("nobody_reached") == 1  # a human calls


async def begins_anew(town: Town) -> None:
    """As in a process that has just begun: nothing is known of what lies at Twilio."""
    shelf = channel(town).shelf
    assert shelf is not None
    await shelf.close()
    Shelf.__init__(shelf, shelf.api, town.clock)


async def test_who_hides_the_number_is_waited_with_until_the_contents_are_known(ready: Town) -> None:
    await booked(ready, HIDDEN)
    ready.new(HIDDEN)
    await begins_anew(ready)
    ready.twilio.faults.add(Html(), times=None, when=lambda call: call.operation == "ListContentAndApprovals")
    await ready.passes(days=5)
    assert [(row.status, row.reason) for row in await rows(ready, "reminder")] == [("queued", "not_looked_up")]
    assert ready.alarms("nobody_reached") == 0
    assert len(await ready.sms(ON_WHATSAPP, "bonjour")) == 1  # nobody else waits for it
    ready.twilio.faults.clear()
    await ready.passes(minutes=1)
    await look(ready)
    await ready.passes(minutes=1)
    assert ready.new(HIDDEN)[0].startswith("Rappel")


async def test_who_has_a_number_is_told_by_sms_while_the_contents_are_not_known(ready: Town) -> None:
    await booked(ready)
    await begins_anew(ready)
    ready.twilio.faults.add(Html(), times=None, when=lambda call: call.operation == "ListContentAndApprovals")
    await ready.passes(days=5)
    assert ready.new(SAM)[0].startswith("Rappel")


async def test_a_phone_call_needs_a_number_which_then_takes_sms_too(ready: Town) -> None:
    await ready.sms(HIDDEN, "PORTS-7KQM-4XTD")
    await tap(ready, "Logement", HIDDEN)
    await ready.sms(HIDDEN, "par téléphone la semaine prochaine")
    [asked] = await tap(ready, ready.screen(HIDDEN)[-1].buttons[0].label, HIDDEN)
    while "mobile" not in asked:
        label = ready.screen(HIDDEN)[-1].buttons[0].label
        [asked] = await tap(ready, label, HIDDEN)
    await ready.sms(HIDDEN, "06 39 98 00 12")
    code = ready.new(SAM)[-1].split()[0]
    await ready.sms(HIDDEN, code)
    await ready.sms(HIDDEN, "Sam Taylor")
    await ready.sms(HIDDEN, "sam@example.org")
    [confirmed] = await tap(ready, "Je confirme", HIDDEN)
    assert "par téléphone" in confirmed
    assert (await contact(ready, HIDDEN.removeprefix("whatsapp:"))).phone == SAM
    for content in list(ready.twilio.contents.values()):
        ready.twilio.library.decide(content.friendly_name, "rejected")
    await look(ready)
    await ready.passes(days=5)
    assert ready.new(SAM)[-1].startswith("Rappel")


async def test_a_number_that_is_shown_later_takes_sms_from_then_on(ready: Town) -> None:
    await booked(ready, HIDDEN)
    await ready.twilio.say(ON_WHATSAPP, "aide", extra={"ExternalUserId": HIDDEN})
    await ready.settle()
    row = await contact(ready, HIDDEN.removeprefix("whatsapp:"))
    assert (row.phone, (await contact(ready)).id) == (SAM, row.id)
    for content in list(ready.twilio.contents.values()):
        ready.twilio.library.decide(content.friendly_name, "rejected")
    await look(ready)
    ready.new(SAM)
    await ready.passes(days=5)
    assert ready.new(SAM)[-1].startswith("Rappel")
    assert ready.alarms("nobody_reached") == 0


async def test_a_number_that_is_shown_later_tells_their_clock(ready: Town) -> None:
    await ready.sms(HIDDEN, "bonjour")
    await ready.twilio.say("whatsapp:+262692000011", "bonjour", extra={"ExternalUserId": HIDDEN})
    await ready.settle()
    row = await contact(ready, HIDDEN.removeprefix("whatsapp:"))
    assert (row.phone, row.time_zone) == ("+262692000011", "Indian/Reunion")


# ------------------------------------------------------------ two lines


async def test_who_can_help_is_chosen_by_the_first_of_two_lines(ready: Town) -> None:
    await ready.sms(ON_WHATSAPP, "PORTS-7KQM-4XTD")
    await tap(ready, "Logement")
    await tap(ready, "Choisir la personne")
    asked = ready.screen(ON_WHATSAPP)[-1]
    assert asked.opens == "Choisir"
    named = [button for button in asked.buttons if button.under]
    assert named
    assert asked.buttons[-1].label == "Première personne libre"
    [hours] = await tap(ready, named[0].label)
    assert named[0].label in hours
    assert {call.status for call in sends(ready)} == {201}


async def test_without_the_newer_contents_long_choices_are_numbered(ready: Town) -> None:
    for sid, content in list(ready.twilio.contents.items()):
        if content.friendly_name.startswith("sd_lines"):
            del ready.twilio.contents[sid]
    await look(ready)
    await ready.sms(ON_WHATSAPP, "PORTS-7KQM-4XTD")
    await tap(ready, "Logement")
    [asked] = await tap(ready, "Choisir la personne")
    assert "\n1. " in asked
    assert " : " in asked
