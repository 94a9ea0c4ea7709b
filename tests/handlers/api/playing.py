"""What the two runs of schemathesis share: the document as they read it, which checks are on, what a good key is.

Every check of schemathesis is on, which `test_schemathesis.py` looks after.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from typing import Any, Final

import schemathesis
from schemathesis import Case, GenerationMode
from schemathesis.schemas import BaseSchema

from handlers.web.api.document import document
from handlers.web.api.table import OPERATIONS

# Those that are on, and find nothing to look at here: who looks instead.
BLIND: Final[Mapping[str, str]] = {
    "object_level_authorization": "A key speaks for all people: no key is another one's peer. That nobody gets at "
    "another person's hold or appointment is tried in test_appointments.py.",
    "use_after_free": "It looks at a GET of what was deleted: only holds are deleted, and none can be read. That a "
    "hold given back is gone, and its hour free, is tried in test_appointments.py.",
}

NUMBERS: Final = itertools.count(1)


def told(*modes: GenerationMode) -> BaseSchema:
    """The document; of requests that are good, or wrong, or both."""
    schema = schemathesis.openapi.from_dict(document(OPERATIONS, "http://127.0.0.1", "1"))
    schema.config.generation.update(with_security_parameters=False)  # each call brings our key
    if modes:
        schema.config.generation.update(modes=list(modes))
    return schema


def fresh(case: Case[Any]) -> None:
    """A good Idempotency-Key is new each time, as the document asks for: what came before is answered from memory."""
    shown = case.headers.get("Idempotency-Key")
    if isinstance(shown, str) and re.fullmatch("[!-~]{1,100}", shown):
        case.headers["Idempotency-Key"] = f"{shown}{next(NUMBERS)}"
