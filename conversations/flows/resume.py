"""Back after a while: where we were, and whether to go on or start over."""

from __future__ import annotations

from conversations.model import Ask, Context, Finish, Flow, Input, Option, Outcome, Step, Switch, fill
from conversations.text import t


async def ask_go_on(c: Context) -> Ask:
    asked = t("resume.ask_move") if c.answers.get("draft") == "move" else t("resume.ask")
    return Ask(asked, (), (Option("go_on", t("resume.go_on")), Option("over", t("resume.start_over"))))


async def got_go_on(c: Context, heard: Input) -> Outcome:
    if heard.choice == "go_on":
        return fill(go_on=True)
    await c.booking.release(c.contact.id)
    return Switch("menu", over=True)


async def finish(c: Context) -> Outcome:
    return Finish()


RESUME = Flow("resume", version=1, finish=finish, steps=(Step("go_on", ask_go_on, got_go_on),))
