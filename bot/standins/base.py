"""What the stand-ins share: an application that opens and closes whole, faults before work, webhooks."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import aiohttp
from aiohttp import web
from yarl import URL

from bot.standins.faults import Answer, Broken, Drop, Early, Fault, Faults, Hang, Html, Reject, Silent, Throttle
from bot.standins.ledger import Bubble, Call, Ledger, Posted

Check = Callable[[str, Mapping[str, Any]], list[str]]
Listener = Callable[[Bubble], None]

# Twilio gives a webhook 15 s, Telegram 60: the shorter one, so that a demo that hangs is noticed.
WEBHOOK_TIMEOUT = aiohttp.ClientTimeout(total=15)


@dataclass(frozen=True)
class Said:
    """An answer of the provider's API."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def response(self) -> web.Response:
        if self.body is None or isinstance(self.body, bytes):
            return web.Response(status=self.status, headers=dict(self.headers), body=self.body)
        text = self.body if isinstance(self.body, str) else json.dumps(self.body, ensure_ascii=False)
        kind = {"Content-Type": "text/html" if isinstance(self.body, str) else "application/json"}
        return web.Response(status=self.status, body=text.encode(), headers={**kind, **self.headers})


class StandIn:
    """One provider. `clock` and `ids` come from outside, and `check` judges each call by the provider's description.

    `reach` turns an address as the provider knows and signs it (under `PUBLIC_URL`) into one that can be reached."""

    def __init__(
        self,
        clock: Callable[[], datetime],
        ids: Callable[[], int],
        *,
        check: Check | None = None,
        reach: Callable[[str], str] = str,
    ) -> None:
        self.clock, self.ids, self.check, self.reach = clock, ids, check, reach
        self.ledger, self.faults = Ledger(), Faults()
        self.on_delivered: list[Listener] = []
        self.app = web.Application()
        self.app.cleanup_ctx.append(self._open)
        self.app.on_shutdown.append(self._shut)
        self._closing, self._over = False, asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._apart: set[asyncio.Task[None]] = set()
        self._session: aiohttp.ClientSession | None = None

    # What a provider says in its own words; each stand-in draws these.

    def draw(self, fault: Throttle | Broken | Reject) -> Said:
        raise NotImplementedError

    def unlawful(self, problems: list[str]) -> Said:
        raise NotImplementedError

    # A call of ours

    async def take(
        self,
        request: web.Request,
        operation: str,
        params: Mapping[str, Any],
        work: Callable[[Call], Said],
        *,
        described: bool = True,
    ) -> web.StreamResponse:
        """Record the call, let go wrong what is planned to, and do the work unless the fault says otherwise.
        `described`: the provider's description has this call.
        """
        call = Call(self.clock(), operation, params)
        self.ledger.calls.append(call)
        self.ledger.changed()
        if described and self.check and (problems := self.check(operation, params)):
            call.problems = problems
            return self._answer(call, self.unlawful(problems).response())
        fault: Fault = self.faults.decide(call)
        while isinstance(fault, Hang):
            call.fault = fault
            fault.reached.set()
            await fault.released.wait()
            fault = Drop(accepted=False) if self._closing else fault.then
        call.fault = fault
        return await self._meet(request, call, fault, work)

    async def _meet(
        self, request: web.Request, call: Call, fault: Fault, work: Callable[[Call], Said]
    ) -> web.StreamResponse:
        if isinstance(fault, Drop | Silent | Html | Broken) and fault.accepted:
            work(call)
        match fault:
            case Drop():
                self.ledger.changed()
                if request.transport is not None:
                    request.transport.close()
                return web.Response()  # into a closed connection
            case Answer():
                return self._answer(
                    call, web.Response(status=fault.status, text=fault.body, headers=dict(fault.headers))
                )
            case Silent():
                self.ledger.changed()
                await self._over.wait()
                return web.Response()  # nobody waits for it any more
            case Html():
                page = "<html>\r\n<head><title>Bad Gateway</title></head>\r\n</html>"
                return self._answer(call, Said(fault.status, page).response())
            case Throttle() | Broken() | Reject():
                return self._answer(call, self.draw(fault).response())
        said = work(call)
        if isinstance(fault, Early):
            await self.settle()
        return self._answer(call, said.response())

    def _answer(self, call: Call, response: web.Response) -> web.Response:
        call.status, call.posted = response.status, len(self.ledger.posted)
        self.ledger.changed()
        return response

    # Webhooks of ours

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Posted:
        assert self._session is not None, "the stand-in's application is not running"
        status, answer = None, ""
        try:
            # The bytes of the address are part of what is signed: nothing may be quoted anew.
            async with self._session.post(
                URL(self.reach(url), encoded=True), data=body, headers=headers, allow_redirects=False
            ) as response:
                status, answer = response.status, await response.text(errors="replace")
        except (aiohttp.ClientError, TimeoutError):
            pass  # status None says so, and the caller decides what the provider does about it
        posted = Posted(self.clock(), url, headers, body, status, answer)
        self.ledger.posted.append(posted)
        self.ledger.changed()
        return posted

    def show(self, bubble: Bubble) -> None:
        """Put a message, or its new form, on its person's screen."""
        self.ledger.delivered.append(bubble)
        self.ledger.changed()
        for listener in self.on_delivered:
            listener(bubble)

    # Work in the background, and the end of it

    def start(self, work: Coroutine[Any, Any, None], *, apart: bool = False) -> None:
        """`apart`: it waits for a person, so nobody waits for it."""
        task = asyncio.get_running_loop().create_task(work)
        tasks = self._apart if apart else self._tasks
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    async def settle(self) -> None:
        """Return when all that was begun in the background is done; what is held is not begun."""
        while others := self._tasks - {asyncio.current_task()}:
            await asyncio.gather(*others)

    async def _open(self, _: web.Application) -> AsyncIterator[None]:
        self._session = aiohttp.ClientSession(timeout=WEBHOOK_TIMEOUT)
        yield
        for task in (left := [*self._tasks, *self._apart]):
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        await self._session.close()
        self._session = None

    async def _shut(self, _: web.Application) -> None:
        self._closing = True
        self._over.set()
        self.faults.release_all()
