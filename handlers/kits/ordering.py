"""A kit from the client's ref to its files, for the command and the console alike."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from booking.model import Code
from conversations.text import t
from handlers.desk import desk
from handlers.kits.doors import Senders, doors
from handlers.kits.whose import chosen, client_of
from handlers.parts import Parts
from locales.voice import Voice
from locales.words import words
from storage import audit, directory


@dataclass(frozen=True, slots=True)
class Order:
    """`code`: its letters or its id; None for the only one that has not ended. `senders`: where the kit leads."""

    client: str
    code: str | None
    languages: Sequence[str]
    senders: Senders


@dataclass(frozen=True, slots=True)
class Kit:
    """`files` by their paths: "fr/poster.pdf". `full`: the code has no seat left, who scans it is refused for now."""

    files: Mapping[str, bytes]
    code: Code
    full: bool


async def ordered(parts: Parts, order: Order, by: str) -> Kit:
    """That the code was read is kept in the audit trail. Raises what is in `refusals`."""
    from handlers.kits.leaflet import leaflet
    from handlers.kits.making import kit

    now = parts.clock()
    today = now.astimezone(parts.zone).date()
    async with parts.db.transaction() as tx:
        client, known = await client_of(tx, order.client)
        letters, code = chosen(known, order.code, today)
        full = code.max_accounts is not None and await directory.accounts(tx, code.id) >= code.max_accounts
        await audit.add(tx, by, "invite", f"code:{code.id}", now)
    about = desk(parts.desk_phone, parts.desk_hours, now, parts.zone)
    leaflets = []
    for lang in order.languages:
        voice = Voice(lang)
        ways = doors(order.senders, voice(t("invite.sentence", code=letters)), letters, words(lang))
        leaflets.append(leaflet(client, letters, code, ways, about, voice, today))
    return Kit(await asyncio.to_thread(kit, leaflets), code, full)
