"""Messages of the two while one of them talks with the desk, and of numbers that are not theirs any more."""

from __future__ import annotations

import pytest

from handlers.ticket_seen import Seen, see
from storage import tickets
from tests.guards import guards
from tests.handlers.path.place import CAMILLE, CLAIRE, Place

pytestmark = pytest.mark.sampled

ANNA = "operator:anna"
WAITS = "Un message de Claire vous attend. Pour le lire, répondez LIRE."


async def wrote(place: Place) -> list[tuple[str, str]]:
    rows = await place.parts.db.fetch("SELECT author, id FROM message ORDER BY written_at, id")
    return [(row["author"], row["id"]) for row in rows]


async def entries(place: Place, address: str) -> list[str | None]:
    ticket = await tickets.live(place.parts.db, (await place.contact("sms", address)).id)
    assert ticket is not None
    return [entry.words for entry in await tickets.entries(place.parts.db, ticket.id) if entry.kind == "wrote"]


async def test_what_waits_is_read_in_a_talk_with_the_desk(place: Place) -> None:
    """Its notice says LIRE, so LIRE works; what is written next is for the desk, as they were told."""
    await place.books()
    await place.says("sms", CAMILLE, "humain")
    await place.says("sms", CLAIRE, "écrire à Camille : avez-vous le bail ?")
    assert place.new("sms", CAMILLE) == [WAITS]
    [shown] = await place.says("sms", CAMILLE, "lire")
    assert "avez-vous le bail ?" in shown
    assert shown.endswith("Pour répondre à Claire, écrivez MESSAGE À Claire et votre texte.")
    assert await place.says("sms", CAMILLE, "je ne reçois plus vos liens") == []
    assert await entries(place, CAMILLE) == ["je ne reçois plus vos liens"]
    assert [author for author, _ in await wrote(place)] == ["worker"]
    place.new("sms", CLAIRE)
    assert await place.says("sms", CAMILLE, "message à Claire oui, je l'ai") == ["C'est transmis à Claire."]
    assert "oui, je l'ai" in place.new("sms", CLAIRE)[0]
    assert await entries(place, CAMILLE) == ["je ne reçois plus vos liens"]


async def test_a_worker_with_the_desk_is_told_how_to_answer(place: Place) -> None:
    await place.books()
    await place.says("sms", CLAIRE, "humain", "ma page ne s'ouvre pas")
    await place.says("sms", CAMILLE, "message", "où est-ce ?")
    [notice] = place.new("sms", CLAIRE)
    assert "où est-ce ?" in notice
    assert notice.endswith("commencez par REPONDRE et le prénom.")
    assert await place.says("sms", CLAIRE, "celle de jeudi") == []
    assert await entries(place, CLAIRE) == ["ma page ne s'ouvre pas", "celle de jeudi"]
    [sent] = await place.says("sms", CLAIRE, "répondre Camille : au 2e étage")
    assert sent.startswith("C'est parti")
    assert [author for author, _ in await wrote(place)] == ["person", "worker"]


@guards("T04", partly=True)
async def test_a_number_that_is_not_theirs_reads_nothing_and_the_desk_knows_whose_it_was(place: Place) -> None:
    """Threat T4: whoever holds the telephone now has no message; the desk can tell the person of the account."""
    await place.books()
    await place.says("sms", CLAIRE, "écrire à Camille : avez-vous le bail ?")
    person = (await place.contact("sms", CAMILLE)).person_id
    assert person is not None
    place.new("sms", CAMILLE)
    told = await place.says(
        "sms", CAMILLE, "ce n'est pas moi", "lire", "mes messages", "message à Claire : oui", "humain"
    )
    assert not [text for text in told if "bail" in text or "Camille" in text or "transmis" in text]
    by_kind = {row.kind: row for row in await tickets.listed(place.parts.db)}
    assert (by_kind["not_me"].person_id, by_kind["human"].person_id) == (person, None)
    seen = await see(place.parts, by_kind["not_me"].id, ANNA)
    assert isinstance(seen, Seen)
    assert seen.name == "Camille Dubois"
    seen = await see(place.parts, by_kind["human"].id, ANNA)
    assert isinstance(seen, Seen)
    assert seen.name is None
    assert [row.kind for row in await place.rows("sms", CAMILLE) if not row.answer and row.status == "queued"] == []


async def test_nobody_to_tell_of_a_message_is_the_desks(place: Place) -> None:
    await place.books()
    await place.says("sms", CAMILLE, "ce n'est pas moi")
    await place.says("sms", CLAIRE, "écrire à Camille : avez-vous le bail ?")
    assert "nobody_to_tell" in place.alarm_codes()
    assert "nobody_to_tell" in [row.kind for row in await tickets.listed(place.parts.db)]


async def test_after_stop_nothing_goes_to_the_worker(place: Place) -> None:
    await place.books()
    await place.says("sms", CLAIRE, "écrire à Camille : avez-vous le bail ?")
    await place.says(
        "sms", CAMILLE, "lire", "stop", "laissez-moi tranquille", "message", "stop", "laissez-moi tranquille"
    )
    assert [author for author, _ in await wrote(place)] == ["worker"]
