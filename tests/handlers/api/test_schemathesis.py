"""schemathesis against the API: what the document allows is taken, all else refused, every answer as it is promised.

Its own checks are all on: no 500, statuses and shapes of the document only, valid data accepted, invalid data and
missing headers refused, no way round the key, no method that is not told.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import settings
from schemathesis import Case, GenerationMode

from handlers.web.api.document import document
from handlers.web.api.table import OPERATIONS
from tests.handlers.api.live import Live, live

SCHEMA = schemathesis.openapi.from_dict(document(OPERATIONS, "http://127.0.0.1", "1"))
SCHEMA.config.generation.update(with_security_parameters=False)  # each call brings our key
VALID = schemathesis.openapi.from_dict(document(OPERATIONS, "http://127.0.0.1", "1"))
VALID.config.generation.update(modes=[GenerationMode.POSITIVE], with_security_parameters=False)
OF_A_PERSON = VALID.include(path_regex=r"\{person\}")
EXAMPLES = 40
NUMBERS = itertools.count(1)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with live(tmp_path_factory.mktemp("live")) as running:
        yield running


def fresh(case: Case[Any]) -> None:
    """A good Idempotency-Key is new each time, as the document asks for: what came before is answered from memory."""
    shown = case.headers.get("Idempotency-Key")
    if isinstance(shown, str) and re.fullmatch("[!-~]{1,100}", shown):
        case.headers["Idempotency-Key"] = f"{shown}{next(NUMBERS)}"


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
