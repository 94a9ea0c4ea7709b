"""What was decided about somebody's account, as they read it (safety G18). A push only says that something waits, since
others may read the screen (threat T6): it is shown in an answer alone, by LIRE or before the answer to whatever they
write next.

unread(c)      what they were never shown, in words
whole(c, …)    a decision and what became of it
DECISION       shows the one that they may contest, from the menu
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from booking.decisions import Decision, Ground
from conversations.flows.account import last_day
from conversations.flows.names import call
from conversations.model import Context, Finish, Flow, Outcome
from conversations.text import Text, t

GROUNDS: Final[Mapping[Ground, Text]] = {
    Ground.DISRESPECT: t("ground.disrespect"),
    Ground.MISSED: t("ground.missed"),
    Ground.MISUSE: t("ground.misuse"),
    Ground.SOMEBODY_ELSE: t("ground.somebody_else"),
    Ground.OTHER: t("ground.other"),
}
REVIEWED: Final[Mapping[tuple[str, bool], Text]] = {
    ("suspension", True): t("decision.upheld"),
    ("suspension", False): t("decision.lifted"),
    ("closing", True): t("decision.closing_upheld"),
    ("closing", False): t("decision.lifted"),
    ("warning", True): t("decision.warning_upheld"),
    ("warning", False): t("decision.warning_taken_back"),
}


def unread(c: Context) -> list[Text]:
    """The oldest first. How it is contested stands last, once."""
    found = c.known.unread
    texts = [text for each in found for text in (*_made(c, each), *_became(each))]
    return [*texts, *_contest(found)]


def whole(c: Context, decision: Decision) -> list[Text]:
    """Once more, to who asks."""
    return [*_decided(c, decision), *_became(decision), *_contest([decision])]


def _made(c: Context, decision: Decision) -> list[Text]:
    return _decided(c, decision) if decision.read is None else []


def _decided(c: Context, decision: Decision) -> list[Text]:
    ground, words = GROUNDS[decision.ground], decision.words
    if decision.kind == "warning":
        open_ = [t("decision.stays_open")] if c.known.suspension is None else []
        return [t("decision.warned", ground=ground, words=words), *open_]
    if decision.kind == "closing":
        assert decision.until is not None
        said = t("decision.closing", end=decision.until, ground=ground, words=words)
        return [said, t("decision.gone")] if decision.cancels else [said]
    if decision.until is None:
        said = t("decision.suspended", ground=ground, words=words)
    else:
        said = t("decision.suspended_until", end=last_day(decision.until), ground=ground, words=words)
    if decision.cancels:
        return [said, t("decision.gone")]
    return [said, t("decision.coming")] if decision.stands and c.known.upcoming else [said]


def _became(decision: Decision) -> list[Text]:
    """Of one that was not shown before, also that its day came."""
    became = []
    if decision.upheld is not None:
        said = REVIEWED[decision.kind, decision.upheld]
        became.append(Text(said.msgid, {"words": decision.answer}))
    if decision.ended_words:
        became.append(t("decision.ended", words=decision.ended_words))
    return became or ([] if decision.stands else [t("decision.open")])


def _contest(decisions: tuple[Decision, ...] | list[Decision]) -> list[Text]:
    open_ = any(each.stands and each.contested is None for each in decisions)
    return [t("decision.contest")] if open_ else []


async def show(c: Context) -> Outcome:
    """Nothing more, where it stands above already: this was their first message after it."""
    assert c.known.person is not None
    decision = await c.booking.contestable(c.known.person.id)
    if c.known.unread:
        return Finish()
    if decision is None:
        return Finish(t("contest.nothing", call=call(c)))
    said, *more = whole(c, decision)
    return Finish(said, tuple(more))


async def enter(c: Context) -> Finish | None:
    return None if c.known.person is not None else Finish(t("contest.nothing", call=call(c)))


DECISION: Final = Flow("decision", version=1, steps=(), enter=enter, finish=show)
