"""Twilio's own log of what people sent us: page by page, with the files that came along, for each number of ours.

https://www.twilio.com/docs/messaging/api/message-resource#read-multiple-message-resources and …/media-resource. The
log has a message's text and not which button was tapped: the text is the button's words, and is understood by them.
Its dates are in GMT, as the page says; the SDK reads them so, whatever zone they name.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import Final

import aiohttp
from twilio.base.exceptions import TwilioException

from handlers.channels.twilio import Logged
from handlers.channels.twilio_client import failed, messaging, sdk

PAGE: Final = 200  # messages a call; Twilio gives 1000 at most
POOL: Final = 400  # senders of a messaging service; Twilio allows no more
# What the SDK raises, and what its readers do when an answer has not the shape that it should have.
TROUBLE: Final = (TwilioException, json.JSONDecodeError, LookupError, ValueError, TypeError, AttributeError)


class TwilioLog:
    """One account at one base address. Everything raises SendError."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        account_sid: str,
        auth: tuple[str, str],
        *,
        base_url: str = "https://api.twilio.com",
        timeout: float = 10,
    ) -> None:
        self._messages = sdk(session, account_sid, auth, base_url, timeout).messages
        self._services = sdk(session, account_sid, auth, messaging(base_url), timeout).messaging.v1.services

    async def inbound(self, to: str, since: datetime) -> AsyncIterator[Logged]:
        """What came to a number of ours at or after `since`, newest first, all of it: a page is asked for when the one
        before it was read. Without its files.

        Twilio's reference names days alone ('on and after a specific date'): what it gives of the day before `since` is
        left out here."""
        try:
            found = await self._messages.stream_async(to=to, date_sent_after=since.astimezone(UTC), page_size=PAGE)
            async for one in found:
                sent = one.date_sent or one.date_created
                if one.direction == "inbound" and (sent is None or sent >= since.replace(microsecond=0)):
                    yield Logged(one.sid, one.from_ or "", one.to, one.body or "", int(one.num_media or 0), True, sent)
        except TROUBLE as error:
            raise failed(error) from None

    async def files(self, sid: str) -> Sequence[tuple[str, str]]:
        """Id and content type of each file that came with a message."""
        try:
            return [(one.sid, one.content_type or "") for one in await self._messages(sid).media.list_async(limit=PAGE)]
        except TROUBLE as error:
            raise failed(error) from None

    async def pool(self, service: str) -> Sequence[str]:
        """The numbers and short codes of a messaging service: people write to any of them."""
        try:
            ours = self._services(service)
            numbers = [one.phone_number for one in await ours.phone_numbers.list_async(limit=POOL)]
            return numbers + [one.short_code for one in await ours.short_codes.list_async(limit=POOL)]
        except TROUBLE as error:
            raise failed(error) from None
