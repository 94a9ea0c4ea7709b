"""Who may do what in the console: every route with every role, and the one function that decides (I11, T23)."""

from __future__ import annotations

import pytest

from booking.operating import Deed, Role, may_judge, may_operate, why_not_review
from storage import audit
from tests.guards import guards
from tests.handlers.console.site import ORIGIN, Site
from tests.handlers.console.test_sessions import concrete

pytestmark = pytest.mark.sampled

ALL = {Role.DESK, Role.ADMINISTRATOR, Role.AUDITOR}
DESK = {Role.DESK, Role.ADMINISTRATOR}
BOSS, LOOKS = {Role.ADMINISTRATOR}, {Role.ADMINISTRATOR, Role.AUDITOR}

# Written out by hand, once more: a slip in the table of the house is seen here.
MATRIX: dict[Deed, set[Role]] = {
    Deed.SEE_OWN: ALL,
    Deed.END_OWN: ALL,
    Deed.SEE_PEOPLE: DESK,
    Deed.HELP_PEOPLE: DESK,
    Deed.CORRECT_PEOPLE: DESK,
    Deed.FREE_PEOPLE: DESK,
    Deed.SEE_TICKETS: DESK,
    Deed.ANSWER_TICKETS: DESK,
    Deed.PART_CHANNELS: DESK,
    Deed.DECIDE: DESK,
    Deed.SEE_HOLDS: DESK,
    Deed.HOLD: BOSS,
    Deed.SEE_DELIVERIES: ALL,
    Deed.DELETE_DOCUMENTS: BOSS,
    Deed.SEE_DIRECTORY: ALL,
    Deed.CHANGE_DIRECTORY: BOSS,
    Deed.SEE_OPERATORS: LOOKS,
    Deed.CHANGE_OPERATORS: BOSS,
    Deed.SEE_DEEDS: LOOKS,
    Deed.SEE_FIGURES: LOOKS,
    Deed.EXPORT: BOSS,
    Deed.CARRY_OUT: BOSS,
}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("deed", Deed)
def test_the_matrix(role: Role, deed: Deed) -> None:
    assert may_operate(role, deed) == (role in MATRIX[deed])


@guards("T24")
@guards("G18", partly=True)
def test_nobody_judges_their_own() -> None:
    """What somebody contests, what somebody asks to export (G18, T24): whatever the role."""
    operators = ("operator:anna", "operator:otto", "operator:01m84b66as")
    assert [[may_judge(one, other) for one in operators] for other in operators] == [
        [False, True, True],
        [True, False, True],
        [True, True, False],
    ]


def test_who_reviews_is_known_to_be_another_human() -> None:
    """Every judge with every author, of the console or at a keyboard, who may be the same human under two names; what a
    declaration changes (G18)."""
    anna, otto, keyboard, another = "operator:01anna", "operator:01otto", "operator:anna", "operator:root"
    console = {anna, otto}

    def row(author: str, *, declares: bool) -> list[str | None]:
        return [why_not_review(one, author, console, declares=declares) for one in (anna, otto, keyboard, another)]

    for declares in (False, True):
        assert row(anna, declares=declares) == ["own", None, "own", "own"]
        assert row(otto, declares=declares) == [None, "own", "own", "own"]
    assert row(keyboard, declares=False) == ["declare", "declare", "own", "own"]
    assert row(keyboard, declares=True) == [None, None, "own", "own"]
    assert row(another, declares=False) == ["declare", "declare", "own", "own"]
    assert row(another, declares=True) == [None, None, "own", "own"]


def test_an_auditor_changes_nothing() -> None:
    mine = {deed for deed in Deed if may_operate(Role.AUDITOR, deed)}
    assert {deed for deed in mine if not deed.value.startswith("see ")} == {Deed.END_OWN}


@guards("T23", partly=True)
@pytest.mark.parametrize("role", Role)
async def test_every_route_asks_and_a_refusal_is_remembered(site: Site, role: Role) -> None:
    visitor = await site.operator(role, "somebody")
    id = await site.id("somebody")
    refused = 0
    for route, (method, path) in zip(site.frame.routes, concrete(site.frame), strict=True):
        if route.path.endswith("/logout"):
            continue
        await visitor.get("/console/own")
        form = {"csrf": visitor.csrf} if method == "POST" else None
        answer = await visitor.ask(method, path, form, {"Origin": ORIGIN})
        assert (answer.status == 403) == (role not in MATRIX[route.deed]), (role, route, answer.status)
        assert answer.status < 500
        refused += answer.status == 403
    deeds = await audit.latest(site.place.parts.db, 1000, by=f"operator:{id}")
    assert sum(deed.action.startswith("refused: ") for deed in deeds) == refused


async def test_who_may_not_is_shown_the_way_back(site: Site) -> None:
    visitor = await site.operator(Role.DESK)
    for path, status in (("/console/operators", 403), ("/console/nothing", 404), ("/console/people/x1", 404)):
        page = (await visitor.get(path, status)).text
        assert 'href="/console"' in page
        assert "lien de notre message" not in page, "which nobody of the desk has"
    assert "Votre rôle ne permet pas cela" in (await visitor.get("/console/operators", 403)).text


async def test_nobody_without_a_session_gets_past_the_door(site: Site) -> None:
    """Same answer, whether there is such a thing or not, and nothing is done."""
    before = len(await audit.latest(site.place.parts.db, 1000))
    for method, path in concrete(site.frame):
        answer = await site.visitor().ask(method, path, {} if method == "POST" else None, {"Origin": ORIGIN})
        assert answer.status == 303
        assert answer.to.startswith("/console/login")
        assert answer.text == "303: See Other"
    assert len(await audit.latest(site.place.parts.db, 1000)) == before


def test_every_route_of_the_console_is_in_the_frames_list(site: Site) -> None:
    """But for the entrance, which is for those who are not in yet."""
    listed = {(route.method, route.path) for route in site.frame.routes}
    served = set()
    for one in site.frame.app.router.routes():
        resource = one.resource
        if resource and resource.canonical.startswith("/console") and one.method != "HEAD":
            served.add((one.method, resource.canonical))
    entrance = {(method, path) for method, path in served if path.split("/")[2:3] in (["login"], ["enrol"])}
    assert len(entrance) == 4
    assert len(served - entrance) == len(listed)


async def test_other_methods_and_paths_are_refused(site: Site) -> None:
    visitor = await site.operator(Role.ADMINISTRATOR)
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS"):
        assert (await visitor.ask(method, "/console/own")).status == 405
    await visitor.get("/console/nothing", 404)
    await visitor.get("/console/own/end", 405)
