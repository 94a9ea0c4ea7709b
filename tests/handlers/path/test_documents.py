"""A document on its way: from bytes to a sealed file, and to its end."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from booking.documents import Document, Expected
from booking.model import ContactId
from handlers.acting import Acting
from handlers.documents import sealing
from handlers.documents.ending import end_documents
from handlers.documents.judging import Judge
from handlers.documents.keeping import Keeping
from handlers.documents.scanning import ScannerAway
from handlers.documents.stores import Folder, StoreAway
from handlers.documents.taking import take
from handlers.privacy import disputes
from handlers.web.ports import Gone
from handlers.web.upload_core import UploadCore, UploadView
from storage import contacts, documents
from storage.booking import RowStore
from tests.guards import guards
from tests.handlers.documents import corpus
from tests.handlers.path.place import CAMILLE, Place

pytestmark = pytest.mark.sampled

DAY = timedelta(days=1)


@pytest.fixture
async def keeping(place: Place, tmp_path: Path) -> Keeping:
    made = Keeping(Judge(), Folder(tmp_path / "papers"))
    place.parts = replace(place.parts, documents=made)
    return made


async def expected(place: Place) -> Document:
    row = await place.contact("sms", CAMILLE)
    async with place.parts.db.transaction() as tx:
        who = await contacts.lock(tx, row.id)
        store = RowStore(tx, place.parts.directories)
        core = Acting(tx, store, place.parts.rules, place.clock.now, place.parts.new_id, contact=who)
        found = await core.expect_document(ContactId(who.id))
    assert isinstance(found, Expected)
    return found.document


async def now_of(place: Place, document: Document) -> Document:
    found = await RowStore(place.parts.db, place.parts.directories).document(document.id)
    assert found is not None
    return found


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_a_clean_one_lies_sealed(place: Place, keeping: Keeping, tmp_path: Path) -> None:
    await place.books()
    document = await expected(place)
    taken = await take(place.parts, keeping, document.id, corpus.photo())
    assert taken.status == "kept"
    found = await now_of(place, document)
    assert (found.status, found.kind, found.pages, found.reason) == ("kept", "jpeg", 1, None)
    (file,) = files(tmp_path / "papers")
    assert b"JFIF" not in file.read_bytes()
    key = await documents.key_of(place.parts.db, document.id)
    assert key is not None
    assert sealing.unseal(document.id, key, file.read_bytes()).startswith(b"\xff\xd8")


async def test_the_page_takes_nothing_once_the_terms_have_changed(place: Place, keeping: Keeping) -> None:
    """It was given before: they accept them where they write, and get another. What lies there may still go."""
    await place.books()
    link, page = (await place.says("sms", CAMILLE, "documents"))[-1], UploadCore(place.parts)
    token = link.rpartition("/u/")[2].split()[0]
    document = await expected(place)
    await take(place.parts, keeping, document.id, corpus.photo())
    await place.parts.db.execute("UPDATE consent SET terms_version = '2019-01-01'")
    (row,) = await place.parts.db.fetch("SELECT id FROM appointment")
    assert [await page.view(token), await page.expect(token), await page.hand_over(token, row["id"])] == [
        Gone("expired")
    ] * 3
    assert (await now_of(place, document)).status == "kept"
    assert await page.drop(token) is None
    assert (await now_of(place, document)).status == "ending"


@guards("G17", partly=True)
async def test_what_they_do_not_want_sent_stays_while_a_dispute_is_open(place: Place, keeping: Keeping) -> None:
    """By their page, and by STOP, it goes to nobody; what was only on its way is not wanted."""
    await place.books()
    link, page = (await place.says("sms", CAMILLE, "documents"))[-1], UploadCore(place.parts)
    token = link.rpartition("/u/")[2].split()[0]
    first, second, coming = [await expected(place) for _ in range(3)]
    await take(place.parts, keeping, first.id, corpus.photo())
    hold = await disputes.hold(
        place.parts, first.person, "operator:anna", "RG 26/00123", "devant le médiateur", date(2026, 6, 1)
    )
    assert await page.drop(token) is None
    await take(place.parts, keeping, second.id, corpus.paper(corpus.named_script))
    await place.says("sms", CAMILLE, "stop")
    assert [(await now_of(place, each)).status for each in (first, second, coming)] == ["kept", "set_aside", "ending"]
    await place.says("sms", CAMILLE, "start")
    view = await page.view(token)
    assert isinstance(view, UploadView)
    assert (view.kept, view.held) == ((), True), "they are not asked about it any more"
    (row,) = await place.parts.db.fetch("SELECT id FROM appointment")
    assert await page.hand_over(token, row["id"]) is None
    place.clock.now += 30 * DAY
    await end_documents(place.parts)
    assert await documents.key_of(place.parts.db, first.id) is not None
    await disputes.release(place.parts, hold.id, "operator:anna")  # type: ignore[union-attr]
    assert await end_documents(place.parts) == 2
    assert await documents.key_of(place.parts.db, first.id) is None


async def test_nothing_is_kept_of_what_is_refused(place: Place, keeping: Keeping, tmp_path: Path) -> None:
    await place.books()
    document = await expected(place)
    await take(place.parts, keeping, document.id, b"<html>")
    found = await now_of(place, document)
    assert (found.status, found.reason) == ("refused", "unknown_type")
    assert files(tmp_path) == []
    assert await documents.key_of(place.parts.db, document.id) is None


async def test_what_acts_lies_sealed_and_goes_to_nobody(place: Place, keeping: Keeping, tmp_path: Path) -> None:
    """As it came, for 72 hours; the desk sees that it is there, and nothing of it."""
    await place.books()
    document, sent = await expected(place), corpus.paper(corpus.named_script)
    await take(place.parts, keeping, document.id, sent)
    found = await now_of(place, document)
    assert (found.status, found.reason) == ("set_aside", "script")
    (file,) = files(tmp_path)
    key = await documents.key_of(place.parts.db, document.id)
    assert key is not None
    assert sealing.unseal(document.id, key, file.read_bytes()) == sent
    [listed] = await documents.set_aside(place.parts.db, 9)
    assert (listed.id, listed.reason, listed.ends_at - listed.came_at) == (document.id, "script", timedelta(hours=72))
    async with place.parts.db.transaction() as tx:
        who = await contacts.lock(tx, document.contact)
        store = RowStore(tx, place.parts.directories)
        core = Acting(tx, store, place.parts.rules, place.clock.now, place.parts.new_id, contact=who)
        [reader] = await core.document_readers(document.contact)
        assert await core.hand_over(document.contact, reader.id) is None
        assert await core.hand_over(document.contact, reader.id, [document.id]) is None
    place.clock.now += timedelta(hours=72)
    assert await end_documents(place.parts) == 1
    assert (files(tmp_path), await documents.set_aside(place.parts.db, 9)) == ([], [])


async def test_what_the_scanner_finds_is_set_aside(place: Place, keeping: Keeping, tmp_path: Path) -> None:
    async def finds(data: bytes) -> bool:
        assert data == sent
        return False

    sent = corpus.paper()
    await place.books()
    document = await expected(place)
    taken = await take(place.parts, replace(keeping, scan=finds), document.id, sent)
    assert (taken.status, taken.reason, len(files(tmp_path))) == ("set_aside", "virus", 1)


async def test_without_its_scanner_nothing_is_taken(place: Place, keeping: Keeping, tmp_path: Path) -> None:
    async def away(_: bytes) -> bool:
        raise ScannerAway

    await place.books()
    document = await expected(place)
    with pytest.raises(ScannerAway):
        await take(place.parts, replace(keeping, scan=away), document.id, corpus.photo())
    assert (await now_of(place, document)).status == "coming"
    assert files(tmp_path) == []


async def test_its_time_is_over_and_the_store_is_away(place: Place, keeping: Keeping, tmp_path: Path) -> None:
    class Away(Folder):
        async def drop(self, id: str) -> None:
            raise StoreAway

    await place.books()
    document = await expected(place)
    await take(place.parts, keeping, document.id, corpus.photo())
    place.clock.now += timedelta(hours=71)
    assert await end_documents(place.parts) == 0
    place.clock.now += timedelta(hours=1)
    there = place.parts
    with pytest.raises(StoreAway):
        await end_documents(replace(there, documents=replace(keeping, store=Away(tmp_path))))
    assert await documents.key_of(there.db, document.id) is None, "nobody can read it any more"
    assert len(files(tmp_path)) == 1
    assert await end_documents(there) == 1
    assert files(tmp_path) == []
    assert (await now_of(place, document)).status == "gone"
    assert await end_documents(there) == 0
