"""Our calls judged by the providers' own descriptions: `check` of a stand-in, so every test's calls are held to them.

The data are cut-down pieces of the published descriptions; where they come from stands in each file.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema_rs

DATA = Path(__file__).parent / "data"
TWILIO: dict[str, Any] = {
    operation: schema
    for file in ("twilio_messages.json", "twilio_content.json")
    for operation, schema in json.loads((DATA / file).read_text("utf-8"))["operations"].items()
}
TELEGRAM: dict[str, Any] = json.loads((DATA / "telegram_methods.json").read_text("utf-8"))
VALIDATORS = {name: jsonschema_rs.validator_for(schema, validate_formats=True) for name, schema in TWILIO.items()}
SCALARS: dict[str, type | tuple[type, ...]] = {"Integer": int, "String": str, "Boolean": bool, "Float": (int, float)}


def twilio(operation: str, params: Mapping[str, Any]) -> list[str]:
    """What is wrong with a form or a JSON body, by name and rule; never the value, which may be somebody's."""
    fields = TWILIO[operation]["properties"]
    typed = {name: _coerced(value, fields.get(name, {}).get("type")) for name, value in params.items()}
    errors = VALIDATORS[operation].iter_errors(typed)
    return [f"{'/'.join(map(str, error.instance_path)) or '(form)'}: {_masked(error)}" for error in errors]


def _coerced(value: Any, kind: str | None) -> Any:
    """A form knows only strings: turned into the type that is described, where they have its shape."""
    if kind == "array":
        return value if isinstance(value, list) else [value]
    if kind in {"integer", "number", "boolean"} and isinstance(value, str):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _masked(error: jsonschema_rs.ValidationError) -> str:
    return str(error.message) if error.instance_path == [] else f"breaks {'/'.join(map(str, error.schema_path))}"


def telegram(method: str, params: Mapping[str, Any]) -> list[str]:
    if method not in TELEGRAM["methods"]:
        return ["not a method that we use"]
    return _fields(method, TELEGRAM["methods"][method], params)


def _fields(where: str, known: Mapping[str, Any], given: Mapping[str, Any]) -> list[str]:
    wrong = [f"{where}: unknown field {name}" for name in given if name not in known]
    for name, field in known.items():
        if name not in given:
            wrong += [f"{where}: {name} is missing"] if field["required"] else []
            continue
        wrong += _nearest([_value(f"{where}.{name}", kind, given[name]) for kind in field["types"]])
    return wrong


def _nearest(faults: list[list[str]]) -> list[str]:
    """Of several types that are allowed, the one that fits best."""
    return min(faults, key=len)


def _value(where: str, kind: str, value: Any) -> list[str]:
    """What keeps a value from being of a type: a scalar, a type by its fields, one of several, or a list of it."""
    if kind.startswith("Array of "):
        if not isinstance(value, list):
            return [f"{where}: not a list"]
        inner = kind.removeprefix("Array of ")
        return [fault for place, item in enumerate(value) for fault in _value(f"{where}[{place}]", inner, item)]
    if kind in SCALARS:
        right = isinstance(value, SCALARS[kind]) and (kind == "Boolean" or not isinstance(value, bool))
        return [] if right else [f"{where}: not of type {kind}"]
    if not isinstance(value, dict):
        return [f"{where}: not a {kind}"]
    described = TELEGRAM["types"][kind]
    if "subtypes" in described:
        return _nearest([_value(where, subtype, value) for subtype in described["subtypes"]])
    return _fields(where, described["fields"], value)
