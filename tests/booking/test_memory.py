"""The transaction of the store in memory: everything that was written since the snapshot is undone."""

from __future__ import annotations

from dataclasses import replace

from booking.model import AppointmentId
from tests.booking.made import ANN, BEN, CODE, LETTERS, MONEY, PORTS, Desk, run, worker
from tests.booking.test_booking import ELEVEN, NINE, TEN, any_at, book, hold


def test_what_is_rolled_back_never_was() -> None:
    desk = Desk([worker("ali")])
    kept = hold(desk, any_at(NINE))
    before = desk.memory.snapshot()
    made = book(desk, any_at(NINE))
    hold(desk, any_at(TEN), BEN)
    run(desk.turn().redeem_code("X", BEN))
    desk.memory.put_client(replace(PORTS, suspended=True))
    desk.memory.put_code(replace(CODE, max_accounts=1), LETTERS)
    desk.memory.restore(before)
    assert run(desk.store.hold_of(ANN)) == kept
    assert run(desk.store.hold_of(BEN)) is None
    assert run(desk.store.appointment(made.id)) is None
    assert run(desk.store.person_of(ANN)) is None
    assert run(desk.store.client(PORTS.id)) == PORTS
    assert run(desk.store.code_typed("P0RTS7KQM4XTD")) == CODE
    assert [s.start for s in run(desk.turn().open_slots(MONEY, 3)).slots][1:] == [TEN, ELEVEN]
    assert desk.memory.snapshot() == before


def test_a_snapshot_may_be_restored_twice() -> None:
    desk = Desk([worker("ali")])
    before = desk.memory.snapshot()
    for _ in range(2):
        assert run(desk.store.take(AppointmentId("a"), ["w:ali"], NINE, desk.now)) is None
        desk.memory.restore(before)
