"""The notices that WhatsApp lets through after its 24 hours: `whatsapp.toml`, read and checked for its shape.

The words are there, their rules at its top. What Meta thinks of them is tried by the stand-in that takes them.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from locales import HERE

HOLE: Final = re.compile(r"\{([a-z_]+)(?::([a-z]+))?\}")
LINK, LINES = "link", "lines"  # holes that no sentence has a value for


@dataclass(frozen=True, slots=True)
class Wording:
    """A template in one language. `buttons` in their order."""

    body: str
    buttons: tuple[str, ...] = ()

    @property
    def holes(self) -> tuple[tuple[str, str], ...]:
        """`(name, how)` of each, once, in the order in which they first come."""
        return tuple(dict.fromkeys((name, how or "") for name, how in HOLE.findall(self.body)))


@dataclass(frozen=True, slots=True)
class Template:
    """`leads`: the first sentences (msgids) of the notices that it says. `options`: of a question, its choices' msgids;
    the buttons stand for them. Without, they are words to answer with.
    """

    name: str
    leads: tuple[str, ...]
    options: tuple[str, ...]
    wordings: Mapping[str, Wording]

    @property
    def linked(self) -> bool:
        """Whether it has a place for the page's address."""
        return any((LINK, "") in wording.holes for wording in self.wordings.values())


@cache
def templates() -> tuple[Template, ...]:
    """All of them, in the file's order. Raises KeyError or TypeError for a file of another shape."""
    return tuple(
        _template(name, table) for name, table in tomllib.loads((HERE / "whatsapp.toml").read_text("utf-8")).items()
    )


def _template(name: str, table: Mapping[str, Any]) -> Template:
    wordings = {
        lang: Wording(words["body"], tuple(words.get("buttons", ())))
        for lang, words in table.items()
        if isinstance(words, dict)
    }
    return Template(name, tuple(table["leads"]), tuple(table.get("options", ())), wordings)
