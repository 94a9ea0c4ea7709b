"""Puts the compiled catalogues into the wheel: the repository holds only what translators edit."""

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CatalogueHook(BuildHookInterface):  # type: ignore[type-arg]
    """Compiles locales/*/LC_MESSAGES/*.po next to themselves, whatever languages there are."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        del version
        root = Path(self.root)
        for source in sorted((root / "locales").glob("*/LC_MESSAGES/*.po")):
            compiled = source.with_suffix(".mo")
            with source.open("rb") as text, compiled.open("wb") as binary:
                write_mo(binary, read_po(text, locale=source.parent.parent.name))
            build_data["artifacts"].append(str(compiled.relative_to(root)))
