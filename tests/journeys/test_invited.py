"""Somebody scans what hangs on the wall: on each channel they are past the code question at once.

The kit is made by the command's own code, printed, photographed, read by another maker's scanner; what the phone then
has in its field to be sent is sent to the stand-in.
"""

from __future__ import annotations

import pytest

from booking import directory_file, loading
from bot.invite import made, senders_of
from bot.standins.telegram_chats import Person
from handlers import joining
from handlers.kits.ordering import Order
from storage import directory, flags
from tests.handlers.kits.scanning import Tapped, codes_on, tapped
from tests.journeys.town import CAMILLE, SAM, Town

pytestmark = pytest.mark.sampled

MOTIVE = {"fr": "De quoi voulez-vous parler ?", "en": "What would you like to talk about?"}
CODE_QUESTION = {"fr": "code de connexion", "en": "connection code"}
PROMISE = {"fr": "Ni employeur ni assurance n'en sauront rien", "en": "insurance will not know"}


QUAIS = """
[[client]]
ref = "quais"
name = "Les Quais"
kind = "company"
[[client.code]]
code = "Quais-2026"
"""


async def on_the_wall(town: Town, lang: str, kind: str, ref: str = "ports") -> list[Tapped]:
    """What a phone makes of each code of a poster or a card, in the order of the channels."""
    senders = await senders_of(town.app, frozenset(), None)
    files = await made(town.app, Order(ref, None, [lang], senders))
    seen = dict.fromkeys(codes_on(files[f"{lang}/{kind}.pdf"]))
    return [tapped(code) for code in seen]


def past_the_code(lang: str, answers: list[str]) -> None:
    """One answer, and its question is the motive."""
    [answer] = answers
    assert PROMISE[lang] in answer
    assert MOTIVE[lang] in answer
    assert CODE_QUESTION[lang] not in answer


@pytest.mark.parametrize("kind", ["poster", "cards"])
@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.cases
async def test_by_sms(town: Town, lang: str, kind: str) -> None:
    sms, _, _ = await on_the_wall(town, lang, kind)
    assert sms.to == town.app.settings.twilio_sms_from
    past_the_code(lang, await town.sms(CAMILLE, sms.text))


@pytest.mark.parametrize("kind", ["poster", "cards"])
@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.cases
async def test_by_whatsapp(town: Town, lang: str, kind: str) -> None:
    _, whatsapp, _ = await on_the_wall(town, lang, kind)
    assert whatsapp.to == town.app.settings.twilio_whatsapp_from
    past_the_code(lang, await town.whatsapp(SAM, whatsapp.text))


@pytest.mark.parametrize("kind", ["poster", "cards"])
@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.cases
async def test_by_telegram(town: Town, lang: str, kind: str) -> None:
    _, _, telegram = await on_the_wall(town, lang, kind)
    assert telegram.to == town.telegram.me["username"]
    past_the_code(lang, await started(town, telegram.text, lang))


async def test_a_code_of_a_clients_own_form_by_all_three(town: Town) -> None:
    """It cannot be told from other words by itself, so links write what stands before it."""
    await load(
        town, '[[client]]\nref = "quais"\nname = "Les Quais"\nkind = "company"\n[[client.code]]\ncode = "Quais-2026"'
    )
    sms, whatsapp, telegram = await on_the_wall(town, "fr", "poster", "quais")
    past_the_code("fr", await town.sms(CAMILLE, sms.text))
    past_the_code("fr", await town.whatsapp(SAM, whatsapp.text))
    past_the_code("fr", await started(town, telegram.text, "fr"))


async def test_who_is_asked_for_the_code_already_may_scan_then(town: Town) -> None:
    sms, _, telegram = await on_the_wall(town, "fr", "poster")
    [asked] = await town.sms(CAMILLE, "bonjour")
    assert CODE_QUESTION["fr"] in asked
    past_the_code("fr", await town.sms(CAMILLE, sms.text))
    await started(town, "", "fr")
    past_the_code("fr", await started(town, telegram.text, "fr"))


async def test_the_bots_name_as_a_worker_process_keeps_it(town: Town) -> None:
    await flags.keep(town.parts.db, joining.BOT_NAME, "kept_bot", town.clock.now)
    assert (await senders_of(town.app, frozenset(), None)).telegram == "kept_bot"


async def started(town: Town, payload: str, lang: str) -> list[str]:
    """Start is pressed in the chat that the link opens."""
    person = Person(900000000000021, "Noa", language=lang)
    town.telegram.join(person)
    await town.telegram.start_chat(person.id, payload)
    await town.settle()
    return town.new(str(person.id))


async def load(town: Town, file: str) -> None:
    parts, now = town.parts, town.clock.now
    async with parts.db.transaction() as tx:
        standing = await directory.standing(tx, now)
        await directory.write(tx, loading.plan(directory_file.read(file), standing, now, parts.new_id, bytes))
