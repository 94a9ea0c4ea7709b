"""A session: what the cookie is, how long it lives, what ends it, and that nobody else's form acts by it (T24)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta

import pytest

from booking.operating import Role
from handlers.console import operating
from handlers.web.console.frame import Frame
from tests.guards import guards
from tests.handlers.console.site import ORIGIN, Site

SECOND = timedelta(seconds=1)


@guards("T24")
@guards("G21", partly=True)
async def test_one_cookie_that_scripts_other_hosts_and_other_sites_do_not_see(site: Site) -> None:
    await site.enrolled("camille")
    visitor = site.visitor()
    [cookie] = (await site.log_in(visitor, "camille")).cookies
    value, *attributes = cookie.split("; ")
    assert value == f"__Host-console={visitor.cookie}"
    assert len(visitor.cookie) == 43
    assert not visitor.cookie.endswith("0" * 8), "all of its signs are by chance"
    assert set(attributes) == {"HttpOnly", "Secure", "SameSite=Strict", "Path=/"}
    answer = await visitor.get("/console/own")
    assert answer.cookies == []
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert visitor.cookie not in answer.text


@guards("T24")
@pytest.mark.parametrize(("idle", "status"), [(timedelta(minutes=15) - SECOND, 200), (timedelta(minutes=15), 303)])
async def test_idle_for_a_quarter_of_an_hour_is_out(site: Site, idle: timedelta, status: int) -> None:
    visitor = await site.operator(Role.DESK)
    site.place.clock.now += idle
    await visitor.get("/console/own", status)


@guards("T24")
async def test_who_goes_on_is_out_after_eight_hours(site: Site) -> None:
    visitor = await site.operator(Role.DESK)
    for _ in range(48):
        await visitor.get("/console/own")
        site.place.clock.now += timedelta(minutes=10)
    await visitor.get("/console/own", 303)
    site.place.clock.now -= SECOND
    await visitor.get("/console/own")


async def test_a_session_ends_on_the_server(site: Site) -> None:
    visitor = await site.operator(Role.DESK)
    await visitor.get("/console/own")
    kept = visitor.cookie
    answer = await visitor.post("/console/logout")
    assert answer.to == "/console/login?out"
    assert visitor.cookie == ""
    visitor.cookie = kept
    await visitor.get("/console/own", 303)


async def test_each_login_is_a_session_of_its_own(site: Site) -> None:
    """What somebody put into the browser before is not taken over."""
    await site.enrolled("camille")
    visitor = site.visitor()
    visitor.cookie = planted = "x" * 43
    await site.log_in(visitor, "camille")
    assert visitor.cookie != planted
    site.place.clock.now += timedelta(minutes=1)
    other = site.visitor()
    await site.log_in(other, "camille")
    assert other.cookie != visitor.cookie
    await other.get("/console/own")
    await other.post("/console/own/end")
    await other.get("/console/own")
    await visitor.get("/console/own", 303)


@guards("T24")
@pytest.mark.parametrize("how", ["suspend", "reset", "end"])
async def test_an_administrator_puts_somebody_out_at_once(site: Site, how: str) -> None:
    visitor, boss = await site.operator(Role.DESK, "camille"), await site.operator(Role.ADMINISTRATOR)
    id, kept = await site.id("camille"), visitor.cookie
    await visitor.get("/console/own")
    await boss.get("/console/operators")
    if how == "reset":
        await operating.reset(site.place.parts, site.chance, id, "operator:test")
    else:
        await boss.post(f"/console/operators/{id}/{how}")
    await visitor.get("/console/own", 303)
    if how == "suspend":
        site.place.clock.now += timedelta(minutes=1)
        await site.log_in(visitor, "camille", 401)
        await boss.post(f"/console/operators/{id}/lift")
        visitor.cookie = kept
        await visitor.get("/console/own", 303)  # who holds the lost laptop is not let in again with its owner
        site.place.clock.now += timedelta(minutes=1)
        await site.log_in(visitor, "camille")


async def test_nobody_locks_the_door_from_inside(site: Site) -> None:
    boss = await site.operator(Role.ADMINISTRATOR, "boss")
    await boss.get("/console/own")
    await boss.post(f"/console/operators/{await site.id('boss')}/suspend", 403)
    await boss.get("/console/own")


@pytest.mark.parametrize("cookie", ["", "x" * 43, "x" * 42, "é" * 43, "'; DROP TABLE session; --"])
async def test_other_cookies_are_nobodys(site: Site, cookie: str) -> None:
    visitor = site.visitor()
    visitor.cookie = cookie
    assert (await visitor.get("/console/own", 303)).to == "/console/login?next=/console/own"


# ------------------------------------------------------------ forms of others


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "null"},
        {"Origin": "https://evil.example"},
        {"Origin": "https://chat.example.org.evil.example"},
        {"Origin": "http://chat.example.org"},
        {"Sec-Fetch-Site": "cross-site", "Origin": ORIGIN},
        {"Sec-Fetch-Site": "same-site", "Origin": ORIGIN},
        {"Sec-Fetch-Site": "same-origin"},
    ],
)
async def test_a_form_of_another_site_does_nothing(site: Site, headers: Mapping[str, str]) -> None:
    """Not even with the right token; and it logs nobody in under another name."""
    visitor = await site.operator(Role.DESK, "camille")
    await visitor.get("/console/own")
    form = {"csrf": visitor.csrf}
    assert (await visitor.ask("POST", "/console/logout", form, headers)).status == 403
    login = {"name": "camille", "password": "x", "code": "1"}
    assert (await site.visitor().ask("POST", "/console/login", login, headers)).status == 403
    assert site.passwords.compared == 1
    await visitor.get("/console/own")


async def test_a_form_needs_the_token_of_its_own_session(site: Site) -> None:
    visitor, other = await site.operator(Role.DESK), await site.operator(Role.DESK)
    await visitor.get("/console/own")
    await other.get("/console/own")
    assert visitor.csrf != other.csrf
    for token in ("", "x", other.csrf, visitor.csrf[:-1], "\ud7ff"):
        await visitor.post("/console/logout", 403, csrf=token)
    await visitor.get("/console/own")


async def test_a_token_alone_is_nobody(site: Site) -> None:
    visitor = await site.operator(Role.DESK)
    await visitor.get("/console/own")
    stranger = site.visitor()
    stranger.csrf = visitor.csrf
    assert (await stranger.post("/console/logout")).to == "/console/login"
    await visitor.get("/console/own")


HOSTILE = (b"\xff\xfe", b"csrf=%ff", b"&" * 5000, b"a=1&" * 50, b"csrf=x&csrf=y", b"{}" * 10_000, b"")


async def test_no_body_makes_a_500(site: Site) -> None:
    visitor = await site.operator(Role.ADMINISTRATOR, "boss")
    paths = [path for method, path in concrete(site.frame) if method == "POST"]
    for path in [*paths, "/console/login", "/console/enrol/" + "x" * 22]:
        for raw in HOSTILE:
            headers = {"Origin": ORIGIN, "Content-Type": "application/x-www-form-urlencoded; charset=nonsense"}
            assert (await visitor.ask("POST", path, raw, headers)).status < 500, (path, raw[:10])


def concrete(frame: Frame, **values: str) -> list[tuple[str, str]]:
    """Every route with its places filled in."""

    def fill(place: re.Match[str]) -> str:
        return values.get(place[1], "x1")

    return [
        (route.method, re.sub(r"\{(\w+)(?::[^{}]*(?:\{[^{}]*\}[^{}]*)*)?\}", fill, route.path))
        for route in frame.routes
    ]
