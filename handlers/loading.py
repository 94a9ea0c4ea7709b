"""A directory file is loaded: planned against what stands, and written, in one transaction. For the command and the
console alike; two loads at once cannot mix.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from booking import loading
from booking.directory_file import DirectoryFile
from booking.loading import Plan, Standing
from handlers.parts import Parts
from storage import audit, contacts, directory, parting
from storage.db import Tx


@dataclass(frozen=True, slots=True)
class Planned:
    """`standing`: what the plan was compared with; `version`: of the directory then. `written`: it was carried out."""

    plan: Plan
    standing: Standing
    version: int
    written: bool


async def load(
    parts: Parts,
    file: DirectoryFile,
    chance: Callable[[int], bytes],
    by: str,
    *,
    dry: bool = False,
    seen: int | None = None,
) -> Planned:
    """Or `BadDirectory`. Nothing is written with `dry`, where nothing changes, or if the directory is no longer the one
    that was `seen`.
    """
    now = parts.clock()
    async with parts.db.transaction() as tx:
        await directory.lock(tx)
        version, standing = await directory.version(tx), await directory.standing(tx, now)
        plan = loading.plan(file, standing, now, parts.new_id, chance)
        if dry or not changes(plan) or (seen is not None and seen != version):
            return Planned(plan, standing, version, written=False)
        await _change_hands(tx, parts, plan, standing, by, now)
        written = await directory.write(tx, plan, now)
        await audit.add(tx, by, "load", f"directory:{written}", now)
        return Planned(plan, standing, written, written=True)


async def suspend(parts: Parts, ref: str, of: Literal["client", "worker"], by: str, *, suspended: bool) -> bool:
    """A client brings no new appointments, a worker has no free hours; what was booked stands. False: nothing to do."""
    now = parts.clock()
    async with parts.db.transaction() as tx:
        await directory.lock(tx)
        standing = await directory.standing(tx, now)
        client = standing.clients.get(ref) if of == "client" else None
        worker = standing.workers.get(ref) if of == "worker" else None
        found = client or worker
        if found is None or found.suspended == suspended:
            return False
        clients = (replace(client, suspended=suspended),) if client else ()
        workers = (replace(worker, suspended=suspended),) if worker else ()
        await directory.write(tx, Plan((), clients, (), (), (), workers, (), ()))
        await audit.add(tx, by, "suspend" if suspended else "lift suspension", f"{of}:{found.id}", now)
        return True


async def _change_hands(tx: Tx, parts: Parts, plan: Plan, standing: Standing, by: str, now: datetime) -> None:
    """A number that is a worker's no longer, or becomes one's and is a person's: whoever has it from now on has nothing
    of what was said there, and what names people goes with them where their worker was told (safety G4, G6).
    """
    for worker in plan.changed_workers:
        before = standing.workers[worker.ref].phone
        if before != worker.phone:
            await _part(tx, parts, before, by, worker.id, now)
    for worker in (*plan.new_workers, *plan.changed_workers):
        await _part(tx, parts, worker.phone, by, None, now)


async def _part(tx: Tx, parts: Parts, number: str, by: str, worker: str | None, now: datetime) -> None:
    """`worker`: theirs; None: a person's, who keeps the number in their account, where humans see it."""
    found = await contacts.find(tx, "sms", number)
    who = await contacts.get(tx, found) if found is not None else None
    if who is None or who.address != number or (who.worker_id != worker if worker else not who.person_id):
        return
    who = await contacts.lock(tx, who.id)
    await parting.part(tx, who, now, parts.new_id, parts.default_lang, str(parts.zone))
    await audit.add(tx, by, "part", f"talk:{who.id}", now)
    if (old := await contacts.get(tx, who.id)) is not None:
        await (parting.let_go if worker else parting.is_over)(tx, old)


def changes(plan: Plan) -> bool:
    """Whether anything would be written."""
    clients = plan.new_clients or plan.changed_clients or plan.new_codes or plan.changed_codes
    return bool(clients or plan.new_workers or plan.changed_workers)
