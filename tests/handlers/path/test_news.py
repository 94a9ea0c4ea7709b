"""News that asks something: in the recipient's own talk, when they are awake, where they can answer."""

from __future__ import annotations

from datetime import timedelta

import pytest

from booking.model import WorkerId
from handlers.channels.base import SendError
from handlers.effects import Effect, Tell, ToContact, ToWorker
from handlers.writing import write
from storage import contacts
from storage.booking import RowStore
from tests.guards import guards
from tests.handlers.path.place import CAMILLE, CLAIRE, LATER, SAM, Place, refused

pytestmark = pytest.mark.sampled


async def told(place: Place, effect: Effect) -> None:
    """News from nowhere: the question of the language, which every talk knows."""
    async with place.parts.db.transaction() as tx:
        store = RowStore(tx, place.parts.directories)
        await write(tx, place.parts, store, [effect], f"test:{place.clock.now}", place.clock.now)
    await place.settle()


async def contact_of(place: Place, channel: str, address: str) -> ToContact:
    return ToContact((await place.contact(channel, address)).id)  # type: ignore[arg-type]


async def test_a_question_is_answered_where_it_was_asked(place: Place) -> None:
    await place.books()
    await told(place, Tell(await contact_of(place, "sms", CAMILLE), "language"))
    (question,) = place.new("sms", CAMILLE)
    assert "2. English" in question
    (answer,) = await place.says("sms", CAMILLE, "2")
    assert "English" in answer


async def test_a_digit_after_two_questions_is_asked_again_once(place: Place) -> None:
    await place.says("sms", CAMILLE, "bonjour", "PORTS-7KQM-4XTD")  # the subject is asked
    await told(place, Tell(await contact_of(place, "sms", CAMILLE), "language"))
    place.new("sms", CAMILLE)
    (again,) = await place.says("sms", CAMILLE, "2")
    assert again.startswith("Vous avez deux questions")
    (answer, *_) = await place.says("sms", CAMILLE, "2")
    assert "English" in answer


async def test_who_sleeps_is_asked_in_the_morning(place: Place) -> None:
    await place.books()
    await place.passes(hours=13)  # 23 h in Paris
    place.new("sms", CAMILLE)
    await told(place, Tell(await contact_of(place, "sms", CAMILLE), "language"))
    assert place.new("sms", CAMILLE) == []
    await place.passes(hours=9)
    assert any("2. English" in said for said in place.new("sms", CAMILLE))


async def test_urgent_news_wakes(place: Place) -> None:
    await place.books()
    await place.passes(hours=13)
    place.new("sms", CAMILLE)
    to = await contact_of(place, "sms", CAMILLE)
    await told(place, Tell(to, "language", {"urgent": True}, urgent=True))
    assert any("2. English" in said for said in place.new("sms", CAMILLE))


async def test_told_twice_it_comes_once(place: Place) -> None:
    await place.books()
    to = await contact_of(place, "sms", CAMILLE)
    await told(place, Tell(to, "language", key="one"))
    await place.passes(minutes=1)
    await told(place, Tell(to, "language", key="one"))
    assert len(place.new("sms", CAMILLE)) == 1


async def test_what_is_put_off_comes_at_its_time(place: Place) -> None:
    await place.books()
    to = await contact_of(place, "sms", CAMILLE)
    place.new("sms", CAMILLE)
    await told(place, Tell(to, "language", at=place.clock.now + timedelta(hours=2)))
    await place.passes(minutes=119)
    assert place.new("sms", CAMILLE) == []
    await place.passes(minutes=1)
    assert len(place.new("sms", CAMILLE)) == 1


async def test_a_question_that_fails_moves_with_its_talk(place: Place) -> None:
    """Claire's Telegram is blocked: her SMS asks, and understands the answer."""
    place.line("telegram").troubles += [refused("403", dead=True)]
    async with place.parts.db.transaction() as tx:
        made = await contacts.make(tx, "telegram", "4711", place.clock.now, place.parts.new_id, "fr", "Europe/Paris")
        workers = (await RowStore(tx, place.parts.directories).directory()).workers
        claire = next(worker for worker in workers if worker.phone == CLAIRE)
        await contacts.link_worker(tx, made, claire.id)
    await told(place, Tell(ToWorker(WorkerId(claire.id)), "language"))
    (question,) = place.new("sms", CLAIRE)
    assert "2. English" in question
    (answer,) = await place.says("sms", CLAIRE, "2")
    assert "English" in answer


@guards("T05", partly=True)
async def test_a_question_outside_whatsapps_window_says_where_to_answer(place: Place) -> None:
    """The number's SMS is another address until it is proven to be theirs (threat T5)."""
    await place.says("whatsapp", SAM, *LATER)
    await place.passes(days=2)
    place.new("sms", SAM)
    await told(place, Tell(await contact_of(place, "whatsapp", SAM), "language"))
    (question,) = place.new("sms", SAM)
    assert "English" not in question
    assert question.endswith("Pour répondre, écrivez-nous sur WhatsApp.")


async def test_a_question_that_nobody_can_be_asked_is_the_desks(place: Place) -> None:
    await place.books()
    place.line("sms").troubles += [SendError("30006", "refused", dead=True)]
    await told(place, Tell(await contact_of(place, "sms", CAMILLE), "language"))
    assert place.alarm_codes() == ["nobody_reached"]
