"""The OpenAPI 3.1 document, made from the operations and their models; and the same as a page for people who program.

GET /api/openapi.json    the document                GET /api    the page
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from re import findall
from typing import Any, Final

from aiohttp import web
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from handlers.web.api.operations import Lead, Operation, Scope
from handlers.web.api.problems import KINDS, MEDIA, PREFIX, ProblemOut
from handlers.web.ports import Reader
from handlers.web.render import Renderer

REF: Final = "#/components/schemas/{model}"
# What any operation may answer, besides its own problems.
ALWAYS: Final = (
    "unauthorised",
    "forbidden",
    "malformed",
    "invalid",
    "too_slow",
    "too_large",
    "not_json",
    "too_many_requests",
    "unavailable",
)
# What answers carry besides their bodies, by status.
HEADERS: Final[Mapping[int, Mapping[str, str]]] = {
    401: {"WWW-Authenticate": "The scheme: Bearer."},
    429: {"Retry-After": "Seconds after which it is worth while to try again."},
    503: {"Retry-After": "Seconds after which it is worth while to try again; nothing was done."},
}
ABOUT: Final = (
    "One calendar for the chat and for other programs: motives, social workers, free hours, accounts and their "
    "appointments. Bodies are JSON in UTF-8; instants are in UTC and end in Z; an hour lasts sixty minutes. Errors are "
    "problem details (RFC 9457). Fields may be added to answers: pass over those that you do not know."
)


def document(operations: Sequence[Operation], public_url: str, version: str) -> dict[str, Any]:
    schemas = _schemas(operations)
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Social Direct", "version": version, "description": ABOUT},
        "servers": [{"url": public_url}],
        "security": [{"key": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "key": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A key that `socialdirect api-key add` printed. Its scopes: "
                    + ", ".join(f"`{scope}`" for scope in Scope)
                    + ".",
                }
            },
            "schemas": schemas,
        },
    }


def _models(operations: Sequence[Operation]) -> Iterator[tuple[type[BaseModel], JsonSchemaMode]]:
    yield ProblemOut, "serialization"
    for operation in operations:
        if operation.gives is not None:
            yield operation.gives, "serialization"
        for model in (operation.body, operation.query):
            if model is not None:
                yield model, "validation"


def _schemas(operations: Sequence[Operation]) -> dict[str, Any]:
    _, found = models_json_schema(list(dict.fromkeys(_models(operations))), ref_template=REF)
    schemas: dict[str, Any] = found["$defs"]
    return schemas


def _operation(operation: Operation, schemas: Mapping[str, Any]) -> dict[str, Any]:
    out: dict[str, Any] = {
        "operationId": operation.id,
        "summary": operation.summary,
        "description": f"{operation.about}\n\nScope: `{operation.scope}`.".strip(),
        "parameters": [*_path(operation), *_query(operation, schemas), *_headers(operation)],
        "responses": {**_done(operation), **_problems(operation)},
    }
    if operation.body is not None:
        out["requestBody"] = {"required": True, "content": {"application/json": {"schema": _ref(operation.body)}}}
    return out


def _path(operation: Operation) -> Iterator[dict[str, Any]]:
    for name in findall(r"{(\w+)}", operation.path):
        schema = {"type": "string", "pattern": "^[0-9a-z]{1,64}$"}
        yield {"name": name, "in": "path", "required": True, "schema": schema}


def _query(operation: Operation, schemas: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Each field of the model is a parameter of its own."""
    if operation.query is None:
        return
    model = schemas[operation.query.__name__]
    for name, schema in model.get("properties", {}).items():
        plain = dict(schema)
        wanted = [one for one in plain.get("anyOf", ()) if one != {"type": "null"}]  # left out, not null
        if "anyOf" in plain:
            plain = {**wanted[0], **{key: value for key, value in plain.items() if key not in {"anyOf", "default"}}}
        plain.pop("title", None)
        about = plain.pop("description", "")
        required = name in model.get("required", ())
        yield {"name": name, "in": "query", "required": required, "description": about, "schema": plain}


def _headers(operation: Operation) -> Iterator[dict[str, Any]]:
    if operation.once:
        yield {
            "name": "Idempotency-Key",
            "in": "header",
            "required": True,
            "description": "Yours to choose, new for each thing to be done. The same request is answered alike for "
            "24 hours, and nothing is done twice.",
            "schema": {"type": "string", "pattern": "^[!-~]{1,128}$"},
        }


def _done(operation: Operation) -> dict[str, Any]:
    done: dict[str, Any] = {"description": "Done."}
    if operation.gives is not None:
        done["content"] = {"application/json": {"schema": _ref(operation.gives)}}
    if operation.once:
        about = "Present where the same request had come before: this is its answer, and nothing was done again."
        done["headers"] = {"Idempotent-Replayed": _header(about, required=False, const="true")}
    if operation.leads:
        done["links"] = {name: _link(name, lead) for name, lead in operation.leads.items()}
    return {str(operation.status): done}


def _link(name: str, lead: Lead) -> dict[str, Any]:
    link: dict[str, Any] = {"operationId": name}
    if lead.parameters:
        link["parameters"] = dict(lead.parameters)
    if lead.body:
        link["requestBody"] = dict(lead.body)
    return link


def _problems(operation: Operation) -> dict[str, Any]:
    by_status: dict[int, list[str]] = {}
    missing = ("not_found",) if "{" in operation.path else ()
    once = ("idempotency_key_missing", "idempotency_key_reused") if operation.once else ()
    for code in (*ALWAYS, *missing, *once, *operation.problems):
        by_status.setdefault(KINDS[code].status, []).append(code)
    return {
        str(status): {
            "description": "; ".join(f"`{code}`: {KINDS[code].title}" for code in codes) + ".",
            "headers": {name: _header(about) for name, about in HEADERS.get(status, {}).items()},
            "content": {MEDIA: {"schema": _ref(ProblemOut)}},
        }
        for status, codes in sorted(by_status.items())
    }


def _header(about: str, *, required: bool = True, **schema: Any) -> dict[str, Any]:
    return {"description": about, "required": required, "schema": {"type": "string", **schema}}


def _ref(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": REF.format(model=model.__name__)}


@dataclass(frozen=True, kw_only=True)
class DocumentPages:
    operations: Sequence[Operation]
    renderer: Renderer
    public_url: str
    version: str

    def add_to(self, app: web.Application) -> None:
        app.router.add_get(PREFIX, self._page)
        app.router.add_get(f"{PREFIX}/openapi.json", self._document)

    async def _document(self, _: web.Request) -> web.Response:
        made = document(self.operations, self.public_url, self.version)
        return web.Response(text=json.dumps(made, indent=1), content_type="application/json")

    async def _page(self, _: web.Request) -> web.Response:
        """In English: it is for whoever writes a program, and most of it are names."""
        made = document(self.operations, self.public_url, self.version)
        return self.renderer.page("api", Reader("en", "Europe/Paris"), document=made, kinds=KINDS)
