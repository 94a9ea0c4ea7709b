"""Decisions about people (safety G18): warning, suspending, closing an account, taking that back, judging what somebody
contests.

GET   /console/people/{id}/decide       the form
POST  /console/people/{id}/decide       {"kind", "ground", "words", "lasts", "until", "appointments"}
GET   /console/decisions/{id}           what was decided, by whom, why; what the person says against it
POST  /console/decisions/{id}/end       {"words"}: their account is open again
POST  /console/decisions/{id}/review    {"verdict", "words", "another"}: by another operator than who decided, who
                                        declares so where it was decided at a keyboard
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import web

from booking.decisions import CONTESTABLE, LONGEST, SHORTEST, DecideAnswer, DecisionKind, NotDecided
from booking.operating import Deed
from conversations.flows.account import last_day
from conversations.flows.decided import GROUNDS
from conversations.text import Text, t
from handlers import deciding as acts
from handlers.console import deciding, people
from handlers.console.deciding import NotRead, Wanted
from handlers.console.people import PersonSeen
from handlers.web import body
from handlers.web.console.frame import ID, Frame, Visit
from handlers.web.visitor import day

LIMIT: Final = 16 * body.KIB  # three hundred characters, as a form writes them, and what stands around them

DECISIONS: Final[Mapping[DecisionKind, Text]] = {
    "warning": t("console.decision.warning"),
    "suspension": t("console.decision.suspension"),
    "closing": t("console.decision.closing"),
}
FAULTS: Final[Mapping[str, Text]] = {
    "kind": t("console.decide.choose_kind"),
    "ground": t("console.decide.choose_ground"),
    "until": t("console.decide.choose_until"),
    "appointments": t("console.decide.choose_appointments"),
}
REFUSALS: Final[Mapping[str, Text]] = {
    "nobody": t("console.decide.nobody"),
    "already": t("console.decide.already"),
    "until": t("console.decide.choose_until"),
    "own": t("console.decide.own"),
    "declare": t("console.decide.declare"),
    "taken": t("console.ticket.of_another"),
}
SAID: Final[Mapping[str, Text]] = {
    "decided": t("console.decide.done"),
    "ended": t("console.decide.ended"),
    "reviewed": t("console.decide.reviewed"),
}
DECISION_WORDS: Final[Mapping[str, Any]] = {"grounds": GROUNDS, "decisions_of": DECISIONS, "last_day": last_day}


@dataclass(frozen=True, kw_only=True)
class DecisionPages:
    frame: Frame

    def add(self) -> None:
        self.frame.get(f"/people/{ID}/decide", Deed.DECIDE, self._ask)
        self.frame.post(f"/people/{ID}/decide", Deed.DECIDE, self._decide, limit=LIMIT)
        self.frame.get(f"/decisions/{ID}", Deed.SEE_PEOPLE, self._show)
        self.frame.post(f"/decisions/{ID}/end", Deed.DECIDE, self._end, limit=LIMIT)
        self.frame.post(f"/decisions/{ID}/review", Deed.DECIDE, self._review, limit=LIMIT)

    async def _ask(self, visit: Visit) -> web.Response:
        return await self._form(visit, Wanted())

    async def _decide(self, visit: Visit) -> web.Response:
        form, parts = deciding.wanted(visit.fields), self.frame.parts
        chosen = deciding.chosen(form, day(form.until), ("warning", "suspension", "closing"))
        if isinstance(chosen, NotRead):
            return await self._form(visit, form, FAULTS[chosen.field], 422)
        answer = await acts.decide(parts, visit.place("id"), visit.actor, chosen)
        if isinstance(answer, NotDecided):
            return await self._form(visit, form, why_not(answer.reason), status_of(answer))
        raise visit.back(f"/decisions/{answer.id}?said=decided")

    async def _form(self, visit: Visit, form: Wanted, why: Text | None = None, status: int = 200) -> web.Response:
        """Of somebody who is not there any more there is nothing to decide."""
        seen = await people.person(self.frame.parts, visit.place("id"), visit.actor)
        if seen is None:
            raise web.HTTPNotFound
        return decide_page(visit, seen, form, why, status, back=f"/people/{seen.person.id}")

    async def _show(self, visit: Visit) -> web.Response:
        return await self._page(visit, SAID.get(visit.request.query.get("said", "")))

    async def _end(self, visit: Visit) -> web.Response:
        done = await acts.end_suspension(self.frame.parts, visit.place("id"), visit.actor, visit.words)
        return await self._answered(visit, done, "ended")

    async def _review(self, visit: Visit) -> web.Response:
        verdict = visit.fields.get("verdict", "")
        if verdict not in {"uphold", "take_back"}:
            return await self._page(visit, t("console.decide.choose_verdict"), 422)
        done = await acts.review(
            self.frame.parts,
            visit.place("id"),
            visit.actor,
            visit.words,
            upheld=verdict == "uphold",
            declares=visit.fields.get("another") == "yes",
        )
        return await self._answered(visit, done, "reviewed")

    async def _answered(self, visit: Visit, answer: DecideAnswer, done: str) -> web.Response:
        if isinstance(answer, NotDecided):
            if answer.reason == "nobody":
                raise web.HTTPNotFound
            return await self._page(visit, why_not(answer.reason), status_of(answer))
        raise visit.back(f"/decisions/{answer.id}?said={done}")

    async def _page(self, visit: Visit, said: Text | None, status: int = 200) -> web.Response:
        """What was typed is not lost where it could not be done."""
        seen = await deciding.seen(self.frame.parts, visit.place("id"), visit.actor)
        if seen is None:
            raise web.HTTPNotFound
        return visit.page(
            "decision",
            status,
            said=said,
            failed=status != 200,
            seen=seen,
            decision=seen.decision,
            typed=visit.typed,
            most=LONGEST,
            least=SHORTEST,
            contestable=CONTESTABLE.days,
            **DECISION_WORDS,
        )


def decide_page(
    visit: Visit,
    seen: PersonSeen,
    form: Wanted,
    why: Text | None,
    status: int,
    *,
    back: str,
    report: bool = False,
) -> web.Response:
    """The form, about a person or, as `report`, about what a worker reported of them; it is sent to its own address.
    `back`: the page that it belongs to."""
    return visit.page(
        "decide",
        status,
        said=why,
        failed=why is not None,
        seen=seen,
        person=seen.person,
        form=form,
        most=LONGEST,
        least=SHORTEST,
        contestable=CONTESTABLE.days,
        today=visit.now.astimezone(visit.frame.parts.zone).date(),
        back=back,
        report=report,
        **DECISION_WORDS,
    )


def status_of(answer: NotDecided) -> int:
    return 422 if answer.reason in {"words", "until"} else 409


def why_not(reason: str) -> Text:
    if reason == "words":
        return t("console.decide.words_wrong", least=SHORTEST, most=LONGEST)
    return REFUSALS[reason]
