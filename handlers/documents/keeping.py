"""What looks at documents, and where they lie: a part of `handlers.parts.Parts`."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.documents.judging import Judge
from handlers.documents.scanning import Scanner
from handlers.documents.stores import Store


@dataclass(frozen=True, slots=True)
class Keeping:
    """`scan`: None where no scanner is configured."""

    judge: Judge
    store: Store
    scan: Scanner | None = None
