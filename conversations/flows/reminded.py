"""Which appointment an answer to a reminder means, where it could be several, or the question before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from booking.model import AppointmentId
from booking.ports import Confirmed
from conversations.model import Again, Ask, Context, Finish, Flow, Input, Option, Outcome, Step, Switch, fill
from conversations.naming import all_of_them, named_in
from conversations.text import Text, t
from conversations.understand import understand

BOTH = "both"
BEFORE = "before"
ASKED: Final[Mapping[str, frozenset[str | None]]] = {
    "yes": frozenset({None, "yes"}),
    "move": frozenset({None, "move", "yes"}),
    "cancel": frozenset({None, "cancel", "no", "yes"}),
}


async def ask_which(c: Context) -> Ask:
    """`among`: the appointments that were reminded of; `wanted`: yes, move or cancel; `over`: a question is open."""
    options = []
    for id in c.answers["among"]:
        appointment = await c.booking.appointment(AppointmentId(id))
        if appointment is not None:
            options.append(Option(id, t("slot.label", start=appointment.start)))
    if c.answers["wanted"] == "yes" and len(options) > 1:
        options.append(Option(BOTH, t("reminded.both") if len(options) == 2 else t("reminded.all")))
    if c.answers.get("over"):
        options.append(Option(BEFORE, t("reminded.before")))
    return Ask(t("reminded.ask"), (), tuple(options), free=True)


async def got_which(c: Context, heard: Input) -> Outcome:
    """The one chosen, or named by its day or hour; of a cancellation or a move one at a time."""
    if heard.choice:
        return fill(which=heard.choice)
    if understand(heard.text, c.words, now=c.now, zone=c.contact.zone).intent not in ASKED[c.answers["wanted"]]:
        return Again()  # "déplacer vendredi" is no yes to Friday
    among = [await c.booking.appointment(AppointmentId(id)) for id in c.answers["among"]]
    found = named_in(heard.text, [each for each in among if each is not None], c)
    if len(found) == 1:
        return fill(which=found[0].id)
    if not all_of_them(heard.text, c):
        return Again()
    return fill(which=BOTH) if c.answers["wanted"] == "yes" else Again(t("which.one_first"), miss=False)


async def finish(c: Context) -> Outcome:
    which, wanted = c.answers["which"], c.answers["wanted"]
    if which == BEFORE:
        return Finish()
    if wanted == "yes":
        return await confirm(c, c.answers["among"] if which == BOTH else [which])
    return Switch(wanted, {"which": which, **c.answers.get("wish", {})}, replace=True)


async def confirm(c: Context, ids: list[str]) -> Finish:
    """They will come. Said kindly, with the day once more."""
    starts = []
    for id in ids:
        done = await c.booking.confirm(AppointmentId(id))
        if isinstance(done, Confirmed):
            starts.append(done.appointment.start)
    if not starts:
        return Finish(t("cancel.over"))
    said: Text = t("reminded.yes", start=starts[0])
    return Finish(said if len(starts) == 1 else t("reminded.yes_several"))


REMINDED = Flow("reminded", version=1, finish=finish, steps=(Step("which", ask_which, got_which),))
