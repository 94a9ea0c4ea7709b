"""The ledger of who was erased, outside of the database: beside the documents, in the store that outlives it. So
whoever restores a backup finds there who was erased since, and how far it goes.

    publish(parts) -> bool                     what is new, in order; False: the store is away
    after(store, number, last_known) -> lines  what a restored database may not know; raises Unknown where that cannot
                                               be told
    read_file(text) -> lines                   as `socialdirect person erasures` prints them
    of_file(lines, number, last_known) -> lines     as `after`, of such a file

A line's name is 26 signs with its number in them, as all that lies there; no document's begins with a letter. `HEAD`
holds the number of the last one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import structlog

from handlers.documents.stores import Store, StoreAway
from handlers.parts import Parts
from storage import erasures
from storage.erasures import Line

HEAD: Final = "erasures".ljust(26, "0")

log = structlog.get_logger()


class Unknown(Exception):
    """Who was erased since cannot be told. The text says why."""


async def publish(parts: Parts) -> bool:
    if parts.documents is None:
        return True
    store = parts.documents.store
    try:
        told = await last(store) or 0
        if told > await erasures.last(parts.db):
            log.warning("the documents' store knows of more erasures than this database", told=told)
            return False
        open_, wrong = await erasures.open_(parts.db), await erasures.withdrawn(parts.db)
        await _write(parts, store, min([told, *(each.id - 1 for each in open_), *(id - 1 for id in wrong)]))
        await erasures.corrected(parts.db, wrong)
    except (StoreAway, Unknown) as error:
        log.warning("the ledger of erasures is not told", error=type(error).__name__)
        return False
    return True


async def _write(parts: Parts, store: Store, after: int) -> None:
    """Until nothing changed meanwhile: else whoever is slow would leave what stood before."""
    lines: Sequence[Line] = []
    while lines != (lines := await erasures.lines(parts.db, after)):
        for line in lines:
            await store.put(_name(line.id), line.to_json().encode())
    if lines or not after:
        await store.put(HEAD, str(lines[-1].id if lines else 0).encode())


async def after(store: Store, number: int, last_known: int = 0) -> Sequence[Line]:
    """Those with higher numbers. A backup that knows more than the store (`last_known`) was made beside another one."""
    try:
        top = await last(store)
        if top is None:
            raise Unknown("the documents' store holds no ledger of erasures")
        while await store.get(_name(top + 1)) is not None:  # of whoever died before it wrote the number
            top += 1
        _reaches(top, last_known, "the documents' store")
        return [await _line(store, each) for each in range(number + 1, top + 1)]
    except StoreAway:
        raise Unknown("the documents' store does not answer") from None


async def last(store: Store) -> int | None:
    found = await store.get(HEAD)
    if found is None:
        return None
    if not found.isdigit():
        raise Unknown("the ledger of erasures in the documents' store is not readable")
    return int(found)


async def _line(store: Store, number: int) -> Line:
    found = await store.get(_name(number))
    if found is None:
        raise Unknown(f"line {number} of the ledger of erasures is missing in the documents' store")
    return _read(found.decode("utf-8", "replace"), number)


def read_file(text: str) -> Sequence[Line]:
    """Of a file. Raises Unknown."""
    return [_read(line, number) for number, line in enumerate(text.splitlines(), 1) if line.strip()]


def of_file(lines: Sequence[Line], number: int, last_known: int = 0) -> Sequence[Line]:
    """An older file, or half of one, would leave out people who were erased: it tells nothing."""
    known = {line.id: line for line in lines}
    top = max(known, default=0)
    _reaches(top, last_known, "the file")
    if missing := next((each for each in range(number + 1, top + 1) if each not in known), None):
        raise Unknown(f"line {missing} of the ledger of erasures is missing in the file")
    return [known[each] for each in range(number + 1, top + 1)]


def _reaches(top: int, number: int, where: str) -> None:
    if top < number:
        raise Unknown(f"{where} tells of {top} erasures, the backup of {number}")


def _read(text: str, number: int) -> Line:
    try:
        return Line.from_json(text)
    except ValueError:
        raise Unknown(f"line {number} of the ledger of erasures is not readable") from None


def _name(number: int) -> str:
    return f"erasure{number:019d}"
