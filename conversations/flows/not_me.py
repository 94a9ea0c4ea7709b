"""Not me: somebody got a message that was meant for somebody else. The word alone stops all of it, and tells the desk
(`conversations/commands.py`); what is asked then is whether the number is wrong, or the telephone has several owners.
"""

from __future__ import annotations

from typing import Final

from conversations.flows.still_me import ASKED
from conversations.model import Ask, Context, Finish, Flow, Input, Option, Outcome, Step
from conversations.text import t


async def enter(c: Context) -> Finish | None:
    """Of who has no account there is nothing to ask."""
    if c.known.person is None and not c.contact.claims:
        return Finish(t("not_me.done"), flags=frozenset({"not_me"}), forget=True)
    return None


async def ask_why(c: Context) -> Ask:
    options = (Option("wrong", t("not_me.wrong")), Option("shared", t("not_me.we_share")))
    return Ask(t("not_me.ask"), (), options)


async def got_why(c: Context, heard: Input) -> Outcome:
    """Wrong: it is somebody else's for good. Shared: the desk finds a way for each (docs/operating.md); until then
    nothing of the other one shows.
    """
    if heard.choice == "wrong":
        await c.booking.settle_claim(c.contact.id, proven=False)
        return Finish(t("not_me.noted"), forget=True)
    await c.booking.share(c.contact.id)
    await c.booking.ask_desk(c.contact.id, "shared_phone")
    return Finish(t("not_me.shared"), flags=frozenset({"opt_in"}), keep={ASKED: "asked"})


async def finish(c: Context) -> Outcome:
    return Finish()


NOT_ME: Final = Flow(
    "not_me", version=2, enter=enter, finish=finish, fleeting=True, steps=(Step("why", ask_why, got_why),)
)
