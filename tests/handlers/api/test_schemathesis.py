"""schemathesis against the API: what the document allows is taken, all else refused, every answer as it is promised.

Its own checks are all on (`playing.py` says which find nothing to look at, and who looks instead): no 500; statuses,
types, headers and shapes of the document only; valid data accepted, invalid data and missing headers refused; no way
round the key; no method that is not told. That they look is tried too: faults are planted, and must be found.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from hypothesis import Phase, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.core.failures import AcceptedNegativeData, Failure, FailureGroup, ServerError
from schemathesis.openapi.checks import (
    IgnoredAuth,
    JsonSchemaError,
    MissingHeaders,
    RejectedPositiveData,
    UndefinedContentType,
    UndefinedStatusCode,
)

from handlers.web.api.problems import MEDIA
from tests.handlers.api.live import Liar, Live, live
from tests.handlers.api.playing import BLIND, fresh, told
from tests.handlers.api.site import SECRET

SCHEMA = told()
OF_A_PERSON = told(GenerationMode.POSITIVE).include(path_regex=r"\{person\}")
EXAMPLES = 40


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Live]:
    with live(tmp_path_factory.mktemp("live"), sqlite_template) as running:
        yield running


@SCHEMA.parametrize()
@settings(max_examples=EXAMPLES)
def test_the_api_keeps_to_its_document(case: Case[Any], server: Live) -> None:
    fresh(case)
    case.call_and_validate(base_url=server.url, headers=server.headers)


@OF_A_PERSON.parametrize()
@settings(max_examples=EXAMPLES)
def test_also_about_somebody_who_is_there(case: Case[Any], server: Live) -> None:
    fresh(case)
    known = {"person": server.person, "appointment": server.appointment}
    case.path_parameters.update({name: known[name] for name in case.path_parameters if name in known})
    case.call_and_validate(base_url=server.url, headers=server.headers)


# ------------------------------------------------------------ that it looks


def test_every_check_is_on_or_has_its_reason() -> None:
    load_all_checks()
    config = SCHEMA.config.checks_config_for(operation=SCHEMA["/api/v1/slots"]["GET"], phase="fuzzing")
    assert [name for name in CHECKS.get_all_names() if not config.get_by_name(name=name).enabled] == []
    assert set(BLIND) < set(CHECKS.get_all_names())


def _misread(fault: str, request: web.Request) -> web.Request:
    match fault:
        case "lets anybody in":
            return request.clone(headers={**request.headers, "Authorization": f"Bearer {SECRET}"})
        case "takes whatever comes":
            return request.clone(rel_url=request.rel_url.with_query(motive="finance", mode="phone"))
    return request


def _spoilt(fault: str, response: web.Response) -> web.Response:
    match fault:
        case "breaks":
            response.set_status(500)
        case "answers otherwise":
            response.set_status(response.status + 3)
        case "another type":
            response.content_type = "text/csv"
        case "another shape":
            response.text = '{"slots": [1], "language_spoken": "yes"}'
        case "refuses all" if response.status < 300:
            response.set_status(422)
            response.text, response.content_type = '{"type": "", "title": "", "status": 422, "code": ""}', MEDIA
        case "no word of when":
            response.set_status(503)
            response.text, response.content_type = '{"type": "", "title": "", "status": 503, "code": ""}', MEDIA
    return response


@pytest.fixture(scope="module")
def liar() -> Liar:
    return Liar(_misread, _spoilt)


@pytest.fixture(scope="module")
def lied_to(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path, liar: Liar) -> Iterator[Live]:
    with live(tmp_path_factory.mktemp("lies"), sqlite_template, liar.middleware) as running:
        yield running


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        ("breaks", ServerError),
        ("answers otherwise", UndefinedStatusCode),
        ("another type", UndefinedContentType),
        ("another shape", JsonSchemaError),
        ("no word of when", MissingHeaders),
        ("lets anybody in", IgnoredAuth),
        ("takes whatever comes", AcceptedNegativeData),
        ("refuses all", RejectedPositiveData),
    ],
)
def test_a_planted_fault_is_found(lied_to: Live, liar: Liar, fault: str, found: type[Failure]) -> None:
    mode = GenerationMode.NEGATIVE if found is AcceptedNegativeData else GenerationMode.POSITIVE
    slots = SCHEMA["/api/v1/slots"]["GET"].as_strategy(generation_mode=mode)

    @given(case=slots)
    @settings(max_examples=20, phases=[Phase.generate], database=None)
    def play(case: Case[Any]) -> None:
        case.call_and_validate(base_url=lied_to.url, headers=lied_to.headers)

    liar.fault = ""
    play()
    liar.fault = fault
    with pytest.raises((FailureGroup, Failure)) as raised:
        play()
    failures = raised.value.exceptions if isinstance(raised.value, FailureGroup) else [raised.value]
    assert any(isinstance(each, found) for each in failures), failures
