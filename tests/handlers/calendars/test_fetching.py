"""A worker's calendar is fetched over https from public addresses alone, whatever names and redirects say (T13)."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address
from ssl import SSLContext

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from booking.calendar_address import checked, find
from handlers.calendars.fetching import LARGEST, Fetched, Fetcher, Unchanged, Unfetched
from handlers.public_client import is_public
from tests.guards import guards
from tests.servers.tls import contexts

HOST = "calendar.example.org"
ADDRESS = f"https://{HOST}/private-abc/basic.ics"
HERE = "127.0.0.1"


class Names(AbstractResolver):
    """A DNS that answers as it is told, each time the next answer."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        self.asked.append(host)
        found = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [
            ResolveResult(
                hostname=host,
                host=each,
                port=port,
                family=socket.AF_INET6 if ip_address(each).version == 6 else socket.AF_INET,
                proto=0,
                flags=0,
            )
            for each in found
        ]

    async def close(self) -> None:
        """Nothing is open."""


@dataclass
class Server:
    """What the calendar's server answers, and what it was asked."""

    port: int = 0
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
    asked: list[web.Request] = field(default_factory=list)
    redirects: list[str] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(request)
        if self.redirects:
            return web.Response(status=302, headers={"Location": self.redirects.pop(0)})
        return web.Response(status=self.status, headers=self.headers, body=self.body)


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> tuple[SSLContext, SSLContext]:
    return contexts(tmp_path_factory.mktemp("tls"), HOST, "other.example.org")


@asynccontextmanager
async def running(tls: tuple[SSLContext, SSLContext]) -> AsyncIterator[Server]:
    server = Server()
    app = web.Application()
    app.router.add_get("/{path:.*}", server.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, HERE, 0, ssl_context=tls[0])
    await site.start()
    server.port = runner.addresses[0][1]
    try:
        yield server
    finally:
        await runner.cleanup()


def fetcher(
    server: Server, tls: tuple[SSLContext, SSLContext], names: Names | None = None, *, real: bool = False
) -> Fetcher:
    """One that may reach this machine; `real`: with the judge of the real thing."""
    names = names or Names([HERE])
    return Fetcher(
        allowed=is_public if real else lambda a: a == HERE, ssl=tls[1], resolver=lambda: names, port=server.port
    )


async def test_a_calendar_is_fetched_and_asked_for_only_when_it_changed(tls: tuple[SSLContext, SSLContext]) -> None:
    async with running(tls) as server:
        server.headers = {"ETag": 'W/"7"', "Set-Cookie": "a=b"}
        fetch = fetcher(server, tls)
        assert await fetch(ADDRESS, None) == Fetched(server.body, 'EW/"7"')
        server.status, server.body = 304, b""
        assert isinstance(await fetch(ADDRESS, 'EW/"7"'), Unchanged)
        assert server.asked[1].headers["If-None-Match"] == 'W/"7"'
        server.status, server.body, server.headers = 200, b"x", {"Last-Modified": "Mon, 02 Mar 2026 06:00:00 GMT"}
        assert await fetch(ADDRESS, None) == Fetched(b"x", "MMon, 02 Mar 2026 06:00:00 GMT")
        await fetch(ADDRESS, "MMon, 02 Mar 2026 06:00:00 GMT")
        assert server.asked[3].headers["If-Modified-Since"] == "Mon, 02 Mar 2026 06:00:00 GMT"
        assert all("Cookie" not in each.headers and "Authorization" not in each.headers for each in server.asked)


@guards("T13")
async def test_two_redirects_are_followed_and_no_third(tls: tuple[SSLContext, SSLContext]) -> None:
    async with running(tls) as server:
        names = Names([HERE])
        server.redirects = ["https://other.example.org/x", "/y?z=1"]
        assert isinstance(await fetcher(server, tls, names)(ADDRESS, None), Fetched)
        assert [each.path_qs for each in server.asked] == ["/private-abc/basic.ics", "/x", "/y?z=1"]
        server.redirects = ["/a", "/b", "/c"]
        with pytest.raises(Unfetched, match="redirects"):
            await fetcher(server, tls, names)(ADDRESS, None)


@pytest.mark.parametrize(
    "to",
    [
        "http://other.example.org/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://localhost/",
        "https://user:pass@other.example.org/",
        "https://other.example.org:8080/",
        "file:///etc/passwd",
        "gopher://other.example.org/",
        "",
        "https://",
        "//[",
    ],
)
async def test_a_redirect_leads_nowhere_else(to: str, tls: tuple[SSLContext, SSLContext]) -> None:
    async with running(tls) as server:
        server.redirects = [to] * 3
        with pytest.raises(Unfetched):
            await fetcher(server, tls)(ADDRESS, None)
        assert {each.host.partition(":")[0] for each in server.asked} == {HOST}


@pytest.mark.parametrize(
    "answers",
    [
        [["127.0.0.1"]],
        [["10.0.0.8"]],
        [["169.254.169.254"]],
        [["::1"]],
        [["fd00::1"]],
        [["::ffff:127.0.0.1"]],
        [["93.184.216.34", "127.0.0.1"]],
        [["0.0.0.0"]],
    ],
)
async def test_a_name_that_leads_inside_is_not_connected_to(
    answers: list[list[str]], tls: tuple[SSLContext, SSLContext]
) -> None:
    async with running(tls) as server:
        with pytest.raises(Unfetched):
            await fetcher(server, tls, Names(*answers), real=True)(ADDRESS, None)
        assert server.asked == []


@guards("T13")
async def test_a_name_that_answers_differently_the_second_time_gains_nothing(
    tls: tuple[SSLContext, SSLContext],
) -> None:
    """What was judged is what is connected to: one question for each connection, and each answer judged."""
    async with running(tls) as server:
        names = Names([HERE], ["127.0.0.2"])
        server.redirects = ["https://other.example.org/again"]
        with pytest.raises(Unfetched):
            await fetcher(server, tls, names)(ADDRESS, None)
        assert names.asked == [HOST, "other.example.org"]
        assert len(server.asked) == 1


async def test_what_is_too_large_packed_or_refused_is_not_read(tls: tuple[SSLContext, SSLContext]) -> None:
    async with running(tls) as server:
        server.body = b"x" * LARGEST
        assert isinstance(await fetcher(server, tls)(ADDRESS, None), Fetched)
        server.body += b"x"
        with pytest.raises(Unfetched, match="too_large"):
            await fetcher(server, tls)(ADDRESS, None)
        server.body, server.headers = b"x", {"Content-Encoding": "gzip"}
        with pytest.raises(Unfetched, match="packed"):
            await fetcher(server, tls)(ADDRESS, None)
        server.headers, server.status = {}, 404
        with pytest.raises(Unfetched, match="status_404"):
            await fetcher(server, tls)(ADDRESS, None)


async def test_a_certificate_that_nobody_vouches_for_is_refused(tls: tuple[SSLContext, SSLContext]) -> None:
    async with running(tls) as server:
        with pytest.raises(Unfetched) as failed:
            await Fetcher(allowed=lambda _: True, resolver=lambda: Names([HERE]), port=server.port)(ADDRESS, None)
        assert str(failed.value) == "unreached"
        assert failed.value.__cause__ is None


def test_an_address_is_found_in_what_was_written() -> None:
    assert find("CALENDRIER https://calendar.example.org/a%40b/private-1/basic.ics.") == (
        "https://calendar.example.org/a%40b/private-1/basic.ics"
    )
    assert (
        find("calendrier WEBCAL://p01.example.org/published/2/abc merci") == "WEBCAL://p01.example.org/published/2/abc"
    )
    assert find("calendrier") is None


@pytest.mark.parametrize(
    ("written", "called"),
    [
        ("webcal://p01.example.org/2/abc", "https://p01.example.org/2/abc"),
        ("HTTPS://Calendar.Example.org", "https://calendar.example.org/"),
        ("https://example.org:443/a?b=c#d", "https://example.org/a?b=c"),
        ("http://example.org/a", None),
        ("https://example.org:8443/a", None),
        ("https://me:secret@example.org/a", None),
        ("https://intranet/a", None),
        ("https://10.0.0.1/a", None),
        ("https://1.2.3.4/a", None),
        ("https://[2606:4700::1111]/a", None),
        ("https://0x7f000001/", None),
        ("https://127.1/", None),
        ("https://exämple.org/", None),
        ("https://example.org/" + "a" * 2000, None),
    ],
)
def test_an_address_is_judged_by_its_shape(written: str, called: str | None) -> None:
    assert checked(written) == called
