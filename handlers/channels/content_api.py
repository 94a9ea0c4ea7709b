"""Calls to Twilio's Content API (JSON): what lies there with its approval, and how it is made and submitted.

https://www.twilio.com/docs/content/content-api-resources. The library has classes for it whose empty fields are sent
along; a call is less. It exists in the United States region only.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias, cast, get_args
from urllib.parse import urlsplit

import aiohttp

from handlers.channels.transport import call
from handlers.channels.twilio_errors import failure
from handlers.channels.whatsapp_content import Stored
from handlers.channels.whatsapp_templates import CATEGORY

State: TypeAlias = Literal["unsubmitted", "received", "pending", "approved", "rejected", "paused", "disabled"]
STATES: Final = frozenset(get_args(State))
FURTHER: Final[Mapping[State, int]] = {"unsubmitted": 0, "approved": 2}  # all others lie between
PAGE_SIZE: Final = 500
MOST_PAGES: Final = 20


@dataclass(frozen=True, slots=True)
class Lying:
    """A content as it lies there. `state`: its approval for WhatsApp; a word that we do not know counts as pending."""

    sid: str
    name: str
    state: State
    reason: str = ""  # why it was rejected, in Meta's words


class ContentApi:
    """One account. Everything raises SendError; nothing is tried twice."""

    def __init__(
        self, session: aiohttp.ClientSession, auth: tuple[str, str], *, base_url: str, timeout: float = 10
    ) -> None:
        self._session, self._base, self._timeout = session, base_url.rstrip("/"), timeout
        self._headers = {"Authorization": "Basic " + b64encode(":".join(auth).encode()).decode()}

    async def all(self) -> list[Lying]:
        """Every content of the account, page by page."""
        found: list[Lying] = []
        path: str | None = f"/v1/ContentAndApprovals?PageSize={PAGE_SIZE}"
        for _ in range(MOST_PAGES):
            if path is None:
                break
            page = await self._call("GET", path)
            found += [_lying(one) for one in _list(page.get("contents")) if isinstance(one, dict) and one.get("sid")]
            following = _object(page.get("meta")).get("next_page_url")
            path = _path(following) if isinstance(following, str) else None
        return found

    async def by_name(self) -> dict[str, Lying]:
        """The same. Of two with one name (two setups at once), the one that Meta took under it."""
        return {one.name: one for one in sorted(await self.all(), key=lambda one: FURTHER.get(one.state, 1))}

    async def make(self, wanted: Stored) -> str:
        """The new sid."""
        body = {
            "friendly_name": wanted.name,
            "language": wanted.language,
            "variables": dict(wanted.variables),
            "types": dict(wanted.types),
        }
        made = await self._call("POST", "/v1/Content", body)
        return str(made.get("sid"))

    async def submit(self, sid: str, name: str) -> None:
        """Ask for approval under this name."""
        await self._call("POST", f"/v1/Content/{sid}/ApprovalRequests/whatsapp", {"name": name, "category": CATEGORY})

    async def _call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        sent = {"json": body} if body is not None else {}
        answer = await call(
            self._session, method, self._base + path, timeout=self._timeout, headers=self._headers, **sent
        )
        try:
            told = _object(json.loads(answer.body))
        except (ValueError, RecursionError):
            told = {}
        if answer.status >= 400 or not told:
            raise failure(answer.status if answer.status >= 400 else 500, told.get("code") or answer.status)
        return told


def _lying(one: Mapping[str, Any]) -> Lying:
    """Approvals come as `{"status": …}`, or under the channel's name; nothing for what was never submitted."""
    approval = _object(one.get("approval_requests"))
    approval = _object(approval.get("whatsapp")) or approval
    told = approval.get("status") or "unsubmitted"
    state = cast("State", told) if told in STATES else "pending"
    return Lying(
        str(one["sid"]), str(one.get("friendly_name") or ""), state, str(approval.get("rejection_reason") or "")
    )


def _path(address: str) -> str:
    """Its own path and query, at our base address: a region's or a stand-in's."""
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def _object(found: Any) -> Mapping[str, Any]:
    return found if isinstance(found, dict) else {}


def _list(found: Any) -> list[Any]:
    return found if isinstance(found, list) else []
