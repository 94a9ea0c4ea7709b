"""The path of a message through the rows: inbox, lock, conversation, outbox, timers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest

from storage import contacts, conversations, fates, flags, inbox, outbox, purge, timers, told, unsettled
from storage.crypto import Vault
from storage.db import Database, Tx
from storage.inbox import Arrival
from storage.outbox import OutboxRow, Outgoing
from storage.timers import NewTimer
from tests.guards import guards
from tests.storage.conftest import NOW

NewId = Callable[[], str]
ANN = "+33639980201"
SECOND = timedelta(seconds=1)
LEASE = NOW + timedelta(minutes=1)


async def arrive(db: Database, new_id: NewId, sid: str, address: str = ANN, parked: str | None = None) -> str | None:
    arrival = Arrival("sms", address, sid, f"Body={sid}".encode(), NOW - SECOND, parked)
    return await inbox.accept(db, arrival, NOW, new_id, lang="fr", time_zone="Europe/Paris")


async def contact(db: Database, new_id: NewId, address: str = ANN) -> str:
    async with db.transaction() as tx:
        return await contacts.make(tx, "sms", address, NOW, new_id, "fr", "Europe/Paris")


def message(contact: str, key: str, **more: object) -> Outgoing:
    fields = {"kind": "reply", "content": {"text": key}, "due_at": NOW} | more
    return Outgoing(key=key, contact=contact, **fields)  # type: ignore[arg-type]


async def add(db: Database, *messages: Outgoing) -> list[str | None]:
    async with db.transaction() as tx:
        return [await outbox.add(tx, each, NOW) for each in messages]


async def claimed(db: Database, **more: object) -> list[OutboxRow]:
    return await outbox.claim_due(db, "w1", NOW, LEASE, 10, **more)  # type: ignore[arg-type]


# ------------------------------------------------------------ inbox


async def test_a_message_is_stored_once_and_opens_again(db: Database, new_id: NewId) -> None:
    first = await arrive(db, new_id, "SM1")
    assert first is not None
    assert await arrive(db, new_id, "SM1") is None
    assert await arrive(db, new_id, "SM2") == first
    row = await inbox.next_row(db, first)
    assert row is not None
    assert (row.body, row.external_id, row.sent_at) == (b"Body=SM1", "SM1", NOW - SECOND)


@guards("T10")
async def test_the_same_message_at_once_is_one_row(db: Database, another: Database, new_id: NewId) -> None:
    came = await asyncio.gather(*(arrive(where, new_id, "SM1") for where in [db, another] * 4))
    assert len([c for c in came if c]) == 1


async def test_strangers_first_messages_at_once_are_one_contact(db: Database, another: Database, new_id: NewId) -> None:
    came = await asyncio.gather(*(arrive(where, new_id, f"SM{n}") for n, where in enumerate([db, another] * 4)))
    assert len(set(came)) == 1
    assert await db.fetch("SELECT count(*) AS n FROM inbox") == [{"n": 8}]


@guards("T10")
async def test_a_repeat_is_known_after_the_body_is_gone(db: Database, new_id: NewId) -> None:
    who = await arrive(db, new_id, "SM1") or ""
    async with db.transaction() as tx:
        row = await inbox.next_row(tx, who)
        assert row is not None
        await inbox.done(tx, row.id, NOW)
    gone = await purge.purge(db, NOW + timedelta(days=4000))
    assert gone["inbox rows"] == 1, "what was said is forgotten, that it came is not"
    assert await arrive(db, new_id, "SM1") is None
    assert await inbox.seen(db, "sms", ["SM1", "SM2"]) == {"SM1"}


async def test_rows_come_in_order_and_are_settled_once(db: Database, new_id: NewId) -> None:
    who = await arrive(db, new_id, "SM1") or ""
    await arrive(db, new_id, "SM2")
    seen = []
    for _ in range(2):
        async with db.transaction() as tx:
            await contacts.lock(tx, who)
            row = await inbox.next_row(tx, who)
            assert row is not None
            seen.append(row.external_id)
            await inbox.done(tx, row.id, NOW)
    assert seen == ["SM1", "SM2"]
    assert await inbox.next_row(db, who) is None


async def test_five_alike_are_told_from_five_different(db: Database, new_id: NewId) -> None:
    who = await arrive(db, new_id, "SM1") or ""
    row = await inbox.next_row(db, who)
    assert row is not None
    counted = [await inbox.failed(db, row.id, error) for error in ["KeyError", "ValueError", "ValueError"]]
    assert counted[-1] == inbox.Failures(attempts=3, alike=2)
    assert await inbox.park(db, row.id, "poison", NOW)
    assert not await inbox.park(db, row.id, "poison", NOW)
    (parked,) = await inbox.parked(db, 10)
    assert (parked.reason, parked.last_error, parked.attempts) == ("poison", "ValueError", 3)
    assert (await inbox.figures(db)).parked == 1
    assert await inbox.next_row(db, who) is None
    assert await inbox.retry(db, row.id)
    again = await inbox.next_row(db, who)
    assert again is not None
    assert again.attempts == 0


async def test_what_cannot_be_read_is_parked_at_once(db: Database, new_id: NewId) -> None:
    who = await arrive(db, new_id, "SM1", parked="bad charset") or ""
    assert await inbox.next_row(db, who) is None
    assert (await inbox.parked(db, 10))[0].reason == "bad charset"
    assert await contacts.lease_waiting(db, "w1", NOW, LEASE, 10) == []


async def test_news_told_twice_is_one_row(db: Database, new_id: NewId) -> None:
    who = await contact(db, new_id)
    async with db.transaction() as tx:
        assert await inbox.add_news(tx, "timer:1", who, "draft_expired", {"n": 1}, NOW)
        assert not await inbox.add_news(tx, "timer:1", who, "draft_expired", {"n": 1}, NOW)
    row = await inbox.next_row(db, who)
    assert row is not None
    assert row.news == ("draft_expired", {"n": 1})


async def test_an_endless_provider_id_is_still_one_key(db: Database, new_id: NewId) -> None:
    long = "x" * 5000
    assert await arrive(db, new_id, long) is not None
    assert await arrive(db, new_id, long) is None
    assert await arrive(db, new_id, long + "y") is not None


# ------------------------------------------------------------ the lock


async def test_eight_turns_on_one_contact_are_all_kept(db: Database, another: Database, new_id: NewId) -> None:
    who = await contact(db, new_id)

    async def turn(where: Database) -> None:
        async with where.transaction() as tx:
            await contacts.lock(tx, who)
            saved = await conversations.load(tx, who)
            await asyncio.sleep(0)
            state = {"n": (saved.state or {"n": 0})["n"] + 1}
            await conversations.save(tx, who, state, saved.revision, NOW)

    await asyncio.gather(*(turn(where) for where in [db, another] * 4))
    assert (await conversations.load(db, who)).state == {"n": 8}
    row = await contacts.get(db, who)
    assert row is not None
    assert row.turns == 8


async def test_an_older_state_is_not_written(db: Database, new_id: NewId) -> None:
    who = await contact(db, new_id)
    async with db.transaction() as tx:
        await conversations.save(tx, who, {"a": 1}, 0, NOW)
        with pytest.raises(conversations.Stale):
            await conversations.save(tx, who, {"a": 2}, 0, NOW)


@guards("T28")
async def test_leases_part_the_contacts_among_workers(db: Database, new_id: NewId) -> None:
    first = await arrive(db, new_id, "SM1")
    second = await arrive(db, new_id, "SM2", "+33639980202")
    assert await contacts.lease_waiting(db, "w1", NOW, LEASE, 1) == [first]
    assert await contacts.lease_waiting(db, "w2", NOW, LEASE, 10) == [second]
    assert await contacts.lease_waiting(db, "w3", NOW, LEASE, 10) == []
    await contacts.release(db, first or "", "somebody else")
    assert await contacts.lease_waiting(db, "w3", NOW, LEASE, 10) == []
    await contacts.release(db, first or "", "w1")
    assert await contacts.lease_waiting(db, "w3", NOW, LEASE, 10) == [first]
    assert await contacts.lease_waiting(db, "w4", LEASE, LEASE + SECOND, 10) == [first, second]
    await contacts.postpone(db, first or "", LEASE + SECOND)
    assert await contacts.lease_waiting(db, "w5", LEASE, LEASE, 10) == []


@guards("T04", partly=True)
async def test_what_is_known_of_a_contact(db: Database, new_id: NewId) -> None:
    who = await contact(db, new_id)
    async with db.transaction() as tx:
        await contacts.inbound(tx, who, NOW)
        await contacts.inbound(tx, who, NOW - SECOND)
        await contacts.set_phone(tx, who, "+33639980299")
        await contacts.set_language(tx, who, "en")
        await contacts.opt_out(tx, who, NOW)
    row = await contacts.get(db, who)
    assert row is not None
    assert (row.address, row.phone, row.lang, row.received) == (ANN, "+33639980299", "en", 2)
    assert (row.last_inbound_at, row.opted_out_at, row.dead_at) == (NOW, NOW, None)
    assert [each.id for each in await contacts.of_phone(db, "+33639980299")] == [who]
    for n in range(3):
        await contacts.failed(db, who, NOW, dead=False)
        row = await contacts.get(db, who)
        assert row is not None
        assert (row.dead_at == NOW) == (n == 2)


# ------------------------------------------------------------ outbox


async def test_one_cause_speaks_once(db: Database, new_id: NewId) -> None:
    who = await contact(db, new_id)
    ids = await add(db, message(who, "inbox:1:0"), message(who, "inbox:1:0"))
    assert ids[0] is not None
    assert ids[1] is None


async def test_answers_keep_their_order_and_notices_wait_for_nobody(db: Database, new_id: NewId) -> None:
    who = await contact(db, new_id)
    other = await contact(db, new_id, "+33639980202")
    await add(
        db,
        message(who, "a1", answer=True),
        message(who, "a2", answer=True),
        message(who, "n1"),
        message(other, "b1", answer=True),
    )
    rows = await claimed(db)
    assert [row.key for row in rows] == ["a1", "b1", "n1"]
    assert rows[0].content == {"text": "a1"}
    assert await claimed(db) == []
    assert await outbox.accepted(db, rows[0], "SM9", NOW)
    assert [row.key for row in await claimed(db)] == ["a2"]


async def test_a_waiting_notice_holds_up_no_answer(db: Database, new_id: NewId) -> None:
    who = await contact(db, new_id)
    await add(db, message(who, "n1", due_at=NOW + SECOND), message(who, "a1", answer=True))
    assert [row.key for row in await claimed(db)] == ["a1"]


async def test_nothing_goes_out_while_paused_or_throttled(db: Database, new_id: NewId) -> None:
    who = await contact(db, new_id)
    await add(db, message(who, "a1", answer=True))
    await flags.pause(db, NOW, "restored")
    assert await flags.paused(db) == (NOW, "restored")
    assert await claimed(db) == []
    assert await flags.resume(db)
    assert await claimed(db, channels=["whatsapp"]) == []
    assert await claimed(db, channels=[]) == []
    assert len(await claimed(db, channels=["whatsapp", "sms"])) == 1


async def test_only_the_last_claimer_marks(db: Database, new_id: NewId) -> None:
    who = await contact(db, new_id)
    await add(db, message(who, "n1"))
    (mine,) = await claimed(db)
    assert await unsettled.expire_leases(db, LEASE) == [mine.id]
    (theirs,) = await unsettled.claim_unknown(db, "w2", LEASE, LEASE + SECOND, 10)
    assert not await outbox.retry(db, mine, LEASE, "timeout", LEASE)
    assert not await outbox.accepted(db, mine, "SM1", LEASE)
    assert await unsettled.resend(db, theirs, LEASE)
    (again,) = await outbox.claim_due(db, "w3", LEASE, LEASE + SECOND, 10)
    assert again.possible_duplicate
    assert await outbox.unknown(db, again, LEASE, "timeout", LEASE)
    (last,) = await unsettled.claim_unknown(db, "w3", LEASE, LEASE + SECOND, 10)
    assert not await unsettled.resend(db, last, LEASE), "one resend"
    assert await outbox.settle(db, last, "failed", "unknown", LEASE)


@pytest.mark.parametrize(
    ("said", "stands"),
    [
        (["sent", "delivered", "read"], "read"),
        (["read", "sent", "delivered"], "read"),
        (["delivered", "failed"], "delivered"),
        (["failed", "sent"], "failed"),
        (["failed", "delivered"], "delivered"),
        (["sent", "sent"], "sent"),
    ],
)
async def test_states_only_rise(db: Database, new_id: NewId, said: list[told.Told], stands: str) -> None:
    who = await contact(db, new_id)
    await add(db, message(who, "n1"))
    (row,) = await claimed(db)
    for status in said:
        await told.receipt(db, status, NOW, outbox_id=row.id, provider_id="SM1")
    assert await outbox.accepted(db, row, "SM1", NOW)  # our own mark comes last
    after = await outbox.get(db, row.id)
    assert after is not None
    assert (after.status, after.provider_id) == (stands, "SM1")


async def test_receipts_find_their_row_by_either_id(db: Database, new_id: NewId) -> None:
    who = await contact(db, new_id)
    await add(db, message(who, "n1"))
    (row,) = await claimed(db)
    assert await told.receipt(db, "sent", NOW, outbox_id=None, provider_id="SM1") is None
    assert await outbox.accepted(db, row, "SM1", NOW)
    risen = await told.receipt(db, "sent", NOW, outbox_id=None, provider_id="SM1")
    assert risen is not None
    assert (risen.id, risen.contact_id, risen.status) == (row.id, who, "sent")
    for junk in ["", "x", "²", "9" * 40, "-1"]:
        assert await told.receipt(db, "read", NOW, outbox_id=junk, provider_id="nobody") is None


async def test_a_changed_appointment_takes_its_messages_back(db: Database, new_id: NewId) -> None:
    who = await contact(db, new_id)
    await add(
        db,
        message(who, "r0", appointment="a", appointment_version=0, kind="reminder"),
        message(who, "r1", appointment="a", appointment_version=1, kind="reminder"),
        message(who, "c0", appointment="a", appointment_version=0, kind="confirmation"),
    )
    async with db.transaction() as tx:
        assert await outbox.suppress(tx, "a", "moved", NOW, before_version=1, kinds=["reminder"]) == 1
    assert [row.key for row in await outbox.queued(db, who)] == ["r1", "c0"]
    fates = {row.key: (row.status, row.reason) for row in await outbox.history(db, appointment="a")}
    assert fates["r0"] == ("suppressed", "moved")


async def test_unasked_messages_are_counted_per_day(db: Database, new_id: NewId) -> None:
    who = await contact(db, new_id)
    await add(db, message(who, "n1"), message(who, "n2"), message(who, "a1", answer=True))
    rows = {row.key: row for row in await claimed(db)}
    first, second = rows["n1"], rows["n2"]
    assert await fates.unasked(db, first, [who], NOW) == 0, "the one behind it waits, not both"
    assert await fates.unasked(db, second, [who], NOW) == 1, "those under way count"
    for row in rows.values():
        await outbox.accepted(db, row, row.key, NOW)
    assert await fates.unasked(db, second, [who], NOW) == 1
    assert await fates.unasked(db, second, [who], NOW + SECOND) == 0


async def test_figures(db: Database, new_id: NewId) -> None:
    who = await contact(db, new_id)
    await add(db, message(who, "n1", due_at=NOW - SECOND), message(who, "n2", due_at=NOW + SECOND))
    assert await outbox.figures(db, NOW) == outbox.Figures(1, NOW - SECOND, 0)


async def test_what_waits_until_morning_is_not_late(db: Database, new_id: NewId) -> None:
    who = await contact(db, new_id)
    await add(db, message(who, "n1", due_at=NOW - SECOND))
    (row,) = await claimed(db)
    assert await outbox.postpone(db, row, LEASE, "quiet_hours", NOW)
    assert await outbox.figures(db, NOW) == outbox.Figures(0, None, 0)
    assert await outbox.figures(db, LEASE) == outbox.Figures(1, LEASE, 0)


async def test_what_no_channel_takes_waits_until_it_is_of_no_use(db: Database, new_id: NewId) -> None:
    who = await contact(db, new_id)
    await add(
        db, message(who, "n1", expires_at=LEASE), message(who, "n2"), message(who, "n3", expires_at=LEASE + SECOND)
    )
    assert await unsettled.expire_stranded(db, LEASE, ["sms"]) == []
    assert await unsettled.expire_stranded(db, LEASE - SECOND, ["email"]) == []
    (stranded,) = await unsettled.expire_stranded(db, LEASE, ["email"])
    rows = {row.key: (row.status, row.reason) for row in await outbox.history(db, contacts=[who])}
    assert rows == {"n1": ("expired", "channel_off"), "n2": ("queued", None), "n3": ("queued", None)}
    assert stranded.channel == "sms"


# ------------------------------------------------------------ timers


def timer(key: str, **more: object) -> NewTimer:
    return NewTimer(key, "c1", "reminder", **({"due_at": NOW} | more))  # type: ignore[arg-type]


async def test_timers_act_once_and_not_too_late(db: Database) -> None:
    async with db.transaction() as tx:
        assert await timers.add(tx, timer("t1"))
        assert not await timers.add(tx, timer("t1"))
        await timers.add(tx, timer("t2", due_at=NOW + SECOND))
        await timers.add(tx, timer("t3", due_at=NOW - SECOND, expires_at=NOW))
    assert await timers.next_due(db) == NOW - SECOND

    async def take(tx: Tx) -> list[str]:
        return [row.key for row in await timers.take_due(tx, NOW, 10)]

    async with db.transaction() as tx:
        assert await take(tx) == ["t1"]
    async with db.transaction() as tx:
        assert await take(tx) == []
    assert [row.key for row in await timers.drop_useless(db, NOW)] == ["t3"]


async def test_what_became_of_a_timer_is_kept_with_its_reason(db: Database) -> None:
    """Never made, said with another's, or judged when it fell due."""
    async with db.transaction() as tx:
        await timers.add(tx, timer("t1", skipped=("just_booked", NOW)))
        await timers.add(tx, timer("t2", subject="a", due_at=NOW + SECOND))
        await timers.add(tx, timer("t3", subject="b"))
        assert await timers.merge(tx, "a", "reminder", "into b", NOW) == 1
        assert await timers.merge(tx, "a", "reminder", "into c", NOW) == 0, "it waits no more"
        (due,) = await timers.take_due(tx, NOW, 10)
        await timers.ended(tx, due.id, "skipped", "just_confirmed", NOW)
        assert due.news == ("remind", {"kind": "reminder", "subject": "b", "timer": due.id})
    rows = await db.fetch("SELECT key, status, reason FROM timer ORDER BY key")
    assert [tuple(row.values()) for row in rows] == [
        ("t1", "skipped", "just_booked"),
        ("t2", "merged", "into b"),
        ("t3", "skipped", "just_confirmed"),
    ]
    assert await timers.next_due(db) is None


async def test_a_reminder_of_two_hours_reminds_of_both_and_a_merged_one_of_none(db: Database, new_id: NewId) -> None:
    who = await contact(db, new_id)
    both = {"reminder": "early-48h", "of": {"a": 0, "b": 2}}
    await add(
        db,
        message(who, "n1", kind="reminder", content=both, appointment="a"),
        message(who, "n2", kind="reminder", content={"reminder": "early-48h", "of": {"b": 2}}, appointment="b"),
    )
    first, second = sorted(await outbox.history(db, contacts=[who]), key=lambda row: row.key)
    assert (first.reminder, first.of) == ("early-48h", {"a": 0, "b": 2})
    async with db.transaction() as tx:
        await outbox.merge(tx, second, "into a", NOW)
    (row,) = await claimed(db)
    assert row.key == "n1"
    await outbox.accepted(db, row, "SM1", NOW)
    assert await fates.reminded(db, [who], NOW - SECOND) == [("a", NOW), ("b", NOW)]
    merged = next(row for row in await outbox.history(db, contacts=[who]) if row.key == "n2")
    assert (merged.status, merged.reason) == ("merged", "into a")


async def test_a_contact_lives_by_its_persons_clock(db: Database, new_id: NewId) -> None:
    who = await contact(db, new_id)
    await db.execute(
        "INSERT INTO person (id, client_id, code_id, first_name, last_name, email_confirmed, language, time_zone, "
        "suspended, turns, no_feedback, discreet) "
        "VALUES ('p', 'c', 'k', ?, ?, FALSE, 'fr', 'Indian/Reunion', FALSE, 0, FALSE, FALSE)",
        db.vault.seal("person.first_name", "p", "Ann"),
        db.vault.seal("person.last_name", "p", "Martin"),
    )
    async with db.transaction() as tx:
        await contacts.link_person(tx, who, "p")
        assert (await contacts.lock(tx, who)).time_zone == "Indian/Reunion"
        await contacts.link_person(tx, who, None)
        assert (await contacts.lock(tx, who)).time_zone == "Europe/Paris"


async def test_a_timer_that_keeps_failing_is_parked(db: Database) -> None:
    async with db.transaction() as tx:
        await timers.add(tx, timer("t1"))
    (row,) = await db.fetch("SELECT id FROM timer")
    outcomes = [await timers.failed(db, row["id"], "KeyError", NOW, NOW) for _ in range(5)]
    assert outcomes == [False] * 4 + [True]
    async with db.transaction() as tx:
        assert await timers.take_due(tx, NOW, 10) == []


async def test_timers_of_an_older_version_are_dropped(db: Database) -> None:
    async with db.transaction() as tx:
        await timers.add(tx, timer("t0", subject="a", subject_version=0))
        await timers.add(tx, timer("t1", subject="a", subject_version=1))
        assert await timers.cancel(tx, "a", "moved", NOW, before_version=1) == 1
        assert [row.key for row in await timers.take_due(tx, NOW, 10)] == ["t1"]


# ------------------------------------------------------------


async def test_nothing_personal_lies_open_in_the_file(db: Database, vault: Vault, new_id: NewId) -> None:
    who = await arrive(db, new_id, "SM77") or ""
    await add(db, message(who, "n1", content={"text": "a private word"}))
    async with db.transaction() as tx:
        await conversations.save(tx, who, {"motive": "a private word"}, 0, NOW)
    everything = b""
    for table in ("contact", "conversation", "inbox", "outbox"):
        for row in await db.fetch(f"SELECT * FROM {table}"):
            everything += b"".join(v if isinstance(v, bytes) else str(v).encode() for v in row.values())
    assert b"private word" not in everything
    assert ANN.encode() not in everything
    assert b"Body=" not in everything
