"""What became of a request about somebody's data, told to them as news: that it takes longer, and why; that it is
refused, why, and where they may complain (regulation 2016/679, articles 12.3 and 12.4).
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from conversations.model import Context, Finish, Flow, Outcome
from conversations.text import t


async def extended(c: Context) -> Outcome:
    until = datetime.fromisoformat(c.answers["until"])
    return Finish(t("request_extended.told", until=until, words=c.answers["words"]))


async def refused(c: Context) -> Outcome:
    return Finish(t("request_refused.told", words=c.answers["words"]), more=(t("request_refused.complain"),))


REQUEST_EXTENDED: Final = Flow("request_extended", version=1, finish=extended, steps=())
REQUEST_REFUSED: Final = Flow("request_refused", version=1, finish=refused, steps=())
