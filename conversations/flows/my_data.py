"""My data: a request about them is noted for the desk, which answers within a month, and the policy says what is kept
(regulation 2016/679, article 12.3).
"""

from __future__ import annotations

from conversations.model import Context, Finish, Flow, Link, Outcome
from conversations.text import t


async def finish(c: Context) -> Outcome:
    await c.booking.ask_desk(c.contact.id, "privacy")
    return Finish(t("my_data.noted"), link=Link("privacy"))


MY_DATA = Flow("my_data", version=1, finish=finish, steps=())
