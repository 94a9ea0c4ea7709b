"""Why a document was not taken, in words: by the reasons of its verdict. On the upload page and in a talk alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from conversations.text import Text, t

REASONS: Final[Mapping[str, Text]] = {
    "empty": t("documents.broken"),
    "broken": t("documents.broken"),
    "too_big": t("documents.too_big"),
    "too_many_pixels": t("documents.too_big"),
    "too_many_pages": t("documents.too_big"),
    "too_heavy": t("documents.too_big"),
    "unknown_type": t("documents.unknown_type"),
    "locked": t("documents.locked"),
    "script": t("documents.active"),
    "outward": t("documents.active"),
    "form": t("documents.active"),
    "attachment": t("documents.active"),
    "virus": t("documents.virus"),
    "unfetched": t("documents.unfetched"),  # by media: it could not be had of the provider
}
