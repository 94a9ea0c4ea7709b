"""What anybody may read: who we are, the terms, what becomes of what people write, their rights, who settles a dispute.

    GET /legal            facts of the terms (articles 1, 14.3, annex 1), and where messages go with these settings
    GET /accessibility    what was checked of our pages, what was not, and where to complain

In the reader's language, or in the one that `?lang=` names. Nobody is asked who they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from aiohttp import web

from booking.authority import AFTERWARDS
from booking.documents import UNSENT
from booking.phones import spaced
from handlers.web.ports import Reader
from handlers.web.render import Renderer
from locales.typography import tied
from storage import periods

HOUR: Final = timedelta(hours=1)
# What the page says of how long things are kept: what purging goes by.
KEPT: Final[Mapping[str, int]] = {
    "archive": periods.ARCHIVE.count,
    "silent": periods.SILENT.count,
    "first": periods.FIRST_WARNING.days,
    "last": periods.LAST_WARNING.days,
    "traces": periods.CONNECTION.days,
    "decisions": periods.DECISIONS.count,
    "deeds": periods.DEEDS.count,
    "handed": AFTERWARDS.days,
    "unsent": UNSENT // HOUR,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the operator decides. `sms` is our number, `sms_country` where it is served, as far as that is known.

    `in_union`: whether all that we keep ourselves is known to lie in the European Union; else nothing is said of it.
    """

    terms_url: str
    terms_version: str
    privacy_url: str
    policy_version: str
    dpo: str | None
    sms: str | None
    sms_country: str | None
    whatsapp: bool
    telegram: bool
    in_union: bool

    @property
    def sms_shown(self) -> str:
        """As one reads it out."""
        return tied(spaced(self.sms or ""))

    @property
    def dpo_href(self) -> str | None:
        """For what can be touched: a mail address, or a page."""
        if self.dpo is None or self.dpo.startswith("https://"):
            return self.dpo
        return f"mailto:{self.dpo}" if "@" in self.dpo and " " not in self.dpo else None


@dataclass(frozen=True, kw_only=True)
class LegalPages:
    """`languages`: tag to the language's own name, of those that are offered."""

    renderer: Renderer
    facts: Facts
    languages: Mapping[str, str]

    def add_to(self, app: web.Application) -> None:
        app.router.add_get("/legal", self._legal)
        app.router.add_get("/accessibility", self._accessibility)

    async def _legal(self, request: web.Request) -> web.Response:
        reader = self._reader(request)
        return self.renderer.page(
            "legal", reader, facts=self.facts, kept=KEPT, others=self._others(reader), here="legal"
        )

    async def _accessibility(self, request: web.Request) -> web.Response:
        reader = self._reader(request)
        return self.renderer.page("accessibility", reader, others=self._others(reader), here="accessibility")

    def _reader(self, request: web.Request) -> Reader:
        reader, asked = self.renderer.visitor(request), request.query.get("lang", "")
        return replace(reader, lang=asked) if asked in self.languages else reader

    def _others(self, reader: Reader) -> Mapping[str, str]:
        return {tag: name for tag, name in self.languages.items() if tag != reader.lang}
