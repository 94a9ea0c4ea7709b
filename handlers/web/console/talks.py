"""Talks that need a human: with one, in danger, or stuck; taken over and handed back, from the list or from their page.

GET   /console/conversations             danger, then who waits, then the others; `?only=danger`, `human` or `stuck`
GET   /console/conversations/{id}        who it is, where it stands, its tickets, what became of our messages
POST  /console/conversations/{id}/take   the person is told so; goes on in the ticket
POST  /console/conversations/{id}/back   {"place": "list"} the bot answers again
POST  /console/conversations/{id}/unlink this address is not (any more) whose it was
POST  /console/conversations/{id}/return it is: to who says so and could not prove it
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import web

from booking.operating import Deed
from conversations.text import Text, t
from handlers import tickets
from handlers.console import channels, talks
from handlers.console.talks import GROUPS, Group
from handlers.ticket_answers import Done, OfAnother
from handlers.web.console.frame import ID, Frame, Visit
from handlers.web.console.ticket_words import SAID, TICKET_WORDS
from storage import contacts
from storage.stuck import Need, Why

WHYS: Final[Mapping[Why, Text]] = {
    "danger": t("console.talks.why.danger"),
    "human": t("console.talks.why.human"),
    "undelivered": t("console.talks.why.undelivered"),
    "broke": t("console.talks.why.broke"),
    "misunderstood": t("console.talks.why.misunderstood"),
    "unanswered": t("console.talks.why.unanswered"),
    "abandoned": t("console.talks.why.abandoned"),
}
FILTERS: Final[Mapping[Group, Text]] = {
    "danger": t("console.talks.danger"),
    "human": t("console.talks.human"),
    "stuck": t("console.talks.stuck"),
}


def why_words_of(need: Need) -> Text:
    """Whoever is not with somebody yet waits for them."""
    return t("console.talks.why.waits") if need.why == "human" and not need.taken else WHYS[need.why]


WORDS: Final[Mapping[str, Any]] = {**TICKET_WORDS, "why_words_of": why_words_of, "filters": FILTERS}


@dataclass(frozen=True, kw_only=True)
class TalkPages:
    frame: Frame

    def add(self) -> None:
        self.frame.get("/conversations", Deed.SEE_TICKETS, self._list)
        self.frame.get(f"/conversations/{ID}", Deed.SEE_TICKETS, self._show)
        self.frame.post(f"/conversations/{ID}/take", Deed.ANSWER_TICKETS, self._take)
        self.frame.post(f"/conversations/{ID}/back", Deed.ANSWER_TICKETS, self._hand_back)
        self.frame.post(f"/conversations/{ID}/unlink", Deed.PART_CHANNELS, self._unlink)
        self.frame.post(f"/conversations/{ID}/return", Deed.PART_CHANNELS, self._give_back)

    async def _list(self, visit: Visit) -> web.Response:
        only = next((group for group in GROUPS if group == visit.request.query.get("only")), None)
        board = await talks.board(self.frame.parts, visit.actor, only)
        said = SAID.get(visit.request.query.get("said", ""))
        return visit.page("talks", said=said, board=board, only=only, now=visit.now, **WORDS)

    async def _show(self, visit: Visit) -> web.Response:
        seen = await talks.talk(self.frame.parts, visit.place("id"), visit.actor)
        if seen is None:
            raise web.HTTPNotFound
        said = SAID.get(visit.request.query.get("said", ""))
        return visit.page("talk", said=said, seen=seen, line=seen.line, now=visit.now, **WORDS)

    async def _take(self, visit: Visit) -> web.Response:
        """A colleague who is in it keeps it: the page says who."""
        id = await self._contact(visit)
        match await tickets.take_over(self.frame.parts, id, visit.actor):
            case Done(ticket):
                raise visit.back(f"/tickets/{ticket.id}?said=taken")
            case OfAnother():
                raise visit.back(f"/conversations/{id}?said=other")
            case _:
                raise visit.back(f"/conversations/{id}?said=shut")

    async def _hand_back(self, visit: Visit) -> web.Response:
        """Only by who is in it. That it was handed back, or left, meanwhile is what was wanted."""
        id = await self._contact(visit)
        place = "/conversations" if visit.fields.get("place") == "list" else f"/conversations/{id}"
        live = await talks.live(self.frame.parts, id)
        answer = await tickets.hand_back(self.frame.parts, live.id, visit.actor) if live is not None else None
        raise visit.back(f"{place}?said={'other' if isinstance(answer, OfAnother) else 'back'}")

    async def _unlink(self, visit: Visit) -> web.Response:
        id = await self._contact(visit)
        done = await channels.unlink(self.frame.parts, id, visit.actor)
        raise visit.back(f"/conversations/{id}?said={'unlinked' if done else 'nobodys'}")

    async def _give_back(self, visit: Visit) -> web.Response:
        id = await self._contact(visit)
        done = await channels.give_back(self.frame.parts, id, visit.actor)
        raise visit.back(f"/conversations/{id}?said={'returned' if done else 'nobodys'}")

    async def _contact(self, visit: Visit) -> str:
        found = await contacts.get(self.frame.parts.db, visit.place("id"))
        if found is None:
            raise web.HTTPNotFound
        return found.id
