"""Accounts through the API: with the proof that the terms ask for, one a person, no guessing."""

from __future__ import annotations

import re
from typing import Any

import pytest

from conversations.flows.answers import full_name
from handlers.web.api.persons import NAME
from locales.words import words
from storage import audit, contacts
from tests.guards import guards
from tests.handlers.api.site import Site, person
from tests.handlers.path.place import CAMILLE, CLAIRE, SAM

pytestmark = pytest.mark.sampled


async def test_an_account_is_made_with_its_consent_and_read(site: Site) -> None:
    made = await site.post("/persons", person())
    assert made.status == 201, made
    found = (await site.get(f"/persons/{made.json['id']}")).json
    assert found == made.json
    assert (found["first_name"], found["phone"], found["email_confirmed"]) == ("Camille", CAMILLE, False)
    assert (found["time_zone"], found["terms_accepted"]) == ("Europe/Paris", True)
    (consent,) = await site.place.parts.db.fetch("SELECT * FROM consent")
    vault = site.place.parts.db.vault
    assert (consent["channel"], consent["terms_version"]) == ("api", "2024-10-15")
    assert vault.read("consent.answer", consent["id"], consent["answer"]) == "J'ai lu et j'accepte les conditions."
    (key,) = await site.place.parts.db.fetch("SELECT id FROM api_key")
    assert (consent["how"], consent["declared"]) == (f"key:{key['id']}", "adult,authorised")
    deeds = await audit.of(site.place.parts.db, f"person:{found['id']}")
    assert {(deed.actor, deed.action) for deed in deeds} == {(f"key:{key['id']}", "join"), (f"key:{key['id']}", "see")}


async def test_the_address_is_to_be_confirmed_by_the_link_that_is_mailed(site: Site) -> None:
    await site.joins()
    await site.place.settle()
    ((to, text),) = site.place.line("email").sent_to
    assert to == "camille@example.org"
    assert "https://chat.example.org/e/" in text


async def test_whoever_writes_from_that_number_is_known(site: Site) -> None:
    await site.joins()
    await site.place.settle()
    said = await site.place.says("sms", CAMILLE, "bonjour")
    assert "code" not in said[0].casefold()
    assert "Argent" in said[0] or "1." in said[0]


async def test_an_overseas_number_brings_its_clock(site: Site) -> None:
    path = await site.joins(phone="+262692980011", email="leila@example.org")
    assert (await site.get(path)).json["time_zone"] == "Indian/Reunion"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"code": "PORTS-0000-0000"}, "code_refused"),
        ({"code": "\u0000"}, "code_refused"),
        ({"phone": "+441632960011"}, "phone_not_served"),
        ({"phone": CLAIRE}, "account_exists"),
        ({"consent": {"terms_version": "2019-01-01"}}, "consent"),
        ({"consent": {"policy_version": "2019-01-01"}}, "consent"),
        ({"consent": {"accepted_at": "2026-03-02T09:05:01Z"}}, "consent"),
    ],
)
async def test_what_is_refused_leaves_nothing(site: Site, changes: dict[str, Any], code: str) -> None:
    if code == "account_exists":
        await site.place.comes("sms", CLAIRE, text="bonjour")
    answer = await site.post("/persons", person(**changes))
    assert (answer.status, answer.code) == (409, code)
    assert await site.place.parts.db.fetch("SELECT 1 AS one FROM person") == []
    assert await contacts.find(site.place.parts.db, "sms", CAMILLE) is None


@guards("T19", "G03", partly=True)
async def test_one_account_a_number_whichever_way_it_was_made(site: Site) -> None:
    await site.place.books(SAM)
    by_chat = await site.post("/persons", person(phone=SAM))
    await site.joins()
    by_api = await site.post("/persons", person(email="other@example.org"))
    assert by_chat.code == by_api.code == "account_exists"
    assert by_chat.json == by_api.json, "and nothing is told of whose it is"


async def test_guessing_codes_ends_soon(site: Site) -> None:
    answers = [await site.post("/persons", person(code=f"PORTS-000{n}-0000")) for n in range(6)]
    assert [each.code for each in answers] == ["code_refused"] * 3 + ["too_many_tries"] * 3
    assert answers[5].status == 429
    assert 0 < int(answers[5].headers["Retry-After"]) <= 60
    right = await site.post("/persons", person())
    assert right.code == "too_many_tries", "also the right one"
    assert (await site.post("/persons", person(phone=SAM))).status == 201, "another number is another's"
    again = await site.post("/persons", person(), once="later")
    await site.place.passes(hours=2)
    later = await site.post("/persons", person(), once="later")
    assert (again.status, later.status) == (429, 201), "what was to be tried again is not answered from memory"


@guards("G02", partly=True)
@pytest.mark.parametrize(
    ("changes", "at"),
    [
        ({"first_name": "http://x"}, "/first_name"),
        ({"first_name": "Cam\u202eille"}, "/first_name"),
        ({"last_name": " "}, "/last_name"),
        ({"email": "nobody"}, "/email"),
        ({"email": "a@b.fr\r\nBcc: c@d.fr"}, "/email"),
        ({"phone": "0639980011"}, "/phone"),
        ({"phone_proven": False}, "/phone_proven"),
        ({"phone_proven": 1}, "/phone_proven"),
        ({"consent": {"adult": False}}, "/consent/adult"),
        ({"consent": {"authorised": False}}, "/consent/authorised"),
        ({"consent": {"accepted_at": 1700000000}}, "/consent/accepted_at"),
        ({"consent": {"accepted_at": "2026-03-02T08:59:00+01:00"}}, "/consent/accepted_at"),
        ({"password": "Secret-1234"}, "/password"),
    ],
)
async def test_a_body_is_read_strictly_and_not_repeated(site: Site, changes: dict[str, Any], at: str) -> None:
    answer = await site.post("/persons", person(**changes))
    assert (answer.status, answer.code) == (422, "invalid")
    assert [fault["at"] for fault in answer.json["faults"]] == [at]
    (value,) = (changes.get("consent") or changes).values()
    assert str(value) not in answer.text or value in {" ", 1, False}


@pytest.mark.parametrize(
    ("raw", "kind", "code"),
    [
        (b"", "application/json", "malformed"),
        (b"{", "application/json", "malformed"),
        (b"\xff{}", "application/json", "malformed"),
        (b"[" * 5000, "application/json", "malformed"),
        (b'{"code": "\\ud800"}', "application/json", "malformed"),
        (b"null", "application/json", "invalid"),
        (b'{"code": NaN}', "application/json", "invalid"),
        (b"{}", "application/x-www-form-urlencoded", "not_json"),
        (b"{}", "application/json; charset=latin-1", "not_json"),
        (b" " * (64 * 1024 + 1), "application/json", "too_large"),
    ],
)
async def test_no_bytes_make_a_500(site: Site, raw: bytes, kind: str, code: str) -> None:
    headers = {"Content-Type": kind, "Idempotency-Key": "one"}
    answer = await site.ask("POST", "/api/v1/persons", data=raw, headers=headers)
    assert answer.code == code


@guards("T17")
def test_every_name_that_is_taken_would_be_taken_in_a_talk() -> None:
    spoken = words("fr")
    taken = [chr(n) for n in range(0x110000) if re.fullmatch(NAME, f"A{chr(n)}")]
    assert {"é", "'", "’", "-", " ", "Ł", "я", "\u0301"} <= set(taken)
    assert [char for char in taken if char.strip() and full_name(f"A{char}a Dubois", spoken) is None] == []


async def test_unknown_people_are_not_there(site: Site) -> None:
    for path in ("/persons/nobody", "/persons/NOBODY", "/persons/%00", "/persons/" + "a" * 65):
        assert (await site.get(path)).code == "not_found"
