"""How people's pages are called on: their addresses, and a visit and a form as a browser sends them."""

import re
from collections.abc import Mapping
from typing import Any

from aiohttp.test_utils import TestClient

from handlers.web.guard import HEADERS
from tests.handlers.web.site import EMAIL_TOKEN, FEED_TOKEN, PASSWORD_TOKEN, TOKEN
from tests.plain import plain

PAGE = f"/a/{TOKEN}"
GETS = [PAGE, f"{PAGE}.ics", f"{PAGE}/join", f"{PAGE}/cancel", f"{PAGE}/move", f"/e/{EMAIL_TOKEN}"]
GETS += [f"/calendar/{FEED_TOKEN}.ics", "/nothing", "/a/short"]
PASSWORD = f"/e/{PASSWORD_TOKEN}/password"
# The only addresses of others: followed by a tap, never by the page.
ELSEWHERE = re.compile(r'<a href="https://(calendar\.google\.com|outlook\.live\.com)/[^"]*" rel="noreferrer noopener">')
OURS = {"Sec-Fetch-Site": "same-origin"}
Client = TestClient[Any, Any]


async def get(client: Client, path: str, status: int = 200, **headers: str) -> str:
    async with client.get(path, allow_redirects=False, headers=headers) as response:
        assert response.status == status
        return plain(await response.text())


async def post(
    client: Client,
    path: str,
    form: Mapping[str, str] | None = None,
    status: int = 200,
    headers: Mapping[str, str] = OURS,
) -> str:
    async with client.post(path, data=form or {}, headers=headers, allow_redirects=False) as response:
        assert response.status == status
        assert HEADERS.items() <= dict(response.headers).items(), "also where it leads on, by an address with a token"
        return plain(await response.text()) + response.headers.get("Location", "")
