"""Appointments by mail, for agendas: who gets which, when, and what stands in them. On both databases."""

from __future__ import annotations

from dataclasses import replace
from email.message import EmailMessage
from typing import Any

import pytest
import vobject

from booking.model import NotifyBy
from handlers.channels.email import EmailChannel, Kept
from handlers.web.email_core import EmailCore
from storage import directory
from tests.handlers.path.place import CAMILLE, LATER, Place
from tests.storage.conftest import NOW

pytestmark = pytest.mark.sampled

PERSON, WORKER = "camille@example.org", "whichever worker it is"


@pytest.fixture
def mail(place: Place) -> Kept:
    """A real mail channel, whose messages are kept."""
    kept = Kept()
    channel = EmailChannel(kept, "Social Direct <rdv@example.org>", place.clock)
    place.parts = replace(place.parts, channels={**place.parts.channels, "email": channel})
    return kept


def invitations(mail: Kept, to: str) -> list[Any]:
    """What has come to an address since the last look: each mail's calendar, by another maker's parser."""
    found = sent(mail, to)
    mail.messages[:] = [message for message in mail.messages if message not in found]
    return [vobject.readOne(text) for message in found if (text := _part(message)) is not None]


def sent(mail: Kept, to: str) -> list[EmailMessage]:
    return [message for message in mail.messages if (message["To"] == PERSON) == (to == PERSON)]


def _part(message: EmailMessage) -> str | None:
    for each in message.walk():
        if each.get_content_type() == "text/calendar":
            assert each.get_param("charset") == "utf-8"
            text = each.get_content()
            assert isinstance(text, str)
            assert each.get_param("method") == vobject.readOne(text).method.value
            return text
    return None


async def confirms(place: Place) -> None:
    [proof] = await place.parts.db.fetch("SELECT id FROM email_proof")
    token = place.parts.db.vault.token("email", proof["id"])
    await EmailCore(place.parts).confirm_email(token)
    await place.settle()


async def notified_by(place: Place, way: NotifyBy) -> None:
    """All workers choose it."""
    async with place.parts.db.transaction() as tx:
        found = await directory.workers(tx)
        version = await directory.raise_version(tx, [worker.id for worker in found])
        for worker in found:
            values = directory._worker_values(tx, replace(worker, notify_by=way))
            await directory._put(tx, "worker", {**values, "version": version})


async def test_a_person_is_invited_once_the_address_is_theirs(place: Place, mail: Kept) -> None:
    await place.says("sms", CAMILLE, *LATER)
    assert invitations(mail, PERSON) == []
    await confirms(place)
    (file,) = invitations(mail, PERSON)
    event = file.vevent
    assert (file.method.value, event.summary.value) == ("REQUEST", "Rendez-vous")
    assert event.organizer.value == "mailto:rdv@example.org"
    assert event.attendee.value == f"mailto:{PERSON}"
    assert event.url.value.startswith("https://chat.example.org/a/")
    assert event.url.value in event.description.value
    assert "dettes" not in file.serialize().lower()
    assert "join" not in file.serialize()


async def test_the_event_moves_and_goes_with_the_appointment(place: Place, mail: Kept) -> None:
    await place.says("sms", CAMILLE, *LATER)
    await confirms(place)
    (first,) = invitations(mail, PERSON)
    await place.says("sms", CAMILLE, "déplacer", "1", "1")
    (moved,) = invitations(mail, PERSON)
    assert moved.method.value == "REQUEST"
    assert moved.vevent.uid.value == first.vevent.uid.value
    assert moved.vevent.dtstart.value != first.vevent.dtstart.value
    assert int(moved.vevent.sequence.value) > int(first.vevent.sequence.value)
    await place.says("sms", CAMILLE, "annuler", "l'annuler")
    (gone,) = invitations(mail, PERSON)
    assert (gone.method.value, gone.vevent.status.value) == ("CANCEL", "CANCELLED")
    assert gone.vevent.uid.value == first.vevent.uid.value
    assert int(gone.vevent.sequence.value) > int(moved.vevent.sequence.value)


async def test_an_invitation_to_what_has_changed_meanwhile_is_dropped(place: Place, mail: Kept) -> None:
    """Confirmed and cancelled at night: in the morning only what is so then goes out."""
    await place.says("sms", CAMILLE, *LATER)
    mail.messages.clear()
    place.clock.now = NOW.replace(hour=22)
    await confirms(place)
    await place.says("sms", CAMILLE, "annuler", "l'annuler")
    assert invitations(mail, PERSON) == []
    await place.passes(hours=9, minutes=30)
    assert [file.method.value for file in invitations(mail, PERSON)] == ["CANCEL"]


async def test_a_worker_who_is_told_by_sms_gets_the_event_by_mail(place: Place, mail: Kept) -> None:
    await notified_by(place, NotifyBy.SMS)
    await place.says("sms", CAMILLE, *LATER)
    told = "".join(map(str, sent(mail, WORKER)))
    (file,) = invitations(mail, WORKER)
    assert (file.method.value, file.vevent.description.value) == ("REQUEST", "Camille")
    assert "dettes" not in told.lower()
    assert "Dubois" not in told
    await place.says("sms", CAMILLE, "annuler", "l'annuler")
    assert [file.method.value for file in invitations(mail, WORKER)] == ["CANCEL"]


async def test_a_worker_who_is_told_by_mail_gets_one_mail(place: Place, mail: Kept) -> None:
    await notified_by(place, NotifyBy.EMAIL)
    await place.says("sms", CAMILLE, *LATER)
    assert len(sent(mail, WORKER)) == 1
    (file,) = invitations(mail, WORKER)
    assert file.method.value == "REQUEST"


@pytest.mark.parametrize("way", [NotifyBy.SMS, NotifyBy.EMAIL])
async def test_a_worker_who_cancels_has_it_out_of_their_agenda_too(place: Place, mail: Kept, way: NotifyBy) -> None:
    """Their answer says so; their agenda has nothing but the mail. No notice of what they did themselves."""
    await notified_by(place, way)
    await place.says("sms", CAMILLE, *LATER)
    await confirms(place)
    (held,) = invitations(mail, WORKER)
    phone = await phone_of_worker(place)
    place.new("sms", phone)
    said = await place.says("sms", phone, "annuler", "1", "1")
    assert len(said) == 3, said
    (gone,) = invitations(mail, WORKER)
    assert (gone.method.value, gone.vevent.uid.value) == ("CANCEL", held.vevent.uid.value)
    assert int(gone.vevent.sequence.value) > int(held.vevent.sequence.value)
    assert gone.vevent.attendee.value == held.vevent.attendee.value
    assert sent(mail, WORKER) == []
    assert "CANCEL" in [file.method.value for file in invitations(mail, PERSON)]


async def phone_of_worker(place: Place) -> str:
    rows = await place.parts.db.fetch("SELECT worker_id FROM appointment")
    found = {worker.id: worker.phone for worker in await directory.workers(place.parts.db)}
    return found[rows[0]["worker_id"]]


async def test_a_worker_who_chose_less_gets_no_mails_of_every_appointment(place: Place, mail: Kept) -> None:
    await notified_by(place, NotifyBy.SMS)
    workers = await directory.workers(place.parts.db)
    for worker in workers:
        await place.parts.db.execute("INSERT INTO worker_setting (worker_id, notices) VALUES (?, 'changes')", worker.id)
    await place.says("sms", CAMILLE, *LATER)
    assert invitations(mail, WORKER) == []
