"""ClamAV itself, where Debian's clamav-daemon is installed; without it the stand-in of `test_stores.py` has to do."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from handlers.documents.judging import Judge
from handlers.documents.keeping import Keeping
from handlers.documents.scanning import Clamd
from handlers.documents.sealing import new_key, unseal
from handlers.documents.stores import Folder
from handlers.documents.taking import take_in
from handlers.documents.verdict import MOST_BYTES
from tests.handlers.documents import corpus
from tests.servers.clamd import EICAR, SAMPLE, clamd
from tests.servers.process import NotHere

ID = "01" + "a" * 24


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    try:
        with clamd() as found:
            yield found
    except NotHere as reason:
        pytest.skip(str(reason))


@pytest.mark.parametrize("data", [b"", b"x", b"hello", bytes(MOST_BYTES), os.urandom(MOST_BYTES)], ids=len)
async def test_what_it_does_not_know_is_clean(address: str, data: bytes) -> None:
    assert await Clamd(address)(data)


@pytest.mark.parametrize(
    "data",
    [EICAR, SAMPLE, bytes(9_000_000) + SAMPLE, b"a" + SAMPLE + b"z" * 65536],
    ids=["eicar", "alone", "far", "in"],
)
async def test_what_it_knows_is_found(address: str, data: bytes) -> None:
    assert not await Clamd(address)(data)


async def test_it_looks_at_the_file_as_it_came(address: str, tmp_path: Path) -> None:
    """Behind a photo's end, which would not be drawn again."""
    keeping, key = Keeping(Judge(), Folder(tmp_path), Clamd(address)), new_key()
    photo = corpus.photo()
    assert (await take_in(keeping, ID, photo, key)).status == "kept"
    taken = await take_in(keeping, ID, photo + SAMPLE, key)
    assert (taken.status, taken.reason) == ("set_aside", "virus")
    sealed = await keeping.store.get(ID)
    assert sealed is not None
    assert unseal(ID, key, sealed) == photo + SAMPLE
