"""What follows from what an operator decides about a person (safety G18). Lines of `handlers.reactions.REACTIONS`.

Told on the channel that they used last, and not at night: that something about their access waits, and what becomes of
their hours; never the reason, nor anybody's words (threat T6). These stand in an answer of ours alone
(`conversations/decided_first.py`). Who cannot be told is called by the desk (`judging.MATTERS`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from booking.decisions import Decided, Decision, DecisionContested, DecisionReviewed, ReportSettled, SuspensionEnded
from conversations.text import Text, t
from handlers.effects import Alarm, Effect, Notice, ToPerson, ToWorker

if TYPE_CHECKING:
    from handlers.world import World

CONTEST: Final = "contest"  # the kind of the ticket
DECISION: Final = "decision:"  # before its id, as the subject of that ticket


async def person_is_told_what_was_decided(event: Decided, world: World) -> Sequence[Effect]:
    """Who would go to an hour that is cancelled learns that here, whether they read the rest or not."""
    if event.gone:
        return [_waits(event.decision, t("decision.waits_gone"))]
    return [_waits(event.decision, t("decision.waits_coming") if event.coming else t("decision.waits"))]


async def person_is_told_of_its_end(event: SuspensionEnded, world: World) -> Sequence[Effect]:
    """Its day came: there is nothing more to read of that."""
    if event.decision.ended_words:
        return [_waits(event.decision, t("decision.waits"))]
    return [Notice(ToPerson(event.decision.person), "decision", (t("decision.over"),))]


async def person_is_told_of_the_review(event: DecisionReviewed, world: World) -> Sequence[Effect]:
    return [_waits(event.decision, t("decision.waits"))]


async def others_are_to_judge(event: DecisionContested, world: World) -> Sequence[Effect]:
    return [Alarm(f"desk_{CONTEST}", event.contact, f"{DECISION}{event.decision.id}")]


async def worker_is_told_of_their_report(event: ReportSettled, world: World) -> Sequence[Effect]:
    """That it was dealt with: what was decided about somebody is theirs to know."""
    said = t("report.settled", day=event.report.made_at)
    return [Notice(ToWorker(event.report.worker), "report", (said,))]


def _waits(decision: Decision, said: Text) -> Notice:
    return Notice(ToPerson(decision.person), "decision", (said,), decision=decision.id)
