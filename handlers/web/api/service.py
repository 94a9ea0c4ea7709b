"""The way of a request to the API: whose key, may it, not too often, read strictly, done in one transaction, answered.

No 500: what breaks is rolled back and answered 503 by the guard. What a caller sends stands in no log line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler

from handlers.parts import Parts
from handlers.web.api import reading
from handlers.web.api.operations import Call, Done, Operation
from handlers.web.api.problems import MEDIA, Problem, Trouble, answer
from handlers.web.api.shapes import In
from storage import api_answers, api_keys
from storage.api_answers import Answered, digest
from storage.api_keys import ApiKeyRow
from storage.throttle import Rate, Throttle

# Of comfort: it keeps one caller's loop from slowing down the talks. It fails open (invariant I9).
RATE: Final = Rate(600, per=timedelta(minutes=1), burst=60)
BEARER: Final = re.compile(r"Bearer ([A-Za-z0-9_-]{16,128})", re.IGNORECASE)
ONCE: Final = re.compile(r"[!-~]{1,128}")
HELD: Final = re.compile(r"[0-9a-z]{1,64}")  # an id of ours


@dataclass(frozen=True, kw_only=True)
class Service:
    """`add_to(app)` adds the routes of the operations."""

    parts: Parts
    operations: Sequence[Operation]
    throttle: Throttle
    rate: Rate = RATE

    def add_to(self, app: web.Application) -> None:
        for operation in self.operations:
            app.router.add_route(operation.method, operation.path, self._handler(operation))

    @property
    def _base(self) -> str:
        return self.parts.pages.public_url

    def _handler(self, operation: Operation) -> Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            try:
                return await self._serve(operation, request)
            except Trouble as trouble:
                return answer(trouble.problem, self._base)

        return handle

    async def _serve(self, operation: Operation, request: web.Request) -> web.Response:
        now = self.parts.clock()
        key = await self._key(operation, request, now)
        path = _path(request)
        query = reading.parameters_of(request, operation.query or In)
        raw = await reading.body_of(request)
        body = reading.json_of(request, raw, operation.body) if operation.body else None
        once = _idempotency_key(request, key) if operation.once else None
        async with self.parts.db.transaction() as tx:
            if not await api_keys.used(tx, key, now):
                raise Trouble(Problem("unauthorised"))
            call = Call(self.parts, tx, key, self.parts.new_id(), now, path, query, body)
            if once is None:
                return self._drawn(operation, await operation.act(call))
            return await self._once(operation, call, once, digest(request.method, request.path, raw))

    async def _once(self, operation: Operation, call: Call, key: str, fingerprint: str) -> web.Response:
        """What comes again is answered as it was, and not done again. What is to be tried again later is not kept."""
        before = await api_answers.claim(call.tx, key, fingerprint, call.now)
        if before is not None:
            return self._again(before, fingerprint)
        response = self._drawn(operation, await operation.act(call))
        if response.status == 429:
            await api_answers.forget(call.tx, key)
        else:
            await api_answers.keep(call.tx, key, response.status, response.text or "")
        return response

    def _again(self, before: Answered, fingerprint: str) -> web.Response:
        if before.fingerprint != fingerprint:
            return answer(Problem("idempotency_key_reused"), self._base)
        kind = MEDIA if before.status >= 400 else "application/json"
        response = web.Response(status=before.status, text=before.body, content_type=kind)
        response.headers["Idempotent-Replayed"] = "true"
        return response

    def _drawn(self, operation: Operation, done: Done) -> web.Response:
        if isinstance(done, Problem):
            return answer(done, self._base)
        if done is None:
            return web.Response(status=operation.status)
        return web.Response(status=operation.status, text=done.model_dump_json(), content_type="application/json")

    async def _key(self, operation: Operation, request: web.Request, now: datetime) -> ApiKeyRow:
        """Unknown and revoked keys are told alike, and both looked up (invariant I12)."""
        shown = BEARER.fullmatch(request.headers.get("Authorization", ""))
        key = await api_keys.of_secret(self.parts.db, shown[1]) if shown else None
        if key is None or key.revoked_at is not None:
            raise Trouble(Problem("unauthorised"))
        wait = await self.throttle.take(f"api:{key.id}", self.rate, now)
        if wait:
            raise Trouble(Problem("too_many_requests", after=wait))
        if operation.scope.value not in key.scopes:
            raise Trouble(Problem("forbidden"))
        return key


def _idempotency_key(request: web.Request, key: ApiKeyRow) -> str:
    """Each caller's own. https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/"""
    shown = request.headers.get("Idempotency-Key", "")
    if not ONCE.fullmatch(shown):
        raise Trouble(Problem("idempotency_key_missing"))
    return digest(key.id, shown)


def _path(request: web.Request) -> Mapping[str, str]:
    """Ids of ours. What has not their shape is nobody's, so nothing of it is looked up."""
    if not all(HELD.fullmatch(part) for part in request.match_info.values()):
        raise Trouble(Problem("not_found"))
    return dict(request.match_info)
