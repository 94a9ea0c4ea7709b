"""Which talks need a human: one row of each kind on either side of its edge, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from conversations.flows import FLOWS
from storage import contacts, conversations, stuck, tickets
from storage.crypto import Vault
from storage.db import Database
from storage.sql import Row
from storage.stuck import BEGUN, DAY, QUIET, Need
from storage.tickets import NewTicket
from tests.storage.conftest import NOW

NewId = Callable[[], str]
DRAFTS, SECOND, MINUTE = timedelta(hours=72), timedelta(seconds=1), timedelta(minutes=1)
ANNA = "operator:anna"
_numbers = iter(range(10, 100))


async def talk(db: Database, new_id: NewId, question: str | None, *, ago: timedelta = QUIET, misses: int = 0) -> str:
    """A contact whose open question was asked so long ago."""
    async with db.transaction() as tx:
        who = await contacts.make(tx, "sms", f"+336399801{next(_numbers)}", NOW, new_id, "fr", "Europe/Paris")
        flow, _, step = (question or "").partition(".")
        prompt = {"flow": flow, "step": step, "misses": misses, "at": (NOW - ago).isoformat()} if question else None
        await conversations.save(tx, who, {"prompt": prompt}, 0, NOW)
    return who


async def hold(db: Database, contact: str, lapses: datetime) -> None:
    await db.execute(
        "INSERT INTO hold (id, contact_id, worker_id, start_at, lapses_at, kind) VALUES (?, ?, 'w1', ?, ?, 'proposal')",
        *(f"h-{contact}", contact, NOW + DAY, lapses),
    )


async def ticket(db: Database, new_id: NewId, contact: str | None, kind: str, *, live: bool = False) -> str:
    async with db.transaction() as tx:
        made = await tickets.open_(tx, NewTicket(kind, contact), NOW, new_id)
        if live:
            await tickets.with_desk(tx, made.id)
    return made.id


async def found(db: Database, now: datetime = NOW) -> list[tuple[str, str]]:
    return [(need.contact, need.why) for need in await stuck.needs(db, now, DRAFTS)]


@pytest.mark.parametrize(
    ("question", "misses", "ago", "why"),
    [
        ("book.motive", 2, QUIET, "misunderstood"),
        ("book.code", 2, QUIET, "misunderstood"),
        ("agenda.day", 3, DRAFTS - SECOND, "misunderstood"),
        ("agenda.day", 3, DRAFTS, None),
        ("agenda.day", 1, QUIET, None),
        ("book.motive", 2, QUIET - SECOND, None),
        ("replaced.choice", 0, QUIET, "unanswered"),
        ("freed.take", 1, DAY - SECOND, "unanswered"),
        ("freed.take", 1, DAY, None),
        ("feedback.score", 1, QUIET, None),
        ("book.motive", 0, QUIET, "abandoned"),
        ("book.email", 1, DAY - SECOND, "abandoned"),
        ("move.slot", 0, QUIET, "abandoned"),
        ("resume.go_on", 0, QUIET, "abandoned"),
        ("book.email", 1, DAY, None),
        ("book.code", 1, QUIET, None),
        ("menu.choice", 0, QUIET, None),
        (None, 0, QUIET, None),
    ],
)
async def test_where_a_talk_stands(
    db: Database, new_id: NewId, question: str | None, misses: int, ago: timedelta, why: str | None
) -> None:
    who = await talk(db, new_id, question, ago=ago, misses=misses)
    assert await found(db) == ([(who, why)] if why else [])


async def test_an_hour_that_is_kept_waits_for_an_answer(db: Database, new_id: NewId) -> None:
    who = await talk(db, new_id, "menu.choice", ago=2 * DAY)
    await hold(db, who, NOW + SECOND)
    assert await found(db) == [(who, "unanswered")]
    assert await found(db, NOW + SECOND) == []


@pytest.mark.parametrize("how", ["opt_out", "failed"])
async def test_who_is_not_to_be_written_to_waits_for_nothing(db: Database, new_id: NewId, how: str) -> None:
    who = await talk(db, new_id, "book.motive", misses=2)
    async with db.transaction() as tx:
        if how == "opt_out":
            await contacts.opt_out(tx, who, NOW)
        else:
            await contacts.failed(tx, who, NOW, dead=True)
    assert await found(db) == []


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("danger", "danger"),
        ("nobody_reached", "undelivered"),
        ("notice_late", "undelivered"),
        ("inbox_parked", "broke"),
        ("offer_unanswered", "unanswered"),
        ("privacy", None),
        ("human", None),
    ],
)
async def test_what_a_ticket_says_until_it_is_closed(db: Database, new_id: NewId, kind: str, why: str | None) -> None:
    who = await talk(db, new_id, None)
    id = await ticket(db, new_id, who, kind)
    assert await found(db) == ([(who, why)] if why else [])
    async with db.transaction() as tx:
        await tickets.close(tx, id, "solved", NOW)
    assert await found(db) == []


async def test_who_is_with_a_human_is_not_stuck_and_danger_stays_danger(db: Database, new_id: NewId) -> None:
    calm, danger = await talk(db, new_id, "book.motive", misses=4), await talk(db, new_id, "book.motive", misses=4)
    await ticket(db, new_id, calm, "human", live=True)
    await ticket(db, new_id, danger, "danger", live=True)
    assert sorted(await found(db)) == sorted([(calm, "human"), (danger, "human"), (danger, "danger")])


async def test_the_newest_need_comes_first_and_what_they_write_makes_it_new(db: Database, new_id: NewId) -> None:
    old, new = await talk(db, new_id, "book.motive", ago=3 * QUIET), await talk(db, new_id, "book.motive")
    waits = await talk(db, new_id, None)
    id = await ticket(db, new_id, waits, "human", live=True)
    await ticket(db, new_id, None, "danger")  # of nobody's talk
    assert [who for who, _ in await found(db)] == [waits, new, old]
    async with db.transaction() as tx:
        await tickets.entry(tx, id, "said", NOW + MINUTE, operator=ANNA, words="…")
        await tickets.entry(tx, id, "wrote", NOW - QUIET - MINUTE, words="…")
        await tx.execute("UPDATE ticket SET opened_at = ?", NOW - 4 * QUIET)
        await tx.execute("UPDATE ticket_entry SET done_at = ? WHERE kind = 'opened'", NOW - 4 * QUIET)
    assert [who for who, _ in await found(db)] == [new, waits, old]
    [need] = await stuck.of_contact(db, waits, NOW, DRAFTS)
    assert (need.why, need.ticket, need.since) == ("human", id, NOW - QUIET - MINUTE)
    [need] = await stuck.of_contact(db, old, NOW, DRAFTS)
    assert (need.why, need.flow, need.step) == ("abandoned", "book", "motive")
    assert await stuck.of_contact(db, "nobody", NOW, DRAFTS) == []


async def test_the_question_is_forgotten_with_its_answer(db: Database, new_id: NewId) -> None:
    who = await talk(db, new_id, "book.motive", misses=2)
    async with db.transaction() as tx:
        await conversations.save(tx, who, {"prompt": None}, 1, NOW)
    assert await found(db) == []


async def test_it_is_looked_up_by_an_index(sqlite_url: str, vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not by reading every talk that we ever had. PostgreSQL chooses by how much there is; SQLite always so."""
    db = await Database.open(sqlite_url, vault)
    plans: list[str] = []
    fetch = db.fetch

    async def explained(sql: str, *args: object) -> list[Row]:
        plans.extend(row["detail"] for row in await fetch(f"EXPLAIN QUERY PLAN {sql}", *args))
        return []

    monkeypatch.setattr(db, "fetch", explained)
    await stuck.needs(db, NOW, DRAFTS)
    await db.close()
    assert any("conversation_asked" in plan for plan in plans)
    assert not [plan for plan in plans if plan.startswith(("SCAN c", "SCAN ticket "))], plans


def test_the_names_are_those_of_the_talks() -> None:
    drafts = {name for name, flow in FLOWS.items() if flow.draft}
    assert drafts | {"resume"} == set(BEGUN)
    assert set(stuck.ASKED) <= set(FLOWS)
    book = FLOWS["book"]
    assert book.step(stuck.STRANGERS) is book.steps[0]


def test_danger_that_nobody_looked_at_is_seen_first_whatever_is_newer() -> None:
    def need(why: stuck.Why, minutes: int, ticket: str | None = None, *, taken: bool = False) -> list[Need]:
        return [Need("c", why, NOW - minutes * MINUTE, ticket, taken=taken)]

    talks = {
        "answered": need("human", 1, "t1", taken=True),
        "answered long ago": need("human", 50, "t2", taken=True),
        "lost": need("misunderstood", 20),
        "left": need("abandoned", 40),
        "wrote again": need("human", 30, "t3", taken=True),
        "asks": need("human", 35, "t4"),
        "in danger, somebody is there": need("danger", 25, "t5", taken=True),
        "in danger": need("danger", 60, "t6"),
        "in danger, and wrote": [*need("human", 5, "t7", taken=True), *need("danger", 55, "t8")],
    }
    assert stuck.in_order(talks, {"t3"}) == [
        *("in danger, and wrote", "in danger"),
        *("lost", "in danger, somebody is there", "wrote again", "asks", "left"),
        *("answered", "answered long ago"),
    ]
