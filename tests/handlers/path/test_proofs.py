"""One-time codes on rows: what the database holds of one, who may write it back, which ways there are to somebody."""

from __future__ import annotations

from datetime import timedelta

import pytest

from booking.model import ContactId, PersonId
from booking.proofs import AskProof, CheckProof, NoOtherWay, ProofOver, ProofSent, Proven, Purpose, WrongProof
from handlers.acting import Acting
from handlers.following import follow
from storage import contacts, conversations
from storage.booking import RowStore
from storage.contacts import ContactRow
from storage.purge import purge
from tests.handlers.path.place import CAMILLE, SAM, Place

pytestmark = pytest.mark.usefixtures("place")
ASKED_HERE = "whatsapp-user-7"  # an address that shows no number
TILL_THE_CODE = ("bonjour", "PORTS-7KQM-4XTD", "1", "par téléphone", "1", "1", "06 39 98 00 12")


async def contact_at(place: Place, channel: str, address: str) -> ContactRow:
    id = await contacts.find(place.parts.db, channel, address)
    assert id is not None
    row = await contacts.get(place.parts.db, id)
    assert row is not None
    return row


async def asks(place: Place, who: ContactRow, purpose: Purpose, target: str | None = None) -> AskProof:
    """As a flow does in a turn, and what follows."""
    now = place.clock.now
    async with place.parts.db.transaction() as tx:
        row = await contacts.lock(tx, who.id)
        store = RowStore(tx, place.parts.directories)
        core = Acting(tx, store, place.parts.rules, now, place.parts.new_id, contact=row)
        person = PersonId(row.person_id) if row.person_id else None
        answer = await core.ask_proof(ContactId(row.id), person, purpose, target)
        await follow(tx, place.parts, store, core, f"asks{next(place.numbers)}", now)
    await place.settle()
    return answer


async def types(place: Place, who: ContactRow, sent: AskProof, typed: str) -> CheckProof:
    assert isinstance(sent, ProofSent)
    now = place.clock.now
    async with place.parts.db.transaction() as tx:
        row = await contacts.lock(tx, who.id)
        store = RowStore(tx, place.parts.directories)
        core = Acting(tx, store, place.parts.rules, now, place.parts.new_id, contact=row)
        answer = await core.check_proof(sent.id, typed)
        await follow(tx, place.parts, store, core, f"types{next(place.numbers)}", now)
    return answer


def code_in(texts: list[str]) -> str:
    return texts[-1][:6]


async def contents(place: Place) -> list[object]:
    rows = await place.parts.db.fetch("SELECT content FROM outbox WHERE kind = 'one_time_code' ORDER BY id")
    return [row["content"] for row in rows]


async def test_a_number_is_proven_in_a_talk_and_the_code_stays_nowhere(place: Place) -> None:
    await place.says("whatsapp", ASKED_HERE, *TILL_THE_CODE)
    code = code_in(place.new("sms", SAM))
    who = await contact_at(place, "whatsapp", ASKED_HERE)
    (proof,) = await place.parts.db.fetch("SELECT * FROM proof")
    assert (proof["contact_id"], proof["purpose"], proof["tries"]) == (who.id, "number", 0)
    saved = await conversations.load(place.parts.db, who.id)
    assert code not in str(saved.state)
    assert code not in str({name: value for name, value in proof.items() if name != "code_hash"})
    assert (await contents(place))[-1] is not None, "until it is settled it may have to be looked up"

    await place.says("whatsapp", ASKED_HERE, code)
    assert (await contact_at(place, "whatsapp", ASKED_HERE)).phone == SAM
    assert await contents(place) == [None]
    (proof,) = await place.parts.db.fetch("SELECT * FROM proof")
    assert (proof["outcome"], proof["tries"]) == ("proven", 1)


async def test_a_code_that_nobody_writes_back_is_emptied_too(place: Place) -> None:
    await place.says("whatsapp", ASKED_HERE, *TILL_THE_CODE)
    await purge(place.parts.db, place.clock.now + timedelta(minutes=59))
    assert None not in await contents(place)
    await purge(place.parts.db, place.clock.now + timedelta(minutes=61))
    assert await contents(place) == [None]


async def test_another_way_to_somebody_is_one_of_another_number(place: Place) -> None:
    await place.books()
    who = await contact_at(place, "sms", CAMILLE)
    assert isinstance(await asks(place, who, "export"), NoOtherWay), "the mailbox was never confirmed"
    await place.parts.db.execute("UPDATE person SET email_confirmed = ?", True)
    sent = await asks(place, who, "export")
    assert isinstance(sent, ProofSent)
    assert (sent.way, sent.channel, sent.ends) == ("mail", "email", "c...@example.org")
    wrong = "000000"
    code = code_in(place.new("email", "camille@example.org"))
    assert code != wrong
    assert await types(place, who, sent, wrong) == WrongProof(2)
    done = await types(place, who, sent, code)
    assert done == Proven("export", PersonId(who.person_id or ""), "camille@example.org")
    noted = await place.parts.db.fetch("SELECT actor, object FROM audit WHERE action = 'prove'")
    assert [dict(row) for row in noted] == [{"actor": f"person:{who.person_id}", "object": f"person:{who.person_id}"}]


async def test_nobody_else_writes_it_back(place: Place) -> None:
    await place.books()
    who = await contact_at(place, "sms", CAMILLE)
    sent = await asks(place, who, "number", SAM)
    code = code_in(place.new("sms", SAM))
    thief = await contact_at(place, "sms", SAM)
    assert await types(place, thief, sent, code) == ProofOver()
    assert await types(place, who, sent, code) == Proven("number", PersonId(who.person_id or ""), SAM)
