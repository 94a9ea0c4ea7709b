"""What looks at documents, where they lie and where they come from: a part of `handlers.parts.Parts`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from handlers.documents.judging import Judge
from handlers.documents.scanning import Scanner
from handlers.documents.stores import Store


class Source(Protocol):
    """Where the files of a channel lie that people send there. `ref`: its ids, as `FileRef.id` has them."""

    @property
    def stays(self) -> bool:
        """Whether they lie there until we delete them."""

    async def fetch(self, ref: str) -> bytes:
        """Raises Unfetched, TooLarge."""

    async def drop(self, ref: str) -> None:
        """Raises Unfetched."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """`scan`: None where no scanner is configured. `sources`: by channel."""

    judge: Judge
    store: Store
    scan: Scanner | None = None
    sources: Mapping[str, Source] = field(default_factory=dict)
