"""A page's text as tests compare it: where its lines may break is another test's matter (tests/locales)."""

from __future__ import annotations

from locales.typography import NARROW, WIDE


def plain(page: str) -> str:
    """With plain blanks."""
    return page.replace(WIDE, " ").replace(NARROW, " ")
