"""Many people, or things of theirs, are seen to one after the other. One that breaks us stands aside, and none of the
others waits for it (invariant I16).

    await one_by_one("erasing", them, see_to) -> int      how many were done, by what `see_to` gives for each

Whoever stands aside is tried again with the next round; that a human learns of it is for who watches what is late. What
passes by itself (the database is away) is raised: it would break each of the others, too.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

import structlog

from storage.faults import is_transient

T = TypeVar("T")

log = structlog.get_logger()


async def one_by_one(work: str, them: Iterable[T], see_to: Callable[[T], Awaitable[int]]) -> int:
    count = 0
    for each in them:
        try:
            count += await see_to(each)
        except Exception as error:
            if is_transient(error):
                raise
            log.exception("stands aside", loop=work)
    return count
