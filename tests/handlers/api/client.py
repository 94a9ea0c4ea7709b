"""A client made from the OpenAPI document alone: a method an operation, its parameters by name.

    api = Client(document, url, key)
    api("book_appointment", person=..., body={...})

It knows nothing of the program but the document: what it sends is checked against the document before, and what comes
against the schema of its status after. openapi-python-client asks for an older typer than we lock,
so this is some lines and jsonschema-rs instead.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import quote, urlencode

import aiohttp
import jsonschema_rs


class Refused(Exception):
    """A problem, as the document describes it."""

    def __init__(self, problem: Any) -> None:
        super().__init__(problem["code"])
        self.code: str = problem["code"]


@dataclass
class Client:
    document: Any
    http: aiohttp.ClientSession
    url: str
    key: str

    @cached_property
    def operations(self) -> dict[str, tuple[str, str, Any]]:
        return {
            operation["operationId"]: (method, path, operation)
            for path, methods in self.document["paths"].items()
            for method, operation in methods.items()
        }

    async def __call__(self, operation: str, body: Any = None, **given: Any) -> Any:
        method, path, told = self.operations[operation]
        query: dict[str, Any] = {}
        headers = {"Authorization": f"Bearer {self.key}"}  # the document's scheme: http, bearer
        for parameter in told["parameters"]:
            value = given.pop(parameter["name"].replace("-", "_").lower(), None)
            if value is None:
                assert not parameter["required"], f"{operation} needs {parameter['name']}"
                continue
            self._check(parameter["schema"], value)
            match parameter["in"]:
                case "path":
                    path = path.replace(f"{{{parameter['name']}}}", quote(str(value), safe=""))
                case "query":
                    query[parameter["name"]] = value
                case "header":
                    headers[parameter["name"]] = value
        assert not given, f"{operation} does not take {sorted(given)}"
        if "requestBody" in told:
            self._check(told["requestBody"]["content"]["application/json"]["schema"], body)
            headers["Content-Type"] = "application/json"
        address = f"{self.url}{path}" + (f"?{urlencode(query)}" if query else "")
        raw = json.dumps(body).encode() if body is not None else None
        async with self.http.request(method, address, headers=headers, data=raw) as response:
            return self._read(told, response.status, response.content_type, await response.text())

    def _read(self, told: Any, status: int, kind: str, text: str) -> Any:
        answer = told["responses"][str(status)]
        if "content" not in answer:
            assert text == ""
            return None
        said = json.loads(text)
        self._check(answer["content"][kind]["schema"], said)
        if status >= 400:
            raise Refused(said)
        return said

    def _check(self, schema: Any, value: Any) -> None:
        whole = {**schema, "components": self.document["components"]}
        jsonschema_rs.Draft202012Validator(whole, validate_formats=True).validate(value)
