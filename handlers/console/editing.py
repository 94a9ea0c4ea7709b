"""A client or a worker as a form: what stands written into its fields, and what was typed read back as the directory
file would have it, so that the same checks judge it. A field that was emptied is emptied.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from booking.directory_csv import READ
from booking.model import Client, Code, Mode, Motive, Worker
from handlers.console.importing import written

TEXTS: Final = ("first_name", "last_name", "phone", "email", "notify_by", "address", "time_zone", "languages")
FLAGS: Final = ("works_on_holidays", "suspended")
OF_CODE: Final = ("code", "valid_from", "valid_until", "max_accounts")
MOST_CODES: Final = 20
CLOSED: Final = re.compile(r"(\S+)(?:\s+[–-]\s+|\s+)(\S+)")

Fields = Mapping[str, str]
Codes = Sequence[tuple[str, Code]]


# ------------------------------------------------------------ written into a form


def of_client(client: Client, codes: Codes) -> Fields:
    fields = {"ref": client.ref, "name": client.name, "kind": client.kind.value, "suspended": written(client.suspended)}
    for number, (letters, code) in enumerate(codes):
        values = {
            "code": letters,
            "valid_from": written(code.valid_from),
            "valid_until": written(code.valid_until),
            "max_accounts": written(code.max_accounts),
        }
        fields |= {f"{name}.{number}": value for name, value in values.items()}
    return _without_empty(fields)


def of_worker(worker: Worker) -> Fields:
    fields = {"ref": worker.ref} | {name: written(getattr(worker, name)) for name in (*TEXTS, *FLAGS)}
    fields |= {f"motive.{motive}": "true" for motive in worker.motives}
    fields |= {f"mode.{mode}": "true" for mode in worker.modes}
    fields |= {f"bio.{language}": words for language, words in worker.bio.items()}
    fields |= {name: "\n".join(map(written, getattr(worker, name))) for name in ("hours", "closed")}
    return _without_empty(fields)


def _without_empty(fields: Fields) -> Fields:
    """A box that is not ticked is not sent."""
    return {name: value for name, value in fields.items() if value}


def rows(fields: Fields) -> int:
    """How many lines for codes a form has: those that are filled in, and an empty one."""
    filled = [number for number in range(MOST_CODES) if any(fields.get(f"{name}.{number}") for name in OF_CODE)]
    return min(max(filled, default=-1) + 2, MOST_CODES)


# ------------------------------------------------------------ read back


def client(fields: Fields, ref: str) -> dict[str, Any]:
    """`ref`: of the one that is changed; empty for a new one, whose form has it."""
    codes = []
    for number in range(MOST_CODES):
        cells = {name: fields.get(f"{name}.{number}", "").strip() for name in OF_CODE}
        if any(cells.values()):
            codes.append({name: _value(name, cell) for name, cell in cells.items()})
    values: dict[str, Any] = {
        "ref": ref or fields.get("ref", "").strip(),
        "name": _value("name", fields.get("name", "")),
        "kind": _value("kind", fields.get("kind", "")),
        "suspended": "suspended" in fields,
    }
    return {"client": [values | ({"code": codes} if codes else {})]}


def worker(fields: Fields, ref: str) -> dict[str, Any]:
    """The same of a worker."""
    bio = {name.partition(".")[2]: words.strip() for name, words in fields.items() if name.startswith("bio.")}
    values: dict[str, Any] = {
        "ref": ref or fields.get("ref", "").strip(),
        **{name: _value(name, fields.get(name, "")) for name in TEXTS},
        **{name: name in fields for name in FLAGS},
        "motives": [motive.value for motive in Motive if f"motive.{motive}" in fields] or None,
        "modes": [mode.value for mode in Mode if f"mode.{mode}" in fields] or None,
        "bio": {language: words for language, words in bio.items() if words} or None,
        "hours": _value("hours", " | ".join(_lines(fields.get("hours", "")))),
        "closed": _closed(_lines(fields.get("closed", ""))),
    }
    return {"worker": [values]}


def _value(name: str, cell: str) -> Any:
    """None is given and empty, which is not the same as absent."""
    cell = cell.strip()
    return READ.get(name, str)(cell) if cell else None


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _closed(lines: Sequence[str]) -> Any:
    """`2026-12-24 2027-01-02`, a line each; what is no such line stays a text, and the check says so."""
    found = [CLOSED.fullmatch(line) for line in lines]
    return [
        {"from": READ["valid_from"](one[1]), "to": READ["valid_from"](one[2])} if one else "" for one in found
    ] or None
