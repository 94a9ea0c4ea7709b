"""People's pages: what they say, what they never say, that looking never acts, and what becomes of old links."""

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, get_args, get_type_hints

import pytest
from aiohttp.test_utils import TestClient
from icalendar import Calendar

from booking.model import AppointmentId, Mode
from booking.ports import Refused
from handlers.web.guard import HEADERS
from handlers.web.ports import Gone, Reader
from handlers.web.render import STATIC, TYPES
from tests.guards import guards
from tests.handlers.web.site import (
    APPOINTMENT,
    EMAIL_TOKEN,
    FEED_TOKEN,
    NEW_TOKEN,
    NOW,
    PASSWORD_TOKEN,
    START,
    TOKEN,
    UNKNOWN,
    World,
    application,
    started,
)
from tests.plain import plain

PAGE = f"/a/{TOKEN}"
GETS = [PAGE, f"{PAGE}.ics", f"{PAGE}/join", f"{PAGE}/cancel", f"{PAGE}/move", f"/e/{EMAIL_TOKEN}"]
PASSWORD = f"/e/{PASSWORD_TOKEN}/password"
# The only addresses of others: followed by a tap, never by the page.
ELSEWHERE = re.compile(r'<a href="https://(calendar\.google\.com|outlook\.live\.com)/[^"]*" rel="noreferrer noopener">')
GETS += [f"/calendar/{FEED_TOKEN}.ics", "/nothing", "/a/short"]
OURS = {"Sec-Fetch-Site": "same-origin"}
Client = TestClient[Any, Any]


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
async def client(world: World) -> AsyncIterator[Client]:
    async with TestClient(await started(application(world))) as client:
        yield client


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


async def test_says_what_when_and_with_whom(client: Client) -> None:
    text = await get(client, PAGE)
    assert '<html lang="fr">' in text
    for words in ("Votre rendez-vous", "jeudi 5 mars à 9 h", "Claire", "en vidéo"):
        assert words in text


async def test_the_desks_number_is_for_people_and_for_phones(client: Client) -> None:
    assert '<a href="tel:+33199000000">01 99 00 00 00</a>' in await get(client, PAGE)


async def test_never_says_the_subject_or_a_family_name(client: Client) -> None:
    pages = [await get(client, path) for path in (PAGE, f"{PAGE}.ics", f"{PAGE}/cancel", f"{PAGE}/move")]
    for text in pages:
        assert not re.search("finance|argent|dettes|Morel", text, re.IGNORECASE)


async def test_says_both_clocks_where_they_differ(client: Client, world: World) -> None:
    world.reader = Reader("fr", "Indian/Reunion")
    assert "jeudi 5 mars à 12 h chez vous (9 h à Paris)" in await get(client, PAGE)


async def test_speaks_the_persons_language_whatever_the_browser_asks(client: Client, world: World) -> None:
    world.reader = Reader("en", "Europe/Paris")
    assert "Thursday 5 March at 9:00" in await get(client, PAGE, 200, **{"Accept-Language": "fr"})


@pytest.mark.parametrize(
    ("accepts", "expected"),
    [
        ("en-GB,en;q=0.9,fr;q=0.5", "en"),
        ("de, fr;q=0.3, en;q=0.2", "fr"),
        ("*", "fr"),
        ("", "fr"),
        (";;q=x,\x80", "fr"),
    ],
)
async def test_speaks_a_strangers_language(client: Client, accepts: str, expected: str) -> None:
    assert f'<html lang="{expected}">' in await get(client, f"/a/{UNKNOWN}", 404, **{"Accept-Language": accepts})


@pytest.mark.parametrize(
    ("mode", "words"),
    [(Mode.PHONE, "Claire vous appelle"), (Mode.IN_PERSON, "1 place de la Mairie, 56000 Vannes")],
)
async def test_says_how_the_two_meet(client: Client, world: World, mode: Mode, words: str) -> None:
    world.appointment_row = replace(APPOINTMENT, mode=mode)
    text = await get(client, PAGE)
    assert words in text
    assert "/join" not in text


# The join button


@pytest.mark.parametrize(
    ("minutes", "door"), [(-11, "early"), (-10, "open"), (0, "open"), (89, "open"), (90, "over"), (600, "over")]
)
async def test_joins_from_10_minutes_before_to_30_after(client: Client, world: World, minutes: int, door: str) -> None:
    world.now = START + timedelta(minutes=minutes)
    text = await get(client, PAGE)
    assert (f'href="{PAGE}/join">Entrer</a>' in text) is (door == "open")
    assert ("jeudi 5 mars à 8 h 50" in text) is (door == "early")
    async with client.get(f"{PAGE}/join", allow_redirects=False) as response:
        assert response.status == (200 if door == "early" else 303)
        led = response.headers.get("Location", "")
        assert ("/demo/room/" in led) is (door == "open")
        assert led.endswith({"early": "", "open": "/person", "over": PAGE}[door])


async def test_who_is_early_waits_and_is_told_what_to_do(client: Client, world: World) -> None:
    world.now = START - timedelta(minutes=20)
    text = await get(client, f"{PAGE}/join")
    for words in ("pas encore ouverte", "jeudi 5 mars à 8 h 50", "rien à installer", 'data-left="601"'):
        assert words in text
    assert re.findall(r"<script ([^>]*)>", text) == ['src="/static/waiting.js" defer']


async def test_nobody_counts_down_days(client: Client) -> None:
    assert "data-left" not in await get(client, f"{PAGE}/join")


@pytest.mark.parametrize("mode", [Mode.PHONE, Mode.IN_PERSON])
async def test_there_is_no_room_but_for_a_video(client: Client, world: World, mode: Mode) -> None:
    world.appointment_row, world.now = replace(APPOINTMENT, mode=mode), START
    async with client.get(f"{PAGE}/join", allow_redirects=False) as response:
        assert (response.status, response.headers["Location"]) == (303, PAGE)


async def test_a_moved_appointment_has_another_room(client: Client, world: World) -> None:
    world.now = START
    rooms = set()
    for id in ("one", "two"):
        world.appointment_row = replace(APPOINTMENT, id=AppointmentId(id))
        async with client.get(f"{PAGE}/join", allow_redirects=False) as response:
            rooms.add(response.headers["Location"])
    assert len(rooms) == 2


# Around the hour: late, there, the video does not work


@pytest.mark.parametrize(("minutes", "near"), [(-121, False), (-120, True), (59, True), (60, False)])
async def test_who_is_late_can_say_so_when_it_is_near(client: Client, world: World, minutes: int, near: bool) -> None:
    world.now = START + timedelta(minutes=minutes)
    assert (f'action="{PAGE}/late"' in await get(client, PAGE)) is near
    led = await post(client, f"{PAGE}/late", {"minutes": "15"}, 303)
    assert led.endswith("?said=late" if near else "?said=over")
    assert world.acts == (["late 15"] if near else [])


@pytest.mark.parametrize("asked", [{}, {"minutes": "999"}, {"minutes": "x"}])
async def test_minutes_that_were_not_offered_are_left_out(
    client: Client, world: World, asked: Mapping[str, str]
) -> None:
    world.now = START
    await post(client, f"{PAGE}/late", asked, 303)
    assert world.acts == ["late None"]


async def test_who_is_at_the_door_says_so_and_finds_it_on_a_map(client: Client, world: World) -> None:
    world.appointment_row, world.now = replace(APPOINTMENT, mode=Mode.IN_PERSON), START - timedelta(minutes=5)
    text = await get(client, PAGE)
    assert 'href="https://www.openstreetmap.org/search?query=1%20place%20de%20la%20Mairie%2C%2056000%20Vannes"' in text
    assert 'href="https://www.openstreetmap.org/directions?to=1%20place%20de%20la%20Mairie%2C%2056000%20Vannes"' in text
    assert 'rel="noreferrer noopener"' in text
    led = await post(client, f"{PAGE}/here", status=303)
    assert "sait que vous êtes là" in await get(client, led[led.index("/a/") :])
    assert world.acts == ["here"]


async def test_nobody_is_at_the_door_of_a_video(client: Client, world: World) -> None:
    world.now = START
    assert f"{PAGE}/here" not in await get(client, PAGE)


@pytest.mark.parametrize(("hours", "offered"), [(-25, False), (-24, True), (0, True), (1, False)])
async def test_a_video_that_fails_becomes_a_call(client: Client, world: World, hours: int, offered: bool) -> None:
    world.now = START + timedelta(hours=hours)
    assert (f'action="{PAGE}/phone"' in await get(client, PAGE)) is offered
    led = await post(client, f"{PAGE}/phone", status=303)
    text = await get(client, led[led.index("/a/") :])
    assert ("on vous appelle à la place" in text) is offered
    assert ("Claire vous appelle" in text) is offered
    assert world.acts == (["phone"] if offered else [])


async def test_it_can_be_said_where_one_waits(client: Client, world: World) -> None:
    world.now = START - timedelta(minutes=20)
    assert f'action="{PAGE}/phone"' in await get(client, f"{PAGE}/join")


@pytest.mark.parametrize(
    ("reason", "words"),
    [("no_phone", "nous vous le demandons"), ("not_offered", "ne téléphone pas"), ("early", "Rien n&#39;a changé")],
)
async def test_what_is_in_the_way_of_a_call_is_said(client: Client, world: World, reason: Any, words: str) -> None:
    world.now, world.no_call = START, reason
    led = await post(client, f"{PAGE}/phone", status=303)
    assert words in await get(client, led[led.index("/a/") :])
    assert world.acts == []


async def test_a_made_up_word_says_nothing(client: Client) -> None:
    assert 'role="status"' not in await get(client, f"{PAGE}?said=%3Cb%3E")


# Looking never acts


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


# Cancelling


async def test_cancels_by_a_post_after_asking(client: Client, world: World) -> None:
    asked = await get(client, f"{PAGE}/cancel")
    assert "moins de 24 heures" not in asked
    assert world.acts == []
    assert "est annulé" in await post(client, f"{PAGE}/cancel")
    assert world.acts == ["cancel"]


async def test_late_is_said_before_the_yes(client: Client, world: World) -> None:
    world.now = START - timedelta(hours=23)
    asked = await get(client, f"{PAGE}/cancel")
    assert "moins de 24 heures" in asked
    assert 'name="late"' in asked
    assert "tardive" in await post(client, f"{PAGE}/cancel", {"late": "said"})
    assert world.acts == ["cancel"]


async def test_what_became_late_while_the_page_was_open_is_said_first(client: Client, world: World) -> None:
    await get(client, f"{PAGE}/cancel")
    world.now = START - timedelta(hours=23)
    assert "moins de 24 heures" in await post(client, f"{PAGE}/cancel")
    assert world.acts == []
    assert "moins de 24 heures" in await post(client, f"{PAGE}/move", {"slot": "x"})
    assert world.acts == []


async def test_what_has_begun_is_not_cancelled(client: Client, world: World) -> None:
    world.now = START + timedelta(minutes=1)
    await get(client, f"{PAGE}/cancel")
    await get(client, f"{PAGE}/move")
    await post(client, f"{PAGE}/cancel", {"late": "said"})
    assert world.acts == []


# Moving


async def test_moves_to_a_free_hour(client: Client, world: World) -> None:
    slots = re.findall(r'value="([^"]+)"', await get(client, f"{PAGE}/move"))
    assert len(slots) == 8
    assert f"/a/{NEW_TOKEN}" in await post(client, f"{PAGE}/move", {"slot": slots[3]}, 303)
    assert world.acts == [f"move {slots[3]}"]


async def test_shows_later_hours(client: Client, world: World) -> None:
    (later,) = re.findall(r'href="([^"]+\?after=[^"]+)"', await get(client, f"{PAGE}/move"))
    await get(client, later)
    assert world.asked_after == START + timedelta(hours=8)
    world.free = 3
    assert "?after=" not in await get(client, f"{PAGE}/move?after=%00nonsense")
    assert world.asked_after is None


async def test_an_hour_that_went_is_said_with_the_next_ones(client: Client, world: World) -> None:
    slots = re.findall(r'value="([^"]+)"', await get(client, f"{PAGE}/move"))
    world.gone_slots = set(slots[:1])
    text = await post(client, f"{PAGE}/move", {"slot": slots[0]})
    assert "vient d'être prise" in text.replace("&#39;", "'")
    assert 'type="radio"' in text
    assert world.acts == []


async def test_no_other_hour_keeps_the_appointment(client: Client, world: World) -> None:
    world.free = 0
    assert "Votre rendez-vous est gardé" in await get(client, f"{PAGE}/move")


@pytest.mark.parametrize("reason", ["overlap", "max_appointments", "suspended", "consent", "dispute"])
async def test_every_refusal_has_words(client: Client, world: World, reason: Any) -> None:
    world.refusal = Refused(reason)
    assert 'role="alert"' in await post(client, f"{PAGE}/move", {"slot": "x"})
    assert world.acts == []


async def test_moving_without_a_choice_asks_for_one(client: Client, world: World) -> None:
    assert "Choisissez d&#39;abord une heure" in await post(client, f"{PAGE}/move")
    assert world.acts == []


# The e-mail address


async def test_confirms_the_address_once(client: Client, world: World) -> None:
    page = f"/e/{EMAIL_TOKEN}"
    text = await get(client, page)
    assert "ca•••@example.org" in text
    assert "camille" not in text
    assert "Adresse confirmée" in await post(client, page)
    assert world.acts == ["confirm"]
    assert "déjà confirmé" in await post(client, page, status=410)
    assert "déjà confirmé" in await get(client, page, 410)
    assert world.acts == ["confirm"]


@guards("T25")
async def test_the_password_is_chosen_on_the_page_that_the_link_opens(client: Client, world: World) -> None:
    text = await post(client, f"/e/{EMAIL_TOKEN}")
    assert f'action="/e/{PASSWORD_TOKEN}/password"' in text
    for wanted in ("au moins 8 caractères", "une lettre majuscule", "un chiffre", "un caractère spécial"):
        assert wanted in text
    assert f'action="/e/{PASSWORD_TOKEN}/password"' in await get(client, PASSWORD)
    for _ in range(20):
        await get(client, PASSWORD)
    assert world.acts == ["confirm"]
    wrong = await post(client, PASSWORD, {"password": "trop court", "again": "trop court"}, 422)
    alert = wrong.split('role="alert"')[1].split("</div>")[0]
    assert [each.split(",")[0] for each in re.findall("<li>(.*?)</li>", alert)] == [
        "une lettre majuscule",
        "un chiffre",
        "un caractère spécial",
    ]
    assert "trop court" not in wrong
    typed = {"password": "Deux-Vélos7", "again": "Deux-Vélos7"}
    assert "Mot de passe enregistré" in await post(client, PASSWORD, typed)
    assert world.acts == ["confirm", "password True"]
    assert "déjà fait" in await post(client, PASSWORD, typed, 410)
    assert "déjà fait" in await get(client, PASSWORD, 410)


async def test_too_many_passwords_at_once_is_said_kindly(client: Client, world: World) -> None:
    world.busy = True
    text = await post(client, PASSWORD, {"password": "Deux-Vélos7", "again": "Deux-Vélos7"}, 503)
    assert "trop de monde" in text
    assert f'action="/e/{PASSWORD_TOKEN}/password"' in text


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("why", ["join", "change", "password", "join_channel"])
async def test_a_link_says_what_it_is_for(client: Client, world: World, why: Any, lang: str) -> None:
    world.why, world.reader = why, Reader(lang, "Europe/Paris")
    words = {
        ("change", "fr"): "prendra la place",
        ("change", "en"): "takes the place",
        ("password", "fr"): "choisir le mot de passe",
        ("password", "en"): "choosing the platform",
    }
    assert words.get((why, lang), "<h1>") in await get(client, f"/e/{EMAIL_TOKEN}")
    assert ("<form" in await post(client, f"/e/{EMAIL_TOKEN}")) == (why != "join_channel")


# Old and unknown links


@pytest.mark.parametrize("path", [path for path in GETS if "Token" in path])
async def test_a_token_that_never_was_is_404(client: Client, path: str) -> None:
    token = re.search(r"[\w-]*Token[\w-]*", path)
    assert token
    assert "page n&#39;existe pas" in await get(client, path.replace(token[0], UNKNOWN), 404)


@guards("T25")
@pytest.mark.parametrize("why", [*get_args(get_type_hints(Gone)["why"])])
@pytest.mark.parametrize("path", [path for path in GETS if "Token" in path])
async def test_a_token_of_no_more_use_is_410_and_says_what_to_do(
    client: Client, world: World, path: str, why: Any
) -> None:
    world.gone = Gone(why, Reader("en", "Europe/Paris"))
    text = await get(client, path, 410, **{"Accept-Language": "fr"})
    assert '<html lang="en">' in text
    assert len(re.findall("<p>", text)) >= 2


POSTS = [
    f"{PAGE}/cancel",
    f"{PAGE}/move",
    f"{PAGE}/late",
    f"{PAGE}/here",
    f"{PAGE}/phone",
    f"/e/{EMAIL_TOKEN}",
    PASSWORD,
]


@pytest.mark.parametrize("path", POSTS)
async def test_posts_answer_404_and_410_too(client: Client, world: World, path: str) -> None:
    await post(client, re.sub(r"[\w-]*Token[\w-]*", UNKNOWN, path), {"slot": "x"}, 404)
    world.gone = world.unchosen = Gone("expired")
    await post(client, path, {"slot": "x"}, 410)
    assert world.acts == []


# Forms of others, and forms that no browser sends


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
        ({"Origin": "https://chat.example.org"}, 200),
        ({"Origin": "null"}, 200),
        ({"Origin": "https://evil.example"}, 403),
        ({}, 200),
    ],
)
async def test_only_forms_of_our_own_pages_act(
    client: Client, world: World, headers: Mapping[str, str], status: int
) -> None:
    await post(client, f"{PAGE}/cancel", status=status, headers=headers)
    assert world.acts == (["cancel"] if status == 200 else [])


@pytest.mark.parametrize(
    ("body", "status"), [(b"late=\xff", 400), (b"late=%ff", 400), (b"&" * 100, 400), (b"x" * 5000, 413)]
)
async def test_strange_forms_act_on_nothing(client: Client, world: World, body: bytes, status: int) -> None:
    async with client.post(f"{PAGE}/cancel", data=body, headers=OURS) as response:
        assert response.status == status
    assert world.acts == []


async def test_trouble_is_a_kind_page_and_the_log_has_no_token(
    client: Client, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.trouble = ConnectionRefusedError("camille@example.org")
    async with client.get(PAGE) as response:
        assert response.status == 503
        assert "Retry-After" in response.headers
        assert "Essayez encore" in await response.text()
    assert "ConnectionRefusedError" in caplog.text
    assert TOKEN not in caplog.text
    assert "camille" not in caplog.text


# Calendar files


def events(text: str) -> list[Any]:
    return list(Calendar.from_ical(text).walk("VEVENT"))


async def test_the_calendar_file_is_neutral_and_follows_the_series(client: Client) -> None:
    text = await get(client, f"{PAGE}.ics")
    assert "METHOD:PUBLISH" in text
    (event,) = events(text)
    assert event["UID"] == "appointment-0@chat.example.org"
    assert event["SEQUENCE"] == 4
    assert event["SUMMARY"] == "Rendez-vous"
    assert event["CLASS"] == "PRIVATE"
    assert event["URL"] == f"https://chat.example.org{PAGE}"
    assert (event.start, event.end) == (START, START + timedelta(hours=1))
    assert event["DTSTAMP"].dt == NOW


async def test_the_page_leads_to_two_calendars_of_others_by_a_tap_alone(client: Client) -> None:
    links = ELSEWHERE.findall(text := await get(client, PAGE))
    assert links == ["calendar.google.com", "outlook.live.com"]
    assert not any(TOKEN in link or "Claire" in link for link in re.findall(r'href="(https://[^"]*)"', text))


async def test_the_calendar_file_is_one(client: Client, world: World) -> None:
    world.appointment_row = replace(APPOINTMENT, mode=Mode.IN_PERSON)
    async with client.get(f"{PAGE}.ics") as response:
        assert response.content_type == "text/calendar"
        (event,) = events(await response.text())
    assert event["LOCATION"] == "1 place de la Mairie, 56000 Vannes"


async def test_the_workers_feed_tells_the_first_name_inside_alone(client: Client) -> None:
    text = await get(client, f"/calendar/{FEED_TOKEN}.ics")
    assert {str(event["DESCRIPTION"]) for event in events(text)} == {"Camille"}
    summaries = [str(event["SUMMARY"]) for event in events(text)]
    assert summaries == ["Consultation en vidéo", "Consultation par téléphone"]
    assert not re.search("Claire|finance|/a/", text)


async def test_the_workers_feed_has_a_name_and_is_read_again(client: Client) -> None:
    text = await get(client, f"/calendar/{FEED_TOKEN}.ics")
    for line in ("NAME:Rendez-vous", "X-WR-CALNAME:Rendez-vous", "REFRESH-INTERVAL;VALUE=DURATION:PT15M"):
        assert f"{line}\r\n" in text
    assert "X-PUBLISHED-TTL:PT15M" in text
    assert "REFRESH" not in await get(client, f"{PAGE}.ics")
