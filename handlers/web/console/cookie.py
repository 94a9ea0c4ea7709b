"""The console's one cookie. Nothing else of ours sets any (annex of the terms: technical cookies only)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from aiohttp import web

TOKEN: Final = re.compile(r"[A-Za-z0-9]{43}")


@dataclass(frozen=True, slots=True)
class Cookie:
    """`secure`: on https. Else, on this machine only, without what browsers refuse over http."""

    secure: bool

    @property
    def name(self) -> str:
        """With a prefix that no other host of the domain may set (RFC 6265bis, 4.1.3.2)."""
        return "__Host-console" if self.secure else "console"

    def read(self, request: web.Request) -> str | None:
        found = request.cookies.get(self.name, "")
        return found if TOKEN.fullmatch(found) else None

    def put(self, response: web.StreamResponse, token: str) -> None:
        """Of the browser's session: gone when it is closed, and the server ends it earlier."""
        response.set_cookie(self.name, token, path="/", secure=self.secure, httponly=True, samesite="Strict")

    def drop(self, response: web.StreamResponse) -> None:
        response.del_cookie(self.name, path="/", secure=self.secure, httponly=True, samesite="Strict")
