"""How much a worker hears of at once; everything else comes in one message the next morning (`policy.told_at_once`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from booking.model import NoticeLevel
from conversations.model import Ask, Context, Finish, Flow, Input, Option, Outcome, Step, fill
from conversations.text import Text, t

LEVELS: Final[Mapping[NoticeLevel, Text]] = {
    NoticeLevel.ALL: t("notices.all"),
    NoticeLevel.CHANGES: t("notices.changes"),
    NoticeLevel.URGENT: t("notices.urgent"),
    NoticeLevel.DIGEST: t("notices.digest"),
}
CHOSEN: Final[Mapping[NoticeLevel, Text]] = {
    NoticeLevel.ALL: t("notices.chose_all"),
    NoticeLevel.CHANGES: t("notices.chose_changes"),
    NoticeLevel.URGENT: t("notices.chose_urgent"),
    NoticeLevel.DIGEST: t("notices.chose_digest"),
}


async def ask_level(c: Context) -> Ask:
    assert c.contact.worker is not None
    now = list(LEVELS).index(await c.booking.notices(c.contact.worker)) + 1
    return Ask(t("notices.ask", number=now), (), tuple(Option(level.value, label) for level, label in LEVELS.items()))


async def got_level(c: Context, heard: Input) -> Outcome:
    return fill(level=heard.choice)


async def finish(c: Context) -> Outcome:
    assert c.contact.worker is not None
    level = NoticeLevel(c.answers["level"])
    await c.booking.set_notices(c.contact.worker, level)
    return Finish(CHOSEN[level])


NOTICES = Flow("notices", version=1, finish=finish, steps=(Step("level", ask_level, got_level),))
