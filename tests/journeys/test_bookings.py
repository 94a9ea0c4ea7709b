"""A whole booking on each channel: the first word, the hour, the worker's notice, the reminders, the cancellation."""

from __future__ import annotations

from tests.journeys.booking import booked_by_buttons, booked_by_sms, booked_by_whatsapp
from tests.journeys.town import CLAIRE, SAM, Town


async def test_by_sms(town: Town) -> None:
    confirmation = await booked_by_sms(town)
    assert confirmation.startswith("C'est réservé : lundi 2 mars à 14 h, par téléphone. Claire vous appelle.")
    assert "https://chat.example.org/a/" in confirmation
    assert town.new(CLAIRE) == ["Nouveau rendez-vous : lundi 2 mars à 14 h, Camille, par téléphone, Argent et dettes."]
    # the link that confirms her address, and the hour for the worker's agenda
    assert sorted(message["To"] for message in town.mail.messages) == ["camille@example.org", "claire@example.org"]


async def test_by_whatsapp_with_reminders_and_a_cancellation(town: Town) -> None:
    confirmation = await booked_by_whatsapp(town)
    assert "lundi 9 mars" in confirmation
    await town.passes(days=5)
    [early] = town.new(SAM)  # by SMS: WhatsApp's window is closed
    assert early.startswith("Rappel : votre rendez-vous est lundi 9 mars")
    # A number's SMS is another address until it is joined by proof: the page takes the place of words to answer with.
    assert "ANNULER" not in early
    assert "https://chat.example.org/a/" in early
    [asked] = await town.sms(SAM, "mes rendez-vous")
    assert "lundi 9 mars" not in asked
    [sure] = await town.whatsapp(SAM, "annuler")
    assert "moins de 24 heures" not in sure
    [done] = await town.whatsapp(SAM, "4")
    assert done.startswith("Annulé et transmis")
    await town.passes(days=4)
    assert town.new(SAM) == []
    assert town.new(f"whatsapp:{SAM}") == []


async def test_by_telegram(town: Town) -> None:
    confirmation = await booked_by_buttons(town)
    assert confirmation.startswith("C'est réservé")
    assert "https://chat.example.org/a/" in confirmation
