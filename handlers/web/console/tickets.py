"""Tickets: what waits for the desk, and what an operator does about each.

GET   /console/tickets              danger, what nobody has, what somebody has; `?closed`: the latest that are closed
GET   /console/tickets/{id}         why, where the talk stood, its story, whom to call
POST  /console/tickets/{id}/take    {"over"} from the colleague who has it
POST  /console/tickets/{id}/say     {"words"} to the person, in their talk
POST  /console/tickets/{id}/back    the bot answers again
POST  /console/tickets/{id}/note    {"words"} for the desk alone
POST  /console/tickets/{id}/call    {"how"} a call went
POST  /console/tickets/{id}/close   {"outcome"}
POST  /console/tickets/{id}/extend  {"words", "told"}: a request about data takes longer
POST  /console/tickets/{id}/refuse  {"words", "told"}: it is refused
POST  /console/people/{id}/take     {"contact"}: a talk that nothing asked for
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from aiohttp import web

from booking.operating import Deed
from conversations.text import Text, t
from handlers import ticket_answers as answers
from handlers import tickets
from handlers.console import desk
from handlers.privacy import deadlines
from handlers.privacy.deadlines import DeadlineAnswer, NotSo
from handlers.web import body
from handlers.web.console.frame import ID, Frame, Visit
from handlers.web.console.ticket_words import NO_TALK, SAID, TICKET_WORDS
from storage import contacts

WORDS_LIMIT: Final = 16 * body.KIB  # a thousand characters, as a form writes them


NOT_DONE: Final[Mapping[type, Text]] = {
    answers.Closed: t("console.ticket.closed_before"),
    answers.OfAnother: t("console.ticket.of_another"),
    answers.InTalk: t("console.ticket.in_talk"),
    answers.NotYours: t("console.decide.own"),
    answers.Undecided: t("console.ticket.undecided"),
}


NOT_SO: Final[Mapping[str, Text]] = {
    "no_request": t("console.request.none"),
    "late": t("console.request.late"),
    "already": t("console.request.already"),
}


@dataclass(frozen=True, kw_only=True)
class TicketPages:
    frame: Frame

    def add(self) -> None:
        self.frame.get("/tickets", Deed.SEE_TICKETS, self._list)
        self.frame.get(f"/tickets/{ID}", Deed.SEE_TICKETS, self._show)
        self.frame.post(f"/tickets/{ID}/take", Deed.ANSWER_TICKETS, self._take)
        self.frame.post(f"/tickets/{ID}/say", Deed.ANSWER_TICKETS, self._say, limit=WORDS_LIMIT)
        self.frame.post(f"/tickets/{ID}/back", Deed.ANSWER_TICKETS, self._hand_back)
        self.frame.post(f"/tickets/{ID}/note", Deed.ANSWER_TICKETS, self._note, limit=WORDS_LIMIT)
        self.frame.post(f"/tickets/{ID}/call", Deed.ANSWER_TICKETS, self._call)
        self.frame.post(f"/tickets/{ID}/close", Deed.ANSWER_TICKETS, self._close)
        self.frame.post(f"/tickets/{ID}/extend", Deed.ANSWER_TICKETS, self._extend, limit=WORDS_LIMIT)
        self.frame.post(f"/tickets/{ID}/refuse", Deed.ANSWER_TICKETS, self._refuse, limit=WORDS_LIMIT)
        self.frame.post(f"/people/{ID}/take", Deed.ANSWER_TICKETS, self._take_over)

    async def _list(self, visit: Visit) -> web.Response:
        parts, said = self.frame.parts, SAID.get(visit.request.query.get("said", ""))
        if "closed" in visit.request.query:
            found = await desk.closed(parts, visit.actor)
            return visit.page("tickets", closed=found, board=None, now=visit.now, **TICKET_WORDS)
        seen = await desk.board(parts, visit.actor)
        return visit.page("tickets", said=said, closed=None, board=seen, now=visit.now, **TICKET_WORDS)

    async def _show(self, visit: Visit) -> web.Response:
        return await self._page(visit, SAID.get(visit.request.query.get("said", "")))

    async def _take(self, visit: Visit) -> web.Response:
        """Who cannot be written to is called: the page says so, and the ticket is the operator's all the same."""
        id, over = visit.place("id"), "over" in visit.fields
        answer = await tickets.take(self.frame.parts, id, visit.actor, over=over)
        if isinstance(answer, answers.NoTalk):
            raise visit.back(f"/tickets/{id}?said=taken")
        return await self._answered(visit, answer, "taken")

    async def _say(self, visit: Visit) -> web.Response:
        answer = await tickets.say(self.frame.parts, visit.place("id"), visit.actor, visit.words, _once(visit))
        return await self._answered(visit, answer, "said")

    async def _hand_back(self, visit: Visit) -> web.Response:
        return await self._answered(
            visit, await tickets.hand_back(self.frame.parts, visit.place("id"), visit.actor), "back"
        )

    async def _note(self, visit: Visit) -> web.Response:
        answer = await tickets.note(self.frame.parts, visit.place("id"), visit.actor, visit.words, _once(visit))
        return await self._answered(visit, answer, "noted")

    async def _call(self, visit: Visit) -> web.Response:
        how = next((each for each in answers.HOWS if each == visit.fields.get("how")), None)
        if how is None:
            return await self._page(visit, t("console.ticket.choose"), 422)
        answer = await tickets.attempt(self.frame.parts, visit.place("id"), visit.actor, how, _once(visit))
        return await self._answered(visit, answer, "called")

    async def _close(self, visit: Visit) -> web.Response:
        outcome = next((each for each in answers.OUTCOMES if each == visit.fields.get("outcome")), None)
        if outcome is None:
            return await self._page(visit, t("console.ticket.choose"), 422)
        answer = await tickets.close(self.frame.parts, visit.place("id"), visit.actor, outcome, _once(visit))
        if isinstance(answer, answers.Done):
            raise visit.back("/tickets?said=closed")
        return await self._answered(visit, answer, "closed")

    async def _extend(self, visit: Visit) -> web.Response:
        return await self._request(visit, deadlines.extend, "extended")

    async def _refuse(self, visit: Visit) -> web.Response:
        return await self._request(visit, deadlines.refuse, "refused")

    async def _request(self, visit: Visit, deed: Callable[..., Awaitable[DeadlineAnswer]], done: str) -> web.Response:
        told = "told" in visit.fields
        answer = await deed(self.frame.parts, visit.place("id"), visit.actor, visit.words, told=told, once=_once(visit))
        if isinstance(answer, NotSo):
            return await self._page(visit, NOT_SO[answer.why], 409)
        if isinstance(answer, answers.BadWords):
            most, least = deadlines.LONGEST, deadlines.SHORTEST
            return await self._page(visit, t("console.request.words_wrong", least=least, most=most), 422)
        return await self._answered(visit, answer, done)

    async def _take_over(self, visit: Visit) -> web.Response:
        """Not from a colleague who is in that talk: their ticket is shown."""
        parts, id = self.frame.parts, visit.place("id")
        theirs = await contacts.of_person(parts.db, id)
        who = next((one for one in theirs if one.id == visit.fields.get("contact")), None)
        if who is None:
            raise web.HTTPNotFound
        seen = await desk.of_person(parts, theirs, id)
        if (live := next((row for row in seen.open if row.live and row.contact_id == who.id), None)) is not None:
            raise visit.back(f"/tickets/{live.id}")
        if who.id not in seen.talks:
            raise visit.back(f"/people/{id}?said=shut")
        answer = await tickets.take_over(parts, who.id, visit.actor)
        if isinstance(answer, answers.Done):
            raise visit.back(f"/tickets/{answer.ticket.id}?said=taken")
        raise visit.back(f"/people/{id}?said={'shut' if isinstance(answer, answers.NoTalk) else 'other'}")

    async def _answered(self, visit: Visit, answer: answers.SayAnswer, done: str) -> web.Response:
        """What was typed is not lost where it could not be done."""
        match answer:
            case answers.Done(ticket):
                raise visit.back(f"/tickets/{ticket.id}?said={done}")
            case answers.NoSuchTicket():
                raise web.HTTPNotFound
            case answers.NoTalk(reason):
                return await self._page(visit, NO_TALK[reason], 409)
            case answers.BadWords():
                return await self._page(visit, t("console.ticket.words_wrong", most=tickets.LONGEST), 422)
            case refused:
                return await self._page(visit, NOT_DONE[type(refused)], 409)

    async def _page(self, visit: Visit, said: Text | None, status: int = 200) -> web.Response:
        seen = await desk.ticket(self.frame.parts, visit.place("id"), visit.actor)
        if seen is None:
            raise web.HTTPNotFound
        return visit.page(
            "ticket",
            status,
            said=said,
            failed=status != 200,
            looked=seen,
            ticket=seen.seen.ticket,
            typed=visit.typed,
            most=tickets.LONGEST,
            once=self.frame.parts.new_id(),
            **TICKET_WORDS,
        )


def _once(visit: Visit) -> str | None:
    """The same form of the same page, sent twice by a double click. Other words of that page are another one: who went
    back to it means them.
    """
    form = [value for name, value in sorted(visit.fields.items()) if name != "csrf"]
    return sha256(repr((visit.request.path, form)).encode()).hexdigest() if visit.fields.get("once") else None
