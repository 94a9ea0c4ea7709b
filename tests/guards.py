"""The marker that says which row of docs/guards.toml a test shows: `@guards("T05")`, or several.

`partly=True` where the test shows a part of a row that is not whole yet. scripts/guards.py reads the source for it and
prints the tables of docs/security.md and docs/privacy.md, so the rows are literals.
"""

import pytest


def guards(*rows: str, partly: bool = False) -> pytest.MarkDecorator:
    return pytest.mark.guards(*rows, partly=partly)
