"""Who is let in, how strictly a request is read, and what the document says of it."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from datetime import timedelta

import jsonschema_rs
import pytest

from handlers.web.api.operations import Scope
from handlers.web.api.table import OPERATIONS
from storage import api_keys
from storage.db import Database
from storage.throttle import Rate
from tests.guards import guards
from tests.handlers.api.site import SECRET, Site, person, served
from tests.handlers.path.place import MONDAY, furnished

pytestmark = pytest.mark.sampled

SLOTS = {"motive": "finance", "mode": "phone"}


@pytest.mark.parametrize(
    "shown",
    [
        None,
        "Bearer",
        "Bearer x",
        "Basic c2Q6eA==",
        f"Bearer {SECRET}x",
        f"Bearer {SECRET} ",
        f"Bearer  {SECRET}",
        SECRET,
    ],
)
async def test_without_a_key_nobody_is_let_in(site: Site, shown: str | None) -> None:
    headers = {"Authorization": shown} if shown else {}
    answer = await site.ask("GET", "/api/v1/motives", key=None, headers=headers)
    if shown == f"Bearer {SECRET} ":  # HTTP itself drops spaces at the end of a header
        assert answer.status == 200
        return
    assert (answer.status, answer.code) == (401, "unauthorised")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@guards("T19", partly=True)
async def test_a_revoked_key_is_told_like_an_unknown_one(site: Site) -> None:
    id = await site.key("sd_another-key-of-somebody", Scope.CATALOGUE)
    assert (await site.ask("GET", "/api/v1/motives", key="sd_another-key-of-somebody")).status == 200
    assert await api_keys.revoke(site.place.parts.db, id, MONDAY)
    assert not await api_keys.revoke(site.place.parts.db, id, MONDAY)
    revoked = await site.ask("GET", "/api/v1/motives", key="sd_another-key-of-somebody")
    unknown = await site.ask("GET", "/api/v1/motives", key="sd_another-key-of-nobody")
    assert (revoked.status, revoked.text) == (unknown.status, unknown.text) == (401, unknown.text)


async def test_a_key_that_is_revoked_while_the_body_comes_opens_nothing(site: Site) -> None:
    id = await site.key("sd_another-key-of-somebody", *Scope)
    raw = json.dumps(person()).encode()

    async def body() -> AsyncIterator[bytes]:
        yield raw[:20]
        await api_keys.revoke(site.place.parts.db, id, MONDAY)
        yield raw[20:]

    headers = {"Idempotency-Key": "once", "Content-Type": "application/json"}
    answer = await site.ask("POST", "/api/v1/persons", key="sd_another-key-of-somebody", data=body(), headers=headers)
    assert answer.code == "unauthorised"
    for table in ("person", "api_answer", "contact"):
        assert await site.place.parts.db.fetch(f"SELECT id FROM {table}") == []


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.id)
async def test_every_operation_asks_for_its_scope_and_no_other(site: Site, operation: object) -> None:
    one = next(each for each in OPERATIONS if each is operation)
    secret = "sd_a-key-with-all-scopes-but-one"
    await site.key(secret, *(scope for scope in Scope if scope is not one.scope))
    path = one.path.replace("{", "").replace("}", "")
    answer = await site.ask(one.method, path, key=secret)
    assert (answer.status, answer.code) == (403, "forbidden")
    assert (await site.ask(one.method, path, key=None)).code == "unauthorised"
    await site.key("sd_a-key-with-that-scope-alone", one.scope)
    answer = await site.ask(one.method, path, key="sd_a-key-with-that-scope-alone")
    assert answer.status not in {401, 403}


async def test_keys_are_stored_hashed_and_their_use_is_seen(site: Site) -> None:
    await site.get("/motives")
    (row,) = await site.place.parts.db.fetch("SELECT * FROM api_key")
    assert SECRET not in str(row)
    assert row["used_at"] == MONDAY


async def test_who_asks_too_often_is_told_when_to_come_again(db: Database) -> None:
    place = await furnished(db)
    async with served(place, Rate(60, per=timedelta(minutes=1), burst=2)) as site:
        answers = [await site.get("/motives") for _ in range(3)]
        assert [each.status for each in answers] == [200, 200, 429]
        assert answers[2].code == "too_many_requests"
        assert answers[2].headers["Retry-After"] == "1"
        place.clock.now += timedelta(seconds=1)
        assert (await site.get("/motives")).status == 200


async def test_motives_have_labels_in_each_language(site: Site) -> None:
    french, english, unknown = [(await site.get("/motives", language=lang)).json for lang in ("fr", "en", "xx")]
    assert [each["motive"] for each in french["motives"]][-1] == "other"
    assert french["motives"][0]["label"] != english["motives"][0]["label"]
    assert unknown == french


async def test_a_workers_card_has_no_way_to_reach_them(site: Site) -> None:
    answer = await site.get("/workers", motive="finance", mode="phone", language="fr")
    refs = [each["ref"] for each in answer.json["workers"]]
    assert "claire" in refs
    assert all("finance" in each["motives"] for each in answer.json["workers"])
    assert "+33" not in answer.text
    assert "@" not in answer.text


async def test_free_hours_are_those_of_the_chat(site: Site) -> None:
    answer = await site.get("/slots", **SLOTS, limit=3)
    slots = answer.json["slots"]
    assert len(slots) == 3
    assert slots[0]["slot"] == f"{slots[0]['start'][:16]}Z/any"
    assert slots[0]["worker"] is None
    claire = next(each for each in (await site.get("/workers")).json["workers"] if each["ref"] == "claire")
    with_her = (await site.get("/slots", **SLOTS, worker=claire["id"], after=slots[0]["start"])).json["slots"]
    assert {each["worker"] for each in with_her} == {claire["id"]}
    assert all(each["start"] > slots[0]["start"] for each in with_her)
    assert (await site.get("/slots", **SLOTS, before=slots[0]["start"])).json["slots"] == []
    nobody = await site.get("/slots", **SLOTS, worker="nobody")
    assert (nobody.status, nobody.json["slots"]) == (200, [])


@pytest.mark.parametrize(
    ("query", "code", "at"),
    [
        ("motive=finance", "invalid", "mode"),
        ("motive=finance&mode=phone&mode=video", "invalid", "mode"),
        ("motive=finance&mode=phone&colour=red", "invalid", "colour"),
        ("motive=money&mode=phone", "invalid", "motive"),
        ("motive=finance&mode=phone&limit=0", "invalid", "limit"),
        ("motive=finance&mode=phone&limit=%C2%B2", "invalid", "limit"),
        ("motive=finance&mode=phone&after=1700000000", "invalid", "after"),
        ("motive=finance&mode=phone&after=2026-02-30T08:00:00Z", "invalid", "after"),
        ("motive=finance&mode=phone&after=0001-01-01T00:00:00Z", "invalid", "after"),
        ("motive=finance&mode=phone&time_zone=Mars/Olympus", "invalid", "time_zone"),
        ("motive=finance&mode=phone&worker=../x", "invalid", "worker"),
        ("motive=%FF&mode=phone", "malformed", None),
        ("&".join(f"a{n}=1" for n in range(40)), "malformed", None),
    ],
)
async def test_a_query_is_read_strictly(site: Site, query: str, code: str, at: str | None) -> None:
    answer = await site.ask("GET", f"/api/v1/slots?{query}")
    assert answer.code == code
    assert answer.status == (422 if code == "invalid" else 400)
    if at is not None:
        assert at in [fault["at"] for fault in answer.json["faults"]]


async def test_what_is_not_there_is_told_to_programs_as_a_problem(site: Site) -> None:
    assert (await site.ask("GET", "/api/v1/nothing")).code == "not_found"
    wrong = await site.ask("DELETE", "/api/v1/motives")
    assert (wrong.code, wrong.headers["Allow"]) == ("method_not_allowed", "GET")
    assert wrong.json["type"] == "https://chat.example.org/api#method_not_allowed"


async def test_the_document_is_one_and_its_page_names_all_of_it(site: Site) -> None:
    document = (await site.ask("GET", "/api/openapi.json", key=None)).json
    assert document["openapi"] == "3.1.0"
    for name, schema in document["components"]["schemas"].items():
        whole = {**schema, "components": document["components"]}
        assert jsonschema_rs.Draft202012Validator(whole) is not None, name
    for ref in re.findall(r'"\$ref": "#/components/schemas/(\w+)"', json.dumps(document)):
        assert ref in document["components"]["schemas"]
    ids = {each.id for each in OPERATIONS}
    assert all(set(each.leads) <= ids for each in OPERATIONS)
    told = {
        (method.upper(), path): operation["operationId"]
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }
    assert told == {(each.method, each.path): each.id for each in OPERATIONS}
    page = await site.ask("GET", "/api", key=None)
    assert page.headers["Content-Type"].startswith("text/html")
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    for operation in OPERATIONS:
        assert f'id="{operation.id}"' in page.text
    for name in document["components"]["schemas"]:
        assert f'id="schema-{name}"' in page.text
    assert 'id="unauthorised"' in page.text
