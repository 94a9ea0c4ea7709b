"""schemathesis goes its own ways along the document's links: an account, an hour held, booked, moved, cancelled, and
whatever else they allow, in any order, with something wrong in between.

Besides its own checks (also that what was made is there), each way is held against what was answered on it before:
what comes twice is done once, and what is read is what was said.
"""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar

import pytest
import requests
from aiohttp import web
from hypothesis import Phase, settings
from hypothesis.errors import Flaky
from schemathesis import Case
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.core.transport import Response
from schemathesis.openapi.checks import EnsureResourceAvailability
from schemathesis.specs.openapi.checks import ensure_resource_availability

from handlers.web.api.problems import MEDIA, Problem, drawn
from handlers.web.api.table import OPERATIONS
from tests.handlers.api.live import Liar, Live, live
from tests.handlers.api.playing import fresh, told
from tests.handlers.api.site import person

RUNS, MOST = 12, 200  # as many, and until everything was done at least once
STEPS = 12
LINKED = {each.id for each in OPERATIONS if each.leads}
NUMBERS = itertools.count(1)
FREE = {"motive": "finance", "mode": "phone", "after": "2026-03-09T06:00:00Z", "limit": "100"}

Machine = told().as_state_machine()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Live]:
    with live(tmp_path_factory.mktemp("ways"), sqlite_template) as running:
        yield running


class Ways(Machine):  # type: ignore[misc, valid-type]
    """`done`: how often each operation succeeded, and `wrong`: what was wrong, on all ways together."""

    server: ClassVar[Live]
    done: ClassVar[Counter[str]]
    wrong: ClassVar[list[BaseException]]

    def setup(self) -> None:
        url = f"{self.server.url}/api/v1/slots"
        found = requests.get(url, params=FREE, headers=self.server.headers, timeout=30)
        self.slots = [each["slot"] for each in found.json()["slots"]]
        self.people: list[str] = [self.server.person]
        self.holds: dict[str, str] = {}  # of each person the one in force
        self.seen: dict[str, dict[str, Any]] = {}  # appointments, as they were told last
        self.whose: dict[str, str] = {}

    # ------------------------------------------------------------ what goes out

    def get_call_kwargs(self, case: Case[Any]) -> dict[str, Any]:
        return {"base_url": self.server.url, "headers": self.server.headers}

    def before_call(self, case: Case[Any]) -> None:
        """A document cannot promise which codes, terms, people and free hours there are. Wrong requests stay wrong."""
        fresh(case)
        if case.meta is None or not case.meta.generation.mode.is_positive:
            return
        if "person" in case.path_parameters and case.path_parameters["person"] not in self.people:
            case.path_parameters["person"] = self.people[-1]
        if name_of(case) == "create_person":
            number = next(NUMBERS)
            case.body = person(phone=f"+3363998{number:04}", email=f"p{number}@example.org")
        elif isinstance(case.body, dict) and case.body.get("slot") not in self.slots:
            case.body["slot"] = self.slots[next(NUMBERS) % len(self.slots)]
            case.body.pop("consent", None)

    # ------------------------------------------------------------ what comes back

    def validate_response(self, response: Response, case: Case[Any], *_: Any, **kwargs: Any) -> None:
        try:
            self._validate(response, case, kwargs)
        except BaseException as error:
            self.wrong.append(error)
            raise

    def _validate(self, response: Response, case: Case[Any], sent: Mapping[str, Any]) -> None:
        name, path = name_of(case), case.path_parameters
        # A hold also ends by being booked, or by the person's next one; schemathesis looks for a DELETE only.
        ended = name == "release_hold" and self.holds.get(path["person"]) != path["hold"]
        case.validate_response(
            response,
            headers=self.server.headers,
            transport_kwargs=dict(sent),
            recorder=self.recorder,
            excluded_checks=[ensure_resource_availability] if ended else [],
        )
        if response.status_code >= 300:
            assert name != "release_hold" or ended, "a hold in force is not given back"
            return
        self.done[name] += 1
        if case.operation.method.upper() == "POST":
            again = case.call(**sent)
            assert (again.status_code, again.text) == (response.status_code, response.text), "done again"
            assert again.headers["idempotent-replayed"] == ["true"]
        self._happened(name, path, json.loads(response.text) if response.text else {})

    def _happened(self, name: str, path: Mapping[str, Any], said: dict[str, Any]) -> None:
        """What the model of the way learns, or knew already."""
        whom = str(path.get("person", ""))
        match name:
            case "create_person":
                self.people.append(said["id"])
            case "hold_slot":
                self.holds[whom] = said["id"]
            case "release_hold":
                assert self.holds.pop(whom) == path["hold"]
            case "book_appointment":
                self.holds.pop(whom, None)
                self._new(said, whom, version=0)
            case "move_appointment":
                self._moved(path["appointment"], said, whom)
            case "cancel_appointment":
                assert (said["status"], said["page"]) == ("cancelled", None)
                self.seen[said["id"]] = said
            case "get_appointment":
                assert self.whose.get(said["id"], whom) == whom, "another's"
                assert said == self.seen.get(said["id"], said)
            case "list_appointments":
                assert all(each == self.seen.get(each["id"], each) for each in said["appointments"])

    def _moved(self, id: str, said: dict[str, Any], whom: str) -> None:
        old = self.seen.get(id)  # None: of an earlier way
        if old is not None:
            self.seen[id] = {**old, "status": "moved", "page": None}
            assert said["series"] == old["series"]
        self._new(said, whom, version=old["version"] + 1 if old else said["version"])

    def _new(self, said: dict[str, Any], whom: str, version: int) -> None:
        assert (said["status"], said["version"]) == ("booked", version)
        for other in self.seen.values():
            if other["status"] == "booked" and other["start"] == said["start"]:
                assert other["worker"]["id"] != said["worker"]["id"], "two people in one hour of a worker"
                assert self.whose[other["id"]] != whom, "one person in two places"
        self.seen[said["id"]], self.whose[said["id"]] = said, whom


def name_of(case: Case[Any]) -> str:
    return str(case.operation.definition.raw["operationId"])


def go(server: Live) -> Iterator[Counter[str]]:
    """Two ways a run: what one leaves behind is there for the next, which Hypothesis, who would have each go the same
    way twice, calls flaky. What was wrong is kept by ourselves.
    """
    Ways.server, Ways.done, Ways.wrong = server, Counter(), []
    few = settings(max_examples=2, stateful_step_count=STEPS, phases=[Phase.generate], database=None)
    for _ in range(MOST):
        with suppress(Flaky):
            Ways.run(settings=few)
        if Ways.wrong:
            raise Ways.wrong[0]
        yield Ways.done


def test_every_way_along_the_links(server: Live) -> None:
    for run, done in enumerate(go(server)):
        if run >= RUNS and set(done) >= LINKED:
            return
    pytest.fail("something was never done")


# ------------------------------------------------------------ that it looks


def _misread(fault: str, request: web.Request) -> web.Request:
    match fault:
        case "forgets" if request.method == "GET" and "/appointments/" in request.path:
            raise web.HTTPNotFound(text=drawn(Problem("not_found"), ""), content_type=MEDIA)
        case "does it again" if "Idempotency-Key" in request.headers:
            return request.clone(headers={**request.headers, "Idempotency-Key": f"another-{next(NUMBERS)}"})
    return request


@pytest.mark.parametrize(
    ("fault", "found"), [("forgets", EnsureResourceAvailability), ("does it again", AssertionError)]
)
def test_a_planted_fault_is_found(tmp_path: Path, sqlite_template: Path, fault: str, found: type[Exception]) -> None:
    liar = Liar(_misread)
    with live(tmp_path, sqlite_template, liar.middleware) as lied_to:
        liar.fault = fault
        with pytest.raises((FailureGroup, Failure, AssertionError)) as raised:
            for _ in go(lied_to):
                pass
    failures = raised.value.exceptions if isinstance(raised.value, FailureGroup) else [raised.value]
    assert any(isinstance(each, found) for each in failures), failures
