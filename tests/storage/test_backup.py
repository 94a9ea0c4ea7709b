"""A backup is read back whole, on either database, or not at all; nothing personal lies in it in the open."""

from __future__ import annotations

import gzip
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from storage import backup, conversations, flags, inbox, outbox, schema
from storage.backup import BadBackup
from storage.booking import Directories, RowStore
from storage.crypto import Vault
from storage.db import Database
from tests.servers.postgres import Postgres
from tests.storage.conftest import KEYS, NOW, SECRET
from tests.storage.test_booking_store import PERSON, appointment
from tests.storage.test_crypto import filled

NewId = Callable[[], str]


@pytest.fixture(params=["sqlite", "postgres"])
async def elsewhere(
    request: pytest.FixtureRequest, tmp_path: Path, postgres_server: Postgres, vault: Vault
) -> AsyncIterator[Database]:
    """An empty database of either kind."""
    name = await postgres_server.create() if request.param == "postgres" else None
    url = postgres_server.address(name) if name else f"sqlite://{tmp_path}/elsewhere.sqlite3"
    db = await Database.open(url, vault)
    yield db
    await db.close()
    if name:
        await postgres_server.drop(name)


async def everything(db: Database) -> dict[str, list[object]]:
    out: dict[str, list[object]] = {}
    for table in backup.tables():
        rows = await db.fetch(f"SELECT * FROM {table.name} ORDER BY {table.key}")
        for row in rows:
            row.update({name: bool(row[name]) for name in table.truths})
        out[table.name] = [sorted(row.items()) for row in rows]
    return out


async def test_a_backup_is_read_back_on_either_database(
    db: Database, elsewhere: Database, tmp_path: Path, new_id: NewId
) -> None:
    who = await filled(db, new_id)
    async with db.transaction() as tx:
        store = RowStore(tx, Directories())
        await store.add_person(PERSON, PERSON.id)  # type: ignore[arg-type]
        await store.add_appointment(appointment())
        await store.take(appointment().id, ["w:claire", "p:ann"], appointment().start, NOW)
    file = tmp_path / "x.backup"
    written = await backup.backup(db, file, NOW)
    assert await backup.restore(elsewhere, file, NOW) == written
    assert await flags.paused(elsewhere) == (NOW, "restored")
    assert await outbox.claim_due(elsewhere, "w", NOW, NOW, 10) == []
    await schema.check(elsewhere)
    assert (await conversations.load(elsewhere, who)).state == {"said": "canary-state"}
    before, after = await everything(db), await everything(elsewhere)
    after["flag"] = [row for row in after["flag"] if ("name", "paused") not in row]  # type: ignore[operator]
    assert after == before
    async with elsewhere.transaction() as tx:
        assert await inbox.add_news(tx, "n", who, "x", {}, NOW), "ids go on after those that were restored"


async def test_a_backup_holds_nothing_personal_in_the_open(db: Database, tmp_path: Path, new_id: NewId) -> None:
    await filled(db, new_id)
    file = tmp_path / "x.backup"
    await backup.backup(db, file, NOW)
    with gzip.open(file) as opened:
        text = opened.read()
    assert b"canary" not in text
    assert b"639980201" not in text
    assert json.loads(text.splitlines()[0])["keys"] == list(Vault(SECRET, KEYS).key_ids)
    assert file.stat().st_mode & 0o077 == 0


@pytest.mark.cases
async def test_what_cannot_be_restored_is_refused_whole(
    db: Database, elsewhere: Database, tmp_path: Path, new_id: NewId
) -> None:
    await filled(db, new_id)
    file = tmp_path / "x.backup"
    await backup.backup(db, file, NOW)
    with pytest.raises(BadBackup, match="not empty"):
        await backup.restore(db, file, NOW)
    with gzip.open(file, "rt") as opened:
        lines = opened.read().splitlines(keepends=True)
    wrong = {
        "torn": lines[:-1],
        "rows": [*lines[:3], lines[-1]],
        "not a backup": ["{}\n"],
        "lacks the keys": [lines[0].replace(db.vault.key_ids[0], "00000000"), *lines[1:]],
        "SECRET_KEY": [lines[0].replace(db.vault.index_fingerprint, "00"), *lines[1:]],
        "another version": [lines[0], '["nowhere",{}]\n', *lines[1:]],
    }
    for reason, kept in wrong.items():
        with gzip.open(file, "wt") as opened:
            opened.writelines(kept)
        with pytest.raises(BadBackup, match=reason):
            await backup.restore(elsewhere, file, NOW)
        if await schema.is_there(elsewhere, "contact"):
            assert await elsewhere.fetch("SELECT id FROM contact") == []
    file.write_bytes(b"\x1f\x8b junk")
    with pytest.raises(BadBackup):
        await backup.restore(elsewhere, file, NOW)
