"""Getting into the console, and every way in which one does not."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta

import pytest

from booking.operating import Role
from handlers.console import operating
from storage import audit, logins, operators
from tests.guards import guards
from tests.handlers.console.site import PASSWORD, Answer, Site
from tests.handlers.path.place import MONDAY

MINUTE = timedelta(minutes=1)
WRONG = "n&#39;est pas le bon"


def the_same(one: Answer, other: Answer) -> bool:
    """To the last byte, but for the date."""

    def told(answer: Answer) -> dict[str, str]:
        return {name: value for name, value in answer.headers.items() if name != "Date"}

    return (one.status, one.text, told(one), one.cookies) == (other.status, other.text, told(other), other.cookies)


# ------------------------------------------------------------ the first visit


async def test_a_link_makes_an_operator(site: Site) -> None:
    path, visitor = await site.added("camille"), site.visitor()
    shown = await visitor.get(path)
    assert "Bonjour camille" in shown.text
    assert "<svg" in shown.text
    codes = re.findall(
        r"<code>(\S+)</code>",
        (await visitor.post(path, 200, password=PASSWORD, again=PASSWORD, code=await site.code("camille"))).text,
    )
    assert len(set(codes)) == 8
    site.place.clock.now += MINUTE
    assert (await site.log_in(visitor, "camille")).to == "/console"
    assert "camille" in (await visitor.get("/console/own")).text


async def test_looking_at_a_link_a_hundred_times_does_nothing(site: Site) -> None:
    path, visitor = await site.added("camille"), site.visitor()
    first = await visitor.get(path)
    for _ in range(100):
        assert the_same(first, await visitor.get(path))
    assert not visitor.cookie
    assert (await operators.by_name(site.place.parts.db, "camille")).password is None  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("form", "why"),
    [
        ({"password": "trop court"}, "trop court"),
        ({"password": "x" * 129}, "trop long"),
        ({"password": "aaaaaaaaaaaaaaaa"}, "trop facilement"),
        ({"password": "camille et son chien"}, "trop facilement"),
        ({"password": PASSWORD, "again": PASSWORD + "s"}, "pas les mêmes"),
        ({"password": PASSWORD, "code": "000000"}, "pas le bon"),
        ({"password": PASSWORD, "code": ""}, "pas le bon"),
    ],
)
async def test_what_will_not_do_is_said_and_may_be_tried_again(site: Site, form: dict[str, str], why: str) -> None:
    path, visitor = await site.added("camille"), site.visitor()
    given = {"again": form["password"], "code": await site.code("camille"), **form}
    assert why in (await visitor.post(path, 422, **given)).text
    await visitor.post(path, 200, password=PASSWORD, again=PASSWORD, code=await site.code("camille"))


async def test_a_link_is_good_once_for_a_day_and_until_the_next(site: Site) -> None:
    visitor, parts = site.visitor(), site.place.parts
    used = await site.added("used")
    form = {"password": PASSWORD, "again": PASSWORD}
    await visitor.post(used, 200, **form, code=await site.code("used"))
    old = await site.added("reset")
    await operating.reset(parts, site.chance, await site.id("reset"), "operator:test")
    gone = await site.added("gone")
    await operating.suspend(parts, await site.id("gone"), "operator:test")
    for path in (used, old, gone):
        await visitor.get(path, 410)
        await visitor.post(path, 410, **form)
    late = await site.added("late")
    site.place.clock.now += timedelta(days=1)
    await visitor.get(late, 410)
    await visitor.post(late, 410, **form, code=await site.code("late"))
    await visitor.get("/console/enrol/" + "x" * 22, 404)
    await visitor.post("/console/enrol/" + "x" * 22, 404, **form)


async def test_of_two_who_use_a_link_at_once_one_is_enrolled(site: Site) -> None:
    path, code = await site.added("camille"), await site.code("camille")
    form = {"again": PASSWORD, "password": PASSWORD, "code": code}
    sent = [site.visitor().ask("POST", path, form, {"Origin": "https://chat.example.org"}) for _ in range(4)]
    assert sorted(answer.status for answer in await asyncio.gather(*sent)) == [200, 410, 410, 410]
    assert await operators.codes_left(site.place.parts.db, await site.id("camille")) == 8


async def test_a_reset_ends_what_was(site: Site) -> None:
    codes = await site.enrolled("camille")
    visitor = site.visitor()
    await site.log_in(visitor, "camille")
    link = await operating.reset(site.place.parts, site.chance, await site.id("camille"), "operator:test")
    assert (await visitor.get("/console/own", 303)).to.startswith("/console/login")
    await site.log_in(visitor, "camille", 401)
    await site.log_in(visitor, "camille", 401, code=codes[0])
    path = link.url.removeprefix("https://chat.example.org")
    site.place.clock.now += MINUTE
    await visitor.post(path, 200, password=PASSWORD, again=PASSWORD, code=await site.code("camille"))
    site.place.clock.now += MINUTE
    await site.log_in(visitor, "camille")


# ------------------------------------------------------------ wrong ones look alike


@guards("T24")
@guards("T19", partly=True)
async def test_no_answer_tells_what_was_wrong_and_the_work_is_the_same(site: Site) -> None:
    """Unknown name, wrong password, wrong code, suspended, never enrolled: same bytes, and as much hashed (I12)."""
    for name in ("camille", "claire", "suspended"):
        await site.enrolled(name)
    await site.added("new")
    await operating.suspend(site.place.parts, await site.id("suspended"), "operator:test")
    tries = [
        ("nobody", {}),
        ("camille", {"password": "another sentence"}),
        ("claire", {"code": "000000"}),
        ("suspended", {}),
        ("new", {}),
        ("new", {"password": ""}),
        ("suspended", {"password": ""}),
        ("", {}),
        ("n" * 900, {}),
        ("%00\ud7ff", {"password": "", "code": ""}),
    ]
    answers, before = [], site.passwords.compared
    for name, form in tries:
        answers.append(await site.log_in(site.visitor(), name, 401, **form))
    assert all(the_same(answers[0], answer) for answer in answers)
    assert WRONG in answers[0].text
    assert not any(answer.cookies for answer in answers)
    assert site.passwords.compared - before == len(tries)
    found = await audit.of(site.place.parts.db, f"operator:{await site.id('camille')}")
    assert found[0].action == "refuse log in"


@guards("T19", partly=True)
async def test_who_guesses_waits_whether_the_name_exists_or_not(site: Site) -> None:
    await site.enrolled("camille")
    for name in ("camille", "nobody"):
        before = site.passwords.compared
        for _ in range(logins.FREE):
            await site.log_in(site.visitor(), name, 401, password="another sentence")
        waits = [await site.log_in(site.visitor(), name, 429) for _ in range(20)]  # the right one is not looked at
        assert site.passwords.compared - before == logins.FREE
        assert all(the_same(waits[0], wait) for wait in waits)
        assert "Réessayez après 10 h 02" in waits[0].text
    site.place.clock.now += MINUTE
    await site.log_in(site.visitor(), "camille")
    await site.log_in(site.visitor(), "nobody", 401)
    assert "Réessayez après 10 h 04" in (await site.log_in(site.visitor(), "nobody", 429)).text
    for _ in range(3):  # who got in begins anew
        site.place.clock.now += MINUTE
        await site.log_in(site.visitor(), "camille")


async def test_tries_at_once_are_counted_before_they_are_compared(site: Site) -> None:
    await site.enrolled("camille")
    form = {"name": "camille", "password": "another sentence", "code": "000000"}
    headers = {"Origin": "https://chat.example.org"}
    sent = [site.visitor().ask("POST", "/console/login", form, headers) for _ in range(40)]
    statuses = [answer.status for answer in await asyncio.gather(*sent)]
    assert statuses.count(429) == 40 - logins.FREE
    assert site.passwords.compared == logins.FREE


async def test_it_fails_closed(site: Site) -> None:
    await site.enrolled("camille")
    db = site.place.parts.db
    await db.execute("ALTER TABLE login RENAME TO login_away")
    try:
        answer = await site.log_in(site.visitor(), "camille", 503)
        assert not answer.cookies
        assert site.passwords.compared == 0
    finally:
        await db.execute("ALTER TABLE login_away RENAME TO login")


async def test_many_names_within_an_hour_raise_an_alarm(site: Site) -> None:
    for number in range(101):
        await site.log_in(site.visitor(), f"guess{number}", 401)
    assert "logins" in site.place.alarm_codes()


async def test_more_than_can_be_hashed_are_sent_away(site: Site) -> None:
    await site.enrolled("camille")
    headers = {"Origin": "https://chat.example.org"}
    forms = [{"name": f"n{number}", "password": "x", "code": "1"} for number in range(60)]
    sent = [site.visitor().ask("POST", "/console/login", form, headers) for form in forms]
    statuses = {answer.status for answer in await asyncio.gather(*sent)}
    assert statuses <= {401, 503}
    await site.log_in(site.visitor(), "camille")


# ------------------------------------------------------------ the second factor


async def test_a_code_logs_in_once(site: Site) -> None:
    await site.enrolled("camille")
    code = await site.code("camille")
    await site.log_in(site.visitor(), "camille", code=code)
    await site.log_in(site.visitor(), "camille", 401, code=code)
    site.place.clock.now += MINUTE / 2
    await site.log_in(site.visitor(), "camille")


async def test_of_two_with_one_code_one_is_in(site: Site) -> None:
    await site.enrolled("camille")
    form = {"name": "camille", "password": PASSWORD, "code": await site.code("camille")}
    headers = {"Origin": "https://chat.example.org"}
    sent = [site.visitor().ask("POST", "/console/login", form, headers) for _ in range(4)]
    assert sorted(answer.status for answer in await asyncio.gather(*sent)) == [303, 401, 401, 401]


@pytest.mark.parametrize(("seconds", "status"), [(-60, 401), (-30, 303), (30, 303), (60, 401)])
async def test_a_telephones_clock_may_be_half_a_minute_off(site: Site, seconds: int, status: int) -> None:
    await site.enrolled("camille")
    site.place.clock.now = MONDAY + timedelta(minutes=10, seconds=15 + seconds)
    code = await site.code("camille")
    site.place.clock.now = MONDAY + timedelta(minutes=10, seconds=15)
    await site.log_in(site.visitor(), "camille", status, code=code)


async def test_a_code_may_be_typed_in_two_groups_and_no_other_digits_count(site: Site) -> None:
    await site.enrolled("camille")
    code = await site.code("camille")
    full_width = "".join(chr(0xFEE0 + ord(digit)) for digit in code)
    await site.log_in(site.visitor(), "camille", 401, code=full_width)
    await site.log_in(site.visitor(), "camille", code=f" {code[:3]} {code[3:]}")


async def test_a_recovery_code_stands_in_once(site: Site) -> None:
    codes = await site.enrolled("camille")
    other = await site.enrolled("claire")
    visitor = site.visitor()
    await site.log_in(visitor, "camille", 401, code=other[0])
    await site.log_in(visitor, "camille", code=codes[0].upper().replace("-", " "))
    await site.log_in(site.visitor(), "camille", 401, code=codes[0])
    assert "restent : 7" in (await visitor.get("/console/own")).text
    deeds = await audit.of(site.place.parts.db, f"operator:{await site.id('camille')}")
    assert "log in by recovery code" in [deed.action for deed in deeds]


async def test_a_code_without_the_password_is_not_used_up(site: Site) -> None:
    codes = await site.enrolled("camille")
    await site.log_in(site.visitor(), "camille", 401, password="x", code=codes[0])
    await site.log_in(site.visitor(), "camille", code=codes[0])


async def test_nothing_that_lets_in_is_stored_in_the_open(site: Site) -> None:
    codes = await site.enrolled("camille")
    visitor = site.visitor()
    await site.log_in(visitor, "camille")
    db, stored = site.place.parts.db, ""
    for table in ("operator", "recovery_code", "session", "login", "token", "audit"):
        stored += repr(await db.fetch(f"SELECT * FROM {table}"))
    operator = await operators.by_name(db, "camille")
    assert operator
    for secret in (PASSWORD, operator.totp, visitor.cookie, "camille", *codes, *(c.replace("-", "") for c in codes)):
        assert secret not in stored
    assert operator.password
    assert operator.password.startswith("$argon2id$")


@pytest.mark.parametrize(
    ("typed", "to"),
    [
        ("/console/own", "/console/own"),
        ("//evil.example", "/console"),
        ("https://evil.example/console", "/console"),
        ("/console/../a", "/console"),
        ("/console\\evil", "/console"),
        ("/console/own\r\nX: y", "/console"),
        ("/demo", "/console"),
        ("/console@evil.example", "/console"),
    ],
)
async def test_a_login_leads_on_within_the_console_only(site: Site, typed: str, to: str) -> None:
    await site.enrolled("camille")
    assert (await site.log_in(site.visitor(), "camille", next=typed)).to == to


async def test_roles_see_first_what_is_theirs(site: Site) -> None:
    for role in Role:
        visitor = await site.operator(role)
        home = await visitor.get("/console", 303)
        await visitor.get(home.to)
