"""Clients, codes and workers: what stands, and what an administrator changes by a file.

    GET   /console/directory            clients with their codes, workers with their hours
    POST  /console/directory/preview    a directory file or a table: what it would change
    POST  /console/directory/apply      {"text", "seen"}: carried out, if nothing changed meanwhile
    POST  /console/directory/clients/{ref}/suspend, lift; …/workers/{ref}/suspend, lift

Codes are secrets of a client: their letters are shown to administrators, and that they were seen is noted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Literal

from aiohttp import web

from booking.model import Client, Code
from booking.operating import Deed
from conversations.text import Text, t
from handlers import loading
from handlers.console import importing
from handlers.console.importing import Answer, Wrong
from handlers.console.second_factor import Chance
from handlers.web.console.field_words import field_words, worded
from handlers.web.console.frame import Frame, Visit
from storage import audit, directory

REF: Final = "{ref:[a-z0-9][a-z0-9_-]{0,39}}"
KINDS: Final[tuple[Literal["client", "worker"], ...]] = ("client", "worker")
FIELD_WORDS: Final[Mapping[str, Any]] = {"field_words": field_words, "worded": worded}
LIMIT: Final = 4 * importing.MOST  # bytes of a form with a whole file in it, each of them perhaps escaped


@dataclass(frozen=True, slots=True)
class ClientShown:
    """`codes` with their letters and how many accounts were made by each; letters are empty for who may not see."""

    client: Client
    codes: list[tuple[str, Code, int]]


@dataclass(frozen=True, kw_only=True)
class DirectoryPages:
    frame: Frame
    chance: Chance

    def add(self) -> None:
        self.frame.get("/directory", Deed.SEE_DIRECTORY, self._directory)
        self.frame.post("/directory/preview", Deed.CHANGE_DIRECTORY, self._preview, limit=LIMIT, upload=True)
        self.frame.post("/directory/apply", Deed.CHANGE_DIRECTORY, self._apply, limit=LIMIT)

        for of in KINDS:
            for act in ("suspend", "lift"):
                path = f"/directory/{of}s/{REF}/{act}"
                self.frame.post(path, Deed.CHANGE_DIRECTORY, partial(self._suspend, of, act == "suspend"))

    async def _suspend(self, of: Literal["client", "worker"], suspended: bool, visit: Visit) -> web.Response:
        await loading.suspend(self.frame.parts, visit.place("ref"), of, visit.actor, suspended=suspended)
        raise visit.back("/directory")

    async def _directory(self, visit: Visit, why: Text | None = None) -> web.Response:
        db = self.frame.parts.db
        letters = visit.may(Deed.CHANGE_DIRECTORY)
        if letters:
            await audit.looked(db, visit.actor, "codes", visit.now)
        shown = []
        for ref in sorted((await directory.standing(db, visit.now)).clients):
            found = await directory.invited(db, ref)
            if found is not None:
                client, codes = found
                counted = [
                    (text if letters else "", code, await directory.accounts(db, code.id))
                    for text, code in codes.items()
                ]
                shown.append(ClientShown(client, counted))
        workers = await directory.workers(db)
        status = 422 if why else 200
        values: Mapping[str, Any] = {
            "clients": shown,
            "workers": workers,
            "today": visit.now.astimezone(self.frame.parts.zone).date(),
        }
        return visit.page("directory", status, said=why, failed=why is not None, **values, **FIELD_WORDS)

    async def _preview(self, visit: Visit) -> web.Response:
        text = visit.fields.get("file", "")
        if not text.strip():
            return await self._directory(visit, t("console.directory.no_file"))
        return self.show(visit, text, await importing.preview(self.frame.parts, self.chance, text, visit.actor))

    async def _apply(self, visit: Visit) -> web.Response:
        text, seen = visit.fields.get("text", ""), visit.fields.get("seen", "")
        if not (seen.isascii() and seen.isdecimal() and len(seen) < 16):
            raise web.HTTPBadRequest
        done = await importing.apply(self.frame.parts, self.chance, text, visit.actor, int(seen))
        return self.show(visit, text, done)

    def show(self, visit: Visit, text: str, answer: Answer) -> web.Response:
        if isinstance(answer, Wrong):
            why = t("console.directory.wrong")
            return visit.page(
                "import", 422, said=why, failed=True, problems=answer.problems, outcome=None, **FIELD_WORDS
            )
        said: Text | None = None
        status = 200
        if answer.moved:
            said, status = t("console.directory.moved"), 409
        elif answer.written:
            said = t("console.directory.written")
        elif not answer.changes:
            said = t("console.directory.nothing")
        return visit.page(
            "import", status, said=said, failed=answer.moved, problems=(), outcome=answer, text=text, **FIELD_WORDS
        )
