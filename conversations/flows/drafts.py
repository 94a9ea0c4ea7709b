"""A booking that was begun on one channel goes on where the person is now. A talk is written by its own turn alone, so
what is offered, wanted and given is news from one to the other (`booking.channels.DraftPassed`).

    where it is       offered ->                  given (with the hour that is held) ->
    where they are             asked, wanted ->                                         goes on
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from booking.model import ContactId
from conversations.flows.channels import NAMES
from conversations.model import Ask, Context, Finish, Flow, Frame, Input, Option, Outcome, Step, Switch, fill
from conversations.text import t

# What was said there for that channel, or stands in the account by now.
STAYS: Final = frozenset(
    {"code", "lost", "terms", "phone", "claimed", "taken", "name", "email", "summary", "change", "before", "choose"}
)


async def offered(c: Context) -> Finish | None:
    """Not over one that they have begun here."""
    return Finish() if c.draft is not None else None


async def ask_go_on(c: Context) -> Ask:
    asked = t("drafts.ask_move") if c.answers["flow"] == "move" else t("drafts.ask")
    options = (Option("yes", t("drafts.yes")), Option("no", t("drafts.no")))
    return Ask(t(asked.msgid, channel=NAMES[c.answers["channel"]]), (), options)


async def got_go_on(c: Context, heard: Input) -> Outcome:
    if heard.choice == "no":
        return Finish(t("drafts.left"))
    return fill(go_on=True)


async def wants(c: Context) -> Outcome:
    there = await c.booking.pass_draft(c.contact.id, ContactId(c.answers["of"]), "wanted", {})
    return Finish(t("drafts.comes") if there else t("drafts.lost"))


DRAFT_OFFERED: Final = Flow(
    "draft_offered",
    version=1,
    enter=offered,
    finish=wants,
    fleeting=True,
    steps=(Step("go_on", ask_go_on, got_go_on),),
)


async def gives(c: Context) -> Outcome:
    to, draft = ContactId(c.answers["of"]), c.draft
    given = {"flow": draft.flow, "answers": carried(draft)} if draft is not None else {}
    if not await c.booking.pass_draft(c.contact.id, to, "given", given) or draft is None:
        return Finish()
    return Finish(t("drafts.gone", channel=NAMES[c.answers["channel"]]), leaves=draft.flow)


def carried(draft: Frame) -> Mapping[str, Any]:
    return {name: value for name, value in draft.answers.items() if name not in STAYS}


DRAFT_WANTED: Final = Flow("draft_wanted", version=1, finish=gives, steps=())


async def given(c: Context) -> Finish | Switch:
    if "flow" not in c.answers:
        return Finish(t("drafts.lost"))
    return Switch(c.answers["flow"], c.answers["answers"], replace=True)


async def nothing(c: Context) -> Outcome:
    raise AssertionError("it is entered and left")


DRAFT_GIVEN: Final = Flow("draft_given", version=1, enter=given, finish=nothing, steps=())
