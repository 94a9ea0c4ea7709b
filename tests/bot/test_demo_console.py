"""The demo's door to the console: as each role, from its own page and machine only; in service it does not exist."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import aiohttp

from booking.operating import Role
from bot.demo import Demo
from tests.bot.test_demo import alone, begun, demo

__all__ = ["alone", "begun", "demo"]

OURS = {"Sec-Fetch-Site": "same-origin"}


async def entered(http: aiohttp.ClientSession, demo: Demo, role: str, headers: Mapping[str, str] = OURS) -> int:
    url = f"{demo.url}/demo/console"
    async with http.post(url, data={"role": role}, headers=headers, allow_redirects=False) as answer:
        return answer.status


async def test_in_as_each_role_again_and_again(demo: Demo) -> None:
    for role in (*Role, *Role):
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
            async with http.get(f"{demo.url}/demo/console") as page:
                assert f'value="{role}"' in await page.text()
            assert await entered(http, demo, role) == 303
            async with http.get(f"{demo.url}/console") as home:
                assert home.status == 200
                assert f'<span class="who">{role}</span>' in await home.text()
    assert len(await demo.app.parts.db.fetch("SELECT id FROM operator")) == len(Role)


async def test_who_was_logged_out_meanwhile_is_asked_for_a_role_not_a_password(demo: Demo) -> None:
    """A move of the clock ends every session, and nobody has a password here."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        assert await entered(http, demo, "desk") == 303
        demo.engine.forward(timedelta(hours=1))
        async with http.get(f"{demo.url}/console/today") as page:
            assert page.url.path == "/demo/console"
            assert 'value="desk"' in await page.text()


async def test_nobody_else_opens_it(demo: Demo) -> None:
    async with aiohttp.ClientSession() as http:
        assert await entered(http, demo, "boss") == 400
        assert await entered(http, demo, "desk", {"Sec-Fetch-Site": "cross-site"}) == 403
        assert await entered(http, demo, "desk", OURS | {"Host": "evil.example"}) == 404
        form = {"name": "desk", "password": "none fits", "code": "000000"}
        headers = {"Origin": demo.url}
        async with http.post(f"{demo.url}/console/login", data=form, headers=headers) as answer:
            assert answer.status == 401
    assert await demo.app.parts.db.fetch("SELECT hash FROM session") == []
