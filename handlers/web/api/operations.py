"""What an operation of the API is: its address, who may call it, what it takes and gives, the function that does it.

One line of `table.OPERATIONS` each; the routes and the OpenAPI document are both made from it, so that neither can say
what the other does not do.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal, TypeAlias

from pydantic import BaseModel

from handlers.parts import Parts
from handlers.web.api.problems import Problem
from storage.api_keys import ApiKeyRow
from storage.db import Tx


class Scope(StrEnum):
    """What a key may be used for."""

    CATALOGUE = "catalogue"  # motives, workers and free hours: nobody's data
    PERSONS_READ = "persons:read"
    PERSONS_WRITE = "persons:write"
    APPOINTMENTS_READ = "appointments:read"
    APPOINTMENTS_WRITE = "appointments:write"  # holds, too


@dataclass(frozen=True, slots=True)
class Call:
    """One request whose key, address and contents were found good, in its transaction. `body`, `query`: of the
    operation's models. `id`: names this request in what follows from it.
    """

    parts: Parts
    tx: Tx
    key: ApiKeyRow
    id: str
    now: datetime
    path: Mapping[str, str] = field(default_factory=dict)
    query: Any = None
    body: Any = None

    @property
    def actor(self) -> str:
        """As the audit trail calls whoever holds the key."""
        return f"key:{self.key.id}"


Done: TypeAlias = BaseModel | Problem | None
Act: TypeAlias = Callable[[Call], Awaitable[Done]]


@dataclass(frozen=True, slots=True)
class Lead:
    """Where an answer leads: what of it, or of its request, another operation takes. OpenAPI calls this a link; its
    runtime expressions stand on the right.
    """

    parameters: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Operation:
    """`gives` None: an answer without a body. `problems`: those besides what every operation may answer.

    What is committed is committed with its answer: a `Problem` that `act` gives is no rollback, since a guess at a code
    must be counted also when it was wrong. An exception is.
    """

    id: str
    method: Literal["GET", "POST", "DELETE"]
    path: str
    summary: str
    scope: Scope
    act: Act
    gives: type[BaseModel] | None
    status: int = 200
    query: type[BaseModel] | None = None
    body: type[BaseModel] | None = None
    problems: Sequence[str] = ()
    about: str = ""
    leads: Mapping[str, Lead] = field(default_factory=dict)  # by the operation it leads to

    @property
    def once(self) -> bool:
        """Whether it takes an Idempotency-Key: it makes something, and made twice it would be another thing."""
        return self.method == "POST"
