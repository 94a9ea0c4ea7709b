"""Other programs are told of what happened, signed, and told again where they are slow, wrong or away."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from ssl import SSLContext
from typing import Any

import pytest

from handlers.hooks.posting import Poster, Unsent, address
from handlers.hooks.sending import AT_ONCE, FORMER, WAITS, send_due
from handlers.hooks.telling import KINDS, NAMES
from storage import flags, hooks, purge
from storage.hooks import HookRow
from tests.handlers.api.receiver import HERE, HOST, KEY, SECRET, URL, Receiver, receiving
from tests.handlers.api.site import Site, hour
from tests.handlers.calendars.test_fetching import Names
from tests.handlers.path.place import CAMILLE, SAM
from tests.servers.tls import contexts

pytestmark = pytest.mark.sampled

Tls = tuple[SSLContext, SSLContext]


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Tls:
    return contexts(tmp_path_factory.mktemp("tls"), HOST)


@pytest.fixture
async def receiver(tls: Tls) -> AsyncIterator[Receiver]:
    async with receiving(tls[0]) as running:
        yield running


def poster(receiver: Receiver, tls: Tls, patience: float = 15, names: Names | None = None) -> Poster:
    found = names or Names([HERE])
    return Poster(lambda a: a == HERE, tls[1], lambda: found, receiver.port, patience)


async def hooked(site: Site, *kinds: str) -> HookRow:
    row = HookRow(site.place.parts.new_id(), URL, SECRET, frozenset(kinds or NAMES), site.place.clock.now)
    await hooks.add(site.place.parts.db, row)
    return row


async def news(site: Site) -> list[Any]:
    return await site.place.parts.db.fetch("SELECT * FROM hook_news ORDER BY id")


async def test_what_happens_is_told_signed_and_once(site: Site, receiver: Receiver, tls: Tls) -> None:
    await hooked(site)
    camille = await site.joins()
    booked = await site.books(camille)
    moved = (await site.post(f"{camille}/appointments/{booked['id']}/move", {"slot": await site.slot(3)})).json
    await site.post(f"{camille}/appointments/{moved['id']}/cancel")
    assert receiver.calls == [], "nothing is sent within a transaction"
    while await send_due(site.place.parts, poster(receiver, tls)):
        pass
    assert receiver.wrong == []
    told = {said["type"]: said["data"] for _, said in receiver.calls}
    assert sorted(receiver.types) == [
        "appointment.booked",
        "appointment.cancelled",
        "appointment.moved",
        "person.joined",
    ]
    assert told["person.joined"] == {"person": camille.rpartition("/")[2]}
    assert (told["appointment.moved"]["appointment"], told["appointment.moved"]["before"]) == (
        moved["id"],
        booked["id"],
    )
    assert told["appointment.booked"]["start"] == booked["start"]
    assert told["appointment.cancelled"]["status"] == "cancelled"
    assert len({id for id, _ in receiver.calls}) == 4
    assert {row["status"] for row in await news(site)} == {"sent"}
    assert await send_due(site.place.parts, poster(receiver, tls)) == 0


async def test_what_happens_in_a_chat_is_told_too_and_nothing_personal(
    site: Site, receiver: Receiver, tls: Tls
) -> None:
    await hooked(site, "appointment.booked")
    await site.place.books()
    await send_due(site.place.parts, poster(receiver, tls))
    assert receiver.types == ["appointment.booked"]
    said = json.dumps([row["body"] for row in await news(site)])
    for personal in ("Camille", "Dubois", CAMILLE[1:], "finance", "@", "Claire"):
        assert personal not in said


async def test_what_was_rolled_back_is_told_to_nobody(site: Site) -> None:
    await hooked(site)
    camille = await site.joins()
    before = len(await news(site))
    refused = await site.post(f"{camille}/appointments", hour("2026-03-02T09:15Z/any"))
    assert refused.status == 409
    assert len(await news(site)) == before


async def test_a_receiver_that_is_wrong_is_told_again_until_it_is_given_up(
    site: Site, receiver: Receiver, tls: Tls
) -> None:
    hook = await hooked(site, "person.joined")
    await site.joins()
    receiver.statuses = [500, 404, 302, *[503] * 20]
    receiver.headers = {"Location": "https://metadata.example.org/"}
    for tries, wait in enumerate((*WAITS, None), 1):
        assert await send_due(site.place.parts, poster(receiver, tls)) == 1
        assert await send_due(site.place.parts, poster(receiver, tls)) == 0, "not before it is time"
        assert len(receiver.calls) == tries, "and no redirect is followed"
        site.place.clock.now += wait or timedelta()
    (row,) = await news(site)
    assert (row["status"], row["attempts"], row["last_error"]) == ("failed", 10, "status_503")
    assert len({id for id, _ in receiver.calls}) == 1, "the same thing has the same id"
    assert receiver.stamps == sorted(set(receiver.stamps)), "and the time of each try"
    assert receiver.wrong == []
    alarms = [(code, ids) for code, ids in site.place.alarms if code == "hook_failing"]
    assert alarms == [("hook_failing", {"hook": hook.id})] * 2


async def test_a_receiver_that_is_slow_or_away_is_told_later(site: Site, receiver: Receiver, tls: Tls) -> None:
    hook = await hooked(site, "person.joined")
    await site.joins()
    receiver.slow = True
    await send_due(site.place.parts, poster(receiver, tls, patience=0.05))
    assert await hooks.waiting(site.place.parts.db) == {hook.id: (1, "slow")}
    site.place.clock.now += WAITS[0]
    gone = Receiver(port=1)
    await send_due(site.place.parts, poster(gone, tls))
    assert await hooks.waiting(site.place.parts.db) == {hook.id: (1, "unreached")}
    site.place.clock.now += WAITS[1]
    receiver.slow = False
    await send_due(site.place.parts, poster(receiver, tls))
    assert receiver.wrong == []
    assert (await news(site))[0]["status"] == "sent"


async def test_a_worker_that_died_while_sending_leaves_it_to_another(site: Site, receiver: Receiver, tls: Tls) -> None:
    await hooked(site, "person.joined")
    await site.joins()
    now = site.place.clock.now
    (taken,) = await hooks.take_due(site.place.parts.db, now, now + timedelta(seconds=60), 8, 8)
    assert taken.attempts == 1
    assert await send_due(site.place.parts, poster(receiver, tls)) == 0
    site.place.clock.now += timedelta(seconds=60)
    assert await send_due(site.place.parts, poster(receiver, tls)) == 1
    assert receiver.types == ["person.joined"]


async def test_one_that_is_slow_keeps_no_other_waiting(site: Site, receiver: Receiver, tls: Tls) -> None:
    """Also if much waits for it, and for longer."""
    slow = await hooked(site, "person.joined")
    async with site.place.parts.db.transaction() as tx:
        for n in range(3 * AT_ONCE):
            await hooks.tell(tx, f"old{n:03}", slow.id, "person.joined", "{}", site.place.clock.now)
    site.place.clock.now += timedelta(seconds=1)
    quick = await hooked(site, "person.joined")
    await site.joins()
    receiver.slow = True
    assert await send_due(site.place.parts, poster(receiver, tls, patience=0.3)) <= AT_ONCE
    assert (await hooks.waiting(site.place.parts.db))[quick.id] == (1, "slow"), "the newer one was tried, too"
    assert SECRET not in repr(quick)
    assert HOST not in repr(quick)


async def test_a_secret_is_changed_without_a_gap(site: Site, receiver: Receiver, tls: Tls) -> None:
    """What goes out meanwhile fits both secrets, so a receiver changes theirs when it likes to, within a day."""
    db, clock = site.place.parts.db, site.place.clock
    hook = await hooked(site, "person.joined")
    other = f"whsec_{base64.b64encode(bytes(32)).decode()}"
    assert await hooks.rotate(db, hook.id, other, clock.now + FORMER)
    await site.joins()
    clock.now += FORMER - timedelta(seconds=1)
    await send_due(site.place.parts, poster(receiver, tls))
    assert (receiver.types, receiver.wrong) == (["person.joined"], []), "they still know the old one only"
    receiver.key = bytes(32)
    await site.joins(phone=SAM, email="sam@example.org")
    await send_due(site.place.parts, poster(receiver, tls))
    assert (len(receiver.calls), receiver.wrong) == (2, []), "now they know the new one"
    clock.now += timedelta(seconds=1)
    receiver.key = KEY
    await site.joins(phone="+33639980013", email="p13@example.org")
    await send_due(site.place.parts, poster(receiver, tls))
    assert len(receiver.wrong) == 1, "the old one is of no use any more"
    (row,) = await db.fetch("SELECT * FROM hook")
    assert other.encode() not in row["secret"]
    assert SECRET.encode() not in row["former_secret"]
    assert (await purge.purge(db, clock.now + timedelta(seconds=1)))["former secrets of hooks"] == 1
    assert (await db.fetch("SELECT * FROM hook"))[0]["former_secret"] is None


async def test_410_ends_the_hook(site: Site, receiver: Receiver, tls: Tls) -> None:
    await hooked(site)
    await site.joins()
    receiver.statuses = [410]
    await send_due(site.place.parts, poster(receiver, tls))
    (row,) = await hooks.every(site.place.parts.db)
    assert row.end_reason == "gone"
    assert {each["status"] for each in await news(site)} == {"dropped"}
    await site.books("/persons/" + str((await site.place.parts.db.fetch("SELECT id FROM person"))[0]["id"]))
    assert {each["status"] for each in await news(site)} == {"dropped"}, "it is told nothing more"
    assert "hook_failing" in site.place.alarm_codes()


async def test_while_sending_is_paused_nothing_leaves(site: Site, receiver: Receiver, tls: Tls) -> None:
    await hooked(site, "person.joined")
    await site.joins()
    await flags.pause(site.place.parts.db, site.place.clock.now, "operator")
    assert await send_due(site.place.parts, poster(receiver, tls)) == 0
    await flags.resume(site.place.parts.db)
    assert await send_due(site.place.parts, poster(receiver, tls)) == 1


async def test_what_waits_is_kept_and_what_was_told_goes(site: Site, receiver: Receiver, tls: Tls) -> None:
    await hooked(site, "person.joined")
    await site.joins()
    db, late = site.place.parts.db, site.place.clock.now + timedelta(days=31)
    assert "news of hooks" not in await purge.purge(db, late)
    await send_due(site.place.parts, poster(receiver, tls))
    assert (await purge.purge(db, late))["news of hooks"] == 1


async def test_address_and_secret_are_sealed(site: Site) -> None:
    await hooked(site)
    (row,) = await site.place.parts.db.fetch("SELECT * FROM hook")
    assert HOST.encode() not in row["url"]
    assert SECRET.encode() not in row["secret"]


# ------------------------------------------------------------ where it may lead (T13)


@pytest.mark.parametrize(
    "text",
    [
        "http://platform.example.org/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://localhost/",
        "https://metadata/",
        "https://u:p@platform.example.org/",
        "https://platform.example.org:8443/",
        "file:///etc/passwd",
        "webcal://platform.example.org/",
        "https://platform.example.org\r\nHost: x/",
    ],
)
async def test_an_address_that_is_none_of_the_internet_is_refused_unasked(text: str) -> None:
    names = Names([HERE])
    assert address(text) is None
    with pytest.raises(Unsent, match="bad_address"):
        await Poster(resolver=lambda: names)(text, {}, "{}")
    assert names.asked == []


@pytest.mark.parametrize(
    "answers",
    [["127.0.0.1"], ["10.0.0.7"], ["169.254.169.254"], ["::1"], ["::ffff:127.0.0.1"], ["93.184.215.14", "127.0.0.1"]],
)
async def test_no_connection_to_what_is_not_public(receiver: Receiver, tls: Tls, answers: list[str]) -> None:
    names = Names(answers)
    post = Poster(None, tls[1], lambda: names, receiver.port)
    with pytest.raises(Unsent, match="unreached"):
        await post(URL, {}, "{}")
    assert (names.asked, receiver.calls) == ([HOST], [])


async def test_a_name_that_answers_differently_the_second_time_gains_nothing(receiver: Receiver, tls: Tls) -> None:
    names = Names(["93.184.215.14", "127.0.0.1"], ["127.0.0.1"])
    post = Poster(None, tls[1], lambda: names, receiver.port)
    for _ in range(2):
        with pytest.raises(Unsent):
            await post(URL, {}, "{}")
    assert receiver.calls == []


def test_the_signature_is_the_specifications_own_example() -> None:
    from handlers.hooks.posting import signed

    headers = signed(
        ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        '{"test": 2432232314}',
        datetime.fromtimestamp(1614265330, UTC),
    )
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_every_kind_has_a_name_of_its_own() -> None:
    assert len(NAMES) == len(KINDS)
