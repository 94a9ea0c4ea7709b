"""What follows from what an operator decides about a person (safety G18). Lines of `handlers.reactions.REACTIONS`.

Told on the channel that they used last: that a human decided, what, why, until when, and by which word it is contested.
Not at night; and who cannot be told is called by the desk (`judging.MATTERS`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from booking.decisions import (
    Decided,
    Decision,
    DecisionContested,
    DecisionReviewed,
    Ground,
    ReportSettled,
    SuspensionEnded,
)
from conversations.flows.account import last_day
from conversations.text import Text, t
from handlers.effects import Alarm, Effect, Notice, ToPerson, ToWorker

if TYPE_CHECKING:
    from handlers.world import World

CONTEST: Final = "contest"  # the kind of the ticket
DECISION: Final = "decision:"  # before its id, as the subject of that ticket

GROUNDS: Final[Mapping[Ground, Text]] = {
    Ground.DISRESPECT: t("ground.disrespect"),
    Ground.MISSED: t("ground.missed"),
    Ground.MISUSE: t("ground.misuse"),
    Ground.SOMEBODY_ELSE: t("ground.somebody_else"),
    Ground.OTHER: t("ground.other"),
}


async def person_is_told_what_was_decided(event: Decided, world: World) -> Sequence[Effect]:
    decision = event.decision
    if decision.kind == "warning":
        texts = [t("decision.warned", ground=GROUNDS[decision.ground], words=decision.words)]
    else:
        texts = [_suspended(decision)]
        texts += [t("decision.gone")] if event.gone else []
        texts += [t("decision.coming")] if event.coming else []
    return [_to_person(decision, *texts, t("decision.contest"))]


def _suspended(decision: Decision) -> Text:
    ground = GROUNDS[decision.ground]
    if decision.until is None:
        return t("decision.suspended", ground=ground, words=decision.words)
    return t("decision.suspended_until", day=last_day(decision.until), ground=ground, words=decision.words)


async def person_is_told_of_its_end(event: SuspensionEnded, world: World) -> Sequence[Effect]:
    said = t("decision.ended", words=event.words) if event.words else t("decision.over")
    return [_to_person(event.decision, said)]


async def person_is_told_of_the_review(event: DecisionReviewed, world: World) -> Sequence[Effect]:
    said = REVIEWED[event.decision.kind, event.decision.upheld is True]
    return [_to_person(event.decision, Text(said.msgid, {"words": event.decision.answer}))]


REVIEWED: Final[Mapping[tuple[str, bool], Text]] = {
    ("suspension", True): t("decision.upheld"),
    ("suspension", False): t("decision.lifted"),
    ("warning", True): t("decision.warning_upheld"),
    ("warning", False): t("decision.warning_taken_back"),
}


async def others_are_to_judge(event: DecisionContested, world: World) -> Sequence[Effect]:
    return [Alarm(f"desk_{CONTEST}", event.contact, f"{DECISION}{event.decision.id}")]


async def worker_is_told_of_their_report(event: ReportSettled, world: World) -> Sequence[Effect]:
    """That it was dealt with: what was decided about somebody is theirs to know."""
    said = t("report.settled", day=event.report.made_at)
    return [Notice(ToWorker(event.report.worker), "report", (said,))]


def _to_person(decision: Decision, *texts: Text) -> Notice:
    return Notice(ToPerson(decision.person), "decision", texts)
