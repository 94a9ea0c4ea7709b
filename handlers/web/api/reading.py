"""What comes in, read strictly: JSON in UTF-8 and nothing else, every field known, every value of the shape that the
document promises. What is wrong is told by its place, never by its value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeVar
from urllib.parse import parse_qsl

from aiohttp import web
from pydantic import BaseModel, ValidationError

from handlers.web import body
from handlers.web.api.problems import Fault, Problem, Trouble

LIMIT: Final = 64 * body.KIB
MOST_PARAMETERS: Final = 30
MOST_FAULTS: Final = 20

M = TypeVar("M", bound=BaseModel)


async def body_of(request: web.Request) -> bytes:
    return await body.read(request, LIMIT)


def json_of(request: web.Request, raw: bytes, model: type[M]) -> M:
    if request.content_type != "application/json" or (request.charset or "utf-8").lower() != "utf-8":
        raise Trouble(Problem("not_json"))
    try:
        return model.model_validate_json(raw, strict=True)
    except ValidationError as error:
        raise Trouble(_told(error, "/")) from None


def parameters_of(request: web.Request, model: type[M]) -> M:
    """Of the query. One that comes twice could mean either."""
    raw = request.rel_url.raw_query_string
    try:
        pairs = parse_qsl(raw, keep_blank_values=True, errors="strict", max_num_fields=MOST_PARAMETERS)
    except ValueError:
        raise Trouble(Problem("malformed")) from None
    twice = [name for name in model.model_fields if sum(name == other for other, _ in pairs) > 1]
    if twice:
        raise Trouble(Problem("invalid", [Fault(at=name, why="given more than once") for name in twice]))
    return checked(dict(pairs), model)


def checked(given: Mapping[str, str], model: type[M]) -> M:
    """Texts that stand for values: of a query, or a path."""
    try:
        return model.model_validate_strings(given)
    except ValidationError as error:
        raise Trouble(_told(error, "")) from None


def _told(error: ValidationError, before: str) -> Problem:
    found = error.errors(include_url=False, include_context=False, include_input=False)
    if any(each["type"] == "json_invalid" for each in found):
        return Problem("malformed")
    return Problem("invalid", [Fault(at=_place(each["loc"], before), why=_why(each)) for each in found[:MOST_FAULTS]])


def _why(each: Any) -> str:
    """Pydantic's words, which hold nothing of the value: what is forbidden is named by its place alone."""
    return str(each["msg"]).removeprefix("Value error, ")


def _place(loc: Sequence[int | str], before: str) -> str:
    """A name that nobody knows is the caller's own text: cut short."""
    return before + "/".join(str(part)[:40].replace("~", "~0").replace("/", "~1") for part in loc)
