"""One client or one worker, changed by hand.

    GET, POST  /console/directory/clients/{ref}, /console/directory/workers/{ref}
    GET, POST  /console/directory/clients/, /console/directory/workers/                 a new one

The form goes through the checks of the directory file; what became of it is shown as of a file. Nothing is written once
somebody else has changed the directory.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Literal, TypeAlias

from aiohttp import web

from booking.fields import Problem
from booking.model import Mode, Motive, NotifyBy
from booking.operating import Deed
from conversations.text import Text, t
from handlers.console import editing, importing
from handlers.console.importing import Wrong
from handlers.console.second_factor import Chance
from handlers.web.console.directory import FIELD_WORDS, REF, DirectoryPages
from handlers.web.console.frame import Frame, Visit
from handlers.web.console.words import CHANNELS
from storage import audit, directory

Of: TypeAlias = Literal["client", "worker"]

FIELDS: Final = 120  # of a client with many codes
LIMIT: Final = 32 * 1024


@dataclass(frozen=True, kw_only=True)
class EditPages:
    frame: Frame
    chance: Chance
    pages: DirectoryPages

    def add(self) -> None:
        ofs: tuple[Of, ...] = ("client", "worker")
        for of in ofs:
            for path in (f"/directory/{of}s/", f"/directory/{of}s/{REF}"):
                self.frame.get(path, Deed.CHANGE_DIRECTORY, partial(self._ask, of))
                self.frame.post(path, Deed.CHANGE_DIRECTORY, partial(self._save, of), limit=LIMIT, most=FIELDS)

    async def _ask(self, of: Of, visit: Visit) -> web.Response:
        db, ref = self.frame.parts.db, visit.request.match_info.get("ref", "")
        fields: Mapping[str, str] = {"time_zone": "Europe/Paris"} if of == "worker" else {}
        if ref and of == "client":
            await audit.looked(db, visit.actor, "codes", visit.now)
            found = await directory.invited(db, ref)
            fields = editing.of_client(found[0], list(found[1].items())) if found else {}
        elif ref:
            workers = {worker.ref: worker for worker in await directory.workers(db)}
            fields = editing.of_worker(workers[ref]) if ref in workers else {}
        if ref and not fields:
            raise web.HTTPNotFound
        return self._form(visit, of, fields, await directory.version(db))

    async def _save(self, of: Of, visit: Visit) -> web.Response:
        ref, seen = visit.request.match_info.get("ref", ""), visit.fields.get("seen", "")
        if not (seen.isascii() and seen.isdecimal() and len(seen) < 16):
            raise web.HTTPBadRequest
        values = (editing.client if of == "client" else editing.worker)(visit.fields, ref)
        done = await importing.edit(self.frame.parts, self.chance, values, visit.actor, int(seen))
        if isinstance(done, Wrong):
            return self._form(visit, of, visit.fields, int(seen), t("console.directory.wrong"), done.problems)
        if done.moved:
            return self._form(visit, of, visit.fields, done.version, t("console.directory.moved"))
        return self.pages.show(visit, "", done)

    def _form(
        self,
        visit: Visit,
        of: Of,
        fields: Mapping[str, str],
        seen: int,
        why: Text | None = None,
        problems: Sequence[Problem] = (),
    ) -> web.Response:
        values: Mapping[str, Any] = {
            "of": of,
            "fields": fields,
            "seen": seen,
            "known": "ref" in visit.request.match_info,
            "problems": problems,
            "rows": editing.rows(fields),
            "ways": {way.value: CHANNELS[way] for way in NotifyBy},
            "all_motives": list(Motive),
            "all_modes": list(Mode),
            "tongues": self.frame.parts.languages,
        }
        return visit.page("edit", 422 if why else 200, said=why, failed=why is not None, **values, **FIELD_WORDS)
