"""Whole bookings, as people of the town make them; each gives the confirmation."""

from collections.abc import Sequence

from tests.journeys.town import CAMILLE, CAMILLE_ON_TELEGRAM, SAM, Town

TODAY = ("bonjour", "PORTS-7KQM-4XTD", "1", "1", "1", "Camille Dubois", "camille@example.org", "1")
# Other dates, a week later: reminders are set.
LATER = ("bonjour", "PORTS-7KQM-4XTD", "1", "4", "2", "1", "1", "Sam Taylor", "sam@example.org", "1")
# The same by Telegram, where the telephone number is asked before the name; None: the contact button.
ON_TELEGRAM = (*LATER[:7], None, *LATER[7:])


async def booked_by_sms(town: Town, number: str = CAMILLE, texts: Sequence[str] = TODAY) -> str:
    """By phone, Monday at 14:00, with Claire; or as `texts` have it."""
    for text in texts[:-1]:
        assert len(await town.sms(number, text)) == 1  # one message in, one message out
    [confirmation] = await town.sms(number, texts[-1])
    return confirmation


async def booked_by_whatsapp(town: Town, number: str = SAM) -> str:
    """By video, a week later."""
    return await booked_by_sms(town, f"whatsapp:{number}", LATER)


async def booked_by_telegram(town: Town) -> str:
    """By video, a week later, everything typed."""
    said: list[str] = []
    for text in ON_TELEGRAM:
        said = await (town.share_contact(CAMILLE_ON_TELEGRAM) if text is None else town.chat(CAMILLE_ON_TELEGRAM, text))
        assert len(said) == 1
    return said[0]


async def booked_by_buttons(town: Town) -> str:
    """On Telegram, by video, the first hour for a question about housing."""
    camille = CAMILLE_ON_TELEGRAM
    await town.telegram.start_chat(camille.id)
    await town.settle()
    await town.chat(camille, "PORTS-7KQM-4XTD")
    [hours] = await town.tap(camille, "Logement")
    assert hours.startswith("Quelle heure vous va")
    await town.tap(camille, town.screen(str(camille.id))[-1].buttons[0].label)
    await town.tap(camille, "J'accepte")
    await town.share_contact(camille)
    await town.chat(camille, "Camille Dubois")
    await town.chat(camille, "camille@example.org")
    [confirmation] = await town.tap(camille, "Je confirme")
    return confirmation
