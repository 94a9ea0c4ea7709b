"""A notice of nobody, so that a worker sees where notices arrive and how they look."""

from __future__ import annotations

from datetime import datetime, timedelta

from booking.model import Mode, Motive
from conversations.flows.names import MODES, MOTIVES
from conversations.model import Context, Finish, Flow, Outcome
from conversations.text import Text, t


def sample(now: datetime) -> Text:
    """What a booking would look like."""
    start = now.replace(minute=0, second=0, microsecond=0) + timedelta(days=2)
    booked = t("notice.booked", start=start, name="Camille", mode=MODES[Mode.PHONE], motive=MOTIVES[Motive.HOUSING])
    return t("trial.notice", sample=booked)


async def finish(c: Context) -> Outcome:
    assert c.contact.worker is not None
    await c.booking.try_notices(c.contact.worker)
    return Finish(t("trial.coming"))


TRIAL = Flow("trial", version=1, steps=(), finish=finish)
