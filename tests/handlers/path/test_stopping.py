"""STOP silences what nobody asked for, and is told to the other addresses of whoever it came from (threat T21)."""

from __future__ import annotations

from datetime import timedelta
from typing import get_args

import pytest

from conversations.model import Reply
from conversations.text import t
from handlers import content
from handlers.channels.base import ChannelName, Signal
from handlers.effects import NoticeKind
from storage import contacts, outbox
from tests.guards import guards
from tests.handlers.path.place import CAMILLE, CLAIRE, LATER, SAM, Place

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
TOLD = "STOP a été envoyé"


@pytest.mark.parametrize("who", [CAMILLE, CLAIRE], ids=["a person", "a worker"])
@guards("T21")
async def test_stop_silences_every_kind_that_nobody_asked_for(place: Place, who: str) -> None:
    await place.books()
    await place.says("sms", who, "stop")
    place.new("sms", who)
    contact = await place.contact("sms", who)
    said = {**content.to_json(Reply((t("sorry"),))), "urgent": True}
    for kind in get_args(NoticeKind):
        async with place.parts.db.transaction() as tx:
            await outbox.add(
                tx, outbox.Outgoing(f"said:{kind}", contact.id, kind, said, place.clock.now), place.clock.now
            )
    await place.settle()
    assert place.new("sms", who) == []
    rows = [row for row in await place.rows("sms", who) if row.key.startswith("said:")]
    assert {(row.kind, row.reason) for row in rows} == {(kind, "opted_out") for kind in get_args(NoticeKind)}


@pytest.mark.parametrize(
    ("channel", "address", "off", "on"),
    [("sms", SAM, "opted_out", "opted_in"), ("telegram", "77", "blocked", "unblocked")],
)
@guards("T21")
async def test_what_a_provider_has_shut_and_opened_is_so_with_us(
    place: Place, channel: ChannelName, address: str, off: Signal, on: Signal
) -> None:
    await place.says(channel, address, *LATER)
    for signal, stopped in ((off, True), (off, True), (on, False), (on, False)):
        await place.comes(channel, address, signal=signal)
        await place.settle()
        assert ((await place.contact(channel, address)).opted_out_at is not None) is stopped
        assert place.new(channel, address) == [], "the provider has answered"


async def joined(place: Place, *ways: tuple[ChannelName, str], to: str = CAMILLE) -> None:
    """These are of whoever has that number, too."""
    known = await place.contact("sms", to)
    for channel, address in ways:
        await place.says(channel, address, "bonjour")
        other = (await place.contact(channel, address)).id
        async with place.parts.db.transaction() as tx:
            if known.worker_id is not None:
                await contacts.link_worker(tx, other, known.worker_id)
            else:
                await contacts.link_person(tx, other, known.person_id)
    for channel, address in (("sms", to), *ways):
        place.new(channel, address)


@guards("T21")
@pytest.mark.parametrize(("channel", "said"), [("telegram", "sur Telegram"), ("whatsapp", "sur WhatsApp")])
async def test_all_their_other_addresses_are_told_and_this_one_alone_is_not(
    place: Place, channel: ChannelName, said: str
) -> None:
    await place.books()
    addresses: dict[ChannelName, str] = {"telegram": "77", "whatsapp": CAMILLE, "sms": CAMILLE}
    await joined(place, ("telegram", "77"), ("whatsapp", CAMILLE))
    [answered] = await place.says(channel, addresses.pop(channel), "arrêtez")
    assert not answered.startswith(TOLD)
    for other, address in addresses.items():
        [told] = place.new(other, address)
        assert told.startswith(TOLD)
        assert said in told
        assert "HUMAIN" in told


@guards("T21")
@pytest.mark.parametrize("confirmed", [False, True])
async def test_who_stopped_there_or_cannot_be_written_to_now_is_told_nothing(place: Place, confirmed: bool) -> None:
    """An address that stopped itself, one where the window is closed; where there is no other, the mailbox, if it was
    confirmed.
    """
    await place.says("sms", CAMILLE, *LATER)
    await joined(place, ("telegram", "77"), ("whatsapp", CAMILLE))
    chat = await place.contact("telegram", "77")
    async with place.parts.db.transaction() as tx:
        await contacts.opt_out(tx, chat.id, place.clock.now)
        await tx.execute("UPDATE person SET email_confirmed = ?", confirmed)
    place.clock.now += timedelta(hours=25)
    await place.says("sms", CAMILLE, "arrêtez")
    for channel, address in (("telegram", "77"), ("whatsapp", CAMILLE)):
        assert [text for text in place.new(channel, address) if text.startswith(TOLD)] == [], channel
    told = [text for text in place.new("email", "camille@example.org") if text.startswith(TOLD)]
    assert len(told) == confirmed


@guards("T21")
async def test_a_workers_next_way_is_told(place: Place) -> None:
    await place.books()
    await joined(place, ("telegram", "77"), to=CLAIRE)
    await place.says("sms", CLAIRE, "arrêtez")
    [told] = place.new("telegram", "77")
    assert told.startswith(f"{TOLD} depuis le numéro qui finit par {CLAIRE[-2:]}")
    assert place.new("sms", CLAIRE) == []
