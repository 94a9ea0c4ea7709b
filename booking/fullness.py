"""For which subjects there is an hour to be had soon: what an operator must know before people do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Literal, TypeAlias

from booking.model import Motive, Rules, Wish
from booking.ports import BookingStore
from booking.search import Search

Fullness: TypeAlias = Literal["free", "full", "nobody"]


async def fullness(store: BookingStore, rules: Rules, now: datetime) -> Mapping[Motive, Fullness]:
    """`full`: no free hour of anybody, in any mode, within `Rules.free_within`; `nobody`: no worker helps with it."""
    directory = await store.directory()
    search = Search(directory, store, replace(rules, horizon=min(rules.free_within, rules.horizon)), now)

    async def of(motive: Motive) -> Fullness:
        if not directory.able_mask(motive, None):
            return "nobody"
        return "free" if (await search.slots(Wish(motive), 1)).slots else "full"

    return {motive: await of(motive) for motive in Motive}
