"""Files that people send by WhatsApp or MMS: Twilio keeps them until they are deleted there.

    GET    /2010-04-01/Accounts/AC…/Messages/MM…/Media/ME…         307 to a signed address, good for four hours
    DELETE /2010-04-01/Accounts/AC…/Messages/MM…/Media/ME….json    204

https://www.twilio.com/docs/messaging/api/media-resource. Read, not tried: it redirects to mms.twiliocdn.com, and to
Amazon's s3-external-1 where the account does not ask for a password of its media
(https://support.twilio.com/hc/en-us/articles/223183748).
"""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass
from typing import Final, Protocol
from urllib.parse import urlsplit

from handlers.channels.base import SendError
from handlers.channels.downloading import Unfetched, Way

REF: Final = re.compile(r"((?:SM|MM)[0-9a-fA-F]{32})/(ME[0-9a-fA-F]{32})")
ELSEWHERE: Final = ("mms.twiliocdn.com/", "media.twiliocdn.com/", "s3-external-1.amazonaws.com/media.twiliocdn.com/")


class Shelf(Protocol):
    """What is needed of `TwilioClient`."""

    async def delete_media(self, message: str, media: str) -> None: ...


@dataclass(frozen=True, slots=True)
class TwilioMedia:
    """One account at one base address; `auth`: an API key and its secret, or account and token."""

    way: Way
    shelf: Shelf
    account_sid: str
    auth: tuple[str, str]
    stays: bool = True

    async def fetch(self, ref: str) -> bytes:
        message, media = _ids(ref)
        signed_in = {"Authorization": "Basic " + b64encode(":".join(self.auth).encode()).decode()}
        return await self.way(f"/2010-04-01/Accounts/{self.account_sid}/Messages/{message}/Media/{media}", signed_in)

    async def drop(self, ref: str) -> None:
        """What is not there any more is dropped."""
        try:
            await self.shelf.delete_media(*_ids(ref))
        except SendError as error:
            if error.code != "20404":
                raise Unfetched(error.code, after=error.after) from None


def way(base_url: str) -> Way:
    host = urlsplit(base_url).hostname or ""
    return Way(base_url, own=not host.endswith(".twilio.com"), elsewhere=ELSEWHERE)


def _ids(ref: str) -> tuple[str, str]:
    found = REF.fullmatch(ref)
    if found is None:
        raise Unfetched("no_ids", lost=True)
    return found[1], found[2]
