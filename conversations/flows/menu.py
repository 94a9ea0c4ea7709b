"""The menu, and what begins when nothing is under way: a booking, unless there is an hour to talk about."""

from __future__ import annotations

from conversations.model import Ask, Context, Finish, Flow, Input, Option, Outcome, Step, Switch
from conversations.text import t


async def enter(c: Context) -> Switch | None:
    """Who has no appointment goes straight to the first question of a booking, unless they asked for the menu."""
    if c.known.upcoming or c.answers.get("asked"):
        return None
    return Switch("book", replace=True)


async def ask_choice(c: Context) -> Ask:
    options = [Option("book", t("menu.book"))]
    if c.known.upcoming:
        options += [
            Option("appointments", t("menu.appointments")),
            Option("move", t("menu.move")),
            Option("cancel", t("menu.cancel")),
        ]
    elif await c.booking.waiting(c.contact.id) is not None:
        options.append(Option("waiting", t("menu.waiting")))
    options += [
        Option("private", t("menu.private")),
        Option("language", t("menu.language")),
        Option("human", t("menu.human")),
    ]
    return Ask(t("menu.ask"), (), tuple(options))


async def got_choice(c: Context, heard: Input) -> Outcome:
    return Switch(heard.choice, replace=True)


async def finish(c: Context) -> Outcome:
    return Finish()


MENU = Flow(
    "menu", version=1, enter=enter, finish=finish, fleeting=True, steps=(Step("choice", ask_choice, got_choice),)
)
