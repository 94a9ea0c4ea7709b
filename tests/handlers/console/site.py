"""The console served, and people at it who keep a cookie as a browser does."""

from __future__ import annotations

import itertools
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from http.cookies import SimpleCookie

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer
from argon2 import PasswordHasher

from booking.operating import Role
from bot.console import add_console
from handlers.console import operating, second_factor
from handlers.passwords import Passwords
from handlers.web.console.frame import Frame
from handlers.web.guard import RUNNER, middlewares
from handlers.web.render import Renderer
from storage import operators
from tests.handlers.path.place import Place
from tests.plain import plain

ORIGIN = "https://chat.example.org"
PASSWORD = "une phrase que je retiens"
CSRF = re.compile(r'name="csrf" value="(\w+)"')


class CountedPasswords(Passwords):
    """Quick, and it counts how often a password was compared: the work itself, not who asked for it."""

    def __init__(self) -> None:
        super().__init__(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        self._at: list[int] = []  # from several threads

    @property
    def compared(self) -> int:
        return len(self._at)

    def _verify(self, hashed: str, password: str) -> bool:
        self._at.append(1)
        return super()._verify(hashed, password)


@dataclass(frozen=True)
class Answer:
    status: int
    text: str
    headers: Mapping[str, str]
    cookies: Sequence[str]

    @property
    def to(self) -> str:
        return self.headers.get("Location", "")


@dataclass
class Visitor:
    """Somebody with a browser. `cookie` is what it holds; `csrf` is of the last page that had a form."""

    http: aiohttp.ClientSession
    base: str
    cookie: str = ""
    csrf: str = ""

    async def get(self, path: str, status: int = 200) -> Answer:
        answer = await self.ask("GET", path)
        assert answer.status == status, answer
        return answer

    async def post(self, path: str, status: int = 303, **form: str) -> Answer:
        answer = await self.ask("POST", path, {"csrf": self.csrf, **form}, {"Origin": ORIGIN})
        assert answer.status == status, answer
        return answer

    async def ask(
        self,
        method: str,
        path: str,
        form: Mapping[str, str] | aiohttp.FormData | bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        sent = dict(headers or {}) | ({"Cookie": f"__Host-console={self.cookie}"} if self.cookie else {})
        url = self.base + path
        async with self.http.request(method, url, data=form, headers=sent, allow_redirects=False) as response:
            set_cookies = response.headers.getall("Set-Cookie", [])
            text = plain(await response.text(errors="replace"))
            answer = Answer(response.status, text, response.headers, set_cookies)
        for line in set_cookies:
            for morsel in SimpleCookie(line).values():
                self.cookie = morsel.value
        if found := CSRF.search(answer.text):
            self.csrf = found[1]
        return answer


@dataclass
class Site:
    """`link`: of an operator who was just added."""

    place: Place
    frame: Frame
    passwords: CountedPasswords
    http: aiohttp.ClientSession
    base: str
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def visitor(self) -> Visitor:
        return Visitor(self.http, self.base)

    async def added(self, name: str, role: Role = Role.DESK) -> str:
        """The path of their enrolment link."""
        link = await operating.add(self.place.parts, self.chance, name, role, "operator:test")
        return link.url[link.url.index("/console/") :]

    async def enrolled(self, name: str, role: Role = Role.DESK) -> list[str]:
        """Their recovery codes. Time passes, so that the code that they showed is old."""
        path, visitor = await self.added(name, role), self.visitor()
        code = await self.code(name)
        form = {"password": PASSWORD, "again": PASSWORD, "code": code}
        done = await visitor.ask("POST", path, form, {"Origin": self.frame.renderer.origin})
        assert done.status == 200, done
        self.place.clock.now += timedelta(minutes=1)
        return re.findall(r"<li><code>(\S+)</code>", done.text)

    async def operator(self, role: Role, name: str = "") -> Visitor:
        """Somebody of this role who is in."""
        name = name or f"{role}{next(self.numbers)}"
        await self.enrolled(name, role)
        visitor = self.visitor()
        await self.log_in(visitor, name)
        return visitor

    async def log_in(self, visitor: Visitor, name: str, status: int = 303, **other: str) -> Answer:
        form = {"name": name, "password": PASSWORD, "code": await self.code(name), **other}
        return await visitor.post("/console/login", status, **form)

    async def code(self, name: str) -> str:
        """What the app shows now; of nobody's app for who is unknown."""
        operator = await operators.by_name(self.place.parts.db, name)
        secret = operator.totp if operator else second_factor.NOBODYS
        return second_factor.code_at(secret, self.place.clock.now)

    async def id(self, name: str) -> str:
        operator = await operators.by_name(self.place.parts.db, name)
        assert operator
        return operator.id

    def chance(self, size: int) -> bytes:
        return next(self.numbers).to_bytes(size)


@asynccontextmanager
async def opened_site(place: Place, port: int | None = None) -> AsyncIterator[Site]:
    """As the outside sees it by https; with a port, as a browser of this machine does."""
    origin = f"http://127.0.0.1:{port}" if port else ORIGIN
    place.parts = replace(place.parts, pages=replace(place.parts.pages, public_url=origin))
    renderer = Renderer(origin, ("fr", "en"), "fr", "Europe/Paris")
    app = web.Application(middlewares=middlewares(renderer.error_page))
    renderer.add_to(app)
    passwords = CountedPasswords()
    frame = add_console(app, place.parts, renderer, passwords)
    assert frame
    server = TestServer(app, port=port)
    await server.start_server(**RUNNER)
    try:
        async with aiohttp.ClientSession() as http:
            yield Site(place, frame, passwords, http, str(server.make_url("")).rstrip("/"))
    finally:
        await server.close()
