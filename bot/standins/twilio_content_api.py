"""The Content API of the Twilio stand-in: contents are made, listed, submitted for approval; Meta decides when told to.

https://www.twilio.com/docs/content/content-api-resources
"""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

from bot.standins.base import Said
from bot.standins.ledger import Call
from bot.standins.twilio_content import Content, broken_rules, unfit
from bot.standins.twilio_messages import RefusedError

if TYPE_CHECKING:
    from bot.standins.twilio import TwilioStandIn

CATEGORIES: Final = frozenset({"UTILITY", "MARKETING", "AUTHENTICATION"})
HOST: Final = "https://content.twilio.com"


class Library:
    """All contents of the account. `prompt`: Meta decides at once, by its rules; else by `review` or `decide`."""

    def __init__(self, standin: "TwilioStandIn") -> None:
        self._standin = standin
        self.prompt = False

    def add_to(self, app: web.Application) -> None:
        app.router.add_post("/v1/Content", self._create)
        app.router.add_get("/v1/Content", self._list)
        app.router.add_get("/v1/ContentAndApprovals", self._list_with_approvals)
        app.router.add_get("/v1/Content/{sid}", self._fetch)
        app.router.add_delete("/v1/Content/{sid}", self._delete)
        app.router.add_get("/v1/Content/{sid}/ApprovalRequests", self._approval)
        app.router.add_post("/v1/Content/{sid}/ApprovalRequests/whatsapp", self._submit)

    # Meta

    def review(self) -> None:
        """All that was submitted is approved, or rejected where it breaks a rule."""
        for content in list(self._standin.contents.values()):
            if content.approval in {"received", "pending"}:
                broken = broken_rules(content)
                self.decide(content.friendly_name, "rejected" if broken else "approved", "; ".join(broken))

    def decide(self, name: str, state: str, reason: str = "") -> None:
        for sid, content in self._standin.contents.items():
            if content.friendly_name == name:
                self._standin.contents[sid] = replace(content, approval=state, reason=reason)

    # The API

    async def _create(self, request: web.Request) -> web.StreamResponse:
        body = await _json(request)

        def work(_: Call) -> Said:
            types, variables = body.get("types", {}), body.get("variables") or {}
            if not types or unfit(types, variables):
                raise RefusedError(20001)
            sid = f"HX{self._standin.ids():032x}"
            made = Content(sid, body.get("friendly_name", ""), body["language"], types, variables)
            self._standin.contents[sid] = made
            return Said(201, self._resource(made))

        return await self._standin.judged(request, "CreateContent", body, work)

    async def _list(self, request: web.Request) -> web.StreamResponse:
        query = dict(request.query)
        return await self._standin.judged(
            request, "ListContent", query, lambda _: Said(200, self._page(query, "Content"))
        )

    async def _list_with_approvals(self, request: web.Request) -> web.StreamResponse:
        query = dict(request.query)

        def work(_: Call) -> Said:
            return Said(200, self._page(query, "ContentAndApprovals"))

        return await self._standin.judged(request, "ListContentAndApprovals", query, work)

    async def _fetch(self, request: web.Request) -> web.StreamResponse:
        return await self._standin.judged(
            request, "FetchContent", {}, lambda _: Said(200, self._resource(self._known(request)))
        )

    async def _delete(self, request: web.Request) -> web.StreamResponse:
        def work(_: Call) -> Said:
            del self._standin.contents[self._known(request).sid]
            return Said(204)

        return await self._standin.judged(request, "DeleteContent", {}, work)

    async def _approval(self, request: web.Request) -> web.StreamResponse:
        def work(_: Call) -> Said:
            content = self._known(request)
            told = {"sid": content.sid, "account_sid": self._standin.account.sid, "whatsapp": _approval(content)}
            return Said(200, told | {"url": f"{HOST}/v1/Content/{content.sid}/ApprovalRequests"})

        return await self._standin.judged(request, "FetchApprovalFetch", {}, work)

    async def _submit(self, request: web.Request) -> web.StreamResponse:
        body = await _json(request)

        def work(_: Call) -> Said:
            content = self._known(request)
            name, category = body["name"], body["category"]
            used = {(other.submitted[0], other.language) for other in self._standin.contents.values()}
            fine = re.fullmatch(r"[a-z0-9_]{1,512}", name) and category in CATEGORIES
            if not fine or content.approval != "unsubmitted" or content.opens or (name, content.language) in used:
                raise RefusedError(20001)  # a list-picker is never approved; a name is used once, also when rejected
            self._standin.contents[content.sid] = replace(content, approval="received", submitted=(name, category))
            if self.prompt:
                self.review()
            return Said(201, _approval(self._standin.contents[content.sid]))

        return await self._standin.judged(request, "CreateApprovalCreate", body, work)

    def _known(self, request: web.Request) -> Content:
        if (sid := request.match_info["sid"]) not in self._standin.contents:
            raise RefusedError(20404)
        return self._standin.contents[sid]

    def _page(self, query: Mapping[str, str], kind: str) -> dict[str, Any]:
        size, page = int(query.get("PageSize", "50")), int(query.get("Page", "0"))
        contents = list(self._standin.contents.values())
        shown = [self._resource(each) for each in contents[page * size : (page + 1) * size]]
        if kind == "ContentAndApprovals":
            approvals = [_approval(each) for each in contents[page * size : (page + 1) * size]]
            shown = [each | {"approval_requests": told} for each, told in zip(shown, approvals, strict=True)]
        address = f"{HOST}/v1/{kind}?PageSize={size}&Page="
        more = (page + 1) * size < len(contents)
        meta = {
            "page": page,
            "page_size": size,
            "first_page_url": f"{address}0",
            "previous_page_url": f"{address}{page - 1}" if page else None,
            "url": f"{address}{page}",
            "next_page_url": f"{address}{page + 1}&PageToken=DNHX{page:032x}" if more else None,
            "key": "contents",
        }
        return {"contents": shown, "meta": meta}

    def _resource(self, content: Content) -> dict[str, Any]:
        now = self._standin.clock().astimezone(UTC).isoformat().replace("+00:00", "Z")
        url = f"{HOST}/v1/Content/{content.sid}"
        return {
            "sid": content.sid,
            "account_sid": self._standin.account.sid,
            "friendly_name": content.friendly_name,
            "language": content.language,
            "variables": dict(content.variables),
            "types": dict(content.types),
            "url": url,
            "links": {
                "approval_fetch": f"{url}/ApprovalRequests",
                "approval_create": f"{url}/ApprovalRequests/whatsapp",
            },
            "date_created": now,
            "date_updated": now,
        }


def _approval(content: Content) -> dict[str, Any]:
    name, category = content.submitted
    return {
        "type": "whatsapp",
        "name": name,
        "category": category,
        "content_type": next(iter(content.types)),
        "status": content.approval,
        "rejection_reason": content.reason,
        "allow_category_change": True,
    }


async def _json(request: web.Request) -> dict[str, Any]:
    try:
        found = json.loads(await request.read())
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
