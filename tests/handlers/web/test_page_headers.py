"""Looking never acts, and a page lets nothing in and nothing out: headers, escaping, what it loads."""

import re

import pytest

from handlers.web.guard import HEADERS
from handlers.web.render import STATIC, TYPES
from tests.guards import guards
from tests.handlers.web.site import World
from tests.handlers.web.visits import ELSEWHERE, GETS, OURS, Client


@pytest.mark.parametrize("path", GETS)
async def test_a_get_never_acts(client: Client, world: World, path: str) -> None:
    for _ in range(50):
        for method in ("GET", "HEAD"):
            async with client.request(method, path, allow_redirects=False, headers=OURS) as response:
                assert response.status < 500
    assert world.acts == []


@guards("T16", "T25")
def test_the_headers_let_nothing_in_and_nothing_out() -> None:
    """By themselves: what is compared with them elsewhere would follow whoever loosens one."""
    policy = dict(rule.strip().split(" ", 1) for rule in HEADERS["Content-Security-Policy"].split(";"))
    assert policy.pop("default-src") == policy.pop("base-uri") == policy.pop("frame-ancestors") == "'none'"
    assert set(policy) == {"style-src", "img-src", "script-src", "connect-src", "form-action"}
    assert set(policy.values()) == {"'self'"}, "nothing inline, nothing from elsewhere"
    assert HEADERS["X-Content-Type-Options"] == "nosniff"
    assert HEADERS["X-Frame-Options"] == "DENY"
    assert HEADERS["Referrer-Policy"] == "no-referrer"
    assert HEADERS["Cache-Control"] == "no-store"


SAFE = {  # drawings of ours
    "figures/templates/_tables.html": "picture(table) | safe",
    "web/templates/api.html": "schema.const | tojson",
    "web/templates/console/enrol.html": "picture | safe",
    "web/templates/console/figures.html": "shown | safe",
}


@guards("T16")
def test_no_template_lets_anything_past_the_escaping() -> None:
    """Nor shows a value in an attribute without quotation marks, or in a script, where escaping is not enough."""
    past = re.compile(r"\{\{([^}]*\|\s*(?:safe|tojson|xmlattr|urlize)\b[^}]*)\}\}|\{%-?\s*autoescape")
    loose = re.compile(r"""\s[\w-]+=\s*\{[{%]|<script[^>]*>\s*[^<\s]|\son\w+=|(?:href|src|action)=["']?javascript:""")
    root, found = STATIC.parents[1], {}
    for file in sorted(root.rglob("*.html")):
        text, name = file.read_text(), str(file.relative_to(root))
        assert loose.search(text) is None, name
        for match in past.finditer(text):
            found[name] = (match[1] or match[0]).strip()
    assert found == SAFE


@guards("T16", "T25")
@guards("G21", partly=True)
@pytest.mark.parametrize("path", [*GETS, "/static/page.css"])
async def test_every_answer_has_strict_headers(client: Client, path: str) -> None:
    async with client.get(path, allow_redirects=False) as response:
        for name, value in HEADERS.items():
            if name != "Cache-Control" or "static" not in path:
                assert response.headers[name] == value
        assert response.headers["Referrer-Policy"] == "no-referrer", "addresses hold tokens"
        assert "static" in path or response.headers["Cache-Control"] == "no-store"
        policy = [each.split() for each in response.headers["Content-Security-Policy"].split("; ")]
        assert ["default-src", "'none'"] in policy
        assert {source for _, *sources in policy for source in sources} == {"'none'", "'self'"}
        assert "Set-Cookie" not in response.headers
        text = ELSEWHERE.sub("", await response.text())
        own = text.replace('<script src="/static/waiting.js" defer></script>', "")
        assert not re.search(r"<script|<style|style=|onclick|https?://(?!chat\.example\.org)", own)


async def test_style_sheets_and_scripts_are_served_whole(client: Client) -> None:
    for file in STATIC.iterdir():
        async with client.get(f"/static/{file.name}") as response:
            assert (response.status, response.content_type) == (200, TYPES[file.suffix])
            assert await response.read() == file.read_bytes()
    for path in ("/static/", "/static/..%2frender.py", "/static/none.css"):
        async with client.get(path) as response:
            assert response.status == 404
