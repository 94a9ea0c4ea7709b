"""What a caller is told when it did not work: problem details (RFC 9457), in words for developers, no value of theirs.

`code` is stable and ends the problem's `type`, which is an anchor of the readable page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from aiohttp import web
from pydantic import BaseModel, Field

from handlers.web.guard import ErrorPage

MEDIA: Final = "application/problem+json"
PREFIX: Final = "/api"


@dataclass(frozen=True, slots=True)
class Kind:
    status: int
    title: str


KINDS: Final[Mapping[str, Kind]] = {
    "unauthorised": Kind(401, "No key that is known and in force came with the request"),
    "forbidden": Kind(403, "The key may not be used for this"),
    "not_found": Kind(404, "There is nothing at this address, or not for this person"),
    "method_not_allowed": Kind(405, "This address takes other methods"),
    "too_slow": Kind(408, "The body took too long"),
    "too_large": Kind(413, "The body is too large"),
    "not_json": Kind(415, "The body must be application/json, and not compressed"),
    "malformed": Kind(400, "The request could not be read"),
    "invalid": Kind(422, "Something in the request is not as the document says"),
    "too_many_requests": Kind(429, "Too many requests with this key"),
    "idempotency_key_missing": Kind(400, "This operation takes an Idempotency-Key: 1 to 128 visible ASCII characters"),
    "idempotency_key_reused": Kind(422, "The Idempotency-Key came before, with another request"),
    "phone_not_served": Kind(409, "Not a French mobile number, overseas included"),
    "code_refused": Kind(409, "The connection code is unknown, not valid now, full, or of a suspended client"),
    "too_many_tries": Kind(429, "Too many connection codes were tried, for this number or overall"),
    "account_exists": Kind(409, "This number has an account, or is a worker's; it is joined by proof only"),
    "no_address": Kind(409, "The person has no address left at which they could be told"),
    "slot_gone": Kind(409, "The hour is taken, closed, or too near"),
    "already_over": Kind(409, "The appointment has begun, is past, or was moved or cancelled before"),
    "max_appointments": Kind(409, "They have as many coming appointments as are allowed"),
    "cancellations": Kind(409, "They cancelled as often as is allowed in 30 days: the desk books with them"),
    "overlap": Kind(409, "They have another appointment then"),
    "suspended": Kind(409, "Their account, or their client, is suspended"),
    "frozen": Kind(409, "They froze their account themself"),
    "consent": Kind(409, "The terms in force are not accepted, or not these, or not yet"),
    "dispute": Kind(409, "A dispute is open (terms, article 4.1.7)"),
    "worker": Kind(409, "This worker accepts no request of theirs for now (terms, article 5.2)"),
    "unavailable": Kind(503, "It cannot be done at the moment: try again"),
}
# What aiohttp and the body's reader say by status alone.
BY_STATUS: Final = {
    KINDS[code].status: code
    for code in ("not_found", "method_not_allowed", "too_slow", "too_large", "not_json", "unavailable")
}


class Fault(BaseModel):
    """Where something is not as it should be: `at` is a JSON Pointer into the body, or a parameter's name."""

    at: str
    why: str


class ProblemOut(BaseModel):
    """Problem details (RFC 9457)."""

    type: str = Field(description="An anchor of the readable page; its end is `code`.")
    title: str
    status: int
    code: str = Field(description="Stable.")
    faults: list[Fault] | None = Field(default=None, description="Of `invalid`: where, and why.")


@dataclass(frozen=True, slots=True)
class Problem:
    """`after`: when it is worth while to try again."""

    code: str
    faults: Sequence[Fault] = ()
    after: timedelta | None = None

    @property
    def status(self) -> int:
        return KINDS[self.code].status


class Trouble(Exception):
    """The request ends here, with this problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


def drawn(problem: Problem, base: str) -> str:
    """`base`: the address that the outside sees."""
    kind = KINDS[problem.code]
    out = ProblemOut(
        type=f"{base}{PREFIX}#{problem.code}",
        title=kind.title,
        status=kind.status,
        code=problem.code,
        faults=list(problem.faults) or None,
    )
    return out.model_dump_json(exclude_none=True)


def answer(problem: Problem, base: str) -> web.Response:
    response = web.Response(status=problem.status, text=drawn(problem, base), content_type=MEDIA)
    if problem.status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="socialdirect"'
    if problem.after is not None:
        response.headers["Retry-After"] = str(max(1, -(-problem.after // timedelta(seconds=1))))
    return response


def beside(page: ErrorPage, base: str) -> ErrorPage:
    """Programs get problem details where people get a page. For `guard.middlewares`."""

    def draw(request: web.Request, status: int) -> web.Response:
        if not request.path.startswith(f"{PREFIX}/"):
            return page(request, status)
        return answer(Problem(BY_STATUS.get(status, "malformed")), base)

    return draw
