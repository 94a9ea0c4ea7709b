"""The menu, and what begins when nothing is under way: a booking, unless there is an hour to talk about, or none may be
taken. Nothing is offered that would only be refused.
"""

from __future__ import annotations

from collections.abc import Iterator

from conversations.flows import account
from conversations.model import Ask, Context, Finish, Flow, Input, Option, Outcome, Step, Switch
from conversations.text import t


async def enter(c: Context) -> Switch | None:
    """Who has no appointment goes straight to the first question of a booking, or is told there why they may not,
    unless they asked for the menu, or have a decision to read.
    """
    if c.known.upcoming or c.answers.get("asked") or c.known.suspension is not None:
        return None
    if account.is_frozen(c):
        return None
    return Switch("book", replace=True)


async def ask_choice(c: Context) -> Ask:
    if account.is_frozen(c):
        return Ask(t("menu.ask"), (t("refused.frozen"),), tuple(_while_suspended(c)))
    if account.is_suspended(c):
        return Ask(t("menu.ask"), (), tuple(_while_suspended(c)))
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


def _while_suspended(c: Context) -> Iterator[Option]:
    """No hour, no message to a worker, no document; all else as before."""
    if (decision := c.known.suspension) is not None:
        yield Option("decision", t("menu.decision"))
        if decision.contested is None:
            yield Option("contest", t("menu.contest"))
    if c.known.upcoming:
        yield Option("appointments", t("menu.appointments"))
        yield Option("cancel", t("menu.cancel"))
    yield Option("my_data", t("menu.my_data"))
    yield Option("language", t("menu.language"))
    yield Option("human", t("menu.human"))


async def got_choice(c: Context, heard: Input) -> Outcome:
    return Switch(heard.choice, replace=True)


async def finish(c: Context) -> Outcome:
    return Finish()


MENU = Flow(
    "menu", version=1, enter=enter, finish=finish, fleeting=True, steps=(Step("choice", ask_choice, got_choice),)
)
