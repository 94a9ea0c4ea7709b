"""My data: somebody with an account closes or erases it here themself; any other request about them is noted for the
desk, which answers within a month, and the policy says what is kept (regulation 2016/679, article 12.3).
"""

from __future__ import annotations

from conversations.model import Ask, Context, Finish, Flow, Input, Link, Option, Outcome, Step, Switch, fill
from conversations.text import t


async def ask_what(c: Context) -> Ask:
    options = (
        Option("request", t("my_data.request")),
        Option("erase", t("my_data.erase"), exact=True),
        Option("close", t("my_data.close"), exact=True),
        Option("nothing", t("my_data.nothing")),
    )
    return Ask(t("my_data.ask"), (), options)


async def got_what(c: Context, heard: Input) -> Outcome:
    match heard.choice:
        case "close" | "erase" as wanted:
            return Switch(wanted, {}, replace=True)
        case "request":
            return fill(what="request")
    return Finish(t("my_data.none"))


async def finish(c: Context) -> Outcome:
    await c.booking.ask_desk(c.contact.id, "privacy")
    return Finish(t("my_data.noted"), link=Link("privacy"))


MY_DATA = Flow(
    "my_data",
    version=1,
    finish=finish,
    fleeting=True,
    steps=(Step("what", ask_what, got_what, wanted=lambda c: c.known.person is not None and "what" not in c.answers),),
)
