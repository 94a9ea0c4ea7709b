"""A client's kit: what it hands to its people so that nobody has to type the code. As the command `invite` makes it.

GET   /console/directory/clients/{ref}/codes/{id}/kit    in which languages, leading to which channels
POST  /console/directory/clients/{ref}/codes/{id}/kit    the kit as one zip file; that the code was read is kept

A file's name is made of the client's ref, which holds nothing else than a-z, 0-9, - and _; nobody's data is in a kit.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from aiohttp import web

from booking.model import Client, Code
from booking.operating import Deed
from conversations.text import Text, t
from handlers.kits.addresses import Addresses, ours
from handlers.kits.doors import CHANNELS, Channel, Senders
from handlers.kits.ordering import Order, ordered
from handlers.kits.refusals import CannotCarry, CannotPrint, NoKit
from handlers.kits.whose import chosen, client_of
from handlers.web.console.directory import REF
from handlers.web.console.frame import ID, Frame, Visit
from storage import audit, directory

NUMBER: Final = re.compile(r"\+[1-9]\d{6,14}|\d{3,8}")  # E.164, or a short code: people can answer either


@dataclass(frozen=True, slots=True)
class Offer:
    """What can be made: of which code, its letters, for whom, leading where."""

    client: Client
    letters: str
    code: Code
    full: bool
    addresses: Addresses


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the form says. `number`: to write to by SMS, where our sender is a messaging service."""

    languages: tuple[str, ...]
    channels: frozenset[Channel]
    number: str = ""


@dataclass(frozen=True, kw_only=True)
class KitPages:
    frame: Frame

    def add(self) -> None:
        path = f"/directory/clients/{REF}/codes/{ID}/kit"
        self.frame.get(path, Deed.CHANGE_DIRECTORY, self._ask)
        self.frame.post(path, Deed.CHANGE_DIRECTORY, self._print)

    async def _ask(self, visit: Visit) -> web.Response:
        try:
            offer = await self._offer(visit)
        except NoKit as none:
            return self._none(visit, none)
        return self._form(visit, offer, Chosen(self.frame.parts.languages, frozenset(CHANNELS)))

    async def _print(self, visit: Visit) -> web.Response:
        try:
            offer = await self._offer(visit)
        except NoKit as none:
            return self._none(visit, none)
        asked = self._asked(visit.fields)
        senders = _senders(offer.addresses, asked)
        if why := _unfit(offer.addresses, asked, senders):
            return self._form(visit, offer, asked, why)
        order = Order(offer.client.ref, offer.code.id, asked.languages, senders)
        try:
            kit = await ordered(self.frame.parts, order, visit.actor)
        except NoKit as none:
            return self._none(visit, none)
        except CannotCarry:
            return self._form(visit, offer, asked, t("console.kit.cannot_carry"))
        except CannotPrint:
            return self._form(visit, offer, asked, t("console.kit.cannot_print"))
        name = f"kit-{offer.client.ref}"
        return web.Response(
            body=zipped(name, kit.files),
            content_type="application/zip",
            headers={"Content-Disposition": f'attachment; filename="{name}.zip"'},
        )

    async def _offer(self, visit: Visit) -> Offer:
        """Raises NoKit."""
        parts = self.frame.parts
        client, known = await client_of(parts.db, visit.place("ref"))
        letters, code = chosen(known, visit.place("id"), visit.now.astimezone(parts.zone).date())
        await audit.looked(parts.db, visit.actor, "codes", visit.now)
        taken = await directory.accounts(parts.db, code.id)
        full = code.max_accounts is not None and taken >= code.max_accounts
        return Offer(client, letters, code, full, await ours(parts))

    def _asked(self, fields: Mapping[str, str]) -> Chosen:
        languages = tuple(lang for lang in self.frame.parts.languages if f"lang.{lang}" in fields)
        channels = frozenset(channel for channel in CHANNELS if f"channel.{channel}" in fields)
        return Chosen(languages, channels, re.sub(r"[\s.]", "", fields.get("number", ""))[:20])

    def _form(self, visit: Visit, offer: Offer, asked: Chosen, why: Text | None = None) -> web.Response:
        addresses = {channel: getattr(offer.addresses.senders, channel) for channel in CHANNELS}
        values: Mapping[str, Any] = {
            "offer": offer,
            "asked": asked,
            "addresses": {channel: address for channel, address in addresses.items() if address},
            "untold": offer.addresses.untold,
            "tongues": self.frame.parts.languages,
        }
        return visit.page("kit", 422 if why else 200, said=why, failed=why is not None, **values)

    def _none(self, visit: Visit, none: NoKit) -> web.Response:
        """Why not, of a client and a code that there are."""
        if none.why not in {"suspended", "ended"}:
            raise web.HTTPNotFound
        return visit.page("kit", 422, offer=None, over=none.codes[0].valid_until if none.codes else None)


def _senders(addresses: Addresses, asked: Chosen) -> Senders:
    """Ours, as far as they are asked for."""
    told, channels = addresses.senders, asked.channels
    typed = asked.number if "sms" in addresses.untold and NUMBER.fullmatch(asked.number) else None
    return Senders(
        (told.sms or typed) if "sms" in channels else None,
        told.whatsapp if "whatsapp" in channels else None,
        told.telegram if "telegram" in channels else None,
    )


def _unfit(addresses: Addresses, asked: Chosen, senders: Senders) -> Text | None:
    if "sms" in addresses.untold and "sms" in asked.channels and not senders.sms:
        return t("console.kit.no_number")
    if not asked.languages:
        return t("console.kit.no_language")
    return t("console.kit.no_channel") if senders == Senders() else None


def zipped(folder: str, files: Mapping[str, bytes]) -> bytes:
    """All in one folder. The same files give the same bytes: no time of the day is in it."""
    out = io.BytesIO()
    with ZipFile(out, "w") as archive:
        for name in files:
            archive.writestr(ZipInfo(f"{folder}/{name}"), files[name], ZIP_DEFLATED)
    return out.getvalue()
