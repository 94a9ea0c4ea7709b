"""How far long work is, on a terminal; elsewhere nothing is said, so that logs and pipes stay clean."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def progress(what: str) -> Iterator[Callable[[int], None]]:
    """`with progress("rows") as tell: … tell(500)`. The line is wiped at the end."""
    shown = sys.stderr.isatty()

    def tell(done: int) -> None:
        if shown:
            sys.stderr.write(f"\r{done} {what} …")
            sys.stderr.flush()

    try:
        yield tell
    finally:
        if shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
