"""How it was, the day after: a figure from 1 to 5, then a few words if they like. Asked once; to ignore it is fine.

The answer is kept apart from the person's record, under an id from which neither they nor the moment can be told.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final
from zoneinfo import ZoneInfo

from booking.model import AppointmentId, Feedback
from conversations.flows.due import LONG, of_use
from conversations.flows.names import call
from conversations.model import Again, Ask, Context, Finish, Flow, Input, Option, Outcome, Step, fill
from conversations.text import Text, t
from conversations.understand import understand

SCORES: Final[tuple[Text, ...]] = (
    t("feedback.score1"),
    t("feedback.score2"),
    t("feedback.score3"),
    t("feedback.score4"),
    t("feedback.score5"),
)
LOW: Final = 2  # who says this may want a human
FRESH: Final = timedelta(hours=2)  # afterwards what they write is not about yesterday any more
LONGEST: Final = 1000  # characters that are kept
WISHES: Final = frozenset({"book", "cancel", "move", "appointments", "help", "human", "my_data", "language", "message"})


async def enter(c: Context) -> Finish | None:
    appointment = await c.booking.appointment(AppointmentId(c.answers["which"]))
    done = appointment is not None and appointment.status == "done"
    theirs = appointment is not None and c.known.person is not None and appointment.person == c.known.person.id
    return None if done and theirs else Finish()


async def ask_score(c: Context) -> Ask:
    return Ask(t("feedback.ask"), (), tuple(Option(str(n), label) for n, label in enumerate(SCORES, 1)))


async def got_score(c: Context, heard: Input) -> Outcome:
    score, ref = int(heard.choice), sha256(c.new_id().encode()).hexdigest()[:26]
    given = await _given(c, score, ref)
    if given is None:
        return Finish(t("feedback.thanks"))
    await c.booking.give_feedback(given)
    return fill(score=score, ref=ref, scored_at=c.now.isoformat())


async def ask_words(c: Context) -> Ask:
    return Ask(t("feedback.words"), (), (Option("no", t("feedback.no_words")),), free=True)


async def got_words(c: Context, heard: Input) -> Outcome:
    """Their words, unless what they write is a wish: then it is that which they are here for."""
    if heard.choice == "no":
        return fill(words=False)
    wish = understand(heard.text, c.words, now=c.now, zone=c.contact.zone).intent in WISHES
    if wish or c.now - datetime.fromisoformat(c.answers["scored_at"]) > FRESH:
        return Again()
    given = await _given(c, c.answers["score"], c.answers["ref"], heard.text.strip()[:LONGEST])
    if given is not None:
        await c.booking.give_feedback(given)
    return fill(words=True)


async def finish(c: Context) -> Outcome:
    if "score" not in c.answers:
        return Finish(go_on=True)  # too long ago to be asked once more
    if c.answers["score"] <= LOW:
        return Finish(t("feedback.thanks_low", call=call(c)))
    return Finish(t("feedback.thanks"))


async def _given(c: Context, score: int, ref: str, words: str | None = None) -> Feedback | None:
    """About nobody: which client, which worker, how, and the day."""
    a = await c.booking.appointment(AppointmentId(c.answers["which"]))
    today = c.now.astimezone(ZoneInfo(c.contact.zone)).date()
    return Feedback(ref, a.client, a.worker, a.mode, score, today, words) if a else None


FEEDBACK = Flow(
    "feedback",
    version=1,
    enter=enter,
    finish=finish,
    fleeting=True,
    steps=(
        Step("score", ask_score, got_score, wanted=lambda c: "score" not in c.answers and of_use(c), fresh=LONG),
        Step("words", ask_words, got_words, wanted=lambda c: "score" in c.answers and "words" not in c.answers),
    ),
)
