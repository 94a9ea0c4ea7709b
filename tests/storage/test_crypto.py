"""Sealed values, blind indexes, tokens; and new keys for old rows."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage import contacts, conversations, directory, inbox, outbox, rotation, schema, tickets
from storage.crypto import BadKey, Unreadable, Vault, token_hash
from storage.db import Database
from storage.inbox import Arrival
from storage.models import PERSONAL
from storage.outbox import Outgoing
from tests.guards import guards
from tests.storage.conftest import KEYS, NOW, SECRET, empty
from tests.storage.test_booking_store import CLAIRE, plan

VAULT = Vault(SECRET, KEYS)


@given(st.text(alphabet=st.characters(exclude_characters="\x00", exclude_categories=["Cs"])))
def test_what_was_sealed_opens_again(text: str) -> None:
    sealed = VAULT.seal("contact.address", "c1", text)
    assert VAULT.read("contact.address", "c1", sealed) == text
    assert sealed != VAULT.seal("contact.address", "c1", text), "a fresh nonce each time"


@guards("L10")
@given(st.text(alphabet=st.characters(), max_size=20))
def test_any_text_can_be_sealed(text: str) -> None:
    assert len(VAULT.read("contact.address", "c1", VAULT.seal("contact.address", "c1", text))) <= len(text)


def test_a_value_opens_only_in_its_place() -> None:
    sealed = VAULT.seal("contact.address", "c1", "+33639980201")
    for place, row in [("contact.address", "c2"), ("contact.phone", "c1")]:
        with pytest.raises(Unreadable):
            VAULT.unseal(place, row, sealed)
    for broken in [sealed[:-1], sealed[:10], b"", b"x" * 40, sealed[:-1] + bytes([sealed[-1] ^ 1])]:
        with pytest.raises(Unreadable) as error:
            VAULT.unseal("contact.address", "c1", broken)
        assert "+336" not in str(error.value)


def test_the_first_key_seals_and_all_open() -> None:
    old, new = Vault(SECRET, KEYS[1:]), Vault(SECRET, KEYS)
    sealed = old.seal("contact.address", "c1", "x")
    assert new.read("contact.address", "c1", sealed) == "x"
    assert not new.is_current(sealed)
    with pytest.raises(Unreadable):
        Vault(SECRET, KEYS[:1]).read("contact.address", "c1", sealed)


def test_indexes_survive_new_encryption_keys_and_not_a_new_secret() -> None:
    assert VAULT.index("phone", "x") == Vault(SECRET, KEYS[1:]).index("phone", "x")
    assert VAULT.index("phone", "x") != VAULT.index("email", "x")
    other = Vault(SECRET[::-1], KEYS)
    assert VAULT.index("phone", "x") != other.index("phone", "x")
    assert VAULT.index_fingerprint != other.index_fingerprint


@guards("T25")
def test_tokens_can_be_printed_again() -> None:
    token = VAULT.token("appointment", "a1")
    assert token == Vault(SECRET, KEYS[1:]).token("appointment", "a1")
    assert len(token) == 22
    assert token.isalnum()
    assert token.isascii()
    others = {VAULT.token("appointment", "a1", 1), VAULT.token("email", "a1"), VAULT.token("appointment", "a11")}
    assert len(others | {token}) == 4
    assert token not in token_hash(token)


@pytest.mark.parametrize("keys", [[], ["short"], ["é" * 44], [KEYS[0], "MTIz"]])
def test_bad_keys_are_named_not_shown(keys: list[str]) -> None:
    with pytest.raises(BadKey, match="ENCRYPTION_KEYS") as error:
        Vault(SECRET, keys)
    assert not any(key in str(error.value) for key in keys)
    with pytest.raises(BadKey, match="SECRET_KEY"):
        Vault("short", KEYS)


# ------------------------------------------------------------ in the database


async def filled(db: Database, new_id: Callable[[], str]) -> str:
    """A row with something personal in most tables."""
    await empty(db)
    async with db.transaction() as tx:
        await directory.write(tx, plan(CLAIRE))
    arrival = Arrival("sms", "+33639980201", "SM1", b"Body=canary-body")
    who = await inbox.accept(db, arrival, NOW, new_id, lang="fr", time_zone="Europe/Paris") or ""
    async with db.transaction() as tx:
        await conversations.save(tx, who, {"said": "canary-state"}, 0, NOW)
        await outbox.add(tx, Outgoing("k", who, "reply", {"said": "canary-reply"}, NOW), NOW)
        new = tickets.NewTicket("human", who, context={"phone": "+33639980201"})
        ticket = await tickets.open_(tx, new, NOW, new_id)
        await tickets.entry(tx, ticket.id, "wrote", NOW, words="canary-words")
    return who


@guards("T27", partly=True)
def test_every_column_of_bytes_is_sealed_or_an_index() -> None:
    from tortoise import fields
    from tortoise.models import Model

    from storage import backup, models

    classes = [m for m in vars(models).values() if isinstance(m, type) and issubclass(m, Model) and m is not Model]
    found = {
        model._meta.db_table: {n for n, f in model._meta.fields_map.items() if isinstance(f, fields.BinaryField)}
        for model in classes
    }
    for table, columns in found.items():
        assert {c for c in columns if not c.endswith("_index")} == set(PERSONAL.get(table, {})), table
    assert {table.name for table in backup.tables()} == set(found)


@guards("T27", partly=True)
async def test_no_plaintext_in_the_files_bytes(
    tmp_path: Path, sqlite_template: Path, vault: Vault, new_id: Callable[[], str]
) -> None:
    db = await Database.open(f"sqlite://{shutil.copy(sqlite_template, tmp_path)}", vault)
    await filled(db, new_id)
    everything = await asyncio.to_thread(lambda: b"".join(path.read_bytes() for path in tmp_path.iterdir()))
    await db.close()
    for word in [b"canary", b"639980201", CLAIRE.phone[3:].encode(), CLAIRE.last_name.encode(), b"7KQM"]:
        assert word not in everything
    assert b"SM1" in everything, "the bytes of the rows were looked at"


@guards("T27", partly=True)
async def test_every_row_gets_the_new_key(db: Database, database_url: str, new_id: Callable[[], str]) -> None:
    who = await filled(db, new_id)
    turned = await Database.open(database_url, Vault(SECRET, KEYS[::-1]))
    try:
        first, old = turned.vault.key_ids
        before = await rotation.census(turned)
        assert before[old] > 5
        assert first not in before
        assert await rotation.reseal(turned) == rotation.Resealed(before[old], 0)
        assert await rotation.census(turned) == {first: before[old]}
        assert await rotation.reseal(turned) == rotation.Resealed(0, 0)
    finally:
        await turned.close()
    alone = await Database.open(database_url, Vault(SECRET, KEYS[1:]))
    try:
        await schema.check(alone)
        row = await contacts.get(alone, who)
        assert row is not None
        assert row.address == "+33639980201"
        assert (await conversations.load(alone, who)).state == {"said": "canary-state"}
        assert [w.ref for w in await directory.workers(alone)] == ["claire"]
    finally:
        await alone.close()


@guards("T27", partly=True)
async def test_a_row_that_changes_during_rotation_keeps_its_change(
    db: Database, database_url: str, new_id: Callable[[], str]
) -> None:
    who = await filled(db, new_id)
    turned = await Database.open(database_url, Vault(SECRET, KEYS[::-1]))
    try:
        left = rotation.Resealed(0, 0)
        (row,) = await turned.fetch("SELECT contact_id, state FROM conversation")
        async with turned.transaction() as tx:
            await conversations.save(tx, who, {"said": "newer"}, 1, NOW)
        assert await rotation._reseal_row(turned, "conversation", "contact_id", {"state": "contact_id"}, row) == left
        assert (await conversations.load(turned, who)).state == {"said": "newer"}
    finally:
        await turned.close()


async def test_a_new_secret_is_noticed_and_can_be_taken_over(
    db: Database, database_url: str, vault: Vault, new_id: Callable[[], str]
) -> None:
    who = await filled(db, new_id)
    other = await Database.open(database_url, Vault(SECRET[::-1], KEYS))
    try:
        with pytest.raises(schema.NotMigrated, match="SECRET_KEY"):
            await schema.check(other)
        assert await rotation.reindex(other, NOW, ()) >= 4
        await schema.check(other)
        assert await contacts.find(other, "sms", "+33639980201") == who
    finally:
        await other.close()
        assert await rotation.reindex(db, NOW, ()) >= 4
