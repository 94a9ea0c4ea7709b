"""Where a worker is told: the channel they chose, how they join it, and what is left when it is shut."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from booking.model import NotifyBy, Worker
from conversations.text import t
from handlers import joining
from handlers.channels.base import ChannelName
from handlers.effects import Notice, ToWorker
from handlers.writing import recipient, write
from storage import contacts, flags
from storage.booking import RowStore
from storage.db import Tx
from tests.handlers.path.place import CLAIRE, Place

BOT = "SocialDirectBot"


async def claire(place: Place, notify_by: NotifyBy) -> Worker:
    """Claire, who chose this."""
    async with place.parts.db.transaction() as tx:
        found = (await RowStore(tx, place.parts.directories).directory()).named("claire")
    assert found is not None
    return replace(found, notify_by=notify_by)


class Chosen(RowStore):
    """The rows, with one worker of the directory as a test wants them."""

    def __init__(self, tx: Tx, place: Place, worker: Worker) -> None:
        super().__init__(tx, place.parts.directories)
        self._chosen = worker

    async def directory(self) -> Any:
        return self

    def worker(self, id: str) -> Worker | None:
        return self._chosen if id == self._chosen.id else None


async def tell(place: Place, worker: Worker, key: str) -> str:
    """A notice to them; the channel it goes by."""
    async with place.parts.db.transaction() as tx:
        store = Chosen(tx, place, worker)
        notice = Notice(ToWorker(worker.id), "booked", (t("language.done"),), urgent=True)
        await write(tx, place.parts, store, [notice], key, place.clock.now)
        found = await recipient(tx, place.parts, store, ToWorker(worker.id), place.clock.now)
        row = await contacts.get(tx, found or "")
    await place.settle()
    return row.channel if row else ""


async def opens(place: Place, worker: Worker, channel: ChannelName, address: str) -> None:
    """They joined by a link, and wrote there."""
    await place.comes(channel, address, text="bonjour")
    await place.settle()
    row = await place.contact(channel, address)
    async with place.parts.db.transaction() as tx:
        await contacts.link_worker(tx, row.id, worker.id)


@pytest.mark.parametrize(
    ("chosen", "joined", "expected"),
    [
        (NotifyBy.SMS, None, "sms"),
        (NotifyBy.SMS, "telegram", "telegram"),  # they asked for the link: that is a choice
        (NotifyBy.TELEGRAM, None, "sms"),
        (NotifyBy.TELEGRAM, "telegram", "telegram"),
        (NotifyBy.WHATSAPP, None, "sms"),
        (NotifyBy.WHATSAPP, "whatsapp", "whatsapp"),
        (NotifyBy.EMAIL, None, "email"),
    ],
)
async def test_as_they_chose(place: Place, chosen: NotifyBy, joined: ChannelName | None, expected: str) -> None:
    worker = await claire(place, chosen)
    if joined:
        await opens(place, worker, joined, "77" if joined == "telegram" else CLAIRE)
    assert await tell(place, worker, "n1") == expected


async def test_whatsapp_after_a_day_of_silence_is_shut(place: Place) -> None:
    worker = await claire(place, NotifyBy.WHATSAPP)
    await opens(place, worker, "whatsapp", CLAIRE)
    place.clock.now += timedelta(hours=24)
    assert await tell(place, worker, "n1") == "sms"


async def test_whoever_stopped_our_texts_is_written_to(place: Place) -> None:
    worker = await claire(place, NotifyBy.SMS)
    await place.comes("sms", CLAIRE, signal="opted_out")
    await place.settle()
    assert await tell(place, worker, "n1") == "email"
    place.without("email")
    assert await tell(place, worker, "n2") == "sms"
    assert place.alarm_codes() == ["notice_not_sent"], "there is no other way: a human is told"


async def test_a_dead_number_is_passed_over(place: Place) -> None:
    worker = await claire(place, NotifyBy.SMS)
    await tell(place, worker, "n1")
    await contacts.failed(place.parts.db, (await place.contact("sms", CLAIRE)).id, place.clock.now, dead=True)
    assert await tell(place, worker, "n2") == "email"


async def test_where_no_mail_is_set_up_whoever_chose_it_gets_texts(place: Place) -> None:
    place.without("email")
    assert await tell(place, await claire(place, NotifyBy.EMAIL), "n1") == "sms"


# ------------------------------------------------------------ joining


async def test_a_link_asked_for_by_sms_joins_telegram_once(place: Place) -> None:
    await flags.keep(place.parts.db, joining.BOT_NAME, BOT, place.clock.now)
    (answer,) = await place.says("sms", CLAIRE, "telegram")
    link = answer.splitlines()[-1]
    assert link.startswith(f"https://t.me/{BOT}?start=join-")
    payload = link.partition("start=")[2]
    (joined,) = await place.says("telegram", "77", f"/start {payload}")
    assert joined.startswith("C'est fait")
    contact = await place.contact("telegram", "77")
    assert contact.worker_id == (await place.contact("sms", CLAIRE)).worker_id
    await place.says("telegram", "78", f"/start {payload}")
    assert (await place.contact("telegram", "78")).worker_id is None


async def test_a_link_is_for_its_own_channel_and_for_seven_days(place: Place) -> None:
    (answer,) = await place.says("sms", CLAIRE, "whatsapp")
    link = answer.splitlines()[-1]
    assert link.startswith("https://wa.me/33199000002?text=join-")
    payload = link.partition("text=")[2]
    await place.says("telegram", "77", payload)
    assert (await place.contact("telegram", "77")).worker_id is None
    place.clock.now += timedelta(days=7)
    await place.says("whatsapp", CLAIRE, payload)
    assert (await place.contact("whatsapp", CLAIRE)).worker_id is None


async def test_before_the_bots_name_is_known_no_link_is_given(place: Place) -> None:
    (answer,) = await place.says("sms", CLAIRE, "telegram")
    assert "t.me" not in answer


async def test_the_first_notice_by_sms_carries_the_link_once_a_week(place: Place) -> None:
    await flags.keep(place.parts.db, joining.BOT_NAME, BOT, place.clock.now)
    worker = await claire(place, NotifyBy.TELEGRAM)
    with_link = []
    for number, days in enumerate((0, 3, 3, 1)):
        place.clock.now += timedelta(days=days)
        await tell(place, worker, f"n{number}")
        with_link += ["t.me" in text for text in place.new("sms", CLAIRE)]
    assert with_link == [True, False, False, True]
    await opens(place, worker, "telegram", "77")
    place.clock.now += timedelta(days=8)
    await tell(place, worker, "n9")
    assert place.new("sms", CLAIRE) == []


async def test_who_joined_is_shown_their_own_clock_there(place: Place) -> None:
    (answer,) = await place.says("sms", "+33639980105", "whatsapp")
    await place.says("whatsapp", "FR.12", answer.partition("text=")[2])
    assert (await place.contact("whatsapp", "FR.12")).time_zone == "Indian/Reunion"
