"""A client that was made from the served document opens an account, books, moves and cancels."""

from __future__ import annotations

import itertools

import pytest

from tests.handlers.api.client import Client, Refused
from tests.handlers.api.site import SECRET, Site, person


@pytest.fixture
async def api(site: Site) -> Client:
    document = (await site.ask("GET", "/api/openapi.json", key=None)).json
    return Client(document, site.http, site.url, SECRET)


async def test_it_books_moves_and_cancels(api: Client) -> None:
    once = (f"once-{n}" for n in itertools.count())
    motive = (await api("list_motives"))["motives"][0]["motive"]
    (worker, *_) = (await api("list_workers", motive=motive, mode="phone"))["workers"]
    wanted = {"motive": motive, "mode": "phone"}
    first, second, *_ = (await api("list_slots", **wanted, worker=worker["id"], limit=5))["slots"]
    me = (await api("create_person", idempotency_key=next(once), body=person()))["id"]
    assert (await api("get_person", person=me))["terms_accepted"]
    body = {"slot": first["slot"], **wanted}
    held = await api("hold_slot", person=me, idempotency_key=next(once), body=body)
    await api("release_hold", person=me, hold=held["id"])
    booked = await api("book_appointment", person=me, idempotency_key=next(once), body=body)
    assert (booked["start"], booked["worker"]["id"]) == (first["start"], worker["id"])
    assert (await api("list_appointments", person=me))["appointments"] == [booked]
    mine = {"person": me, "appointment": booked["id"]}
    moved = await api("move_appointment", **mine, idempotency_key=next(once), body={"slot": second["slot"]})
    assert (moved["start"], moved["series"]) == (second["start"], booked["series"])
    mine = {"person": me, "appointment": moved["id"]}
    cancelled = await api("cancel_appointment", **mine, idempotency_key=next(once))
    assert cancelled["status"] == "cancelled"
    assert await api("get_appointment", **mine) == cancelled
    with pytest.raises(Refused) as refused:
        await api("cancel_appointment", **mine, idempotency_key=next(once))
    assert refused.value.code == "already_over"
