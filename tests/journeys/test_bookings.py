"""A whole booking on each channel: the first word, the hour, the worker's notice, the reminders, the cancellation."""

from __future__ import annotations

from tests.journeys.town import CAMILLE, CAMILLE_ON_TELEGRAM, CLAIRE, SAM, Town


async def test_by_sms(town: Town) -> None:
    for text in ("bonjour", "PORTS-7KQM-4XTD", "1", "1", "1", "Camille Dubois", "camille@example.org"):
        assert len(await town.sms(CAMILLE, text)) == 1  # one message in, one message out
    [confirmation] = await town.sms(CAMILLE, "1")
    assert confirmation.startswith("C'est réservé : lundi 2 mars à 14 h, par téléphone. Claire vous appelle.")
    assert "https://chat.example.org/a/" in confirmation
    assert town.new(CLAIRE) == ["Nouveau rendez-vous : lundi 2 mars à 14 h, Camille, par téléphone, Argent et dettes."]
    assert [message["To"] for message in town.mail.messages] == ["camille@example.org"]


async def test_by_whatsapp_with_reminders_and_a_cancellation(town: Town) -> None:
    for text in ("bonjour", "PORTS-7KQM-4XTD", "1", "4", "2", "1", "1", "Sam Taylor", "sam@example.org"):
        assert len(await town.whatsapp(SAM, text)) == 1
    [confirmation] = await town.whatsapp(SAM, "1")
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
    [done] = await town.whatsapp(SAM, "2")
    assert done.startswith("C'est annulé")
    await town.passes(days=4)
    assert town.new(SAM) == []
    assert town.new(f"whatsapp:{SAM}") == []


async def test_by_telegram(town: Town) -> None:
    camille = CAMILLE_ON_TELEGRAM
    await town.telegram.start_chat(camille.id)
    await town.settle()
    await town.chat(camille, "PORTS-7KQM-4XTD")
    [hours] = await town.tap(camille, "Logement")
    assert hours.startswith("Quelle heure vous convient")
    first = town.screen(str(camille.id))[-1].buttons[0].label
    await town.tap(camille, first)
    await town.share_contact(camille)
    await town.tap(camille, "J'accepte et j'ai 18 ans ou plus")
    await town.chat(camille, "Camille Dubois")
    await town.chat(camille, "camille@example.org")
    [confirmation] = await town.tap(camille, "Je confirme")
    assert confirmation.startswith("C'est réservé")
    assert "https://chat.example.org/a/" in confirmation
